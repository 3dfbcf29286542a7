"""
The hardened template environment: one for each output format. Wordings and templates both go through it.

Jinja's sandbox alone stops escapes but not bombs, so that more is asked of every source before a line of
it runs: at most 20 kB, only the kinds of syntax in `_NODES`, only known filters, calls only to named
functions, no attribute of anything. What runs may give at most 256 kB.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from content.errors import TemplateFault
from content.filters import FILTERS, FUNCTIONS, LOCALE, finalize

LARGEST_SOURCE = 20_000  #: octets
LARGEST_OUTPUT = 256_000  #: characters
MOST_NODES = 2_000
MOST_BLOCKS = 500  #: of `{{`, `{%` and `|`: counted before the source is parsed, because parsing is what takes long
DEEPEST = 24
KEPT = 4_096  #: compiled templates kept in memory: messages x variants x locales of a large campaign


class Format(StrEnum):
    """What comes out; HTML and XML are escaped."""

    TEXT = "text"
    HTML = "html"
    XML = "xml"


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
_WORDS = {
    nodes.Getattr: "takes an attribute with a dot",
    nodes.Getitem: "takes an element with brackets",
    nodes.For: "has a loop",
    nodes.Macro: "defines a macro",
    nodes.Assign: "sets a variable",
    nodes.Include: "includes another template",
    nodes.Import: "imports another template",
    nodes.Extends: "extends another template",
    nodes.Block: "has a block",
    nodes.Neg: "calculates",
    nodes.BinExpr: "calculates",
}


@dataclass(frozen=True)
class Compiled:
    """A source that passed every rule, ready to run."""

    name: str
    names: Mapping[str, int]  #: the names it wants, and the first line each stands on
    template: Template


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox without its globals, with our filters and our functions only."""

    def __init__(self, output: Format) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=output is not Format.TEXT,
            finalize=finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=0,  # `compiled` keeps them: there is no loader
        )
        self.globals.clear()
        self.globals.update(FUNCTIONS)
        self.filters = dict(FILTERS)
        self.tests.clear()


@lru_cache(maxsize=len(Format))
def environment(output: Format) -> _Environment:
    """Return the one environment for *output*."""
    return _Environment(output)


@lru_cache(maxsize=KEPT)
def compiled(output: Format, name: str, source: str, *, template: bool = False) -> Compiled:
    """
    Return *source* compiled, and keep it. A *template*, other than a wording, may have one loop.

    Raises:
        TemplateFault: If the source is not allowed; names its line and what is.
    """
    if len(source) > LARGEST_SOURCE or len(source.encode("utf-8", "surrogatepass")) > LARGEST_SOURCE * 2:
        raise TemplateFault(name, f"'{name}' is longer than {LARGEST_SOURCE // 1000} kB.", "Shorten it.")
    if sum(source.count(mark) for mark in ("{{", "{%", "|")) > MOST_BLOCKS:
        raise TemplateFault(name, f"'{name}' has more than {MOST_BLOCKS} names, conditions and filters.", "Shorten it.")
    surroundings = environment(output)
    try:
        tree = surroundings.parse(source, name)
        names = _allowed(tree, name, loops=1 if template else 0)
        code = surroundings.compile(tree, name, name)
        ready = Template.from_code(surroundings, code, surroundings.make_globals(None))
    except TemplateError as error:
        message = f"'{name}' cannot be read as a template: {error.message}."
        raise TemplateFault(name, message, line=getattr(error, "lineno", 0) or 0) from None
    except (RecursionError, MemoryError, ValueError, SyntaxError, OverflowError):
        raise TemplateFault(name, f"'{name}' is nested too deeply, or holds a number that is too long.") from None
    return Compiled(name, names, ready)


