"""
The writer of `reading` and `reading_import`: snapshots, appended once.

Whatever a file brings goes in with its rollup in one transaction, or not at all. A figure that is there is never
rewritten: a source that corrects itself adds a revision, and the newest one counts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, bindparam, func, insert, or_, select, text, update
from sqlalchemy import Integer as Whole
from sqlalchemy.dialects import postgresql, sqlite

from campaigns import clock
from campaigns.store.tables import table
from reports.figures import Figure, Qualifier
from reports.models import Reading, ReadingImport
from reports.records import rollup, staging
from reports.records.staging import FIGURE, SERIES, Staged, series, stage
from reports.snapshot import Fault, Faulty, Row
from scheduler.releases.identity import release_name
from scheduler.releases.models import Release

MOST = 1_000  #: clashes of one file that are listed

reading, imports = table(Reading), table(ReadingImport)
_KEY = ("series", "at", "revision")


@dataclass(frozen=True)
class Receipt:
    """Which file the rows come from, who brought it, and when."""

    id: str  #: sha256 of the file, hex
    file: str
    by: str
    at: datetime
    example: str | None = None  #: what the file says of itself, if it holds example data


@dataclass(frozen=True)
class Imported:
    """What an import changed."""

    added: int
    known: int
    corrected: int = 0  #: of those added: figures that the source had given otherwise for the same instant
    falls: tuple[rollup.Fall, ...] = ()  #: running totals that went down, with the first few of them
    fallen: int = 0  #: how many did


def import_rows(
    connection: Connection,
    rows: Iterable[Row],
    receipt: Receipt,
    step: Callable[[int], None] | None = None,
    *,
    corrects: bool = False,
    whole: bool = False,
) -> Imported:
    """
    Append *rows* and roll them up; rows already there change nothing. *step* is told of rows as they are sent.

    With *corrects*, another figure for an instant that is there becomes its next revision. Of *whole* rows each series
    begins where it began before, for they are sums of all there is.

    Raises:
        Faulty: If a series of *whole* rows begins later than it did (unless *corrects*), if a key is already there
            with another figure, or twice in *rows* with two: nothing may be kept.
    """
    alone(connection)
    staged = staging.fill(connection, rows, step)
    clashes = _twice(connection)
    if clashes:
        raise Faulty(clashes)
    corrected = 0
    if corrects:
        corrected = _revise(connection)
    elif clashes := _other_figures(connection) or (_begun_later(connection) if whole else []):
        raise Faulty(clashes)
    number = _number(connection, receipt)
    _receive(connection, receipt, number, staged)
    columns: list[Any] = [stage.c[name] for name in (*_KEY, *FIGURE)]
    new = select(*columns, bindparam("imported", number, type_=Whole)).order_by(stage.c.series, stage.c.at)
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    append = dialect.insert(reading).from_select([*_KEY, *FIGURE, "imported"], new).on_conflict_do_nothing()
    added = connection.execute(append.execution_options(preserve_rowcount=True)).rowcount
    falls, fallen = rollup.roll_up(connection) if added else ((), 0)
    _note(connection, receipt, staged, added)
    staging.clear(connection)
    return Imported(added, staged.rows - added, corrected, falls, fallen)


def alone(connection: Connection) -> None:
    """Keep other imports out until the end of the transaction: a rollup is of what it sees."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE reading_import IN EXCLUSIVE MODE"))


def shown(row: Any) -> str:
    """Return a figure in the plain words of a complaint; *row* has the columns of FIGURE."""
    figure = Figure(row.value, row.lower, row.upper, Qualifier(row.qualifier), row.numerator, row.denominator)
    if figure.value is not None:
        number = f"{figure.value:,.10g}"
        rest = "" if figure.denominator is None else f" of {figure.denominator:,.10g}"
        return (number if figure.qualifier is Qualifier.EXACT else f"{figure.qualifier} {number}") + rest
    if figure.missing:
        return "no figure"
    return f"{figure.qualifier} {figure.lower or 0:,.10g} to {figure.upper or 0:,.10g}"


