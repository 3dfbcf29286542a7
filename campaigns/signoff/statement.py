"""
The statement that a partner signs: an in-toto Statement v1 over release digests, as RFC 8785 bytes.

    {"_type": "https://in-toto.io/Statement/v1",
     "subject": [{"name": RELEASE, "digest": {"sha256": HEX}}, …],
     "predicateType": "https://cordiale.example/decision/v1",
     "predicate": {"campaign", "partner", "decision": "approve"|"refuse"|"withdraw"|"resume", "reason", "at"}}

An urgent signature is a statement of another type, `…/urgent/v1`, whose predicate names a rule of the trust file in
place of a decision: neither can be taken for the other.

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
URGENT_TYPE = "https://cordiale.example/urgent/v1"
URGENT: Literal["urgent"] = "urgent"  #: what an urgent statement decides
Answer = Literal[
    "approve", "refuse", "withdraw", "resume"
]  #: of releases; withdraw ends one's own approval; resume: of a hold

_AT = "%Y-%m-%dT%H:%M:%S.%fZ"
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_TEXTS = ("campaign", "partner", "decision", "reason", "at")
_URGENT_TEXTS = ("campaign", "partner", "rule", "reason", "at")


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
    decision: Answer | Literal["urgent"]
    reason: str
    at: datetime  #: aware, UTC, microseconds; decides which of two decisions is the later
    subjects: tuple[Subject, ...]
    rule: str = ""  #: of an urgent statement: what the trust file calls the rule


def make(
    campaign: str, partner: str, decision: Answer, reason: str, subjects: Iterable[Subject], at: datetime
) -> bytes:
    """
    Return the bytes to sign, subjects sorted by id.

    Raises:
        NotTrusted: If there is no subject, one is named twice, or a field is not what the form asks for.
        ValueError: If *at* is naive.
    """
    predicate = {"campaign": campaign, "partner": partner, "decision": decision, "reason": reason}
    return _made(PREDICATE_TYPE, predicate, subjects, at)


def make_urgent(
    campaign: str, partner: str, rule: str, reason: str, subjects: Iterable[Subject], at: datetime
) -> bytes:
    """
    Return the bytes by which *partner* alone lets *subjects* out under urgent rule *rule*.

    Raises:
        NotTrusted, ValueError: As `make`.
    """
    predicate = {"campaign": campaign, "partner": partner, "rule": rule, "reason": reason}
    return _made(URGENT_TYPE, predicate, subjects, at)


def _made(kind: str, predicate: dict[str, str], subjects: Iterable[Subject], at: datetime) -> bytes:
    if at.tzinfo is None:
        message = f"{at!r} is naive; a decision has an instant"
        raise ValueError(message)
    form: dict[str, Any] = {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": each.id, "digest": {"sha256": each.digest}} for each in sorted(subjects, key=lambda s: s.id)
        ],
        "predicateType": kind,
        "predicate": {**predicate, "at": at.astimezone(UTC).strftime(_AT)},
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
    if not all(isinstance(form[name], str) for name in ("_type", "predicateType")):
        _refuse("does not name its type")
    if form["_type"] != STATEMENT_TYPE or form["predicateType"] not in {PREDICATE_TYPE, URGENT_TYPE}:
        _refuse("is of another type or version than this code reads")
    urgent = form["predicateType"] == URGENT_TYPE
    predicate, texts = form["predicate"], _URGENT_TEXTS if urgent else _TEXTS
    _fields(predicate, set(texts), "an urgent release" if urgent else "a decision")
    if not all(isinstance(predicate[name], str) for name in texts):
        _refuse("holds something else than text in its decision")
    if urgent and not predicate["rule"]:
        _refuse("names no rule")
    if not urgent and predicate["decision"] not in get_args(Answer):
        _refuse("neither approves, refuses nor withdraws")
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
        URGENT if urgent else predicate["decision"],
        predicate["reason"],
        at,
        _subjects(form["subject"]),
        predicate.get("rule", ""),
    )


def _subjects(listed: Any) -> tuple[Subject, ...]:
    if not isinstance(listed, list) or not listed:
        _refuse("names nothing that it decides on")
    subjects: dict[str, Subject] = {}
    for each in listed:  # ten thousand of them in one envelope: plain, because it counts
        try:
            name, inner = each["name"], each["digest"]
            digest = inner["sha256"]
        except (KeyError, TypeError, IndexError):
            _refuse("does not have exactly the fields of a subject")
        if type(each) is not dict or type(inner) is not dict or len(each) != 2 or len(inner) != 1:  # noqa: PLR2004 (the two above)
            _refuse("does not have exactly the fields of a subject")
        if type(name) is not str or not name or type(digest) is not str or not _DIGEST.match(digest):
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
