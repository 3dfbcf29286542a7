"""Spend gates: sums that a partner may not spend without leave, and whether the document shows that leave. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from campaigns.documents.faults import Fault, nearest, one_of, refers
from campaigns.documents.schema import BudgetLine, Campaign
from campaigns.settings import SPEND_GATES, SpendGate

LEAST_FOR_EVALUATION, MOST_FOR_EVALUATION = Decimal("0.05"), Decimal("0.10")  #: of a budget (GCS Evaluation Cycle)
APRIL = 4  #: the month in which the United Kingdom's financial year begins


def check(document: Campaign, gates: Iterable[SpendGate] = SPEND_GATES) -> Iterator[Fault]:
    """Yield each sum that passes a gate without leave, and what else is wrong with the budget."""
    gates = tuple(gates)
    yield from _references(document, gates)
    for gate in gates:
        yield from _gate(document, gate)
    yield from _evaluation(document)


def _references(document: Campaign, gates: tuple[SpendGate, ...]) -> Iterator[Fault]:
    channels = [channel.id for channel in document.channels]
    for number, line in enumerate(document.budget):
        yield from refers(line.partner, document.partners, ("budget", number, "partner"), "partner")
        yield from refers(line.channel, channels, ("budget", number, "channel"), "channel")
        if line.kind == "paid_media" and line.channel is None:
            said = f"budget line '{line.id}' buys media without saying on which channel"
            yield Fault(("budget", number), said, "add channel: …, so that cost can be set against reach", "warning")
    names = [gate.id for gate in gates]
    for number, leave in enumerate(document.spend_approvals):
        gate = next((each for each in gates if each.id == leave.gate), None)
        if gate is None:
            hint = nearest(leave.gate, names) or f"gates of this workspace: {one_of(names) or 'none'}"
            yield Fault(("spend_approvals", number, "gate"), f"unknown spend gate '{leave.gate}'", hint)
        elif gate.currency != leave.currency:
            said = f"gate '{gate.id}' counts in {gate.currency}, and this leave is in {leave.currency}"
            yield Fault(("spend_approvals", number, "currency"), said, f"write the sum in {gate.currency}")


def _gate(document: Campaign, gate: SpendGate) -> Iterator[Fault]:
    """Compare what falls under *gate*, period by period, with what was allowed."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, int] = {}
    for number, line in enumerate(document.budget):
        if line.partner != gate.partner or (gate.kinds and line.kind not in gate.kinds):
            continue
        if line.currency != gate.currency:
            said = f"is in {line.currency}, so it cannot be counted against gate '{gate.id}' ({gate.currency})"
            hint = f"write the sum in {gate.currency}, at the rate that your finance team uses"
            yield Fault(("budget", number, "currency"), said, hint)
            continue
        period = _period(line, document, gate)
        sums[period] += Decimal(str(line.amount))
        first.setdefault(period, number)
    allowed = max((Decimal(str(each.up_to)) for each in document.spend_approvals if each.gate == gate.id), default=None)
    for period, total in sums.items():
        if total < Decimal(str(gate.amount)) or (allowed is not None and total <= allowed):
            continue
        spent = f"{gate.partner} plans {total:,.0f} {gate.currency}{f' in {period}' if period else ''}"
        limit = f"from {gate.amount:,.0f} on {gate.authority} must agree"
        if allowed is not None:
            limit += f"; leave was given for {allowed:,.0f}"
        hint = f"add spend_approvals: [{{gate: {gate.id}, …}}], or plan less"
        yield Fault(("budget", first[period], "amount"), f"{spent}; {limit}", hint)


def _period(line: BudgetLine, document: Campaign, gate: SpendGate) -> str:
    """Return the period that *line* counts in: "" for the campaign as a whole."""
    day: date = line.on or document.starts
    if gate.per == "campaign":
        return ""
    if gate.per == "calendar_year":
        return str(day.year)
    year = day.year if day.month >= APRIL else day.year - 1
    return f"{year}-{(year + 1) % 100:02}"


def _evaluation(document: Campaign) -> Iterator[Fault]:
    """Warn where evaluation gets less of the money than the profession asks, or more."""
    for currency in dict.fromkeys(line.currency for line in document.budget):
        lines = [line for line in document.budget if line.currency == currency]
        total = sum((Decimal(str(line.amount)) for line in lines), Decimal())
        share = sum((Decimal(str(line.amount)) for line in lines if line.kind == "evaluation"), Decimal())
        if total and not LEAST_FOR_EVALUATION <= share / total <= MOST_FOR_EVALUATION:
            said = f"evaluation gets {share / total:.0%} of the {currency} budget ({share:,.0f} of {total:,.0f})"
            yield Fault(("budget",), said, "the profession sets aside 5% to 10%", "warning")
