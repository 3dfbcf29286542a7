"""Alerts leave by real mail and a real webhook: once, signed, after a restart too, and visibly when they cannot."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from campaigns import clock
from campaigns.settings import Alerts, Mail
from scheduler import signs
from scheduler.watch.alerts import Alerts as Teller
from scheduler.watch.troubles import Trouble
from tests.builders.workspaces import SIGNING_KEY, Workspace, make
from tests.servers.http_sink import HttpSink
from tests.servers.smtp_server import SmtpServer

DISK = Trouble("disk", "this machine", "The disk has 150 MB left.", "Make room there.")
FAILED = Trouble("state/failed/voices/uk", "uk", "3 releases of voices are failed.", "cordiale retry x", 3)


@pytest.fixture
def place(tmp_path: Path):
    """Give a workspace with the secrets that alerts need."""
    secrets = {"hook": SIGNING_KEY, "post": 'user = "cell"\npassword = "open sesame"\n'}
    made = make(tmp_path / "w", secrets=secrets)
    yield made
    made.database.dispose()


def teller(place: Workspace, troubles: list[Trouble], *, mail: SmtpServer | None = None, hook: str = "") -> Teller:
    """Return alerts with no gap between messages, by *mail*, to *hook*, or both."""
    alerts = Alerts(
        to=("duty@example.org", "second@example.org") if mail else (),
        webhook=hook,
        webhook_credential="hook" if hook else "",
        gap=0,
    )
    post = Mail(server=mail.address, sender="cordiale@example.org", credential="post") if mail else Mail()
    settings = place.settings.model_copy(update={"alerts": alerts, "mail": post})
    return Teller(settings, lambda: troubles, rehearsal=lambda: True)


@pytest.fixture
def post():
    """Give a submission server that wants a login."""
    with SmtpServer(user="cell", password="open sesame") as server:
        yield server


def test_a_trouble_and_its_end_are_mails(place: Workspace, post: SmtpServer):
    """One mail says what is wrong, whose it is and what to do; one says that it is over; none repeats itself."""
    troubles = [DISK, FAILED]
    alerts = teller(place, troubles, mail=post)
    for _ in range(3):
        alerts.round()
    troubles.remove(DISK)
    for _ in range(3):
        alerts.round()
    first, second = post.messages
    text = first.get_content()

    assert first["Subject"] == "[Cordiale w] The disk has 150 MB left. (and 1 more)"
    assert all(words in text for words in (DISK.what, DISK.hint, "Whose: uk", FAILED.hint))
    assert first["Auto-Submitted"] == "auto-generated"
    assert post.envelopes[0][1] == ["duty@example.org", "second@example.org"]
    assert second["Subject"] == "[Cordiale w] Over: 1 trouble"
    assert DISK.what in second.get_content()


def test_a_webhook_is_signed_as_the_standard_asks(place: Workspace, http_sink: HttpSink):
    """The standard's own library verifies it; the body says the same as the mail, as data."""
    teller(place, [FAILED], hook=f"{http_sink.url}/alerts").round()
    (request,) = http_sink.requests
    said = Webhook(SIGNING_KEY.strip()).verify(request.body, dict(request.headers))

    assert said["type"] == "cordiale.alert"
    assert said["data"]["new"] == [
        {"key": FAILED.key, "whose": "uk", "what": FAILED.what, "hint": FAILED.hint, "number": 3}
    ]


def test_a_restart_repeats_nothing(place: Workspace, http_sink: HttpSink):
    """What was told is remembered beside the trust files; another process tells only what is new."""
    hook = f"{http_sink.url}/alerts"
    teller(place, [DISK], hook=hook).round()
    teller(place, [DISK], hook=hook).round()
    teller(place, [DISK, FAILED], hook=hook).round()

    assert [len(json.loads(each.body)["data"]["new"]) for each in http_sink.requests] == [1, 1]


def test_an_alert_that_cannot_leave_is_visible_and_leaves_later(place: Workspace, http_sink: HttpSink):
    """It stands in the memory that `status` reads, on its own way alone, and is gone when it has left."""
    troubles, hook = [DISK], f"{http_sink.url}/alerts"
    alerts = teller(place, troubles, hook=hook)
    http_sink.misbehave("500-not-posted", 1)
    alerts.round()
    fault = signs.read(place.settings.trust, clock.now()).undelivered
    alerts.round()

    assert "500" in fault["webhook"]
    assert alerts.undelivered() == signs.read(place.settings.trust, clock.now()).undelivered == {}
    assert len({each.headers["webhook-id"] for each in http_sink.requests}) == 1


def test_one_way_that_is_blocked_does_not_block_the_other(place: Workspace, http_sink: HttpSink, post: SmtpServer):
    """The mail leaves although the webhook's receiver is gone."""
    post_only = teller(place, [DISK], mail=post, hook="http://127.0.0.1:9/alerts")
    post_only.round()

    assert len(post.messages) == 1
    assert list(post_only.undelivered()) == ["webhook"]


def test_a_trouble_that_went_before_it_could_be_told_leaves_no_fault(place: Workspace, http_sink: HttpSink):
    """Nothing is undelivered when there is nothing to tell any more."""
    troubles = [DISK]
    alerts = teller(place, troubles, hook=f"{http_sink.url}/alerts")
    http_sink.misbehave("500-not-posted", 1)
    alerts.round()
    troubles.clear()
    alerts.round()

    assert alerts.undelivered() == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"mail": {"told": 3}}', '{"mail": {"told": {"x": {}}}}'])
def test_a_damaged_memory_is_told_again(place: Workspace, http_sink: HttpSink, text: str):
    """Better twice than never: a memory that cannot be read is no reason to be silent."""
    path = signs.alerts_file(place.settings.trust)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    teller(place, [DISK], hook=f"{http_sink.url}/alerts").round()

    assert len(http_sink.effects) == 1


def test_messages_keep_their_distance(place: Workspace, http_sink: HttpSink, monkeypatch: pytest.MonkeyPatch):
    """What happens within the gap is in one message after it: a storm of troubles is not a storm of mails."""
    troubles = [DISK]
    alerts = teller(place, troubles, hook=f"{http_sink.url}/alerts")
    alerts._settings = alerts._settings.model_copy(
        update={"alerts": alerts._settings.alerts.model_copy(update={"gap": 5.0})}
    )
    for number in range(20):
        troubles.append(Trouble(f"t{number}", "uk", f"Trouble {number}.", "Look."))
        alerts.round()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=6))
    alerts.round()

    assert [len(json.loads(each.body)["data"]["new"]) for each in http_sink.requests] == [2, 19]


def test_one_of_several_tells_what_all_see(place: Workspace, http_sink: HttpSink):
    """A process that does not speak for all tells of its own machine alone, and of no end of what others tell of."""
    troubles = [DISK, FAILED]
    alerts = teller(place, troubles, hook=f"{http_sink.url}/alerts")
    alerts.speaks = lambda: False
    alerts.round()
    alerts.speaks = lambda: True
    alerts.round()
    alerts.speaks = lambda: False
    troubles.remove(FAILED)
    alerts.round()
    said = [json.loads(each.body)["data"] for each in http_sink.requests]

    assert [[each["key"] for each in one["new"]] for one in said] == [[DISK.key], [FAILED.key]]
    assert all(one["over"] == [] for one in said)
