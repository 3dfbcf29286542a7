"""Envelopes that somebody damaged or forged: every way we know, drawn at random, and each of them to be refused."""

import base64
import json
import random
from collections.abc import Callable
from typing import Any

import rfc8785

Form = dict[str, Any]

ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789{}[]":,+/=\\ \n\u0000\u202eé\ud800'


def opened(text: str) -> tuple[Form, Form]:
    """Return an envelope's form, and that of the statement inside."""
    form = json.loads(text)
    return form, json.loads(base64.b64decode(form["payload"]))


def closed(form: Form, payload: bytes | None = None) -> str:
    """Return the envelope's text in the one form that is written, around *payload* where it is given."""
    said = {**form, "payload": base64.b64encode(payload).decode()} if payload is not None else form
    return rfc8785.dumps(said).decode()


def _bit(chance: random.Random, text: str, others: list[str]) -> str:
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return raw.decode("utf-8", "surrogateescape")


def _letters(chance: random.Random, text: str, others: list[str]) -> str:
    at = chance.randrange(len(text))
    piece = "".join(chance.choices(ALPHABET, k=chance.randrange(4)))
    return text[:at] + piece + text[at + chance.randrange(3) :]


def _cut(chance: random.Random, text: str, others: list[str]) -> str:
    start, end = sorted(chance.sample(range(len(text) + 1), 2))
    return chance.choice((text[:start], text[start:], text[:start] + text[end:], text + text[start:end], text * 2))


def _splice(chance: random.Random, text: str, others: list[str]) -> str:
    other, at = chance.choice(others), chance.randrange(len(text))
    return text[:at] + other[at:]


def _foreign_signature(chance: random.Random, text: str, others: list[str]) -> str:
    """Put the signatures of another envelope on this one's statement."""
    form, other = json.loads(text), json.loads(chance.choice(others))
    return closed({**form, "signatures": other["signatures"]})


def _relabelled(chance: random.Random, text: str, others: list[str]) -> str:
    """Call a signature that of another key."""
    form, other = json.loads(text), json.loads(chance.choice(others))
    keyid = chance.choice((other["signatures"][0]["keyid"], "0" * 64, "", "uk"))
    return closed({**form, "signatures": [{**form["signatures"][0], "keyid": keyid}]})


def _more_signatures(chance: random.Random, text: str, others: list[str]) -> str:
    """Add signatures that are over something else, or twice the same."""
    form, other = json.loads(text), json.loads(chance.choice(others))
    return closed({**form, "signatures": [*form["signatures"], *other["signatures"]]})


def _no_signature(chance: random.Random, text: str, others: list[str]) -> str:
    return closed({**json.loads(text), "signatures": []})


def _random_signature(chance: random.Random, text: str, others: list[str]) -> str:
    form = json.loads(text)
    sig = base64.b64encode(chance.randbytes(chance.choice((0, 1, 63, 64, 65, 200)))).decode()
    return closed({**form, "signatures": [{**form["signatures"][0], "sig": sig}]})


def _other_type(chance: random.Random, text: str, others: list[str]) -> str:
    kinds = ("", "text/plain", "application/json", "application/vnd.in-toto+json ", "application/vnd.in-toto+JSON")
    return closed({**json.loads(text), "payloadType": chance.choice(kinds)})


def _spelled_otherwise(chance: random.Random, text: str, others: list[str]) -> str:
    form = json.loads(text)
    ways: list[Callable[[], str]] = [
        lambda: json.dumps(form),
        lambda: json.dumps(form, indent=1),
        lambda: text + chance.choice((" ", "\n", "\x00", "{}", "//")),
        lambda: " " + text,
        lambda: "\ufeff" + text,
        lambda: text.replace("{", '{"payload":"",', 1),
        lambda: text.replace('"payloadType"', '"payloadType":"","payloadType"', 1),
        lambda: closed({**form, chance.choice(("note", "extra", "Payload")): chance.choice((None, 1, "x"))}),
        lambda: closed({**form, "signatures": [{**each, "cert": ""} for each in form["signatures"]]}),
        lambda: text.replace("=", "", 1) if "=" in text else text + "=",
        lambda: text.replace("+", "-").replace("/", "_") + " ",
    ]
    return chance.choice(ways)()


def _another_statement(chance: random.Random, text: str, others: list[str]) -> str:
    """Change one thing that the statement says, in its canonical form, and leave the signature as it is."""
    form, said = opened(text)
    place, value = chance.choice(_PLACES), chance.choice(_VALUES)
    here: Any = said
    for key in place[:-1]:
        here = here[key]
    if chance.random() < 0.15 and isinstance(here, dict):
        here.pop(place[-1], None)
    else:
        here[place[-1]] = value
    try:
        return closed(form, rfc8785.dumps(said))
    except (ValueError, rfc8785.CanonicalizationError):
        return closed(form, json.dumps(said).encode())


_PLACES: list[tuple[Any, ...]] = [
    ("_type",),
    ("predicateType",),
    ("subject",),
    ("subject", 0),
    ("subject", 0, "name"),
    ("subject", 0, "digest"),
    ("subject", 0, "digest", "sha256"),
    ("predicate", "campaign"),
    ("predicate", "partner"),
    ("predicate", "decision"),
    ("predicate", "rule"),
    ("predicate", "reason"),
    ("predicate", "at"),
    ("predicate", "note"),
    ("note",),
]
_VALUES: list[Any] = [
    *("", "uk", "fr", "approve", "refuse", "urgent", "a" * 64, "2099-01-01T00:00:00.000000Z", "\ud800"),
    *(None, 0, 1.5, True, [], {}, [{}], {"sha256": "b" * 64}, [{"name": "x", "digest": {"sha256": "c" * 64}}]),
]


def _not_canonical(chance: random.Random, text: str, others: list[str]) -> str:
    """Spell the statement in another way; the signature would be over other bytes, and is not."""
    form, said = opened(text)
    raw = base64.b64decode(form["payload"])
    ways = [
        json.dumps(said).encode(),
        json.dumps(said, indent=2).encode(),
        raw + b" ",
        raw + b"\x00",
        b" " + raw,
        raw.replace(b'{"_type"', b'{"_type":"","_type"', 1),
        raw.replace(b'"approve"', b'"refuse","decision":"approve"', 1) + b"",
        raw.replace(b"a", b"\\u0061", 1),
        raw + raw,
        b"",
    ]
    return closed(form, chance.choice(ways))


def _noise(chance: random.Random, text: str, others: list[str]) -> str:
    made = chance.choice(("", "null", "[]", "{}", "0", '""', "[" * 2000, '{"payload":' * 500))
    return made + "".join(chance.choices(ALPHABET, k=chance.randrange(60)))


WAYS = (
    _bit,
    _letters,
    _cut,
    _splice,
    _foreign_signature,
    _relabelled,
    _more_signatures,
    _no_signature,
    _random_signature,
    _other_type,
    _spelled_otherwise,
    _another_statement,
    _not_canonical,
    _noise,
)


def forged(chance: random.Random, originals: list[str]) -> tuple[str, str]:
    """Return an envelope that nobody signed, and the name of the way it was made. Never one of *originals*."""
    while True:
        way = chance.choice(WAYS)
        text = way(chance, chance.choice(originals), originals)
        if chance.random() < 0.1:
            text = chance.choice(WAYS[:4])(chance, text or "{}", originals) if len(text) > 2 else text
        if text not in originals:
            return text, way.__name__.strip("_")
