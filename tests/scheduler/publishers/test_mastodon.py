"""
What a Mastodon server gets.

The server is a mock of the API (`mastodon_mock`); where the mock differs from Mastodon (media are processed at once, no
rate limits) a scripted HTTP server on loopback stands in.
"""

from typing import Any

import pytest

from scheduler.credentials import HIDDEN
from scheduler.publisher import Busy, OutcomeUnknown, Refused, Unreachable
from scheduler.publishers import mastodon as module
from scheduler.releases.outgoing import OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, mastodon_rig
from tests.servers.http_sink import HttpSink
from tests.servers.mastodon_server import MastodonServer

ME = (200, {}, {"id": "7", "username": "StopDaech"})
TOKEN = "canary-of-the-mastodon-token"
MEDIA, STATUSES, OURS = "/api/v2/media", "/api/v1/statuses", "/api/v1/accounts/7/statuses"


@pytest.fixture
def mock(bench: Bench, mastodon_server: MastodonServer) -> Rig:
    """Give the publisher and the mock."""
    return mastodon_rig(bench, mastodon_server)


@pytest.fixture
def scripted(bench: Bench, http_sink: HttpSink) -> Any:
    """Give the publisher and a server that answers as a test says."""
    bench.secret("token", TOKEN)
    http_sink.answer("GET", "/api/v1/accounts/verify_credentials", ME)
    account = "@stopdaech@social.example"
    return bench.publisher(kind="mastodon", server=f"{http_sink.url}/", account=account, credential="token")


def test_a_status_has_language_visibility_warning_and_media(mock: Rig, mastodon_server: MastodonServer) -> None:
    """What was signed arrives: text, ISO 639 language, visibility, content warning, pictures with their words."""
    key = delivery().outgoing.release
    what = delivery(
        f"{ARABIC} {key}", media={"map.png": PNG}, visibility="unlisted", content_warning="عنف", language="ar-IQ"
    )
    receipt = mock.publish(what)
    status = mastodon_server.get(f"{STATUSES}/{receipt.remote_id}")
    assert (status["language"], status["visibility"], status["spoiler_text"]) == ("ar", "unlisted", "عنف")
    assert [item["description"] for item in status["media_attachments"]] == ["خريطة map.png"]
    assert receipt.url == status["url"]


@pytest.mark.parametrize(
    ("text", "words"),
    [pytest.param("x" * 501, "too long", id="501-letters"), pytest.param(" ", "blank", id="nothing")],
)
def test_the_servers_reason_is_passed_on(mock: Rig, text: str, words: str) -> None:
    """A 422 is Refused with the server's own words."""
    with pytest.raises(Refused, match=words) as caught:
        mock.publish(delivery(text))
    assert not caught.value.credential


def test_a_thread_hangs_together(mock: Rig, mastodon_server: MastodonServer) -> None:
    """A second part answers to the first, whether the engine names it or it has to be looked up."""
    release = delivery().outgoing.release
    parts = tuple(OutgoingPart(text=f"{n} {release}", html=None, headline=None, link=None) for n in range(3))
    first = delivery(parts=parts)
    one = mock.publish(first).remote_id
    two = mock.publish(type(first)(**{**vars(first), "part": 1, "previous": one})).remote_id
    three = mock.publish(type(first)(**{**vars(first), "part": 2})).remote_id
    answers = [mastodon_server.get(f"{STATUSES}/{each}")["in_reply_to_id"] for each in (one, two, three)]
    assert answers == [None, one, two]


def test_nothing_is_posted_from_another_account(mock: Rig, mastodon_server: MastodonServer) -> None:
    """A token of an account other than the declared one is Refused, and the breaker opens."""
    what = delivery(delivery().outgoing.release)
    with pytest.raises(Refused, match="@testuser, not of @somebody") as caught:
        mock.bench.run(mock.changed({"account": "@somebody@social.example"}).publish(what))
    assert caught.value.credential
    assert mock.shown(what) == []


def test_a_file_that_is_processed_is_waited_for(
    scripted: Any, bench: Bench, http_sink: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """202 and 206 mean that the file is not ready; the status is posted once it is, and Busy if it never is."""
    monkeypatch.setattr(module, "PROCESSING", (0.0, 0.0, 0.0))
    waiting = (206, {}, {"id": "5", "url": None})
    http_sink.answer("POST", MEDIA, (202, {}, {"id": "5", "url": None}))
    http_sink.answer("GET", "/api/v1/media/5", waiting, waiting, (200, {}, {"id": "5", "url": "x"}))
    bench.run(scripted.publish(delivery(media={"map.png": PNG})))
    assert http_sink.effects[0].json()["media_ids"] == ["5"]
    http_sink.answer("GET", "/api/v1/media/5", waiting)
    with pytest.raises(Busy, match="still processing"):
        bench.run(scripted.publish(delivery(media={"map.png": PNG})))
    assert len(http_sink.effects) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((500, {}, b"oops"), id="500"),
        pytest.param((200, {}, b"<html>"), id="page"),
        pytest.param((200, {}, []), id="list"),
        pytest.param((200, {}, {}), id="no-id"),
    ],
)
def test_an_upload_that_fails_leaves_nothing_unknown(
    scripted: Any, bench: Bench, http_sink: HttpSink, answer: tuple[int, dict[str, str], Any]
) -> None:
    """A lost upload publishes nothing: the release may be tried again."""
    http_sink.answer("POST", MEDIA, answer)
    with pytest.raises((Busy, Unreachable)):
        bench.run(scripted.publish(delivery(media={"map.png": PNG})))
    assert http_sink.effects == []


