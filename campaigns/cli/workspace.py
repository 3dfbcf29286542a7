"""`cordiale init`: a folder to write, sign, publish and report a campaign in."""

from pathlib import Path
from typing import Annotated

import typer

from campaigns import example as examples


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    example: Annotated[
        str | None,
        typer.Option(
            "--example",
            metavar="NAME",
            help=f"What to start from: {', '.join(examples.names())}. Default: {examples.SMALLEST}.",
        ),
    ] = None,
    starting: Annotated[
        str | None,
        typer.Option(
            "--starting",
            metavar="WHEN",
            help="When its first release leaves: now+20s, now+2h, or 2027-01-12T18:30+01:00. Default: now+1h.",
        ),
    ] = None,
) -> None:
    """
    Make a workspace from an example, with keys that are for rehearsal only.

    Example: cordiale init demo --example daesh-lost-ground --starting now+20s
    """
    from campaigns import clock, workspace

    now = clock.now()
    start = workspace.start_instant(starting, now) if starting else None
    made = workspace.create(folder, example, start, now)
    typer.echo(f"Made the workspace {made.folder} from the example {made.example}:")
    for file in made.files:
        typer.echo(f"  {file.as_posix()}")
    typer.echo(f"Its first release leaves at {clock.iso(made.starts)}, once every partner has signed.")
    typer.echo("Keys, trust file and secrets are for rehearsal only: they publish to loopback and files alone.")
    history = f" --history {made.history}" if made.history else ""
    there = "" if made.folder.resolve() == Path.cwd() else f"cd {made.folder} && "
    typer.echo(f"Next: {there}cordiale plan {made.document.as_posix()}{history}")
