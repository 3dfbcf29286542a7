"""The bundle that `review --bundle` writes: what is open, with all that the other capital needs to read and sign it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from campaigns.errors import Refused
from campaigns.terminal import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from campaigns.settings import Settings
    from scheduler.bundle.contents import Bundle
    from scheduler.review.changes import Change
    from scheduler.review.comments import Remark
    from scheduler.review.docket import Item


def collect(
    connection: "Connection",
    workspace: "Settings",
    campaign: str,
    found: "Sequence[Item]",
    changes: "Mapping[str, Sequence[Change]]",
    remarks: "Mapping[str, Sequence[Remark]]",
) -> "tuple[Bundle, dict[str, bytes]]":
    """
    Return the bundle of what waits among *found*, and its media by digest.

    Raises:
        Refused: If nothing of it waits, or a file is no longer what was booked.
    """
    from campaigns.plan import stored
    from scheduler.bundle import contents
    from scheduler.engine.parcels import read_media
    from scheduler.releases import earlier

    waiting = [item for item in found if item.waits]
    if not waiting:
        message = f"Nothing of {campaign} waits for a signature, so no bundle was written."
        raise Refused(message, f"See where it stands with `cordiale review {campaign}`.")
    document = stored.read(connection, campaign)
    media: dict[str, bytes] = {}
    for item in waiting:
        media |= read_media(workspace.media, item.outgoing)
    made = contents.make(
        campaign,
        waiting,
        title=document.title if document else {},
        partners={name: each.name for name, each in document.partners.items()} if document else {},
        marking=(document.marking if document else None) or "",
        audiences={each.id: each.name for each in document.audiences} if document else {},
        changes=changes,
        forms=earlier.read(connection, [each.digest for item in waiting for each in changes.get(item.id, ())]),
        remarks=remarks,
    )
    return made, media


def write(path: Path, bundle: "Bundle", media: "Mapping[str, bytes]") -> None:
    """Write a bundle, and name the next command."""
    from scheduler.bundle import pack

    pack.write(path, bundle, media)
    typer.echo(f"Wrote {path}: {count(len(bundle.papers), 'release')}, for {' and '.join(bundle.asked)} to sign.")
    typer.echo("It opens with index.html, in English, French or Arabic.")
    typer.echo(f"Next, in the other capital: cordiale approve {path} --as PARTNER --key FILE")


def again(source: Path, target: Path) -> None:
    """Write *source* anew as *target*, its pages made by this Cordiale from the bytes in it."""
    from scheduler.bundle import pack

    bundle, media = pack.read(source, pages_too=False)
    write(target, bundle, media)
