"""
The hardened template environment: one for each output format. Wordings and templates both go through it.

A source is measured and read by `content.syntax` before it is compiled; what runs may give at most 256 kB. Nothing of
the sandbox is switched off for it: a hole in either is closed by the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache, partial
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from content import mail
from content.errors import TemplateFault
from content.filters import DIGITS, FILTERS, FUNCTIONS, ISOLATES, LOCALE, finalize
from content.straight import Straight, straight
from content.syntax import Syntax

LARGEST_OUTPUT = 256_000  #: characters
KEPT = 4_096  #: compiled templates kept in memory: messages x variants x locales of a large campaign


class Format(StrEnum):
    """What comes out; HTML and XML are escaped."""

    TEXT = "text"
    HTML = "html"
    XML = "xml"


@dataclass(frozen=True)
class Compiled:
    """A source that passed every rule, ready to run."""

    name: str
    names: Mapping[str, int]  #: the names it wants, and the first line each stands on
    template: Template
    source: str = field(repr=False)
    straight: Straight | None = None  #: the short way to the same output, where there is one


class _Context(Context):
    """The names of one rendering. It is made once for each, so it holds what an allowed source can ask for alone."""

    vars: dict[str, Any] = {}  # noqa: RUF012 (nothing assigns: no allowed source can)
    blocks: dict[str, Any] = {}  # noqa: RUF012 (as above)
    exported_vars: set[str] = set()  # noqa: RUF012 (as above)
    globals_keys: set[str] = set()  # noqa: RUF012 (as above)

    def __init__(self, environment: "_Environment", name: str, names: dict[str, Any]) -> None:  # pylint: disable=super-init-not-called
        self.parent = names
        self.environment = environment
        self.eval_ctx = environment.evaluation
        self.name = name

    def resolve_or_missing(self, key: str) -> Any:
        """Return the value of *key*, or the mark that says there is none."""
        return self.parent.get(key, missing)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of *key*, or *default*."""
        return self.parent.get(key, default)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox without its globals, with our filters and our functions only."""

    def __init__(self, output: Format) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=output is not Format.TEXT,
            finalize=_written,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=0,  # `compiled` keeps them: there is no loader
        )
        self.globals.clear()
        self.filters = dict(FILTERS)
        self.tests.clear()
        self.evaluation = Context(self, {}, None, {}).eval_ctx


@pass_context
def _written(context: Context, value: Any) -> Any:
    """Return what stands in the output for *value*: most are texts, which stay."""
    return value if value.__class__ is str else finalize(context, value)


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
    syntax = Syntax(name, source)
    syntax.measure()
    return _made(environment(output), syntax, loops=1 if template else 0)


@lru_cache(maxsize=KEPT)
def compiled_mail(name: str, source: str, locale: str) -> Compiled:
    """
    Return the HTML that the MJML *source* makes for *locale* compiled, and keep it.

    Raises:
        TemplateFault: If the source is not allowed, or is no MJML.
    """
    written = compiled(Format.HTML, name, source, template=True)  # so that a fault names the author's line
    made = _made(environment(Format.HTML), Syntax(name, mail.skeleton(name, source, locale)), loops=1)
    return Compiled(name, written.names, made.template, source)


def _made(surroundings: _Environment, syntax: Syntax, *, loops: int) -> Compiled:
    """Return what *syntax* reads, compiled."""
    name, source = syntax.name, syntax.source
    try:
        tree = surroundings.parse(source, name)
        names = syntax.names(tree, loops=loops)
        code = surroundings.compile(tree, name, name)
        ready = Template.from_code(surroundings, code, {})
    except TemplateError as error:
        line = getattr(error, "lineno", 0) or 1
        what = f"cannot be read as a template: {(error.message or '')[:200].rstrip('.')}"
        raise syntax.fault(what, line) from None
    except (RecursionError, MemoryError, ValueError, SyntaxError, OverflowError):
        what = "is nested too deeply, or holds a number that is too long"
        raise syntax.fault(what, syntax.longest()) from None
    short = straight(tree, LARGEST_OUTPUT) if surroundings.autoescape is False else None
    return Compiled(name, names, ready, source, short)


def render(ready: Compiled, locale: str, values: Mapping[str, Any], digits: str = "", *, isolates: bool = True) -> str:
    """
    Return the output of *ready* for *values*, a flat mapping, in the numbering system *digits* or the locale's own.

    *isolates* says whether the channel keeps them.

    Raises:
        TemplateFault: If it wants a name that *values* lacks, a filter refuses a value, or the output is too large.
    """
    if not ready.names.keys() <= values.keys():
        name, line = next((name, line) for name, line in ready.names.items() if name not in values)
        hint = f"Add '{name}' to `values:`, or take it out of the wording."
        what = f"names '{name}', which has no value"
        raise Syntax(ready.name, ready.source).fault(what, line, name, hint)
    if ready.straight is not None:
        try:
            return ready.straight(values, partial(_stood, locale, digits))
        except _OnlyByEngine:
            pass
    # Our functions come last: no value may stand in their way.
    return _run(ready, {**values, **FUNCTIONS, LOCALE: locale, DIGITS: digits, ISOLATES: isolates})


class _OnlyByEngine(Exception):
    """A value that is measured, or complained of, while it is written."""


@lru_cache(maxsize=4_096, typed=True)
def _stood(locale: str, digits: str, value: Any) -> str:
    """Return what stands in the output of a plain source for *value*, which is no short text."""
    if isinstance(value, str):
        raise _OnlyByEngine
    try:
        return str(finalize(_nameless(locale, digits), value))
    except (ValueError, ArithmeticError):
        raise _OnlyByEngine from None


@lru_cache(maxsize=64)
def _nameless(locale: str, digits: str) -> _Context:
    """Return what a value is written in that stands alone: its locale and digits."""
    return _Context(environment(Format.TEXT), "", {LOCALE: locale, DIGITS: digits})


def _run(ready: Compiled, names: dict[str, Any]) -> str:
    """Return the output of *ready* by the engine, measured while it comes."""
    template = ready.template
    size = 0
    pieces: list[str] = []
    try:
        for piece in template.root_render_func(_Context(template.environment, ready.name, names)):  # type: ignore[arg-type]  # ours
            size += len(piece)
            if size > LARGEST_OUTPUT:
                break
            pieces.append(piece)
    except (TemplateError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        line = _line(ready, error.__traceback__)
        what = f"cannot be rendered: {str(error)[:200].rstrip('.')}"
        hint = "Mend the value, or how the wording uses it."
        raise Syntax(ready.name, ready.source).fault(what, line, "", hint) from None
    if size > LARGEST_OUTPUT:
        message = f"'{ready.name}' gives more than {LARGEST_OUTPUT // 1000} kB."
        raise TemplateFault(ready.name, message, "Shorten it, or the values it names.", 1)
    return "".join(pieces)


def _line(ready: Compiled, trace: TracebackType | None) -> int:
    """Return the line of the source that was running when something went wrong, from 1."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == ready.name:
            line = ready.template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line
