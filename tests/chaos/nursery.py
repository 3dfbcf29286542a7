"""
A process that has loaded everything and started nothing: it forks a daemon a trial, which runs within milliseconds.

    python -m tests.chaos.nursery

Each line on standard input is a trial, one JSON object:

    folder  the workspace                            releases  whose end the daemon waits for
    control  the sink's `/_control`
    point, nth  die by SIGKILL the n-th time that the point is passed (8 and 9 are seen at the sink)
    after  die after so many seconds                 stop  stop as at SIGTERM when something has begun
    thread, call, when  die entering the when-th system call of that name on that thread, by strace; calls are counted
        from when the first of *releases* has been published, and the others then fall due (on the main thread: from
        the daemon's very start). when 0 counts the calls instead, call being a list with commas

The answer is a line of JSON: {"killed": whether it was, "code": exit code otherwise, "took": seconds, "calls": counts}.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select as select_rows

from campaigns import clock
from campaigns.settings import load
from campaigns.store.engine import connect, reading, writing
from scheduler.daemon import Daemon
from scheduler.releases import points
from scheduler.releases.ledger import RELEASE
from scheduler.releases.points import Point
from scheduler.signals import stop_on_signals
from scheduler.transport import door  # noqa: F401 (loaded here, and not in each fork)
from tests.chaos import askable

ROOT = Path(__file__).parents[2]
BOUND = 600.0  #: seconds that a trial may take
LOOK = 0.002  #: seconds between two looks at the sink
MAIN = "MainThread"
OPEN = ("scheduled", "claimed", "sending", "retracting")
AT_THE_SINK = {Point.ARRIVED: "requests", Point.ACTED: "effects"}


@dataclass(frozen=True)
class Trial:
    """What one daemon does, and when it dies."""

    folder: str
    releases: Sequence[str]
    point: int = 0
    nth: int = 1
    after: float | None = None
    stop: bool = False
    control: str = ""
    thread: str = ""
    call: str = ""
    when: int = 0


@dataclass(frozen=True)
class Ended:
    """How a trial ended."""

    killed: bool
    code: int
    took: float
    calls: dict[str, int] = field(default_factory=dict)


class Nursery:
    """The process; a context manager that leaves none behind. Its daemons log to *log*."""

    def __init__(self, log_file: Path) -> None:
        self.log = log_file
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.nursery"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.communicate(timeout=BOUND)

    def play(self, trial: Trial) -> Ended:
        """Let a daemon live and die, and return how."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(trial)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self.said()
        ended = Ended(**json.loads(answer))
        assert ended.killed or ended.code == 0, self.said()
        return ended

    def said(self) -> str:
        """Return the last of what its daemons wrote to their logs."""
        return self.log.read_text("utf-8", "replace")[-3000:]


def live(trial: Trial, tracer: "Tracer | None") -> None:
    """Be the daemon of *trial*."""
    os.chdir(trial.folder)
    settings = load()
    service = Daemon(settings, connect(settings.database_url))
    points.reached = _death(trial, service)
    stop_on_signals(service)
    if tracer is not None and trial.thread == MAIN:
        tracer.await_attached(threading.get_native_id())
        _fall_due(service, trial.releases)
    service.start()
    if tracer is not None and trial.thread != MAIN:
        service.wait(lambda: _settled(service, trial.releases[:1]), every=0.01)
        (thread,) = [each for each in threading.enumerate() if each.name == trial.thread]
        tracer.await_attached(thread.native_id or 0)
        _fall_due(service, trial.releases[1:])
    service.wait(lambda: _settled(service, trial.releases), every=0.01)
    service.stop()


def _fall_due(service: Daemon, releases: Sequence[str]) -> None:
    with writing(service.database) as connection:
        connection.execute(RELEASE.update().where(RELEASE.c.id.in_(releases)).values(next_at=clock.now()))
    service.wake()


