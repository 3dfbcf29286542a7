"""`verify` and `audit`: prove what happened, and have it signed and witnessed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.terminal import count, show_json

if TYPE_CHECKING:
    from campaigns.audit.verify import Report
    from scheduler.proof import Look

Partner = Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner that witnesses.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")]
Trusted = Annotated[
    Path | None, typer.Option("--trust", metavar="DIR", help="Trust files to believe; else this workspace's.")
]
SHOWN = 20  #: findings that are listed


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("verify")(verify)
    audit = typer.Typer(no_args_is_help=True, help="Checkpoints of the event log: sign, witness, bring home.")
    audit.command("checkpoint")(checkpoint)
    audit.command("witness")(witness)
    audit.command("import")(import_)
    app.add_typer(audit, name="audit")


def verify(
    bundle: Annotated[
        Path | None, typer.Argument(metavar="[BUNDLE]", help="A bundle; without one, this workspace's database.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write the whole log as a bundle.")
    ] = None,
    trust: Trusted = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")] = False,
) -> None:
    """
    Prove that nothing in the log was changed, dropped, moved or cut off; a bundle needs no database and no network.

    Example: cordiale verify --export log.zip && cordiale verify log.zip
    """
    from campaigns.errors import UsageError

    if bundle is not None and export is not None:
        message = "A bundle is verified, or one is written."
        raise UsageError(message, "Give a bundle or --export FILE.")
    if export is not None:
        _export(export)
        return
    if bundle is None:
        report, whose = _of_database()
    else:
        report, whose = _of_bundle(bundle, trust)
    if as_json:
        show_json(_as_json(report, whose))
    else:
        _show(report, whose)
    if not report.sound:
        raise typer.Exit(1)


def _of_database() -> "tuple[Report, str]":
    from campaigns import settings
    from campaigns.audit.memory import Memory
    from campaigns.store.engine import open_database, reading
    from scheduler import proof

    workspace = settings.load()
    with reading(open_database(workspace.database_url)) as connection, _progress() as tell:
        report = proof.live(connection, workspace, tell)
        if not report.faults:
            Memory(workspace.trust).catch_up(connection.engine)
    return report, ""


def _of_bundle(path: Path, trust: Path | None) -> "tuple[Report, str]":
    from campaigns import settings
    from campaigns.signoff import trust_files
    from scheduler import proof

    own = settings.load().trust
    folder = trust or (own if (own / trust_files.ROOT).exists() else None)
    with _progress() as tell:
        report, used = proof.of_bundle(path, folder, tell)
    whose = "" if folder is not None else used.digest
    return report, whose


def _export(path: Path) -> None:
    from importlib.metadata import version

    from campaigns import settings
    from campaigns.store.engine import open_database, reading
    from scheduler import proof

    workspace = settings.load()
    with reading(open_database(workspace.database_url)) as connection:
        size = proof.export(connection, workspace, path, version("cordiale"))
    typer.echo(f"Wrote {path}: {count(size, 'event')}, with checkpoints, send journal and decisions.")
    typer.echo(f"Next, on any machine: cordiale verify {path}")


def _show(report: "Report", whose: str) -> None:
    if whose:
        typer.echo("The keys are those that the bundle carries itself. Compare with a partner's `cordiale trust show`:")
        typer.echo(f"  trust {whose}")
    for finding in report.findings[:SHOWN]:
        typer.secho(finding.what, fg=typer.colors.RED)
    if len(report.findings) > SHOWN:
        typer.echo(f"And {count(len(report.findings) - SHOWN, 'more finding')}.")
    for note in report.notes:
        typer.echo(note)
    if report.erased:
        typer.echo(f"The words of {count(report.erased, 'field')} were erased; their commitments stand.")
    sound = "Nothing is wrong with" if report.sound else "No event was changed in" if not report.faults else "Looked at"
    typer.echo(f"{sound} {count(report.size, 'event')} of {report.origin or 'an empty log'}.")
    if report.proven:
        typer.echo(f"An operator signed the first {report.proven:,}, and every partner witnessed them.")
    if report.sound:
        return
    if report.faults:
        typer.echo("Next: keep this database and its folder as they are, and tell the partners.")
    elif report.checkpoints:
        typer.echo("Next, each partner: cordiale audit witness FILE --as PARTNER --key FILE")
    else:
        typer.echo("Next, an operator: cordiale audit checkpoint --key FILE")


def _as_json(report: "Report", whose: str) -> dict[str, object]:
    first = report.first()
    return {
        "origin": report.origin,
        "events": report.size,
        "root": report.root.hex(),
        "proven": report.proven,
        "checkpoints": report.checkpoints,
        "erased": report.erased,
        "sound": report.sound,
        "first": first.what if first else None,
        "findings": [{"event": each.number, "what": each.what, "waits": each.waits} for each in report.findings],
        "notes": report.notes,
        "trust_of_the_bundle": whose or None,
    }


def checkpoint(key: Key) -> None:
    """
    Sign the log as it stands, for the partners to witness. Operators sign, after the whole log was looked at.

    Example: cordiale audit checkpoint --key keys/operator.key
    """
    from campaigns import clock, settings
    from campaigns.signoff.trust import load
    from campaigns.store.engine import open_database, reading
    from scheduler import checkpoints

    workspace = settings.load()
    trust = load(workspace.trust, clock.now())
    with reading(open_database(workspace.database_url)) as connection, _progress() as tell:
        made = checkpoints.make(connection, workspace, trust, key, tell)
    typer.echo(f"Signed {count(made.checked.checkpoint.size, 'event')} of {made.checked.checkpoint.origin}.")
    typer.echo(f"The checkpoint is in {made.path}.")
    _next(made.path, made.lacking)


def witness(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint of this database, or a bundle.")],
    partner: Partner,
    key: Key,
    memory: Annotated[
        Path | None, typer.Option("--memory", metavar="FILE", help="What this witness has seen; its own file.")
    ] = None,
    restored: Annotated[bool, typer.Option("--restored", help="Agree to a log that goes on after a restore.")] = False,
    trust: Trusted = None,
) -> None:
    """
    Countersign a checkpoint, if the log has only grown since the last one that this partner saw.

    Example: cordiale audit witness checkpoints/0000000042.checkpoint --as fr --key keys/fr.key
    """
    from campaigns import clock, settings
    from campaigns.documents.write import write_whole
    from campaigns.signoff.trust import load
    from campaigns.store.engine import open_database, reading
    from scheduler import checkpoints

    workspace, now = settings.load(), clock.now()
    folder = trust or workspace.trust
    agreed = load(folder, now)
    seen = memory or folder / "local" / f"witness-{partner}.json"
    more = {"partner": partner, "key": key, "at": now, "restored": restored}
    if file.suffix == checkpoints.SUFFIX:
        given = checkpoints.of_file(file)
        with reading(open_database(workspace.database_url)) as connection:
            subtree = checkpoints.in_database(connection, given)
            signed = checkpoints.witnessed(given, subtree, agreed, seen, **more)  # type: ignore[arg-type]
        made = checkpoints.keep(workspace, signed, agreed)
        typer.echo(f"{partner} witnessed {count(made.checked.checkpoint.size, 'event')}: the log has only grown.")
        _next(made.path, made.lacking)
        return
    with _progress() as tell:
        given, subtree = checkpoints.of_bundle(file, agreed, tell, folder)
    signed = checkpoints.witnessed(given, subtree, agreed, seen, **more)  # type: ignore[arg-type]
    target = file.with_name(f"{file.stem}.{partner}{checkpoints.SUFFIX}")
    write_whole(target, str(signed))
    typer.echo(f"{partner} witnessed the newest checkpoint of {file}: the log has only grown.")
    typer.echo(f"Next, where the database is: cordiale audit import {target}")


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint that was witnessed elsewhere.")],
) -> None:
    """
    Bring in a checkpoint that a partner witnessed elsewhere.

    Example: cordiale audit import log.fr.checkpoint
    """
    from campaigns import clock, settings
    from campaigns.signoff.trust import load
    from scheduler import checkpoints

    workspace = settings.load()
    made = checkpoints.keep(workspace, checkpoints.of_file(file), load(workspace.trust, clock.now()))
    by = " and ".join(sorted(made.checked.witnessed)) or "nobody"
    typer.echo(f"The checkpoint of {count(made.checked.checkpoint.size, 'event')} is witnessed by {by}.")
    _next(made.path, made.lacking)


def _next(path: Path, lacking: list[str]) -> None:
    if lacking:
        typer.echo(f"Next: cordiale audit witness {path} --as {lacking[0]} --key FILE")
        typer.echo("  or: cordiale verify --export FILE, for a witness without this database")
    else:
        typer.echo("Every partner has witnessed it. Next: cordiale verify --export FILE")


@contextmanager
def _progress() -> "Iterator[Look]":
    """Give what shows how far it is, on a terminal; nothing in a pipe."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Verified {task.completed:,.0f} events"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda looked: bar.update(task, completed=looked)
