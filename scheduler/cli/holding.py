"""`hold` and `resume`: stop at once, on one partner's word; go on when all agree, having seen what would go out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaigns.errors import UsageError
from campaigns.terminal import count, show_json, show_table

if TYPE_CHECKING:
    from scheduler.stopping import Resumption, Stopped

LOOK = 0.2  #: seconds between two looks at the table
SHOWN = 12  #: releases that are named one by one


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    holds = typer.Typer()
    holds.callback(invoke_without_command=True)(hold)
    holds.command("list")(list_)
    app.add_typer(holds, name="hold")
    app.command("resume")(resume)


def hold(
    context: typer.Context,
    partner: Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you act for.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; everybody reads it.")] = "",
    campaign: Annotated[str, typer.Option("--campaign", metavar="ID", help="Hold one campaign.")] = "",
    channel: Annotated[str, typer.Option("--channel", metavar="ID", help="Hold one channel.")] = "",
    issuer: Annotated[str, typer.Option("--partner", metavar="ID", help="Hold one partner's channels.")] = "",
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to watch what is on the wire.")
    ] = 10.0,
) -> None:
    """
    Stop publishing at once: everything, or one campaign, channel or partner. Any one partner may.

    It works while the database is down as well: the daemon of this machine reads the held-file beside the trust file.
    `cordiale hold list` shows what is held.

    Example: cordiale hold --as fr --reason "attack in Nice, no campaign today"
    """
    if context.invoked_subcommand:
        return
    from scheduler.stopping import stop

    if not partner or not reason:
        message = "A hold names who holds, and why."
        raise UsageError(message, 'Write: cordiale hold --as PARTNER --reason "…". `cordiale hold list` shows holds.')
    scopes = [
        (name, target) for name, target in (("campaign", campaign), ("channel", channel), ("partner", issuer)) if target
    ]
    if len(scopes) > 1:
        message = "A hold has one scope."
        raise UsageError(message, "Give one of --campaign, --channel, --partner, or none to hold everything.")
    scope, target = scopes[0] if scopes else ("all", "")
    done = stop(scope, target, partner, reason)
    what = f"{scope.capitalize()} {target}" if target else "Everything"
    _tell_stopped(done, what, partner)
    if done.wire and wait:
        _watch({str(row["id"]): str(row["name"]) for row in done.wire}, wait)
    typer.echo(f"Next, to lift it, each partner: cordiale resume {done.id} --as PARTNER --key FILE")
    if done.database is not None:
        raise typer.Exit(3)


def _tell_stopped(done: "Stopped", what: str, partner: str) -> None:
    typer.echo(f"{what} is held by {partner} (hold {done.id}).", nl=False)
    typer.echo(" No release of it begins from now on." if done.certain else "")
    if done.unchecked:
        typer.echo(f"Not checked: whether {partner} is a partner. {done.unchecked}")
    if done.file is not None:
        typer.echo(f"It stands in the database alone. {done.file.message}")
    if done.database is not None:
        _tell_unknown(done, done.database.message)
    elif not done.wire:
        typer.echo("Nothing of it is on the wire.")
    else:
        typer.echo(f"{count(len(done.wire), 'release')} had already begun:")
        _name([str(row["name"]) for row in done.wire])


def _tell_unknown(done: "Stopped", why: str) -> None:
    """Say what is known and what is not while the database does not answer."""
    typer.echo(f"The database does not know of it. {why}", err=True)
    typer.echo(
        "  This machine: its daemon reads the held-file, and tells the database when that answers again.", err=True
    )
    typer.echo("  Other machines: their daemons do not know of it. Run the same command there.", err=True)
    if not done.certain:
        typer.echo(
            "  Not certain: a daemon here was in the middle of beginning, kept waiting by the database.", err=True
        )
    typer.echo("  Not checked: whether there is such a campaign, channel or partner.", err=True)
    if done.begun:
        number = count(len(done.begun), "release")
        typer.echo(f"  On the wire, by this machine's send journal, may be {number}:", err=True)
        _name(done.begun, err=True)
    else:
        typer.echo("  On the wire, by this machine's send journal: nothing.", err=True)
    typer.echo("  How they ended, when the database answers: cordiale hold list", err=True)


def _name(names: Sequence[str], *, err: bool = False) -> None:
    for name in names[:SHOWN]:
        typer.echo(f"  {name}", err=err)
    if len(names) > SHOWN:
        typer.echo(f"  and {len(names) - SHOWN:,} more; `cordiale hold list` names them all.", err=err)


def _watch(wire: dict[str, str], seconds: float) -> None:
    """Say how each release on the wire ends, as it ends, for at most *seconds*."""
    import time

    from campaigns import settings
    from campaigns.store.glance import glance
    from scheduler.status import on_the_wire

    url, end, left = settings.load().database_url, time.monotonic() + seconds, dict(wire)
    while left:
        with glance(url) as ask:
            for row in on_the_wire(ask, list(left)):
                if row["state"] not in {"claimed", "sending"}:
                    typer.echo(f"  {row['name']}: {_ended(row)}")
                    left.pop(row["id"])
        if left and time.monotonic() >= end:
            number = count(len(left), "release is", "releases are")
            typer.echo(f"{number} still on the wire; `cordiale hold list` shows how they end.")
            return
        if left:
            time.sleep(LOOK)


def _ended(row: dict[str, Any]) -> str:
    where = f" at {row['remote_url']}" if row["remote_url"] else ""
    said = "it did not go out, and waits" if row["state"] == "scheduled" else row["state"]
    return f"{said}{where}. {row['reason']}".rstrip() if row["state"] != "published" else f"{said}{where}"


def list_(
    every: Annotated[bool, typer.Option("--all", help="Lifted ones as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    List the holds that stand: by whom, why, who agreed to lift them, and how what was on the wire ended.

    Example: cordiale hold list
    """
    from campaigns import settings
    from campaigns.store.glance import glance
    from scheduler.status import holds

    workspace = settings.load()
    with glance(workspace.database_url) as ask:
        told = holds(ask, workspace.trust, lifted=every)
    if as_json:
        show_json(told)
        return
    if not told:
        typer.echo("Nothing is held.")
        return
    show_table(
        ["hold", "what", "by", "since", "why", "agreed to resume", "lifted"],
        [
            (
                each["id"],
                f"{each['scope']} {each['target']}".strip(),
                each["partner"],
                _minute(each["placed_at"]) or "held-file alone",
                each["reason"],
                ", ".join(f"{person} ({partner})" for person, partner in each["agreed"].items()),
                _minute(each["lifted_at"]),
            )
            for each in told
        ],
    )
    for each in told:
        if each["on_the_wire"]:
            typer.echo(f"\nOn the wire when {each['id']} was placed:")
            for row in each["on_the_wire"]:
                typer.echo(f"  {row['name']}: {_ended(row)}")


