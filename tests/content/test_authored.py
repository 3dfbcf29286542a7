"""Faults in templates, told where their author wrote them."""

from pathlib import Path

import pytest

from campaigns.documents.load import load
from campaigns.errors import InvalidDocument
from campaigns.settings import Settings
from content import authored
from tests.builders.commands import process

HEAD = """\
campaign: voices
title: {en-GB: Voices, ar: أصوات}
partners: {uk: {name: {en-GB: UK government}}}
starts: 2027-01-11
ends: 2027-04-30
audiences: [{id: young, locales: [en-GB, ar], timezone: Europe/London}]
channels:
  - {id: uk-mastodon, kind: mastodon, issuer: uk, account: "@a", locales: [en-GB, ar]}
releases: [{id: launch, message: ground, channels: [uk-mastodon], at: 2027-01-12T18:30}]
messages:
"""
MESSAGE = """\
  - id: ground
    audiences: [young]
    values: {VALUES}
    wording:
"""
VALUES = {"count": "74", "place": "Raqqa"}


def workspace(folder: Path, wordings: str, **templates: str) -> Path:
    """Write a campaign with *wordings*, and templates by their folder."""
    path = folder / "voices.yaml"
    used = ", ".join(f"{name}: {value}" for name, value in VALUES.items() if name in wordings)
    path.write_text(HEAD + MESSAGE.replace("VALUES", used) + wordings, "utf-8")
    for kind, text in templates.items():
        (folder / "templates" / kind).mkdir(parents=True)
        (folder / "templates" / kind / "text.j2").write_text(text, "utf-8")
    return path


def told(path: Path) -> list[str]:
    """Return what is wrong with the templates of the campaign at *path*, each with its line and column."""
    settings = Settings(root=path.parent)
    return [
        f"{each.where.file.removeprefix(f'{path.parent}/')}:{each.where.line}:{each.where.column} {each.message}"
        for each in authored.complaints(load([path], settings), settings)
    ]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param("      en-GB: One {{ place|safe }}\n", "15:27", id="plain"),
        pytest.param('      en-GB: "\\"One\\" {{ place|safe }}"\n', "15:32", id="quoted"),
        pytest.param("      en-GB: |\n        One\n        two {{ place|safe }}\n", "17:22", id="literal"),
        pytest.param("      en-GB: >-\n        One\n\n        two {{ place|safe }}\n", "18:22", id="folded"),
        pytest.param("      ar: سقطت {{ place|safe }}\n", "15:25", id="arabic"),
    ],
)
def test_a_fault_stands_where_it_was_written(tmp_path: Path, written: str, place: str) -> None:
    """The line and column are those of the campaign file, however the text is written there."""
    (said,) = told(workspace(tmp_path, written))
    assert said.startswith(f"voices.yaml:{place} 'ground/")
    assert "the filter 'safe', which is not there" in said


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Every wording of every variant and language is looked at, and the workspace's templates with them."""
    wordings = (
        '      en-GB: "{{ place.x }}"\n      ar: "{{ count|date }}"\n'
        '    variants:\n      b: {wording: {en-GB: "{{ place[0] }}"}}\n'
    )
    path = workspace(tmp_path, wordings, mastodon="one\n{{ text.x }}")
    own = "templates/mastodon/text.j2"
    assert sorted(told(path)) == [
        f"{own}:2:8 '{own}' takes an attribute with a dot, which is not allowed",
        "voices.yaml:15:23 'ground/en-GB' takes an attribute with a dot, which is not allowed",
        "voices.yaml:16:12 'ground/ar' cannot be rendered: '74' is not a date such as 2027-01-12",
        "voices.yaml:18:37 'ground/b/en-GB' takes an element with brackets, which is not allowed",
    ]


@pytest.mark.parametrize(
    "wording",
    [
        pytest.param("One { brace, 100% and #tag.", id="text"),
        pytest.param("{{ place }} and {{count}}.", id="names"),
        pytest.param("{% if count > 70 %}{{ count|number }}{% else %}few{% endif %}", id="condition"),
        pytest.param("{{ plural(count, one='partner', other='partners') }}", id="function"),
    ],
)
def test_sound_wordings_are_left_alone(tmp_path: Path, wording: str) -> None:
    """Nothing is told of what is allowed."""
    assert told(workspace(tmp_path, f"      en-GB: '{wording.replace(chr(39), chr(39) * 2)}'\n")) == []


@pytest.mark.parametrize("name", ["plural", "self", "loop", "caller"])
def test_names_that_are_no_names_are_looked_at(tmp_path: Path, name: str) -> None:
    """A word of the template language between braces is no bare name."""
    path = workspace(tmp_path, f'      en-GB: "{{{{ {name} }}}}"\n')
    with_value = path.read_text("utf-8").replace("values: {}", f"values: {{{name}: 1}}")
    path.write_text(with_value, "utf-8")
    assert len(told(path)) == 1


def test_a_template_that_is_not_there_is_told_at_its_channel(tmp_path: Path) -> None:
    """A channel that asks for a template that nobody has is told of in the campaign file."""
    path = workspace(tmp_path, "      en-GB: One\n")
    text = path.read_text("utf-8").replace(
        "locales: [en-GB, ar]}\nrel", "locales: [en-GB, ar], options: {template: x}}\nrel"
    )
    path.write_text(text, "utf-8")
    (said,) = told(path)
    assert said.startswith("voices.yaml:8:")
    assert "cannot use the template 'x'" in said


@pytest.mark.parametrize(("kind", "faults"), [("feed", 1), ("mastodon", 0)])
def test_a_thread_that_nobody_would_post_is_told_at_its_key(tmp_path: Path, kind: str, faults: int) -> None:
    """A message that may be a thread goes out on a channel that posts threads, or its `thread:` is a mistake."""
    path = workspace(tmp_path, "      en-GB: ground\n    thread: true\n")
    path.write_text(path.read_text("utf-8").replace("kind: mastodon", f"kind: {kind}"), "utf-8")

    found = told(path)

    assert len(found) == faults
    for each in found:
        assert each.startswith("voices.yaml:16:13 message 'ground' may be a thread, and goes out on feed alone")


def test_load_refuses_unsound_templates(tmp_path: Path) -> None:
    """Whoever loads with templates gets sound ones, or every complaint."""
    path = workspace(tmp_path, '      en-GB: "{{ place.x }}"\n')
    with pytest.raises(InvalidDocument) as caught:
        authored.load([path], Settings(root=tmp_path))
    (error,) = (each for each in caught.value.complaints if each.severity == "error")
    assert "takes an attribute" in error.message


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("check", "voices.yaml"), id="check"),
        pytest.param(("preview", "voices.yaml"), id="preview"),
        pytest.param(("plan", "voices.yaml"), id="plan"),
        pytest.param(("apply", "voices.yaml", "--yes"), id="apply"),
    ],
)
def test_every_command_with_a_file_names_its_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Whoever has the file at hand says where in it the fault stands, with what is allowed, and no traceback."""
    made = process(tmp_path, "init", "w", "--example", "minimal")
    assert made.returncode == 0, made.stderr
    workspace(tmp_path / "w", '      en-GB: "One {{ place.x }}"\n')
    done = process(tmp_path / "w", *words)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "voices.yaml:15:27 'ground/en-GB' takes an attribute with a dot" in said
    assert "Allowed are text" in said
    assert "Traceback" not in said
