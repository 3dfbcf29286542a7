"""
`privacy`: what is held of a person, let it go after its time, and erase it on request. Everything is shown first.

It lives on the top floor, since it speaks of the tables of every floor; what they hold is said where they are.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.terminal import count, me, show_json, show_table
from scheduler.privacy.inventory import Held, Holds, How

if TYPE_CHECKING:
    from scheduler.privacy.places import Place

#: What this floor's own tables hold: figures of audiences are aggregates, and name nobody.
INVENTORY = {
    "reading_import.imported_by": Held(Holds.NAME, "who imported", "to answer for figures", How.REPLACED),
    "referral_import.imported_by": Held(Holds.NAME, "who imported", "to answer for figures", How.REPLACED),
}
#: The columns of text that say nothing of a person.
PLAIN = {
    table: frozenset(columns.split())
    for table, columns in {
        "reading": "at qualifier",
        "reading_group": "campaign subject_kind metric dimensions source channel locale message audience",
        "reading_series": "campaign subject_kind subject metric dimensions source",
        "daily_reading": "day last_at qualifier",
        "newest_reading": "day last_at qualifier",
        "group_day": "day",
        "reading_import": "id file imported_at detail",
        "referral": (
            "campaign item platform way as_of uploaded_at noticed_at referred_at received_at removed_at reinstated_at"
            " refused complaint proceedings imported"
        ),
        "referral_total": "source platform measure first last as_of qualifier imported",
        "referral_import": "id file imported_at",
    }.items()
}
WIDEST = 60  #: characters of a value that a table shows

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it, what would go is only shown.")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="A name, as it was typed.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    privacy = typer.Typer(no_args_is_help=True, help="What is held of staff, why and how long; let it go.")
    privacy.command("show")(show)
    privacy.command("prune")(prune)
    privacy.command("erase")(erase)
    app.add_typer(privacy, name="privacy")


def show(
    person: Annotated[str, typer.Option("--person", metavar="PERSON", help="All that is held of one person.")] = "",
    as_json: AsJson = False,
) -> None:
    """
    Show what is held of staff, why and how long; or all that is held of one person, to hand over to them.

    Example: cordiale privacy show --person "Ana Diaz" --json
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, reading

    workspace = settings.load()
    if not person:
        _inventory(workspace.retention.model_dump(), as_json=as_json)
        return
    with reading(open_database(workspace.database_url)) as connection:
        found = _find(connection, person)
    if as_json:
        show_json({"person": person, "held": [_as_json(each) for each in found], "elsewhere": _elsewhere(person)})
        return
    _show(found)
    for line in _elsewhere(person):
        typer.echo(line)
    typer.echo(
        f"{count(len(found), 'place')} in the database. Next: cordiale privacy erase {person!r} --because REASON"
    )


def _inventory(days: dict[str, int], *, as_json: bool) -> None:
    rows = [
        {
            "column": column,
            "holds": held.holds.value,
            "whose": held.whose,
            "why": held.why,
            "days": days.get(held.kept) if held.kept else None,
            "goes": held.how.value,
        }
        for column, held in _all().items()
    ]
    if as_json:
        show_json({"inventory": rows, "retention": days})
        return
    heads = ["column", "whose", "why", "days", "how it goes"]
    show_table(heads, [[r["column"], r["whose"], r["why"], r["days"], r["goes"]] for r in rows], figures=[3])
    typer.echo("Nothing is held of recipients or of members of audiences.")
    typer.echo("Next: cordiale privacy show --person PERSON")


def prune(yes: Yes = False) -> None:
    """
    Let go what has been kept as long as `[retention]` says. Dry unless --yes. The event log still verifies.

    Example: cordiale privacy prune --yes
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database, reading, writing
    from scheduler.privacy import erase as erasing
    from scheduler.privacy import overwrite

    workspace, now = settings.load(), clock.now()
    database = open_database(workspace.database_url)
    if yes:
        with writing(database) as connection:
            counts = erasing.prune(connection, workspace.retention, actor=me(), at=now).counts
        overwrite.overwrite(database)
    else:
        with reading(database) as connection:
            counts = erasing.due(connection, workspace.retention, now)
    days = workspace.retention.model_dump()
    rows = [[table, days[erasing.KEPT[table]], number] for table, number in counts.items()]
    show_table(["table", "days", "gone" if yes else "would go"], rows, figures=[1, 2])
    typer.echo("Next: cordiale verify" if yes else "Nothing was changed. Next: cordiale privacy prune --yes")


def erase(
    person: Person,
    because: Annotated[str, typer.Option("--because", help="Which request it answers; it is kept, so name nobody.")],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """
    Erase a person from the database. Dry unless --yes. The log still verifies; what is signed stays signed.

    Example: cordiale privacy erase "Ana Diaz" --because "request 2027-14" --yes
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database, reading, writing
    from scheduler.privacy import erase as erasing
    from scheduler.privacy import overwrite

    database = open_database(settings.load().database_url)
    gone = None
    if yes:
        with writing(database) as connection:
            found = _find(connection, person)
            gone = erasing.erase(connection, found, person, actor=me(), because=because, at=clock.now())
        overwrite.overwrite(database)
    else:
        with reading(database) as connection:
            found = _find(connection, person)
    goes = [each for each in found if not each.stays]
    if as_json:
        places = [_as_json(each) for each in found]
        show_json({"done": yes, "id": gone.id if gone else None, "places": places, "elsewhere": _elsewhere(person)})
        return
    _show(found)
    for line in _elsewhere(person):
        typer.echo(line)
    if gone is None:
        typer.echo(f"{count(len(goes), 'place')} would go, {len(found) - len(goes):,} would stay. Nothing was changed.")
        typer.echo("Next: the same with --yes; back-ups are yours to let go.")
    else:
        typer.echo(f"{count(len(goes), 'place')} went, {gone.stayed:,} stayed. The log knows it as {gone.id}.")
        typer.echo("Next: cordiale verify; back-ups and bundles made before are yours to let go.")


def _all() -> dict[str, Held]:
    from scheduler.privacy.inventory import INVENTORY as BELOW

    return {**BELOW, **INVENTORY}


def _find(connection: object, person: str) -> "list[Place]":
    from importlib import import_module
    from typing import cast

    from sqlalchemy import Connection

    from campaigns.errors import UsageError
    from scheduler.privacy import places

    if not person.strip():
        message = "Nobody is named."
        raise UsageError(message, 'Give a name, such as "Ana Diaz".')
    for module in ("reports.models", "reports.referrals.models"):
        import_module(module)
    return places.find(cast("Connection", connection), _all(), person)


def _elsewhere(person: str) -> list[str]:
    """Return where the person stands outside the database, which is for people to change."""
    from campaigns import settings
    from campaigns.errors import CordialeError
    from campaigns.signoff.persons import folded
    from scheduler.proof import own_trust

    try:
        names = own_trust(settings.load().trust).persons.values()
    except CordialeError:
        return []
    if folded(person) not in {folded(each) for each in names}:
        return []
    return ["The trust files name this person: all partners sign a version without their key (`cordiale trust`)."]


def _as_json(place: "Place") -> dict[str, object]:
    return {
        "column": place.column,
        "key": list(place.key),
        "value": place.value,
        "whose": place.held.whose,
        "why": place.held.why,
        "goes": place.held.how.value,
        "stays_because": place.stays or None,
    }


def _show(found: "list[Place]") -> None:
    rows = [
        [each.column, "/".join(map(str, each.key)), _cut(each.value), each.stays or each.held.how] for each in found
    ]
    if rows:
        show_table(["where", "row", "what", "how it goes, or why it stays"], rows)


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
