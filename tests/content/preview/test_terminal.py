"""Previews on a terminal and in a pipe."""

import re
from io import StringIO

import pytest
from rich.console import Console

from content.preview import terminal
from content.preview.prepared import Preview, prepare
from tests.builders import previews as builder
from tests.builders.renderings import HEADLINE, picture, request

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def previews(**changes: object) -> list[Preview]:
    """Return a preview of each language."""
    return [prepare(f"launch/{locale}/uk-mastodon", request(locale, **changes)) for locale in builder.LOCALES]


def printed(
    shown: list[Preview], *, interactive: bool = True, width: int = 80, styled: bool = False, spoken: bool = False
) -> str:
    """Return what a terminal, or a pipe, gets."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=interactive,
        color_system="standard" if styled else None,
        highlight=False,
        soft_wrap=not interactive,
        no_color=True,
    )
    console.print(terminal.show(shown, width=width, interactive=interactive, spoken=spoken))
    return out.getvalue()


def test_a_pipe_gets_the_bytes_that_leave() -> None:
    """What is piped holds each text unchanged: no wrapping, no control characters added."""
    shown = previews()
    out = printed(shown, interactive=False)
    assert all(preview.rendering.parts[0].text in out for preview in shown)
    assert "\u2067" not in out


def test_right_to_left_lines_are_isolated_on_a_terminal() -> None:
    """On a terminal each right-to-left line is isolated and set flush right; links are left alone."""
    lines = [line for line in printed(previews()[2:]).splitlines() if line.startswith("│")]
    arabic = [line for line in lines if "\u0627" in line]
    assert arabic
    assert all(line.count("\u2067") == 1 and line.rstrip("│ ").endswith("\u2069") for line in arabic)
    assert all("\u2067" not in line for line in lines if "utm_" in line)


@pytest.mark.parametrize("interactive", [True, False])
def test_findings_stand_beside_what_they_are_about(interactive) -> None:
    """Each rendering is followed by its findings, in words."""
    shown = [prepare("launch", request("en-GB", media=(picture(alt=""),)))]
    assert "Blocks (missing-alt-text)" in " ".join(printed(shown, interactive=interactive).split())


@pytest.mark.parametrize("interactive", [True, False])
def test_a_finding_says_where_it_stands_and_what_would_be_better(interactive) -> None:
    """The words at its place are quoted with their line, and what should stand there."""
    said = " ".join(printed([builder.faulty("post")], interactive=interactive, width=200).split())
    assert "Write the other name. At line 1: “Daesh”; better “Daesh”." in said
    assert "At line 3; better “,”." in said
    assert "better without." in said
    assert "Waived (shouting): These words shout. Because: A quotation, verbatim." in said


@pytest.mark.parametrize("locale", builder.LOCALES)
def test_the_place_of_a_finding_is_underlined(locale) -> None:
    """What a finding is about is underlined, also on a terminal whose reader wants no colours."""
    preview = builder.faulty("post", locale)
    first = preview.rendering.parts[0].text[:2]
    assert re.search(rf"\x1b\[(1;)?4m{first}", printed([preview], styled=True))


@pytest.mark.parametrize(("width", "beside"), [(80, 1), (110, 2), (170, 3), (400, 3)])
def test_languages_stand_side_by_side_where_there_is_room(width, beside) -> None:
    """A wide terminal shows the locales of a message beside one another, a narrow one below one another."""
    lines = [ESCAPE.sub("", line) for line in printed(previews(), width=width).splitlines()]
    tops = [line.count("╭") for line in lines if "╭" in line]
    assert max(tops) == beside
    assert sum(tops) == 3
    assert all(len(line.translate({0x2066: None, 0x2067: None, 0x2069: None})) <= width for line in lines)


@pytest.mark.parametrize("width", [36, 40, 80, 120])
@pytest.mark.parametrize("drawn", builder.DRAWN)
def test_every_word_is_shown_however_narrow(drawn, width) -> None:
    """Wrapping loses nothing: the letters in the frame are those of the text."""
    preview = builder.clean(drawn)
    frame = [ESCAPE.sub("", line).strip("│ ") for line in printed([preview], width=width).splitlines() if "│" in line]
    letters = "".join("".join(frame).split())
    assert "".join(preview.rendering.parts[0].text.split()) in letters


def test_what_a_screen_reader_says_is_printed_where_asked() -> None:
    """With the option the linear text follows, and without it does not."""
    shown = [builder.clean("post")]
    assert "[hashtag: Stop Daesh]" in printed(shown, interactive=False, spoken=True)
    assert "[hashtag: Stop Daesh]" not in printed(shown, interactive=False)


def test_nothing_to_say_is_shown_as_such() -> None:
    """A missing wording is shown as an empty frame, not left out."""
    assert "Nothing would be said here." in printed([prepare("launch/ckb", request("ckb"))], interactive=False)


@pytest.mark.parametrize("interactive", [True, False])
def test_the_card_of_a_link_is_shown_below_the_post(interactive: bool) -> None:
    """Where the post brings the card of its link, its title stands below the text, and is spoken as a link."""
    shown = [prepare("launch/en-GB/uk-bluesky", request("en-GB", "bluesky"))]
    out = printed(shown, interactive=interactive, spoken=True)

    assert out.index("utm_content") < out.index(f"[card of the link: {HEADLINE['en-GB']}]")
    assert f"link: {HEADLINE['en-GB']}" in out
