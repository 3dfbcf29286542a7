"""Where templates come from."""

from pathlib import Path

import pytest

from campaigns.settings import Settings
from content import sources
from content.render import fingerprint, render, surroundings
from tests.builders.renderings import request


def put(folder: Path, name: str, text: str) -> None:
    """Write a template."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("kind", "option", "there", "taken"),
    [
        pytest.param("mastodon", None, [], "post/text.j2", id="ours"),
        pytest.param("mastodon", None, ["post"], "templates/post/text.j2", id="family"),
        pytest.param("mastodon", None, ["post", "mastodon"], "templates/mastodon/text.j2", id="kind-before-family"),
        pytest.param("bluesky", None, ["mastodon"], "post/text.j2", id="another-kind"),
        pytest.param("smtp", None, ["smtp", "email"], "templates/smtp/text.j2", id="mail"),
        pytest.param("feed", None, ["feed", "entry"], "templates/feed/text.j2", id="feed"),
        pytest.param("mastodon", "press", ["mastodon", "press"], "templates/press/text.j2", id="press-is-press"),
        pytest.param("mastodon", "press", ["mastodon"], "press/text.j2", id="press-of-ours"),
    ],
)
def test_the_nearest_template_wins(tmp_path: Path, kind: str, option: str | None, there: list[str], taken: str) -> None:
    """A template for the channel's kind wins over one for its family, which wins over ours."""
    for folder in there:
        put(tmp_path, f"{folder}/text.j2", "x")
    assert sources.source(kind, sources.family(kind, option), "text", str(tmp_path)).name == taken


def test_every_channel_is_seen_when_its_template_changes(tmp_path: Path) -> None:
    """A template that comes to lie nearer changes what is rendered, the fingerprint and the surroundings."""
    workspace, folder = Settings(root=tmp_path), tmp_path / "templates"
    folder.mkdir()
    seen = set()
    for name in ("", "post/text.j2", "mastodon/text.j2"):
        if name:
            put(folder, name, f"{name} {{{{ text }}}} {{{{ attribution }}}}")
        asked = request("en-GB", "mastodon", templates=folder)
        seen.add((render(asked).parts[0].text, fingerprint(asked), surroundings(workspace)))
    assert len({each[0] for each in seen}) == len({each[1] for each in seen}) == len({each[2] for each in seen}) == 3


def test_a_post_may_show_a_headline(tmp_path: Path) -> None:
    """What our template for a post leaves out, a workspace's may name."""
    put(tmp_path, "mastodon/text.j2", "{{ headline }}: {{ text }} {{ attribution }} {{ read_more }} {{ lang }}")
    text = render(request("en-GB", "mastodon", templates=tmp_path)).parts[0].text
    assert text.startswith("Daesh lost its ground: Daesh lost")
    assert text.endswith("Read more en-GB")


def test_places_are_those_that_are_looked_at() -> None:
    """The names that people are told are those that a template may have."""
    assert list(sources.places("smtp", None)) == [
        *("smtp/text.j2", "email/text.j2"),
        *("smtp/html.mjml.j2", "smtp/html.j2", "email/html.mjml.j2", "email/html.j2"),
    ]
    assert list(sources.places("mastodon", "press")) == ["press/text.j2"]