@pytest.mark.parametrize("answer", [{}, [1], b""], ids=["no-id", "list", "empty"])
def test_an_answer_that_is_no_status_is_an_unknown_outcome(
    scripted: Any, bench: Bench, http_sink: HttpSink, answer: object
) -> None:
    """A 200 without a status may mean that it was posted."""
    http_sink.answer("POST", STATUSES, (200, {}, answer))
    with pytest.raises(OutcomeUnknown):
        bench.run(scripted.publish(delivery()))


def status(number: int, html: str, at: str = "2026-01-12T17:31:00.000Z") -> dict[str, Any]:
    """Build a status as the API gives it."""
    return {"id": str(number), "content": html, "created_at": at, "url": f"https://social.example/{number}"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("a & b < c", "<p>a &amp; b &lt; c</p>", id="entities"),
        pytest.param("one\ntwo\n\nthree", "<p>one<br />two</p><p>three</p>", id="lines"),
        pytest.param(
            "see https://example.org/a-long-path-that-is-shortened",
            '<p>see <a href="https://example.org/a-long-path-that-is-shortened"><span class="invisible">https://</span>'
            '<span class="ellipsis">example.org/a-long-path-that-i</span>'
            '<span class="invisible">s-shortened</span></a></p>',
            id="shortened-link",
        ),
        pytest.param(
            "with @cell@other.example",
            '<p>with <span class="h-card"><a href="https://other.example/@cell">@<span>cell</span></a></span></p>',
            id="mention-loses-its-domain",
        ),
        pytest.param("#Raqqa", '<p><a href="x" class="mention hashtag">#<span>Raqqa</span></a></p>', id="hashtag"),
        pytest.param("cafe\u0301", "<p>caf\u00e9</p>", id="normalised"),
    ],
)
def test_a_look_up_sees_through_the_servers_formatting(
    scripted: Any, bench: Bench, http_sink: HttpSink, text: str, html: str
) -> None:
    """The text is found again in the HTML that Mastodon makes of it."""
    http_sink.answer("GET", OURS, (200, {}, [status(9, "<p>another</p>"), status(8, html)]))
    found = bench.run(scripted.look_up(delivery(text)))
    assert found is not None
    assert (found.remote_id, found.url) == ("8", "https://social.example/8")


def test_a_look_up_does_not_find_last_weeks_post(scripted: Any, bench: Bench, http_sink: HttpSink) -> None:
    """The same words posted before the release was due are another release's."""
    http_sink.answer("GET", OURS, (200, {}, [status(8, "<p>same</p>", at="2026-01-05T17:30:00.000Z")]))
    assert bench.run(scripted.look_up(delivery("same"))) is None


def test_a_look_up_that_cannot_see_far_enough_does_not_say_no(scripted: Any, bench: Bench, http_sink: HttpSink) -> None:
    """Where the account has posted too much since, the answer is not None: that would send it again."""
    http_sink.answer("GET", OURS, (200, {}, [status(9, "<p>another</p>")]))
    with pytest.raises(Unreachable, match="too much"):
        bench.run(scripted.look_up(delivery("sought")))
    assert len([each for each in http_sink.requests if OURS in each.path]) == module.PAGES


def test_a_rate_limit_says_when(scripted: Any, bench: Bench, http_sink: HttpSink) -> None:
    """Mastodon tells the end of its window as an instant; it becomes the seconds to wait."""
    headers = {"X-RateLimit-Reset": "2099-01-01T00:00:00.000000Z"}
    http_sink.answer("POST", STATUSES, (429, headers, {"error": "Throttled"}))
    with pytest.raises(Busy, match="Throttled") as caught:
        bench.run(scripted.publish(delivery()))
    assert caught.value.retry_after


def test_a_server_that_repeats_the_token_does_not_spread_it(scripted: Any, bench: Bench, http_sink: HttpSink) -> None:
    """The words of an error are kept, without the secret that the server put into them."""
    http_sink.answer("POST", STATUSES, (401, {}, {"error": f"The access token {TOKEN} was revoked"}))
    with pytest.raises(Refused, match="was revoked") as caught:
        bench.run(scripted.publish(delivery()))
    assert caught.value.credential
    assert TOKEN not in str(caught.value)
    assert HIDDEN in str(caught.value)
