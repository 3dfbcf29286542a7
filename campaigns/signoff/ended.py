"""
What ended an approval, remembered outside the database: `local/ended.jsonl` beside the trust files.

Whoever can write the database can delete a refusal, or the mark of a void, and so bring an older approval back. So
every process that reads signatures writes down what it saw of them, and believes the file where the table forgot.
One line a fact:

    {"a": "refuse", "at": instant, "c": campaign, "d": digest, "p": partner, "s": subject}
    {"a": "void", "d": digest, "s": subject, "st": sha256 of the statement}

Instants are those of the statements: a later approval by the same partner counts again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from campaigns.clock import instant_text
from campaigns.signoff import lines
from campaigns.signoff.lines import Lines

FILE = Path("local") / "ended.jsonl"


@dataclass(frozen=True, slots=True)
class No:
    """A partner took back its word on a subject: refused it, or withdrew what it had approved."""

    campaign: str
    partner: str
    subject: str
    digest: str  #: what it was said of
    at: datetime  #: when it was signed


@dataclass(frozen=True, slots=True)
class Void:
    """An edit ended one statement's word on a subject."""

    statement: str  #: sha256 of what was signed, hex
    subject: str
    digest: str


class Ended:
    """What this machine remembers; only ever grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last: dict[tuple[str, str, str], str] = {}  #: campaign, partner, subject -> last no
        self.of: dict[tuple[str, str, str], dict[str, str]] = {}  #: campaign, subject, digest -> partner -> last no
        self.voids: set[tuple[str, str]] = set()  #: statement, subject
        self._lines = Lines(path, "The memory of refusals", self._note)

    def overrules(self, campaign: str, partner: str, subject: str, at: datetime) -> bool:
        """Return whether *partner* took its word on *subject* back at or after *at*: at one instant the no wins."""
        said = self.last.get((campaign, partner, subject))
        return said is not None and said >= instant_text(at)

    def remember(self, nos: Iterable[No], voids: Iterable[Void]) -> None:
        """
        Write down what is not known yet, and wait for the disk.

        Raises:
            EnvironmentFault: If the file cannot be read or written, or a line of it is damaged.
        """
        self._lines.add(lambda: self._news(nos, voids))

    def _news(self, nos: Iterable[No], voids: Iterable[Void]) -> Iterator[dict[str, str]]:
        for no in nos:
            at, about = instant_text(no.at), (no.campaign, no.subject, no.digest)
            if self.of.get(about, {}).get(no.partner, "") < at:
                yield {"a": "refuse", "at": at, "c": no.campaign, "d": no.digest, "p": no.partner, "s": no.subject}
        for void in voids:
            if (void.statement, void.subject) not in self.voids:
                yield {"a": "void", "d": void.digest, "s": void.subject, "st": void.statement}

    def _note(self, said: Any) -> None:
        """
        Take one line in.

        Raises:
            ValueError, KeyError, TypeError: If it says nothing that this file says.
        """
        if said["a"] == "void":
            self.voids.add((_text(said["st"]), _text(said["s"])))
            return
        if said["a"] != "refuse" or instant_text(datetime.fromisoformat(said["at"])) != said["at"]:
            raise ValueError
        who = (_text(said["c"]), _text(said["p"]), _text(said["s"]))
        self.last[who] = max(self.last.get(who, ""), said["at"])
        nos = self.of.setdefault((who[0], who[2], _text(said["d"])), {})
        nos[who[1]] = max(nos.get(who[1], ""), said["at"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


_KNOWN: dict[Path, Ended] = {}


def of(folder: Path) -> Ended:
    """Return what trust folder *folder* remembers, the same object all through this process; not yet read."""
    path = folder.absolute() / FILE
    return _KNOWN.setdefault(path, Ended(path))


def stamp(folder: Path) -> tuple[int, int, int]:
    """Return what changes when the memory of *folder* does; zeros where there is none."""
    return lines.stamp(folder / FILE)
