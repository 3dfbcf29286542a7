"""A hundred thousand documents that somebody or something damaged: each is a complaint, at once, in little memory."""

import gc
import os
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from time import process_time

import pytest

from campaigns import example
from campaigns.documents.dump import to_yaml
from campaigns.documents.files import decoded
from campaigns.documents.load import load, loads
from campaigns.documents.schema import Campaign
from campaigns.errors import InvalidDocument
from campaigns.settings import Settings
from campaigns.workspace import SUBSTITUTIONS
from tests.builders.documents import sound
from tests.builders.mutations import mutated

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

N = 3_000 if os.environ.get("CORDIALE_CHAOS") == "short" else 100_000
WORKERS = 2
SLOWEST = 0.1  #: seconds of CPU that a small document may take
GROWTH = 64_000  #: kB by which a worker may grow over all its documents
WARM = 300  #: documents after which a worker has loaded all that it needs

WHOLE = to_yaml(Campaign.model_validate(sound()))
TEXTS = (
    WHOLE,
    *(
        example.fill(
            (example.FOLDER / name / example.DOCUMENT).read_text("utf-8"),
            datetime(2027, 1, 12, 12, tzinfo=UTC),
            SUBSTITUTIONS,
        )
        for name in example.names()
    ),
)
#: Of ten documents, one is a file that a sound campaign includes.
AUDIENCES, REST = (
    WHOLE[WHOLE.index("\naudiences:") : WHOLE.index("\nchannels:")],
    WHOLE[: WHOLE.index("\naudiences:")] + WHOLE[WHOLE.index("\nchannels:") :],
)


@dataclass
class Seen:
    """What became of some documents."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  #: what was neither a campaign nor a complaint
    slow: list[tuple[float, int, int]] = field(default_factory=list)  #: seconds of CPU, number, bytes: the slowest
    grown: int = 0  #: kB


def document(number: int) -> bytes:
    """Return the document of that number, always the same."""
    source = random.Random(number)  # noqa: S311 (tearing paper needs no secrets)
    return mutated(AUDIENCES if number % 10 == 0 else source.choice(TEXTS), source)


def end(number: int, raw: bytes, root: Path) -> str:
    """Return how a document ends: `campaign`, `complaint`, or `complaint about nothing`, which none should."""
    try:
        if number % 10 == 0:
            (root / "shared.yaml").write_bytes(raw)
            load([root / "own.yaml"], Settings(root=root))
        else:
            loads(decoded(raw, "c.yaml"), "c.yaml")
    except InvalidDocument as refused:
        told = all(each.message and each.where.file for each in refused.complaints)
        return "complaint" if told else "complaint about nothing"
    return "campaign"


def seconds(number: int, raw: bytes, root: Path) -> float:
    """Return the least CPU time that a document takes: neither a collection nor a busy machine is its fault."""
    gc.disable()
    try:
        return min(_once(number, raw, root) for _ in range(8))
    finally:
        gc.enable()


def _once(number: int, raw: bytes, root: Path) -> float:
    began = process_time()
    end(number, raw, root)
    return process_time() - began


def most() -> int:
    """Return the most memory that this process has held so far, in kB; `getrusage` would count its parent's."""
    (line,) = (each for each in Path("/proc/self/status").read_text("ascii").splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1])


def work(numbers: range, root: Path) -> Seen:
    """Read the documents *numbers*, one after the other, in the folder *root*."""
    root.mkdir()
    (root / "own.yaml").write_text(f"include: [shared.yaml]\n{REST}", "utf-8")
    seen, warm = Seen(), 0
    for count, number in enumerate(numbers):
        raw = document(number)
        began = process_time()
        try:
            seen.ends[end(number, raw, root)] += 1
        except Exception as error:  # noqa: BLE001 (whatever else comes out is what is looked for)
            seen.wrong.append(f"document {number}: {type(error).__name__}: {str(error)[:200]}")
        took = process_time() - began
        if took > SLOWEST:
            took = min(took, seconds(number, raw, root))
        seen.slow = sorted([*seen.slow, (took, number, len(raw))], reverse=True)[:5]
        if count == WARM:
            warm = most()
    seen.grown = most() - warm
    return seen


def test_damaged_documents_are_complained_of_and_nothing_else(tmp_path):
    """No other exception, no small document over 100 ms of CPU, and no worker that grows."""
    parts = [range(first, N, WORKERS) for first in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(work, parts, [tmp_path / str(number) for number in range(WORKERS)]))
    ends = sum((each.ends for each in found), Counter())
    slow = sorted((each for seen in found for each in seen.slow), reverse=True)[:5]
    wrong = [each for seen in found for each in seen.wrong]
    grown = max(each.grown for each in found)
    (tmp_path / "slowest.yaml").write_bytes(document(slow[0][1]))
    worst = ", ".join(f"{took * 1000:.0f} ms (document {number}, {size:,} bytes)" for took, number, size in slow)
    said = f"{dict(ends)}, {len(wrong)} other ends; a worker grew by {grown:,} kB; slowest: {worst}"
    print(f"\n{ends.total():,} documents: {said}")  # noqa: T201 (figures)

    assert wrong == []
    assert ends.total() == N
    assert set(ends) == {"campaign", "complaint"}
    assert min(ends.values()) > N // 100
    assert slow[0][0] < SLOWEST, f"document {slow[0][1]}, kept as {tmp_path / 'slowest.yaml'}"
    assert grown < GROWTH
