"""`cordiale readings archive` and `readings rebuild`: a copy of what was measured, and what is computed from it."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")]


def register(readings: typer.Typer) -> None:
    """Add this file's commands to *readings*."""
    readings.command("archive")(archive)
    readings.command("rebuild")(rebuild)


def archive(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The archive's folder; made if it is not there.")],
    as_json: AsJson = False,
) -> None:
    """
    Write every reading to an archive of Parquet files, one a day. Only the days that changed are written anew.

    Example: cordiale readings archive --to archive
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, reading
    from campaigns.terminal import count, show_json
    from reports.records import archive as files

    engine = open_database(settings.load().database_url)
    with reading(engine) as connection:
        written = files.write(connection, to)
    engine.dispose()
    if as_json:
        show_json({"archive": str(to), "days": written.days, "readings": written.readings})
        return
    typer.echo(f"Wrote {count(written.readings, 'reading')} of {count(written.days, 'day')} to {to}.")
    typer.echo(f"Next: cordiale report CAMPAIGN --to reports --engine archive --archive {to}")


def rebuild(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--archive", metavar="DIR", help="Bring back what this archive has and the database lacks, first."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would differ, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Compute the daily figures anew from every reading. They should come out as they are.

    Example: cordiale readings rebuild --archive archive --dry-run
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, writing
    from campaigns.terminal import count, show_json
    from reports.records import archive as files
    from reports.records import ledger, rollup

    engine = open_database(settings.load().database_url)
    figures: list[int] = []
    with writing(engine) as connection:
        ledger.alone(connection)
        kept = connection.begin_nested()
        back = files.restore(connection, folder) if folder else 0
        differ = rollup.differences(connection, lambda: figures.append(rollup.rebuild(connection)))
        if dry_run:
            kept.rollback()
        else:
            kept.commit()
    engine.dispose()
    if as_json:
        show_json({"daily_readings": figures[0], "restored": back, "differ": differ, "dry_run": dry_run})
        return
    would = "would come" if dry_run else "came"
    if folder:
        typer.echo(f"{count(back, 'reading')} {would} back from {folder}.")
    changed = sum(differ.values())
    said = "would differ" if dry_run else "differed"
    typer.echo(f"{count(figures[0], 'daily figure')} computed anew; {changed:,} rows of the rollups {said}.")
    if dry_run:
        typer.echo("Nothing was changed. Without --dry-run, it is.")
