"""What a process costs while nothing happens: processor, wake-ups, memory; from /proc alone."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Of one process, over a while."""

    share: float  #: of one processor
    wakes: float  #: times a second that one of its threads began to run after waiting
    resident: float  #: MB
    peak: float  #: MB, ever

    def __str__(self) -> str:
        return (
            f"{self.share:.1%} of a processor, {self.wakes:.1f} wake-ups a second, "
            f"{self.resident:.0f} MB resident ({self.peak:.0f} MB at most)"
        )


def cost(process: int, seconds: float) -> Cost:
    """Watch a process for a while."""
    before, woken, began = _seconds(process), sum(wakes(process).values()), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    share = (_seconds(process) - before) / took
    return Cost(
        share,
        (sum(wakes(process).values()) - woken) / took,
        _status(Path(f"/proc/{process}"), "VmRSS") / 1024,
        _status(Path(f"/proc/{process}"), "VmHWM") / 1024,
    )


def wakes(process: int) -> dict[str, int]:
    """Return how often each thread of a process gave the processor up to wait, by its number."""
    tasks = Path(f"/proc/{process}/task")
    return {each.name: _status(each, "voluntary_ctxt_switches") for each in tasks.iterdir()}


def _seconds(process: int) -> float:
    """Return the processor time of a process so far (seconds)."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _status(folder: Path, name: str) -> int:
    return int((folder / "status").read_text("utf-8").partition(f"\n{name}:")[2].split()[0])
