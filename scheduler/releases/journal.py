"""
The send journal: what this machine put on a wire, kept beside the trust files and outside the database.

A database that forgets, is rewritten, or is restored from an old backup cannot make anything go out twice,
because this file is asked before every send. One line a fact, appended and fsynced in groups:

    {"r": release, "d": digest, "o": "begun" | "published" | "not" | "unknown", "at": instant}

A torn last line (power cut) is dropped on opening: nothing was sent on the strength of it.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, Self, get_args

from campaigns.clock import iso
from campaigns.errors import EnvironmentFault

Outcome = Literal["begun", "published", "not", "unknown"]
OUTCOMES = frozenset(get_args(Outcome))


class Journal:
    """The journal of one workspace; held by one publishing process at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "local" / "journal.jsonl"
        self._last: dict[str, Outcome] = {}
        self._begun: dict[str, int] = {}
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
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            message = "Another process publishes from this workspace."
            raise EnvironmentFault(
                message, "Stop the other `cordiale run` first; two would share one journal."
            ) from None
        try:
            self._read()
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
        self._take_in(kept)

    def _take_in(self, whole: bytes) -> None:
        for number, line in enumerate(whole.split(b"\n")[:-1], 1):
            try:
                fact = json.loads(line)
                if not isinstance(fact["r"], str) or fact["o"] not in OUTCOMES:
                    raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
            except (ValueError, KeyError, TypeError):
                message = f"Line {number} of the send journal {self.path} is damaged."
                hint = "Publishing stays off. Compare it with the channels, mend or remove that line, and start again."
                raise EnvironmentFault(message, hint) from None
            self._note(fact["r"], fact["o"])

    def _note(self, release: str, outcome: Outcome) -> None:
        self._last[release] = outcome
        if outcome == "begun":
            self._begun[release] = self._begun.get(release, 0) + 1

    def close(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def outcome(self, release: str) -> Outcome | None:
        """Return what this machine last knew of *release*; None: it never touched a wire here."""
        return self._last.get(release)

    def begun(self, release: str) -> int:
        """Return how often this machine began to send *release*: a table that knows of fewer has forgotten."""
        return self._begun.get(release, 0)

    def write(self, facts: Iterable[tuple[str, str, Outcome]], at: datetime) -> None:
        """
        Append (release, digest, outcome) facts, all or none, and wait for the disk.

        Raises:
            EnvironmentFault: If the disk does not take them.
        """
        group = list(facts)
        if not group:
            return
        instant = iso(at)
        lines = [json.dumps({"r": r, "d": d, "o": o, "at": instant}, separators=(",", ":")) for r, d, o in group]
        file = self._opened()
        size = file.seek(0, os.SEEK_END)
        rest = memoryview(("\n".join(lines) + "\n").encode())
        try:
            while rest:  # an unbuffered file may take less than it is given
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):  # a torn line is dropped at the next start, should this fail as well
                file.truncate(size)
            message = f"The send journal {self.path} cannot be written: {error.strerror}."
            raise EnvironmentFault(message, "Free some space; nothing is sent without it.") from error
        for release, _, outcome in group:
            self._note(release, outcome)

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
        try:
            self._take_in(self.path.read_bytes())
        except FileNotFoundError:
            pass
        except OSError as error:
            message = f"The send journal {self.path} cannot be read: {error.strerror}."
            raise EnvironmentFault(message, "Give this user the right to read it.") from error
        return self
