"""
Which plural form stands where in a PO file, by locale: the `Plural-Forms` header, pinned here.

The categories are those of CLDR for whole numbers, in CLDR's order; a test holds every rule to CLDR's own samples. The
tables that libraries carry differ: one of them has Arabic's *many* and *other* in each other's place, and shows a
translator the wrong box.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gettext import c2py

#: Numbers at which two rules are compared: every case of every rule here, and beyond.
_TRIED = (*range(1001), 10_000, 100_000, 1_000_000, 1_000_001, 2_000_000, 10_000_000)
_HEADER = re.compile(r"\s*nplurals\s*=\s*([0-9]{1,2})\s*;\s*plural\s*=\s*([^;]{1,500});?\s*", re.ASCII)


@dataclass(frozen=True)
class PluralForms:
    """The forms of one locale in the order of `msgstr[0]`, `msgstr[1]`, …, and the rule that chooses among them."""

    categories: tuple[str, ...]
    rule: str  #: an expression in C over n, the index of the form

    @property
    def header(self) -> str:
        """The value of the `Plural-Forms` header."""
        return f"nplurals={len(self.categories)}; plural=({self.rule});"

    def complete(self, forms: Mapping[str, str]) -> dict[str, str]:
        """
        Return *forms* with an `other`, which fractions take.

        Russian has no whole number that takes it; its fractions read as *few* does: the genitive singular.
        """
        return {**forms, "other": forms.get("other", forms.get("few", ""))}


_ONE = PluralForms(("one", "other"), "n != 1")
_UP_TO_ONE = PluralForms(("one", "other"), "n > 1")
_FRENCH = PluralForms(("one", "many", "other"), "n < 2 ? 0 : n % 1000000 == 0 ? 1 : 2")
_RUSSIAN = PluralForms(
    ("one", "few", "many"),
    "n % 10 == 1 && n % 100 != 11 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2",
)
_ARABIC = PluralForms(
    ("zero", "one", "two", "few", "many", "other"),
    "n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : n % 100 >= 3 && n % 100 <= 10 ? 3 : n % 100 >= 11 ? 4 : 5",
)
FORMS: Mapping[str, PluralForms] = {
    "en-GB": _ONE,
    "fr-FR": _FRENCH,
    "ar": _ARABIC,
    "ckb": _ONE,
    "ku": _ONE,
    "fa": _UP_TO_ONE,
    "ur": _ONE,
    "ps": _ONE,
    "tr": _ONE,
    "ru": _RUSSIAN,
    "so": _ONE,
    "ha": _ONE,
    "sw": _ONE,
}


def same(header: str, forms: PluralForms) -> bool:
    """Return whether *header* says what *forms* says, in whatever words: tools write the same rule differently."""
    match = _HEADER.fullmatch(header)
    if match is None or int(match[1]) != len(forms.categories):
        return False
    try:
        theirs = c2py(match[2])
        return _indices(theirs) == _indices(c2py(forms.rule))
    except (ValueError, ArithmeticError, RecursionError):
        return False


def _indices(rule: Callable[[int], int]) -> list[int]:
    return [int(rule(number)) for number in _TRIED]
