"""
Notices of delivery that mail servers sent back (RFC 3464), out of a mailbox: delivered, failed for good or for now.

A notice names its release and part by its Original-Envelope-Id, which `options: {notices: true}` of an `smtp` channel
asks for. `delivered` and `expanded` (a list took it) have arrived; `failed` is for good where its status begins with 5,
and for now where it begins with 4; `delayed` and `relayed` say nothing yet. No address is kept.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from reports.cells.layout import Layout
from reports.cells.notices import HEADING
from reports.cells.sheet import Sheet
from reports.intake.deliveries import DELIVERED, ON_ITS_WAY, PERMANENT, TEMPORARY, Outcomes, Told
from reports.snapshot import Fault, Snapshot

_OURS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,3})")
_ACTIONS = {"delivered": DELIVERED, "expanded": DELIVERED, "delayed": ON_ITS_WAY, "relayed": ON_ITS_WAY}
_CLASSES = {"5": PERMANENT, "4": TEMPORARY}


class DeliveryNotices:
    """Notices of delivery by mail."""

    id: ClassVar[str] = "notices"
    help: ClassVar[str] = "a mailbox (mbox, .eml) with the notices of delivery that came back for releases by `smtp`"

    def recognises(self, sheet: Sheet, layout: Layout) -> bool:
        """Take what `reports.cells.notices` made of a mailbox."""
        del layout
        return tuple(sheet.heading.cells) == HEADING

    def ignored(self, sheet: Sheet, layout: Layout) -> tuple[str, ...]:
        """Return nothing: a notice has no other columns."""
        del sheet, layout
        return ()

    def read(self, sheet: Sheet, campaign: str, layout: Layout) -> Iterator[Snapshot | Fault]:
        """Give what was known of each release on each day; notices of other mail are passed over."""
        outcomes = Outcomes((DELIVERED, PERMANENT, TEMPORARY))
        for record in sheet.records():
            if isinstance(record, Fault):
                yield record
                continue
            envelope, when, action, status, recipient = record.cells
            found = _OURS.fullmatch(envelope)
            if not found:
                continue
            outcome = _CLASSES.get(status[:1]) if action == "failed" else _ACTIONS.get(action)
            if outcome is None:
                message = f"the notice says '{action}' with status '{status}', which RFC 3464 does not know"
                yield Fault(record.line, 2, message, "leave it out")
                continue
            message = f"{found[2]} {recipient}"
            outcomes.told.append(Told(datetime.fromisoformat(when), found[1], message, outcome, record.line, 0))
        yield from outcomes.snapshots(layout.always.get("campaign", campaign), layout.source or "smtp")
