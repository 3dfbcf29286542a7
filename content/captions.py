"""
WebVTT: the captions of a film, in one language a file. Source: W3C, WebVTT: the Web Video Text Tracks Format.

What is read is what every player reads: a header, notes, styles, regions, and cues with their times in order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST = 2_000_000  #: octets that are read
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+[^\n]*)?")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")
_TOLD = 5  #: faults of one file; more say nothing new


@dataclass(frozen=True)
class Captions:
    """What a caption file holds."""

    cues: int = 0
    first: float | None = None  #: seconds at which the first cue begins
    last: float | None = None  #: seconds at which the last cue ends
    faults: tuple[str, ...] = ()  #: "line 7: …", at most five


def read(data: bytes) -> Captions:
    """Return what the WebVTT file *data* holds, with its faults; it never raises."""
    if len(data) > LARGEST:
        return Captions(faults=(f"it has more than {LARGEST:,} octets",))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Captions(faults=(f"line {line}: it is not UTF-8",))
    if "\0" in text:
        return Captions(faults=(f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}: it holds a NUL",))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        return Captions(faults=("line 1: it does not begin with WEBVTT",))
    return _cues(lines)


def _cues(lines: list[str]) -> Captions:
    """Read the blocks below the header."""
    faults: list[str] = []
    times: list[tuple[float, float]] = []
    for number, block in _blocks(lines):
        at = 0 if "-->" in block[0] else 1
        line = f"line {number + at}"
        if at >= len(block) or "-->" not in block[at]:
            faults.append(f"line {number}: it is neither a cue with its times nor a note")
            continue
        cue = _times(block[at])
        if cue is None:
            faults.append(f"{line}: write its times as 00:01.000 --> 00:04.000")
            continue
        if cue[1] <= cue[0]:
            faults.append(f"{line}: it ends before it begins")
        if times and cue[0] < times[-1][0]:
            faults.append(f"{line}: it begins before the cue above it")
        if not block[at + 1 :]:
            faults.append(f"{line}: it says nothing")
        times.append(cue)
    if not times and not faults:
        faults.append("it holds no cue")
    last = max((end for _, end in times), default=None)
    return Captions(len(times), times[0][0] if times else None, last, tuple(faults[:_TOLD]))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of its first line and the lines of each block below the header that is no note and no style."""
    block: list[str] = []
    for number, line in enumerate((*lines, ""), 1):
        if line.strip():
            block.append(line)
            continue
        if block and number > len(block) + 1 and not _ASIDE.match(block[0]):
            yield number - len(block), block
        block = []


def _times(line: str) -> tuple[float, float] | None:
    """Return start and end of a cue in seconds; None where they are not written as times."""
    found = _CUE.fullmatch(line.strip())
    if found is None:
        return None
    numbers = [int(each or 0) for each in found.groups()]
    start, end = (hour * 3600 + minute * 60 + second + part / 1000 for hour, minute, second, part in _four(numbers))
    return start, end


def _four(numbers: list[int]) -> list[tuple[int, int, int, int]]:
    return [(numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3]) for at in (0, 4)]
