"""
A figure as a source prints it: a value, or bounds, and the words that came with it.

"Over 600,000" and "almost 604,000" stay bounds. A missing figure is None, never zero. Thousand marks may be a
comma or a space, decimals a point or a comma: `1,234` and `1 234` are 1234; `18,5%` is 0.185.
"""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reports.errors import Unreadable

_SAFE_DIGITS = 15
_HUNDRED = 100
LARGEST = 10**_SAFE_DIGITS  #: above this a float no longer holds every whole number


class Qualifier(StrEnum):
    """How sure a figure is of its value."""

    EXACT = "exact"  #: The value, as counted or measured.
    OVER = "over"  #: At least `lower`; nobody says how much more.
    ALMOST = "almost"  #: At most `upper`, and near it.
    ABOUT = "about"  #: Rounded; `lower` and `upper` where the rounding says them.
    UNDER = "under"  #: At most `upper`: a small cell that the source hides.
    BETWEEN = "between"  #: Only the bounds are known.
    WEIGHTED = "weighted"  #: A share of weighted answers; numerator and denominator count the answers themselves.


#: Figures that are taken at their value.
AT_VALUE = frozenset({Qualifier.EXACT, Qualifier.ABOUT, Qualifier.WEIGHTED})


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, its bounds, and for a rate what was divided by what. Shares are 0 to 1."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    qualifier: Qualifier = Qualifier.EXACT
    numerator: float | None = None
    denominator: float | None = None

    @property
    def missing(self) -> bool:
        """Whether the source gave no figure at all."""
        return self.value is None and self.lower is None and self.upper is None

    @property
    def span(self) -> tuple[float, float]:
        """
        The least and the most it can be; counts and shares are never below 0.

        An exact, rounded or weighted figure is taken at its value: its bounds, if any, are shown and decide nothing.
        """
        if self.value is not None and self.qualifier in AT_VALUE:
            return self.value, self.value
        return (self.lower or 0.0), (math.inf if self.upper is None else self.upper)


_NEW = object.__new__
_VALUE, _LOWER, _UPPER, _QUALIFIER, _NUMERATOR, _DENOMINATOR = (
    Figure.__dict__[name].__set__ for name in Figure.__slots__
)


def exact(value: float) -> Figure:
    """Return `Figure(value)`, twice as fast: of a file's figures nearly all are such, and there may be millions."""
    figure = _NEW(Figure)
    _VALUE(figure, value)
    _LOWER(figure, None)
    _UPPER(figure, None)
    _QUALIFIER(figure, Qualifier.EXACT)
    _NUMERATOR(figure, None)
    _DENOMINATOR(figure, None)
    return figure


def between(lower: float, upper: float) -> Figure:
    """Return the figure of which only the bounds are known; equal bounds make it exact, no upper one makes it over."""
    if lower == upper:
        return Figure(value=lower)
    if math.isinf(upper):
        return Figure(value=lower, lower=lower, qualifier=Qualifier.OVER)
    return Figure(lower=lower, upper=upper, qualifier=Qualifier.BETWEEN)


