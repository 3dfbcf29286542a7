"""
Which syntax a template or a wording may hold, and where in its source something else stands. Pure.

Jinja's sandbox stops escapes but not bombs, so that a source is read node by node before a line of it runs: only the
kinds of syntax in `_NODES`, only known filters, calls only to named functions, no attribute of anything, one loop
over the lines of a text in a template and none in a wording.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NoReturn

from jinja2 import nodes

from content.errors import ALLOWED, TemplateFault
from content.filters import FILTERS, FUNCTIONS

LARGEST_SOURCE = 20_000  #: characters
MOST_BLOCKS = 500  #: of `{{`, `{%` and `|`: counted before the source is parsed, because parsing is what takes long
MOST_IN_BLOCKS = 8_000  #: characters between braces: counted before as well
MOST_NODES = 2_000
MOST_IN_LOOP = 300  #: nodes of a loop, which runs once a line
DEEPEST = 24

_NODES: frozenset[type[nodes.Node]] = frozenset(
    {
        nodes.Template,
        nodes.Output,
        nodes.TemplateData,
        nodes.Name,
        nodes.Const,
        nodes.Filter,
        nodes.Keyword,
        nodes.If,
        nodes.CondExpr,
        nodes.Compare,
        nodes.Operand,
        nodes.And,
        nodes.Or,
        nodes.Not,
        nodes.Call,
    }
)
#: What else a source may hold, in words, and the sign it is found by.
_WORDS: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Getattr: ("takes an attribute with a dot", "."),
    nodes.Getitem: ("takes an element with brackets", "["),
    nodes.For: ("has a loop", "for"),
    nodes.Macro: ("defines a macro", "macro"),
    nodes.CallBlock: ("has a call block", "call"),
    nodes.FilterBlock: ("filters a block", "filter"),
    nodes.Assign: ("sets a variable", "set"),
    nodes.AssignBlock: ("sets a variable", "set"),
    nodes.With: ("sets a variable", "with"),
    nodes.Include: ("includes another template", "include"),
    nodes.Import: ("imports another template", "import"),
    nodes.FromImport: ("imports another template", "import"),
    nodes.Extends: ("extends another template", "extends"),
    nodes.Block: ("has a block", "block"),
    nodes.Test: ("tests with 'is'", "is"),
    nodes.Concat: ("joins with '~'", "~"),
    nodes.Add: ("calculates", "+"),
    nodes.Sub: ("calculates", "-"),
    nodes.Mul: ("calculates", "*"),
    nodes.Pow: ("calculates", "**"),
    nodes.Div: ("calculates", "/"),
    nodes.FloorDiv: ("calculates", "//"),
    nodes.Mod: ("calculates", "%"),
    nodes.Neg: ("calculates", "-"),
    nodes.Pos: ("calculates", "+"),
    nodes.List: ("has a list", "["),
    nodes.Tuple: ("has a tuple", ","),
    nodes.Dict: ("has a mapping", "{"),
}
#: Names that the engine gives a meaning of its own.
_ENGINE = frozenset({"self", "super", "loop", "caller", "varargs", "kwargs"})
_LINES = "lines"  #: the filter that gives what a loop runs over, and nothing that could be printed
_MARKS = re.compile(r"\{\{|\{%|\|")
_OPENER = re.compile(r"\{[{%#]")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_LINE_END = re.compile(r"\r\n|\r|\n")


class Syntax:
    """One source with its name: what is allowed in it, and what is said of what is not."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def measure(self) -> None:
        """
        Look at the length of the source and at the number of its blocks, before it is parsed.

        Raises:
            TemplateFault: If it has too much of either.
        """
        if len(self.source) > LARGEST_SOURCE:
            line = len(_LINE_END.findall(self.source, 0, LARGEST_SOURCE)) + 1
            hint = f"Shorten it: {LARGEST_SOURCE:,} characters are allowed."
            raise TemplateFault(self.name, f"'{self.name}' is longer than {LARGEST_SOURCE // 1000} kB.", hint, line)
        marks = _MARKS.findall(self.source)
        if len(marks) > MOST_BLOCKS:
            *_, last = (match.start() for _, match in zip(range(MOST_BLOCKS + 1), _MARKS.finditer(self.source)))  # noqa: B905 (the first ones)
            line = len(_LINE_END.findall(self.source, 0, last)) + 1
            message = f"'{self.name}' has more than {MOST_BLOCKS} names, conditions and filters."
            raise TemplateFault(self.name, message, f"Shorten it: {MOST_BLOCKS} are allowed.", line)

        inside = 0
        for start, end in self._blocks():
            inside += end - start
            if inside > MOST_IN_BLOCKS:
                line = len(_LINE_END.findall(self.source, 0, start)) + 1
                hint = f"Write text outside of the braces: {MOST_IN_BLOCKS:,} characters inside are allowed."
                raise TemplateFault(self.name, f"'{self.name}' has too much between braces.", hint, line)

    def names(self, tree: nodes.Template, *, loops: int) -> dict[str, int]:
        """
        Return the names that *tree* wants, each with its first line. Walks without recursion.

        Raises:
            TemplateFault: If it holds what is not allowed.
        """
        wanted: dict[str, int] = {}
        bound: set[str] = set()
        seen_by_parent: set[int] = set()  # callees and what loops run over
        todo: list[tuple[nodes.Node, int, int, int]] = [(tree, 0, loops, 1)]
        seen = 0
        while todo:
            node, depth, left, around = todo.pop()
            node.lineno = node.lineno or around  # the engine gives some none
            seen += 1
            if seen > MOST_NODES or depth > DEEPEST:
                self.refuse("is too large or nested too deeply", node.lineno)
            if isinstance(node, nodes.For) and left:
                left -= 1
                bound.add(self._loop(node))
                seen_by_parent.add(id(node.iter))
            elif type(node) not in _NODES:
                words, sign = _WORDS.get(type(node), (f"uses {type(node).__name__.lower()}", ""))
                self.refuse(f"{words}, which is not allowed", node.lineno, sign)
            if isinstance(node, nodes.Call):
                seen_by_parent.add(id(self._callee(node)))
            if isinstance(node, nodes.Filter):
                self._filter(node, looped=id(node) in seen_by_parent)
            if isinstance(node, nodes.Name) and node.ctx == "load":
                self._name(node, called=id(node) in seen_by_parent)
                if node.name not in FUNCTIONS:
                    wanted.setdefault(node.name, node.lineno)
            todo += [(child, depth + 1, left, node.lineno) for child in reversed(list(node.iter_child_nodes()))]
        return {each: line for each, line in wanted.items() if each not in bound}

    def fault(self, what: str, line: int, near: str = "", hint: str = ALLOWED) -> TemplateFault:
        """Return the fault that says *what* of the source, at *line* and where *near* stands in it."""
        return TemplateFault(self.name, f"'{self.name}' {what}.", hint, line, self.column(line, near))

    def refuse(self, what: str, line: int, near: str = "", hint: str = ALLOWED) -> NoReturn:
        """Raise the fault that says *what* of the source."""
        raise self.fault(what, line, near, hint)

    def column(self, line: int, near: str) -> int:
        """Return the column, from 1, of *near* inside the blocks of *line*; else of its first block."""
        ends = [0, *(match.end() for match in _LINE_END.finditer(self.source)), len(self.source)]
        if not 0 < line < len(ends):
            return 0
        start, end = ends[line - 1], ends[line]
        blocks = [(max(first, start), min(last, end)) for first, last in self._blocks() if first < end and last > start]
        sought = re.compile(rf"(?<!\w){re.escape(near)}(?!\w)" if near.isidentifier() else re.escape(near))
        for first, last in blocks if near else ():
            if found := sought.search(self.source, first if near[0] == "{" else min(first + 2, last), last):
                return found.start() - start + 1
        return blocks[0][0] - start + 1 if blocks else 1

    def longest(self) -> int:
        """Return the line of the longest block."""
        start, _ = max(self._blocks(), key=lambda block: block[1] - block[0], default=(0, 0))
        return len(_LINE_END.findall(self.source, 0, start)) + 1

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each `{{ }}` and `{% %}`; what is never closed reaches to the end."""
        at = 0
        while opener := _OPENER.search(self.source, at):
            end = self.source.find(_CLOSERS[opener[0]], opener.end())
            at = len(self.source) if end < 0 else end + 2
            if opener[0] != "{#":
                yield opener.start(), at

    def _name(self, node: nodes.Name, *, called: bool) -> None:
        if node.name in FUNCTIONS and not called:
            self.refuse(f"names the function {node.name} without calling it", node.lineno, node.name)
        if node.name in _ENGINE or unicodedata.normalize("NFKC", node.name) != node.name:
            self.refuse(f"uses the name '{node.name[:60]}', which cannot be a value's", node.lineno, node.name)

    def _loop(self, node: nodes.For) -> str:
        """Return the name that a loop binds; it runs over lines, not over characters or ranges."""
        target, over = node.target, node.iter
        plain = isinstance(target, nodes.Name) and not node.recursive and node.test is None
        if not plain or not isinstance(over, nodes.Filter) or over.name != _LINES:
            what = "has a loop that is not a plain one over lines, as in {% for line in text|lines %}"
            self.refuse(what, node.lineno, "for")
        if sum(1 for _ in node.find_all(nodes.Node)) > MOST_IN_LOOP:
            self.refuse("has a loop that is too large", node.lineno, "for")
        if not isinstance(target, nodes.Name) or target.name in FUNCTIONS:
            self.refuse("has a loop that hides a function", node.lineno, "for")
        return target.name

    def _callee(self, node: nodes.Call) -> nodes.Node:
        function = node.node
        if not isinstance(function, nodes.Name) or function.name not in FUNCTIONS or node.dyn_args or node.dyn_kwargs:
            what = function.name if isinstance(function, nodes.Name) else "something"
            self.refuse(f"calls {what}, which is not allowed", node.lineno, "(")
        return function

    def _filter(self, node: nodes.Filter, *, looped: bool) -> None:
        if node.name not in FILTERS or node.dyn_args or node.dyn_kwargs or node.node is None:
            hint = f"The filters are {', '.join(FILTERS)}."
            self.refuse(f"uses the filter '{node.name}', which is not there", node.lineno, node.name, hint)
        if node.name == _LINES and not looped:
            what = "uses the filter 'lines' outside of {% for line in text|lines %}"
            self.refuse(what, node.lineno, node.name)
