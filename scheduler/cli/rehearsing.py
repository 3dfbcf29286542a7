"""`run --rehearsal`: what would go out when, shown as a table, with every message as files to open."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from campaigns.terminal import count, show_json, show_table

if TYPE_CHECKING:
    from scheduler.rehearsal.outcome import Line
    from scheduler.rehearsal.play import Played, Tick
    from scheduler.rehearsal.stage import Stage

LOUD = (
    "REHEARSED AS IF SIGNED. Keys that exist only in this rehearsal's folder signed what nobody has signed.\n"
    "It shows what would happen if every partner signed; it says nothing of whether they will."
)


def rehearse(*, as_if_signed: bool, to_loopback: bool, as_json: bool) -> None:
    """Play all that is booked, from now on, on a copy; exit 1 where something would not go out."""
    from campaigns import logs, settings
    from scheduler import credentials
    from scheduler.rehearsal.play import play
    from scheduler.rehearsal.stage import set_up

    workspace = settings.load()
    logs.configure(quiet=True, redact=credentials.redact)
    with set_up(workspace, as_if_signed=as_if_signed) as stage:
        if as_if_signed:
            typer.secho(LOUD, bold=True, err=True)
        with _progress(stage) as tick:
            played = play(stage, to_loopback=to_loopback, tick=tick)
        if as_json:
            show_json(_as_data(stage, played))
        else:
            _tell(stage, played)
    if not played.complete:
        raise typer.Exit(1)


@contextmanager
def _progress(stage: "Stage") -> Iterator["Tick"]:
    """Draw a bar on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _now, _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from campaigns.store.engine import reading
    from scheduler.rehearsal.outcome import open_now

    with reading(stage.database) as connection:
        total = len(open_now(connection))
    columns = (TextColumn("Rehearsed"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[day]}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, day="")
        yield lambda now, done: bar.update(task, completed=done, day=now.strftime("%a %d %b %Y %H:%M UTC"))


def _tell(stage: "Stage", played: "Played") -> None:
    sent = [each for each in played.lines if each.sent]
    kept = [each for each in played.lines if not each.sent]
    if not played.lines:
        typer.echo("Nothing is booked that could go out. Next: cordiale apply campaigns")
        return
    if sent:
        show_table(
            ["goes out (UTC)", "due (UTC)", "late", "release", "campaign", "files"],
            [
                (_minute(each.at), _minute(each.due), _late(each), each.release, each.campaign, each.where)
                for each in sent
            ],
            figures=[2],
            title="Would go out",
        )
    if kept:
        if sent:
            typer.echo()
        show_table(
            ["due (UTC)", "release", "campaign", "state", "why"],
            [(_minute(each.due), each.release, each.campaign, each.state, each.why) for each in kept],
            title="Would not go out",
        )
    typer.echo()
    typer.echo(
        f"From {_minute(played.began)} to {_minute(played.ended)} UTC in {played.seconds:.1f} s: "
        f"{count(len(sent), 'release')} would go out, {len(kept)} would not."
    )
    typer.echo("Nothing left this machine, and your database is as it was.")
    if sent:
        typer.echo(f"Open what would go out: {stage.folder.name}/")
    if stage.as_if_signed:
        typer.secho(LOUD, bold=True)
    elif any(each.state == "draft" for each in kept):
        typer.echo(
            "Next: cordiale review CAMPAIGN; or rehearse as if it were signed: cordiale run --rehearsal --as-if-signed"
        )


def _minute(instant: Any) -> str:
    return "" if instant is None else instant.strftime("%Y-%m-%d %H:%M:%S")


def _late(line: "Line") -> str:
    from scheduler.cli.holding import span

    if line.at is None or (line.at - line.due).total_seconds() < 1:
        return ""
    return span(line.at - line.due)


def _as_data(stage: "Stage", played: "Played") -> dict[str, Any]:
    from campaigns.clock import iso

    return {
        "folder": str(stage.folder),
        "as_if_signed": stage.as_if_signed,
        "from": iso(played.began),
        "to": iso(played.ended),
        "seconds": round(played.seconds, 2),
        "complete": played.complete,
        "releases": [
            {
                "release": each.release,
                "campaign": each.campaign,
                "channel": each.channel,
                "due": iso(each.due),
                "state": each.state,
                "at": iso(each.at) if each.at else None,
                "where": each.where,
                "why": each.why,
            }
            for each in played.lines
        ],
    }
