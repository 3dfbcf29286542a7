"""
What this machine has already seen of the trust files: `local/highest.json`, outside the database.

It makes going back impossible: an older trust file, another one under the same version, or one that the partners of
the last did not sign (as many persons of each as it asked for, with keys that had not ended) is refused. On first use
there is nothing to compare with; guard the folder.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns.errors import EnvironmentFault, NotTrusted, Where
from campaigns.signoff import trust_files
from campaigns.signoff.quorum import Quorum

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Targets

FOLDER = "local"
FILE = "highest.json"


@dataclass(frozen=True)
class Seen:
    """The newest trust files that this machine has accepted."""

    root: dict[str, Any]  #: the root metadata itself, against which a next one is verified
    root_digest: str
    version: int  #: of the targets
    digest: str  #: sha256 of the targets' signed bytes, hex
    targets: dict[str, Any] | None = None  #: the targets metadata; missing in what older versions remembered


def read(folder: Path) -> Seen | None:
    """
    Return what trust folder *folder* remembers; None before the first use.

    Raises:
        NotTrusted: If the memory is there but cannot be understood.
        EnvironmentFault: If it cannot be read.
    """
    path = folder / FOLDER / FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"What this machine remembers of the trust files cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Let the user that runs Cordiale read it.", Where(str(path))) from None
    try:
        found = json.loads(raw)
        seen = Seen(found["root"], found["root_digest"], found["version"], found["digest"], found.get("targets"))
        if not isinstance(seen.targets, dict | None):
            raise TypeError  # noqa: TRY301 (one refusal for every way to be wrong)
        if type(seen.version) is not int or not isinstance(seen.root, dict) or not isinstance(seen.digest, str):
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "What this machine remembers of the trust files is damaged."
        hint = "Restore the file; or compare the trust files with every partner's copy, then remove it."
        raise NotTrusted(message, hint, Where(str(path))) from None
    return seen


def hold(folder: Path, root: "Metadata[Root]", targets: "Metadata[Targets]", at: datetime) -> None:
    """
    Refuse *root* and *targets* if this machine has seen newer or other ones; else remember them.

    Raises:
        NotTrusted: If they go back, differ under the same version, skip a root, or lack whom the last ones asked for.
        EnvironmentFault: If the memory cannot be written.
    """
    if known(folder, root, targets, at):
        return
    with _alone(folder):  # another process may have seen more in the meantime
        if known(folder, root, targets, at):
            return
        record = asdict(_seen(root, targets))
        trust_files.replace(folder / FOLDER / FILE, json.dumps(record, indent=1, sort_keys=True).encode() + b"\n")


def known(folder: Path, root: "Metadata[Root]", targets: "Metadata[Targets]", at: datetime) -> bool:
    """
    Return whether *root* and *targets* are exactly what is remembered; False when they are newer. Writes nothing.

    What is newer must be signed, with keys that have not ended by *at*, by whom the remembered ones ask for.

    Raises:
        NotTrusted: As `hold`.
        EnvironmentFault: If the memory cannot be read.
    """
    now = _seen(root, targets)
    seen = read(folder)
    if seen is None:
        return False
    where = Where(str(folder / trust_files.TARGETS))
    if now.version < seen.version:
        message = f"The trust file is version {now.version}, but this machine has already used version {seen.version}."
        hint = f"Restore version {seen.version}; to withdraw it, all partners sign a version {seen.version + 1}."
        raise NotTrusted(message, hint, where)
    if now.version == seen.version and now.digest != seen.digest:
        message = f"The trust file differs from the version {seen.version} that this machine has used."
        raise NotTrusted(message, "A change needs the next version number, signed by every partner.", where)
    if now.root_digest == seen.root_digest and now.version == seen.version:
        return True
    _succeeds(folder, root, targets, seen, at)
    return False


def _seen(root: "Metadata[Root]", targets: "Metadata[Targets]") -> Seen:
    return Seen(root.to_dict(), _digest(root), targets.signed.version, _digest(targets), targets.to_dict())


def _succeeds(folder: Path, root: "Metadata[Root]", targets: "Metadata[Targets]", seen: Seen, at: datetime) -> None:
    memory = Where(str(folder / FOLDER / FILE))
    last = trust_files.parse(json.dumps(seen.root).encode(), "root", memory)
    before = None if seen.targets is None else trust_files.parse(json.dumps(seen.targets).encode(), "targets", memory)
    asked = Quorum.of(last, before)
    if _digest(root) != seen.root_digest:
        where = Where(str(folder / trust_files.ROOT))
        if root.signed.version != last.signed.version + 1:
            message = (
                f"The root trust file is version {root.signed.version}; after {last.signed.version} comes the next one."
            )
            raise NotTrusted(message, "Restore the root file; later versions are installed one at a time.", where)
        lacking = asked.lacking(root, at)
        if lacking:
            message = f"The new root trust file is not signed by {', '.join(lacking)} with a key of the version before."
            raise NotTrusted(
                message, "A new root takes effect when every partner of the last one has signed it.", where
            )
    lacking = asked.lacking(targets, at)
    if lacking:
        message = (
            f"Version {targets.signed.version} of the trust file is not signed by {', '.join(lacking)} as version"
            f" {seen.version} asks for."
        )
        hint = (
            "Its partners sign it with `cordiale trust sign --key FILE`; install versions between them one at a time."
        )
        raise NotTrusted(message, hint, Where(str(folder / trust_files.TARGETS)))


def _digest(metadata: "Metadata[Any]") -> str:
    return hashlib.sha256(metadata.signed_bytes).hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    path = folder / FOLDER / ".lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        message = f"This machine cannot remember which trust files it has seen: {error.strerror}."
        raise EnvironmentFault(message, f"Let this user write {path.parent}.", Where(str(path))) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
