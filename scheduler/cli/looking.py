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
    Show where every campaign stands; exit 1 while anything is late, uncertain, failed or refused.

    Example: cordiale status
    """
    from dataclasses import asdict

    from campaigns import clock, settings
    from campaigns.store.glance import glance
    from scheduler.status import gather

    workspace = settings.load()
    with glance(workspace.database_url) as ask:
        found = gather(ask, clock.now(), workspace.trust)
    if as_json:
        show_json({**asdict(found), "healthy": found.healthy})
    else:
        _tell(found)
    if not found.healthy:
        raise typer.Exit(1)


def _tell(found: Any) -> None:
    if not found.counts:
        typer.echo("No releases yet. Next: cordiale apply campaigns")
        return
    rows = [(campaign, state, number) for campaign, states in found.counts.items() for state, number in states.items()]
    show_table(["campaign", "state", "releases"], rows, figures=[2])
    for hold in found.holds:
        scope = f"{hold['scope']} {hold['target']}".strip()
        agreed = f" Agreed to resume: {', '.join(hold['resumed_by'])}." if hold["resumed_by"] else ""
        typer.echo(f"Held: {scope}, by {hold['partner']}: {hold['reason']} (hold {hold['id']}).{agreed}")
    for title, rows_ in (("Needs a person", found.attention), ("Late", found.late)):
        if rows_:
            typer.echo(f"\n{title}:")
            show_table(
                ["release", "state", "due", "why"],
                [(r["name"], r["state"], _minute(r["due_at"]), r["reason"]) for r in rows_],
            )
    if not found.healthy:
        first = (found.attention or found.late)[0]
        typer.echo(f"Next: cordiale why {first['name']}")
    elif found.next_due:
        typer.echo(f"Next release: {_minute(found.next_due)}.")


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
        past = history(connection, row["id"])
    if as_json:
        conditions = [asdict(each) for each in verdict.conditions]
        show_json(
            {"id": row["id"], "state": row["state"], "reason": row["reason"], "conditions": conditions, "history": past}
        )
        return
    typer.secho(f"{release} is {row['state']}. {row['reason']}".rstrip(), bold=True)
    if row["state"] in {"draft", "scheduled", "claimed", "refused"}:
        for each in verdict.conditions:
            typer.echo(f"  {'yes' if each.holds else 'NO '}  {each.name:<11}{each.evidence}")
            if not each.holds and each.cure:
                typer.echo(f"       {'':<11}{each.cure}")
    for fact in past:
        moved = f"{fact['before']} -> {fact['after']}" if fact["before"] else fact["after"] or ""
        typer.echo(f"  {fact['at']}  {fact['act']:<20} {moved}  {fact['actor']}  {fact['why']}".rstrip())
    if row["remote_url"]:
        typer.echo(f"  Seen at {row['remote_url']}")
    cures = {"uncertain": "resolve", "failed": "retry", "handed_over": "resolve"}
    if row["state"] in cures:
        typer.echo(f"Next: cordiale {cures[row['state']]} {release}")
