"""
Trust files on their way round: a draft collects signatures in `draft/`, and takes effect when every partner has signed.

A draft is signed by whom the files in force ask for and by whom it asks for itself: old and new keys of every partner.
The files in force stay as they are meanwhile, so that a half-signed change never stops what is agreed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns import clock
from campaigns.errors import NotTrusted, Refused, Where
from campaigns.signoff import trust_files
from campaigns.signoff.quorum import Quorum
from campaigns.signoff.trust import Trust, load, understand, verify

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signature, Signer
    from tuf.api.metadata import Metadata, Root, Targets

FOLDER = "draft"


@dataclass(frozen=True)
class Draft:
    """A change of the trust that somebody proposed."""

    trust: Trust  #: what it would mean; not to be relied on
    unsigned_by: tuple[str, ...]
    signed_by: Mapping[str, tuple[str, ...]]  #: partner -> persons who have signed all of it
    rotates: bool  #: it changes whose keys may change the trust


@dataclass(frozen=True)
class _Files:
    """A draft's metadata, and whose signatures it needs."""

    root: "Metadata[Root]"
    targets: "Metadata[Targets]"
    rotates: bool
    asked: tuple[Quorum, ...]  #: by the files in force, where there are any, and by the draft itself

    @property
    def parts(self) -> "tuple[tuple[str, Metadata[Root] | Metadata[Targets]], ...]":
        """Each file that needs signatures, with its name."""
        targets = ((trust_files.TARGETS, self.targets),)
        return ((trust_files.ROOT, self.root), *targets) if self.rotates else targets


def propose(folder: Path, root: "Metadata[Root] | None", targets: "Metadata[Targets]") -> None:
    """
    Lay *targets*, and *root* unless the one in force stays, in the draft of trust folder *folder*.

    Raises:
        Refused: If another draft stands.
        NotTrusted: If the draft breaks a rule that no signature can mend.
    """
    place = folder / FOLDER
    if (place / trust_files.TARGETS).exists():
        message = "A draft of the trust file already waits for signatures."
        hint = f"Sign it with `cordiale trust sign --key FILE`, or remove {place} and propose again."
        raise Refused(message, hint, Where(str(place / trust_files.TARGETS)))
    understand(root or trust_files.read(folder / trust_files.ROOT, "root"), targets, place)
    if root is not None:
        trust_files.write(place / trust_files.ROOT, root)
    trust_files.write(place / trust_files.TARGETS, targets)


def read(folder: Path) -> Draft:
    """
    Return the draft of trust folder *folder*.

    Raises:
        NotTrusted: If there is none, or it breaks a rule.
    """
    return _draft(folder, _files(folder))


def waits(folder: Path) -> bool:
    """Return whether a draft lies in trust folder *folder*."""
    return (folder / FOLDER / trust_files.TARGETS).exists()


def to_sign(folder: Path) -> dict[str, bytes]:
    """
    Return, by file name, the exact bytes of the draft that a key signs.

    Raises:
        NotTrusted: As `read`.
    """
    files = _files(folder)
    _draft(folder, files)
    return {name: metadata.signed_bytes for name, metadata in files.parts}


def sign(folder: Path, signers: Iterable["Signer"], now: datetime) -> Draft:
    """
    Add signatures to the draft; once nobody's is missing, put it in force and remember it as seen.

    Raises:
        NotTrusted: If there is no draft, a key is none of its partners', or it may not come into force.
    """
    files = _files(folder)
    for signer in signers:
        _admit(files, signer.public_key.keyid, now)
        for _, metadata in files.parts:
            trust_files.sign(metadata, [signer])
    return _settle(folder, files, now)


def add(folder: Path, signatures: Iterable["Signature"], now: datetime) -> Draft:
    """
    Add signatures that were made elsewhere, each over one of the draft's files; then as `sign`.

    Raises:
        NotTrusted: If one fits no file of the draft, or as `sign`.
    """
    from securesystemslib.exceptions import UnverifiedSignatureError

    files = _files(folder)
    for signature in signatures:
        key = _admit(files, signature.keyid, now)
        fits = False
        for _, metadata in files.parts:
            try:
                key.verify_signature(signature, metadata.signed_bytes)
            except UnverifiedSignatureError:
                continue
            metadata.signatures[signature.keyid] = signature
            fits = True
        if not fits:
            message = f"A signature with the key {signature.keyid[:12]} fits no file of the draft."
            raise NotTrusted(
                message, "Write the bytes anew with `cordiale trust sign --to-sign FOLDER`, and sign those."
            )
    return _settle(folder, files, now)


