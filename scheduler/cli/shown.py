"""`shown`: what people read of what was published, whether it is what was signed, and who else posts there."""

from typing import Annotated, Any

import typer

from campaigns.errors import UsageError
from campaigns.terminal import count, me, show_json, show_table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Person = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who you are; kept in the event log.")]
Reason = Annotated[str, typer.Option("--reason", help="Why it may stand; kept in the event log.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    shown = typer.Typer(no_args_is_help=True, help="What people read of what was published.")
    shown.command("list")(list_)
    shown.command("look")(look)
    shown.command("accept")(accept)
    shown.command("settle")(settle)
    app.add_typer(shown, name="shown")


def list_(
    every: Annotated[bool, typer.Option("--all", help="List what is as it was signed, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    List what is shown otherwise than it was signed, what could not be read, and posts that are no release.

    Exit 1 where anything differs.

    Example: cordiale shown list
    """
    from campaigns import settings
    from campaigns.store.glance import glance
    from scheduler import status
    from scheduler.shown import listing

    with glance(settings.load().database_url) as ask:
        altered, strangers = status.altered(ask, listing.MOST), status.strangers(ask, listing.MOST)
        rows, counts = listing.rows(ask, every=every), listing.counts(ask)
    if as_json:
        show_json({"counts": counts, "altered": altered, "strangers": strangers, "releases": rows})
    else:
        _tell(altered, strangers, rows, counts)
    if altered or strangers:
        raise typer.Exit(1)


def _tell(altered: list[Any], strangers: list[Any], rows: list[Any], counts: dict[str, int]) -> None:
    from scheduler.cli.looking import tell_shown

    total = sum(counts.values())
    if not total and not strangers:
        typer.echo("Nothing that was published has been read back yet; `cordiale run` does, or: cordiale shown look")
        return
    words = {"same": "as signed", "changed": "changed", "gone": "gone", "": "not read yet"}
    said = ", ".join(f"{counts[verdict]:,} {word}" for verdict, word in words.items() if counts.get(verdict))
    typer.echo(f"{count(total, 'release')}: {said}." if said else "No release is looked at.")
    tell_shown(altered, strangers)
    if rows:
        show_table(
            ["release", "shown", "seen", "next look", "last fault"],
            [(r["name"], words[r["verdict"]], r["looked_at"], r["next_at"], r["fault"]) for r in rows],
        )
    if altered:
        typer.echo(f"Next: cordiale retract {altered[0]['name']}, or: cordiale shown accept {altered[0]['name']}")
    elif strangers:
        typer.echo(f"Next: cordiale shown settle {strangers[0]['channel']} {strangers[0]['remote_id']}")


def look(
    releases: Annotated[
        list[str] | None, typer.Argument(metavar="[RELEASE]...", help="All that are due for a look otherwise.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Look now at what channels show, and at who posts on the declared accounts; posts nothing.

    Exit 1 where anything differs.

    Example: cordiale shown look launch/fr-FR/fr-mastodon
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, reading
    from scheduler.releases.find import find
    from scheduler.shown.rounds import LookingBack

    workspace = settings.load()
    database = open_database(workspace.database_url)
    with reading(database) as connection:
        only = [find(connection, each)["id"] for each in releases or ()]
    back = LookingBack(workspace, database)
    seen, watched = back.round(only), back.watch()
    if as_json:
        rows = [
            {"release": each.look.outgoing.name, "verdict": each.verdict, "difference": each.difference}
            | {"counts": each.counts, "gap": each.gap, "fault": each.fault}
            for each in seen
        ]
        show_json({"releases": rows, "strangers": watched.found, "faults": watched.faults})
    else:
        typer.echo(f"Looked at {count(len(seen), 'release')}.")
        for each in seen:
            typer.echo(f"  {each.look.outgoing.name}: {_said(each)}")
        for channel, why in watched.faults.items():
            typer.echo(f"Account of {channel} could not be watched: {why}")
        typer.echo("Next: cordiale shown list")
    if watched.found or any(each.verdict in {"changed", "gone"} for each in seen):
        raise typer.Exit(1)


def _said(each: Any) -> str:
    if each.postponed:
        return "put off; its channel wants to be left alone"
    verdicts = {"same": "as signed", "changed": "changed", "gone": "not there", "": "cannot be read back"}
    parts = [each.fault or verdicts[each.verdict], *each.difference.splitlines()]
    parts += [f"{metric}: {number:,}" for metric, number in each.counts.items()]
    return "; ".join(parts)


def accept(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Its name (launch/fr-FR/fr-feed) or its id.")],
    reason: Reason = "",
    person: Person = "",
) -> None:
    """
    Let what is shown of a release stand as it is; another change of it is told again.

    Example: cordiale shown accept launch/fr-FR/fr-site --reason "The editor mended a typing error."
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database, writing
    from scheduler.releases.find import find
    from scheduler.shown import ledger

    _because(reason)
    with writing(open_database(settings.load().database_url)) as connection:
        row = find(connection, release)
        ledger.accept(connection, row["id"], actor=person or me(), reason=reason, now=clock.now())
    typer.echo(f"{release} stands as it is shown. Next: cordiale status")


def settle(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL")],
    post: Annotated[str, typer.Argument(metavar="POST", help="Its id, as `cordiale shown list` names it.")],
    reason: Reason = "",
    person: Person = "",
) -> None:
    """
    Say that somebody looked at a post that is no release: it was yours after all, or it was taken down.

    Example: cordiale shown settle fr-mastodon 114329873 --reason "Posted by hand, by the press office."
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database, writing
    from scheduler.shown import ledger

    _because(reason)
    with writing(open_database(settings.load().database_url)) as connection:
        ledger.settle(connection, channel, post, actor=person or me(), reason=reason, now=clock.now())
    typer.echo(f"Post {post} on {channel} is settled. Next: cordiale status")


def _because(reason: str) -> None:
    if not reason.strip():
        message = "Say why it may stand."
        raise UsageError(message, "Add --reason TEXT; it is kept in the event log.")
