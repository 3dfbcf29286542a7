"""
Rehearsal trust: one demo person and key a partner, and one operator.

It is marked so that it publishes to loopback and files alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from campaigns import clock
from campaigns.errors import Refused, Where
from campaigns.signoff import keys as key_files
from campaigns.signoff import trust_files
from campaigns.signoff.trust import Trust, load
from campaigns.signoff.trust_files import DeclaredChannel

LASTS = timedelta(days=365)
OPERATOR = "operator"  #: the name of the demo person who runs the machine, and of their key file


def key_name(partner: str) -> str:
    """Return the name of *partner*'s demo person, which is also the key file's: `uk-officer`."""
    return f"{partner}-officer"


def make(
    folder: Path,
    keys: Path,
    partners: Sequence[str],
    channels: Literal["*"] | Sequence[DeclaredChannel] = "*",
    now: datetime | None = None,
) -> Trust:
    """
    Write keys to *keys* (`uk-officer.key`, `operator.key`, …) and signed trust files to *folder*, and return the trust.

    Raises:
        Refused: If there is a trust file or a key of that name already; nothing is overwritten.
        EnvironmentFault: If a folder cannot be written.
    """
    start = now or clock.now()
    for name in (trust_files.ROOT, trust_files.TARGETS):
        if (folder / name).exists():
            message = f"There is already a trust file in {folder}."
            raise Refused(
                message, "Choose another folder; trust files are never overwritten.", Where(str(folder / name))
            )
    pairs = {partner: [key_files.new(keys, key_name(partner))] for partner in partners}
    declared: trust_files.Channels = "*" if channels == "*" else frozenset(channels)
    operators = [key_files.new(keys, OPERATOR)]
    root, targets = trust_files.found(pairs, declared, start + LASTS, rehearsal_only=True, operators=operators)
    signers = [key_files.load_signer(pair.path) for each in pairs.values() for pair in each]
    for name, metadata in ((trust_files.ROOT, root), (trust_files.TARGETS, targets)):
        trust_files.sign(metadata, signers)
        trust_files.write(folder / name, metadata)
    return load(folder, start)
