"""`run`: the daemon in the foreground."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("run")(run)


def run(
    until_done: Annotated[
        bool, typer.Option("--until-done", help="Stop when nothing more can go out without a person.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Log warnings alone.")] = False,
) -> None:
    """
    Publish what is signed and due, until stopped (Ctrl-C or SIGTERM finishes what is in hand).

    Example: cordiale run
    """
    import sys

    from campaigns import logs, settings
    from campaigns.store.engine import open_database
    from scheduler import credentials, daemon, progress

    workspace = settings.load()
    database = open_database(workspace.database_url)
    service = daemon.Daemon(workspace, database)
    logs.configure(quiet=quiet or sys.stderr.isatty(), redact=credentials.redact)
    recovered = service.start()
    daemon.stop_on_signals(service)
    typer.echo(f"Publishing from {workspace.root.resolve()}. Stop with Ctrl-C.", err=True)
    for number, what in (
        (recovered.given_back, "given back"),
        (recovered.published, "published, says the send journal"),
        (recovered.resent, "to be sent again with the same key"),
        (recovered.uncertain, "uncertain"),
        (len(recovered.look_up), "to be looked up"),
        (recovered.expired, "expired"),
    ):
        if number:
            typer.echo(f"Recovered from the last run: {number} {what}.", err=True)
    try:
        if sys.stderr.isatty():
            progress.watch(service, until_done=until_done)
        else:
            service.wait((lambda: progress.settled(service)) if until_done else None)
    finally:
        clean = service.stop()
    left = "nothing was left in hand" if clean else "what was on the wire is looked at by the next `cordiale run`"
    typer.echo(f"Stopped; {left}. Next: cordiale status", err=True)
