"""
`cordiale demo`: one joint campaign from script to report, on this machine alone, through the commands themselves.

Every step prints the command it runs. The SMTP server and the HTTP receiver are real ones on loopback, started
here and ended here; what they received is counted by them, not by us.
"""

import json
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from campaigns.errors import EnvironmentFault, MissingExtra, Refused

HOUSE = Path(__file__).resolve().parent.parent
MARK = ".cordiale-demo"  #: says that a folder was made by the demo and may be made again
CAMPAIGN = "daesh-lost-ground"
LEAD = "now+20s"  #: to the first release: time to plan, apply and sign
QUIET = 6.0  #: seconds in which the hold shows that nothing begins
PATIENCE = 150.0  #: seconds after which the demo gives up waiting


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("demo")(demo)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to play it; made anew each time.")] = Path(
        "demo-workspace"
    ),
) -> None:
    """
    Play a joint UK-France campaign from script to report on this machine: plan, sign, publish, hold, report.

    Example: cordiale demo
    """
    began = time.monotonic()
    place = _prepare(folder)
    with ExitStack() as stage:
        smtp_port = stage.enter_context(
            _server("smtp_server.py", place.with_name(f"{place.name}.smtp.jsonl"), "--plain")
        )
        http_port = stage.enter_context(
            _server("http_sink.py", place.with_name(f"{place.name}.http.jsonl"), "--deduplicates")
        )
        _tell("A workspace with an example campaign, and keys that are for rehearsal only")
        _make(place, smtp_port, http_port)
        run = _Commands(place)
        _tell("What the communications officer sees")
        run("check", "campaigns", quiet=True)
        run("preview", "campaigns", "--html", "preview.html", quiet=True)
        run("apply", "campaigns", "--as", "campaign-editor", "--history", "published.csv", "--yes", quiet=True)
        run("calendar", CAMPAIGN, "--html", "calendar.html", "--ics", "calendar.ics", quiet=True)
        _tell("Two capitals sign the exact bytes: London here, Paris from a bundle, without this database")
        run("approve", CAMPAIGN, "--as", "uk", "--key", "keys/uk-officer.key")
        _sign_in_paris(run, place)
        with _daemon(place) as service:
            _tell("The daemon publishes to a real SMTP server, a real HTTP receiver, a feed and a folder")
            _watch(place, service, stop_at=0.35)
            before = _begun(place)
            _tell("France stops everything")
            run("hold", "--as", "fr", "--reason", "rehearsal of a stop")
            _show_stillness(place, service, before)
            run("resume", "--as", "fr", "--key", "keys/fr-officer.key", "--yes")
            run("resume", "--as", "uk", "--key", "keys/uk-officer.key", "--yes")
            _watch(place, service, stop_at=1.0)
    _tell("What came of the earlier wave: two weeks of example readings, and the report")
    run("readings", "import", "readings-week1.csv", "readings-week2.csv", "--campaign", CAMPAIGN)
    for language in ("en", "fr"):
        run("report", CAMPAIGN, "--to", "report", "--format", "html,csv", "--language", language, quiet=True)
    run("status")
    _sum_up(place, time.monotonic() - began)


def _prepare(folder: Path) -> Path:
    """
    Return an empty place to play in.

    Raises:
        Refused: If *folder* holds something that the demo did not make.
        EnvironmentFault: If the servers of the tests are not here: the demo needs a checkout.
        MissingExtra: If aiosmtpd is not installed.
    """
    from importlib.util import find_spec

    if find_spec("aiosmtpd") is None:
        what = "The demo's SMTP server"
        raise MissingExtra(what, "demo")
    if not (HOUSE / "tests" / "servers" / "smtp_server.py").exists():
        message = "The demo's servers are not here."
        raise EnvironmentFault(message, "Run it from a checkout of Cordiale: `make demo`.")
    place = folder.resolve()
    if place.exists() and any(place.iterdir()) and not (place / MARK).exists():
        message = f"The folder {folder} holds something that the demo did not make."
        raise Refused(message, "Name another folder: cordiale demo DIR.")
    shutil.rmtree(place, ignore_errors=True)
    for ledger in (place.with_name(f"{place.name}.{kind}.jsonl") for kind in ("smtp", "http")):
        ledger.unlink(missing_ok=True)
    return place


