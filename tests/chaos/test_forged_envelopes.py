"""A hundred thousand envelopes that nobody signed: none is taken."""

import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.errors import NotTrusted
from campaigns.signoff import envelope, keys, rehearsal, statement
from campaigns.signoff.statement import Subject
from tests.builders import forgeries

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

N = 10_000 if os.environ.get("CORDIALE_CHAOS") == "short" else 100_000
NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)


def test_none_of_them_is_taken(tmp_path: Path):
    """Whatever way an envelope is damaged or forged, it is refused in words; the ones it was made of are taken."""
    trust = rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk", "fr"], now=NOW)
    signers = {each: keys.load_signer(tmp_path / "keys" / f"{each}-officer.key") for each in ("uk", "fr")}
    originals = []
    for number in range(24):
        partner = ("uk", "fr")[number % 2]
        subjects = [Subject(f"release-{n}", f"{number * 100 + n:064x}") for n in range(1 + number % 4)]
        at = NOW + timedelta(seconds=number)
        payload = statement.make("voices", partner, ("approve", "refuse", "withdraw")[number % 3], "", subjects, at)
        if number % 5 == 0:
            payload = statement.make_urgent("voices", partner, "rebuttal", "", subjects, at)
        originals.append(envelope.sign(payload, signers[partner]))
    assert all(envelope.verify(text, trust) for text in originals)
    chance = random.Random(2027)  # noqa: S311 (the same forgeries each time)
    made, taken = Counter[str](), []
    start = time.perf_counter()
    for _ in range(N):
        text, way = forgeries.forged(chance, originals)
        made[way] += 1
        try:
            envelope.verify(text, trust)
        except NotTrusted:
            continue
        taken.append((way, text))
    spent = time.perf_counter() - start
    print(f"\n{N:,} forged envelopes in {spent:.0f} s, {len(taken)} taken: {dict(made)}")  # noqa: T201 (figures)

    assert taken == []
