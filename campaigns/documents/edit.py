"""
Texts put into a YAML file that people wrote: what is not named keeps every byte, comments, order and quoting included.

A writer that reads a file and writes it again joins lines, drops comments between brackets and folds anew. This one
finds where a text stands and replaces that, in the manner in which it was written; what it made is read back and
compared before anybody gets it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.documents import yaml_data, yaml_text
from campaigns.documents.faults import Loc
from campaigns.documents.files import invalid
from campaigns.documents.positions import Places
from campaigns.errors import Where

_ANCHOR = re.compile(r"&\S+[ \t]+")
_HEADER = re.compile(r"[|>][-+0-9]*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
#: What may stand without quotes: begins with a letter, has no mark that YAML gives a meaning to, ends in no blank.
_BARE = re.compile(
    r"[^\W\d_](?:[^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff:#]|:(?=\S)|(?<=\S)#)*(?<!\s)(?<!:)\Z"
)
_BRACKETS = re.compile(r"[,\[\]{}]")
_WORDS = frozenset("true false null yes no on off y n nan inf".split())  # noqa: SIM905 (a list of words reads best as words)
_ALIASED = "it stands under an alias or anchor: write it out there without * and &, then try again"


@dataclass(frozen=True)
class _Spot:
    """A mapping or text where something is to be put."""

    node: Any  #: of PyYAML
    flow: bool  #: stands between brackets
    column: int  #: of the keys of a mapping; of a text: of its key


def edited(text: str, file: str, edits: Mapping[Loc, str]) -> str:
    """
    Return *text*, which *file* holds, with each text of *edits* at its location; mappings that lack are made.

    Raises:
        InvalidDocument: If that cannot be done without changing something else.
    """
    import yaml

    if not edits:
        return text
    tree = yaml.compose(text, Loader=yaml.CSafeLoader)
    writer = _Writer(text)
    missing: dict[int, tuple[_Spot, dict[str, Any]]] = {}
    for loc, value in edits.items():
        spot, rest = _reach(tree, loc)
        if not rest:
            writer.replace(spot, value)
        elif isinstance(spot.node, yaml.MappingNode):
            _, new = missing.setdefault(id(spot.node), (spot, {}))
            for step in rest[:-1]:
                new = new.setdefault(str(step), {})
            new[str(rest[-1])] = value
        else:
            raise invalid(_where(file, spot.node), f"'{rest[0]}' cannot be put here", "make this a mapping")
    for spot, new in missing.values():
        writer.insert(spot, new)
    made = writer.text()
    wanted = yaml_data.data(Places(text, file))
    for loc, value in edits.items():
        _put(wanted, loc, value)
    if yaml_data.data(Places(made, file)) != wanted:
        spot, _ = _reach(tree, next(iter(edits)))
        raise invalid(_where(file, spot.node), "a text cannot be changed here without changing others", _ALIASED)
    return made


def _where(file: str, node: Any) -> Where:
    return Where(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _put(data: Any, loc: Loc, value: str) -> None:
    for step in loc[:-1]:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    data[loc[-1]] = value


def _reach(tree: Any, loc: Loc) -> tuple[_Spot, Loc]:
    """Return how far *loc* leads in *tree*, and the steps that are left."""
    import yaml

    spot = _Spot(tree, tree.flow_style, tree.start_mark.column)
    for number, step in enumerate(loc):
        node = spot.node
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            key, value = node.value[step], node.value[step]
        else:
            pairs = node.value if isinstance(node, yaml.MappingNode) else ()
            key, value = next(((k, v) for k, v in pairs if k.value == str(step)), (None, None))
        if value is None:
            return spot, loc[number:]
        flow = spot.flow or bool(getattr(value, "flow_style", False))
        inner = value.value[0][0] if isinstance(value, yaml.MappingNode) and value.value else None
        spot = _Spot(value, flow, inner.start_mark.column if inner else key.start_mark.column)
    return spot, ()


class _Writer:
    """Collects what changes, and makes the new text from it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._break = "\r\n" if "\r\n" in text else "\n"
        # Start, end, new text, and how deep it stands: of two entries at one place the deeper comes first.
        self._changes: list[tuple[int, int, str, int]] = []

    def text(self) -> str:
        """Return the text with all changes."""
        pieces, at = [], 0
        for start, end, new, _ in sorted(self._changes, key=lambda change: (change[0], change[1], -change[3])):
            pieces += [self._text[at:start], new]
            at = end
        return "".join([*pieces, self._text[at:]])

    def replace(self, spot: _Spot, value: str) -> None:
        """Write *value* where a text stands, in its manner."""
        start, end = spot.node.start_mark.index, self._end(spot.node, spot.column)
        if anchor := _ANCHOR.match(self._text, start):
            start = anchor.end()
        style = spot.node.style
        if style not in {"|", ">"}:
            self._changes.append((start, end, _single(value, style, flow=spot.flow), spot.column))
            return
        header = _HEADER.match(self._text, start)
        after = header.end() if header else start
        stop = self._line_end(after)
        indent = self._indent(stop, end) or spot.column + 2
        head, *lines = list(_block(value, style, indent))
        first = head + self._text[after:stop].rstrip("\r\n")
        self._changes.append((start, end, self._break.join([first, *lines]), spot.column))

    def insert(self, spot: _Spot, new: Mapping[str, Any]) -> None:
        """Write the entries of *new* behind the last of the mapping at *spot*."""
        pairs: list[tuple[Any, Any]] = spot.node.value
        if spot.flow or not pairs:
            inside = ", ".join(f"{_key(key)}: {_flow(value)}" for key, value in new.items())
            if pairs:
                at = self._after(*pairs[-1], spot)
                self._changes.append((at, at, f", {inside}", spot.column))
            else:
                at = self._text.index("{", spot.node.start_mark.index) + 1
                self._changes.append((at, at, inside, spot.column))
            return
        key, value = pairs[-1]
        at = self._line_end(self._after(key, value, spot))
        style = value.style if hasattr(value, "style") else None
        lines = [line for each in new.items() for line in _entry(*each, spot.column, style)]
        self._changes.append((at, at, "".join(f"{self._break}{line}" for line in lines), spot.column))

    def _after(self, key: Any, value: Any, spot: _Spot) -> int:
        """Return where the entry of *key* and *value* ends; an alias, whose text stands before, ends with its line."""
        if value.start_mark.index < key.end_mark.index:
            found = re.compile(r"[^\s,}\]]+").search(self._text, self._text.index("*", key.end_mark.index))
            return found.end() if found else key.end_mark.index
        return self._end(value, key.start_mark.column if not spot.flow else spot.column)

    def _end(self, node: Any, column: int) -> int:
        """Return where *node* ends: its last letter, not the blank lines and comments behind it."""
        import yaml

        if isinstance(node, yaml.ScalarNode):
            return self._block_end(node, column) if node.style in {"|", ">"} else int(node.end_mark.index)
        if node.flow_style or not node.value:
            return int(node.end_mark.index)
        if isinstance(node, yaml.MappingNode):
            key, value = node.value[-1]
            return self._after(key, value, _Spot(node, flow=False, column=key.start_mark.column))
        last = node.value[-1]
        return self._end(last, node.start_mark.column)

    def _block_end(self, node: Any, column: int) -> int:
        """Return where the last line of a block scalar ends that belongs to it; *column* is that of its key."""
        at = end = self._line_end(node.start_mark.index)
        keeps = re.search(r"[|>][0-9]?\+", self._text[node.start_mark.index : at])
        for line in _LINE.finditer(self._text, self._next(at)):
            said = line[0].rstrip("\r\n")
            if said.strip(" ") and len(said) - len(said.lstrip(" ")) <= column:
                break
            if said.strip(" ") or (keeps and line[0]):
                end = line.start() + len(said)
            if line.end() >= len(self._text):
                break
        return end

    def _indent(self, start: int, end: int) -> int:
        """Return by how much the lines between *start* and *end* are indented, at least."""
        lines = [line for line in re.split(r"\r\n|\r|\n", self._text[start:end]) if line.strip(" ")]
        return min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)

    def _line_end(self, at: int) -> int:
        """Return where the line of *at* ends, before its break."""
        found = _LINE.match(self._text, at)
        return at + len(found[0].rstrip("\r\n")) if found else len(self._text)

    def _next(self, at: int) -> int:
        found = _LINE.match(self._text, at)
        return found.end() if found else len(self._text)


