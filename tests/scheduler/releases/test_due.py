"""Which of the releases that are due may be claimed, when some channels give nothing or only a few."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event

from campaigns import clock
from scheduler.engine import claims
from scheduler.releases import due, ledger
from tests.builders import backlog, campaigns
from tests.builders.workspaces import Workspace

NOW = clock.now().replace(microsecond=0)
HOUR = timedelta(hours=1)
CHANNELS = [campaigns.channel(id=name, account=f"@{name}") for name in ("one", "two", "three")]
EACH = 30


@pytest.fixture
def due_on_three(workspace: Workspace) -> Workspace:
    """Give a workspace with releases due on three channels, the oldest on `one`, the newest on `three`."""
    releases = [campaigns.entry(n, NOW, channels=[CHANNELS[n - 1]["id"]]) for n in (1, 2, 3)]
    workspace.apply(campaigns.campaign(3, channels=CHANNELS, releases=releases), now=NOW - HOUR)
    workspace.approve()
    for n, each in enumerate(CHANNELS, start=1):
        backlog.fill(workspace, EACH - 1, entry=f"r{n}", next_at=NOW - timedelta(minutes=10 - n), channel=each["id"])
    backlog.settle(workspace)
    return workspace


def take(workspace: Workspace, limit: int, **more) -> Counter[str]:
    """Claim, and return how many of each channel were taken."""
    with workspace.transaction() as connection:
        rows = ledger.take(connection, owner="me", until=NOW + HOUR, limit=limit, now=NOW, **more)
    return Counter(row["channel"] for row in rows)


def test_a_closed_channel_gives_nothing_and_the_others_their_oldest(due_on_three: Workspace):
    """Beside a channel that gives nothing, the oldest of all others leave first."""
    assert take(due_on_three, EACH + 5, closed=["one"]) == {"two": EACH - 1, "three": 6}


def test_a_limited_channel_gives_its_few_and_the_others_the_rest(due_on_three: Workspace):
    """A channel that may give two gives its two oldest; the limit of the claim holds for all together."""
    assert take(due_on_three, EACH, lanes={"one": 2}) == {"one": 2, "two": EACH - 2}


def test_where_all_are_closed_nothing_is_taken(due_on_three: Workspace):
    """When no channel has room the claim is empty, and the releases stay as they are."""
    assert take(due_on_three, EACH, closed=["one", "two", "three"]) == {}
    assert take(due_on_three, 3 * EACH) == {"one": EACH, "two": EACH, "three": EACH}


def test_more_channels_than_are_asked_one_by_one_are_asked_together(
    due_on_three: Workspace, monkeypatch: pytest.MonkeyPatch
):
    """However many channels have something due, what is taken is the same."""
    monkeypatch.setattr(due, "FEW", 1)

    assert take(due_on_three, EACH + 5, closed=["one"]) == {"two": EACH - 1, "three": 6}


@pytest.mark.parametrize(("crowded", "channel", "by"), [(["one"], "two", "release_lane"), ([], "one", "release_due")])
def test_a_channel_without_room_costs_a_claim_nothing(
    due_on_three: Workspace, crowded: list[str], channel: str, by: str
):
    """Thousands that are due on a crowded channel are not walked through; where all have room one index serves all."""
    backlog.fill(due_on_three, 4000, entry="r1", next_at=NOW - HOUR)
    backlog.settle(due_on_three)
    sent: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    event.listen(due_on_three.database, "before_cursor_execute", note)
    with due_on_three.transaction() as connection:
        held = claims.claim(connection, owner="me", lease=HOUR, limit=10, now=NOW, crowded=crowded)
    event.remove(due_on_three.database, "before_cursor_execute", note)
    explain = "EXPLAIN " if due_on_three.database.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    asked = [each for each in sent if "release r" in each[0]]
    with due_on_three.transaction() as connection:
        plans = [
            str(row[-1]) for words, said in asked for row in connection.exec_driver_sql(explain + words, said).all()
        ]

    assert {each.channel for each in held} == {channel}
    used = {name for name in ("release_due", "release_lane", "Seq Scan on release") for line in plans if name in line}
    assert used == {by}
