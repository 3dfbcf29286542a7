"""`status`, `releases` and `why`: where things stand, and what would have to happen."""

from typing import Annotated, Any

import typer

from campaigns.errors import UsageError
from campaigns.terminal import count, show_json, show_table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("status")(status)
    app.command("releases")(releases)
    app.command("why")(why)


def status(as_json: AsJson = False) -> None:
    """
    Show where every campaign stands; exit 1 while anything is late, uncertain, failed, damaged, untold or owed.

    Example: cordiale status
    """
    from dataclasses import asdict

    from campaigns import clock, settings
    from campaigns.audit import seen
    from campaigns.signoff.ahead import notices
    from campaigns.store.glance import glance
    from scheduler import signs
    from scheduler.status import gather

    workspace, now = settings.load(), clock.now()
    known = seen.look(workspace.trust)  # before the database, whose view must not be older
    with glance(workspace.database_url) as ask:
        found = gather(ask, now, workspace.trust, seen=known)
    daemon = signs.read(workspace.trust, now)
    healthy = found.healthy and daemon.healthy
    if as_json:
        show_json({**asdict(found), "daemon": asdict(daemon), "healthy": healthy})
    else:
        _tell(found)
        for sentence in notices(workspace.trust, now):
            typer.echo(sentence)
        waiting = any(each.get("scheduled") for each in found.counts.values())
        _tell_of_the_daemon(daemon, waiting=waiting and not any(each["seen"] for each in found.crew))
    if not healthy:
        raise typer.Exit(1)


def _tell(found: Any) -> None:
    if found.log_fault:
        typer.echo(f"Nothing is published: {found.log_fault}")
        typer.echo("See `cordiale verify`; an operator settles it, after a restore, with:")
        typer.echo('  cordiale db reconcile --as OPERATOR --key FILE --because "…"')
    if not found.counts:
        typer.echo("No releases yet. Next: cordiale apply campaigns")
        return
    rows = [(campaign, state, number) for campaign, states in found.counts.items() for state, number in states.items()]
    show_table(["campaign", "state", "releases"], rows, figures=[2])
    _tell_holds(found)
    _tell_urgent(found)
    for each in found.catching_up:
        number = count(each["releases"], "overdue release")
        typer.echo(f"Catching up on {each['channel']}: {number}, the last at {_minute(each['until'])}.")
    damaged = "Damaged in the database (mend with `cordiale apply PATH --afresh`, or restore a backup)"
    for title, rows_ in (("Needs a person", found.attention), (damaged, found.damaged), ("Late", found.late)):
        if rows_:
            typer.echo(f"\n{title}:")
            show_table(
                ["release", "whose", "state", "due", "why"],
                [(r["name"], r["issuer"], r["state"], _minute(r["due_at"]), r["reason"]) for r in rows_],
            )
    tell_shown(found.altered, found.strangers)
    for each in found.untold:
        typer.echo(_untold(each))
    _tell_who(found)
    _say_next(found)


def _say_next(found: Any) -> None:
    if rows := [*found.attention, *found.damaged, *found.late]:
        _tell_cures(rows)
    elif found.urgent:
        typer.echo("Next: cordiale urgent list")
    elif found.altered or found.strangers:
        typer.echo("Next: cordiale shown list")
    elif not found.healthy:
        typer.echo("Next: cordiale doctor")
    elif found.next_due:
        typer.echo(f"Next release: {_minute(found.next_due)}.")


def tell_shown(altered: list[dict[str, Any]], strangers: list[dict[str, Any]]) -> None:
    """Tell what people read otherwise than it was signed, and what no release accounts for."""
    for each in altered:
        where = f" ({each['remote_url']})" if each["remote_url"] else ""
        what = "is not there any more" if each["verdict"] == "gone" else "is shown otherwise than it was signed"
        typer.echo(f"Altered: {each['name']} of {each['campaign']} {what}{where}, seen since {_minute(each['since'])}.")
        for line in str(each["difference"]).splitlines():
            typer.echo(f"  {line}")
    for each in strangers:
        where = each["url"] or each["remote_id"]
        typer.echo(f"Not ours: a post on {each['channel']} of {_minute(each['posted_at'])} is no release: {where}")


def _tell_who(found: Any) -> None:
    """Tell which channels are left alone, and who publishes on a shared database."""
    for channel in found.paused:
        if channel["trying"]:
            typer.echo(f"Channel {channel['channel']} is tried with one release at a time: {channel['why']}")
        else:
            typer.echo(f"Channel {channel['channel']} is paused until {_minute(channel['until'])}: {channel['why']}")
    for member in found.crew:
        since = "" if member["seen"] else f", not seen since {_minute(member['seen_at'])}"
        typer.echo(f"{member['role'].capitalize()} {member['host']}: {member['doing']}{since}")


def _tell_holds(found: Any) -> None:
    from collections import Counter

    for hold in found.holds:
        scope = f"{hold['scope']} {hold['target']}".strip()
        agreed = f" Agreed to resume: {', '.join(hold['resumed_by'])}." if hold["resumed_by"] else ""
        typer.echo(f"Held: {scope}, by {hold['partner']}: {hold['reason']} (hold {hold['id']}).{agreed}")
        if hold["on_the_wire"]:
            ends = Counter(str(row["state"]) for row in hold["on_the_wire"])
            ended = ", ".join(f"{number} {state}" for state, number in sorted(ends.items()))
            typer.echo(f"  On the wire when it was placed: {ended}. See: cordiale hold list")


