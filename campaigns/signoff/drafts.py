"""
Trust files on their way round: a draft collects signatures in `draft/`, and takes effect when every partner has signed.

The files in force stay as they are meanwhile, so that a half-signed change never stops what is agreed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.errors import NotTrusted, Refused, Where
from campaigns.signoff import trust_files
from campaigns.signoff.trust import Trust, load, understand, verify

if TYPE_CHECKING:
    from securesystemslib.signer import Signer
    from tuf.api.metadata import Metadata, Root, Targets

FOLDER = "draft"


@dataclass(frozen=True)
class Draft:
    """A change of the trust that somebody proposed."""

    trust: Trust  #: what it would mean; not to be relied on
    unsigned_by: tuple[str, ...]


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
    root, targets, _ = _files(folder)
    return _draft(folder, root, targets)


def sign(folder: Path, signers: Iterable["Signer"], now: datetime) -> Draft:
    """
    Add signatures to the draft; once nobody's is missing, put it in force and remember it as seen.

    Raises:
        NotTrusted: If there is no draft, a key is none of its partners', or it may not come into force.
    """
    root, targets, new_root = _files(folder)
    place = folder / FOLDER
    for signer in signers:
        if signer.public_key.keyid not in root.signed.keys:
            message = f"The key {signer.public_key.keyid[:12]} belongs to no partner of the trust file."
            raise NotTrusted(message, "Sign with a key whose .pub file was given to `cordiale trust init`.")
        trust_files.sign(targets, [signer])
        if new_root:
            trust_files.sign(root, [signer])
    if new_root:
        trust_files.write(place / trust_files.ROOT, root)
    trust_files.write(place / trust_files.TARGETS, targets)
    draft = _draft(folder, root, targets)
    if not draft.unsigned_by:
        _enforce(folder, root, targets, new_root=new_root, now=now)
    return draft


def _enforce(
    folder: Path, root: "Metadata[Root]", targets: "Metadata[Targets]", *, new_root: bool, now: datetime
) -> None:
    verify(root, targets, folder / FOLDER).check_expiry(now)
    if (folder / trust_files.TARGETS).exists():
        current = trust_files.read(folder / trust_files.TARGETS, "targets")
        if targets.signed.version != current.signed.version + 1:
            message = (
                f"The draft is version {targets.signed.version}, but version {current.signed.version} is in force."
            )
            hint = f"Remove {folder / FOLDER} and propose the change again."
            raise NotTrusted(message, hint, Where(str(folder / FOLDER / trust_files.TARGETS)))
    if new_root:
        trust_files.write(folder / trust_files.ROOT, root)
    trust_files.write(folder / trust_files.TARGETS, targets)
    load(folder, now)
    for name in (trust_files.TARGETS, trust_files.ROOT):
        (folder / FOLDER / name).unlink(missing_ok=True)


def _files(folder: Path) -> "tuple[Metadata[Root], Metadata[Targets], bool]":
    place = folder / FOLDER
    if not (place / trust_files.TARGETS).exists():
        message = f"There is no draft in {place}."
        raise NotTrusted(message, "Propose one with `cordiale trust init` or `cordiale trust declare PATH`.")
    new_root = (place / trust_files.ROOT).exists()
    root = trust_files.read((place if new_root else folder) / trust_files.ROOT, "root")
    return root, trust_files.read(place / trust_files.TARGETS, "targets"), new_root


def _draft(folder: Path, root: "Metadata[Root]", targets: "Metadata[Targets]") -> Draft:
    lacking = {*trust_files.unsigned_by(root.signed, root), *trust_files.unsigned_by(root.signed, targets)}
    return Draft(understand(root, targets, folder / FOLDER), tuple(sorted(lacking)))
