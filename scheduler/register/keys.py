"""The public keys of a register: those it was signed with, as it says itself, and the one that a reader asks for."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.errors import NotTrusted, UsageError, Where
from campaigns.signoff import keys
from campaigns.signoff.public_keys import key_of
from scheduler.register.folder import KEYS
from scheduler.releases.canonical import encode

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

_KEYID = re.compile(r"[0-9a-f]{64}\Z")


def published(signers: "Sequence[Signer]") -> bytes:
    """Return the public halves of *signers* as the register shows them: without the names of persons."""
    found = [{"keyid": key.keyid, **key.to_dict()} for key in (signer.public_key for signer in signers)]
    return encode(sorted(found, key=lambda each: str(each["keyid"]))) + b"\n"


def named(wanted: str, folder: Path) -> "Key":
    """
    Return the key that a reader asks for: the file of a public key, or its id of 64 hex digits.

    A key that the register in *folder* brings is held against the id that was asked for: who wrote it is no matter.

    Raises:
        UsageError: If *wanted* is neither.
        NotTrusted: If the register was signed with no such key, or the file is no public key.
        EnvironmentFault: If the file cannot be read.
    """
    if not _KEYID.match(wanted):
        path = Path(wanted)
        if not path.exists():
            message = f"There is no key file {wanted}, and it is no key's id."
            raise UsageError(message, "Name the .pub file that the publisher gave you, or the 64 digits of its id.")
        return key_of(keys.read_public(path).public)
    where = Where(str(folder / KEYS))
    try:
        for public in json.loads((folder / KEYS).read_bytes()):
            if public["keyid"] == wanted:
                return key_of(public)
    except (OSError, ValueError, KeyError, TypeError):
        message = "The register does not say with which keys it is signed."
        raise NotTrusted(message, "Name the key's .pub file.", where) from None
    message = f"The register is signed with another key than {wanted[:12]}."
    raise NotTrusted(message, "Ask its publisher which key is theirs; do not take it from the register.", where)
