"""The commands of this floor: `preview` and `limits`. No database, no network."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from campaigns.documents import schema
    from campaigns.settings import Settings
    from content.preview import Preview
    from content.rendering import Request


def register(app: typer.Typer) -> None:
    """Add this floor's commands to *app*."""
    app.command("preview")(preview)
    app.command("limits")(limits)


def preview(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")],
    message: Annotated[str | None, typer.Option(help="Only this message.")] = None,
    locale: Annotated[str | None, typer.Option(help="Only this locale, such as fr-FR.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page for a browser.")] = None,
) -> None:
    """
    Show every message as each channel will show it, with what the checks find.

    Example: cordiale preview campaigns/ --locale ar --html preview.html
    """
    from campaigns import settings
    from campaigns.documents.load import load
    from campaigns.errors import UsageError
    from content import preview as previews
    from content.checklist import blocking

    workspace = settings.load()
    documents = [loaded.document for loaded in load(paths, workspace)]
    wanted = {"message": message, "locale": locale, "channel": channel}
    shown: list[Preview] = []
    for document in documents:
        for name, request in requests(document, workspace):
            there = {"message": request.message.id, "locale": request.locale, "channel": request.channel.id}
            if all(value in {None, there[key]} for key, value in wanted.items()):
                shown.append(previews.prepare(name, request))
    if not shown:
        asked = " ".join(f"--{key} {value}" for key, value in wanted.items() if value)
        message = f"No release matches {asked}." if asked else "These campaigns release nothing."
        raise UsageError(message, "Look at `releases:`; a locale must be one of the channel that an audience reads.")
    shown.sort(key=lambda each: (each.request.message.id, each.request.channel.id))
    _show(shown, ", ".join(document.campaign for document in documents), html, workspace)
    if any(blocking(each.findings) for each in shown):
        raise typer.Exit(1)


def requests(document: "schema.Campaign", workspace: "Settings") -> Iterator[tuple[str, "Request"]]:
    """
    Yield name and request of each release entry, locale and channel; a rendering that two entries share comes once.

    Raises:
        MediaFault: If a media file lies outside the media folder.
    """
    from content import wording
    from content.request import request_for

    messages = {message.id: message for message in document.messages}
    channels = {channel.id: channel for channel in document.channels}
    seen: set[tuple[str, str, str, str, bool]] = set()
    for entry in document.releases:
        message = messages[entry.message]
        read = {locale for each in document.audiences if each.id in message.audiences for locale in each.locales}
        variants = wording.variants(message) if entry.variant == "alternate" else (entry.variant or wording.ORIGINAL,)
        for key in entry.channels:
            channel = channels[key]
            for locale in (each for each in channel.locales if each in read):
                for variant in variants:
                    if (message.id, variant, locale, key, entry.under_embargo) in seen:
                        continue
                    seen.add((message.id, variant, locale, key, entry.under_embargo))
                    request = request_for(
                        document, entry, message, variant=variant, locale=locale, channel=channel, settings=workspace
                    )
                    yield f"{entry.id}/{locale}/{key}", request


def _show(shown: "Sequence[Preview]", title: str, html: Path | None, workspace: "Settings") -> None:
    """Write the page, or print to the terminal."""
    from rich.console import Console

    from campaigns.errors import EnvironmentFault
    from content import preview as previews

    if html is None:
        console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
        console.print(previews.terminal(shown, width=console.width, interactive=console.is_terminal))
        return
    page = previews.html(shown, f"Preview of {title}", workspace.media)
    try:
        html.write_text(page, "utf-8")
    except OSError as error:
        message = f"The preview could not be written to {html}: {error.strerror}."
        raise EnvironmentFault(message, "Name a file in a folder that you may write to.") from None
    typer.echo(f"Wrote {len(shown)} previews to {html}. Open it in a browser.")
    for each in shown:
        for finding in each.findings:
            typer.echo(f"  {previews.verdict(finding)} {each.name} ({finding.check}): {finding.message}")


def limits(
    json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """
    List what each kind of channel holds, in which unit, who says so, and when it was read.

    Example: cordiale limits --json
    """
    from campaigns import clock
    from content import limits as data

    today = clock.now().date()
    if json:
        from json import dumps

        rows = [
            {
                "kind": limit.kind,
                "field": limit.field,
                "value": limit.value,
                "unit": limit.unit,
                "source": limit.source,
                "checked_on": limit.checked_on.isoformat(),
                "firmness": limit.firmness,
                "stale": limit.stale(today),
            }
            for limit in data.LIMITS
        ]
        typer.echo(dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Kind", "Field")
    table.add_column("Limit", justify="right")
    for name in ("Unit", "Enforced", "Read on", "Source"):
        table.add_column(name)
    for limit in data.LIMITS:
        read = f"{limit.checked_on.isoformat()}{', read it again' if limit.stale(today) else ''}"
        enforced = "hard" if limit.hard else "soft"
        table.add_row(limit.kind, limit.field, f"{limit.value:,}", limit.unit, enforced, read, limit.source)
    Console(highlight=False).print(table)