def _minute(instant: str | None) -> str:
    return f"{str(instant)[:19]}Z" if instant else ""


def resume(
    partner: Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you act for.")],
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Your private key.")] = None,
    hold_id: Annotated[
        str, typer.Argument(metavar="[HOLD]", help="Which hold; may be left out when there is one.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; needed in a pipe where something would go out.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what would go out as JSON.")] = False,
) -> None:
    """
    Agree to lift a hold, after seeing what is overdue under it. It lifts with the last partner's agreement.

    What is overdue does not go out at once: `catch_up` in cordiale.toml says over how many minutes it is spread.

    Example: cordiale resume --as uk --key keys/uk-officer.key
    """
    import sys

    from scheduler import stopping

    found = stopping.before_resuming(hold_id)
    if as_json:
        show_json(_as_data(found))
    else:
        _tell_overdue(found)
    if dry_run:
        return
    if key is None:
        message = "Lifting a hold takes a signature."
        raise UsageError(message, "Give your private key with --key FILE, or --dry-run to look alone.")
    moves = any(each.what in {"send", "skip"} for each in found.overdue)
    if moves and not yes:
        if not sys.stdin.isatty():
            message = "Something would go out or expire, and nobody can be asked here."
            raise UsageError(message, "Look at it with --dry-run, then say --yes.")
        typer.confirm(f"Agree to lift it for {partner}?", abort=True, err=as_json)
    missing = stopping.resume(found, partner, key)
    if missing:
        waits = " and ".join(_waits(found, each) for each in missing)
        typer.echo(f"{partner} agrees to resume. Waiting for {waits}.", err=as_json)
        typer.echo(f"Next: cordiale resume {found.hold['id']} --as {missing[0]} --key FILE", err=as_json)
        return
    late = " What is overdue goes out at the pace shown above." if found.overdue else ""
    others = f" {count(found.others, 'other hold stands', 'other holds stand')}." if found.others else ""
    typer.echo(f"All partners agree: the hold is lifted.{late}{others}", err=as_json)
    typer.echo("Next: cordiale status", err=as_json)


