"""`calendar`: the grid of what goes out when, who has agreed, what stands in its way."""  # noqa: A005 (the command's name)

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.errors import UsageError
from campaigns.terminal import count, show_json, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.grid.lines import Grid


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("calendar")(calendar)


def calendar(
    campaign: Annotated[
        str | None, typer.Argument(metavar="[CAMPAIGN]", help="One campaign; every one of the workspace without it.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="Not before this day, such as 2027-01-12.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Not after this day.")] = None,
    ics: Annotated[
        Path | None,
        typer.Option("--ics", metavar="FILE", help="Write a file for diaries; a newer one updates."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page for a browser, a section a week.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Show what goes out when: clearance, embargo, blackouts and clashes, of one campaign or of the whole workspace.

    Example: cordiale calendar raqqa-voices --html grid.html --ics grid.ics
    """
    from campaigns import clock, settings
    from campaigns.documents.write import write_whole
    from campaigns.plan import stored
    from campaigns.store.engine import open_database, reading
    from scheduler.grid.gather import gather
    from scheduler.grid.lines import as_data

    days = [_day(each, option) for each, option in ((first, "--from"), (last, "--to"))]
    if all(days) and days[1] < days[0]:  # type: ignore[operator]  # neither is none here
        message = f"--to {last} comes before --from {first}."
        raise UsageError(message, "Swap them; both days are included.")
    workspace, now = settings.load(), clock.now()
    with reading(open_database(workspace.database_url)) as connection:
        names = _asked(campaign, stored.names(connection))
        grid = gather(connection, workspace, now, names, *days)
    if ics is not None:
        from scheduler.grid.diary import diary

        write_whole(ics, diary(grid, now))
    if html is not None:
        from scheduler.grid.page import page

        title = f"Calendar of {grid.campaigns[0].title}" if campaign else "Calendar of the workspace"
        write_whole(html, page(grid, title, now))
    if as_json:
        show_json(as_data(grid))
    elif ics or html:
        _tell_written(grid, ics, html)
    else:
        _show(grid)


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = f"{option} '{text}' is not a day."
        raise UsageError(message, "Write it as 2027-01-12.") from None


def _asked(campaign: str | None, known: "Sequence[str]") -> list[str]:
    """Return the campaigns to show."""
    from campaigns.documents.faults import nearest, one_of

    if campaign is None or campaign in known:
        return [campaign] if campaign else list(known)
    message = f"There is no campaign '{campaign}' in the database."
    if not known:
        raise UsageError(message, "None was applied yet: apply one with `cordiale apply PATH`.")
    close = nearest(campaign, known)
    raise UsageError(message, close[0].upper() + close[1:] if close else f"Known: {one_of(known)}.")


def _tell_written(grid: "Grid", ics: Path | None, html: Path | None) -> None:
    what = f"{count(len(grid.lines), 'release')} and {count(len(grid.bands), 'blackout')}"
    if ics:
        typer.echo(f"Wrote {what} to {ics}. Import it into a diary; a newer file updates what an older one put there.")
    if html:
        typer.echo(f"Wrote {what} to {html}. Open it in a browser.")


def _show(grid: "Grid") -> None:
    """Print the grid as a table, then blackouts, days to remember and clashes."""
    if not grid.campaigns:
        typer.echo("No campaign yet. Next: cordiale apply campaigns")
        return
    headers, rows = _columns(grid)
    show_table(headers, rows)
    zones = sorted({each.zone for each in grid.lines})
    if len(zones) == 1:
        typer.echo(f"Times are those of {zones[0]}.")
    for band in grid.bands:
        typer.echo(f"Blackout of {band.partner} ({band.campaign}:{band.id}): {band.start} to {band.end} {band.zone}.")
    for mark in grid.marks:
        typer.echo(f"{mark.day}: {mark.text}.")
    for clash in grid.clashes:
        typer.echo(f"! clash ({clash.kind}): {clash.message}")
    if grid.trust_fault:
        typer.echo(f"Signatures could not be verified: {grid.trust_fault}")
    totals = (count(len(grid.lines), "release"), count(len(grid.clashes), "clash", "clashes"))
    typer.echo(f"{', '.join(totals)}.")


def _columns(grid: "Grid") -> "tuple[list[str], list[tuple[str, ...]]]":
    """Return headings and rows, without a column that would say nothing; one zone for all is told below the table."""
    from campaigns.clock import iso
    from content.bidi import isolate

    several = len(grid.campaigns) > 1
    headers = ["time", "zone", "UTC", "announcement", "release", "lead", "embargo", "clearance", "clash or risk"]
    rows = [
        (
            each.wall[:16].replace("T", " "),
            each.zone,
            utc[11:16] if (utc := iso(each.due))[:10] == each.wall[:10] else utc[:16].replace("T", " "),
            isolate(each.headline, "rtl") if each.direction == "rtl" else each.headline,
            f"{each.campaign}:{each.name}" if several else each.name,
            each.issuer,
            each.embargo.removeprefix("Under embargo ") if each.embargo.startswith("Under") else "",
            each.clearance,
            " ".join(each.risks),
        )
        for each in grid.lines
    ]
    said = [any(row[n] for row in rows) for n in range(len(headers))]
    said[1] = len({row[1] for row in rows}) > 1
    return [headers[n] for n, kept in enumerate(said) if kept], [
        tuple(cell for cell, kept in zip(row, said, strict=True) if kept) for row in rows
    ]
