"""Text messages by GOV.UK Notify, against a strict fake: the signed words alone, found again, errors told apart."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns import clock
from scheduler.publisher import Busy, OutcomeUnknown, Refused
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, notify_rig
from tests.servers.notify_server import KEY, TEMPLATE, WORDY, NotifyServer, Wrong

SEND = "POST /v2/notifications/sms"
DEFINED = {
    "kind": "govuk-notify",
    "account": "CELL",
    "credential": "notify",
    "options": {"to": "+447700900000", "template": TEMPLATE},
}


@pytest.fixture
def rig(bench: Bench, notify_server: NotifyServer) -> Rig:
    """Give the publisher with its fake."""
    return notify_rig(bench, notify_server)


def test_the_signed_words_go_to_the_number_of_the_list(rig: Rig, notify_server: NotifyServer) -> None:
    """Number, reference and words; typographic signs go as the plain ones that Notify writes, Arabic as it is."""
    what = delivery(f"Daesh lost – it’s over…\n{ARABIC}")  # noqa: RUF001 (typography is the case)
    receipt = rig.publish(what)
    [sent] = notify_server.sent

    assert sent["body"].startswith("Daesh lost - it's over...\nخسر داعش")
    assert (sent["phone_number"], sent["reference"], sent["id"]) == ("+447700900000", what.key, receipt.remote_id)
    assert receipt.detail == "Sent by CELL."


def test_a_template_that_adds_words_sends_nothing(rig: Rig, notify_server: NotifyServer) -> None:
    """What the template makes of the text is seen before it is sent; the channel waits until it is mended."""
    publisher = rig.changed({"options": {**rig.endpoint["options"], "template": WORDY}})
    with pytest.raises(Refused, match="other words than were signed") as caught:
        rig.bench.run(publisher.publish(delivery()))
    with pytest.raises(Refused, match="signed words alone"):
        rig.bench.run(publisher.test())

    assert caught.value.credential
    assert SEND not in notify_server.calls


def test_a_lost_answer_is_found_by_its_reference(rig: Rig, notify_server: NotifyServer) -> None:
    """Cut off after it was sent: unknown, asked once, and the look-up gives the message's own id."""
    what = delivery(due=clock.iso(clock.now()))
    notify_server.faults.append("lost")
    with pytest.raises(OutcomeUnknown):
        rig.publish(what)
    found = rig.bench.run(rig.publisher.look_up(what))

    assert notify_server.calls.count(SEND) == 1
    assert found is not None
    assert (found.remote_id, found.detail) == (notify_server.sent[0]["id"], "It is created.")


def test_what_notify_keeps_no_more_is_for_a_person(rig: Rig) -> None:
    """After six days not to find a message says nothing, so that nothing is sent again by it."""
    what = delivery(due=clock.iso(clock.now() - timedelta(days=7)))
    with pytest.raises(Refused, match="cannot be asked any more"):
        rig.bench.run(rig.publisher.look_up(what))


@pytest.mark.parametrize(
    ("fault", "outcome", "wait"),
    [
        (Wrong(429, "RateLimitError", "Exceeded rate limit for key type LIVE"), Busy, 60.0),
        (Wrong(429, "TooManyRequestsError", "Exceeded send limits (250000) for today"), Busy, 3600.0),
        (Wrong(500, "Exception", "Internal server error"), OutcomeUnknown, None),
        (Wrong(400, "BadRequestError", "Can't send to this recipient using a team-only API key"), Refused, None),
    ],
)
def test_each_error_has_its_outcome(
    rig: Rig, notify_server: NotifyServer, fault: Wrong, outcome: type[Exception], wait: float | None
) -> None:
    """The minute's limit, the day's, a fault of theirs and a refusal, each in Notify's own words."""
    notify_server.faults.append(fault)
    with pytest.raises(outcome, match=fault.words.split("(")[0].strip()) as caught:
        rig.publish(delivery())

    assert getattr(caught.value, "retry_after", None) == wait
    assert notify_server.sent == []


@pytest.mark.parametrize("key", ["not-a-key", KEY[:-1] + "f", f"old-name-{'0' * 8}-0000-4000-8000-{'0' * 12}"])
def test_a_key_that_opens_nothing_waits(rig: Rig, notify_server: NotifyServer, key: str) -> None:
    """A wrong key opens the channel's breaker; no release fails for it."""
    rig.bench.secret("other", key)
    with pytest.raises(Refused) as caught:
        rig.bench.run(rig.changed({"credential": "other"}).publish(delivery()))

    assert caught.value.credential
    assert notify_server.sent == []


def test_files_are_refused(rig: Rig, notify_server: NotifyServer) -> None:
    """A text message without its picture is another message."""
    with pytest.raises(Refused, match="text alone"):
        rig.publish(delivery(media={"map.png": PNG}))

    assert notify_server.sent == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"options": {"template": TEMPLATE}}, "names no number"),
        ({"options": {"to": "07700 900000", "template": TEMPLATE}}, "names no number"),
        ({"options": {"to": "+447700900000"}}, "`template` is no id"),
        ({"options": {**DEFINED["options"], "sender": "GOVUK"}}, "`sender` is no id"),
        ({"server": "notify.example.org"}, "has no server"),
        ({"credential": None}, "names no credential"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict, said: str) -> None:
    """What is missing is named, with the line to write; Notify's own address need not be."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(Refused, match=said) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint


def test_what_came_of_a_text_is_counted_once_it_is_final(rig: Rig, notify_server: NotifyServer) -> None:
    """Nothing while a part is on its way; then each part by what came of it; after a week nobody is asked."""
    what = delivery("One.", due=clock.iso(clock.now()))
    two = replace(what.outgoing, parts=(what.piece, replace(what.piece, text="Two.")))
    first, second = replace(what, outgoing=two), replace(what, outgoing=two, part=1)
    receipt = rig.publish(first)
    rig.publish(second)
    measure = rig.publisher.measure  # type: ignore[attr-defined]
    notify_server.sent[0]["status"] = "delivered"
    waiting = rig.bench.run(measure(first, receipt.remote_id))
    notify_server.sent[1]["status"] = "permanent-failure"
    done = rig.bench.run(measure(first, receipt.remote_id))
    old = replace(first, outgoing=replace(two, due=clock.iso(clock.now() - timedelta(days=8))))
    asked = len(notify_server.calls)
    with pytest.raises(Refused, match="keeps messages for a week"):
        rig.bench.run(measure(old, receipt.remote_id))

    assert waiting == {}
    assert done == {"deliveries": 1, "permanent_failures": 1, "temporary_failures": 0, "technical_failures": 0}
    assert len(notify_server.calls) == asked
