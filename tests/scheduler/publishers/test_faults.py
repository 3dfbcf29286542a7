"""
What each fault of an HTTP channel means, and that sending again under the same key leaves one effect.

The sink keeps its own ledger, so that what happened is counted where it happened.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from scheduler.publisher import Busy, OutcomeUnknown, Publisher, PublishFault, Receipt, Refused
from scheduler.transport.door import Transport
from tests.scheduler.publishers.deliveries import SIGNING_KEY, Bench, delivery
from tests.servers.http_sink import FAULTS, HttpSink

OUTCOMES: dict[str, type[PublishFault]] = {
    "429-seconds": Busy,
    "429-date": Busy,
    "503-retry-after": Busy,
    "500-not-posted": OutcomeUnknown,
    "500-posted": OutcomeUnknown,
    "timeout-before": OutcomeUnknown,
    "timeout-after": OutcomeUnknown,
    "reset-before": OutcomeUnknown,
    "reset-after": OutcomeUnknown,
    "truncated-json": OutcomeUnknown,
    "malformed-json": OutcomeUnknown,
    "html": OutcomeUnknown,
    "302": Refused,
    "401": Refused,
    "422": Refused,
}
WAITS = {"429-seconds": 7.0, "503-retry-after": 3.0}


@pytest.fixture
def hasty(bench: Bench) -> Bench:
    """Give a bench whose transport waits 0.3 s for an answer."""
    bench.runner.run(bench.transport.__aexit__(None, None, None))
    bench.transport = bench.runner.run(Transport(loopback_only=True, total=0.3).__aenter__())
    return bench


@pytest.fixture(params=["webhook", "mastodon"])
def publisher(request: pytest.FixtureRequest, hasty: Bench, http_sink: HttpSink) -> Publisher:
    """Give both publishers that speak HTTP, logged in."""
    hasty.secret("key", SIGNING_KEY)
    http_sink.answer("GET", "/api/v1/accounts/verify_credentials", (200, {}, {"id": "7", "username": "cell"}))
    made = hasty.publisher(kind=request.param, server=http_sink.url, account="@cell@social.example", credential="key")
    hasty.run(made.test())
    http_sink.requests.clear()
    return made


def test_the_table_is_whole() -> None:
    """Every fault that the sink knows has an outcome here, and there are at least thirteen."""
    assert set(OUTCOMES) == set(FAULTS)
    assert len(FAULTS) >= 13


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_outcome_and_one_request(
    hasty: Bench, http_sink: HttpSink, publisher: Publisher, fault: str
) -> None:
    """The outcome is as the design says, the publisher has asked once, and Retry-After is passed on."""
    http_sink.misbehave(fault)
    with pytest.raises(OUTCOMES[fault]) as caught:
        hasty.run(publisher.publish(delivery()))
    assert type(caught.value) is OUTCOMES[fault]
    assert len(http_sink.requests) == 1
    assert len(http_sink.effects) == int(FAULTS[fault])
    if fault in WAITS:
        assert getattr(caught.value, "retry_after", None) == WAITS[fault]
    if OUTCOMES[fault] is Refused:
        assert getattr(caught.value, "credential", None) is (fault == "401")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_same_key_after_a_fault_leaves_one_effect(
    hasty: Bench, http_sink: HttpSink, publisher: Publisher, fault: str, tmp_path: Path
) -> None:
    """Whether the effect had happened or not: once sent again under its key, the ledger has it exactly once."""
    what = delivery()
    http_sink.misbehave(fault, times=1)
    with pytest.raises(PublishFault):
        hasty.run(publisher.publish(what))
    assert isinstance(hasty.run(publisher.publish(what)), Receipt)
    ledger: list[dict[str, Any]] = [
        json.loads(line) for line in (tmp_path / "http-ledger.jsonl").read_text().splitlines()
    ]
    assert [line["key"] for line in ledger] == [what.key]
