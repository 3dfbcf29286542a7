"""`review`, `approve`, `refuse` and `signatures import`: the work of officials in their capitals."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.errors import Refused
from campaigns.terminal import count, show_json, show_table

if TYPE_CHECKING:
    from campaigns.settings import Settings
    from campaigns.signoff.statement import Answer
    from scheduler.releases.outgoing import Outgoing
    from scheduler.review import Effect, Item

Partner = Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you sign for.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.")]
Target = Annotated[
    str, typer.Argument(metavar="CAMPAIGN|FILE", help="A campaign of this database, or a review bundle.")
]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("review")(review)
    app.command("approve")(approve)
    app.command("refuse")(refuse)
    signatures = typer.Typer(no_args_is_help=True, help="Signatures made elsewhere.")
    signatures.command("import")(import_)
    app.add_typer(signatures, name="signatures")


def review(
    campaign: Annotated[
        str, typer.Argument(metavar="CAMPAIGN|FILE", help="A campaign of this database, or a review bundle.")
    ],
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help="Write what the other capital needs to read and sign."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Show the exact words that wait for a signature, and whose.

    Example: cordiale review raqqa-voices --bundle for-paris.zip
    """
    if _is_bundle(campaign):
        _review_bundle(Path(campaign), as_json=as_json)
        return
    from campaigns import clock, settings
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database, reading
    from scheduler.review import items

    workspace = settings.load()
    trust = TrustStore(workspace.trust).current(clock.now())
    with reading(open_database(workspace.database_url)) as connection:
        found = items(connection, trust, campaign)
    if bundle is not None:
        _write_bundle(bundle, campaign, found, workspace)
        return
    if as_json:
        show_json([_as_json(item) for item in found])
        return
    for item in found:
        _show(item)
    _sum_up(campaign, found)


def _is_bundle(target: str) -> bool:
    path = Path(target)
    return path.suffix == ".zip" or path.is_file()


def _review_bundle(path: Path, *, as_json: bool) -> None:
    """Show what a bundle asks a signature for: the exact bytes in it, not the preview beside them."""
    from dataclasses import asdict

    from scheduler.bundle import read

    found = read(path)
    if as_json:
        show_json([{"id": out.release, "digest": digest, "outgoing": asdict(out)} for out, digest in found.releases])
        return
    for outgoing, digest in found.releases:
        _show_words(outgoing)
        typer.echo(f"    Digest {digest[:16]}…")
        typer.echo()
    typer.echo(f"{count(len(found.releases), 'release')} of {found.campaign}.")
    typer.echo(f"Next: cordiale approve {path} --as PARTNER --key FILE")


def _as_json(item: "Item") -> dict[str, object]:
    from dataclasses import asdict

    shown = {"id": item.id, "digest": item.digest, "state": item.state, "author": item.author}
    return {
        **shown,
        "signed": item.signed,
        "missing": item.missing,
        "blocking": item.blocking,
        "outgoing": asdict(item.outgoing),
    }


def _show_words(out: "Outgoing") -> None:
    from scheduler.review import leave

    typer.secho(f"{out.name}  due {out.due}  {out.kind} {out.account}", bold=True)
    for part in out.parts:
        for text in filter(None, (part.headline, part.text)):
            for line in text.splitlines():
                typer.echo(f"    {_as_read(line, out.direction)}")
    for media in out.media:
        typer.echo(f"    [{media.file}] {_as_read(media.alt, out.direction)}")
    for waiver in out.waivers:
        typer.echo(f"    {leave(waiver)}")


def _show(item: "Item") -> None:
    _show_words(item.outgoing)
    for message in item.blocking:
        typer.echo(f"    ! {message}")
    signed = ", ".join(f"{partner} ({person})" for partner, person in item.signed.items()) or "nobody yet"
    waits = f"; waits for {' and '.join(item.missing)}" if item.missing else ""
    typer.echo(f"    {item.state}; signed by {signed}{waits}. Digest {item.digest[:16]}…")
    typer.echo()


def _as_read(line: str, direction: str) -> str:
    """Return a right-to-left line isolated, so that it moves nothing around it on the terminal."""
    from content.bidi import isolate

    return isolate(line, "rtl") if direction == "rtl" else line


def _sum_up(campaign: str, found: "list[Item]") -> None:
    waiting: dict[str, int] = {}
    for item in found:
        if item.state == "draft" and not item.blocking:
            for partner in item.missing:
                waiting[partner] = waiting.get(partner, 0) + 1
    blocked = sum(1 for item in found if item.blocking)
    if blocked:
        typer.echo(
            f"{count(blocked, 'release')} cannot be signed: a check blocks them. Mend the file and apply it again."
        )
    if not waiting:
        typer.echo(f"Nothing of {campaign} waits for a signature. Next: cordiale status")
        return
    show_table(["partner", "releases to sign"], sorted(waiting.items()), figures=[1])
    partner = min(waiting)
    key = next(iter(sorted(Path("keys").glob(f"{partner}*.key"))), "FILE")
    typer.echo(f"Next: cordiale approve {campaign} --as {partner} --key {key}")
    typer.echo(f"  or: cordiale review {campaign} --bundle FILE, for a capital without this database")


