"""
The DSSE envelope around a statement: sign it, and verify it for the one partner that it names.

A threshold over all keys would take two signatures of one government for two governments. Here each envelope
speaks for one partner, and every signature on it must be valid and made with that partner's own keys.
The envelope's text has one form (RFC 8785, signatures by keyid), so that one agreement has one id.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import rfc8785

from campaigns.errors import NotTrusted
from campaigns.signoff import statement
from campaigns.signoff.statement import Answer, Subject

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Signer

    from campaigns.signoff.trust import Trust

PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Decision:
    """What one partner decided, once its envelope was verified."""

    id: str  #: sha256 of the envelope's text, hex
    partner: str
    person: str  #: whom the trust file names for the key
    campaign: str
    decision: Answer
    reason: str
    at: datetime
    subjects: tuple[Subject, ...]
    statement: str  #: sha256 of what was signed, hex: the same for every envelope around it


def sign(payload: bytes, signer: "Signer") -> str:
    """
    Return the envelope's text: *payload* signed by *signer*.

    Raises:
        NotTrusted: If *payload* is not a statement.
    """
    from securesystemslib.dsse import Envelope

    statement.parse(payload)
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return _text(envelope)


def add_signature(text: str, signer: "Signer") -> str:
    """
    Return the envelope *text* with a further signature, for a partner whose role asks for two keys.

    Raises:
        NotTrusted: If *text* is not an envelope around a statement.
    """
    envelope = _open(text)
    statement.parse(envelope.payload)
    envelope.sign(signer)
    return _text(envelope)


def identify(text: str) -> str:
    """Return the id of an envelope: the sha256 of its text, hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def verify(text: str, trust: "Trust") -> Decision:
    """
    Return the decision in the envelope *text*, which its partner's keys in *trust* really signed.

    The trust's own dates are the caller's to ask (`Trust.check_expiry`, `TrustStore.current`).

    Raises:
        NotTrusted: If anything about it does not hold; the message says what.
    """
    envelope = _open(text)
    if envelope.payload_type != PAYLOAD_TYPE:
        message = f"The signature is over the type {envelope.payload_type!r}, not over a statement."
        raise NotTrusted(message, _AGAIN)
    if not envelope.signatures:
        message = "The envelope carries no signature."
        raise NotTrusted(message, "Sign it with `cordiale approve FILE --as PARTNER --key FILE`.")
    said = statement.parse(envelope.payload)
    person = _signed_by(envelope, said.partner, trust)
    return Decision(
        id=identify(text),
        partner=said.partner,
        person=person,
        campaign=said.campaign,
        decision=said.decision,
        reason=said.reason,
        at=said.at,
        subjects=said.subjects,
        statement=hashlib.sha256(envelope.payload).hexdigest(),
    )


_AGAIN = "Ask its partner to sign again: `cordiale review CAMPAIGN --bundle FILE`, then `cordiale approve FILE`."


def _signed_by(envelope: "Envelope", partner: str, trust: "Trust") -> str:
    """Return the person who signed for *partner*, after each signature proved to be that partner's."""
    if partner not in trust.partners:
        message = f"The statement speaks for {partner}, who is no partner of the trust file."
        raise NotTrusted(message, f"The partners are {', '.join(trust.partners)}.")
    for keyid in envelope.signatures:
        role = trust.role_of(keyid)
        if role is None:
            message = f"The statement for {partner} is signed with the key {keyid[:12]}, which is unknown or revoked."
            raise NotTrusted(message, "Sign it with a key that `cordiale trust show` lists.")
        if role != partner:
            message = f"The statement speaks for {partner}, but is signed with a key of {role}."
            raise NotTrusted(message, f"Have it signed with a key of {partner}; nobody signs for another partner.")
    result = trust.targets.get_verification_result(partner, envelope.pae(), envelope.signatures)
    if result.signed.keys() != envelope.signatures.keys():
        message = f"A signature for {partner} does not fit what it is on: the statement or the signature was changed."
        raise NotTrusted(message, _AGAIN)
    if not result:
        message = (
            f"{partner} has signed with {len(result.signed)} of the {result.threshold} keys that its role asks for."
        )
        raise NotTrusted(message, "Add the missing signature.")
    persons = {trust.person_of(keyid) or "" for keyid in envelope.signatures}
    if len(persons) != 1:
        message = f"Two persons of {partner} signed one envelope: {', '.join(sorted(persons))}."
        raise NotTrusted(message, "Each person signs an envelope of their own.")
    return persons.pop()


def _open(text: str) -> "Envelope":
    from securesystemslib.dsse import Envelope

    try:
        envelope = Envelope.from_dict(json.loads(text))
        if not all(isinstance(each.keyid, str) for each in envelope.signatures.values()) or _text(envelope) != text:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = "This is not a signed envelope in the one form that we write."
        raise NotTrusted(message, "Import the file as `cordiale approve` wrote it, unedited.") from None
    return envelope


def _text(envelope: "Envelope") -> str:
    form = envelope.to_dict()
    form["signatures"].sort(key=lambda each: each["keyid"])
    if any(each.keys() != {"keyid", "sig"} for each in form["signatures"]):
        raise ValueError
    return rfc8785.dumps(form).decode()