def _make(place: Path, smtp_port: int, http_port: int) -> None:
    from campaigns import clock, workspace

    now = clock.now()
    addresses = {"smtp": f"127.0.0.1:{smtp_port}", "http": f"http://127.0.0.1:{http_port}/hooks"}
    typer.secho(f"$ cordiale init {place.name} --example {CAMPAIGN} --starting {LEAD}", bold=True)
    made = workspace.create(place, CAMPAIGN, workspace.start_instant(LEAD, now), now, addresses)
    (place / MARK).write_text("made by `cordiale demo`; it may be deleted and made again\n", encoding="utf-8")
    typer.echo(f"Made {place.name} with {len(made.files)} files; its first release leaves at {clock.iso(made.starts)}.")


@contextmanager
def _server(script: str, ledger: Path, *options: str) -> Iterator[int]:
    """Run a loopback server as a process, and give its port."""
    command = [
        sys.executable,
        str(HOUSE / "tests" / "servers" / script),
        "--port",
        "0",
        "--ledger",
        str(ledger),
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.strip().isdigit():
                message = f"The demo's server {script} did not start."
                raise EnvironmentFault(message, "See what it printed above.")
            yield int(line)
        finally:
            process.terminate()


class _Commands:
    """Runs `cordiale` in the workspace, showing the command, as a person would type it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __call__(self, *words: str, quiet: bool = False, cwd: Path | None = None) -> None:
        typer.secho(f"$ cordiale {shlex.join(words)}", bold=True)
        done = subprocess.run(
            [sys.executable, str(HOUSE / "main.py"), *words],
            cwd=cwd or self.place,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = done.stdout.splitlines()
        for line in lines[-1:] if quiet and done.returncode == 0 else lines:
            typer.echo(line)
        if done.returncode != 0:
            typer.echo(done.stderr, err=True)
            message = f"`cordiale {words[0]}` ended with {done.returncode}."
            raise EnvironmentFault(message, f"Look at {self.place.name}; nothing was hidden.")


def _sign_in_paris(run: _Commands, place: Path) -> None:
    """Sign the bundle in a folder that holds nothing but the bundle and the key, then bring it back."""
    run("review", CAMPAIGN, "--bundle", "for-paris.zip")
    paris = place.with_name(f"{place.name}-paris")
    shutil.rmtree(paris, ignore_errors=True)
    paris.mkdir()
    shutil.move(place / "for-paris.zip", paris / "for-paris.zip")
    shutil.copy2(place / "keys" / "fr-officer.key", paris / "fr-officer.key")
    run("approve", "for-paris.zip", "--as", "fr", "--key", "fr-officer.key", cwd=paris)
    shutil.move(paris / "for-paris.fr.dsse.json", place / "for-paris.fr.dsse.json")
    shutil.rmtree(paris)
    run("signatures", "import", "for-paris.fr.dsse.json")


@contextmanager
def _daemon(place: Path) -> Iterator["subprocess.Popen[bytes]"]:
    typer.secho("$ cordiale run", bold=True)
    with (place / "daemon.log").open("wb") as log:
        service = subprocess.Popen([sys.executable, str(HOUSE / "main.py"), "run"], cwd=place, stderr=log)
        try:
            yield service
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=60)


def _counts(place: Path) -> dict[str, int]:
    """Return this wave's releases by state, from the table."""
    return dict(_ask(place, "SELECT state, COUNT(*) FROM release WHERE entry NOT LIKE 'wave1-%' GROUP BY state"))


def _begun(place: Path) -> int:
    """Return how many releases have touched a wire."""
    return int(_ask(place, "SELECT COUNT(*), 0 FROM release WHERE tries > 0")[0][0])


def _ask(place: Path, question: str) -> list[tuple[Any, Any]]:
    from sqlalchemy import text

    from campaigns.store.engine import connect, reading

    engine = connect(f"sqlite:///{place / 'cordiale.db'}")
    with reading(engine) as connection:
        rows = [(row[0], row[1]) for row in connection.execute(text(question))]
    engine.dispose()
    return rows


def _watch(place: Path, service: "subprocess.Popen[bytes]", stop_at: float) -> None:
    """Draw the progress until the share *stop_at* is published."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    total = sum(_counts(place).values())
    columns = (TextColumn("Published"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + PATIENCE
    with Progress(*columns, console=Console(force_terminal=sys.stdout.isatty())) as bar:
        task = bar.add_task("", total=total)
        while True:
            found = _counts(place)
            published = found.get("published", 0)
            bar.update(task, completed=published)
            if published >= total * stop_at:
                return
            _must_live(service, place, deadline)
            time.sleep(0.2)


def _must_live(service: "subprocess.Popen[bytes]", place: Path, deadline: float) -> None:
    if service.poll() is not None or time.monotonic() > deadline:
        message = "The daemon stopped." if service.poll() is not None else "The releases did not go out in time."
        raise EnvironmentFault(message, f"Read {place.name}/daemon.log and run `cordiale status` there.")


def _show_stillness(place: Path, service: "subprocess.Popen[bytes]", before: int) -> None:
    """Wait while releases fall due, and show that none begins."""
    held = _begun(place)
    end = time.monotonic() + QUIET
    while time.monotonic() < end:
        _must_live(service, place, end + 1)
        time.sleep(0.5)
    after = _begun(place)
    typer.echo(
        f"Begun when the hold was asked for: {before}; when it stood: {held}; {QUIET:.0f} seconds later: {after}."
    )
    if after != held:
        message = "Something began through a hold."
        raise EnvironmentFault(message, "This must never happen; please report it with the workspace.")


def _sum_up(place: Path, seconds: float) -> None:
    """Compare the table with what the servers counted, and say where to look."""
    mails = _lines(place.with_name(f"{place.name}.smtp.jsonl"))
    hooks = _lines(place.with_name(f"{place.name}.http.jsonl"))
    files = len(list((place / "outbox").glob("*/headers.json")))
    for kind in ("smtp", "http"):
        place.with_name(f"{place.name}.{kind}.jsonl").replace(place / f"received-by-{kind}.jsonl")
    feed = next(place.rglob("feed.atom.xml"), None)
    entries = feed.read_text("utf-8").count("<entry") if feed else 0
    found = _counts(place)
    received = len(mails) + len(hooks) + files + entries
    keys = {line.get("key") or line["message_id"] for line in (*mails, *hooks)}
    _tell("Where to look")
    typer.echo(f"Published by the table: {found.get('published', 0)} of {sum(found.values())} releases of this wave.")
    typer.echo(
        f"Received: {len(mails)} mails, {len(hooks)} posts, {files} files, {entries} feed entries: {received} in all."
    )
    doubled = len(mails) + len(hooks) - len(keys)
    typer.echo(f"Doubled: {doubled}. Everything was example data: invented figures, accounts and readings.")
    for name in (
        "preview.html",
        "calendar.html",
        "report",
        "outbox",
        "received-by-smtp.jsonl",
        "received-by-http.jsonl",
        "campaigns",
    ):
        if (place / name).exists():
            typer.echo(f"  {place.name}/{name}")
    if feed:
        typer.echo(f"  {place.name}/{feed.relative_to(place)}")
    typer.echo(f"{seconds:.0f} seconds. Next: cd {from_here(place)} && {called()} why launch-uk/en-GB/uk-press")
    if doubled or received != found.get("published", 0):
        message = "The servers did not receive exactly what the table says was published."
        raise EnvironmentFault(message, "This must never happen; please report it with the workspace.")


def from_here(place: Path) -> str:
    """Return the folder as a shell where the demo was called takes it."""
    here = Path.cwd()
    return shlex.quote(str(place.relative_to(here) if place.is_relative_to(here) else place))


def called() -> str:
    """Return the command as the person called it, such that it works in another folder too."""
    command = Path(sys.argv[0])
    if shutil.which(command.name) and Path(str(shutil.which(command.name))).resolve() == command.resolve():
        return shlex.quote(command.name)
    program = shlex.quote(str(command.absolute()))
    return program if command.suffix != ".py" else f"{shlex.quote(sys.executable)} {program}"


def _lines(path: Path) -> Sequence[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _tell(sentence: str) -> None:
    typer.echo()
    typer.secho(sentence, bold=True, underline=True)
