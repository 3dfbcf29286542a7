"""
The send journal: what this machine put on a wire, kept beside the trust files and outside the database.

A database that forgets, is rewritten, or is restored from an old backup cannot make anything go out twice,
because this file is asked before every send. One line a fact, appended and fsynced in groups:

    {"r": release, "d": digest, "o": "begun" | "published" | "not" | "unknown" | …, "at": instant}

The word "part": of a thread some parts are out and nothing is on the wire; `"ids"` are their remote ids, in order.

A torn last line (power cut) is dropped on opening: nothing was sent on the strength of it.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, NamedTuple, Self, get_args

from campaigns.clock import iso
from campaigns.errors import EnvironmentFault
from scheduler.releases import points
from scheduler.releases.points import Point

Outcome = Literal["begun", "published", "not", "part", "unknown", "retracting", "retracted"]
OUTCOMES = frozenset(get_args(Outcome))
TAKEN_DOWN = frozenset({"retracting", "retracted"})  #: it was out, and somebody wanted it down
WENT_OUT = frozenset({"published"}) | TAKEN_DOWN  #: it must not go out again
#: Which word counts where several journals know of one release: what may be out before what is not, the latest last.
_ORDER: tuple[Outcome | None, ...] = (None, "not", "part", "begun", "unknown", "published", "retracting", "retracted")
_RANK = {word: rank for rank, word in enumerate(_ORDER)}


Line = tuple[str, str, Outcome] | tuple[str, str, Outcome, tuple[str, ...]]  #: release, digest, word, ids of its parts


class Sent(NamedTuple):
    """That the bytes of a digest were put on a wire, and what became of them as far as this machine knows."""

    outcome: Outcome
    digest: str
    at: str  #: ISO instant


class Journal:
    """
    The journal of one process of a workspace; held by one at a time, and read by all of the same trust folder.

    *name* tells several processes on one machine apart. What the others wrote counts as well: `catch_up` reads it.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        self.path = folder / "local" / (f"journal-{name}.jsonl" if name else "journal.jsonl")
        self._last: dict[str, Outcome] = {}
        self._begun: dict[str, int] = {}
        self._elsewhere: dict[str, Outcome] = {}  #: release -> the gravest last word of other journals
        self._words: dict[Path, dict[str, Outcome]] = {}  #: journal -> release -> its last word
        self._read_to: dict[Path, int] = {}  #: how far other journals were read
        self._sent: dict[str, Sent] = {}
        self._parts: dict[tuple[str, str], tuple[str, ...]] = {}  #: release, digest -> ids of the parts that are out
        self._file: IO[bytes] | None = None

    def open(self) -> Self:
        """
        Read what is there and take the lock.

        Raises:
            EnvironmentFault: If another daemon publishes from this workspace, or the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab+", buffering=0)
        except OSError as error:
            message = f"The send journal {self.path} cannot be written: {error.strerror}."
            raise EnvironmentFault(
                message, "Nothing is published without it; give this user the right to write there."
            ) from error
        if not _locked(self._file):
            self._file.close()
            message = "Another process publishes from this workspace."
            raise EnvironmentFault(
                message, "Stop the other `cordiale run` first; two would share one journal. Several need a --name each."
            )
        try:
            self._read()
            self.catch_up()
        except EnvironmentFault:
            self.close()
            raise
        return self

    def _read(self) -> None:
        file = self._opened()
        file.seek(0)
        whole = file.read()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) != len(whole):
            file.truncate(len(kept))
        for fact in self._facts(self.path, kept):
            self._note(*fact)

    def catch_up(self) -> None:
        """
        Read what other journals beside this one have had added.

        Raises:
            EnvironmentFault: If one of them is damaged, or cannot be read.
        """
        for path in files(self.path.parent.parent):
            if path != self.path:
                self._read_on(path)

    def _read_on(self, path: Path) -> None:
        start = self._read_to.get(path, 0)
        try:
            if path.stat().st_size == start:
                return
            with path.open("rb") as file:
                file.seek(start)
                whole = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            message = f"The send journal {path} cannot be read: {error.strerror}."
            raise EnvironmentFault(message, "Give this user the right to read it.") from error
        kept = whole[: whole.rfind(b"\n") + 1]  # its process may be in the middle of a line
        words = self._words.setdefault(path, {})
        for release, outcome, digest, at in list(self._facts(path, kept)):
            words[release] = outcome
            self._count(release, outcome, digest, at)
            known = [each[release] for each in self._words.values() if release in each]
            self._elsewhere[release] = max(known, key=lambda each: _RANK[each])
        self._read_to[path] = start + len(kept)

    def _facts(self, path: Path, whole: bytes) -> Iterator[tuple[str, Outcome, str, str]]:
        for number, line in enumerate(whole.split(b"\n")[:-1], 1):
            try:
                fact = json.loads(line)
                known = isinstance(fact["r"], str) and fact["o"] in OUTCOMES
                if not known or not isinstance(fact.get("ids", []), list):
                    raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
            except (ValueError, KeyError, TypeError):
                message = f"Line {number} of the send journal {path} is damaged."
                hint = "Publishing stays off. Compare it with the channels, mend or remove that line, and start again."
                raise EnvironmentFault(message, hint) from None
            if fact["o"] == "part":
                self._note_parts(fact["r"], str(fact.get("d", "")), tuple(map(str, fact.get("ids", ()))))
            yield fact["r"], fact["o"], str(fact.get("d", "")), str(fact.get("at", ""))

    def _note(self, release: str, outcome: Outcome, digest: str, at: str) -> None:
        self._last[release] = outcome
        self._count(release, outcome, digest, at)

    def _count(self, release: str, outcome: Outcome, digest: str, at: str) -> None:
        before = self._sent.get(release)
        later = before is None or before.outcome != "published"
        if outcome == "published" or (outcome in {"begun", "unknown"} and later):
            self._sent[release] = Sent(outcome, digest, at)
        if outcome == "begun":
            self._begun[release] = self._begun.get(release, 0) + 1

    def _note_parts(self, release: str, digest: str, ids: tuple[str, ...]) -> None:
        if len(ids) > len(self._parts.get((release, digest), ())):
            self._parts[release, digest] = ids

    def parts(self, release: str, digest: str) -> tuple[str, ...]:
        """Return the remote ids of the parts of a thread that are out, in order; "" where none is known."""
        return self._parts.get((release, digest), ())

    def close(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def outcome(self, release: str) -> Outcome | None:
        """
        Return what this machine last knew of *release*; None: it never touched a wire here.

        Where several journals know of it, the gravest word counts: published, then what may be.
        """
        return max(self._last.get(release), self._elsewhere.get(release), key=lambda each: _RANK[each])

    def releases(self) -> list[str]:
        """Return every release that it knows."""
        return list({**self._last, **self._elsewhere})

    def taken_down(self) -> list[str]:
        """Return the releases that this machine last took down, or tried to."""
        return [release for release in self.releases() if self.outcome(release) in TAKEN_DOWN]

    def in_the_air(self) -> list[str]:
        """Return the releases that this machine began to send and has not heard of since."""
        return [release for release in self.releases() if self.outcome(release) == "begun"]

    def begun(self, release: str) -> int:
        """Return how often this machine began to send *release*: a table that knows of fewer has forgotten."""
        return self._begun.get(release, 0)

    def sent(self) -> Mapping[str, Sent]:
        """Return all that this machine put on a wire, or may have, by release; what was surely not sent, not."""
        return {release: sent for release, sent in self._sent.items() if self.outcome(release) != "not"}

    def write(self, facts: Iterable[Line], at: datetime) -> None:
        """
        Append facts, all or none, and wait for the disk.

        Raises:
            EnvironmentFault: If the disk does not take them.
        """
        group = list(facts)
        if not group:
            return
        instant = iso(at)
        lines = [_line(fact, instant) for fact in group]
        file = self._opened()
        size = file.seek(0, os.SEEK_END)
        rest = memoryview(("\n".join(lines) + "\n").encode())
        try:
            while rest:  # an unbuffered file may take less than it is given
                rest = rest[file.write(rest) :]
            points.reached(Point.JOURNAL_WRITTEN)
            os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):  # a torn line is dropped at the next start, should this fail as well
                file.truncate(size)
            message = f"The send journal {self.path} cannot be written: {error.strerror}."
            raise EnvironmentFault(message, "Free some space; nothing is sent without it.") from error
        for release, digest, outcome, *ids in group:
            if ids:
                self._note_parts(release, digest, ids[0])
            self._note(release, outcome, digest, instant)

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            message = "The send journal is not open."
            raise EnvironmentFault(message, "Start the daemon with `cordiale run`.")
        return self._file


class ClosedJournal(Journal):
    """The journal as a command reads it while a daemon may hold it: no lock, no writing."""

    def open(self) -> Self:
        """
        Read what is there, if anything.

        Raises:
            EnvironmentFault: If it is damaged, or cannot be read.
        """
        self.path = self.path.with_name("none")  # of this command there is none; all of them are others'
        self.catch_up()
        return self


def _line(fact: Line, instant: str) -> str:
    release, digest, outcome, *ids = fact
    parts = {"ids": ids[0]} if ids else {}
    return json.dumps({"r": release, "d": digest, "o": outcome, **parts, "at": instant}, separators=(",", ":"))


def _locked(file: IO[bytes]) -> bool:
    """Take the lock of an open journal; a command that only asks who has it holds it for an instant."""
    for pause in (0.01, 0.03, 0.1, 0.0):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(pause)
        else:
            return True
    return False


def files(folder: Path) -> list[Path]:
    """Return the journals of trust folder *folder*, one a process that ever published from here."""
    return sorted((folder / "local").glob("journal*.jsonl"))


def in_use(folder: Path) -> bool:
    """Return whether a daemon holds a journal of trust folder *folder*: whether one publishes from here now."""
    return any(_held(path) for path in files(folder))


def _held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
