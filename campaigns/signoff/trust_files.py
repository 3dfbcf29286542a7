"""
The two trust files as TUF metadata: reading strictly, making, signing, writing. What they mean is `trust`'s business.

    root.json     whose keys may change the trust: `cordiale.partners` maps each partner to its keyids
    targets.json  who approves: one delegated role a partner, and one called `operators` for those who run the
                  machine and approve nothing; `cordiale` holds what `terms` reads

Whose signatures they need is `quorum`'s business.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from campaigns.errors import EnvironmentFault, NotTrusted, Refused, Where
from campaigns.signoff import public_keys
from campaigns.signoff.keys import KeyPair
from campaigns.signoff.public_keys import key_of

if TYPE_CHECKING:
    from securesystemslib.signer import Signer
    from tuf.api.metadata import Metadata, Root, Targets

ROOT = "root.json"
TARGETS = "targets.json"
FIELD = "cordiale"  #: our own fields, inside what is signed
OPERATORS = "operators"  #: the role of those who run the machine
RESTORE = "Restore the trust files that every partner signed, or make new ones with `cordiale trust init`."


@dataclass(frozen=True, order=True)
class DeclaredChannel:
    """A channel that every partner agreed to publish on."""

    id: str
    kind: str
    account: str
    issuer: str
    server: str | None = None


Channels = frozenset[DeclaredChannel] | Literal["*"]


def read(path: Path, kind: Literal["root", "targets"]) -> "Metadata[Any]":
    """
    Return the metadata in the file *path*, its signatures not yet looked at.

    Raises:
        NotTrusted: If there is no such file, or it is not TUF metadata of that kind.
        EnvironmentFault: If it cannot be read.
    """
    where = Where(str(path))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        message = f"There is no trust file {path}."
        hint = "Make a workspace with `cordiale init DIR`, or trust files with `cordiale trust init`."
        raise NotTrusted(message, hint, where) from None
    except OSError as error:
        message = f"The trust file {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Let the user that runs Cordiale read it.", where) from None
    return parse(raw, kind, where)


def parse(raw: bytes, kind: Literal["root", "targets"], where: Where) -> "Metadata[Any]":
    """
    Return the metadata that *raw* spells.

    Raises:
        NotTrusted: If it is not TUF metadata of that kind, or a JSON key occurs twice.
    """
    from tuf.api.metadata import Metadata
    from tuf.api.serialization import SerializationError

    public_keys.teach()
    try:
        metadata: Metadata[Any] = Metadata.from_dict(json.loads(raw, object_pairs_hook=_once))
        if metadata.signed.type != kind or type(metadata.signed.version) is not int:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        metadata.signed_bytes  # noqa: B018 (a property that raises on what has no canonical form)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SerializationError):
        message = f"The file {where.file} is not a trust file of the kind '{kind}'."
        raise NotTrusted(message, RESTORE, where) from None
    return metadata


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def write(path: Path, metadata: "Metadata[Any]") -> None:
    """Put *metadata* at *path*, all of it or nothing."""
    replace(path, json.dumps(metadata.to_dict(), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n")


def replace(path: Path, data: bytes) -> None:
    """
    Put *data* at *path* so that a crash leaves the old file or the new one, and it is on disk on return.

    Raises:
        EnvironmentFault: If the folder cannot be written.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            Path(temporary).unlink()
        message = f"The file {path} could not be written: {error.strerror}."
        raise EnvironmentFault(
            message, "Free some space, or let this user write the folder.", Where(str(path))
        ) from None


def partners(root: "Root") -> dict[str, tuple[str, ...]]:
    """
    Return which partner owns which keys of *root*, partners sorted by id.

    Raises:
        NotTrusted: If the file does not say it for every key, or gives one key to two partners.
    """
    own = root.unrecognized_fields.get(FIELD)
    listed = own.get("partners") if isinstance(own, dict) and set(own) == {"partners"} else None
    if not isinstance(listed, dict) or not listed:
        raise NotTrusted(_ROOT_SILENT, RESTORE)
    for ids in listed.values():
        if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
            raise NotTrusted(_ROOT_SILENT, RESTORE)
    owned = [each for ids in listed.values() for each in ids]
    if len(set(owned)) != len(owned):
        message = "The root trust file gives one key to two partners."
        raise NotTrusted(message, "Each partner makes keys of its own with `cordiale keys new NAME`.")
    for name in ("root", "targets"):
        role = root.roles[name]
        if set(role.keyids) != set(owned) or role.threshold != len(listed) or not set(owned) <= root.keys.keys():
            message = f"The root trust file does not ask every partner to sign the {name} file."
            raise NotTrusted(message, RESTORE)
    return {partner: tuple(ids) for partner, ids in sorted(listed.items())}


