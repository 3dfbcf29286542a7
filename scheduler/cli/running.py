"""`run` and `worker`: the daemons in the foreground."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.errors import CordialeError, EnvironmentFault, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from scheduler.daemon import Daemon
    from scheduler.engine.catch_up import Overdue
    from scheduler.watch.bulletin import Bulletin

ENGINES = ("local", "procrastinate")
Quiet = Annotated[bool, typer.Option("--quiet", help="Log warnings alone.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="Log one JSON object a line.")]
Name = Annotated[
    str, typer.Option("--name", metavar="N", help="Tells several processes of one machine apart: each has a journal.")
]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("run")(run)
    app.command("worker")(worker)


def run(
    until_done: Annotated[
        bool, typer.Option("--until-done", help="Stop when nothing more can go out without a person.")
    ] = False,
    quiet: Quiet = False,
    log_json: LogJson = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="E", help="local, or procrastinate: hand over to `cordiale worker`.")
    ] = "local",
    name: Name = "",
    rehearsal: Annotated[
        bool,
        typer.Option("--rehearsal", help="Play it all now, on a copy: a leaping clock, files instead of channels."),
    ] = False,
    as_if_signed: Annotated[
        bool, typer.Option("--as-if-signed", help="With --rehearsal: as if every partner had signed.")
    ] = False,
    to_loopback: Annotated[
        bool, typer.Option("--to-loopback", help="With --rehearsal: post to servers on this machine as well.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --rehearsal: print JSON.")] = False,
) -> None:
    """
    Publish what is signed and due, until stopped (Ctrl-C or SIGTERM finishes what is in hand; a second one does not).

    While it runs it answers /metrics, /healthz and /readyz at `monitor` of cordiale.toml (127.0.0.1:9464).

    `--rehearsal` writes every message to the folder rehearsal/ and shows what would go out when, what would not, and
    why (exit 1 where something would not). Nothing leaves this machine, and your database stays as it is.

    Example: cordiale run --rehearsal
    """
    import sys

    from campaigns import logs, settings
    from campaigns.store.engine import open_database
    from scheduler import credentials, daemon
    from scheduler.notices.post import Notices
    from scheduler.shown.rounds import LookingBack

    if rehearsal:
        from scheduler.cli.rehearsing import rehearse

        rehearse(as_if_signed=as_if_signed, to_loopback=to_loopback, as_json=as_json)
        return
    if as_if_signed or to_loopback or as_json:
        message = "Only a rehearsal is played like that."
        raise UsageError(message, "Add --rehearsal.")
    if engine not in ENGINES:
        message = f"There is no engine '{engine}'."
        raise UsageError(message, f"Engines are {' and '.join(ENGINES)}.")
    workspace = settings.load()
    database = open_database(workspace.database_url)
    kind: type[daemon.Daemon] = daemon.Daemon
    if engine == "procrastinate":
        from scheduler.crew import Planner as kind  # noqa: N813 (either is the daemon of this process)
    told = _bulletin(database, quiet=quiet, log_json=log_json)
    duties = [*Notices(workspace, database).duty(), *LookingBack(workspace, database).duties(), told.duty()]
    service = kind(workspace, database, duties, name=name)
    logs.configure(quiet=quiet or sys.stderr.isatty(), as_json=log_json, redact=credentials.redact)
    with _monitored(service, workspace.monitor):
        _publish(service, told, until_done=until_done)


def worker(name: Name = "worker", quiet: Quiet = False, log_json: LogJson = False) -> None:
    """
    Publish what planners (`cordiale run --engine procrastinate`) claimed, on this machine, until stopped.

    It needs the same PostgreSQL database, the trust folder, the media and the secrets. Several on one machine need a
    name each.

    Example: cordiale worker
    """
    import sys

    from campaigns import logs, settings
    from campaigns.store.engine import open_database
    from scheduler import credentials
    from scheduler.crew import Worker

    workspace = settings.load()
    database = open_database(workspace.database_url)
    told = _bulletin(database, quiet=quiet, log_json=log_json)
    service = Worker(workspace, database, [told.duty()], name=name)
    logs.configure(quiet=quiet or sys.stderr.isatty(), as_json=log_json, redact=credentials.redact)
    with _monitored(service, workspace.monitor):
        _publish(service, told, until_done=False)


def _bulletin(database: "Engine", *, quiet: bool, log_json: bool) -> "Bulletin":
    """Return what tells of the work: on a terminal in sentences, as events of the log elsewhere."""
    import sys

    from scheduler.watch.bulletin import Bulletin

    in_words = sys.stderr.isatty() and not quiet and not log_json
    return Bulletin(database, (lambda said: typer.echo(said, err=True)) if in_words else None)


def _publish(service: "Daemon", told: "Bulletin", *, until_done: bool) -> None:
    """
    Publish until stopped, or until what is left needs a person.

    Raises:
        EnvironmentFault: If nothing more is published for a reason of this machine, while releases are scheduled.
    """
    import sys

    from scheduler import progress, signals, watchdog
    from scheduler.watch.bulletin import left

    signals.stop_on_signals(service)  # before anything leaves: from then on a signal has to let it finish
    recovered = service.start()
    typer.echo(f"Publishing from {service.settings.root.resolve()}. Stop with Ctrl-C.", err=True)
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
    _tell_overdue(service.overdue)
    with suppress(CordialeError):  # the database is silent: its own log lines say so, and publishing waits for it
        told.follow(service.tally, service.obstacles)
    fault = None
    try:
        if sys.stderr.isatty():
            progress.watch(service, until_done=until_done)
        else:
            service.wait((lambda: progress.settled(service)) if until_done else None)
        with suppress(CordialeError):
            waits = told.close()
            if until_done and not service.stopping.is_set():
                why = progress.reasons(service)
                for line in left(waits, why):
                    typer.echo(f"Left: {line}", err=True)
                fault = _paused(service, why.total())
    finally:
        clean = service.stop()
    hand = "nothing was left in hand" if clean else "what was on the wire is looked at by the next `cordiale run`"
    typer.echo(f"Stopped; {hand}. Next: cordiale status", err=True)
    if not clean:
        watchdog.end(0)  # threads that wait for an answer would keep the process
    if fault is not None:
        raise fault


def _paused(service: "Daemon", scheduled: int) -> EnvironmentFault | None:
    """Return why what is scheduled will not go although nobody holds it back; nothing while it would."""
    from campaigns.terminal import count

    for trouble in service.obstacles() if scheduled else ():
        message = f"Publishing is paused while {count(scheduled, 'release')} should go out. {trouble.what}"
        return EnvironmentFault(message, trouble.hint)
    return None


@contextmanager
def _monitored(service: "Daemon", address: str) -> Iterator[None]:
    """Answer monitors meanwhile; where somebody else has the usual address, publishing does without."""
    from importlib import metadata

    from campaigns.settings import Settings
    from scheduler.watch.page import Page

    if not address:
        yield
        return
    page = Page(address, service.vitals, metadata.version("cordiale"))
    if page.notice:
        typer.echo(page.notice, err=True)
    try:
        page.open()
    except EnvironmentFault as error:
        if address != Settings.model_fields["monitor"].default:
            raise
        typer.echo(f"{error.message} {error.hint}", err=True)
    try:
        yield
    finally:
        page.close()


def _tell_overdue(found: "list[Overdue]") -> None:
    """Say what fell due while no daemon ran, and what becomes of it."""
    from campaigns import clock
    from campaigns.terminal import count
    from scheduler.cli.holding import span
    from scheduler.engine.catch_up import grouped

    if not found:
        return
    typer.echo(f"Overdue since the last run: {count(len(found), 'release')}.", err=True)
    for each in grouped(found, clock.now()):
        parts = ((each.send, "sent"), (each.skip, "expire"), (each.ask, "wait for an answer"), (each.kept, "kept back"))
        told = ", ".join(f"{number} {word}" for number, word in parts if number)
        pace = f", spread over {each.minutes:.1f} minutes" if each.minutes else ""
        late = f"late by up to {span(each.latest)}"
        typer.echo(f"  {each.campaign} on {each.channel}: {told}{pace}; {late}.", err=True)
    if any(each.what == "ask" for each in found):
        typer.echo("  Answer with: cordiale late RELEASE --send or --skip", err=True)
