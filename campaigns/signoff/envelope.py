"""
The DSSE envelope around a statement: sign it, and verify it for the one partner that it names.

A threshold over all keys would take two signatures of one government for two governments. Here each envelope
speaks for one partner, and every signature on it must be valid and made with that partner's own keys. Of how many
persons a partner's word takes is asked where envelopes are added up (`approvals`), for each may sign one of their own.
The envelope's text has one form (RFC 8785, signatures by keyid), so that one agreement has one id.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from campaigns import clock
from campaigns.errors import NotTrusted
from campaigns.signoff import persons, statement
from campaigns.signoff.statement import Answer, Subject

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Signature, Signer

    from campaigns.signoff.trust import Trust

PAYLOAD_TYPE = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Decision:
    """What one partner decided, once its envelope was verified."""

    id: str  #: sha256 of the envelope's text, hex
    partner: str
    person: str  #: whom the trust file names for the key; "ana and bea" where two signed
    campaign: str
    decision: Answer | Literal["urgent"]
    reason: str
    at: datetime
    subjects: tuple[Subject, ...]
    statement: str  #: sha256 of what was signed, hex: the same for every envelope around it
    rule: str = ""  #: of an urgent one: the rule that it names
    persons: tuple[str, ...] = ()  #: each one who signed, once, sorted


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
    Return the envelope *text* with a further signature, for a partner whose role asks for two persons.

    Raises:
        NotTrusted: If *text* is not an envelope around a statement.
    """
    envelope = _open(text)
    statement.parse(envelope.payload)
    envelope.sign(signer)
    return _text(envelope)


def to_sign(payload: bytes) -> bytes:
    """
    Return the exact bytes that a key signs for the statement *payload*: DSSE's pre-authentication encoding.

    Raises:
        NotTrusted: If *payload* is not a statement.
    """
    from securesystemslib.dsse import Envelope

    statement.parse(payload)
    return Envelope(payload, PAYLOAD_TYPE, {}).pae()


def around(signed: bytes, signatures: "Iterable[Signature]") -> str:
    """
    Return the envelope's text around what `to_sign` gave, once it was signed elsewhere.

    Raises:
        NotTrusted: If *signed* is not what `to_sign` gives.
    """
    from securesystemslib.dsse import Envelope

    head = re.match(rb"DSSEv1 (\d{1,9}) (\S{1,99}) (\d{1,9}) ", signed)
    payload = signed[head.end() :] if head else b""
    if head is None or to_sign(payload) != signed:
        message = "These are not the bytes of a statement as they are signed."
        raise NotTrusted(message, "Sign the file that `cordiale signatures prepare` wrote, unedited.")
    return _text(Envelope(payload, PAYLOAD_TYPE, {each.keyid: each for each in signatures}))


def identify(text: str) -> str:
    """Return the id of an envelope: the sha256 of its text, hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def payload_digest(text: str) -> str | None:
    """Return the sha256 of what envelope *text* is about, hex, whoever signed it; None where it is no envelope."""
    try:
        return hashlib.sha256(_open(text).payload).hexdigest()
    except NotTrusted:
        return None


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
    who = _signed_by(envelope, said.partner, trust)
    return Decision(
        id=identify(text),
        partner=said.partner,
        person=" and ".join(who),
        campaign=said.campaign,
        decision=said.decision,
        reason=said.reason,
        at=said.at,
        subjects=said.subjects,
        statement=hashlib.sha256(envelope.payload).hexdigest(),
        rule=said.rule,
        persons=who,
    )


_AGAIN = "Ask its partner to sign again: `cordiale review CAMPAIGN --bundle FILE`, then `cordiale approve FILE`."


def _signed_by(envelope: "Envelope", partner: str, trust: "Trust") -> tuple[str, ...]:
    """Return the persons who signed for *partner*, after each signature proved to be that partner's."""
    if partner not in trust.partners:
        message = f"The statement speaks for {partner}, who is no partner of the trust file."
        raise NotTrusted(message, f"The partners are {', '.join(trust.partners)}.")
    for keyid in envelope.signatures:
        role = trust.role_of(keyid)
        if role is None and keyid in trust.lapsed:
            ended = clock.iso(trust.lapsed[keyid])
            message = f"The statement for {partner} is signed with the key {keyid[:12]}, which ended at {ended}."
            raise NotTrusted(message, "Sign it with a key that `cordiale trust show` lists for it.")
        if keyid in trust.operators:
            name = trust.operators[keyid].name
            message = f"The statement speaks for {partner}, but is signed with the operators' key of {name}."
            raise NotTrusted(message, f"Have it signed with a key of {partner}; who runs the machine approves nothing.")
        if role is None:
            message = f"The statement for {partner} is signed with the key {keyid[:12]}, which is unknown or revoked."
            raise NotTrusted(message, "Sign it with a key that `cordiale trust show` lists.")
        if role != partner:
            message = (
                f"The statement speaks for {partner}, but is signed with a key of {role}, {trust.person_of(keyid)}'s."
            )
            raise NotTrusted(message, f"Have it signed with a key of {partner}; nobody signs for another partner.")
    result = trust.targets.get_verification_result(partner, envelope.pae(), envelope.signatures)
    if result.signed.keys() != envelope.signatures.keys():
        message = f"A signature for {partner} does not fit what it is on: the statement or the signature was changed."
        raise NotTrusted(message, _AGAIN)
    named = {persons.folded(name): name for name in map(trust.person_of, sorted(envelope.signatures)) if name}
    return tuple(sorted(named.values()))


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
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))  # texts under ASCII keys alone:
    text.encode()  # there it is RFC 8785 (`statement._canonical`), lone surrogates aside, which raise here
    return text