_WORDS: tuple[tuple[Qualifier, tuple[str, ...]], ...] = (
    (Qualifier.OVER, ("over", "more than", "at least", "plus de", "au moins", ">=", "≥", ">")),
    (Qualifier.UNDER, ("under", "fewer than", "less than", "at most", "up to", "moins de", "au plus", "<=", "≤", "<")),
    (Qualifier.ALMOST, ("almost", "nearly", "just under", "presque", "près de")),
    (
        Qualifier.ABOUT,
        ("about", "around", "approximately", "approx.", "roughly", "close to", "circa", "c.", "environ", "~", "≈"),
    ),
)
_MISSING = frozenset({"", "-", "–", "—", "n/a", "na", "n.a.", "nan", "null", "none", "nd", "n.d."})  # noqa: RUF001 (the en dash that spreadsheets write)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007", " "))
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_SCALED = re.compile(r"([0-9]+(?:[.,][0-9]+)?) ?([kKmM])")
_SCALE = {"k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class Printed:
    """A cell, read: its figure, and half of what its last printed digit stands for."""

    figure: Figure
    step: float = 0.0  #: one unit of the last printed digit: 0.01 for 18%


def parse(text: str, *, share: bool = False) -> Printed:
    """
    Read one cell. With *share*, `18%` and `0.18` are both 0.18; without, a per cent sign is refused.

    Raises:
        Unreadable: If the cell is no figure, is negative, or is beyond what the metric can be.
    """
    if not share and text.isascii() and text.isdigit() and len(text) <= _SAFE_DIGITS:  # nearly every cell there is
        return Printed(exact(float(text)), 1.0)
    cell = " ".join(text.translate(_SPACES).split())
    if cell.casefold() in _MISSING:
        return Printed(Figure())
    qualifier, bare = _qualified(cell)
    value, step, rounded = _number(bare, cell, share=share)
    if qualifier is Qualifier.EXACT and rounded:
        return Printed(Figure(value, max(0.0, value - step / 2), value + step / 2, Qualifier.ABOUT), step)
    if qualifier is Qualifier.OVER:
        return Printed(Figure(value, lower=value, qualifier=qualifier), step)
    if qualifier is Qualifier.ALMOST:
        return Printed(Figure(value, upper=value, qualifier=qualifier), step)
    if qualifier is Qualifier.UNDER:
        return Printed(Figure(lower=0.0, upper=value, qualifier=qualifier), step)
    return Printed(Figure(value, qualifier=qualifier), step)


def _qualified(cell: str) -> tuple[Qualifier, str]:
    folded = cell.casefold()
    for qualifier, words in _WORDS:
        for word in words:
            rest = folded.removeprefix(word)
            if rest != folded and (not word[-1].isalpha() or rest[:1] == " "):
                return qualifier, cell[len(word) :].strip()
    if cell.endswith("+"):
        return Qualifier.OVER, cell[:-1].strip()
    return Qualifier.EXACT, cell


def _number(bare: str, cell: str, *, share: bool) -> tuple[float, float, bool]:
    """Return the value, one unit of its last digit, and whether the platform rounded it (`1.2K`)."""
    percent = bare.endswith("%")
    digits = bare.removesuffix("%").strip()
    if digits.startswith(("-", "\u2212")) and _PLAIN.fullmatch(digits[1:].strip().replace(" ", "").replace(",", "")):
        message = f"'{cell}' is negative"
        raise Unreadable(
            message, "a reading is a running total or a share; correct the export, or leave the cell empty"
        )
    scaled = _SCALED.fullmatch(digits)
    if scaled and not percent:
        exact, factor = Decimal(scaled[1].replace(",", ".")), _SCALE[scaled[2].lower()]
    elif _GROUPED.fullmatch(digits):
        comma = "," in digits and "." not in digits and " " in digits  # 1 234,5
        exact, factor = Decimal(digits.replace(" ", "").replace(",", "." if comma else "")), 1
    elif _PLAIN.fullmatch(digits):
        exact, factor = Decimal(digits.replace(",", ".")), 1
    else:
        message = f"'{cell}' is not a figure"
        raise Unreadable(
            message, "write digits such as 1234, 1,234 or 1 234; 'over', 'almost' or 'about' may come first"
        )
    exponent = exact.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) * factor
    value = exact * factor
    if percent:
        value, step = value / 100, step / 100
    _within(value, cell, share=share, percent=percent)
    return float(value), float(step), factor != 1


def _within(value: Decimal, cell: str, *, share: bool, percent: bool) -> None:
    if share and value > 1:
        message = f"'{cell}' is more than the whole"
        hint = "write a share as 18% or 0.18; 100% is the most there can be"
        if not percent and value <= _HUNDRED:
            better = f"{value.normalize():f}% or {(value / _HUNDRED).normalize():f}"
            hint = f"it reads like per cent: write {better}, or declare --percent HEADING"
        raise Unreadable(message, hint)
    if not share and percent:
        message = f"'{cell}' is a percentage of something that is counted"
        raise Unreadable(message, "write the count itself, or use the metric that is a rate")
    if value > LARGEST:
        message = f"'{cell}' is more than there can be"
        raise Unreadable(message, f"a figure is at most {LARGEST:,}; look for two numbers run together")
