"""What a receiver gets, checked with the reference implementation of Standard Webhooks."""

import base64
import json
from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Oracle
from standardwebhooks import WebhookVerificationError

from scheduler import roster
from scheduler.publisher import Refused
from tests.scheduler.publishers.deliveries import ARABIC, PNG, SIGNING_KEY, Bench, Rig, delivery, webhook_rig
from tests.servers.http_sink import HttpSink

STABLE_KEYS = {
    "v", "act", "release", "name", "campaign", "message", "audiences", "locale", "language", "direction", "part",
    "parts", "text", "html", "headline", "link", "visibility", "content_warning", "reply_to", "supersedes", "media",
    "channel", "account", "issuer", "partners", "due", "digest",
}  # fmt: skip


@pytest.fixture
def hook(bench: Bench, http_sink: HttpSink) -> Rig:
    """Give the webhook publisher and its receiver."""
    return webhook_rig(bench, http_sink)


def test_the_signature_holds_for_the_reference_implementation(hook: Rig, http_sink: HttpSink) -> None:
    """A receiver that uses the standard's own library accepts the body, and refuses it once a byte was changed."""
    hook.publish(delivery(ARABIC))
    [request] = http_sink.effects
    oracle = Oracle(SIGNING_KEY)
    assert oracle.verify(request.body, request.headers)["text"] == ARABIC
    with pytest.raises(WebhookVerificationError):
        oracle.verify(request.body.replace(b"74", b"75"), request.headers)


def test_the_body_has_the_documented_keys_and_is_the_same_every_time(hook: Rig, http_sink: HttpSink) -> None:
    """Two attempts send the same bytes under the same id; only stamp and signature may differ."""
    what = delivery(ARABIC, media={"map.png": PNG})
    hook.publish(what)
    hook.publish(what)
    first, second = http_sink.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == first.headers["idempotency-key"] == what.key
    assert set(json.loads(first.body)) == STABLE_KEYS


def test_media_travel_with_their_words(hook: Rig, http_sink: HttpSink) -> None:
    """A file goes as base64 with its digest, kind and alternative text."""
    what = delivery(media={"map.png": PNG})
    hook.publish(what)
    [item] = http_sink.effects[0].json()["media"]
    assert base64.b64decode(item["bytes"]) == PNG
    assert (item["digest"], item["kind"], item["alt"]) == (
        what.outgoing.media[0].digest,
        "image/png",
        "خريطة map.png",
    )


@pytest.mark.parametrize(
    ("answer", "remote_id"),
    [
        pytest.param({"id": "abc", "url": "https://example.org/1"}, "abc", id="id"),
        pytest.param({"id": 7}, "7", id="number"),
        pytest.param({}, None, id="none"),
        pytest.param([], None, id="list"),
        pytest.param(b"", None, id="empty"),
        pytest.param({"id": {"a": 1}, "url": "javascript:alert(1)"}, None, id="strange"),
    ],
)
def test_the_receipt_is_the_receivers_id_or_the_key(
    hook: Rig, http_sink: HttpSink, answer: object, remote_id: str | None
) -> None:
    """A 2xx answer is a receipt; without a usable id the key is the id, and only web addresses are kept."""
    http_sink.answer("POST", "/hook", (200, {}, answer))
    what = delivery()
    receipt = hook.publish(what)
    assert receipt.remote_id == (remote_id or what.key)
    assert receipt.url in (None, "https://example.org/1")


def test_a_retraction_has_a_key_of_its_own(hook: Rig, http_sink: HttpSink) -> None:
    """A receiver that deduplicates must not take the retraction for the post again."""
    what = delivery()
    receipt = hook.publish(what)
    hook.bench.run(hook.publisher.retract(what, receipt.remote_id))
    said = http_sink.effects[1].json()
    assert http_sink.effects[1].key == f"{what.key}-retract"
    assert (said["act"], said["remote_id"]) == ("retract", receipt.remote_id)
    assert Oracle(SIGNING_KEY).verify(http_sink.effects[1].body, http_sink.effects[1].headers)


@pytest.mark.parametrize(
    ("options", "absorbs", "retracts"),
    [
        pytest.param({}, None, False, id="nothing-declared"),
        pytest.param({"deduplicates": True}, timedelta.max, False, id="deduplicates"),
        pytest.param({"deduplicates": "true"}, None, False, id="a-word-is-no-promise"),
        pytest.param({"retracts": True}, None, True, id="retracts"),
    ],
)
def test_capabilities_are_what_the_options_declare(
    options: dict[str, object], absorbs: timedelta | None, *, retracts: bool
) -> None:
    """A receiver can do what its channel says it can, and nothing else."""
    found = roster.capabilities("webhook", options)
    assert (found.absorbs_key, found.can_retract, found.can_look_up) == (absorbs, retracts, False)


def test_a_receiver_that_takes_nothing_down_is_not_asked(hook: Rig, http_sink: HttpSink) -> None:
    """Without `retracts` a retraction is Refused before anything is sent."""
    with pytest.raises(Refused, match="takes nothing down"):
        hook.bench.run(hook.changed({"options": {}}).retract(delivery(), "x"))
    assert http_sink.requests == []


@pytest.mark.parametrize("key", ["whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all!", "plainly-not-base64"])
def test_a_bad_signing_key_is_refused_and_not_shown(hook: Rig, bench: Bench, key: str) -> None:
    """A key that is no base64, or under 16 bytes, opens the breaker; the sentence does not quote it."""
    bench.secret("bad", key)
    with pytest.raises(Refused) as caught:
        bench.run(hook.changed({"credential": "bad"}).publish(delivery()))
    assert caught.value.credential
    assert key.removeprefix("whsec_") == "" or key.removeprefix("whsec_") not in str(caught.value)


def test_the_test_posts_nothing(hook: Rig, http_sink: HttpSink) -> None:
    """`test` asks with HEAD; a receiver that does not know HEAD passes, one that says 401 does not."""
    http_sink.answer("HEAD", "/hook", (405, {}, b""), (401, {}, b""))
    assert "405" in hook.bench.run(hook.publisher.test())
    with pytest.raises(Refused):
        hook.bench.run(hook.publisher.test())
    assert http_sink.effects == []
