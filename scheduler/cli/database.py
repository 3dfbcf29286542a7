"""`db upgrade`, `db check` and `db reconcile`: the database's version, and a restore that a person settles."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli import keeping

if TYPE_CHECKING:
    from sqlalchemy import Engine


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    database = typer.Typer(no_args_is_help=True, help="The database: its tables and its version.")
    database.command("upgrade")(upgrade)
    database.command("check")(check)
    database.command("backup")(keeping.backup)
    database.command("restore")(keeping.restore)
    database.command("reconcile")(reconcile)
    app.add_typer(database, name="db")


def upgrade() -> None:
    """
    Make the tables, or bring them to this code's version; refused while releases are in flight.

    Example: cordiale db upgrade
    """
    from campaigns import settings
    from campaigns.store import upgrade as migrations
    from scheduler import in_flight

    url = settings.load().database_url
    before, after = migrations.upgrade(url, in_flight.refuse)
    if before == after:
        typer.echo(f"The database is at version {after} already.")
    else:
        typer.echo(
            f"The database is now at version {after}."
            if before is None
            else f"The database went from {before} to {after}."
        )
    if url.startswith("postgres"):
        _upgrade_tickets(url)


def _upgrade_tickets(url: str) -> None:
    """Make the tables that several machines share; one machine alone does without, and without Procrastinate."""
    from campaigns.errors import MissingExtra
    from campaigns.store.engine import open_database, writing
    from scheduler.engine import tickets

    database = open_database(url)
    try:
        with writing(database) as connection:
            before, after = tickets.upgrade(connection)
    except MissingExtra as error:
        typer.echo(f"The tables of tickets are left as they are. {error.message}")
        return
    finally:
        database.dispose()
    was = "are there now" if before is None else f"went from {before}"
    typer.echo(f"The tables of tickets are at version {after}{'.' if before == after else f': they {was}.'}")


def check() -> None:
    """
    Say whether the database is there and of this code's version.

    Example: cordiale db check
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, shown
    from campaigns.store.head import HEAD

    database = open_database(settings.load().database_url)
    typer.echo(f"The database {shown(database)} is at version {HEAD}, as this code needs.")
    if database.dialect.name == "postgresql":
        _check_tickets(database)


def _check_tickets(database: "Engine") -> None:
    """Ask the tables of tickets as well, where somebody made them."""
    from campaigns.store.engine import reading
    from scheduler.engine import tickets

    with reading(database) as connection:
        if tickets.version(connection) is None:
            typer.echo("It has no tables of tickets; several machines need them: `cordiale db upgrade`.")
            return
        tickets.require(database, connection)
        typer.echo(f"Its tables of tickets are at version {tickets.newest()}, as this machine needs.")


def reconcile(
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who you are in the trust file.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")],
    because: Annotated[str, typer.Option("--because", help="Why the database is older than what was seen.")],
) -> None:
    """
    Settle that an older database was restored, so that publishing may begin again. What was sent is not sent again.

    Example: cordiale db reconcile --as operator --key keys/operator.key --because "disk lost; backup of Monday"
    """
    from campaigns import clock, settings
    from campaigns.signoff.trust import load
    from campaigns.store.engine import open_database
    from campaigns.terminal import count
    from scheduler.reconcile import reconcile as settle

    workspace = settings.load()
    trust = load(workspace.trust, clock.now())
    done = settle(open_database(workspace.database_url), workspace, trust, person=person, key=key, because=because)
    typer.echo(f"Settled: this machine had seen {count(done.seen, 'event')}, and the database holds {done.found:,}.")
    typer.echo(f"The log goes on as {done.origin}; witnesses are asked to agree to that.")
    if done.kept is not None:
        typer.echo(f"What had been seen is kept in {done.kept}.")
    if done.sent:
        typer.echo(
            f"{count(done.sent, 'release')} of the send journal will not be sent again, whatever the table says."
        )
    typer.echo("Next: cordiale verify, then cordiale audit checkpoint --key FILE")
