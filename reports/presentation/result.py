"""
A report's result as data: named tables of plain values, and one canonical JSON text of them all.

Every format is made of these, so that none says what another does not; the digest of the JSON is printed in each.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from campaigns import clock
from reports.assessment.evaluation import Evaluation
from reports.presentation import export
from reports.referrals.plain import as_plain, stated_plain
from scheduler.releases.canonical import encode

#: Of which language the names are that stand beside ids; ids are what a program reads.
NAMES_IN = "en"


def as_data(found: Evaluation) -> dict[str, Any]:
    """Return the whole result with stable keys; what is not known is null, never zero."""
    tables = {
        name: [dict(zip(headings, map(_plain, row), strict=True)) for row in rows]
        for name, (headings, rows) in export.tables(found, NAMES_IN).items()
    }
    return {
        "campaign": found.document.campaign,
        "as_of": clock.iso(found.as_of) if found.as_of else None,
        "since": found.window.since.isoformat() if found.window.since else None,
        "until": found.window.until.isoformat() if found.window.until else None,
        "example": found.example,
        "states": {str(state): count for state, count in sorted(found.states.items())},
        "files": [{"file": each.name, "sha256": each.digest, "figures": each.rows} for each in found.files],
        "referrals": as_plain(found.referrals, list(found.stated)) if found.referrals else None,
        "stated": stated_plain(found.stated),
        **tables,
    }


def as_json(found: Evaluation) -> bytes:
    """
    Return the result as canonical JSON (RFC 8785): the same result, the same bytes.

    Table by table: a fraction in one of them does not keep the others from the fast encoder.
    """
    data = as_data(found)
    return b"{" + b",".join(encode(name) + b":" + encode(data[name]) for name in sorted(data)) + b"}"


def digest(found: Evaluation) -> str:
    """Return the SHA-256 of the result's JSON, in hexadecimal digits."""
    return hashlib.sha256(as_json(found)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 (nan is not itself)
            return None
        return int(value) if value.is_integer() else value
    return value


def frames(found: Evaluation, language: str) -> dict[str, tuple[Sequence[str], list[Sequence[Any]]]]:
    """Return the tables with their rows as lists."""
    made: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = dict(export.tables(found, language))
    return {name: (headings, list(rows)) for name, (headings, rows) in made.items()}
