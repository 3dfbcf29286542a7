"""
A partner as witness: it remembers the last checkpoint that it saw of each log, and signs only what adds to that.

The memory is a file of the witness's own, on its own machine: `{origin: {"size": n, "root": hex}}`. It is written
before a signature leaves, so that two checkpoints that contradict each other are never both witnessed.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from campaigns.audit import note
from campaigns.audit.checkpoint import Checked, Checkpoint, witness_key
from campaigns.audit.merkle import EMPTY, SIZE, consistent
from campaigns.audit.note import Note, Sign
from campaigns.errors import EnvironmentFault, NotTrusted, Refused, Where

Proof = Callable[[int, int], Sequence[bytes]]  #: returns the consistency proof between two sizes
RESTORED = "/restored-"  #: what the name of a log ends with once a person settled a restore


class Memory:
    """What one witness has seen."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def last(self, origin: str) -> Checkpoint:
        """
        Return the last checkpoint seen of the log *origin*; one of no leaves before the first.

        Raises:
            NotTrusted: If the memory is damaged.
            EnvironmentFault: If it cannot be read.
        """
        return self._read().get(origin, Checkpoint(origin, 0, EMPTY))

    def origins(self) -> list[str]:
        """Return the logs that it has seen."""
        return sorted(self._read())

    def keep(self, seen: Checkpoint) -> None:
        """
        Remember *seen* as the last of its log, and wait for the disk.

        Raises:
            EnvironmentFault: If it cannot be written.
        """
        known = self._read() | {seen.origin: seen}
        data = {origin: {"size": each.size, "root": each.root.hex()} for origin, each in sorted(known.items())}
        draft = self.path.with_name(f"{self.path.name}.tmp")
        try:
            with draft.open("w", encoding="utf-8") as file:
                json.dump(data, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            message = f"The witness cannot remember what it saw: {error.strerror}."
            raise EnvironmentFault(message, "Nothing was signed. Let this user write there.", self._where) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other process witness from this memory meanwhile."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = self.path.with_name(f"{self.path.name}.lock").open("w")
        except OSError as error:
            message = f"The witness cannot remember what it saw: {error.strerror}."
            raise EnvironmentFault(message, "Nothing was signed. Let this user write there.", self._where) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def _where(self) -> Where:
        return Where(str(self.path))

    def _read(self) -> dict[str, Checkpoint]:
        try:
            found = json.loads(self.path.read_bytes())
            known = {name: Checkpoint(name, each["size"], bytes.fromhex(each["root"])) for name, each in found.items()}
            if any(type(each.size) is not int or len(each.root) != SIZE for each in known.values()):
                raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        except FileNotFoundError:
            return {}
        except OSError as error:
            message = f"What the witness has seen cannot be read: {error.strerror}."
            raise EnvironmentFault(message, "Nothing was signed. Let this user read it.", self._where) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            message = "What the witness has seen is damaged."
            hint = "Nothing was signed. Put the file back from a copy; what it holds cannot be had from the log."
            raise NotTrusted(message, hint, self._where) from None
        return known


def witness(
    given: Note,
    checked: Checked,
    memory: Memory,
    proof: Proof,
    *,
    partner: str,
    public: bytes,
    sign: Sign,
    at: datetime,
    restored: bool = False,
) -> Note:
    """
    Return *given* with the witness of *partner*, once the log is seen to have only grown.

    *proof* is asked for the consistency proof from what was last seen. *restored* says that this partner agrees to a
    log that goes on under a new name because an older database was restored.

    Raises:
        Refused: If no operator signed it, or it does not add to what this witness has seen.
    """
    new = checked.checkpoint
    if not checked.signed:
        message = f"No operator of the trust file has signed this checkpoint of {new.origin}."
        raise NotTrusted(message, "Ask who runs the machine for one made with `cordiale audit checkpoint`.")
    with memory.alone():
        last = memory.last(new.origin)
        log = new.origin.partition(RESTORED)[0]
        if last.size == 0 and not restored and any(each.partition(RESTORED)[0] == log for each in memory.origins()):
            message = f"The log {log} goes on as {new.origin}: an older database was restored there."
            raise Refused(message, "Find out what is lost. If you agree, add --restored.")
        if new.size < last.size:
            message = (
                f"The checkpoint is of {new.size:,} events, but this witness has seen {last.size:,}: "
                "the log was cut, or an older database was restored."
            )
            raise Refused(message, "Nothing was signed. Ask who runs the machine, and `cordiale verify` a bundle.")
        if not consistent(last.size, new.size, last.root, new.root, proof(last.size, new.size)):
            message = (
                f"The checkpoint of {new.size:,} events does not add to the one of {last.size:,} that this witness has "
                "seen: what was logged before it was rewritten."
            )
            raise Refused(message, "Nothing was signed. Compare bundles with `cordiale verify`, and tell the partners.")
        memory.keep(new)
        return note.signed(given, witness_key(partner, public), sign, int(at.timestamp()))