_ROOT_SILENT = "The root trust file does not say which key belongs to which partner."


def found(
    signatories: Mapping[str, Sequence[KeyPair]],
    channels: Channels,
    expires: datetime,
    *,
    rehearsal_only: bool,
    operators: Sequence[KeyPair] = (),
    thresholds: Mapping[str, int] = MappingProxyType({}),
) -> "tuple[Metadata[Root], Metadata[Targets]]":
    """
    Return a first root and targets, version 1, unsigned. A key's name is the name of its person.

    *thresholds* says of how many persons a partner's approval takes; one, where it says nothing.

    Raises:
        Refused: If a partner's id is the name of another role, or there is no partner.
    """
    from tuf.api.metadata import TOP_LEVEL_ROLE_NAMES, DelegatedRole, Delegations, Metadata, Role, Root, Targets

    if not signatories:
        message = "The trust file would have no partner."
        raise Refused(message, "Leave or add a key for at least one, with --add ID=FILE.")
    for partner in sorted({*TOP_LEVEL_ROLE_NAMES, OPERATORS} & signatories.keys()):
        message = f"A partner cannot be called {partner}: the trust file has a role of that name."
        raise Refused(message, "Give the partner another id, for instance its country code.")
    keys = {pair.keyid: key_of(pair.public) for pairs in signatories.values() for pair in pairs}
    ids = {partner: list(dict.fromkeys(pair.keyid for pair in pairs)) for partner, pairs in signatories.items()}
    until = expires.astimezone(UTC)
    root = Root(
        expires=until,
        keys=dict(keys),
        roles={name: Role(list(keys), len(signatories)) for name in TOP_LEVEL_ROLE_NAMES},
        unrecognized_fields={FIELD: {"partners": ids}},
    )
    roles = {
        partner: DelegatedRole(partner, list(keyids), thresholds.get(partner, 1), terminating=True, paths=["*"])
        for partner, keyids in ids.items()
    }
    running = {pair.keyid: key_of(pair.public) for pair in operators}
    if running:
        roles[OPERATORS] = DelegatedRole(OPERATORS, list(running), 1, terminating=True, paths=["*"])
    named = [*(pair for pairs in signatories.values() for pair in pairs), *operators]
    targets = Targets(
        expires=until,
        delegations=Delegations({**keys, **running}, roles),
        unrecognized_fields={
            FIELD: {
                "rehearsal_only": rehearsal_only,
                "persons": {pair.keyid: pair.name for pair in named},
                "channels": listed(channels),
            }
        },
    )
    return Metadata(root), Metadata(targets)


def declaring(targets: "Metadata[Targets]", channels: Channels) -> "Metadata[Targets]":
    """Return the next version of *targets*, unsigned, with *channels* as the declared ones."""
    return saying(targets, "channels", listed(channels))


def saying(targets: "Metadata[Targets]", name: str, value: Any) -> "Metadata[Targets]":
    """Return the next version of *targets*, unsigned, whose own field *name* says *value*; None leaves it out."""
    from tuf.api.metadata import Metadata

    following: Metadata[Targets] = Metadata.from_dict({"signatures": [], "signed": targets.signed.to_dict()})
    following.signed.version += 1
    own = {**targets.signed.unrecognized_fields[FIELD], name: value}
    following.signed.unrecognized_fields[FIELD] = {each: said for each, said in own.items() if said is not None}
    return following


def listed(channels: Channels) -> Literal["*"] | list[dict[str, Any]]:
    """Return *channels* as the file holds them, sorted; TUF's canonical JSON has null."""
    return "*" if channels == "*" else [asdict(each) for each in sorted(channels, key=lambda each: each.id)]


def sign(metadata: "Metadata[Any]", signers: Iterable["Signer"]) -> None:
    """Add the signatures of *signers* to *metadata*, which keeps those it has."""
    for signer in signers:
        signature = signer.sign(metadata.signed_bytes)  # not `metadata.sign`, which hides why a key did not
        metadata.signatures[signature.keyid] = signature