def _differs(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return or_(*(one.c[name].is_distinct_from(other.c[name]) for name in FIGURE))


def _naming(connection: Connection, found: Any) -> str:
    of = connection.execute(select(*(series.c[name] for name in SERIES)).where(series.c.id == found.series)).one()
    split = f" {of.dimensions}" if of.dimensions else ""
    name = _name(connection, of.subject) if of.subject_kind == "release" else of.subject
    return f"{of.metric} of {of.subject_kind} {name}{split} at {clock.iso(found.at)}"


def _name(connection: Connection, subject: str) -> str:
    """Return what people call a release."""
    release = table(Release)
    asked = (release.c.entry, release.c.occurrence, release.c.locale, release.c.channel)
    found = connection.execute(select(*asked).where(release.c.id == subject)).one_or_none()
    return release_name(*found) if found else subject


def _twice(connection: Connection) -> list[Fault]:
    """Return a fault for each row whose key an earlier row of the file has with another figure."""
    first = stage.alias("first")
    earlier = (
        select(func.min(first.c.ordinal))
        .where(first.c.series == stage.c.series, first.c.at == stage.c.at)
        .correlate(stage)
        .scalar_subquery()
    )
    several = (
        select(stage.c.series, stage.c.at).group_by(stage.c.series, stage.c.at).having(func.count() > 1)
    ).subquery()
    other = stage.alias("other")
    found = connection.execute(
        select(stage, other.c.line.label("first_line"), *(other.c[name].label(f"first_{name}") for name in FIGURE))
        .join(several, and_(several.c.series == stage.c.series, several.c.at == stage.c.at))
        .join(other, and_(other.c.series == stage.c.series, other.c.at == stage.c.at, other.c.ordinal == earlier))
        .where(_differs(stage, other))
        .order_by(stage.c.ordinal)
        .limit(MOST)
    )
    faults = []
    for row in found.all():
        before = Figure(*(getattr(row, f"first_{name}") for name in FIGURE))
        message = f"{_naming(connection, row)} is {shown(row)} here and {shown(before)} on line {row.first_line}"
        faults.append(Fault(row.line, row.cell, message, "keep the right one; a correction has its own instant"))
    return faults


def _other_figures(connection: Connection) -> list[Fault]:
    """Return a fault for each row that the database has with other figures alone."""
    same = select(reading.c.series).where(
        reading.c.series == stage.c.series, reading.c.at == stage.c.at, ~_differs(stage, reading)
    )
    # The sum keeps SQLite from reading every reading there is, and looking for each of them in the file.
    same_key = and_(reading.c.series == stage.c.series + 0, reading.c.at == stage.c.at, reading.c.revision == 0)
    found = connection.execute(
        select(stage.c.series, stage.c.at, stage.c.line, stage.c.cell, *(stage.c[name] for name in FIGURE),
               imports.c.file, *(reading.c[name].label(f"kept_{name}") for name in FIGURE))
        .join(reading, same_key)
        .join(imports, imports.c.number == reading.c.imported)
        .where(_differs(stage, reading), ~same.correlate(stage).exists())
        .order_by(stage.c.ordinal)
        .limit(MOST)
    )  # fmt: skip
    faults = []
    for row in found.all():
        kept = Figure(*(getattr(row, f"kept_{name}") for name in FIGURE))
        message = f"{_naming(connection, row)} is {shown(row)} here and {shown(kept)} in what {row.file} brought"
        hint = "a figure is never rewritten: if the source corrected itself, import with --corrects"
        faults.append(Fault(row.line, row.cell, message, f"{hint}, which keeps both"))
    return faults


def _begun_later(connection: Connection) -> list[Fault]:
    """Return a fault for each series that the database knows from an earlier instant on than the rows do."""
    first = select(stage.c.series, func.min(stage.c.at).label("at")).group_by(stage.c.series).subquery()
    known = select(func.min(reading.c.at)).where(reading.c.series == stage.c.series).correlate(stage).scalar_subquery()
    found = connection.execute(
        select(stage.c.series, stage.c.line, stage.c.cell, stage.c.at, known.label("known"))
        .join(first, and_(first.c.series == stage.c.series, first.c.at == stage.c.at))
        .where(known < stage.c.at)
        .order_by(stage.c.ordinal)
        .limit(MOST)
    )
    hint = "bring the file that holds all of it since the campaign began; a source that took the rest back: --corrects"
    return [
        Fault(row.line, row.cell, f"{_naming(connection, row)} is where the file begins, and earlier days are known "
              f"from {row.known.date()} on: a part would be taken for the whole", hint)
        for row in found.all()
    ]  # fmt: skip


def _revise(connection: Connection) -> int:
    """Make each row that differs from the newest revision of its instant the next one, and count them."""
    last = (
        select(func.max(reading.c.revision))
        .where(reading.c.series == stage.c.series, reading.c.at == stage.c.at)
        .correlate(stage)
        .scalar_subquery()
    )
    connection.execute(update(stage).values(revision=func.coalesce(last, 0)))
    other = select(reading.c.series).where(
        and_(*(reading.c[name] == stage.c[name] for name in _KEY)), _differs(stage, reading)
    )
    changed = update(stage).values(revision=stage.c.revision + 1).where(other.correlate(stage).exists())
    return connection.execute(changed).rowcount


def _number(connection: Connection, receipt: Receipt) -> int:
    known = connection.execute(select(imports.c.number).where(imports.c.id == receipt.id)).scalar_one_or_none()
    if known is not None:
        return int(known)
    return int(connection.execute(select(func.coalesce(func.max(imports.c.number), 0))).scalar_one()) + 1


def _receive(connection: Connection, receipt: Receipt, number: int, staged: Staged) -> None:
    """Write the file's row, unless it is there."""
    known = connection.execute(select(imports.c.id).where(imports.c.id == receipt.id)).scalar_one_or_none()
    if known is not None:
        return
    detail: dict[str, Any] = {"campaigns": [], "sources": sorted(staged.sources), "added": 0, "days": []}
    if receipt.example:
        detail["example"] = receipt.example
    values = {"file": receipt.file, "rows": staged.rows, "imported_at": receipt.at, "imported_by": receipt.by}
    connection.execute(insert(imports).values(id=receipt.id, number=number, detail=detail, **values))


def _note(connection: Connection, receipt: Receipt, staged: Staged, added: int) -> None:
    """Say on the file's row what it brought; the same file for one more campaign is noted there too."""
    known = connection.execute(select(imports.c.detail).where(imports.c.id == receipt.id)).scalar_one()
    if not added and known["campaigns"]:
        return
    days = set(known["days"]) if "days" in known else set()
    if added:
        days |= set(connection.execute(select(func.substr(stage.c.at, 1, 10)).distinct()).scalars())
    detail = {
        **known,
        "campaigns": sorted(staged.campaigns | set(known["campaigns"])),
        "added": known["added"] + added,
        "days": sorted(days),
    }
    connection.execute(update(imports).where(imports.c.id == receipt.id).values(detail=detail))
