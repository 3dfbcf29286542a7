"""`late`, `retry`, `resolve`: what people decide about one release while things run."""

from typing import Annotated

import typer

from campaigns.errors import UsageError
from campaigns.terminal import me

Release = Annotated[str, typer.Argument(metavar="RELEASE", help="Its name (launch/fr-FR/fr-feed) or its id.")]
Person = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who you are; kept in the event log.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("late")(late)
    app.command("retry")(retry)
    app.command("resolve")(resolve)


def late(
    release: Release,
    person: Person = "",
    send: Annotated[bool, typer.Option("--send", help="Send it now, late as it is.")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Do not send it.")] = False,
) -> None:
    """
    Answer for a release that is late: send it all the same, or let it expire.

    Example: cordiale late launch/fr-FR/fr-feed --send
    """
    from scheduler.decisions import answer_late

    if send == skip:
        message = "Say what to do with it."
        raise UsageError(message, "Give --send or --skip.")
    answer_late(release, send=send, actor=person or me())
    if send:
        typer.echo(f"{release} goes out as soon as the gate lets it through. Next: cordiale why {release}")
    else:
        typer.echo(f"{release} expired, and will not be sent. Next: cordiale status")


def retry(release: Release, person: Person = "") -> None:
    """
    Schedule a failed release again. Its signatures still hold: the bytes are the same.

    Example: cordiale retry launch/ar/uk-press
    """
    from scheduler.decisions import retry as again

    again(release, actor=person or me())
    typer.echo(f"{release} is scheduled again. Next: cordiale why {release}")


def resolve(
    release: Release,
    person: Person = "",
    published: Annotated[bool, typer.Option("--published", help="You saw it on the channel.")] = False,
    url: Annotated[str | None, typer.Option("--url", help="Where you saw it.")] = None,
    absent: Annotated[bool, typer.Option("--absent", help="It is not there, and shall not be.")] = False,
    send: Annotated[bool, typer.Option("--send", help="It is not there: send it.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="How you know; kept in the event log.")] = "",
) -> None:
    """
    Say what became of an uncertain or handed-over release, after looking at the channel.

    Example: cordiale resolve launch/fr-FR/fr-press --published --url https://example.org/1
    """
    from scheduler.decisions import resolve as settle

    if [published, absent, send].count(True) != 1:
        message = "Say what you saw."
        raise UsageError(message, "Give one of --published, --absent, --send.")
    if url is not None and not (published and url.startswith(("https://", "http://"))):
        message = f"'{url}' cannot be where you saw it."
        raise UsageError(message, "Give --url https://… with --published; leave it out where there is no link.")
    move = "confirm" if published else "deny" if absent else "reschedule"
    state = settle(release, move, url=url, reason=reason, actor=person or me())
    typer.echo(f"{release} is now {state}. Next: cordiale why {release}")
