"""What a channel that never answers costs the releases of another: how late they are with it, and without it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from scheduler.daemon import Daemon
from tests.builders import campaigns, workspaces
from tests.servers.http_sink import HttpSink

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
SECONDS, A_SECOND = (5, 20) if SHORT else (30, 50)
STALLED = 150 if SHORT else 1000
SEND = {"after": "1d", "then": "send"}


def lateness(folder: Path, stalled: int, server: str) -> list[float]:
    """Return how late the releases of the healthy channel left (ms), sorted, while *stalled* others hang."""
    made = workspaces.make(folder, secrets={"hook": workspaces.SIGNING_KEY}, monitor="")
    number = SECONDS * A_SECOND
    channels = [
        campaigns.channel("outbox"),
        campaigns.channel("webhook", server=f"{server}/hook", credential="hook", account="@slow"),
    ]
    begins = clock.now().replace(microsecond=0) + timedelta(seconds=10 + (number + stalled) // 20)
    releases = [
        campaigns.entry(
            n,
            begins + timedelta(seconds=n // A_SECOND if n < number else -5),
            channels=["uk-outbox" if n < number else "uk-webhook"],
            if_late=SEND,
        )
        for n in range(number + stalled)
    ]
    messages = [campaigns.message(n) for n in range(number + stalled)]
    made.apply(campaigns.campaign(at=begins, channels=channels, messages=messages, releases=releases))
    made.approve()
    daemon = Daemon(made.settings, made.database)
    daemon.start()
    try:
        daemon.wait(lambda: len(list((folder / "outbox").glob("*/headers.json"))) == number, every=0.2)
        daemon.wait(lambda: sum(row["published_at"] is not None for row in made.rows().values()) == number, every=0.2)
        rows = [row for row in made.rows().values() if row["channel"] == "uk-outbox"]
    finally:
        daemon.asked.put(15)
        daemon.asked.put(15)
        daemon.stop()
        made.database.dispose()
    return sorted((row["published_at"] - row["due_at"]).total_seconds() * 1000 for row in rows)


def test_one_slow_channel_does_not_delay_another(tmp_path: Path):
    """The p99 of a healthy channel beside one that hangs is no worse than twice what it is alone, and 250 ms."""
    figures = []
    with HttpSink(ledger=tmp_path / "ledger") as sink:
        sink.misbehave("timeout-before")
        for name, stalled in (("alone", 0), ("beside", STALLED)):
            found = lateness(tmp_path / name, stalled, sink.url)
            figures.append((found[len(found) // 2], found[len(found) * 99 // 100]))
        sink.misbehave(None)
    (p50, p99), (p50_beside, p99_beside) = figures
    print(  # noqa: T201 (a benchmark prints its figures)
        f"\n{A_SECOND} releases a second for {SECONDS} s on SQLite, into folders: {p50:.0f} ms late (p50), {p99:.0f} ms"
        f" (p99) alone; {p50_beside:.0f} ms and {p99_beside:.0f} ms beside {STALLED} of a channel that never answers."
    )

    assert p99_beside < 2 * p99 + 250
