"""
Plain data to YAML text by one writer whose quoting is ours: what YAML 1.2 could read as anything but text is quoted.

Short maps and lists stand on one line, long text is folded, text with lines keeps them, letters of every script stay
as they are.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

WIDTH = 110  #: columns that a line of ours may fill

# Plain text begins with a letter and holds nothing that YAML gives a meaning to, in a line or between brackets.
_PLAIN = re.compile(r"[^\W\d_][\w .;/()+=%'«»!?-]*(?<![ ])\Z|https?://[\w./~%?=&+-]+\Z")
# Dates and times, ages, rates: to YAML 1.2 these are text.
_DATED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?\Z|\d{1,3}-\d{1,3}\Z|\d{1,6}/[smhd]\Z", re.ASCII)
_WORDS = frozenset("true false null yes no on off y n nan inf".split())  # noqa: SIM905 (a list of words reads best as words)
# What YAML reads as a line's end or does not print, beside what JSON escapes anyway.
ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"(?<=\S) (?=\S)")


class Plain(str):
    """Text that is written as it stands: a number or a time in a form of ours."""

    __slots__ = ()


def to_text(data: dict[str, Any], tall: frozenset[str] = frozenset()) -> str:
    """
    Return *data* as a YAML document.

    Lists of mappings at the top, and whatever stands under the keys *tall*, are never put on one line.
    """
    return "\n".join(_mapping(data, 0, tall)) + "\n"


def _mapping(data: dict[str, Any], depth: int, tall: frozenset[str]) -> Iterator[str]:
    pad = "  " * depth
    for key, value in data.items():
        listed = depth == 0 and isinstance(value, list) and isinstance(value[0], dict)
        if listed:
            yield ""
        yield from _entry(f"{pad}{_scalar(key)}:", value, depth, tall, listed or key in tall)


def _entry(head: str, value: Any, depth: int, tall: frozenset[str], is_tall: bool) -> Iterator[str]:
    """Write `key:` and its value, on one line where it fits."""
    if not isinstance(value, dict | list):
        yield from _text(head, value, depth)
        return
    flow = _flow(value)
    if not value or (not is_tall and len(head) + len(flow) < WIDTH and not _folds(value)):
        yield f"{head} {flow}"
        return
    yield head
    yield from _mapping(value, depth + 1, tall) if isinstance(value, dict) else _items(value, depth + 1, tall)


def _items(values: list[Any], depth: int, tall: frozenset[str]) -> Iterator[str]:
    pad = "  " * depth
    for value in values:
        flow = _flow(value)
        nested = isinstance(value, dict) and any(key in tall for key in value)
        if not isinstance(value, dict) or not value or (len(pad) + len(flow) < WIDTH and not nested and len(value) > 1):
            yield f"{pad}- {flow}"
            continue
        inside = list(_mapping(value, depth + 1, tall))
        yield f"{pad}- {inside[0].lstrip()}"
        yield from inside[1:]


def _folds(value: Any) -> bool:
    """Return whether *value* holds text with lines, which reads badly between brackets."""
    inside = value.values() if isinstance(value, dict) else value
    return any(_folds(each) if isinstance(each, dict | list) else "\n" in str(each) for each in inside)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    return _scalar(value)


def _text(head: str, value: Any, depth: int) -> Iterator[str]:
    """Write `key: text`, in a block of its own where the text has lines or is long."""
    pad = "  " * (depth + 1)
    if isinstance(value, str) and "\n" in value and blocks(value):
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        yield from (f"{pad}{line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    elif isinstance(value, str) and len(head) + len(value) > WIDTH and "\n" not in value and blocks(value):
        yield f"{head} >-"
        yield from (pad + line for line in wrapped(value, WIDTH - len(pad)))
    else:
        yield f"{head} {_scalar(value)}"


def blocks(text: str) -> bool:
    """Return whether a block scalar would keep *text* exactly."""
    lines = text.removesuffix("\n").split("\n")
    return (
        bool(lines[0])
        and bool(lines[-1])
        and not any(line[:1].isspace() or line[-1:].isspace() for line in lines)
        and not ODD.search(text)
        and all(letter >= " " or letter == "\n" for letter in text)
    )


def wrapped(text: str, width: int) -> Iterator[str]:
    """Cut *text* at single spaces, which folding gives back, into lines of at most *width* where it can."""
    line = ""
    for word in _BREAK.split(text):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _scalar(value: Any) -> str:
    if isinstance(value, Plain):
        return str(value)
    if not isinstance(value, str):
        return json.dumps(value)
    if _DATED.match(value) or (_PLAIN.match(value) and value.lower() not in _WORDS):
        return value
    return ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
