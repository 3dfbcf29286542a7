"""Logs for tests of the audit: entries made without a database, keys, checkpoints, bundles."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaigns.audit import leaf
from campaigns.audit.checkpoint import Checkpoint, Keys, sign, witness_key
from campaigns.audit.entry import Entry
from campaigns.audit.merkle import leaf_hash, root_of
from campaigns.audit.note import Note, signed

__all__ = ["leaf_hash"]  # what tests rewrite bundles with
ORIGIN = "cordiale.log/0123456789abcdef"


@dataclass(frozen=True)
class Pair:
    """A key pair made from its name: the same in every run."""

    name: str
    private: Ed25519PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        seed = sha256(self.name.encode()).digest()
        object.__setattr__(self, "private", Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


OPERATOR, UK, FR, STRANGER = (Pair(name) for name in ("operator", "uk", "fr", "stranger"))
KEYS = Keys([OPERATOR.public], {"uk": [UK.public], "fr": [FR.public]})


def entry(number: int, **more: Any) -> Entry:
    """Return event *number* of a log, by a person, with words under salts that are the same in every run."""
    row = {
        "act": "release.sign",
        "campaign": "c",
        "subject": f"r{number}",
        "before": "draft",
        "after": "scheduled",
    } | more
    words, hidden = {}, {}
    for name, value in (("actor", "ana"), ("why", f"reason {number}"), ("detail", json.dumps({"n": number}))):
        salt = sha256(f"{number} {name}".encode()).digest()[: leaf.SALT]
        words[name] = (salt.hex(), value)
        hidden[name] = leaf.commitment(salt, value)
    made = leaf.encode(number, "2027-01-11T09:00:00.000000Z", row, hidden)
    return Entry(number, made, json.loads(made), words)


def entries(size: int) -> list[Entry]:
    return [entry(number) for number in range(1, size + 1)]


def checkpoint(
    log: Sequence[Entry], *, by: Pair = OPERATOR, witnesses: Sequence[tuple[str, Pair]] = (("uk", UK), ("fr", FR))
) -> Note:
    """Return a checkpoint over *log*, signed and witnessed."""
    made = sign(Checkpoint(ORIGIN, len(log), root_of(each.hash for each in log)), by.public, by.sign)
    for partner, pair in witnesses:
        made = signed(made, witness_key(partner, pair.public), pair.sign, 1_800_000_000)
    return made


def rewritten(path: Path, target: Path, change: Any) -> Path:
    """Write the zip *path* anew as *target*, its parts (name -> bytes) changed by *change*."""
    import zipfile

    with zipfile.ZipFile(path) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    parts = change(parts) or parts
    with zipfile.ZipFile(target, "w") as pack:
        for name, data in parts.items():
            pack.writestr(name, data)
    return target
