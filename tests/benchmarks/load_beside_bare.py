"""
Load a campaign, and parse and validate it bare, by turns; print the seconds of both as JSON.

A process of its own: in the large heap of a test run the collector costs the bare side more than it costs people.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import ryaml

from campaigns.documents import load
from campaigns.documents.schema import Campaign


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of *work*: others on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def bare(path: Path) -> Campaign:
    """Parse and validate as a script of two lines would."""
    return Campaign.model_validate(ryaml.loads(path.read_text("utf-8")))  # type: ignore[attr-defined]  # re-exported without saying so


def main() -> None:
    """Take the file and the number of rounds from the command line."""
    path, rounds = Path(sys.argv[1]), int(sys.argv[2])
    bare(path)
    pairs = [(seconds(lambda: load.load([path])), seconds(lambda: bare(path))) for _ in range(rounds)]
    sys.stdout.write(json.dumps(pairs))


if __name__ == "__main__":
    main()
