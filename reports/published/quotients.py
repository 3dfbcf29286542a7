"""Divide, take a share and compare: what the bounds of the parts leave of the result."""

import math
from dataclasses import dataclass

from reports.errors import NotAdditive
from reports.figures import Figure, Printed, Qualifier, parse


def rounded(printed: Printed) -> Figure:
    """Return the figure with the interval that its last printed digit leaves: 83.6% is 83.55% to 83.65%."""
    figure = printed.figure
    if figure.value is None or figure.qualifier is not Qualifier.EXACT:
        return figure
    half = printed.step / 2
    return Figure(figure.value, max(0.0, figure.value - half), figure.value + half, Qualifier.ABOUT)


def percentage(text: str) -> Figure:
    """Return a percentage as printed, with what its rounding leaves: `92%` is 91.5% to 92.5%."""
    return rounded(parse(text, share=True))


def bounds(figure: Figure) -> tuple[float, float]:
    """Return the least and the most a figure can be; unlike `Figure.span`, a rounded one has its rounding."""
    if figure.qualifier is Qualifier.ABOUT and figure.lower is not None and figure.upper is not None:
        return figure.lower, figure.upper
    return figure.span


@dataclass(frozen=True)
class Quotient:
    """A result at face value, and the least and the most it can be; `upper` is infinite where nothing bounds it."""

    at_face: float
    lower: float
    upper: float

    @property
    def bounded(self) -> bool:
        """Whether anything is known beyond the face value."""
        return self.lower > 0 or not math.isinf(self.upper)

    @property
    def figure(self) -> Figure:
        """The result as a figure that says how sure it is."""
        if self.lower == self.upper:
            return Figure(self.at_face)
        if math.isinf(self.upper):
            known = Figure(self.lower, lower=self.lower, qualifier=Qualifier.OVER)
            return known if self.lower > 0 else Figure(self.at_face, qualifier=Qualifier.ABOUT)
        if self.lower == 0:
            return Figure(lower=0.0, upper=self.upper, qualifier=Qualifier.UNDER)
        return Figure(self.at_face, self.lower, self.upper, Qualifier.ABOUT)


def divide(top: Figure, bottom: Figure, each: float = 1) -> Quotient:
    """
    Return *top* / *bottom*: a frequency, a cost for each click, minutes for each person.

    It is for so many of the bottom as *each* says: the cost of a thousand impressions (CPM) with 1000.

    Raises:
        NotAdditive: If either is missing, or the bottom may be zero.
    """
    above, below = bounds(top), bounds(bottom)
    if top.missing or bottom.missing or not _face(bottom) > 0:
        message = "There is nothing to divide, or nothing to divide by."
        raise NotAdditive(message, "Missing is not zero: leave the rate out.")
    lower = 0.0 if math.isinf(below[1]) else above[0] / below[1]
    upper = math.inf if below[0] <= 0 or math.isinf(above[1]) else above[1] / below[0]
    return Quotient(each * _face(top) / _face(bottom), each * lower, each * upper)


def part(share: Figure, whole: Figure) -> Figure:
    """Return how many a *share* of a *whole* is, with what the share's rounding leaves."""
    low, high = bounds(share)
    least, most = bounds(whole)
    lower, upper = low * least, high * most
    value = _face(share) * _face(whole)
    return Figure(value) if lower == upper else _about(value, lower, upper)


def implied_whole(of: Figure, share: Figure) -> Figure:
    """Return the whole that a count and its rounded share imply: an interval; its middle is nobody's figure."""
    found = divide(of, share)
    return _about(found.at_face, found.lower, found.upper)


def overlap(figures: list[Figure]) -> Figure | None:
    """Return what all intervals have in common; None where they contradict one another."""
    low = max(bounds(each)[0] for each in figures)
    high = min(bounds(each)[1] for each in figures)
    return None if low > high else Figure(lower=low, upper=high, qualifier=Qualifier.BETWEEN)


def spread(figures: list[Figure]) -> tuple[Figure, bool]:
    """Return the bounds that hold all of several figures for the same thing, and whether the sources differ."""
    faces = {_face(each) for each in figures}
    if len(faces) == 1:
        return figures[0], False
    spans = [bounds(each) for each in figures]
    low = min(*faces, *(low for low, _ in spans)) if all(low for low, _ in spans) else min(faces)
    high = max(*faces, *(high for _, high in spans))
    if math.isinf(high):
        return Figure(low, lower=low, qualifier=Qualifier.OVER), True
    return Figure(lower=low, upper=high, qualifier=Qualifier.BETWEEN), True


def points(old: Figure, new: Figure) -> Quotient:
    """
    Return the difference of two shares in points, as a share: 36 % to 41 % is 0.05, which rounding leaves 0.04 to 0.06.

    Raises:
        NotAdditive: If either is missing.
    """
    if old.missing or new.missing:
        message = "There is nothing to compare with."
        raise NotAdditive(message, "Missing is not zero: leave the difference out.")
    (least, most), (low, high) = bounds(old), bounds(new)
    return Quotient(_face(new) - _face(old), low - most, high - least)


def change(old: Figure, new: Figure) -> Quotient:
    """Return the relative change from *old* to *new*: -0.35 is 35 % less."""
    found = divide(new, old)
    return Quotient(found.at_face - 1, found.lower - 1, found.upper - 1)


def _about(value: float, lower: float, upper: float) -> Figure:
    if math.isinf(upper):
        return Figure(lower, lower=lower, qualifier=Qualifier.OVER)
    return Figure(value, lower, upper, Qualifier.ABOUT)


def _face(figure: Figure) -> float:
    """Return the number that was printed, whatever it bounds."""
    if figure.value is not None:
        return figure.value
    return (figure.upper if figure.upper is not None else figure.lower) or 0.0