def _tell_urgent(found: Any) -> None:
    for debt in found.urgent:
        who = " and ".join(debt["waits_for"])
        said = f"{debt['name']} went out on the word of {debt['partner']} alone at {_minute(debt['opened_at'])}"
        typer.echo(f"Urgent: {said}, under the rule {debt['rule']}; it waits for {who}.")
    if found.urgent_fault:
        typer.echo(f"Urgent: {found.urgent_fault} Nothing urgent goes out until it is mended.")


def _tell_cures(rows: list[dict[str, Any]]) -> None:
    """Say what to do, once for each state, and where to look first."""
    from scheduler.cures import CURES, cure

    typer.echo("")
    for state, name in {row["state"]: row["name"] for row in reversed(rows)}.items():
        if state in CURES:
            typer.echo(f"{state}: {cure(state, name)}")
    typer.echo(f"Next: cordiale why {rows[0]['name']}")


def _tell_of_the_daemon(daemon: Any, *, waiting: bool) -> None:
    for each in daemon.troubles:
        typer.echo(f"The daemon: {each['what']} {each['hint']}")
    for route, why_not in daemon.undelivered.items():
        typer.echo(f"An alert by {route} did not leave, {why_not}")
    if waiting and not daemon.running:
        typer.echo("No daemon publishes from here now; start it with: cordiale run")


def _untold(each: dict[str, Any]) -> str:
    how = "was not told" if each["outcome"] == "failed" else "may not have been told"
    what = f"{count(each['releases'], 'release')} of {each['campaign']}"
    why = "went out on one partner's signature" if each["urgent"] else "wait for a signature"
    return f"{each['person']} {how} that {what} {why}: {each['detail']}"


def _minute(instant: str) -> str:
    return f"{str(instant)[:19]}Z"


def releases(
    state: Annotated[str | None, typer.Option("--state", metavar="S", help="Only releases in this state.")] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", metavar="ID", help="Only this campaign's.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.", min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """
    List releases by instant, with their state and why they are in it.

    Example: cordiale releases --state uncertain
    """
    from campaigns import settings
    from campaigns.store.glance import glance
    from scheduler.releases.states import State
    from scheduler.status import listed

    if state is not None and state not in set(State):
        message = f"There is no state '{state}'."
        raise UsageError(message, f"States are {', '.join(State)}.")
    parts = (["state = :state"] if state else []) + (["campaign = :campaign"] if campaign else [])
    values = {key: value for key, value in (("state", state), ("campaign", campaign)) if value}
    with glance(settings.load().database_url) as ask:
        rows = listed(ask, " AND ".join(parts) or "1 = 1", limit, values)
    if as_json:
        show_json(rows)
        return
    show_table(
        ["release", "campaign", "state", "due", "where or why"],
        [(r["name"], r["campaign"], r["state"], _minute(r["due_at"]), r["remote_url"] or r["reason"]) for r in rows],
    )
    typer.echo(count(len(rows), "release") + ("." if len(rows) < limit else f"; more with --limit {limit * 10}."))


def why(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Its name (launch/fr-FR/fr-feed) or its id.")],
    as_json: AsJson = False,
) -> None:
    """
    Say whether a release may go out now: each condition, what was seen, and what would mend it.

    Example: cordiale why launch/fr-FR/fr-mastodon
    """
    from dataclasses import asdict

    from campaigns import clock, settings
    from campaigns.store.engine import open_database, reading
    from scheduler.engine import rates
    from scheduler.releases import threads
    from scheduler.releases.evidence import EvidenceRoom
    from scheduler.releases.find import find, history
    from scheduler.releases.gate import judge
    from scheduler.releases.journal import ClosedJournal

    workspace = settings.load()
    now = clock.now()
    room = EvidenceRoom(workspace.trust, ClosedJournal(workspace.trust).open())
    with reading(open_database(workspace.database_url)) as connection:
        row = find(connection, release)
        verdict = judge(row, room.gather(connection, [row], now), now)
        asked = [
            *verdict.conditions,
            *(rates.turn(connection, row["channel"], now) if row["state"] == "scheduled" else ()),
        ]
        past, parts = history(connection, row["id"]), threads.listed(connection, row, room.journal)
    if as_json:
        conditions = [asdict(each) for each in asked]
        stands = {"id": row["id"], "state": row["state"], "reason": row["reason"], "parts": parts}
        show_json({**stands, "conditions": conditions, "history": past})
        return
    typer.secho(f"{release} is {row['state']}. {row['reason']}".rstrip(), bold=True)
    if row["state"] in {"draft", "scheduled", "claimed", "refused"} or row.get("damaged"):
        for each in asked:
            typer.echo(f"  {'yes' if each.holds else 'NO '}  {each.name:<11}{each.evidence}")
            if not each.holds and each.cure:
                typer.echo(f"       {'':<11}{each.cure}")
    for fact in past:
        moved = f"{fact['before']} -> {fact['after']}" if fact["before"] else fact["after"] or ""
        what = [moved if not fact["partner"] else "", fact["words"], fact["actor"], fact["why"]]
        typer.echo(f"  {fact['at']}  {fact['act']:<20} {'  '.join(filter(None, what))}".rstrip())
    for part in parts:
        where = part["detail"] or part["remote_id"] or ""
        typer.echo(f"  Part {part['part']} of {len(parts)}: {part['outcome']}. {where}".rstrip())
    if row["remote_url"]:
        typer.echo(f"  Seen at {row['remote_url']}")
    cures = {"uncertain": "resolve", "failed": "retry", "handed_over": "resolve"}
    if row["state"] in cures:
        typer.echo(f"Next: cordiale {cures[row['state']]} {release}")
    if row["state"] == "failed" and any(part["outcome"] == "published" for part in parts):
        typer.echo(f"Or take down what is out: cordiale retract {release}")
