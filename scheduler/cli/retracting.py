"""`retract`: take down what is out. The daemon does it, through every hold, and tries until the channel confirms it."""

from typing import Annotated

import typer

from campaigns.errors import UsageError
from campaigns.terminal import count

LOOK = 0.2  #: seconds between two looks at the table


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("retract")(retract)


def retract(
    releases: Annotated[
        list[str], typer.Argument(metavar="RELEASE...", help="Their names (launch/fr-FR/fr-feed) or their ids.")
    ],
    partner: Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you act for.")],
    code: Annotated[
        str,
        typer.Option(
            "--code",
            metavar="CODE",
            help="wrong-fact, wrong-words, wrong-place, rights, safety, legal, superseded or other.",
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your words; the public register shows the code.")],
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait until it is seen to be gone.")
    ] = 30.0,
) -> None:
    """
    Take published releases down, where their channels can. Any one partner may, and a hold does not stop it.

    Exit 1 while one of them is not confirmed to be gone.

    Example: cordiale retract launch/fr-FR/fr-mastodon --as fr --code wrong-fact --reason "The figure is of 2025."
    """
    from campaigns import settings
    from scheduler.decisions import retract as take_down
    from scheduler.releases.journal import in_use
    from scheduler.releases.retract_codes import Code

    if code not in set(Code):
        message = f"There is no reason '{code}'."
        raise UsageError(message, f"Give --code as one of {', '.join(Code)}.")
    asked = {name: take_down(name, partner=partner, code=Code(code), words=reason)["id"] for name in releases}
    typer.echo(f"{partner} takes down {', '.join(asked)} ({code}). The daemon tries until each is seen to be gone.")
    if not in_use(settings.load().trust):
        typer.echo("No daemon publishes from this workspace now. Next, so that it comes down: cordiale run")
        raise typer.Exit(1 if wait else 0)
    if wait and not _watch(asked, wait):
        raise typer.Exit(1)
    if not wait:
        typer.echo(f"Next: cordiale why {releases[0]}")


def _watch(asked: dict[str, str], seconds: float) -> bool:
    """Say of each release how it ended, as it ends; return whether all are gone after at most *seconds*."""
    import time

    from scheduler.decisions import outcome_of
    from scheduler.releases.states import State

    open_, end, why = dict(asked), time.monotonic() + seconds, ""
    while True:
        for name, release in list(open_.items()):
            state, why = outcome_of(release)
            if state is not State.RETRACTING:
                typer.echo(f"{name} is {state}. {why}".rstrip())
                del open_[name]
        if not open_:
            typer.echo("Next: cordiale status")
            return True
        if time.monotonic() >= end:
            typer.echo(
                f"{count(len(open_), 'release is', 'releases are')} not confirmed to be gone yet. {why}".rstrip()
            )
            typer.echo(f"The daemon goes on trying. Next: cordiale why {next(iter(open_))}")
            return False
        time.sleep(LOOK)
