"""Kill -9 at every system call that a daemon makes, thread by thread, from one due release to the next."""

import os
import random
import shutil
from collections import Counter

import pytest

from tests.chaos.nursery import MAIN
from tests.chaos.trials import Stage, stage

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
SAMPLE = 8  #: of them, in the short form
GROUP = 2  #: releases that fall due while somebody counts
TIMER, WIRE, TABLE = "APScheduler", "cordiale-publish", "cordiale-db_0"
THREADS = (MAIN, TIMER, WIRE, TABLE)
#: What changes something outside the process, and what it learns of it.
CALLS = (
    "write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,unlink,mkdir,openat,flock,fcntl,"
    "socket,connect,sendto,sendmsg,recvfrom,recvmsg,shutdown,close"
)


def lives(on: Stage, name: str, thread: str, call: str, when: int) -> tuple[bool, Counter[str]]:
    """Let a daemon live with one thread traced; return whether it was killed, and what calls it made."""
    ids = on.due(GROUP + 1, name, now=1)
    ended = on.play(ids, thread=thread, call=call, when=when)
    return ended.killed, Counter(ended.calls)


@pytest.mark.parametrize("can", ["neither"] if SHORT else ["neither", "can be asked"])
def test_a_death_at_any_system_call_loses_and_doubles_nothing(tmp_path, nursery, database_url, can):
    """The wire, the journal, the table and the locks: wherever it dies, the sink and the table agree afterwards."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: `apt-get install strace`")
    with stage(tmp_path, nursery, database_url, can, 200 if SHORT else 2600) as on:
        made = {thread: lives(on, f"count {thread}", thread, CALLS, 0)[1] for thread in THREADS}
        ways = [
            (thread, call, when)
            for thread, calls in made.items()
            for call, times in sorted(calls.items())
            for when in range(1, times + 1)
        ]
        chosen = random.Random(4).sample(ways, SAMPLE) if SHORT else ways  # noqa: S311 (the same ones every time)
        missed = [way for way in chosen if not lives(on, "{}: {} number {}".format(*way), *way)[0]]
        said = on.check()
    threads = "; ".join(f"{thread} {sum(calls.values())}" for thread, calls in made.items())
    kind = database_url.partition(":")[0] or "sqlite"
    print(f"\nSystem calls, {kind}: {len(ways)} ({threads}), {len(missed)} of {len(chosen)} not reached again; {said}")  # noqa: T201 (figures)

    assert all(made.values()), "a thread makes no call: nothing was traced"
    assert len(missed) < len(chosen) / 2
