"""
From a character of a text to the place where the file writes it: quoted, plain, literal `|` or folded `>`.

The text and what the file says of it are read side by side, so that folds, escapes and indentation are passed over as
YAML 1.2 (chapters 7 and 8) passes over them. Where both part, nothing is said rather than something wrong.
"""

import re

_PROPERTY = re.compile(r"(?:[&!][^\s]*[ \t\r\n]+)*")
_HEADER = re.compile(r"[|>][+\-0-9]*[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_INDICATED = re.compile(r"[|>][+\-]?([1-9])")
_BREAK = re.compile(r"\r\n|\r|\n")
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_EMPTY = re.compile(r" *(?:\r\n|\r|\n)")
_FLOW_FOLD = re.compile(r"[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*")
_FIRST = re.compile(r"(?: *(?:\r\n|\r|\n))*( *)")
_BLOCK_FOLD = re.compile(r"(?:\r\n|\r|\n)(?:[ ]*(?:\r\n|\r|\n))*")
_CODED = {"x": 2, "u": 4, "U": 8}  #: hexadecimal digits after the letter of an escape


def offset(raw: str, start: int, value: str, at: int) -> int | None:
    """Return where in *raw* the character *at* of *value* stands, whose scalar begins at *start*; None if not there."""
    begin = _PROPERTY.match(raw, start)
    place = begin.end() if begin else start
    style = raw[place : place + 1]
    if style in {"|", ">"}:
        return _in_block(raw, place, value, at)
    if style in {'"', "'"}:
        return _in_flow(raw, place + 1, value, at, style)
    return _in_flow(raw, place, value, at, "")


def starts(raw: str) -> list[int]:
    """Return where each line of *raw* begins, as the YAML reader counts lines."""
    return [0, *(each.end() for each in _LINE_END.finditer(raw))]


def line_and_column(raw: str, begin: int, place: int, line: int, column: int) -> tuple[int, int]:
    """Return the line and column of *place*, when *begin* stands at *line* and *column*."""
    ends = [each.end() for each in _LINE_END.finditer(raw, begin, place)]
    return (line + len(ends), place - ends[-1] + 1) if ends else (line, column + place - begin)


def _in_flow(raw: str, place: int, value: str, at: int, quote: str) -> int | None:
    """Return the place in a plain or quoted scalar."""
    done = 0
    while True:
        if quote == '"' and raw[place : place + 1] == "\\" and (fold := _FLOW_FOLD.match(raw, place + 1)):
            done += max(0, len(_BREAK.findall(fold[0])) - 1)
            place = fold.end()
        elif done >= at:
            return place if done == at else None
        elif fold := _FLOW_FOLD.match(raw, place):
            done += max(1, len(_BREAK.findall(fold[0])) - 1)
            place = fold.end()
        elif quote == '"' and raw[place : place + 1] == "\\":
            place, done = place + 2 + _CODED.get(raw[place + 1 : place + 2], 0), done + 1
        elif quote == "'" and raw.startswith("''", place):
            place, done = place + 2, done + 1
        elif raw[place : place + 1] == value[done]:
            place, done = place + 1, done + 1
        else:
            return None


def _in_block(raw: str, place: int, value: str, at: int) -> int | None:
    """Return the place in a literal or folded scalar."""
    header = _HEADER.match(raw, place)
    if header is None:
        return None
    place = header.end()
    indent = _indent(raw, place, raw[header.start() : place])
    done = 0
    while value[done : done + 1] == "\n" and (first := _EMPTY.match(raw, place)):
        if done == at:
            return place
        place, done = first.end(), done + 1
    place += indent
    while done < at:
        if fold := _BLOCK_FOLD.match(raw, place):
            rest = value[done:].lstrip("\n")
            done += len(value) - done - len(rest) if value[done] == "\n" else int(value[done] == " ")
            if done > at:
                return place
            place = fold.end() + indent
        elif raw[place : place + 1] == value[done]:
            place, done = place + 1, done + 1
        else:
            return None
    return place


def _indent(raw: str, place: int, header: str) -> int:
    """Return how many blanks stand before each line of a block: those of its first line that is not empty."""
    found = _FIRST.match(raw, place)
    first = len(found[1]) if found else 0
    # A number in the header counts from the indentation around it; more blanks of the first line are its own.
    if said := _INDICATED.match(header):
        line = raw.rfind("\n", 0, place - len(header)) + 1
        around = len(raw[line:]) - len(raw[line:].lstrip(" "))
        return min(first, around + int(said[1]))
    return first
