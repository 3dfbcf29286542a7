"""`review`: the exact words that wait, for whom, since when and until when, and what changed since they were signed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.terminal import count, show_json, show_table
from scheduler.cli.selecting import Channels, Locales, Messages, Releases, options, picked

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.review.docket import Item
    from scheduler.review.selection import Selection


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("review")(review)


def review(
    campaign: Annotated[
        str, typer.Argument(metavar="CAMPAIGN|FILE", help="A campaign of this database, or a review bundle.")
    ],
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help="Write what the other capital needs to read and sign."),
    ] = None,
    releases: Releases = None,
    messages: Messages = None,
    locales: Locales = None,
    channels: Channels = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Show the exact words that wait for a signature, whose, since when and until when, and what changed since.

    Exits with 1 while a release has had all its rounds and is not agreed: people must talk.

    Example: cordiale review raqqa-voices --locale fr-FR --bundle for-paris.zip
    """
    from scheduler.cli.bundling import again, collect, write
    from scheduler.cli.deciding import is_bundle

    pick = picked(releases, messages, locales, channels)
    if is_bundle(campaign):
        if bundle is not None:
            again(Path(campaign), bundle)
        else:
            _review_bundle(Path(campaign), pick, as_json=as_json)
        return
    from campaigns import clock, settings
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database, reading
    from scheduler.review import changes, comments, show
    from scheduler.review.docket import Terms, items

    workspace, now = settings.load(), clock.now()
    trust = TrustStore(workspace.trust).current(now)
    with reading(open_database(workspace.database_url)) as connection:
        found = items(connection, trust, campaign, pick, Terms.of(workspace))
        changed = changes.since(connection, found)
        said = comments.read(connection, campaign)
        remarks = {item.id: said.get((item.outgoing.message, item.outgoing.locale), []) for item in found}
        packed = collect(connection, workspace, campaign, found, changed, remarks) if bundle else None
    if bundle and packed:
        write(bundle, *packed)
        return
    if as_json:
        show_json([show.as_data(item, changed[item.id], remarks[item.id], now) for item in found])
    else:
        for item in found:
            head, *rest = show.release(item, changed[item.id], remarks[item.id], now)
            typer.secho(head, bold=True)
            for line in rest:
                typer.echo(line)
            typer.echo()
        _sum_up(campaign, found, pick, now)
    if any(item.must_talk for item in found):
        raise typer.Exit(1)


def _sum_up(campaign: str, found: "list[Item]", pick: "Selection", now: "datetime") -> None:
    from campaigns.clock import iso
    from scheduler.review import show
    from scheduler.review.docket import waiting

    blocked = sum(1 for item in found if item.blocking)
    if blocked:
        them = "it" if blocked == 1 else "them"
        typer.echo(
            f"{count(blocked, 'release')} cannot be signed: a check blocks {them}. Mend the file and apply it again."
        )
    for item in found:
        if item.must_talk:
            typer.echo(f"! {show.talk(item)}")
    asked = waiting(found)
    if not asked:
        which = f" ({pick})" if pick else ""
        typer.echo(f"Nothing of {campaign}{which} waits for a signature. Next: cordiale status")
        return
    rows = []
    for each in asked:
        since = f"{iso(each.since)} ({show.span(now - each.since)})" if each.since else ""
        by = f"{iso(each.deadline)}{' (past)' if each.deadline < now else ''}" if each.deadline else ""
        rows.append((each.partner, f"{each.releases:,}", since, by))
    show_table(["partner", "releases to sign", "waits since", "wanted by"], rows, figures=[1])
    partner = asked[0].partner
    key = next(iter(sorted(Path("keys").glob(f"{partner}*.key"))), "FILE")
    typer.echo(f"Next: cordiale approve {campaign} --as {partner} --key {key}{options(pick)}")
    typer.echo(f"  or: cordiale review {campaign}{options(pick)} --bundle FILE, for a capital without this database")


def _review_bundle(path: Path, pick: "Selection", *, as_json: bool) -> None:
    """Show what a bundle asks a signature for: the exact bytes in it, and what changed since they were last signed."""
    from scheduler.bundle import contents, pack
    from scheduler.review import show

    whole, _ = pack.read(path)
    found = whole.part(pick)
    if as_json:
        show_json([contents.as_data(paper) for paper in found.papers])
        return
    for paper in found.papers:
        head, *rest = show.words(paper.outgoing)
        typer.secho(head, bold=True)
        rounds = paper.rounds, paper.most_rounds
        for line in (*rest, *show.sheet(paper.author, paper.deadline, rounds, paper.changes, paper.outgoing)):
            typer.echo(line)
        for remark in paper.comments:
            for line in show.comment(remark.as_remark(paper.outgoing)):
                typer.echo(line)
        typer.echo(f"    Digest {paper.digest[:16]}…")
        typer.echo()
    typer.echo(f"{count(len(found.papers), 'release')} of {found.campaign}, for {' and '.join(found.asked)} to sign.")
    typer.echo(f"Next: cordiale approve {path} --as PARTNER --key FILE{options(pick)}")
