"""The one writer of `referral`, `referral_total` and `referral_import`: all of a file, or nothing; twice is once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, or_, select

from campaigns.errors import EnvironmentFault, Refused, UsageError
from campaigns.plan import stored
from campaigns.store.tables import table
from reports.figures import Figure, Qualifier
from reports.intake.subjects import unknown
from reports.published.periods import Period
from reports.referrals import file
from reports.referrals.file import INSTANTS, Contents, Item, StatedTotal
from reports.referrals.models import Referral, ReferralImport, ReferralTotal

CHUNK = 5_000


@dataclass(frozen=True)
class Outcome:
    """What came of one file."""

    file: str
    digest: str  #: sha256
    rows: int
    added: int
    digested: int  #: links of which only the digest was kept


def import_file(connection: Connection, path: Path, by: str, at: datetime) -> Outcome:
    """
    Import the referrals of *path*.

    Raises:
        InvalidDocument: If anything in the file is wrong; every fault is listed and nothing is kept.
        Refused: If a row is there already with other words.
        UsageError: If there is no such file.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        message = f"There is no file {path}."
        raise UsageError(message, "Name the CSV file of referrals.") from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Give this user the right to read it.") from None
    contents = file.understand(raw, path.name, at)
    return keep(connection, contents, by, at)


def keep(connection: Connection, contents: Contents, by: str, at: datetime) -> Outcome:
    """Append what *contents* has that is not there yet."""
    for name in sorted({each.campaign for each in contents.items} - {""}):
        if stored.read(connection, name) is None:
            raise unknown(connection, name)
    referrals, totals, imports = table(Referral), table(ReferralTotal), table(ReferralImport)
    rows = len(contents.items) + len(contents.totals)
    fresh = _fresh(connection, referrals, [_item_row(each) for each in contents.items])
    stated = _fresh(connection, totals, [_total_row(each) for each in contents.totals])
    added = len(fresh) + len(stated)
    if added:
        known = connection.execute(select(imports.c.id).where(imports.c.id == contents.digest)).first()
        if known is None:
            values = {"file": contents.file, "rows": rows, "imported_at": at, "imported_by": by}
            connection.execute(insert(imports).values(id=contents.digest, **values))
        for chunk in _chunks(fresh, contents.digest):
            connection.execute(insert(referrals), chunk)
        for chunk in _chunks(stated, contents.digest):
            connection.execute(insert(totals), chunk)
        from campaigns.audit.log import Fact, append  # who only reads referrals writes no log

        detail = {"file": contents.file, "links_digested": contents.digested}
        append(connection, [Fact(by, "referrals.import", contents.digest, after=str(added), detail=detail)], at)
    return Outcome(contents.file, contents.digest, rows, added, contents.digested)


def items(connection: Connection, campaign: str | None = None) -> list[Item]:
    """Return every state of every item that is known; with *campaign*, its own and those of no campaign."""
    referrals = table(Referral)
    query = select(referrals).order_by(*(referrals.c[name] for name in _keys(referrals)))
    if campaign is not None:
        query = query.where(or_(referrals.c.campaign == campaign, referrals.c.campaign == ""))
    return [
        Item(
            item=row.item, platform=row.platform, way=row.way, as_of=row.as_of,
            at={name: getattr(row, name) for name in INSTANTS if getattr(row, name) is not None},
            refused=row.refused, complaint=row.complaint, proceedings=row.proceedings, campaign=row.campaign,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def totals(connection: Connection) -> list[StatedTotal]:
    """Return every figure that somebody stated."""
    stated = table(ReferralTotal)
    return [
        StatedTotal(
            row.source, row.platform, row.measure, Period(date.fromisoformat(row.first), date.fromisoformat(row.last)),
            row.as_of, row.running, Figure(row.value, row.lower, row.upper, Qualifier(row.qualifier)),
        )
        for row in connection.execute(select(stated).order_by(*(stated.c[name] for name in _keys(stated))))
    ]  # fmt: skip


def _keys(of: Table) -> list[str]:
    return [column.name for column in of.primary_key.columns]


def _item_row(each: Item) -> dict[str, Any]:
    return {
        "campaign": each.campaign, "item": each.item, "platform": each.platform, "way": each.way, "as_of": each.as_of,
        **{name: each.at.get(name) for name in INSTANTS},
        "refused": each.refused, "complaint": each.complaint, "proceedings": each.proceedings,
    }  # fmt: skip


def _total_row(each: StatedTotal) -> dict[str, Any]:
    figure = each.figure
    return {
        "source": each.source, "platform": each.platform, "measure": each.measure,
        "first": each.period.first.isoformat(), "last": each.period.last.isoformat(), "as_of": each.as_of,
        "running": each.running, "value": figure.value, "lower": figure.lower, "upper": figure.upper,
        "qualifier": str(figure.qualifier),
    }  # fmt: skip


def _chunks(rows: list[dict[str, Any]], digest: str) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), CHUNK):
        yield [{**row, "imported": digest} for row in rows[start : start + CHUNK]]


def _fresh(connection: Connection, of: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that are not there; one that is there with other words is refused."""
    keys = _keys(of)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for stored_row in connection.execute(select(of)).mappings() if rows else ():
        found[tuple(stored_row[name] for name in keys)] = {k: v for k, v in stored_row.items() if k != "imported"}
    fresh = []
    for row in rows:
        key = tuple(row[name] for name in keys)
        if key not in found:
            found[key] = row
            fresh.append(row)
        elif found[key] != row:
            differing = sorted(name for name, value in row.items() if found[key][name] != value)
            message = f"{key[1]} at {key[2]} is there with another {' and '.join(differing)} for the same as_of."
            raise Refused(message, "What was known is never rewritten: give what is known now its own as_of.")
    return fresh
