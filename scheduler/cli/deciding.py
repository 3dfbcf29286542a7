"""`approve`, `refuse` and `withdraw`: an official's word on what waits, or on what was approved and has not left."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.terminal import count
from scheduler.cli.selecting import Channels, Locales, Messages, Releases, picked

if TYPE_CHECKING:
    from campaigns.settings import Settings
    from campaigns.signoff.statement import Answer
    from campaigns.signoff.trust import Trust
    from scheduler.review.decide import Effect
    from scheduler.review.selection import Selection

Partner = Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you sign for.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")]
Target = Annotated[
    str, typer.Argument(metavar="CAMPAIGN|FILE", help="A campaign of this database, or a review bundle.")
]
_BECAUSE = ("--because", "--reason")


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("approve")(approve)
    app.command("refuse")(refuse)
    app.command("withdraw")(withdraw)


def is_bundle(target: str) -> bool:
    """Return whether a command's word means a file rather than a campaign."""
    path = Path(target)
    return path.suffix == ".zip" or path.is_file()


def approve(
    target: Target,
    partner: Partner,
    key: Key,
    reason: Annotated[str, typer.Option(*_BECAUSE, metavar="TEXT", help="A remark to keep.")] = "",
    releases: Releases = None,
    messages: Messages = None,
    locales: Locales = None,
    channels: Channels = None,
) -> None:
    """
    Sign everything of a campaign that waits for you, or a part of it, byte for byte as `review` shows it.

    Example: cordiale approve raqqa-voices --as fr --key keys/fr.key --locale fr-FR
    """
    _decide(target, partner, key, "approve", reason, picked(releases, messages, locales, channels))


def refuse(
    target: Target,
    partner: Partner,
    key: Key,
    reason: Annotated[str, typer.Option(*_BECAUSE, metavar="TEXT", help="Why; the author reads it.")],
    releases: Releases = None,
    messages: Messages = None,
    locales: Locales = None,
    channels: Channels = None,
) -> None:
    """
    Refuse a campaign's open releases, or a part of them, with a reason. An edit makes them drafts again.

    Example: cordiale refuse raqqa-voices --as uk --key keys/uk.key --message m1 --because "the figure is out of date"
    """
    _decide(target, partner, key, "refuse", reason, picked(releases, messages, locales, channels))


def withdraw(
    target: Target,
    partner: Partner,
    key: Key,
    reason: Annotated[str, typer.Option(*_BECAUSE, metavar="TEXT", help="Why; everybody reads it.")],
    releases: Releases = None,
    messages: Messages = None,
    locales: Locales = None,
    channels: Channels = None,
) -> None:
    """
    Take your own approval back, at once, from everything of a campaign that has not left, or from a part of it.

    What is on the wire or out is not reached: take it down with `cordiale retract`. Doing it twice does no more.

    Example: cordiale withdraw raqqa-voices --as fr --key keys/fr.key --release launch --because "the court has ruled"
    """
    pick = picked(releases, messages, locales, channels)
    if is_bundle(target):
        _sign_bundle(Path(target), partner, key, "withdraw", reason, pick)
        return
    from campaigns import settings
    from campaigns.store.engine import open_database
    from scheduler.review.decide import withdraw as end

    workspace = settings.load()
    database = open_database(workspace.database_url)
    effect, found, said = end(
        database, workspace.trust, campaign=target, partner=partner, key=key, reason=reason, pick=pick
    )
    if effect is None:
        typer.echo(said)
    else:
        tell(effect)
    if found.out:
        typer.echo(f"Not withdrawn, because it has left or may have: {', '.join(found.out)}.")
        typer.echo(f"Next: cordiale retract {found.out[0]} --as {partner} --reason TEXT")


