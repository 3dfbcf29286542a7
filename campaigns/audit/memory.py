"""
What this machine has seen of the log: `local/events.sha256` beside the trust files, outside the database.

The hash of every event's leaf, 32 bytes each, in the order of their numbers. It only grows, so a database that is
restored from an older copy, or rewritten, no longer fits it; then nothing is published until a person settles it.
It is written after the database has committed. A power cut may take its end, which then is read again.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, select

from campaigns.audit.merkle import SIZE
from campaigns.audit.seen import FILE, end, fault, misfit
from campaigns.audit.tree import EVENT
from campaigns.store.engine import reading

CHUNK = 50_000  #: events that are taken in at a time
_LAST = select(EVENT.c.seq).order_by(EVENT.c.seq.desc()).limit(1)
#: An open end would let PostgreSQL read and sort the whole table.
_AFTER = (
    select(EVENT.c.seq, EVENT.c.leaf)
    .where(EVENT.c.seq.between(bindparam("known"), bindparam("end")))
    .order_by(EVENT.c.seq)
)


class Memory:
    """The memory of one workspace. Cheap to ask: it looks at what is new alone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def catch_up(self, database: Engine) -> str:
        """
        Take in the events that are new, and return what does not fit what was seen before; "" when all fits.

        It looks through a connection of its own, after what was seen: an older view of the database would not fit,
        and what a transaction has not committed was never there.

        Raises:
            EnvironmentFault: If it, or the database, cannot be read or written.
        """
        with self._file(os.O_RDWR | os.O_CREAT) as file, reading(database) as connection:
            last = connection.execute(_LAST).scalar()  # what is written from now on is taken in another time
            while True:
                seen = end(file)
                known, found = seen.events, _after(connection, seen.events)
                if known:
                    same = {"leaf": found[0][1]} if found and found[0][0] == known else None
                    if said := misfit(seen, same, last):
                        return said
                    del found[0]
                if [number for number, _ in found] != list(range(known + 1, known + 1 + len(found))):
                    return f"The log lacks events after number {known:,}."
                if not found:
                    return f"The log lacks events after number {known:,}." if (last or 0) > known else ""
                try:
                    _write(file, b"".join(bytes.fromhex(each) for _, each in found), known * SIZE)
                except ValueError:
                    return f"An event after number {known:,} has no hash."
                if known + len(found) == last:
                    return ""

    def hashes(self) -> list[bytes]:
        """
        Return the hashes of all events that were seen, in their order.

        Raises:
            EnvironmentFault: If they cannot be read.
        """
        try:
            with self._file(os.O_RDONLY) as file:
                raw = os.pread(file, end(file).events * SIZE, 0)
        except FileNotFoundError:
            return []
        return [raw[start : start + SIZE] for start in range(0, len(raw), SIZE)]

    def put_away(self, at: datetime) -> Path | None:
        """
        Keep what was seen under another name, and begin anew; return where it is, None where there was nothing.

        Raises:
            EnvironmentFault: If it cannot be renamed.
        """
        target = self.path.with_name(f"{FILE.name}.{at:%Y%m%dT%H%M%SZ}")
        try:
            self.path.rename(target)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise fault(self.path, error) from None
        return target

    @contextmanager
    def _file(self, flags: int) -> Iterator[int]:
        """Give the open file, locked. One that is not there is a `FileNotFoundError` to who only reads."""
        try:
            if flags & os.O_CREAT:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, flags, 0o644)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise fault(self.path, error) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        except OSError as error:
            raise fault(self.path, error) from None
        finally:
            with suppress(OSError):
                os.close(file)


def _write(file: int, data: bytes, start: int) -> None:
    """Write all of *data*: a disk that is nearly full takes a part, and only then says that it is."""
    rest = memoryview(data)
    while rest:
        done = os.pwrite(file, rest, start)
        rest, start = rest[done:], start + done


def _after(connection: Connection, known: int) -> list[tuple[int, str]]:
    """Return number and hash of the last event that is known, and of the next `CHUNK` numbers: an index finds them."""
    return [(seq, leaf) for seq, leaf in connection.execute(_AFTER, {"known": known, "end": known + CHUNK}).all()]
