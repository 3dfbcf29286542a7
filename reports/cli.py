"""`cordiale report`: evaluation out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.errors import EnvironmentFault, UsageError
from reports import readings

if TYPE_CHECKING:
    from datetime import date

FORMATS = ("html", "csv", "pdf", "brief", "xlsx", "json", "parquet")
COMPARED = ("html", "csv", "json", "pdf")
LANGUAGES = ("en", "fr", "ar")

To = Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write to; made if it is not there.")]
Language = Annotated[str, typer.Option("--language", metavar="en|fr|ar", help="Otherwise the workspace's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")]


def register(app: typer.Typer) -> None:
    """Add this floor's commands to *app*."""
    readings.register(app)
    app.command("report")(report)
    app.command("collect")(collect)
    app.command("compare")(compare)


def report(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The id of an applied campaign.")],
    to: To,
    formats: Annotated[
        str,
        typer.Option("--format", metavar="LIST", help="Some of html, pdf, brief (one page), csv, xlsx, json, parquet."),
    ] = "html,csv",
    language: Language = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="What was added from this day on.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="What was known at the end of this day.")] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="LIST", help="Which tables: some of audience, channel, locale, message.")
    ] = "",
    dated: Annotated[
        bool, typer.Option("--dated", help="Print when it was made; without, the same figures give the same bytes.")
    ] = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="database|archive|dask", help="What reads the figures.")
    ] = "database",
    archive: Annotated[
        Path | None, typer.Option("--archive", metavar="DIR", help="The archive that archive and dask read.")
    ] = None,
    scheduler: Annotated[
        str, typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="Of the Dask cluster, for --engine dask.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """
    Write what came of a campaign: goals against targets, by audience, channel, language and message.

    Example: cordiale report raqqa-voices --to reports --format html,pdf,brief,xlsx --language fr
    """
    from campaigns import clock, settings
    from campaigns.documents.write import write_whole
    from campaigns.store.engine import open_database, reading, writing
    from campaigns.terminal import counting, me, show_json

    configured = settings.load()
    language = language or configured.language
    wanted = _chosen(formats.split(","), FORMATS, "format")
    _chosen([language], LANGUAGES, "language")
    days = _days(since, until)
    database = open_database(configured.database_url)
    with counting(f"Evaluating {campaign}") as step:
        from reports.assessment import tables
        from reports.assessment.evaluation import evaluate
        from reports.assessment.goals import tally
        from reports.presentation.files import files
        from reports.records import counted, engines
        from reports.records.window import Window

        chosen = tuple(_chosen(by.split(","), tables.BY, "table")) if by else tables.BY
        if counted.waiting(database, campaign):
            with writing(database) as connection:
                counted.bring_in(connection, campaign, me(), clock.now())
        with engines.chosen(engine, archive, scheduler) as source, reading(database) as connection:
            window = Window(*days)
            found = evaluate(connection, campaign, window=window, by=chosen, engine=source)
        step(1)
        made = files(found, wanted, language, clock.now() if dated else None)
        step(1)
    _make(to)
    for name, data in made.items():
        write_whole(to / name, data)
    if as_json:
        as_of = clock.iso(found.as_of) if found.as_of else None
        names = [str(to / name) for name in made]
        show_json({"campaign": campaign, "as_of": as_of, "files": names, "goals": tally(found.goals)})
        return
    for name in made:
        typer.echo(f"Wrote {to / name}.")
    newest = found.as_of.date() if found.as_of else None
    if any(days) and found.files and (newest is None or (days[0] and newest < days[0])):
        typer.echo(
            f"There are no figures {_within(*days)}. Without --since and --until the report holds all there are."
        )
    elif newest is None:
        typer.echo(f"There are no figures yet. Next: cordiale readings import FILE --campaign {campaign}")


def collect(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The id of an applied campaign.")],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who asks; the login name otherwise.")] = "",
    as_json: AsJson = False,
) -> None:
    """
    Bring what the daemon counted on channels into the readings, gaps as no figure; `report` does it by itself.

    Example: cordiale collect raqqa-voices
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database, writing
    from campaigns.terminal import count, me, show_json
    from reports.records import counted

    with writing(open_database(settings.load().database_url)) as connection:
        found = counted.bring_in(connection, campaign, person or me(), clock.now())
        gaps = counted.gaps(connection, campaign)
    added = found.added if found else 0
    if as_json:
        rows = [{"channel": each.channel, "gaps": each.gaps, "asked": each.asked, "why": each.why} for each in gaps]
        show_json({"campaign": campaign, "added": added, "gaps": rows})
        return
    typer.echo(f"{campaign}: {count(added, 'new figure')}.")
    for each in gaps:
        typer.echo(f"{each.channel} gave no figure at {each.gaps} of {count(each.asked, 'look')}: {each.why}")
    typer.echo(f"Next: cordiale report {campaign} --to reports")


def compare(
    first: Annotated[str, typer.Argument(metavar="CAMPAIGN[/ENTRY]", help="A campaign, or one wave of it.")],
    second: Annotated[str, typer.Argument(metavar="CAMPAIGN[/ENTRY]", help="What it is compared with.")],
    to: To,
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help="html, pdf, csv, json.")] = "html,csv",
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """
    Compare two campaigns, or two waves, measure by measure: rates with intervals, counts per day, reach never added.

    Example: cordiale compare raqqa-voices/launch raqqa-voices/reminder --to reports
    """
    from campaigns import settings
    from campaigns.documents.write import write_whole
    from campaigns.store.engine import open_database, reading
    from campaigns.terminal import show_json

    configured = settings.load()
    language = language or configured.language
    wanted = _chosen(formats.split(","), COMPARED, "format")
    _chosen([language], LANGUAGES, "language")
    engine = open_database(configured.database_url)
    from reports.assessment.compare import compare as compared
    from reports.presentation import comparison
    from reports.presentation.files import compared_files

    with reading(engine) as connection:
        found = compared(connection, first, second)
    made = compared_files(found, wanted, language)
    _make(to)
    for name, data in made.items():
        write_whole(to / name, data)
    if as_json:
        show_json({"files": [str(to / name) for name in made], **comparison.as_data(found)})
        return
    for name in made:
        typer.echo(f"Wrote {to / name}.")


def _days(since: str, until: str) -> "tuple[date | None, date | None]":
    """Return the first and the last day that are asked for; a stretch that ends before it begins is refused."""
    first, last = _day(since, "--since"), _day(until, "--until")
    if first and last and last < first:
        message = f"--until {last} is before --since {first}: no day lies between."
        raise UsageError(message, f"Exchange the two: --since {last} --until {first}.")
    return first, last


def _within(since: "date | None", until: "date | None") -> str:
    if since and until:
        return f"from {since} to {until}"
    return f"from {since} on" if since else f"up to {until}"


def _day(text: str, option: str) -> "date | None":
    from datetime import date

    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{option} {text!r} is not a day."
        raise UsageError(message, "Write it as 2027-01-31.") from None


def _chosen(words: list[str], known: tuple[str, ...], noun: str) -> list[str]:
    chosen = [word.strip().lower() for word in words]
    for word in chosen:
        if word not in known:
            message = f"There is no {noun} '{word}'."
            raise UsageError(message, f"Choose from {', '.join(known)}.")
    return chosen


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made: {error.strerror}."
        raise EnvironmentFault(message, "Name a folder that may be written.") from None
