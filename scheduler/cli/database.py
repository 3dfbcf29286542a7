"""`db upgrade` and `db check`: the database's version."""

import typer


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    database = typer.Typer(no_args_is_help=True, help="The database: its tables and its version.")
    database.command("upgrade")(upgrade)
    database.command("check")(check)
    app.add_typer(database, name="db")


def upgrade() -> None:
    """
    Make the tables, or bring them to this code's version.

    Example: cordiale db upgrade
    """
    from campaigns import settings
    from campaigns.store import upgrade as migrations

    before, after = migrations.upgrade(settings.load().database_url)
    if before == after:
        typer.echo(f"The database is at version {after} already.")
    else:
        typer.echo(
            f"The database is now at version {after}."
            if before is None
            else f"The database went from {before} to {after}."
        )


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
