"""
The signature on the register: a DSSE envelope around the list of its files, by the operators or by one partner.

Ed25519 gives the same bytes for the same list and key, so an export of what did not change changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.errors import NotTrusted
from campaigns.signoff.trust_files import OPERATORS
from scheduler.releases.canonical import encode

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Key, Signer

    from campaigns.signoff.trust import Trust

PAYLOAD_TYPE = "application/vnd.cordiale.register+json"
_AGAIN = "Get the register from its publisher again, or export it again with `cordiale register export`."


@dataclass(frozen=True)
class Sealed:
    """What was signed, and by whom."""

    payload: bytes
    by: str  #: a partner, `operators`, or the start of a key's id where no trust file names it
    keyids: tuple[str, ...]


def seal(payload: bytes, signers: "Sequence[Signer]", trust: "Trust") -> bytes:
    """
    Return the envelope's text: *payload* signed by *signers*.

    Raises:
        NotTrusted: If the trust file does not let these keys sign a register.
    """
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    for signer in signers:
        envelope.sign(signer)
    text = _text(envelope)
    opened(text, trust)
    return text


def opened(text: bytes, trust: "Trust") -> Sealed:
    """
    Return what the envelope *text* holds, signed by the operators or one partner of *trust*.

    The trust's own dates are the caller's to ask.

    Raises:
        NotTrusted: If it is not the one form that we write, or a signature does not hold; the message says what.
    """
    envelope = _open(text)
    roles = {OPERATORS if keyid in trust.operators else trust.role_of(keyid) for keyid in envelope.signatures}
    if len(roles) != 1 or None in roles:
        message = "The register is signed with a key that is no operator's and no partner's of the trust file."
        raise NotTrusted(message, "Sign it with a key that `cordiale trust show` lists; all keys of one role.")
    [role] = roles
    result = trust.targets.get_verification_result(str(role), envelope.pae(), envelope.signatures)
    if result.signed.keys() != envelope.signatures.keys():
        message = f"The signature of {role} does not fit the register: one of them was changed."
        raise NotTrusted(message, _AGAIN)
    if not result:
        message = f"The register carries {len(result.signed)} of the {result.threshold} signatures that {role} needs."
        raise NotTrusted(message, "Name every key with a `--key` of its own.")
    return Sealed(envelope.payload, str(role), tuple(envelope.signatures))


def opened_with(text: bytes, key: "Key") -> Sealed:
    """
    Return what the envelope *text* holds, signed with *key*: for those who have a key, and no trust file.

    Raises:
        NotTrusted: As `opened`.
    """
    from securesystemslib.exceptions import VerificationError

    envelope = _open(text)
    try:
        envelope.verify([key], 1)
    except VerificationError:
        message = f"The register is not signed with the key {key.keyid[:12]}, or was changed since."
        raise NotTrusted(message, _AGAIN) from None
    return Sealed(envelope.payload, f"key {key.keyid[:12]}", (key.keyid,))


def _open(text: bytes) -> "Envelope":
    from securesystemslib.dsse import Envelope

    try:
        envelope = Envelope.from_dict(json.loads(text))
        whole = bool(envelope.signatures) and envelope.payload_type == PAYLOAD_TYPE and _text(envelope) == text
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        message = "The register's signature is not in the one form that we write."
        raise NotTrusted(message, _AGAIN)
    return envelope


def _text(envelope: "Envelope") -> bytes:
    form = envelope.to_dict()
    form["signatures"].sort(key=lambda each: each["keyid"])
    return encode(form) + b"\n"