def _write_bundle(path: Path, campaign: str, found: "list[Item]", workspace: "Settings") -> None:
    from campaigns.store.engine import open_database, reading
    from scheduler import bundle
    from scheduler.engine.sending import read_media
    from scheduler.review_preview import page

    open_items = [item for item in found if item.state == "draft" and item.missing and not item.blocking]
    if not open_items:
        message = f"Nothing of {campaign} waits for a signature, so no bundle was written."
        raise Refused(message, f"See where it stands with `cordiale review {campaign}`.")
    with reading(open_database(workspace.database_url)) as connection:
        preview = page(connection, workspace, campaign, open_items)
    media = {
        bundle.media_name(entry): read_media(workspace.media, item.outgoing)[entry.digest]
        for item in open_items
        for entry in item.outgoing.media
    }
    bundle.write(path, campaign, open_items, preview, media)
    typer.echo(f"Wrote {path}: {count(len(open_items), 'release')}, their preview and media.")
    typer.echo(f"Next, in the other capital: cordiale approve {path} --as PARTNER --key FILE")


def approve(
    target: Target,
    partner: Partner,
    key: Key,
    reason: Annotated[str, typer.Option("--reason", help="A remark to keep.")] = "",
) -> None:
    """
    Sign everything of a campaign that waits for you, byte for byte as `review` shows it.

    Example: cordiale approve raqqa-voices --as fr --key keys/fr.key
    """
    _decide(target, partner, key, "approve", reason)


def refuse(
    target: Target,
    partner: Partner,
    key: Key,
    reason: Annotated[str, typer.Option("--reason", help="Why; the author reads it.")],
) -> None:
    """
    Refuse a campaign's open releases, with a reason. An edit makes them drafts again.

    Example: cordiale refuse raqqa-voices --as uk --key keys/uk.key --reason "the figure is out of date"
    """
    _decide(target, partner, key, "refuse", reason)


def _decide(target: str, partner: str, key: Path, decision: "Answer", reason: str) -> None:
    if _is_bundle(target):
        _sign_bundle(Path(target), partner, key, decision, reason)
        return
    from campaigns import settings
    from campaigns.store.engine import open_database
    from scheduler.review import decide

    workspace = settings.load()
    database = open_database(workspace.database_url)
    effect, _ = decide(
        database, workspace.trust, campaign=target, partner=partner, key=key, decision=decision, reason=reason
    )
    _tell(effect)


def _sign_bundle(path: Path, partner: str, key: Path, decision: "Answer", reason: str) -> None:
    from campaigns.documents.write import write_whole
    from scheduler import bundle

    found = bundle.read(path)
    signed = bundle.sign(found, partner, key, decision, reason)
    target = path.with_name(f"{path.stem}.{partner}.dsse.json")
    write_whole(target, signed)
    word = "Approved" if decision == "approve" else "Refused"
    typer.echo(f"{word} {count(len(found.releases), 'release')} of {found.campaign} for {partner}.")
    typer.echo(f"The signature is in {target}.")
    typer.echo(f"Next, where the database is: cordiale signatures import {target}")


def import_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="An envelope that `approve FILE` wrote.")],
) -> None:
    """
    Bring in a decision that was signed elsewhere.

    Example: cordiale signatures import for-paris.fr.dsse.json
    """
    from campaigns import clock, settings
    from campaigns.errors import Complaint, InvalidDocument, Where
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database
    from scheduler.review import record

    try:
        signed = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDocument(
            [Complaint(Where(str(path)), f"cannot be read: {error}", "name the file that `approve` wrote")]
        ) from None
    workspace = settings.load()
    now = clock.now()
    trust = TrustStore(workspace.trust).current(now)
    effect = record(open_database(workspace.database_url), trust, signed, now)
    _tell(effect)


def _tell(effect: "Effect") -> None:
    who = f"{effect.person} signed for {effect.partner}"
    if effect.refused:
        typer.echo(
            f"{who}: {count(effect.refused, 'release')} refused. Next: mend the campaign file and apply it again."
        )
    else:
        scheduled = count(effect.scheduled, "release")
        typer.echo(f"{who}: {scheduled} now scheduled, {effect.waiting:,} waiting for another partner.")
    for number, what in (
        (effect.stale, "changed since, or is no longer open: this signature does not cover it"),
        (effect.barred, "was refused by a partner: an edit makes it a draft, which is signed again"),
        (effect.own, f"not counted: {effect.person} wrote it, and somebody else must sign"),
    ):
        if number:
            typer.echo(f"{count(number, 'release')}: {what}.")
    if effect.waiting or effect.own:
        typer.echo(f"Next: cordiale review {effect.campaign}")
    elif effect.scheduled:
        typer.echo("Next: cordiale run")
