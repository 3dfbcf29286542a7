"""Every number finds the form of the word that its language asks for."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from campaigns.locales import LOCALES
from content import wording
from content.check import Context, Finding, Severity
from content.environment import Format, environment
from content.rendering import Rendering, Request

KEPT = 4096  #: wordings remembered
#: Counts up to this decide which forms a language needs: French has one more from a million on, for round millions.
COUNTED = 1000
SHOWN = 3  #: counts given as examples of a form
_LARGEST = 10**15
_ORDER = ("zero", "one", "two", "few", "many", "other")


class PluralIncomplete:
    """
    Each `plural()` of a wording has the forms that CLDR knows for its language, and no others.

    Needed are the forms that whole numbers to a thousand take (Arabic: six; Russian: one, few, many), `other`, and the
    one that the message's own value takes. A form that the language never asks for is a warning: nobody would read it.
    """

    id: ClassVar[str] = "plural-incomplete"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield the forms that a call lacks, with counts that ask for them, and forms that no count asks for."""
        del rendering, context
        text = wording.choose(request.message, request.variant, request.locale)
        if text is None or "plural" not in text or request.locale not in LOCALES:
            return
        label = wording.label(request.message, request.variant, request.locale)
        needed, language = _needed(request.locale), LOCALES[request.locale].name
        for counted, forms in _calls(text):
            own = _own_form(request.locale, request.message.values.get(counted))
            lacking = [form for form in _ORDER if (form in needed or form == own) and form not in forms]
            if lacking:
                message = f"'{label}' counts {counted or 'something'} without {_listed(lacking)}."
                examples = "; ".join(f"{form}= for {_counts(request.locale, form)}" for form in lacking)
                yield Finding(self.id, self.severity, message, f"{language} needs {examples}.")
            idle = [form for form in _ORDER if form in forms and not _counts(request.locale, form)]
            if idle:
                message = (
                    f"'{label}' counts {counted or 'something'} with {_listed(idle)}, which {language} never uses."
                )
                yield Finding(
                    self.id, Severity.WARN, message, f"Take it out: {language} has {_listed(_forms(request.locale))}."
                )


@lru_cache(maxsize=KEPT)
def _calls(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return what each `plural()` of *text* counts, by name, and the forms that it gives."""
    from jinja2 import TemplateError, nodes

    try:
        tree = environment(Format.TEXT).parse(text)
    except (TemplateError, RecursionError):
        return ()  # rendering says what is wrong with it
    return tuple(
        (
            call.args[0].name if call.args and isinstance(call.args[0], nodes.Name) else "",
            frozenset(each.key for each in call.kwargs),
        )
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "plural"
    )


@lru_cache(maxsize=64)
def _rule(tag: str) -> Callable[[float], str]:
    from babel import Locale

    return Locale.parse(LOCALES[tag].babel).plural_form


@lru_cache(maxsize=64)
def _examples(tag: str) -> Mapping[str, tuple[str, ...]]:
    """Return form -> counts that ask for it in locale *tag*: of whole numbers, a million, and fractions."""
    rule = _rule(tag)
    found: dict[str, list[str]] = {}
    for count in (*range(COUNTED), 10**6, 2 * 10**6, 0.5, 1.5):
        of_form = found.setdefault(rule(count), [])
        if len(of_form) < SHOWN:
            of_form.append(f"{count:,}")
    return {form: tuple(counts) for form, counts in found.items()}


@lru_cache(maxsize=64)
def _needed(tag: str) -> frozenset[str]:
    """Return the forms that every wording in locale *tag* has to give; `other` always: it stands for the rest."""
    rule = _rule(tag)
    return frozenset({rule(count) for count in range(COUNTED)} | {"other"})


def _forms(tag: str) -> list[str]:
    return [form for form in _ORDER if form in _examples(tag)]


def _counts(tag: str, form: str) -> str:
    return ", ".join(_examples(tag).get(form, ()))


def _own_form(tag: str, value: Any) -> str | None:
    """Return the form that the message's own *value* takes; None where it is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST < value < _LARGEST:
        return None
    return _rule(tag)(value)


def _listed(forms: list[str]) -> str:
    *rest, last = [f"{form}=" for form in forms]
    return f"{', '.join(rest)} and {last}" if rest else last
