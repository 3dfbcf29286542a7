"""Previews on a terminal and on a page."""

from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from content.preview import Preview, html, prepare, terminal
from tests.builders.renderings import DIGEST, picture, request

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def previews(**changes: object) -> list[Preview]:
    """Return a preview of each language."""
    return [prepare(f"launch/{locale}/uk-mastodon", request(locale, **changes)) for locale in ("en-GB", "fr-FR", "ar")]


def printed(shown: list[Preview], *, interactive: bool) -> str:
    """Return what a terminal, or a pipe, gets."""
    out = StringIO()
    console = Console(
        file=out, width=80, force_terminal=interactive, color_system=None, highlight=False, soft_wrap=not interactive
    )
    console.print(terminal(shown, width=80, interactive=interactive))
    return out.getvalue()


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_a_pipe_gets_the_bytes_that_leave() -> None:
    """What is piped holds each text unchanged: no wrapping, no control characters added."""
    shown = previews()
    out = printed(shown, interactive=False)
    assert all(preview.rendering.parts[0].text in out for preview in shown)
    assert "\u2067" not in out


def test_right_to_left_lines_are_isolated_on_a_terminal() -> None:
    """On a terminal each right-to-left line is isolated and set flush right; links are left alone."""
    lines = [line for line in printed(previews()[2:], interactive=True).splitlines() if line.startswith("│")]
    arabic = [line for line in lines if "\u0627" in line]
    assert arabic
    assert all(line.count("\u2067") == 1 and line.rstrip("│ ").endswith("\u2069") for line in arabic)
    assert all("\u2067" not in line for line in lines if "utm_" in line)


def test_findings_stand_beside_what_they_are_about() -> None:
    """Each rendering is followed by its findings, in words."""
    shown = [prepare("launch", request("en-GB", media=(picture(alt=""),)))]
    for interactive in (True, False):
        assert "Blocks (missing-alt-text)" in " ".join(printed(shown, interactive=interactive).split())


def test_the_page_needs_nothing_else() -> None:
    """The page has no script, loads nothing, and says so in its policy."""
    page = Page(html([*previews(), prepare("mail", request("ar", "smtp"))], "Preview"))
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "link", "object", "embed", "form"}
    policies = [attributes["content"] for tag, attributes in page.elements if attributes.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


@pytest.mark.parametrize("kind", ["mastodon", "outbox", "smtp", "feed"])
def test_each_text_has_language_and_direction(kind: str) -> None:
    """Every drawn text carries its language and its direction."""
    page = Page(html([prepare(locale, request(locale, kind)) for locale in ("en-GB", "fr-FR", "ar")], "Preview"))
    said = {(attributes.get("lang"), attributes.get("dir")) for _, attributes in page.elements}
    assert {("en-GB", "ltr"), ("fr-FR", "ltr"), ("ar", "rtl")} <= said


def test_mail_stands_in_a_frame_that_can_do_nothing() -> None:
    """The HTML part of a mail is shown in a sandbox, whole and unchanged, and is nowhere else on the page."""
    preview = prepare("mail", request("en-GB", "smtp"))
    page = html([preview], "Preview")
    frames = [attributes for tag, attributes in Page(page).elements if tag == "iframe"]
    assert [frame["sandbox"] for frame in frames] == [""]
    assert frames[0]["srcdoc"] == preview.rendering.parts[0].html
    assert page.count("<html") == 1


def test_nothing_that_a_person_wrote_becomes_markup(tmp_path: Path) -> None:
    """Names, texts, alt texts, accounts, reasons and file names are escaped wherever they stand."""
    asked = request(
        "en-GB",
        "outbox",
        wording={"en-GB": EVIL},
        values={"x": 1},
        media=(picture(alt=EVIL, file='"><script>.png', digest="", kind=EVIL),),
        waive=[{"check": "missing-media", "because": EVIL}],
        title={"en-GB": EVIL},
    )
    page = html([prepare(EVIL, asked, digest=EVIL)], EVIL, tmp_path)
    assert "<script" not in page
    assert "onerror" in page
    assert not [tag for tag, _ in Page(page).elements if tag in {"script", "img"}]


def test_counts_digest_and_findings_are_shown() -> None:
    """A rendering shows how much of its room it takes, its digest, and what the checks say."""
    page = html([prepare("launch", request("en-GB", media=(picture(alt=""),)), digest=DIGEST)], "Preview")
    text = " ".join("".join(Page(page).text).split())
    assert "of 500 Mastodon characters" in text
    assert f"sha256 {DIGEST}" in text
    assert "has no alt text in en-GB" in text
    assert "May not go out" in text


def test_pictures_are_embedded_with_their_alt_text(tmp_path: Path) -> None:
    """Where the folder is known, a picture stands in the page itself, described."""
    (tmp_path / "map.png").write_bytes(PNG)
    page = Page(html([prepare("launch", request("en-GB", media=(picture(),)))], "Preview", tmp_path))
    pictures = [attributes for tag, attributes in page.elements if tag == "img"]
    assert [each["alt"] for each in pictures] == ["A map of Raqqa."]
    assert str(pictures[0]["src"]).startswith("data:image/png;base64,iVBOR")


def test_nothing_to_say_is_shown_as_such() -> None:
    """A missing wording is drawn as an empty frame, not left out."""
    shown = [prepare("launch/ckb", request("ckb"))]
    assert "Nothing would be said here." in html(shown, "Preview")
    assert "Nothing would be said here." in printed(shown, interactive=False)
