# ruff: noqa: S311, T201 (a seed is no secret; figures are printed)
"""How long a check against the register takes, and how long it takes to export, load and index one."""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from campaigns.signoff import keys
from scheduler.register import folder, pages, seal
from scheduler.register.keys import published
from scheduler.register.search import Search
from scheduler.register.verdict import Verdict, judge
from tests.builders import copies, workspaces

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
SIZES = [1_000] if SHORT else [10_000, 100_000]
CHECKS = 200 if SHORT else 1_000
MOST_OFFICIAL, MOST_ALTERED = 0.005, 0.05  #: seconds, median, on a busy two-core machine

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return how many seconds *work* took, and what it gave."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


@pytest.mark.parametrize("size", SIZES)
def test_a_check_takes_milliseconds(tmp_path: Path, size: int):
    """Loading and verifying take seconds once; each check after that, of whatever text, takes milliseconds."""
    workspace = workspaces.make(tmp_path / "workspace")
    trust, signers = workspace.trust(), [keys.load_signer(workspace.folder / "keys" / "operator.key")]
    entries = copies.entries(size)
    site = pages.site(entries, rehearsal=True)

    def export() -> folder.Written:
        made = pages.site(entries, rehearsal=True)
        others = {**site.others, folder.KEYS: published(signers)}
        sealed = lambda payload: seal.seal(payload, signers, trust)  # noqa: E731 (one use)
        return folder.write(tmp_path / "public", entries, made.pages, sealed, rehearsal=True, others=others)

    first, _ = timed(export)
    again, kept = timed(export)
    assert isinstance(kept, folder.Written)
    assert kept.written == 0

    def opened(text: bytes) -> tuple[bytes, str]:
        found = seal.opened(text, trust)
        return found.payload, found.by

    load, register = timed(lambda: folder.read(tmp_path / "public", opened))
    assert isinstance(register, folder.Register)
    index, search = timed(lambda: Search(register.entries))
    assert isinstance(search, Search)
    words, _ = timed(lambda: search.near("Daesh"))
    rng = Random(7)
    chosen = [rng.choice(entries).parts[0]["text"] for _ in range(CHECKS)]
    found: dict[str, list[float]] = {}
    for name, made in {
        "official": chosen,
        "mangled": [copies.mangled(said, rng)[0] for said in chosen],
        "forged": [copies.forged(said, chosen, rng)[0] for said in chosen],
        "unknown": [f"{number} " + copies.text(number, "en-GB", Random(number))[::-1] for number in range(CHECKS)],
    }.items():
        found[name] = sorted(timed(lambda said=said: judge(search, said))[0] for said in made)
    octets = sum(path.stat().st_size for path in (tmp_path / "public").rglob("*") if path.is_file())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{size:,} entries: export {first:.1f} s, again {again:.1f} s, {octets / 1e6:.0f} MB; load and verify ",
        end="",
    )
    print(f"{load:.2f} s, index {index:.2f} s, words {words:.2f} s; peak {memory:.0f} MB")
    for name, spans in found.items():
        print(f"  {name:<9} median {spans[CHECKS // 2] * 1e3:.2f} ms, p99 {spans[-CHECKS // 100] * 1e3:.2f} ms")

    assert judge(search, chosen[0]).verdict is Verdict.OFFICIAL
    assert found["official"][CHECKS // 2] < MOST_OFFICIAL
    assert found["forged"][CHECKS // 2] < MOST_ALTERED
