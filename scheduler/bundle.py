"""
The review bundle: what the other capital needs to read and sign, in one file, without a database.

A zip of `bundle.json` (the exact bytes of every release, as signed), `preview.html` and the media. `sign` works
from the bytes in it alone: what is signed is recomputed, never taken from a list.
"""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns import clock
from campaigns.errors import Complaint, EnvironmentFault, InvalidDocument, NotTrusted, Where
from campaigns.signoff import envelope, keys, statement
from campaigns.signoff.statement import Answer, Subject
from scheduler.releases.outgoing import Outgoing, canonical, digest, parse
from scheduler.review import Item

VERSION = 1
LARGEST = 200 * 1024 * 1024  #: bytes of a bundle's index, unpacked


@dataclass(frozen=True)
class Bundle:
    """A bundle as read: its campaign, and every release by its bytes."""

    campaign: str
    releases: tuple[tuple[Outgoing, str], ...]  #: what goes out, and its digest


def write(path: Path, campaign: str, found: Sequence[Item], preview: str, media: Mapping[str, bytes]) -> None:
    """
    Write a bundle, whole or not at all.

    Raises:
        EnvironmentFault: If the file cannot be written.
    """
    index = {"v": VERSION, "campaign": campaign, "releases": [canonical(item.outgoing).decode() for item in found]}
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
                pack.writestr("bundle.json", json.dumps(index, ensure_ascii=False))
                pack.writestr("preview.html", preview)
                for name, data in sorted(media.items()):
                    pack.writestr(f"media/{name}", data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        message = f"The bundle {path} cannot be written: {error.strerror}."
        raise EnvironmentFault(
            message, "Free some space or name another file; nothing was left half-written."
        ) from error


def read(path: Path) -> Bundle:
    """
    Read a bundle back, recomputing every digest.

    Raises:
        InvalidDocument: If the file is missing or is no bundle.
        NotTrusted: If a release in it is not in canonical form, or of another campaign.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            if pack.getinfo("bundle.json").file_size > LARGEST:
                raise ValueError  # noqa: TRY301 (one complaint for every way to be no bundle)
            index: dict[str, Any] = json.loads(pack.read("bundle.json"))
        forms, campaign = [str(each) for each in index["releases"]], str(index["campaign"])
    except OSError as error:
        raise InvalidDocument(
            [Complaint(Where(str(path)), f"cannot be read: {error.strerror}", "name the bundle file")]
        ) from None
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile):
        hint = "make one with `cordiale review CAMPAIGN --bundle FILE`"
        raise InvalidDocument([Complaint(Where(str(path)), "this file is not a review bundle", hint)]) from None
    releases = tuple((parse(form), digest(form.encode())) for form in forms)
    if any(outgoing.campaign != campaign for outgoing, _ in releases):
        message = f"The bundle {path} mixes campaigns."
        raise NotTrusted(message, "Ask for a new one.")
    return Bundle(campaign, releases)


def sign(bundle: Bundle, partner: str, key: Path, decision: Answer, reason: str) -> str:
    """
    Return a signed envelope over every release of *bundle* that *partner* is asked for.

    Raises:
        NotTrusted: If the key cannot be used, or *partner* is asked for nothing here.
    """
    subjects = [
        Subject(outgoing.release, its_digest)
        for outgoing, its_digest in bundle.releases
        if partner in outgoing.partners
    ]
    if not subjects:
        message = f"Nothing in this bundle asks {partner} for a signature."
        raise NotTrusted(message, "Give --as one of the campaign's partners.")
    payload = statement.make(bundle.campaign, partner, decision, reason, subjects, clock.now())
    return envelope.sign(payload, keys.load_signer(key))


def write_text(path: Path, text: str) -> None:
    """
    Write *text* to *path*, whole or not at all.

    Raises:
        EnvironmentFault: If the file cannot be written.
    """
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        message = f"The file {path} cannot be written: {error.strerror}."
        raise EnvironmentFault(
            message, "Free some space or name another file; nothing was left half-written."
        ) from error
