"""
Signed notes (C2SP signed-note): a text that several keys sign, one line a signature. Pure.

    text, ending in a newline
    (an empty line)
    — key-name base64(4 bytes of key id, signature)

Two kinds of signature are known: a plain one over the text, and a witness's, which says when (C2SP tlog-cosignature).
Lines of keys that nobody told us of are ignored, as the format demands; one of a known key that fails spoils the note.
"""

import base64
import binascii
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from typing import NoReturn

from campaigns.errors import NotTrusted

DASH = "\N{EM DASH} "
LONGEST = 1_000_000  #: bytes of a note that is looked at
MOST = 100  #: signatures of a note that are looked at
_UNEDITED = "Use the file as it was written, unedited."

Sign = Callable[[bytes], bytes]  #: makes an Ed25519 signature over a message


class Kind(IntEnum):
    """What a signature says; the number is part of the key id."""

    PLAIN = 1  #: Ed25519 over the text
    WITNESS = 4  #: Ed25519 over a heading, the time and the text


@dataclass(frozen=True)
class Key:
    """A public key under the name by which notes know it."""

    name: str
    public: bytes  #: Ed25519, 32 bytes
    kind: Kind = Kind.PLAIN

    @property
    def id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


@dataclass(frozen=True)
class Signature:
    """One line under a note."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True)
class Note:
    """A text and the signatures under it. Nothing in it is to be believed before `verified`."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(f"{each}\n" for each in self.signatures)


@dataclass(frozen=True)
class Signed:
    """One signature that holds."""

    key: Key
    at: int | None  #: seconds since 1970, of a witness


def parse(raw: bytes) -> Note:
    """
    Return the note in *raw*.

    Raises:
        NotTrusted: If it is not a note in the one form there is.
    """
    if len(raw) > LONGEST:
        _refuse("is longer than a note may be")
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        _refuse("is not UTF-8")
    if any(each < " " and each != "\n" for each in whole):
        _refuse("holds control characters")
    text, found, lines = whole.rpartition("\n\n")
    if not found or not text or not lines.endswith("\n"):
        _refuse("has no signatures under its text")
    listed = lines[:-1].split("\n")
    if len(listed) > MOST:
        _refuse(f"has more than {MOST} signatures")
    note = Note(f"{text}\n", tuple(_line(each) for each in listed))
    if str(note) != whole:
        _refuse("is spelled in another way than notes are")
    return note


def signed(note: Note, key: Key, sign: Sign, at: int = 0) -> Note:
    """
    Return *note* with the signature of *key*; one that it had by the same key goes. *at* is the time of a witness.

    Raises:
        ValueError: If the name of *key* cannot stand in a note.
    """
    if not _is_name(key.name):
        message = f"{key.name!r} cannot name a key"
        raise ValueError(message)
    value = sign(_message(note.text, key.kind, at))
    line = Signature(key.name, key.id, (at.to_bytes(8, "big") if key.kind is Kind.WITNESS else b"") + value)
    others = [each for each in note.signatures if (each.name, each.key_id) != (key.name, key.id)]
    return replace(note, signatures=(*others, line))


def verified(note: Note, keys: Iterable[Key]) -> list[Signed]:
    """
    Return the signatures of *keys* that hold, in the order of the note; of each key the first.

    Raises:
        NotTrusted: If a line of one of *keys* does not hold.
    """
    known = {(key.name, key.id): key for key in keys}
    found: dict[Key, Signed] = {}
    for each in note.signatures:
        key = known.get((each.name, each.key_id))
        if key is None or key in found:
            continue
        at, value = None, each.value
        if key.kind is Kind.WITNESS:
            at, value = int.from_bytes(value[:8], "big"), value[8:]
        if (at or 0) >= 1 << 63 or not holds(key.public, value, _message(note.text, key.kind, at or 0)):
            message = f"The signature of {key.name} does not fit the note: one of them was changed."
            raise NotTrusted(message, _UNEDITED)
        found[key] = Signed(key, at)
    return list(found.values())


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether *signature* is one by the Ed25519 key *public* over *message*."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(text: str, kind: Kind, at: int) -> bytes:
    """Return what is signed."""
    return (f"cosignature/v1\ntime {at}\n{text}" if kind is Kind.WITNESS else text).encode()


def _line(line: str) -> Signature:
    if not line.startswith(DASH):
        _refuse("has a line among its signatures that is none")
    name, _, coded = line.removeprefix(DASH).partition(" ")
    try:
        value = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        _refuse("has a signature that is not base64")
    if not _is_name(name) or len(value) < 5:  # noqa: PLR2004 (the key id and something more)
        _refuse("has a signature without a name or without a value")
    return Signature(name, value[:4], value[4:])


def _is_name(name: str) -> bool:
    return bool(name) and not any(
        each == "+" or each.isspace() or unicodedata.category(each)[0] in "CZ" for each in name
    )


def _refuse(how: str) -> NoReturn:
    message = f"The file is not a signed note: it {how}."
    raise NotTrusted(message, _UNEDITED) from None
