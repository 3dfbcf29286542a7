"""`db backup` and `db restore`: the database as one file, and back, without anything going out twice."""

from pathlib import Path
from typing import Annotated

import typer

SIZE = 1_000_000  #: bytes in the unit that sizes are told in


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it must not be there yet.")]) -> None:
    """
    Write the whole database to a file, while the daemon runs; a checksum stands beside it.

    Trust files, keys, secrets and the send journal are not in it. Back up the folder trust/ with your files, but never
    put an older trust/local back: it is what keeps a restored database from sending things again.

    Example: cordiale db backup backups/2027-01-12.db
    """
    from campaigns import settings
    from campaigns.store.backup import back_up, checksum_of

    made = back_up(settings.load().database_url, file)
    typer.echo(f"{made.path} holds the database, version {made.version}, {made.size / SIZE:,.1f} MB, proved whole.")
    typer.echo(f"Its checksum is in {checksum_of(made.path)}. To go back: cordiale db restore {made.path}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `db backup` wrote.")],
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do without the checksum beside it.")] = False,
) -> None:
    """
    Put a backup in the database's place. What stood there is kept, and what was sent is not sent again.

    Stop the daemon first. Afterwards publishing is off until a person has settled the restore: the send journal and
    the event log of this machine know more than the older database.

    Example: cordiale db restore backups/2027-01-12.db
    """
    from campaigns import clock, settings
    from campaigns.store.backup import prove, put_back
    from campaigns.store.head import HEAD
    from scheduler.releases.journal import Journal

    workspace = settings.load()
    journal = Journal(workspace.trust).open()  # a daemon that runs here holds it
    try:
        found = prove(file, workspace.database_url, unchecked=unchecked)
        kept = put_back(found, workspace.database_url, clock.now())
    finally:
        journal.close()
    typer.echo(f"The database is {file} again, version {found.version}.")
    if kept:
        typer.echo(f"What stood there is kept: {kept}")
    typer.echo("Releases that this machine's send journal knows are not sent again, whatever the table says.")
    if found.version < HEAD:
        typer.echo("Next: cordiale db upgrade")
    typer.echo('Publishing stays off until it is settled: cordiale db reconcile --as OPERATOR --key FILE --because "…"')
