"""
A bundle as a file: written whole, the same bytes for the same review, and believed in nothing when it comes back.

    index.html  en.html  fr.html  ar.html    what is to be signed, for people; made from bundle.json
    preview.html                             how each channel will show it; made from bundle.json and the media
    statement.PARTNER.json                   what that partner's approval says: the canonical bytes of the statement
    bundle.json                              the exact bytes of every release
    media/…                                  what goes out beside the words

Reading unpacks nothing to disk. It takes these names and no others, counts every octet as it comes, recomputes every
digest, makes the pages and statements again, and refuses the bundle when a single octet of them differs.
"""

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns import clock
from campaigns.clock import parse_iso
from campaigns.errors import Complaint, EnvironmentFault, InvalidDocument, NotTrusted, Where
from campaigns.signoff import envelope, keys, statement
from campaigns.signoff.statement import Answer
from scheduler.bundle import contents, previews
from scheduler.bundle.contents import Bundle
from scheduler.bundle.pages import media_name, pages, statement_name
from scheduler.releases.outgoing import OutgoingCaptions, OutgoingMedia, files_of

if TYPE_CHECKING:
    from campaigns.signoff.trust import Trust

INDEX = "bundle.json"
PREVIEW = "preview.html"
LARGEST = 200 * 1024 * 1024  #: octets of one file, unpacked
LARGEST_OF_ALL = 1024 * 1024 * 1024  #: octets of all of them
MOST = 20_000  #: files
_EPOCH = (1980, 1, 1, 0, 0, 0)  #: the only instant in a pack, so that the same review makes the same bytes
_PIECE = 1024 * 1024
_ASK = "Ask for a new one, and sign nothing of this one."
_ANEW = "Make its pages anew from the bytes with `cordiale review {} --bundle NEW.zip`, read those, and sign NEW.zip."


