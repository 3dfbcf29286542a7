"""What measurements share: the pinned sink and the measured as processes of their own, and what came when."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
ROOT = Path(__file__).parents[2]
BOUND = 120.0  #: seconds that any wait may take
PUBLISHES = "Publishing from"  #: what `run` and `worker` say once they do
LOOK = 0.1  #: seconds between two looks at the sink: looking is work, too


class Sink:
    """`sink.py` as a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, Path(__file__).with_name("sink.py")]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        assert self._process.stdout
        self._process.stdout.close()

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=20) as answer:  # noqa: S310 (our own sink)
            return json.load(answer)

    def count(self) -> int:
        """Return how many posts came."""
        return int(self._get("/")["id"])

    def since(self, number: int) -> list[tuple[float, str]]:
        """Return when each post after the first *number* came (seconds since 1970), and its idempotency key."""
        return [(at, key) for at, key in self._get(f"/since/{number}")["came"]]

    def wait_for(self, number: int) -> None:
        """Wait until so many posts have come in all."""
        deadline = time.monotonic() + BOUND
        while (found := self.count()) < number:
            assert time.monotonic() < deadline, f"{found} of {number} posts came within {BOUND:g} s"
            time.sleep(LOOK)


@contextmanager
def running(command: Sequence[object], folder: Path, says: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* in *folder*, and give it once it *says* so; SIGTERM ends it after the body."""
    log = folder / f"{uuid.uuid4().hex}.log"
    with log.open("wb") as output:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=environment)
    try:
        deadline = time.monotonic() + BOUND
        while says not in log.read_text("utf-8", "replace"):
            assert process.poll() is None, log.read_text("utf-8", "replace")
            assert time.monotonic() < deadline, f"nothing said for {BOUND:g} s:\n{log.read_text('utf-8', 'replace')}"
            time.sleep(LOOK / 5)
        yield process
        assert process.poll() is None, log.read_text("utf-8", "replace")
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=20)


def cordiale(*words: str) -> list[object]:
    """Return the command line of a command of ours."""
    return [sys.executable, ROOT / "main.py", *words, "--quiet"]
