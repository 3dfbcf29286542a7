"""`cordiale referrals`: what was referred to platforms, and how soon it was gone."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    referrals = typer.Typer(
        name="referrals", help="Terrorist content referred to platforms: digests, never links.", no_args_is_help=True
    )
    referrals.command("import")(import_)
    referrals.command("show")(show)
    app.add_typer(referrals)


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files: one row an item, or a total.")],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who imports; the login name otherwise.")] = "",
    as_json: AsJson = False,
) -> None:
    """
    Import referrals. A link in the column 'item' is digested and forgotten; in any other it is refused.

    Items: item, platform, as_of; way (referral, order, measure), uploaded_at, noticed_at, referred_at, received_at,
    removed_at, reinstated_at, refused, complaint, proceedings, campaign. Totals: source, measure, period, total, as_of;
    platform, running (yes: the total since the beginning).

    Example: cordiale referrals import referrals-2027-02.csv
    """
    from dataclasses import asdict

    from campaigns import clock, settings
    from campaigns.store.engine import open_database, writing
    from campaigns.terminal import count, me, show_json
    from reports.referrals.ledger import import_file

    engine = open_database(settings.load().database_url)
    outcomes = []
    for path in files:
        with writing(engine) as connection:
            outcomes.append(import_file(connection, path, person or me(), clock.now()))
    if as_json:
        show_json([asdict(outcome) for outcome in outcomes])
        return
    for outcome in outcomes:
        known = outcome.rows - outcome.added
        already = f", {known:,} already known" if known else ""
        typer.echo(f"{outcome.file}: {count(outcome.added, 'new row')}{already}.")
        if outcome.digested:
            typer.echo(f"{count(outcome.digested, 'link')} digested; only the digests are kept. Delete the file.")
    typer.echo("Next: cordiale referrals show")


def show(
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="Referred on this day or later.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Referred on this day or before.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="As it was known at the end of this day.")] = "",
    as_json: AsJson = False,
) -> None:
    """
    Show how many items were referred and removed, how soon, by platform; and what others stated, by period.

    Example: cordiale referrals show --since 2027-01-01 --until 2027-03-31
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database, reading
    from campaigns.terminal import show_json, show_table
    from reports.referrals import indicators, ledger
    from reports.referrals.plain import as_plain, platform_rows, series_rows

    first, last, known = _day(since, "--since"), _day(until, "--until", end=True), _day(as_of, "--as-of", end=True)
    with reading(open_database(settings.load().database_url)) as connection:
        states, stated = ledger.items(connection), ledger.totals(connection)
    found = indicators.watch(states, since=first, until=last, as_of=known)
    series = indicators.by_period(stated, as_of or None)
    if as_json:
        show_json(as_plain(found, series))
        return
    if not found.whole.items and not series:
        typer.echo("Nothing was referred in that time. Next: cordiale referrals import FILE")
        return
    if found.whole.items:
        heads = (
            "Platform",
            "Items",
            "Referred",
            "Removed",
            "Still online",
            "Within 1 h",
            "Within 2 h",
            "Median",
            "p90",
        )
        show_table(heads, platform_rows(found), figures=range(1, 9))
        typer.echo("Share removed, from receipt, with those still online counted (Kaplan-Meier, 95% interval).")
    if series:
        show_table(("Source", "Platform", "Measure", "Period", "Added", "Per day", "Stated on"), series_rows(series))
    if found.as_of:
        typer.echo(f"As known on {clock.iso(found.as_of)}.")


def _day(text: str, option: str, *, end: bool = False) -> datetime | None:
    """Return the first instant of the day, or the first after it."""
    from datetime import UTC, date, time, timedelta

    from campaigns.errors import UsageError

    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{option} {text!r} is not a day."
        raise UsageError(message, "Write it as 2027-01-31.") from None
    return datetime.combine(day + timedelta(days=end), time(), UTC)
