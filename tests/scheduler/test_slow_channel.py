"""A channel that hangs holds up its own releases, and no other's."""

from datetime import timedelta
from pathlib import Path

from campaigns import clock
from scheduler.daemon import Daemon
from tests.builders import campaigns, workspaces
from tests.servers.http_sink import HttpSink

FAST, SLOW = 10, 40


def test_a_stalled_channel_delays_no_other(tmp_path: Path, http_sink: HttpSink):
    """While 40 releases wait for a server that never answers, those of another channel leave at once."""
    made = workspaces.make(tmp_path / "w", secrets={"hook": workspaces.SIGNING_KEY}, batch=16)
    http_sink.misbehave("timeout-before")
    due = clock.now().replace(microsecond=0) - timedelta(seconds=2)
    channels = [
        campaigns.channel("webhook", server=f"{http_sink.url}/hook", credential="hook"),
        campaigns.channel("outbox", account="@others"),
    ]
    late = {"after": "1d", "then": "send"}
    releases = [
        campaigns.entry(n, due, channels=["uk-webhook" if n <= SLOW else "uk-outbox"], if_late=late)
        for n in range(1, SLOW + FAST + 1)
    ]
    document = campaigns.campaign(SLOW + FAST, at=due, channels=channels, releases=releases)
    made.apply(document, now=due - timedelta(hours=1))
    made.approve()
    daemon = Daemon(made.settings, made.database)
    daemon.start()
    try:
        daemon.wait(lambda: len(list((tmp_path / "w" / "outbox").glob("*/headers.json"))) == FAST, every=0.05)
        waiting = [row for row in made.rows().values() if row["channel"] == "uk-webhook"]
    finally:
        daemon.asked.put(15)
        daemon.asked.put(15)
        http_sink.misbehave(None)
        daemon.stop()
        made.database.dispose()

    assert {row["state"] for row in waiting} <= {"scheduled", "claimed", "sending"}
