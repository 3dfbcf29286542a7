# ruff: noqa: S311, T201 (a seed is no secret; figures are printed)
"""The register against forgers and platforms: no changed text is official, and no honest copy is lost."""

import os
import time
from collections import Counter
from random import Random

import pytest

from scheduler.register.search import Search
from scheduler.register.verdict import Verdict, judge
from tests.builders import copies

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
ENTRIES = 3_000 if SHORT else 100_000  #: that copies are looked for among
AIMS = 3_000  #: that are forged: what is like a forgery is looked for too, and that takes the longer the more there are
FORGERIES = 2_000 if SHORT else 100_000
COPIES = 500 if SHORT else 10_000
FOUND = {Verdict.OFFICIAL, Verdict.WORDS, Verdict.PART}

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]


@pytest.fixture(name="register", scope="module")
def _register():
    """Give a register, and the texts in it."""
    entries = copies.entries(ENTRIES)
    return Search(entries), entries


def test_no_forged_text_is_official():
    """A changed word, figure, sign, name, mark, address, or something that cannot be seen: never official."""
    entries = copies.entries(AIMS)
    search = Search(entries)
    rng = Random(2)
    known = {copies.plainest(entry.parts[0]["text"]) for entry in entries}
    others = [entry.parts[0]["text"] for entry in entries[:500]]
    false, kinds, verdicts, taken = [], Counter(), Counter(), []
    while kinds.total() < FORGERIES:
        said = rng.choice(entries).parts[0]["text"]
        changed, kind = copies.forged(said, others, rng)
        if copies.plainest(changed) in known and changed.count(" ") == said.count(" "):
            continue  # another official text
        start = time.perf_counter()
        answer = judge(search, changed)
        taken.append(time.perf_counter() - start)
        kinds[kind] += 1
        verdicts[answer.verdict] += 1
        if answer.verdict is Verdict.OFFICIAL:
            false.append((kind, said, changed))
    taken.sort()
    figures = f"{dict(verdicts)}, {len(kinds)} kinds, median {taken[len(taken) // 2] * 1e3:.2f} ms, "
    print(f"\n{kinds.total():,} forged against {AIMS:,}: {figures}p99 {taken[-len(taken) // 100] * 1e3:.2f} ms")

    assert false == []
    assert set(kinds) == {*copies.FORGERIES, *copies.HIDING, *copies.CUTTING, "two texts"}


def test_every_copy_is_found(register):
    """Whatever a platform did to it, a copy is found, with its entry: official, or a part where it was cut."""
    search, entries = register
    rng = Random(3)
    lost, verdicts, taken = [], Counter(), []
    for number in range(COPIES):
        entry = entries[number * len(entries) // COPIES]
        changed, did = copies.mangled(entry.parts[0]["text"], rng)
        start = time.perf_counter()
        answer = judge(search, changed)
        taken.append(time.perf_counter() - start)
        verdicts[answer.verdict] += 1
        whole = not any(each in did for each in [*copies.HIDING, *copies.CUTTING])
        fits = answer.verdict in FOUND and (entry in answer.entries or not whole)
        if not fits or (whole and answer.verdict is not Verdict.OFFICIAL):
            lost.append((did, answer.verdict, answer.why, changed))
    taken.sort()
    figures = (
        f"{dict(verdicts)}, median {taken[len(taken) // 2] * 1e3:.2f} ms, p99 {taken[-len(taken) // 100] * 1e3:.2f} ms"
    )
    print(f"\n{COPIES:,} copies against {ENTRIES:,}: {figures}")

    assert lost == []
