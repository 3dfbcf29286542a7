"""
The review bundle: what the other capital needs to read and sign, in one file, without a database.

A zip of `bundle.json` (the exact bytes of every release, as signed), `preview.html` and the media. `sign` works
from the bytes in it alone: what is signed is recomputed, never taken from a list.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns import clock
from campaigns.errors import Complaint, EnvironmentFault, InvalidDocument, NotTrusted, Where
from campaigns.signoff import envelope, keys, statement
from campaigns.signoff.statement import Answer, Subject
from scheduler.releases.outgoing import Outgoing, OutgoingMedia, canonical, digest, parse
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
                    pack.writestr(name, data)
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
        NotTrusted: If a release in it is not in canonical form, of another campaign, or without its media.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            index: dict[str, Any] = json.loads(_unpacked(pack, "bundle.json"))
            if index["v"] != VERSION:
                raise ValueError  # noqa: TRY301 (one complaint for every way to be no bundle)
            forms, campaign = [str(each) for each in index["releases"]], str(index["campaign"])
            releases = tuple((parse(form), digest(form.encode())) for form in forms)
            _check_media(path, pack, releases)
    except OSError as error:
        raise InvalidDocument(
            [Complaint(Where(str(path)), f"cannot be read: {error.strerror}", "name the bundle file")]
        ) from None
    # RuntimeError: encrypted; NotImplementedError and zlib.error: packed in a way that nobody packs here
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile):
        hint = "make one with `cordiale review CAMPAIGN --bundle FILE`"
        raise InvalidDocument([Complaint(Where(str(path)), "this file is not a review bundle", hint)]) from None
    if any(outgoing.campaign != campaign for outgoing, _ in releases):
        message = f"The bundle {path} mixes campaigns."
        raise NotTrusted(message, "Ask for a new one.")
    return Bundle(campaign, releases)


def media_name(item: OutgoingMedia) -> str:
    """Return where a file that goes out stands in a bundle."""
    return f"media/{item.digest[:16]}-{Path(item.file).name}"


def _unpacked(pack: zipfile.ZipFile, name: str) -> bytes:
    if pack.getinfo(name).file_size > LARGEST:
        raise ValueError
    return pack.read(name)


def _check_media(path: Path, pack: zipfile.ZipFile, releases: Sequence[tuple[Outgoing, str]]) -> None:
    """Refuse a bundle whose pictures are not those that would go out: the reader saw them, and signs."""
    there = set(pack.namelist())
    for item in {item.digest: item for outgoing, _ in releases for item in outgoing.media}.values():
        name = media_name(item)
        if name not in there or hashlib.sha256(_unpacked(pack, name)).hexdigest() != item.digest:
            message = f"The file {item.file} in the bundle {path} is not the one that would go out."
            raise NotTrusted(message, "Ask for a new one; sign nothing of this one.")


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