def _decide(target: str, partner: str, key: Path, decision: "Answer", reason: str, pick: "Selection") -> None:
    if is_bundle(target):
        _sign_bundle(Path(target), partner, key, decision, reason, pick)
        return
    from campaigns import settings
    from campaigns.store.engine import open_database
    from scheduler.review.decide import decide

    workspace = settings.load()
    database = open_database(workspace.database_url)
    effect, _ = decide(
        database,
        workspace.trust,
        campaign=target,
        partner=partner,
        key=key,
        decision=decision,
        reason=reason,
        pick=pick,
    )
    tell(effect)
    if decision == "refuse":
        _talk(workspace, target, pick)


def _talk(workspace: "Settings", campaign: str, pick: "Selection") -> None:
    """Say of what was refused for the last time that people must talk."""
    from campaigns import clock
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database, reading
    from scheduler.review import show
    from scheduler.review.docket import Terms, items

    trust = TrustStore(workspace.trust).current(clock.now())
    with reading(open_database(workspace.database_url)) as connection:
        for item in items(connection, trust, campaign, pick, Terms.of(workspace)):
            if item.must_talk:
                typer.echo(f"! {show.talk(item)}")


def _sign_bundle(path: Path, partner: str, key: Path, decision: "Answer", reason: str, pick: "Selection") -> None:
    from campaigns.documents.write import write_whole
    from scheduler.bundle import pack

    whole, _ = pack.read(path)
    found = whole.part(pick)
    signed = pack.sign(found, partner, key, decision, reason, _trust_at_hand())
    target = pack.signature_file(path, partner)
    write_whole(target, signed)
    words: dict[str, str] = {"approve": "Approved", "refuse": "Refused", "withdraw": "Withdrew the approval of"}
    typer.echo(f"{words[decision]} {count(len(found.subjects(partner)), 'release')} of {found.campaign} for {partner}.")
    typer.echo(f"The signature is in {target}.")
    typer.echo(f"Next, where the database is: cordiale signatures import {target}")


def _trust_at_hand() -> "Trust | None":
    """Return the trust of the current folder; None where an official signs with a bundle and a key alone."""
    from campaigns import clock, settings
    from campaigns.signoff.trust import TrustStore
    from campaigns.signoff.trust_files import TARGETS

    folder = settings.load().trust
    return TrustStore(folder).current(clock.now()) if (folder / TARGETS).is_file() else None


def tell(effect: "Effect") -> None:
    """Say what a decision did, and name the next command."""
    who = f"{effect.person} signed for {effect.partner}"
    if effect.withdrawn:
        typer.echo(f"{who}: the approval of {count(effect.withdrawn, 'release')} is withdrawn, and holds from now on.")
    elif (effect.answered or effect.objected) and not (
        effect.scheduled or effect.waiting or effect.short or effect.refused
    ):
        typer.echo(f"{who}.")
    elif effect.refused:
        typer.echo(
            f"{who}: {count(effect.refused, 'release')} refused. Next: mend the campaign file and apply it again."
        )
    else:
        scheduled = count(effect.scheduled, "release")
        typer.echo(f"{who}: {scheduled} now scheduled, {effect.waiting:,} waiting for another partner.")
    for number, what in (
        (effect.short, f"waiting for another person of {effect.partner} as well"),
        (effect.answered, "had gone out under an urgent rule, and this word is no longer owed"),
        (effect.objected, "had gone out under an urgent rule; your objection is on record"),
        (effect.stale, "changed since, or is no longer open: this signature does not cover it"),
        (effect.barred, "was refused by a partner: an edit makes it a draft, which is signed again"),
        (effect.own, f"not counted: {effect.person} wrote it, and somebody else must sign"),
    ):
        if number:
            typer.echo(f"{count(number, 'release')}: {what}.")
    if effect.objected:
        typer.echo(f"Next: cordiale retract RELEASE --as {effect.partner} --reason TEXT, to take it down")
    if effect.waiting or effect.short or effect.own or effect.withdrawn:
        typer.echo(f"Next: cordiale review {effect.campaign}")
    elif effect.scheduled:
        typer.echo("Next: cordiale run")
