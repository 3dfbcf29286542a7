"""`cordiale readings`: bring in what platforms, surveys, press monitoring and the books say, and look after it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.errors import UsageError
from reports import upkeep

if TYPE_CHECKING:
    from reports.cells.layout import Layout
    from reports.collect import Outcome

#: Options that say what a mapping file says, under its names.
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="HEADING=MEANING", help="What a heading means: 'Total plays=views'; - skips it."),
]
Always = Annotated[
    list[str] | None,
    typer.Option(
        "--always",
        metavar="NAME=VALUE",
        help="A cell that every row has: subject_kind=channel, at=2027-01-31; an export's first day: since=2027-01-01.",
    ),
]
Percent = Annotated[
    list[str] | None,
    typer.Option("--percent", metavar="HEADING", help="Bare numbers there are per cent: 48.77 is 0.4877."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    readings = typer.Typer(name="readings", help="Bring in what platforms and surveys measured.", no_args_is_help=True)
    readings.command("import")(import_)
    readings.command("metrics")(metrics)
    readings.command("sources")(sources)
    upkeep.register(readings)
    app.add_typer(readings)


def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, XLSX or Parquet, as platforms or surveys gave them.")
    ],
    campaign: Annotated[
        str | None,
        typer.Option("--campaign", metavar="ID", help="Whose figures they are; not needed with a column 'campaign'."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="A YAML file that says what the options below say.")
    ] = None,
    column: Column = None,
    always: Always = None,
    percent: Percent = None,
    kind: Annotated[str, typer.Option("--kind", help="One of `readings sources`; seen from the headings else.")] = "",
    source: Annotated[str, typer.Option("--source", help="Who says so, where the file does not.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Of a CSV file that is not UTF-8: cp1252, utf-16.")] = "",
    separator: Annotated[str, typer.Option("--separator", help="Of a CSV file; seen from its heading else.")] = "",
    decimal: Annotated[
        str, typer.Option("--decimal", metavar=".|,", help="The decimal mark, where 1.234 is two things.")
    ] = "",
    zone: Annotated[str, typer.Option("--zone", metavar="IANA", help="Of days, and of times without an offset.")] = "",
    dates: Annotated[
        str, typer.Option("--dates", metavar="day-first|month-first", help="What 03/04/2027 means in the file.")
    ] = "",
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help="Of a workbook; the first else.")] = "",
    corrects: Annotated[
        bool,
        typer.Option("--corrects", help="Other figures for a known instant are the source's corrections; keep both."),
    ] = False,
    skip: Annotated[
        bool, typer.Option("--skip-unknown", help="Leave out posts that are no release of the campaign; count them.")
    ] = False,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who imports; the login name otherwise.")] = "",
    as_json: AsJson = False,
) -> None:
    """
    Import readings. A file goes in whole or not at all, and a second time changes nothing.

    Example: cordiale readings import week1.csv week2.csv --campaign raqqa-voices
    """
    from dataclasses import asdict

    from campaigns import clock, settings
    from campaigns.store.engine import open_database, writing
    from campaigns.terminal import counting, me, show_json
    from reports.collect import import_file

    engine = open_database(settings.load().database_url)
    said: dict[str, object] = {
        "kind": kind, "source": source, "encoding": encoding, "separator": separator, "decimal": decimal, "zone": zone,
        "dates": dates, "sheet": sheet, "percent": percent or [], "columns": _pairs("--column", column),
        "always": _pairs("--always", always),
    }  # fmt: skip
    layout, by = _layout(mapping, said), person or me()
    outcomes = []
    for path in files:
        with counting(f"Importing {path.name}") as step, writing(engine) as connection:
            outcome = import_file(
                connection, path, campaign, by, clock.now(), layout=layout, corrects=corrects, skips=skip, step=step
            )
        outcomes.append(outcome)
        if not as_json:
            _say(outcome)
    if as_json:
        show_json([asdict(outcome) for outcome in outcomes])
        return
    for name in sorted({name for outcome in outcomes for name in outcome.campaigns}):
        typer.echo(f"Next: cordiale report {name} --to reports")


def _say(outcome: "Outcome") -> None:
    from campaigns.terminal import count

    known = outcome.figures - outcome.added
    already = f", {known:,} already known" if known else ""
    corrected = f", {count(outcome.corrected, 'correction')} among them" if outcome.corrected else ""
    typer.echo(f"{outcome.file}: {count(outcome.added, 'new figure')}{corrected}{already}.")
    if outcome.fallen:
        typer.echo(f"{count(outcome.fallen, 'running total')} went down: kept, as a correction of the source.")
        for fall in outcome.falls[:5]:
            typer.echo(f"  {fall.metric} of {fall.subject_kind} {fall.subject} on {fall.day}: {fall.by:,.10g} less")
    ignored = [each for each in outcome.ignored if each not in outcome.persons]
    if ignored:
        typer.echo(f"Not read, being no metric: {', '.join(ignored)}. Declare one with --column.")
    if outcome.persons:
        typer.echo(f"Left out, naming persons: {', '.join(outcome.persons)}.")
    if outcome.strangers:
        typer.echo(f"Left out, being no release of the campaign: {count(outcome.strangers, 'row')}.")


def metrics(as_json: AsJson = False) -> None:
    """
    List the metrics: what each one counts, at which stage, and over what it may be added.

    Example: cordiale readings metrics
    """
    from campaigns.terminal import show_json, show_table
    from reports.measures import ORIGINS
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
            "origin": ORIGINS[each.origin],
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


def sources(
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of the README.")] = False,
) -> None:
    """
    List the kinds of file that readings come in: by which headings each is known, and what becomes of its columns.

    Example: cordiale readings sources
    """
    from campaigns.terminal import show_json, show_table
    from reports import kinds

    if markdown:
        typer.echo(kinds.markdown(), nl=False)
    elif as_json:
        show_json([dict(zip(("kind", "reads", "metrics"), row, strict=True)) for row in kinds.rows()])
    else:
        show_table(kinds.HEADERS, kinds.rows())


def _layout(mapping: Path | None, said: dict[str, object]) -> "Layout":
    """Return what the mapping file says, with what the options say in its place."""
    from reports.cells import layout

    given = {name: value for name, value in said.items() if value}
    found = layout.load(mapping).model_dump() if mapping else {}
    for name in ("columns", "always"):
        given[name] = {**found.get(name, {}), **dict(given.get(name, {}))}  # type: ignore[call-overload]
    return layout.made({**found, **given}, mapping.name if mapping else "the options:")


def _pairs(option: str, words: list[str] | None) -> dict[str, str]:
    pairs = {}
    for word in words or []:
        heading, mark, meaning = word.rpartition("=")
        if not mark or not heading.strip() or not meaning.strip():
            message = f"{option} {word!r} does not say what a heading means."
            example = "'Total plays=views'" if option == "--column" else "subject_kind=channel"
            raise UsageError(message, f"Write it as {option} {example}.")
        pairs[heading.strip()] = meaning.strip()
    return pairs