class Tracer:
    """strace on one thread of a fork: system calls are counted by thread, and a process has several."""

    def __init__(self, trial: Trial, log: int) -> None:
        self._wish = trial
        self._log = log
        self._told, self._tell = os.pipe()
        self._go, self._attached = os.pipe()
        self.found = Path(trial.folder) / "calls.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def await_attached(self, thread: int) -> None:
        """In the fork: name the thread, and wait until it is traced."""
        os.write(self._tell, f"{thread}\n".encode())
        assert os.read(self._go, 1) == b"1", "strace did not attach"

    def attach(self, child: int) -> None:
        """In the nursery: wait until the fork names its thread, and trace it."""
        os.close(self._tell)
        named = os.read(self._told, 32)
        if named:
            thread = named.decode().strip()
            calls = f"--trace={self._wish.call}"
            kill = [f"--inject={self._wish.call}:signal=KILL:when={self._wish.when}"] if self._wish.when else []
            words = ["strace", "-qq", calls, *kill, "--output", str(self.found), "--attach", thread]
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
            while self._process.poll() is None and not _traced(child, thread):
                time.sleep(LOOK)
            os.write(self._attached, b"1" if self._process.poll() is None else b"0")

    def close(self) -> dict[str, int]:
        """In the nursery, when the fork has gone: return how often each call was made."""
        for each in (self._told, self._go, self._attached):
            os.close(each)
        if self._process is not None:
            self._process.wait(timeout=BOUND)
        lines = self.found.read_text("utf-8", "replace").splitlines() if self.found.exists() else []
        return dict(
            Counter(line.partition("(")[0] for line in lines if "(" in line and not line.startswith(("-", "+")))
        )


def _traced(child: int, thread: str) -> bool:
    """Return whether somebody traces that thread, and it runs: one that has just been seized stands still."""
    try:
        status = Path(f"/proc/{child}/task/{thread}/status").read_text()
    except OSError:  # it has gone
        return False
    return "TracerPid:\t0\n" not in status


def _death(trial: Trial, service: Daemon) -> Callable[[Point], None]:
    """Return what happens at points: it dies at the n-th of one; with *stop*, it is told to stop at the first."""
    passed: list[Point] = []

    def reached(point: Point) -> None:
        if trial.stop and point is Point.TOUCHING and not service._closing:
            service.asked.put(signal.SIGTERM)
            while not service._closing:
                time.sleep(LOOK)
            time.sleep(LOOK * 10)  # until what waits is asked for on this loop, which stands still here
        passed.append(point)
        if point == trial.point and passed.count(point) == trial.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def _settled(service: Daemon, releases: Sequence[str]) -> bool:
    wanted = select_rows(RELEASE.c.id).where(RELEASE.c.id.in_(releases), RELEASE.c.state.in_(OPEN)).limit(1)
    with reading(service.database) as connection:
        return connection.execute(wanted).first() is None


def _counted(trial: Trial) -> int:
    with urllib.request.urlopen(trial.control, timeout=BOUND) as answer:  # noqa: S310 (our own sink)
        return int(json.load(answer)[AT_THE_SINK[Point(trial.point)]])


def _play(trial: Trial, log: int) -> Ended:
    at_the_sink = trial.point in AT_THE_SINK
    before = _counted(trial) if at_the_sink else 0
    tracer = Tracer(trial, log) if trial.thread else None
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(log, 1)
            os.dup2(log, 2)
            live(trial, tracer)
            code = 0
        except BaseException:  # noqa: BLE001 (a fork never goes back to where it came from)
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    handle = os.pidfd_open(child)
    if tracer is not None:
        tracer.attach(child)
    end = start + (BOUND if trial.after is None else trial.after)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    try:
        while not poll.poll((LOOK if at_the_sink else max(0.0, end - time.monotonic())) * 1000):
            if time.monotonic() >= end or (at_the_sink and _counted(trial) >= before + trial.nth):
                os.kill(child, signal.SIGKILL)
                break
    finally:
        os.close(handle)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    took = time.monotonic() - start
    assert took < BOUND, f"a daemon did not end within {BOUND:g} s"
    calls = tracer.close() if tracer is not None else {}
    return Ended(killed, -1 if killed else os.WEXITSTATUS(status), took, calls)


def main() -> None:
    """Play trials until standard input ends."""
    askable.install()
    log = sys.stderr.fileno()
    for line in sys.stdin:
        wish: dict[str, Any] = json.loads(line)
        sys.stdout.write(json.dumps(asdict(_play(Trial(**wish), log))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
