"""
Previews on a terminal: framed, the locales of a message side by side where there is room; plain lines in a pipe.

Right-to-left text on a terminal: every line is put between U+2067 and U+2069 and set flush right. A terminal
that knows the bidirectional algorithm lays out each line as a paragraph of its own, and would otherwise run a
line that happens to begin with a Latin name from left to right; one that does not, shows isolates as nothing.
Embeddings (U+202B) would do the first but leak into the rest of the line. In a pipe nothing is added: what is
copied or compared there must be the bytes that leave.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from content.bidi import isolate, without_controls
from content.check import Finding
from content.preview import speech
from content.preview.prepared import (
    Preview,
    card,
    change,
    count,
    measures,
    of_part,
    remedy,
    share,
    untitled,
    verdict,
    visible,
)
from content.rendering import Part, Rendering

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_NARROWEST = 34  #: columns of a frame
_WIDEST = 88
_BESIDE = 54  #: columns that a frame has at least where another stands beside it
_MOST_BESIDE = 3
_BAR = 16  #: columns of a meter
_LOUDER = ("Waived", "Warning", "Blocks")  #: what is drawn over what
_QUOTED = 40  #: characters of what a finding is about
_STYLES = {"Blocks": "bold red", "Warning": "yellow", "Waived": "dim"}


def show(
    previews: Sequence[Preview], *, width: int = 80, interactive: bool = True, spoken: bool = False
) -> "RenderableType":
    """Return *previews* of one place for rich to print, *width* columns wide; plain lines unless *interactive*."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    if not interactive:
        return Text("\n".join(line for preview in previews for line in _plain(preview, spoken=spoken)))
    beside = max(1, min(_MOST_BESIDE, len(previews), width // _BESIDE))
    each = max(_NARROWEST, min(_WIDEST, (width - 2 * (beside - 1)) // beside))
    rows: list[RenderableType] = []
    for first in range(0, len(previews), beside):
        grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        for _ in range(beside):
            grid.add_column(width=each, vertical="top")
        shown = [Group(*_framed(preview, each, spoken=spoken)) for preview in previews[first : first + beside]]
        grid.add_row(*shown)
        rows += [grid, Text("")]
    return Group(*rows)


def finding_lines(preview: Preview) -> Iterator[str]:
    """Yield a line for each finding: what it means, what is wrong, what to do, where it stands."""
    for finding in preview.findings:
        yield f"{verdict(finding)} ({finding.check}): {finding.message} {remedy(finding)}{_place(preview, finding)}"


def _place(preview: Preview, finding: Finding) -> str:
    """Return where a finding stands, and what would better stand there."""
    parts = preview.rendering.parts
    if finding.span is None or finding.part >= len(parts):
        return ""
    text = parts[finding.part].text
    start, end = finding.span
    line = text.count("\n", 0, start) + 1
    quoted = without_controls(visible(text[start:end])).replace("\n", " ")
    quoted = f"{quoted[:_QUOTED]}…" if len(quoted) > _QUOTED else quoted
    part = f" of part {finding.part + 1}" if len(parts) > 1 else ""
    better = change(finding, text)
    said = f" At line {line}{part}" + (f": “{quoted}”" if quoted else "")
    if better is None:
        return f"{said}."
    return f"{said}; better “{better[1]}”." if better[1] else f"{said}; better without."


def _plain(preview: Preview, *, spoken: bool) -> Iterator[str]:
    """Yield the lines of a preview in a pipe: the texts as they leave."""
    rendering, channel = preview.rendering, preview.request.channel
    room = "; ".join(
        count(measured) if name == "Text" else f"{name}: {count(measured)}" for name, measured in measures(preview)
    )
    yield from (preview.name, f"{channel.kind}, {channel.account}; {room}", "")
    for number, part in enumerate(rendering.parts):
        if number:
            yield ""
        if title := untitled(preview.request, part):
            yield from (title, "")
        yield part.text or "Nothing would be said here."
        yield from _card(preview, part)
    yield from _media(rendering)
    yield ""
    yield from (f"  {line}" for line in finding_lines(preview))
    if not preview.findings:
        yield "  No findings."
    if spoken:
        yield "  A screen reader says:"
        yield from (f"    {line}" for line in _heard(preview))
    yield ""


def _card(preview: Preview, part: Part) -> Iterable[str]:
    return (f"[card of the link: {title}]" for title in (card(preview.request, part),) if title)


def _media(rendering: Rendering) -> Iterable[str]:
    return (f"[{item.file}: {item.alt or 'no alt text'}]" for item in rendering.media)


def _heard(preview: Preview) -> Iterable[str]:
    return (" ".join(str(each) for each in line) for line in speech.say(preview.request, preview.rendering))


def _framed(preview: Preview, width: int, *, spoken: bool) -> Iterator["RenderableType"]:
    """Yield a preview on a terminal: each part in a frame, its findings underlined; then its room and its findings."""
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.text import Text

    rendering, channel = preview.rendering, preview.request.channel
    for number, part in enumerate(rendering.parts):
        title = untitled(preview.request, part)
        lines = [_line(text, rendering) for text in _wrapped(title, width - 4)] if title else []
        lines += [Text("")] if lines else []
        lines += _marked(part.text or "Nothing would be said here.", preview, number, width - 4)
        lines += [_line(text, rendering, "dim") for item in _card(preview, part) for text in _wrapped(item, width - 4)]
        if not number:
            lines += [_line(text, rendering, "dim") for item in _media(rendering) for text in _wrapped(item, width - 4)]
        yield Panel(
            Text("\n", justify="right" if rendering.direction == "rtl" else "left", no_wrap=True).join(lines),
            title=Text(preview.name, style="bold"),
            title_align="left",
            subtitle=Text(f"{channel.kind}, {channel.account}"),
            subtitle_align="left",
            width=width,
        )
    for name, measured in measures(preview):
        full = round(_BAR * share(measured) / 100)
        style = "red" if measured.over else "cyan"
        bar = Text("━" * full, style).append("─" * (_BAR - full), "dim") if measured.limit is not None else Text("")
        words = f" {count(measured)}" if name == "Text" else f" {name}: {count(measured)}"
        yield Padding(bar.append(words, "bold" if measured.over else "default"), (0, 0, 0, 1))
    for finding, words in zip(preview.findings, finding_lines(preview), strict=True):
        line = Text(words)
        line.stylize(_STYLES[verdict(finding)], 0, words.index(":"))
        yield Padding(line, (0, 0, 0, 1))
    if not preview.findings:
        yield Text(" No findings.", "dim")
    if spoken:
        yield Text(" A screen reader says:", "bold")
        for heard in _heard(preview):
            yield from (Padding(_line(line, rendering), (0, 0, 0, 3)) for line in _wrapped(heard, width - 3))


def _marked(text: str, preview: Preview, part: int, width: int) -> list["Text"]:
    """Return *text* in lines, its findings underlined."""
    from rich.text import Text

    found = sorted(of_part(preview.findings, part), key=lambda each: _LOUDER.index(verdict(each[1])))
    lines: list[Text] = []
    for start, end in _slices(text, width):
        line = _line(text[start:end], preview.rendering)
        shift = len(line.plain) - (end - start) and 1  # an isolate stands before the line
        for _, finding in found:
            left, right = finding.span or (0, 0)
            if left < end and right > start:
                style = f"underline {_STYLES[verdict(finding)]}"
                line.stylize(style, max(left, start) - start + shift, min(right, end) - start + shift)
        lines.append(line)
    return lines


def _line(text: str, rendering: Rendering, style: str = "") -> "Text":
    """Return a line, isolated where it runs from right to left; a line of a link runs left to right by itself."""
    from rich.text import Text

    if rendering.direction == "rtl" and not text.isascii():
        return Text(isolate(text, "rtl"), style)
    return Text(text, style)


def _wrapped(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in _slices(text, width)]


def _slices(text: str, width: int) -> list[tuple[int, int]]:
    """Return where the lines of *text* begin and end, at most *width* columns each; a blank at a break is in none."""
    from rich.cells import cell_len

    found, at = [], 0
    for paragraph in text.split("\n"):
        start = end = at  # of the line that is being filled
        place = at
        for word in paragraph.split(" "):
            stop = place + len(word)
            if end > start and cell_len(text[start:stop]) > width:
                found.append((start, end))
                start = place
            while cell_len(text[start:stop]) > width:  # a word, such as a link, that no line holds
                cut = start + _fitting(text[start:stop], width)
                found.append((start, cut))
                start = cut
            end, place = stop, stop + 1
        found.append((start, end))
        at += len(paragraph) + 1
    return found


def _fitting(text: str, width: int) -> int:
    """Return how many characters of *text* fill *width* columns; one at least."""
    from rich.cells import cell_len

    used = 0
    for number, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(1, number)
    return len(text)
