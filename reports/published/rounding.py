"""
Whether a printed figure is the one that its parts give: rounded, cut off, a hundred times too large, or another one.

A table may be cut toward zero (-34.66 % printed as -34 %), and a spreadsheet may take a share for a percentage
already (0.4877 % printed as 48.77 %).
"""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum

from reports.errors import Unreadable

_PRINTED = re.compile(r"([+-]?)([0-9]+(?:[.,][0-9]+)?)(%?)")
_SPACES = dict.fromkeys(map(ord, " ,\u00a0\u202f\u2009"))
_MINUS = str.maketrans("\u2212", "-")
HUNDRED = Decimal(100)


class How(StrEnum):
    """What a printed figure is of the exact one."""

    EXACT = "exact"  #: The same number.
    ROUNDED = "rounded"  #: To the nearest step.
    CUT = "cut"  #: Toward zero.
    UP = "up"  #: Away from zero.
    HUNDREDFOLD = "hundredfold"  #: A percentage taken for a share, or the other way: a hundred times off.
    OTHER = "other"  #: Not the number that the parts give.


@dataclass(frozen=True)
class Verdict:
    """How a printed figure relates to the exact one, and the step it was rounded to (of a percentage: in points)."""

    how: How
    step: float
    stated: float  #: a share where it was printed with a per cent sign

    @property
    def plausible(self) -> bool:
        """Whether the printed figure can be believed."""
        return self.how not in {How.HUNDREDFOLD, How.OTHER}


def judge(printed: str, exact: float) -> Verdict:
    """
    Say what *printed* ("41,700", "-34%") is of *exact*, which is a share where a per cent sign is printed.

    The finest step that explains it is taken: the last printed digit first, then of a count its trailing zeros.

    Raises:
        Unreadable: If nothing is printed that is a number.
    """
    stated, step, percent = _read(printed)
    true = Decimal(repr(exact)) * (HUNDRED if percent else 1)
    shown = float(stated / HUNDRED if percent else stated)
    found = _fits(stated, true, step, coarser=not percent)
    if found:
        return Verdict(found[0], float(found[1]), shown)
    for factor in (HUNDRED, 1 / HUNDRED):
        if true and _fits(stated, true * factor, step, coarser=False):
            return Verdict(How.HUNDREDFOLD, float(step), shown)
    return Verdict(How.OTHER, float(step), shown)


def _read(printed: str) -> tuple[Decimal, Decimal, bool]:
    text = printed.translate(_MINUS).strip()
    grouped = re.fullmatch(r"[+-]?[0-9]{1,3}(?:[ ,\u00a0\u202f\u2009][0-9]{3})+(?:\.[0-9]+)?\s*%?", text)
    text = text.translate(_SPACES) if grouped else text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    match = _PRINTED.fullmatch(text)
    if not match:
        message = f"'{printed}' is not a figure"
        raise Unreadable(message, "write digits such as 41,700 or -34%")
    value = Decimal(match[1] + match[2].replace(",", "."))
    exponent = value.as_tuple().exponent
    return value, Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0), bool(match[3])


def _fits(stated: Decimal, true: Decimal, step: Decimal, *, coarser: bool) -> tuple[How, Decimal] | None:
    if stated == true:
        return How.EXACT, step
    steps = [step]
    while coarser and stated and stated % (steps[-1] * 10) == 0:
        steps.append(steps[-1] * 10)
    for how, ways in (
        (How.ROUNDED, (ROUND_HALF_UP, ROUND_HALF_EVEN)),
        (How.CUT, (ROUND_DOWN,)),
        (How.UP, (ROUND_UP,)),
    ):
        for each in steps if how is How.ROUNDED else steps[:1]:
            if any((true / each).quantize(Decimal(1), way) * each == stated for way in ways):
                return how, each
    return None


def share(numerator: float, denominator: float, printed: str) -> Verdict:
    """Say what a printed rate is of numerator / denominator: the check on rates that a source prints."""
    return judge(printed, numerator / denominator)
