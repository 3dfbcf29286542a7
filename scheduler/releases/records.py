"""Publications from before Cordiale, as a CSV file tells them."""

import csv
from pathlib import Path

from campaigns.clock import parse_iso
from campaigns.errors import Complaint, InvalidDocument, Where
from scheduler.releases.identity import release_name
from scheduler.releases.plan import Record


def read(path: Path) -> dict[str, Record]:
    """
    Return the records of a file by the name of their release.

    Columns: entry, occurrence (where it repeats), locale, channel, published_at, url. Lines that begin with # say
    nothing.

    Raises:
        InvalidDocument: With every row that cannot be read, or if the file cannot.
    """
    found: dict[str, Record] = {}
    complaints = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in file if not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDocument(
            [Complaint(Where(str(path)), f"cannot be read: {error}", "name a CSV file in UTF-8")]
        ) from None
    for number, row in enumerate(csv.DictReader(lines), 2):
        try:
            name = release_name(row["entry"], row.get("occurrence") or "", row["locale"], row["channel"])
            found[name] = Record(parse_iso(row["published_at"]), row.get("url") or None)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            hint = "columns are entry,locale,channel,published_at,url; instants like 2027-01-12T17:30:00Z"
            complaints.append(Complaint(Where(str(path), number), f"cannot read this row: {error}", hint))
    if complaints:
        raise InvalidDocument(complaints)
    return found
