"""
A share of weighted answers, and what its answers are worth: Kish's effective number, n over the design effect.

An institute gives sums, never answers of persons: a weighted share or weighted counts, and one of effective base,
design effect and the sum of the squared weights. What it leaves out is not guessed.
"""

from collections.abc import Mapping

from reports.errors import Unreadable
from reports.figures import Figure, Qualifier, parse
from reports.measures import Metric
from reports.source import Cells

#: Cells by which a row says that its answers were weighted.
WEIGHTS = ("weighted", "weighted_numerator", "weighted_denominator", "effective", "design_effect", "weights_squared")
ALIKE = 0.01  #: by how much two ways to say the same may differ, rounding included


def weighed(
    cells: Cells, of: Metric, value: str, others: Mapping[str, str], given: Mapping[str, str]
) -> tuple[Figure, float | None]:
    """
    Return the figure of a row of a survey, and its effective base where it is weighted.

    Raises:
        Unreadable: If a cell is no figure, if cells contradict one another, or if a weighted row does not say how
            much its weights cost.
    """
    if not given:
        return cells.figure(of, "value", value, **others), None
    counts = {name: others[name] for name in ("numerator", "denominator") if name in others}
    before = cells.figure(of, "value", "", **counts) if "numerator" in counts else Figure()
    base = before.denominator or _number(cells, "the base", counts.get("denominator", ""))
    share, step = _share(cells, of, value, given)
    effective = _effective(cells, given, base)
    if not 0 < effective <= base * (1 + ALIKE):
        message = f"the effective base {effective:,.10g} is not between 1 and the base {base:,.10g}"
        raise Unreadable(message, "weights make answers say less, never more: look whether the two are exchanged")
    top, bottom = (
        _number(cells, name.replace("_", " "), given[name]) if name in given else None
        for name in ("weighted_numerator", "weighted_denominator")
    )
    if top is not None and bottom is not None and share is not None and abs(top / bottom - share) > max(step, 1e-9):
        message = f"the weighted share {share:.4%} is not {top:,.10g} of {bottom:,.10g}, which is {top / bottom:.4%}"
        raise Unreadable(message, "correct the one that is wrong, or leave the share out")
    if share is None:
        share = _divided(top, bottom)
    return Figure(share, qualifier=Qualifier.WEIGHTED, numerator=before.numerator, denominator=base), min(
        effective, base
    )


def _share(cells: Cells, of: Metric, value: str, given: Mapping[str, str]) -> tuple[float | None, float]:
    """Return the weighted share and one unit of its last digit; without a column of its own it is the row's share."""
    text = given.get("weighted") or value
    if not text:
        return None, 0.0
    figure = cells.figure(of, "weighted" if "weighted" in given else "value", text)
    if figure.value is None or figure.qualifier is not Qualifier.EXACT:
        message = f"'{text}' is no weighted share"
        raise Unreadable(message, "write it as 18% or 0.18")
    digits = parse(text.replace(",", "."), share=True) if "%" in text or "." in text else None
    return figure.value, digits.step if digits else 0.01


def _divided(top: float | None, bottom: float | None) -> float:
    if top is None or bottom is None:
        message = "the row is weighted and has no weighted share"
        raise Unreadable(message, "give it, or the weighted count and the weighted base")
    if not 0 <= top <= bottom or not bottom:
        message = f"the weighted count {top:,.10g} is no part of the weighted base {bottom:,.10g}"
        raise Unreadable(message, "exchange the two, or correct them")
    return top / bottom


def _effective(cells: Cells, given: Mapping[str, str], base: float) -> float:
    """Return the effective base, by whichever of the three ways the row says it."""
    found = []
    if "effective" in given:
        found.append(_number(cells, "the effective base", given["effective"]))
    if "design_effect" in given:
        deff = _number(cells, "the design effect", given["design_effect"])
        if deff < 1:
            message = f"a design effect of {deff:g} would make weighted answers say more than plain ones"
            raise Unreadable(message, "it is 1 where all weights are equal, and more otherwise")
        found.append(base / deff)
    if "weights_squared" in given and "weighted_denominator" in given:
        squared = _number(cells, "the sum of squared weights", given["weights_squared"])
        if squared:
            found.append(_number(cells, "the weighted base", given["weighted_denominator"]) ** 2 / squared)
    if not found:
        message = "the row is weighted and does not say what its answers are worth"
        hint = "give an effective base, a design effect, or the weighted base with the sum of the squared weights"
        raise Unreadable(message, hint)
    if max(found) - min(found) > ALIKE * max(found):
        message = f"the row gives the effective base in several ways: {', '.join(f'{each:,.6g}' for each in found)}"
        raise Unreadable(message, "correct the one that is wrong, or leave all but one out")
    return found[0]


def _number(cells: Cells, what: str, text: str) -> float:
    printed = parse(cells.plain(text)).figure.value if text else None
    if printed is None:
        message = f"'{text}' is no number for {what}" if text else f"the row does not give {what}"
        raise Unreadable(message, "write digits, such as 1200 or 1.31")
    return printed
