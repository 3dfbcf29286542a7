"""
One booking a row, as the books give it: money spent, added up by day and currency.

    Booking date,Amount,Currency,Channel
    2027-01-31,"12,500.00",GBP,uk-social

The file holds every booking since the campaign began. A credit note is a negative amount. Pounds and euros are never
added. Other columns, suppliers among them, are not read.
"""

from collections.abc import Iterator
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.numerals import plain
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.figures import parse
from reports.intake.headings import badly_headed, cells_of, faults_of, meanings, unread
from reports.intake.running import Running, Tally
from reports.snapshot import Fault, Snapshot
from reports.source import Cells, dimension

HEADINGS: dict[str, tuple[str, ...]] = {
    "at": ("date", "at", "booking date", "invoice date", "paid on", "date de facture", "date comptable"),
    "amount": ("amount", "cost", "spend", "net", "net amount", "montant", "coût", "dépense", "montant ht"),
    "currency": ("currency", "devise", "monnaie"),
    "channel": ("channel", "canal"),
    "audience": ("audience", "cible"),
    "message": ("message",),
    "campaign": ("campaign", "campagne"),
}
SUBJECTS = ("channel", "audience", "message")
_KNOWN = {heading: meaning for meaning, headings in HEADINGS.items() for heading in headings}
_SIGNS = {"£": "GBP", "€": "EUR"}


class Costs:
    """The books: one booking a row."""

    id: ClassVar[str] = "costs"
    help: ClassVar[str] = "one booking a row, all since the campaign began: a date, an amount, a currency"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table that has an amount and a currency."""
        return {"amount", "currency"} <= {*meanings(sheet, layout, _KNOWN), *layout.always}

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that mean nothing."""
        return unread(sheet, meanings(sheet, layout, _KNOWN))

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give running totals by day and currency once every row is read, and a fault for each cell that is wrong."""
        found = meanings(sheet, layout, _KNOWN)
        needed = {"at": "when the money was spent", "amount": "how much it was", "currency": "in which currency"}
        faults = badly_headed(sheet, layout, found, tuple(HEADINGS), needed)
        yield from faults
        if faults:
            return
        cells, source = Cells(layout), layout.source or sheet.notes.get("source") or self.id
        running, wrong = Running(), False
        for record in sheet.records():
            found_wrong = (
                [record] if isinstance(record, Fault) else list(_row(record, found, cells, running, (campaign, source)))
            )
            wrong = wrong or bool(found_wrong)
            yield from found_wrong
        for each in running.snapshots():
            if each.figure.value is not None and each.figure.value < 0 and not wrong:
                message = f"the sum of all bookings up to {each.at.date()} is below zero: {each.figure.value:,.2f}"
                yield Fault(
                    each.line, each.cell, message, "the file has to hold every booking since the campaign began"
                )
            else:
                yield each


def _row(record: Record, found: list[str], cells: Cells, running: Running, default: tuple[str, str]) -> Iterator[Fault]:
    said = cells_of(record, found, cells.always)
    wrong: list[tuple[str, Unreadable]] = []
    at = amount = None
    try:
        at = cells.instant(said.get("at", ""))
    except Unreadable as fault:
        wrong.append(("at", fault))
    currency = _SIGNS.get(said.get("currency", ""), said.get("currency", ""))
    try:
        dimension("currency", currency)
    except Unreadable as fault:
        wrong.append(("currency", fault))
    try:
        amount = _amount(said.get("amount", ""), cells.decimal)
    except Unreadable as fault:
        wrong.append(("amount", fault))
    of = [(name, said[name]) for name in SUBJECTS if said.get(name)]
    if len(of) > 1:
        message = f"the row names {' and '.join(name for name, _ in of)}"
        wrong.append((of[1][0], Unreadable(message, "name one of them: a sum is spent once")))
    yield from faults_of(record, found, wrong)
    if at is None or amount is None or wrong:
        return
    subject = of[0] if of else ("campaign", "")
    named = (said.get("campaign") or default[0], said.get("source") or default[1])
    place = found.index(subject[0]) if subject[0] in found else 0
    running.add(Tally(*named, *subject, "spend", (("currency", currency),)), at, amount, record.line, place)


def _amount(text: str, decimal: str) -> float:
    """Return a sum of money; `-5`, `(5)` and `5-` are negative."""
    bare = text.strip().lstrip("£€").strip()
    negative = bare.startswith(("-", "\u2212")) or bare.endswith("-") or (bare.startswith("(") and bare.endswith(")"))
    figure = parse(plain(bare.strip("-\u2212()").strip(" £€"), decimal, whole=False)).figure
    if figure.value is None or not text:
        message = "the row says no amount"
        raise Unreadable(message, "write the sum, as 1234.50")
    return -figure.value if negative else figure.value