def _waits(found: "Resumption", partner: str) -> str:
    needed = found.trust.thresholds.get(partner, 1)
    return partner if needed == 1 else f"{partner} ({needed} persons have to sign)"


def _tell_overdue(found: "Resumption") -> None:
    from campaigns import clock
    from campaigns.clock import iso
    from scheduler.engine.catch_up import grouped

    held = f"{found.hold['scope']} {found.hold['target']}".strip()
    typer.echo(f"Hold {found.hold['id']} on {held}, by {found.hold['partner']}: {found.hold['reason']}")
    if not found.overdue:
        typer.echo("Nothing is overdue under it.")
        return
    typer.echo("Overdue under it, if it is lifted now:")
    rows = grouped(found.overdue, clock.now())
    show_table(
        ["campaign", "channel", "send", "skip", "ask", "kept back", "late by up to", "minutes to drain"],
        [(g.campaign, g.channel, g.send, g.skip, g.ask, g.kept, span(g.latest), f"{g.minutes:.1f}") for g in rows],
        figures=[2, 3, 4, 5, 7],
    )
    for what, title in (
        ("send", "Would go out"),
        ("skip", "Too late, would expire"),
        ("ask", "Too late, a person answers: cordiale late RELEASE --send|--skip"),
        ("kept", "Kept back by something else"),
    ):
        some = [each for each in found.overdue if each.what == what]
        if some:
            typer.echo(f"{title}:")
        for each in some[:SHOWN]:
            when = f"  at {iso(each.at)}" if each.at else ""
            typer.echo(f"  {each.name}  due {iso(each.due)}{when}  {each.why}".rstrip())
        if len(some) > SHOWN:
            typer.echo(f"  and {len(some) - SHOWN:,} more; all with --json.")


def _as_data(found: "Resumption") -> dict[str, Any]:
    from campaigns import clock
    from scheduler.engine.catch_up import grouped

    now = clock.now()
    groups = [
        {
            "campaign": g.campaign,
            "channel": g.channel,
            "send": g.send,
            "skip": g.skip,
            "ask": g.ask,
            "kept": g.kept,
            "late_seconds": round(g.latest.total_seconds()),
            "minutes": g.minutes,
        }
        for g in grouped(found.overdue, now)
    ]
    releases = [
        {
            "id": each.id,
            "release": each.name,
            "campaign": each.campaign,
            "channel": each.channel,
            "due": clock.iso(each.due),
            "what": each.what.value,
            "at": clock.iso(each.at) if each.at else None,
            "why": each.why,
        }
        for each in found.overdue
    ]
    hold = {name: found.hold[name] for name in ("id", "scope", "target", "partner", "reason", "resumed_by")}
    return {"hold": hold, "groups": groups, "releases": releases}


def span(late: Any) -> str:
    """Return `40 s`, `16 min`, `3.5 h`, `2 d`: a lateness in one unit."""
    seconds = late.total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"
