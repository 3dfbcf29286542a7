"""The real processes of a chaos test: the daemon and the sink, each ended by its own process id."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
BOUND = 120.0  #: seconds that any wait may take
LOOK = 0.002  #: seconds between two looks at a file, while waiting for the process that makes it grow


class Daemon:
    """`cordiale run` in a workspace; a context manager that leaves no process behind."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._errors = (folder / "daemon.log").open("ab")
        self._from = self._errors.tell()
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "main.py", "run", "--quiet", *options], cwd=folder, stderr=self._errors
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()

    def said(self) -> str:
        """Return what this process wrote to standard error."""
        return Path(self._errors.name).read_text("utf-8", "replace")[self._from :]

    def until(self, happened: Callable[[], bool]) -> bool:
        """Wait until *happened* or until the process ends; return whether it happened."""
        deadline = time.monotonic() + BOUND
        while not happened():
            if self.process.poll() is not None:
                return happened()
            assert time.monotonic() < deadline, f"nothing happened for {BOUND:g} s:\n{self.said()}"
            time.sleep(LOOK)
        return True

    def publishing(self) -> bool:
        """Return whether it has said that it publishes."""
        return "Publishing from" in self.said()

    def ends(self) -> int:
        """Wait for the process to end by itself, and return its exit code."""
        return self.process.wait(timeout=BOUND)

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, no warning."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=BOUND)
        self._errors.close()

    def terminate(self) -> int:
        """Ask it to stop, as an operator does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ends()


class Sink:
    """`tests/servers/http_sink.py` as a process, which outlives every daemon, and its fsynced ledger."""

    def __init__(self, ledger: Path, *, deduplicates: bool) -> None:
        self.ledger = ledger
        more = ["--deduplicates"] if deduplicates else []
        script = ROOT / "tests" / "servers" / "http_sink.py"
        self._process = subprocess.Popen(
            [sys.executable, script, "--ledger", ledger, *more],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=BOUND)
        assert self._process.stdout
        self._process.stdout.close()

    def received(self) -> int:
        """Return how many requests came in, absorbed ones included."""
        with urllib.request.urlopen(f"{self.url}/_control", timeout=BOUND) as answer:  # noqa: S310 (our own sink)
            return int(json.load(answer)["requests"])

    def misbehave(self, fault: str | None) -> None:
        """Let *fault* strike every request from now on; None behaves again."""
        body = json.dumps({"fault": fault}).encode()
        wish = urllib.request.Request(f"{self.url}/_control", body, method="POST")  # noqa: S310 (our own sink)
        urllib.request.urlopen(wish, timeout=BOUND).close()  # noqa: S310 (the same)

    def effects(self) -> list[dict[str, Any]]:
        """Return the ledger: one entry an effect, in order."""
        return [json.loads(line) for line in self.ledger.read_bytes().splitlines()]

    def count(self) -> int:
        """Return how many effects the ledger has, cheaply enough to ask often."""
        return self.ledger.read_bytes().count(b"\n") if self.ledger.exists() else 0