def _entry(key: str, value: Any, column: int, style: str | None) -> Iterator[str]:
    """Write `key: value` on lines of its own, in the manner of the entry before it."""
    pad = " " * column
    if isinstance(value, dict):
        if any(isinstance(each, dict) for each in value.values()):
            yield f"{pad}{_key(key)}:"
            for inner in value.items():
                yield from _entry(*inner, column + 2, None)
        else:
            yield f"{pad}{_key(key)}: {_flow(value)}"
        return
    if style in {"|", ">"}:
        head, *lines = list(_block(value, style, column + 2))
        yield f"{pad}{_key(key)}: {head}"
        yield from lines
    elif "\n" in value.rstrip("\n") and yaml_text.blocks(value):
        head, *lines = list(_block(value, "|", column + 2))
        yield f"{pad}{_key(key)}: {head}"
        yield from lines
    else:
        yield f"{pad}{_key(key)}: {_single(value, style, flow=False)}"


def _block(value: str, style: str, indent: int) -> Iterator[str]:
    """Yield the header of a block scalar and its lines; a quoted text alone where no block would keep *value*."""
    pad = " " * indent
    if not yaml_text.blocks(value):
        yield _quoted(value)
        return
    said = value.removesuffix("\n")
    chomp = "" if value.endswith("\n") else "-"
    if style == ">" and "\n" not in said:
        yield f">{chomp}"
        yield from (pad + line for line in yaml_text.wrapped(said, max(yaml_text.WIDTH - indent, 40)))
        return
    yield f"|{chomp}"
    yield from (pad + line if line else "" for line in said.split("\n"))


def _single(value: str, style: str | None, *, flow: bool) -> str:
    """Return *value* on one line: bare or in single quotes where *style* says so and it may be, or else in double."""
    odd = yaml_text.ODD.search(value) or any(letter < " " for letter in value)
    if style == "'" and not odd:
        return "'" + value.replace("'", "''") + "'"
    bare = style != '"' and _BARE.match(value) and not (flow and _BRACKETS.search(value))
    return value if bare and value.lower() not in _WORDS else _quoted(value)


def _quoted(value: str) -> str:
    return yaml_text.ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _key(key: str) -> str:
    return _single(key, None, flow=True)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    return _single(value, None, flow=True)
