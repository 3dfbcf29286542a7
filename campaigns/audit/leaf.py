"""
The leaf of one event: the bytes that the log's tree is over, and the commitments that stand in it for words of people.

A leaf is canonical JSON (RFC 8785). It holds what happened in the clear; who did it, why, and the details are held as
`sha256:…` over a salt and the words. Salt and words lie beside it: while they are there, the leaf proves them; once
they are erased nobody can find out from the leaf what they were, and the leaf still verifies.

    {"act", "actor", "after", "at", "before", "campaign", "detail", "n", "subject", "v": 1, "why"}
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

ENGINE = "engine"  #: the one actor that is no person, and stands in the clear
MARK = "sha256:"  #: what a commitment begins with
NOTHING = {"actor": ENGINE, "why": "", "detail": "{}"}  #: field -> the value that needs no hiding
FIELDS = ("actor", "why", "detail")  #: the fields that are committed to
SALT = 16  #: bytes

_PLAIN = re.compile(f"({MARK}[0-9a-f]{{64}})")
#: field -> the form of what erasing leaves; detail is JSON.
_LEFT = {"actor": _PLAIN, "why": _PLAIN, "detail": re.compile(rf'\{{"erased":"{_PLAIN.pattern}"\}}')}


def commitment(salt: bytes, value: str) -> str:
    """Return what stands in a leaf for *value*."""
    return MARK + sha256(salt + value.encode()).hexdigest()


def shown(field: str, value: str, salt: str | None) -> str:
    """
    Return what the leaf holds for a field: its value in the clear, or the commitment to it.

    *salt* is hex; None where the value hides nothing, or was erased and its commitment put in its place.

    Raises:
        ValueError: If *salt* is no hex, or is lacking for words that should have one.
    """
    if salt is not None:
        return commitment(bytes.fromhex(salt), value)
    if value == NOTHING[field]:
        return "" if field == "detail" else value
    left = _LEFT[field].fullmatch(value)
    if left is None:
        message = f"the {field} stands without a salt"
        raise ValueError(message)
    return left[1]


def erased(field: str, value: str, salt: str) -> str:
    """Return what erasing leaves of a field: the commitment, in the clear."""
    left = commitment(bytes.fromhex(salt), value)
    return json.dumps({"erased": left}, separators=(",", ":")) if field == "detail" else left


def is_erased(field: str, value: str, salt: str | None) -> bool:
    """Return whether the words of a field are gone."""
    return salt is None and _LEFT[field].fullmatch(value) is not None


def encode(number: int, at: str, row: Mapping[str, Any], hidden: Mapping[str, str]) -> bytes:
    """
    Return the leaf of event *number* (from 1).

    Shapes: *row* has act, campaign, subject, before, after; *hidden* is what `shown` gave for each of `FIELDS`.

    Raises:
        UnicodeEncodeError: If a text holds half a surrogate pair.
    """
    # RFC 8785 of texts, of one small integer and of nothing is what is put together here (a test holds it to it).
    act, subject, campaign = _text(row["act"]), _text(row["subject"]), _text(row["campaign"])
    actor, why, detail = (_text(hidden[name]) for name in FIELDS)
    return (
        f'{{"act":{act},"actor":{actor},"after":{_text(row["after"])},"at":{_text(at)},"before":{_text(row["before"])},'
        f'"campaign":{campaign},"detail":{detail},"n":{number},"subject":{subject},"v":1,"why":{why}}}'
    ).encode()


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)
