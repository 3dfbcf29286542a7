"""`hold`, `resume`, `late`, `retry`, `resolve`, `retract`: what people decide while things run."""

from pathlib import Path
from typing import Annotated

import typer

from campaigns.errors import Refused, UsageError
from campaigns.terminal import count, me

Release = Annotated[str, typer.Argument(metavar="RELEASE", help="Its name (launch/fr-FR/fr-feed) or its id.")]
Partner = Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you act for.")]
Person = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who you are; kept in the event log.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("hold")(hold)
    app.command("resume")(resume)
    app.command("late")(late)
    app.command("retry")(retry)
    app.command("resolve")(resolve)
    app.command("retract")(retract)


def hold(
    partner: Partner,
    reason: Annotated[str, typer.Option("--reason", help="Why; everybody reads it.")],
    campaign: Annotated[str, typer.Option("--campaign", metavar="ID", help="Hold one campaign.")] = "",
    channel: Annotated[str, typer.Option("--channel", metavar="ID", help="Hold one channel.")] = "",
    issuer: Annotated[str, typer.Option("--partner", metavar="ID", help="Hold one partner's channels.")] = "",
) -> None:
    """
    Stop publishing at once: everything, or one campaign, channel or partner. Any one partner may.

    Example: cordiale hold --as fr --reason "attack in Nice, no campaign today"
    """
    from campaigns import clock, settings
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database, writing
    from scheduler.engine import hold as holds
    from scheduler.releases.identity import release_name

    scopes = [
        (name, target) for name, target in (("campaign", campaign), ("channel", channel), ("partner", issuer)) if target
    ]
    if len(scopes) > 1:
        message = "A hold has one scope."
        raise UsageError(message, "Give one of --campaign, --channel, --partner, or none to hold everything.")
    scope, target = scopes[0] if scopes else ("all", "")
    workspace, now = settings.load(), clock.now()
    partners = TrustStore(workspace.trust).current(now).partners
    if partner not in partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(partners)}.")
    with writing(open_database(workspace.database_url)) as connection:
        placed, on_the_wire = holds.place(
            connection, workspace.trust, scope=scope, target=target, partner=partner, reason=reason, at=now
        )
    what = f"{scope.capitalize()} {target}" if target else "Everything"
    typer.echo(f"{what} is held by {partner} (hold {placed}). No release of it begins from now on.")
    if on_the_wire:
        typer.echo(f"{count(len(on_the_wire), 'release')} had already begun; `cordiale releases` shows how they end:")
        for row in on_the_wire:
            typer.echo(f"  {release_name(row['entry'], row['occurrence'], row['locale'], row['channel'])}")
    typer.echo(f"Next, to lift it, each partner: cordiale resume {placed} --as PARTNER --key FILE")


def resume(
    partner: Partner,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")],
    hold_id: Annotated[
        str, typer.Argument(metavar="[HOLD]", help="Which hold; may be left out when there is one.")
    ] = "",
) -> None:
    """
    Agree to lift a hold. It lifts with the last partner's agreement.

    Example: cordiale resume --as uk --key keys/uk.key
    """
    from campaigns import clock, settings
    from campaigns.signoff import envelope, keys, statement
    from campaigns.signoff.statement import Subject
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database, writing
    from scheduler.engine import hold as holds

    workspace, now = settings.load(), clock.now()
    trust = TrustStore(workspace.trust).current(now)
    with writing(open_database(workspace.database_url)) as connection:
        found = holds.standing(connection, workspace.trust, hold_id or None)
        if len(found) != 1:
            message = (
                f"There is no hold {hold_id}."
                if hold_id
                else ("Nothing is held." if not found else f"{len(found)} holds stand.")
            )
            hint = "Say which: " + ", ".join(each["id"] for each in found) + "." if found else "See `cordiale status`."
            raise Refused(message, hint)
        subject = Subject(found[0]["id"], holds.digest_of(found[0]))
        signed = envelope.sign(statement.make("*", partner, "resume", "", [subject], now), keys.load_signer(key))
        decision = envelope.verify(signed, trust)
        missing = holds.resume(
            connection,
            workspace.trust,
            hold=found[0],
            partner=partner,
            person=decision.person,
            partners=trust.partners,
            envelope=signed,
            at=now,
        )
    if missing:
        typer.echo(f"{partner} agrees to resume. Waiting for {' and '.join(missing)}.")
        typer.echo(f"Next: cordiale resume {found[0]['id']} --as {missing[0]} --key FILE")
    else:
        typer.echo("All partners agree: the hold is lifted. What is late follows its if_late policy.")
        typer.echo("Next: cordiale status")


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
) -> None:
    """
    Say what became of an uncertain or handed-over release, after looking at the channel.

    Example: cordiale resolve launch/fr-FR/fr-press --published --url https://example.org/1
    """
    from scheduler.decisions import resolve as settle

    if [published, absent, send].count(True) != 1:
        message = "Say what you saw."
        raise UsageError(message, "Give one of --published, --absent, --send.")
    move = "confirm" if published else "deny" if absent else "reschedule"
    state = settle(release, move, url=url, actor=person or me())
    typer.echo(f"{release} is now {state}. Next: cordiale why {release}")


def retract(
    release: Release,
    partner: Partner,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept for the register.")],
) -> None:
    """
    Take a published release down, where its channel can. Any one partner may.

    Example: cordiale retract launch/fr-FR/fr-mastodon --as fr --reason "wrong figure"
    """
    from scheduler.decisions import retract as take_down

    typer.echo(take_down(release, partner=partner, reason=reason))
