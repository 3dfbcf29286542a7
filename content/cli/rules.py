"""`cordiale limits` and `glossary`: how much room there is, and what things are called."""

import sys
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("limits")(limits)
    app.command("glossary")(glossary)


def limits(
    json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    kind: Annotated[str | None, typer.Option(help="Only this kind of channel or network, such as x.")] = None,
) -> None:
    """
    List what each kind of channel holds, in which unit, who says so, and when it was read.

    What servers declared about themselves, as `doctor` heard it, comes last and wins over the row of their kind.

    Example: cordiale limits --kind mastodon
    """
    from campaigns import clock, settings
    from campaigns.errors import UsageError
    from content import limits as data
    from content import listing

    today = clock.now().date()
    rows = [row for row in listing.rows(settings.load()) if kind in {None, row.kind}]
    if not rows:
        message = f"No limits are known of '{kind}'."
        raise UsageError(message, f"There are some of {', '.join(sorted({*data.KINDS, *listing.OTHER_KINDS}))}.")
    if json:
        from json import dumps

        typer.echo(dumps([row.facts(today) for row in rows], ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    width = None if sys.stdout.isatty() else listing.WIDTH
    console = Console(highlight=False, width=width, soft_wrap=False)
    console.print(listing.table(rows, today, console.width))
    if old := sum(row.stale(today) for row in rows):
        typer.echo(f"{old} of {len(rows)} rows are older than {data.STALE_AFTER.days} days: read their sources again.")


def glossary(
    locale: Annotated[str | None, typer.Option(help="Only this locale, such as fr-FR.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the terms as JSON.")] = False,
) -> None:
    """
    List what things are called and what they are not called, in each language, as this workspace holds it.

    Put terms of your own into glossary.yaml; one with the id of a joint term takes its place.

    Example: cordiale glossary --locale ar
    """
    from campaigns import settings
    from campaigns.documents.faults import nearest
    from campaigns.errors import UsageError
    from campaigns.locales import LOCALES
    from content import glossary as data

    if locale is not None and locale not in LOCALES:
        message = f"'{locale}' is not a locale that Cordiale speaks."
        hint = nearest(locale, LOCALES).replace("did", "Did") or f"Known: {', '.join(LOCALES)}."
        raise UsageError(message, hint)
    held = data.load(settings.load().root)
    rows: list[dict[str, Any]] = [
        {
            "id": term.id,
            "locale": each,
            "say": term.say.get(each),
            "never": [form.term for form in term.never.get(each, ())],
            "avoid": [form.term for form in term.avoid.get(each, ())],
            "required": term.required,
            "because": term.because,
            "source": term.source,
            "joint": term.id in held.joint,
        }
        for term in held.terms
        for each in LOCALES
        if locale in {None, each} and any(each in places for places in (term.say, term.never, term.avoid))
    ]
    if json:
        from json import dumps

        typer.echo(dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Term", "Locale", "Say", "Never", "Avoid", "From")
    for row in rows:
        never, avoid = (", ".join(row[key]) for key in ("never", "avoid"))
        table.add_row(row["id"], row["locale"], row["say"] or "", never, avoid, "joint" if row["joint"] else data.FILE)
    console = Console(highlight=False)
    console.print(table)
    for term in held.terms:
        console.print(f"{term.id}: {term.because}", soft_wrap=True, markup=False)
