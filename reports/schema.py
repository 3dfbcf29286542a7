"""`cordiale schema`: what text editors need to complete and check a campaign file."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("schema")(schema)


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it here instead of to standard output.")
    ] = None,
) -> None:
    """
    Print the JSON Schema of a campaign file. Editors complete keys, explain them and underline faults with it.

    A new workspace has it beside its campaigns. Write it anew after changing spend gates, or with a newer cordiale.

    A campaign's first line names it; a file that campaigns include adds #/$defs/Shared to that name.

    Example: cordiale schema --out campaigns/cordiale.schema.json
    """
    from campaigns import settings
    from campaigns.documents.jsonschema import build, to_text
    from campaigns.documents.write import write_whole
    from content.checklist import CHECKS
    from reports.metrics import METRICS
    from scheduler.roster import PUBLISHERS

    text = to_text(
        build(
            kinds={each.kind: _says(each) for each in PUBLISHERS},
            checks={each.id: _says(type(each)) for each in CHECKS},
            metrics={each.id: f"{each.en} ({each.stage})." for each in METRICS.values()},
            gates={each.id: f"{each.partner}: {each.authority}." for each in settings.load().spend_gates},
        )
    )
    if out is None:
        typer.echo(text, nl=False)
        return
    write_whole(out, text)
    typer.echo(f"Wrote {out}. A campaign file beside it names it in its first line:")
    typer.echo(f"# yaml-language-server: $schema={out.name}")


def _says(kind: type) -> str:
    """Return the first line of a class's docstring."""
    return (kind.__doc__ or "").strip().partition("\n")[0]
