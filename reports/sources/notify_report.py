"""
GOV.UK Notify: the report of messages that a service downloads, by their statuses; counts by release, and no person.

    Recipient,Reference,Template,Type,Sent by,Sent by email,Job,Status,Time,API key name

UTF-8, commas. The reference is the key under which Cordiale sent the message; who got it is not read. Statuses are as
Notify words them for people, or as its API names them: `Sending` and `Sent internationally` say nothing yet. They are
of the moment of the download, which is said: --always at=2027-01-31. Source: app/utils/csv.py of
alphagov/notifications-admin and the tests of notifications-api's report requests (columns), formatted_status of its
models and format_notification_status of notifications-admin (words), read November 2026.
"""

from collections.abc import Iterator
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.sheet import Sheet
from reports.errors import Unreadable
from reports.intake.deliveries import DELIVERED, ON_ITS_WAY, PERMANENT, TECHNICAL, TEMPORARY, Outcomes, Told
from reports.intake.headings import badly_headed, cells_of, meanings, unread
from reports.snapshot import Fault, Snapshot
from reports.source import Cells

_KNOWN = {"reference": "reference", "status": "status"}
STATUSES = {
    **dict.fromkeys(("delivered",), DELIVERED),
    **dict.fromkeys(
        (
            "permanent-failure", "permanent failure", "not delivered", "phone number doesn't exist",
            "email address doesn't exist", "email address does not exist",
        ),
        PERMANENT,
    ),
    **dict.fromkeys(
        (
            "temporary-failure", "temporary failure", "phone not accepting messages right now",
            "inbox not accepting messages right now",
        ),
        TEMPORARY,
    ),
    **dict.fromkeys(("technical-failure", "technical failure"), TECHNICAL),
    **dict.fromkeys(("created", "sending", "pending", "sent", "sent internationally"), ON_ITS_WAY),
}  # fmt: skip
COUNTED = (DELIVERED, PERMANENT, TEMPORARY, TECHNICAL)


class NotifyReport:
    """GOV.UK Notify's report of messages."""

    id: ClassVar[str] = "notify"
    help: ClassVar[str] = "GOV.UK Notify's report of messages: Recipient, Reference, Template, Type, Status, Time"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take a table with Notify's columns."""
        del layout
        return {"recipient", "template", "type", "status"} <= {cell.casefold() for cell in sheet.heading.cells}

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return the headings that are not read."""
        return unread(sheet, meanings(sheet, layout, _KNOWN))

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give the counts of each release once every row is read, and a fault for each cell that is wrong."""
        found = meanings(sheet, layout, _KNOWN)
        needed = {
            "reference": "under which reference a message was sent (reports of a job have none)",
            "status": "what came of it", "at": "when the report was downloaded (--always at=2027-01-31)",
        }  # fmt: skip
        faults = badly_headed(sheet, layout, found, (*_KNOWN, "at"), needed)
        yield from faults
        if faults:
            return
        try:
            at = Cells(layout).instant(layout.always["at"])
        except Unreadable as fault:
            yield Fault(sheet.heading.line, 0, f"--always: {fault.message}", fault.hint)
            return
        outcomes = Outcomes(COUNTED)
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
                continue
            said = cells_of(record, found, {})
            release, _, part = said["reference"].partition("-")
            if not release:
                continue  # what people sent by hand
            outcome = STATUSES.get(said["status"].casefold().replace("\u2019", "'").removesuffix(" (test)"))
            if outcome is None:
                hint = f"known are {', '.join(STATUSES)}"
                yield Fault(record.line, found.index("status"), f"unknown status '{said['status']}'", hint)
                continue
            outcomes.told.append(Told(at, release, part, outcome, record.line, found.index("reference")))
        yield from outcomes.snapshots(layout.always.get("campaign", campaign), layout.source or "govuk-notify", "key:")
