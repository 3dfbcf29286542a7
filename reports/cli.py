"""`cordiale readings` and `cordiale report`: figures in, evaluation out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from campaigns.errors import EnvironmentFault, UsageError

FORMATS = ("html", "csv")
LANGUAGES = ("en", "fr")


def register(app: typer.Typer) -> None:
    """Add this floor's commands to *app*."""
    readings = typer.Typer(name="readings", help="Bring in what platforms and surveys measured.", no_args_is_help=True)
    readings.command("import")(import_)
    readings.command("rebuild")(rebuild)
    readings.command("metrics")(metrics)
    app.add_typer(readings)
    app.command("report")(report)


def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV files, as platforms or surveys gave them.")
    ],
    campaign: Annotated[
        str | None,
        typer.Option("--campaign", metavar="ID", help="Whose figures they are; not needed with a column 'campaign'."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="HEADING=MEANING", help="What a heading means: 'Total plays=views'; - skips it."
        ),
    ] = None,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who imports; the login name otherwise.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list instead of lines.")] = False,
) -> None:
    """
    Import readings. A file goes in whole or not at all, and a second time changes nothing.

    Example: cordiale readings import week1.csv week2.csv --campaign raqqa-voices
    """
    from dataclasses import asdict

    from campaigns import clock, settings
    from campaigns.store.engine import open_database, writing
    from campaigns.terminal import count, show_json
    from reports.collect import import_file

    engine = open_database(settings.load().database_url)
    columns, by = _columns(column or []), person or _login()
    outcomes = []
    for path in files:
        with _bar(f"Importing {path.name}") as step, writing(engine) as connection:
            outcome = import_file(connection, path, campaign, by, clock.now(), columns=columns, step=step)
        outcomes.append(outcome)
        if not as_json:
            known = outcome.figures - outcome.added
            already = f", {known:,} already known" if known else ""
            typer.echo(f"{outcome.file}: {count(outcome.added, 'new figure')}{already}.")
            if outcome.ignored:
                typer.echo(f"Not read, being no metric: {', '.join(outcome.ignored)}. Declare one with --column.")
    if as_json:
        show_json([asdict(outcome) for outcome in outcomes])
        return
    for name in sorted({name for outcome in outcomes for name in outcome.campaigns}):
        typer.echo(f"Next: cordiale report {name} --to reports")


def rebuild(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a line.")] = False,
) -> None:
    """
    Compute the daily figures anew from every reading. They should come out as they are.

    Example: cordiale readings rebuild
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, writing
    from campaigns.terminal import count, show_json
    from reports import rollup

    with writing(open_database(settings.load().database_url)) as connection:
        rows = rollup.rebuild(connection)
    if as_json:
        show_json({"daily_readings": rows})
    else:
        typer.echo(f"Computed {count(rows, 'daily figure')} anew.")


def metrics(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False) -> None:
    """
    List the metrics: what each one counts, at which stage, and over what it may be added.

    Example: cordiale readings metrics
    """
    from campaigns.terminal import show_json, show_table
    from reports.metrics import METRICS

    rows = [
        {
            "id": each.id,
            "stage": each.stage,
            "name": {"en": each.en, "fr": each.fr},
            "unit": each.unit,
            "numerator": each.numerator,
            "denominator": each.denominator,
            "adds_up_over": sorted(each.additive),
            "lower_is_better": each.lower_is_better,
        }
        for each in METRICS.values()
    ]
    if as_json:
        show_json(rows)
        return
    table = [
        (
            each.id,
            each.stage,
            f"{each.numerator} / {each.denominator}" if each.share else each.unit,
            "pooled" if each.share else ", ".join(sorted(each.additive)) or "nothing",
        )
        for each in METRICS.values()
    ]
    show_table(("Metric", "Stage", "Counts", "Adds up over"), table)


def report(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The id of an applied campaign.")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write to; made if it is not there.")],
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help="html, csv, or both.")] = "html,csv",
    language: Annotated[str, typer.Option("--language", metavar="en|fr", help="Otherwise the workspace's.")] = "",
    dated: Annotated[
        bool, typer.Option("--dated", help="Print when it was made; without, the same figures give the same bytes.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
) -> None:
    """
    Write what came of a campaign: goals against targets, by audience, channel, language and message.

    Example: cordiale report raqqa-voices --to reports --format html,csv --language fr
    """
    from campaigns import clock, settings
    from campaigns.documents.write import write_whole
    from campaigns.store.engine import open_database, reading
    from campaigns.terminal import show_json

    configured = settings.load()
    language = language or configured.language
    wanted = _chosen(formats.split(","), FORMATS, "format")
    _chosen([language], LANGUAGES, "language")
    engine = open_database(configured.database_url)
    with _bar(f"Evaluating {campaign}") as step:
        from reports import export, page
        from reports.evaluation import evaluate
        from reports.goals import tally

        with reading(engine) as connection:
            found = evaluate(connection, campaign)
        step(1)
        texts: dict[str, str] = {}
        if "html" in wanted:
            texts[f"{campaign}-report.{language}.html"] = page.page(found, language, clock.now() if dated else None)
        if "csv" in wanted:
            for name, text in export.files(found, language).items():
                texts[f"{campaign}-{name}.{language}.csv"] = text
        step(1)
    _make(to)
    for name, text in texts.items():
        write_whole(to / name, text)
    if as_json:
        as_of = clock.iso(found.as_of) if found.as_of else None
        names = [str(to / name) for name in texts]
        show_json({"campaign": campaign, "as_of": as_of, "files": names, "goals": tally(found.goals)})
        return
    for name in texts:
        typer.echo(f"Wrote {to / name}.")
    if found.as_of is None:
        typer.echo(f"There are no figures yet. Next: cordiale readings import FILE --campaign {campaign}")


def _columns(words: list[str]) -> dict[str, str]:
    columns = {}
    for word in words:
        heading, mark, meaning = word.rpartition("=")
        if not mark or not heading.strip() or not meaning.strip():
            message = f"--column {word!r} does not say what a heading means."
            raise UsageError(message, "Write it as --column 'Total plays=views'.")
        columns[heading.strip()] = meaning.strip()
    return columns


def _chosen(words: list[str], known: tuple[str, ...], noun: str) -> list[str]:
    chosen = [word.strip().lower() for word in words]
    for word in chosen:
        if word not in known:
            message = f"There is no {noun} '{word}'."
            raise UsageError(message, f"Choose from {', '.join(known)}.")
    return chosen


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return "unknown"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made: {error.strerror}."
        raise EnvironmentFault(message, "Name a folder that may be written.") from None


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int], None]]:
    """Show that something is under way, on a terminal; in a pipe, nothing."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*shown, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda count: progress.advance(task, count)