def _admit(files: _Files, keyid: str, now: datetime) -> "Key":
    """Return the key *keyid* of a partner, old or new; refuse any other, and one that has ended."""
    for asked in files.asked:
        if keyid in asked.expires and asked.expires[keyid] <= now:
            message = f"The key {keyid[:12]} ended at {clock.iso(asked.expires[keyid])}."
            raise NotTrusted(message, "Sign with another key of the same partner; this one signs nothing any more.")
    for asked in files.asked:
        if any(keyid in ids for ids in asked.owners.values()):
            return asked.root.keys[keyid]
    message = f"The key {keyid[:12]} belongs to no partner of the trust file."
    raise NotTrusted(message, "Sign with a key whose .pub file was given to `cordiale trust init` or `rotate`.")


def _settle(folder: Path, files: _Files, now: datetime) -> Draft:
    for name, metadata in files.parts:
        trust_files.write(folder / FOLDER / name, metadata)
    draft = _draft(folder, files)
    if not draft.unsigned_by:
        _enforce(folder, files, now)
    return draft


def _enforce(folder: Path, files: _Files, now: datetime) -> None:
    verify(files.root, files.targets, folder / FOLDER).check_expiry(now)
    where = Where(str(folder / FOLDER / trust_files.TARGETS))
    if (folder / trust_files.TARGETS).exists():
        current = trust_files.read(folder / trust_files.TARGETS, "targets")
        mine, theirs = files.targets.signed.version, current.signed.version
        if mine != theirs + 1:
            message = f"The draft is version {mine}, but version {theirs} is in force."
            hint = f"Remove {folder / FOLDER} and propose the change again."
            raise NotTrusted(message, hint, where)
    if files.rotates:
        trust_files.write(folder / trust_files.ROOT, files.root)
    trust_files.write(folder / trust_files.TARGETS, files.targets)
    load(folder, now)
    for name in (trust_files.TARGETS, trust_files.ROOT):
        (folder / FOLDER / name).unlink(missing_ok=True)


def _files(folder: Path) -> _Files:
    place = folder / FOLDER
    if not (place / trust_files.TARGETS).exists():
        message = f"There is no draft in {place}."
        hint = "Propose one with `cordiale trust init`, `cordiale trust declare PATH` or `cordiale trust rotate`."
        raise NotTrusted(message, hint)
    rotates = (place / trust_files.ROOT).exists()
    root = trust_files.read((place if rotates else folder) / trust_files.ROOT, "root")
    targets = trust_files.read(place / trust_files.TARGETS, "targets")
    asked = [Quorum.of(root, targets)]
    if (folder / trust_files.ROOT).exists() and (folder / trust_files.TARGETS).exists():
        in_force = trust_files.read(folder / trust_files.ROOT, "root")
        asked.insert(0, Quorum.of(in_force, trust_files.read(folder / trust_files.TARGETS, "targets")))
    return _Files(root, targets, rotates, tuple(asked))


def _draft(folder: Path, files: _Files) -> Draft:
    trust = understand(files.root, files.targets, folder / FOLDER)
    lacking: set[str] = set()
    for asked in files.asked:
        for _, metadata in files.parts:
            lacking.update(asked.lacking(metadata))
    signed: dict[str, tuple[str, ...]] = {}
    for asked in files.asked:
        on = [asked.signed_by(metadata) for _, metadata in files.parts]
        for partner in asked.owners:
            everywhere = set(on[0][partner]).intersection(*(each[partner] for each in on))
            signed[partner] = tuple(sorted({*signed.get(partner, ()), *everywhere}))
    return Draft(trust, tuple(sorted(lacking)), signed, files.rotates)
