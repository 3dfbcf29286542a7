"""How long a command takes to start, beside a bare interpreter, in one run. Ratios travel; seconds do not."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
RUNS = 7 if os.environ.get("CORDIALE_BENCH") == "short" else 25


def seconds(*command: str, cwd: Path) -> float:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, timeout=60, check=True)
    return time.perf_counter() - began


@pytest.mark.bench
def test_version_and_status_beside_a_bare_interpreter(tmp_path):
    """Targets: `--version` within 3x of `python -c pass`, `status` within 0.6 s of it."""
    folder = tmp_path / "hello"
    main = str(HOUSE / "main.py")
    seconds(main, "init", str(folder), cwd=tmp_path)
    commands = {"bare": ("-c", "pass"), "--version": (main, "--version"), "status": (main, "status")}
    for command in commands.values():
        seconds(*command, cwd=folder)  # compiled once, as installed
    rounds = [{name: seconds(*command, cwd=folder) for name, command in commands.items()} for _ in range(RUNS)]
    median = {name: statistics.median(each[name] for each in rounds) for name in commands}
    ratio = statistics.median(each["--version"] / each["bare"] for each in rounds)
    over = statistics.median(each["status"] - each["bare"] for each in rounds)
    sys.stdout.write(
        f"\n{RUNS} rounds, medians: "
        + ", ".join(f"{name} {1000 * value:.0f} ms" for name, value in median.items())
        + "\n"
    )
    sys.stdout.write(f"--version: {ratio:.2f}x bare (target 3x, {'met' if ratio <= 3 else 'missed'})\n")
    sys.stdout.write(f"status: {over:.2f} s over bare (target 0.6 s, {'met' if over <= 0.6 else 'missed'})\n")

    assert len(rounds) == RUNS
    assert all(value > 0 for value in median.values())
