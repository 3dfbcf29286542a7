"""
Where each key and value of a YAML text stands: read event by event, and only when something is to be shown.

The fast reader (`ryaml`) forgets lines. This one is slower and keeps them; it also sees what the fast one drops in
silence (tags) and what could choke it (nesting, and aliases that swell), and says where.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from campaigns.documents import scalars, yaml_faults
from campaigns.documents.faults import KEY, Loc
from campaigns.errors import Complaint, InvalidDocument, Where

DEEPEST = 100  #: levels of nesting; a campaign needs nine
LARGEST = 20_000_000  #: characters once every alias is written out
SWELL = 100_000  #: characters that aliases may add to a text, beside its own length again
MOST = 500  #: complaints about one text; whoever has more mends these first
SURVEYED = 1_000_000  #: characters up to which warnings get a line too; errors always do


_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Node:
    """A scalar, a list or a mapping, with its place. Lines and columns count from 1."""

    __slots__ = ("column", "items", "keys", "line", "size", "value")

    def __init__(self, mark: Any, value: str | None) -> None:
        self.line: int = mark.line + 1
        self.column: int = mark.column + 1
        self.value = value  #: the text of a scalar; none for lists and mappings
        self.size = len(value or "") + 1  #: characters with every alias written out
        # Most nodes are words and numbers: they have neither, and share one emptiness.
        self.items: Mapping[str | int, Node] = _NOTHING
        self.keys: Mapping[str, Node] = _NOTHING

    def put(self, step: str | int, value: "Node") -> None:
        """Place *value* under *step*; what stands there already stays."""
        if not isinstance(self.items, dict):
            self.items = {}
        self.items.setdefault(step, value)

    def name(self, key: str, node: "Node") -> None:
        """Note where the *key* stands."""
        if not isinstance(self.keys, dict):
            self.keys = {}
        self.keys[key] = node


def survey(text: str, file: str) -> Node:
    """
    Return the tree of *text*.

    Raises:
        InvalidDocument: With every tag, double key, over-deep or swelling value; or with what is not YAML at all.
    """
    import yaml

    surveyor = _Surveyor(file, min(LARGEST, 2 * len(text) + SWELL))
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            surveyor.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file)
        said, cure = yaml_faults.told(str(error.problem), text, mark.index if mark else len(text))
        surveyor.complain(where, f"not YAML: {said}", cure)
    except yaml.YAMLError as error:
        surveyor.complain(Where(file), f"not YAML: {str(error).splitlines()[0]}", "mend it")
    if surveyor.complaints:
        raise InvalidDocument(surveyor.complaints)
    return surveyor.root


class Places:
    """Where things stand in one file's text; the tree is made when first asked for."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    @cached_property
    def raw(self) -> bytes:
        """The text in UTF-8, which is searched several times as fast."""
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def tree(self) -> Node:
        """The tree of the text; raises InvalidDocument as `survey` does."""
        return survey(self.text, self.file)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the text begins, as the YAML reader counts lines."""
        return scalars.starts(self.text)

    @property
    def weight(self) -> int:
        """How many characters the text has, with every alias written out where it may have aliases."""
        return self.tree.size if "tree" in self.__dict__ else len(self.text)

    def where(self, loc: Loc) -> Where:
        """
        Return where *loc* stands: the value, or the key if *loc* ends in `[key]`.

        Goes as far as the tree does: a missing key is shown at what lacks it. Steps that are not in the tree are
        passed over, since pydantic puts the names of its types among them.
        """
        node = self.tree
        for number, step in enumerate(loc):
            if KEY in loc[number + 1 : number + 2] and str(step) in node.keys:
                node = node.keys[str(step)]
                break
            node = node.items.get(step) or node.items.get(str(step)) or _listed(node, step) or node
        return Where(self.file, node.line, node.column)

    def within(self, loc: Loc, text: str, at: int) -> Where:
        """Return where character *at* of *text*, which stands under *loc*, is written; else where *loc* stands."""
        node = self.tree
        for step in loc:
            node = node.items.get(step) or node.items.get(str(step)) or node
        written = node.value or ""
        at += max(0, written.find(text))
        begin = self._starts[node.line - 1] + node.column - 1
        place = scalars.offset(self.text, begin, written, at) if text in written else None
        if place is None:
            return Where(self.file, node.line, node.column)
        return Where(self.file, *scalars.line_and_column(self.text, begin, place, node.line, node.column))

    def home(self, loc: Loc) -> tuple["Places", Loc]:
        """Return the file that says *loc*, and its location there."""
        return self, loc

    def near(self, loc: Loc) -> Where:
        """Return where *loc* stands, or the file alone where finding the line would take longer than loading did."""
        return self.where(loc) if len(self.text) <= SURVEYED else Where(self.file)


def _listed(node: Node, step: str | int) -> Node | None:
    """Return the item of a plain list that reads *step*: `partners: [uk, fr]` has a place for `uk`."""
    if node.keys or not isinstance(step, str):
        return None
    return next((item for item in node.items.values() if item.value == step), None)


class _Surveyor:
    """Builds the tree without recursion, and collects what is wrong."""

    def __init__(self, file: str, limit: int) -> None:
        self.file = file
        self._limit = limit  # characters with every alias written out
        self.complaints: list[Complaint] = []
        self.root: Node = Node(_Start, None)
        self._open: list[tuple[Node, bool, Node | None]] = []  # collection, is a mapping, key awaiting its value
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def complain(self, where: Where, message: str, hint: str) -> None:
        self.complaints.append(Complaint(where, message, hint))
        if len(self.complaints) > MOST:
            raise InvalidDocument(self.complaints)

    def take(self, event: Any) -> None:
        """Take the next event, whose class name says what it is."""
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._place(self._node(event, event.value))
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            node = self._node(event, None)
            self._open.append((node, kind == "MappingStartEvent", None))
            if len(self._open) > DEEPEST:
                self._stop(
                    node,
                    f"more than {DEEPEST} levels deep",
                    "a campaign needs nine; look for a bracket that is never closed",
                )
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._place(self._open.pop()[0])
        elif kind == "AliasEvent":
            self._alias(event)
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                node = Node(event.start_mark, None)
                self._stop(
                    node, "a second document begins here", "one file holds one campaign: move it to a file of its own"
                )

    def _stop(self, node: Node, message: str, hint: str) -> None:
        self.complain(Where(self.file, node.line, node.column), message, hint)
        raise InvalidDocument(self.complaints)

    def _node(self, event: Any, value: str | None) -> Node:
        node = Node(event.start_mark, value)
        if event.tag:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")[:60]
            self.complain(
                Where(self.file, node.line, node.column),
                f"tag '{tag}'",
                "remove it: a campaign document has no tags; put text that begins with ! in quotes",
            )
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> None:
        target = self._anchors.get(event.anchor)
        node = Node(event.start_mark, None)
        if target is None:
            self._stop(
                node, f"alias '*{event.anchor[:60]}' names no anchor before it", "put text that begins with * in quotes"
            )
        else:
            node.value, node.items, node.keys, node.size = target.value, target.items, target.keys, target.size
        self._place(node)

    def _place(self, node: Node) -> None:
        """Put a finished *node* where it belongs."""
        if not self._open:
            self.root = node
            return
        parent, is_mapping, key = self._open[-1]
        parent.size += node.size
        if parent.size > self._limit:
            self._stop(
                node,
                "the aliases swell the document to more than twice its length",
                "write out what you mean, without * and &",
            )
        if not is_mapping:
            parent.put(len(parent.items), node)
        elif key is None:
            self._key(parent, node)
        else:
            parent.put(key.value or "", node)
            self._open[-1] = (parent, True, None)

    def _key(self, parent: Node, key: Node) -> None:
        self._open[-1] = (parent, True, key)
        where = Where(self.file, key.line, key.column)
        if key.value is None:
            self.complain(
                where,
                "a list or mapping stands where a key should",
                'write text that begins with { or [ in quotes: "{{ name }}"',
            )
        elif key.value in parent.keys:
            first = parent.keys[key.value]
            self.complain(
                where, f"key '{key.value[:60]}' a second time, first at line {first.line}", "keep one of them"
            )
        else:
            parent.name(key.value, key)


class _Start:
    """The mark of a text's first character."""

    line = 0
    column = 0


def walk(data: Any, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Yield each text of *data*, keys included, with its location."""
    if isinstance(data, str):
        yield loc, data
    elif isinstance(data, dict):
        for key, value in data.items():
            if isinstance(key, str):
                yield (*loc, key, KEY), key
            yield from walk(value, (*loc, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from walk(value, (*loc, number))
