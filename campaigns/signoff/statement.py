"""
The statement that a partner signs: an in-toto Statement v1 over release digests, as RFC 8785 bytes.

    {"_type": "https://in-toto.io/Statement/v1",
     "subject": [{"name": RELEASE, "digest": {"sha256": HEX}}, …],
     "predicateType": "https://cordiale.example/decision/v1",
     "predicate": {"campaign", "partner", "decision": "approve"|"refuse"|"resume", "reason", "at"}}

Reading is strict: only the canonical form of exactly these fields is a statement, so that what was signed
has one meaning (`json.loads` keeps the last of two equal keys; the canonical round trip refuses both).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn, get_args

from campaigns.errors import NotTrusted

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://cordiale.example/decision/v1"
Answer = Literal["approve", "refuse", "resume"]  #: of releases; resume: of a hold

_AT = "%Y-%m-%dT%H:%M:%S.%fZ"
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_TEXTS = ("campaign", "partner", "decision", "reason", "at")


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing decided on: its id, and the sha256 of exactly what would go out (64 lower-case hex digits)."""

    id: str
    digest: str


@dataclass(frozen=True)
class Statement:
    """A partner's decision on the subjects of one campaign."""

    campaign: str
    partner: str
    decision: Answer
    reason: str
    at: datetime  #: aware, UTC, microseconds; decides which of two decisions is the later
    subjects: tuple[Subject, ...]


def make(
    campaign: str, partner: str, decision: Answer, reason: str, subjects: Iterable[Subject], at: datetime
) -> bytes:
    """
    Return the bytes to sign, subjects sorted by id.

    Raises:
        NotTrusted: If there is no subject, one is named twice, or a field is not what the form asks for.
        ValueError: If *at* is naive.
    """
    if at.tzinfo is None:
        message = f"{at!r} is naive; a decision has an instant"
        raise ValueError(message)
    form: dict[str, Any] = {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": each.id, "digest": {"sha256": each.digest}} for each in sorted(subjects, key=lambda s: s.id)
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "campaign": campaign,
            "partner": partner,
            "decision": decision,
            "reason": reason,
            "at": at.astimezone(UTC).strftime(_AT),
        },
    }
    try:
        payload = _canonical(form)
    except ValueError:  # a lone surrogate, as an argument of undecodable bytes becomes
        _refuse("holds characters that are not Unicode text")
    _read(form)
    return payload


def parse(payload: bytes) -> Statement:
    """
    Read what `make` wrote.

    Raises:
        NotTrusted: If *payload* is not the canonical form of a statement with exactly its fields.
    """
    try:
        form = json.loads(payload.decode())
    except (ValueError, RecursionError):  # also UnicodeDecodeError and JSONDecodeError
        _refuse("is not JSON")
    said = _read(form)
    try:
        same = _canonical(form) == payload
    except ValueError:  # an escaped lone surrogate
        same = False
    if not same:
        _refuse("is not in canonical form")
    return said


def _canonical(form: dict[str, Any]) -> bytes:
    """
    Return the RFC 8785 bytes of a statement.

    A statement holds text alone, under ASCII keys; for that `json` writes what RFC 8785 asks for, four times as
    fast as the `rfc8785` package. A test holds it to that package.
    """
    return json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _read(form: Any) -> Statement:
    _fields(form, {"_type", "subject", "predicateType", "predicate"}, "a statement")
    if form["_type"] != STATEMENT_TYPE or form["predicateType"] != PREDICATE_TYPE:
        _refuse("is of another type or version than this code reads")
    predicate = form["predicate"]
    _fields(predicate, set(_TEXTS), "a decision")
    if not all(isinstance(predicate[name], str) for name in _TEXTS):
        _refuse("holds something else than text in its decision")
    if predicate["decision"] not in get_args(Answer):
        _refuse("neither approves nor refuses")
    if not predicate["campaign"] or not predicate["partner"]:
        _refuse("names no campaign or no partner")
    try:
        at = datetime.strptime(predicate["at"], _AT).replace(tzinfo=UTC)
    except ValueError:
        _refuse("has no instant")
    if at.strftime(_AT) != predicate["at"]:
        _refuse("spells its instant in another way than ours")
    return Statement(
        predicate["campaign"],
        predicate["partner"],
        predicate["decision"],
        predicate["reason"],
        at,
        _subjects(form["subject"]),
    )


def _subjects(listed: Any) -> tuple[Subject, ...]:
    if not isinstance(listed, list) or not listed:
        _refuse("names nothing that it decides on")
    subjects: dict[str, Subject] = {}
    for each in listed:
        _fields(each, {"name", "digest"}, "a subject")
        _fields(each["digest"], {"sha256"}, "a digest")
        name, digest = each["name"], each["digest"]["sha256"]
        if not isinstance(name, str) or not name or not isinstance(digest, str) or not _DIGEST.match(digest):
            _refuse("names a subject without an id or without a sha256 digest")
        if name in subjects:
            _refuse(f"names the subject {name} twice")
        subjects[name] = Subject(name, digest)
    return tuple(subjects.values())


def _fields(value: Any, wanted: set[str], what: str) -> None:
    if not isinstance(value, dict) or value.keys() != wanted:
        _refuse(f"does not have exactly the fields of {what}")


def _refuse(why: str) -> NoReturn:
    message = f"The statement {why}."
    hint = "Ask for a new one: `cordiale review CAMPAIGN --bundle FILE`, then `cordiale approve FILE`."
    raise NotTrusted(message, hint) from None
