"""The long tail through Apprise: one text, one receiver, sent once; nothing that a publisher of ours does better."""

import asyncio
import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from campaigns.errors import CordialeError
from scheduler.publisher import Busy, OutcomeUnknown, PublishFault, Receipt, Refused
from scheduler.publishers.apprise import OWN
from tests.scheduler.publishers.deliveries import ARABIC, PNG, TOPIC, Bench, Rig, apprise_rig, delivery
from tests.servers.http_sink import FAULTS, HttpSink

DEFINED = {"kind": "apprise", "credential": "topic", "options": {"service": "ntfy"}}
REFUSED = {"302", "401", "422"}
LATER = {"429-seconds", "429-date"}


@pytest.fixture
def rig(bench: Bench, http_sink: HttpSink) -> Rig:
    """Give the publisher with a server that takes what ntfy takes."""
    return apprise_rig(bench, http_sink)


def test_one_text_is_one_request_with_the_signed_words(rig: Rig, http_sink: HttpSink) -> None:
    """The words go as they were signed, without a picture or a word of Apprise's own."""
    receipt = rig.publish(delivery(f"{ARABIC} *not bold* <b>not bold</b> :smile: \\n"))
    [request] = http_sink.requests

    assert request.json() == {"topic": TOPIC, "message": f"{ARABIC} *not bold* <b>not bold</b> :smile: \\n"}
    assert "icon" not in " ".join(request.headers)
    assert receipt.detail == "ntfy took it."


@pytest.mark.parametrize("fault", [each for each in FAULTS if not each.startswith(("malformed", "truncated", "html"))])
def test_what_is_not_told_is_unknown_and_nothing_is_sent_twice(rig: Rig, http_sink: HttpSink, fault: str) -> None:
    """A status that Apprise tells decides; a cut, a time-out and 5xx leave the outcome unknown, after one request."""
    http_sink.misbehave(fault)
    with pytest.raises(PublishFault) as caught:
        rig.publish(delivery())

    assert len(http_sink.requests) == 1
    if fault in REFUSED:
        assert isinstance(caught.value, Refused)
    elif fault not in LATER:
        assert type(caught.value) is OutcomeUnknown


def test_texts_on_their_way_together_have_an_answer_each(bench: Bench, tmp_path: Path) -> None:
    """One service refuses, one is to be asked later, one takes it, all at once: none has another's status."""
    with ExitStack() as stack:
        answers = {401: Refused, 429: Busy, 200: Receipt}
        publishers = {}
        for status in answers:
            sink = stack.enter_context(HttpSink(ledger=tmp_path / f"{status}.jsonl"))
            sink.answer("POST", "/", *[(status, {}, {})] * 8)
            bench.secret(f"topic-{status}", f"ntfy://{sink.url.removeprefix('http://')}/{TOPIC}")
            publishers[status] = bench.publisher(**{**DEFINED, "credential": f"topic-{status}"})
        statuses = [*publishers] * 8

        async def publish() -> list[Any]:
            works = (publishers[status].publish(delivery()) for status in statuses)
            return await asyncio.gather(*works, return_exceptions=True)

        found = bench.run(publish())

    assert [type(each) for each in found] == [answers[status] for status in statuses]


@pytest.mark.parametrize(("schema", "kind"), OWN.items())
def test_a_service_with_a_publisher_of_its_own_is_refused_with_its_name(bench: Bench, schema: str, kind: str) -> None:
    """When it is planned, and with the line to write instead: what Apprise cannot promise, our own kind does."""
    with pytest.raises(Refused, match="has a publisher of its own") as caught:
        bench.publisher(**{**DEFINED, "options": {"service": schema}}).vet()

    assert f"kind: {kind}" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "service", "said"),
    [
        ("mastodon://token@social.example", "ntfy", "'ntfy' was signed"),
        ("ntfys://127.0.0.1/topic", "ntfy", "'ntfy' was signed"),
        ("ntfy://127.0.0.1/one/two", "ntfy", "names 2 receivers"),
        ("ntfy://127.0.0.1/topic?retry=3", "ntfy", "says `retry`"),
        ("ntfy://127.0.0.1/topic?x=1&overflow=split", "ntfy", "says `overflow`"),
        ("twilio://AC0123456789abcdef0123456789abcdef:0123456789abcdef@+15550001111/+15550002222", "twilio", "persons"),
        ("discord://012345678901234567/abcdefghijklmnopqrstuvwxyz", "discord", "may not leave"),
        ("ntfy://192.0.2.1/topic", "ntfy", "is not on this machine"),
        ("nothing-of-the-kind", "ntfy", "no address that Apprise knows"),
    ],
)
def test_an_address_that_may_not_be_used_sends_nothing(rig: Rig, address: str, service: str, said: str) -> None:
    """Another service than was signed, more receivers, second tries, persons, and in a rehearsal every way out."""
    rig.bench.secret("other", address)
    publisher = rig.changed({"credential": "other", "options": {"service": service}})
    for call in (lambda: publisher.publish(delivery()), publisher.test):
        with pytest.raises(Refused, match=said) as caught:
            rig.bench.run(call())
        assert caught.value.hint
        assert address.partition("://")[2] not in caught.value.message or not address.partition("://")[2]


def test_files_are_refused(rig: Rig, http_sink: HttpSink) -> None:
    """A text without its picture is another message."""
    with pytest.raises(Refused, match="a text goes alone"):
        rig.publish(delivery(media={"map.png": PNG}))

    assert http_sink.requests == []


def test_no_other_library_tells_the_address(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Apprise and its HTTP client write addresses at DEBUG; none of it reaches a log of ours."""
    caplog.set_level(logging.DEBUG)
    rig.publish(delivery())

    assert [each.name for each in caplog.records if each.name.startswith(("apprise", "urllib3"))] == []


@pytest.mark.parametrize("changed", [{"options": {}}, {"options": {"service": "ntfy://x"}}, {"credential": None}])
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict) -> None:
    """The service is named openly, its address is a secret's name."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(CordialeError) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint
