"""`cordiale export`: an applied campaign, back into a file."""

from pathlib import Path
from typing import Annotated

import typer

from campaigns.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("export")(export)


def export(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The id of an applied campaign.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write it here instead of to standard output.")
    ] = None,
) -> None:
    """
    Write an applied campaign as YAML; loading the file again changes nothing.

    Example: cordiale export raqqa-voices --to campaigns/raqqa-voices.yaml
    """
    from campaigns import settings
    from campaigns.documents.dump import to_yaml
    from campaigns.documents.write import write_whole
    from campaigns.plan import stored
    from campaigns.store.engine import open_database, reading

    with reading(open_database(settings.load().database_url)) as connection:
        document = stored.read(connection, campaign)
        known = stored.names(connection)
    if document is None:
        message = f"There is no campaign '{campaign}' in the database."
        raise UsageError(message, _known(campaign, known))
    text = to_yaml(document)
    if to is None:
        typer.echo(text, nl=False)
        return
    write_whole(to, text)
    typer.echo(f"Wrote campaign {campaign} to {to}.")
    typer.echo(f"Next: cordiale plan {to}")


def _known(campaign: str, known: list[str]) -> str:
    from campaigns.documents.faults import nearest, one_of

    if not known:
        return "None was applied yet: apply one with `cordiale apply PATH`."
    close = nearest(campaign, known)
    return close[0].upper() + close[1:] if close else f"Known: {one_of(known)}."