def write(path: Path, bundle: Bundle, media: Mapping[str, bytes]) -> None:
    """
    Write *bundle* with *media*, bytes by digest; whole or not at all.

    Raises:
        EnvironmentFault: If the file cannot be written.
    """
    packed = dict(_made(bundle, media))
    packed |= {media_name(item): media[item.digest] for item in _files(bundle)}
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as pack:
                for name in (
                    *sorted(name for name in packed if "/" not in name),
                    *sorted(n for n in packed if "/" in n),
                ):
                    entry = zipfile.ZipInfo(name, _EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.create_system = 3  # what runs it says otherwise which attributes follow
                    entry.external_attr = (stat.S_IFREG | 0o644) << 16
                    pack.writestr(entry, packed[name])
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        message = f"The bundle {path} cannot be written: {error.strerror}."
        hint = "Free some space or name another file; nothing was left half-written."
        raise EnvironmentFault(message, hint) from error


def read(path: Path, *, pages_too: bool = True) -> tuple[Bundle, dict[str, bytes]]:
    """
    Read a bundle back with its media by digest; *pages_too* asks that its pages show what its bytes say.

    Raises:
        InvalidDocument: If the file is missing or is no bundle.
        NotTrusted: If anything in it is not what was made of the releases in it, or does not belong there.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            names = _names(path, pack)
            left = [LARGEST_OF_ALL]
            bundle = contents.from_bytes(_unpacked(path, pack, INDEX, left))
            media = _media(path, pack, names, bundle, left)
            _hold(path, pack, names, bundle, media, left, pages_too=pages_too)
    except OSError as error:
        raise InvalidDocument(
            [Complaint(Where(str(path)), f"cannot be read: {error.strerror or error}", "name the bundle file")]
        ) from None
    # RuntimeError: encrypted; NotImplementedError and zlib.error: packed in a way that nobody packs here
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile):
        hint = "make one with `cordiale review CAMPAIGN --bundle FILE`"
        raise InvalidDocument([Complaint(Where(str(path)), "this file is not a review bundle", hint)]) from None
    return bundle, media


def sign(bundle: Bundle, partner: str, key: Path, decision: Answer, reason: str, trust: "Trust | None" = None) -> str:
    """
    Return a signed envelope over every release of *bundle* that *partner* is asked for.

    Where *trust* is at hand, the envelope has passed what it will be asked when it is imported.

    Raises:
        NotTrusted: If the key cannot be used or is not *partner*'s in *trust*, or *partner* is asked for nothing here.
    """
    signed = envelope.sign(to_decide(bundle, partner, decision, reason), keys.load_signer(key))
    if trust is not None:
        envelope.verify(signed, trust)
    return signed


def signature_file(path: Path, partner: str) -> Path:
    """Return where *partner*'s next word on the bundle *path* is written: no earlier one is written over."""
    first = path.with_name(f"{path.stem}.{partner}.dsse.json")
    later = (path.with_name(f"{path.stem}.{partner}.{number}.dsse.json") for number in count(2))
    return next(each for each in chain([first], later) if not each.exists())


def to_decide(bundle: Bundle, partner: str, decision: Answer, reason: str) -> bytes:
    """
    Return the statement of *decision* over every release of *bundle* that *partner* is asked for, unsigned.

    Raises:
        NotTrusted: If *partner* is asked for nothing here.
    """
    subjects = bundle.subjects(partner)
    if not subjects:
        message = f"Nothing in this bundle asks {partner} for a signature."
        raise NotTrusted(message, f"Give --as one of {', '.join(bundle.asked) or 'the partners that it asks'}.")
    return statement.make(bundle.campaign, partner, decision, reason, subjects, clock.now())


def _made(bundle: Bundle, media: Mapping[str, bytes], *, pages_too: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of all that follows from *bundle* and its media."""
    yield INDEX, contents.to_bytes(bundle)
    at = parse_iso(bundle.as_of)
    for partner in bundle.asked:
        payload = statement.make(bundle.campaign, partner, "approve", "", bundle.subjects(partner), at)
        yield statement_name(partner), payload
    if pages_too:
        yield from pages(bundle).items()
        yield PREVIEW, previews.page(bundle, media).encode()


def _files(bundle: Bundle) -> list[OutgoingMedia | OutgoingCaptions]:
    """Return every file that goes out with *bundle*, once."""
    return list({media_name(item): item for paper in bundle.papers for item in files_of(paper.outgoing)}.values())


def _names(path: Path, pack: zipfile.ZipFile) -> set[str]:
    listed = [entry.filename for entry in pack.infolist()]
    if len(listed) > MOST or len(set(listed)) < len(listed):
        message = f"The bundle {path} holds a file twice, or far too many."
        raise NotTrusted(message, _ASK)
    return set(listed)


def _unpacked(path: Path, pack: zipfile.ZipFile, name: str, left: list[int]) -> bytes:
    """Return the octets of a file, counted as they come: what its header says of its size is not believed."""
    found = bytearray()
    most = min(LARGEST, left[0])
    with pack.open(name) as file:
        while piece := file.read(_PIECE):
            found += piece
            if len(found) > most:
                message = f"The file {name} in the bundle {path} unpacks to far more than a bundle holds."
                raise NotTrusted(message, _ASK)
    left[0] -= len(found)
    return bytes(found)


def _media(path: Path, pack: zipfile.ZipFile, names: set[str], bundle: Bundle, left: list[int]) -> dict[str, bytes]:
    """Return the media by digest, refusing what is not what would go out: the reader saw it, and signs."""
    found = {}
    for item in _files(bundle):
        name = media_name(item)
        data = _unpacked(path, pack, name, left) if name in names else b""
        if name not in names or hashlib.sha256(data).hexdigest() != item.digest:
            message = f"The file {item.file} in the bundle {path} is not the one that would go out."
            raise NotTrusted(message, _ASK)
        found[item.digest] = data
    return found


def _hold(
    path: Path,
    pack: zipfile.ZipFile,
    names: set[str],
    bundle: Bundle,
    media: Mapping[str, bytes],
    left: list[int],
    *,
    pages_too: bool,
) -> None:
    """Refuse a bundle that holds more, less or otherwise than what follows from the releases in it."""
    made = dict(_made(bundle, media, pages_too=pages_too))
    shown = set() if pages_too else {*pages(bundle), PREVIEW}
    strangers = names - made.keys() - shown - {media_name(item) for item in _files(bundle)}
    if strangers:
        message = f"The bundle {path} holds what does not belong in one: {min(strangers)!r}."
        raise NotTrusted(message, _ASK)
    for name, data in made.items():
        if name in names and _unpacked(path, pack, name, left) == data:
            continue
        if name.endswith(".html"):
            message = (
                f"The page {name} in the bundle {path} is not the one that its bytes make: it may show other words."
            )
            raise NotTrusted(message, _ANEW.format(path))
        message = f"The file {name} in the bundle {path} does not fit the releases in it."
        raise NotTrusted(message, _ASK)
