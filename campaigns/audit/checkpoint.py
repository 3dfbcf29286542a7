"""
Checkpoints (C2SP tlog-checkpoint): how large a log was, and its root, signed by an operator and by witnesses. Pure.

    origin                  the log's name, which is the operator's key name too
    size                    leaves
    root                    base64

One checkpoint speaks for all events before it. An operator alone could sign two that contradict each other; a partner
who witnesses has seen that each one only adds to the last (`witness`).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from campaigns.audit import note
from campaigns.audit.merkle import SIZE
from campaigns.audit.note import Key, Kind, Note, Sign
from campaigns.errors import NotTrusted

_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_LINES = 3
WITNESS = "cordiale.witness/"  #: what a partner's key name begins with


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log at one size."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Keys:
    """Whose signatures count."""

    operators: Iterable[bytes]  #: Ed25519 public keys
    partners: Mapping[str, Iterable[bytes]]  #: partner -> its keys

    def log(self, origin: str) -> list[Key]:
        """Return the keys that sign for the log *origin*."""
        return [Key(origin, public) for public in self.operators]

    def witnesses(self) -> dict[Key, str]:
        """Return the keys that witness, and for whom."""
        return {witness_key(partner, key): partner for partner, keys in self.partners.items() for key in keys}


@dataclass(frozen=True)
class Checked:
    """A checkpoint and who really signed it."""

    checkpoint: Checkpoint
    signed: bool  #: by an operator
    witnessed: Mapping[str, datetime]  #: partner -> when

    def lacking(self, partners: Iterable[str]) -> list[str]:
        """Return which of *partners* have not witnessed it."""
        return [each for each in partners if each not in self.witnessed]


def witness_key(partner: str, public: bytes) -> Key:
    """Return the key under which *partner* witnesses."""
    return Key(f"{WITNESS}{partner}", public, Kind.WITNESS)


def sign(checkpoint: Checkpoint, public: bytes, with_key: Sign) -> Note:
    """Return the note of *checkpoint*, signed by an operator."""
    return note.signed(Note(str(checkpoint)), Key(checkpoint.origin, public), with_key)


def read(text: str) -> Checkpoint:
    """
    Return the checkpoint that the text of a note holds.

    Raises:
        NotTrusted: If it holds none, or more than one.
    """
    lines = text.split("\n")
    try:
        origin, size, root, end = lines
        decoded = base64.b64decode(root, validate=True)
        if end or not origin or not _NUMBER.fullmatch(size) or len(decoded) != SIZE:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        found = Checkpoint(origin, int(size), decoded)
        if str(found) != text:
            raise ValueError  # noqa: TRY301 (the same)
    except (ValueError, binascii.Error):
        message = f"The note is not a checkpoint: it has to be {_LINES} lines, the log's name, its size and its root."
        raise NotTrusted(message, "Use the file as `cordiale audit checkpoint` wrote it.") from None
    return found


def check(given: Note, keys: Keys) -> Checked:
    """
    Return what *given* says and whose signatures on it hold.

    Raises:
        NotTrusted: If it is not a checkpoint, or the line of a key that counts does not hold.
    """
    found = read(given.text)
    witnesses = keys.witnesses()
    signed = note.verified(given, keys.log(found.origin))
    seen = note.verified(given, witnesses)
    when = {witnesses[each.key]: _instant(each.at or 0) for each in seen}
    return Checked(found, bool(signed), when)


def _instant(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        message = f"A witness signed at second {seconds}, which is no time."
        raise NotTrusted(message, "Ask its partner to witness again.") from None


def merged(one: Note, other: Note) -> Note:
    """
    Return one checkpoint with the signatures of both, each once.

    Raises:
        NotTrusted: If they are not the same checkpoint.
    """
    if one.text != other.text:
        message = "The two notes are of different checkpoints."
        raise NotTrusted(message, "Bring signatures together that stand under the same three lines.")
    return Note(one.text, tuple(dict.fromkeys([*one.signatures, *other.signatures])))
