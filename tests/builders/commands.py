"""A command as a process, as an operator starts it."""

import os
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
START = f"import sys; sys.path.insert(0, {str(HOUSE)!r}); import main; sys.exit(main.main())"


def process(place: Path, *words: str, bytes_a_file: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as a process; *bytes_a_file* is all that a file may hold, as on a disk that is full."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes_a_file}, {bytes_a_file}))"
    code = f"{limit}\n{START}" if bytes_a_file is not None else START
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CORDIALE_")}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(
        command,
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        stdin=subprocess.DEVNULL,
    )