def render(ready: Compiled, locale: str, values: Mapping[str, Any]) -> str:
    """
    Return the output of *ready* for *values*, a flat mapping.

    Raises:
        TemplateFault: If it wants a name that *values* lacks, a filter refuses a value, or the output is too large.
    """
    for name, line in ready.names.items():
        if name not in values:
            hint = f"Add '{name}' to `values:`, or take it out of the wording."
            raise TemplateFault(ready.name, f"'{ready.name}' names '{name}', which has no value.", hint, line)
    size = 0
    pieces: list[str] = []
    try:
        for piece in ready.template.generate({**values, LOCALE: locale}):
            size += len(piece)
            if size > LARGEST_OUTPUT:
                message = f"'{ready.name}' gives more than {LARGEST_OUTPUT // 1000} kB."
                raise TemplateFault(ready.name, message, "Shorten it, or the values it names.")
            pieces.append(piece)
    except (TemplateError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        message = f"'{ready.name}' cannot be rendered: {str(error)[:200]}."
        raise TemplateFault(ready.name, message, "Mend the value, or how the wording uses it.") from None
    return "".join(pieces)


def _allowed(tree: nodes.Template, name: str, *, loops: int) -> dict[str, int]:
    """Return the names that *tree* wants, or raise what is wrong with it. Walks without recursion."""
    wanted: dict[str, int] = {}
    bound: set[str] = set()
    called: set[int] = set()
    todo: list[tuple[nodes.Node, int, int]] = [(tree, 0, loops)]
    seen = 0
    while todo:
        node, depth, left = todo.pop()
        seen += 1
        if seen > MOST_NODES or depth > DEEPEST:
            raise TemplateFault(name, f"'{name}' is too large or nested too deeply.", line=node.lineno)
        if isinstance(node, nodes.For) and left:
            left -= 1
            bound |= _loop(node, name)
        elif type(node) not in _NODES:
            raise TemplateFault(name, f"'{name}' {_what(node)}, which is not allowed.", line=node.lineno)
        if isinstance(node, nodes.Call):
            called.add(id(_callee(node, name)))
        if isinstance(node, nodes.Filter):
            _known_filter(node, name)
        if isinstance(node, nodes.Name) and node.ctx == "load":
            if node.name in FUNCTIONS and id(node) not in called:
                raise TemplateFault(
                    name, f"'{name}' names the function {node.name} without calling it.", line=node.lineno
                )
            if node.name not in FUNCTIONS:
                wanted.setdefault(node.name, node.lineno)
        todo += [(child, depth + 1, left) for child in reversed(list(node.iter_child_nodes()))]
    return {each: line for each, line in wanted.items() if each not in bound}


def _loop(node: nodes.For, name: str) -> set[str]:
    """Return the name that a loop binds; it runs over lines, not over characters or ranges."""
    plain = isinstance(node.target, nodes.Name) and not node.recursive and node.test is None
    if not plain or not isinstance(node.iter, nodes.Name | nodes.Filter):
        raise TemplateFault(name, f"'{name}' has a loop that is not a plain one over a name.", line=node.lineno)
    return {node.target.name} if isinstance(node.target, nodes.Name) else set()


def _callee(node: nodes.Call, name: str) -> nodes.Node:
    function = node.node
    if not isinstance(function, nodes.Name) or function.name not in FUNCTIONS or node.dyn_args or node.dyn_kwargs:
        what = function.name if isinstance(function, nodes.Name) else "something"
        raise TemplateFault(name, f"'{name}' calls {what}, which is not allowed.", line=node.lineno)
    return function


def _known_filter(node: nodes.Filter, name: str) -> None:
    if node.name not in FILTERS or node.dyn_args or node.dyn_kwargs or node.node is None:
        hint = f"The filters are {', '.join(FILTERS)}."
        raise TemplateFault(name, f"'{name}' uses the filter '{node.name}', which is not there.", hint, node.lineno)


def _what(node: nodes.Node) -> str:
    for kind, words in _WORDS.items():
        if isinstance(node, kind):
            return words
    return f"uses {type(node).__name__.lower()}"
