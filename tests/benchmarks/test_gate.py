"""What the gate costs: once its envelopes are verified, and the first verification beside what it cannot do without."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import rfc8785
from sqlalchemy import Engine

from campaigns import clock
from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.signoff import approvals, envelope, keys, rehearsal, statement, verified
from campaigns.signoff.approvals import Signatures
from campaigns.signoff.statement import Subject
from campaigns.store.engine import connect, reading, writing
from campaigns.store.tables import table
from scheduler.releases.facts import Evidence
from scheduler.releases.gate import Act, judge
from scheduler.releases.outgoing import Outgoing, canonical, digest, words_digest
from tests.builders.outgoings import outgoing

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
RELEASES = 10_000
ASKED = 500 if SHORT else 5_000  #: releases that are judged
ROUNDS = 5 if SHORT else 15
TARGET = 100.0  #: microseconds of one release at the gate, median, on a machine that does nothing else; told, not held
MOST = 20.0  #: the gate over reading and digesting the same release bare, medians of one run, taken in turn
RATIO = 3.0  #: the first verification over its bare parts
DUE = clock.now().replace(microsecond=0) - timedelta(minutes=1)


def numbered(number: int) -> Outgoing:
    english = {"locale": "en-GB", "language": "en-GB", "direction": "ltr", "due": clock.iso(DUE)}
    return outgoing(
        f"Daesh lost {number} villages. {number} families came home.",
        release=f"4f1d3c1e-0000-5000-8000-{number:012d}",
        name=f"r{number}/en-GB/uk-outbox",
        message=f"m{number}",
        **english,
    )


def row(number: int) -> dict[str, object]:
    said = numbered(number)
    form = canonical(said)
    told = {"findings": [], "late_answer": None, "occurrence": "", "tries": 0, "author": "amina", "words_by": "amina"}
    index = {"outgoing": form.decode(), "digest": digest(form), "bytes_digest": words_digest(said)}
    return {"id": said.release, "state": "claimed", "due_at": DUE, **index, **told}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'cordiale.db'}")
    for model in (Approval, ApprovalSubject):
        table(model).create(made)
    yield made
    made.dispose()


def microseconds(work: Callable[[], object]) -> float:
    """Return the processor time of *work*: others on the machine do not count."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1000


def bare_reading(text: str) -> tuple[Any, str]:
    """Read and digest what goes out, with the standard library alone."""
    return json.loads(text), hashlib.sha256(text.encode()).hexdigest()


def test_the_gate_and_its_first_verification(tmp_path: Path, engine: Engine):
    """One release of ten thousand costs a few bare readings of it, and its envelopes are verified once."""
    now = clock.now()
    trust = rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk", "fr"], now=now)
    rows = [row(number) for number in range(RELEASES)]
    subjects = [Subject(str(each["id"]), str(each["digest"])) for each in rows]
    signed = {}
    for partner in ("uk", "fr"):
        payload = statement.make("voices", partner, "approve", "", subjects, now)
        signed[partner] = envelope.sign(payload, keys.load_signer(tmp_path / "keys" / f"{partner}-officer.key"))
        with writing(engine) as connection:
            approvals.record(connection, envelope.verify(signed[partner], trust), signed[partner], now)

    bare, first = beside(signed, trust)
    verified._CACHE = verified._Cache()
    with reading(engine) as connection:
        loaded = microseconds(lambda: Signatures.load(connection, trust))
        again = microseconds(lambda: Signatures.load(connection, trust))
        signatures = Signatures.load(connection, trust)
    here = {str(each["id"]): True for each in rows}
    evidence = Evidence(trust=trust, signatures=signatures, local=here)
    assert all(judge(each, evidence, now).act is Act.PUBLISH for each in rows[:100])
    step = RELEASES // ASKED
    times, read = [], []
    for each in rows[::step]:  # in turn, so that both meet the same machine
        times.append(microseconds(lambda each=each: judge(each, evidence, now)))
        read.append(microseconds(lambda each=each: bare_reading(str(each["outgoing"]))))
    met = "met" if median(times) < TARGET else "missed"
    print(  # noqa: T201 (figures)
        f"\nThe gate of one release of {RELEASES:,}: median {median(times):.0f} µs (target {TARGET:.0f}, {met}), "
        f"{median(times) / median(read):.1f} times reading it bare, "
        f"p99 {sorted(times)[len(times) * 99 // 100]:.0f} µs over {len(times):,}.\n"
        f"First verification of both envelopes {first / 1000:.1f} ms, bare parts {bare / 1000:.1f} ms: "
        f"{first / bare:.2f} times (target {RATIO:.0f}). "
        f"Loaded first {loaded / 1000:.0f} ms, again {again / 1000:.0f} ms."
    )

    assert median(times) < MOST * median(read)
    assert first < RATIO * bare


def beside(signed: dict[str, str], trust: object) -> tuple[float, float]:
    """Return the median cost of the bare parts and of `verify`, round by round: two signatures, one canonical form."""
    import base64
    import json

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    opened = {partner: json.loads(text) for partner, text in signed.items()}
    parts = []
    for form in opened.values():
        payload = base64.b64decode(form["payload"])
        kind = form["payloadType"]
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        keyid = form["signatures"][0]["keyid"]
        key = trust.targets.delegations.keys[keyid].keyval["public"]  # type: ignore[attr-defined]
        signature = base64.b64decode(form["signatures"][0]["sig"])
        parts.append((Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)), signature, pae, payload))

    def plainly() -> None:
        for key, signature, pae, _ in parts:
            key.verify(signature, pae)
        payload = parts[0][3]
        assert rfc8785.dumps(json.loads(payload)) == payload

    def ours() -> None:
        for text in signed.values():
            envelope.verify(text, trust)  # type: ignore[arg-type]

    rounds = [(microseconds(plainly), microseconds(ours)) for _ in range(ROUNDS)]
    return median(one for one, _ in rounds), median(other for _, other in rounds)
