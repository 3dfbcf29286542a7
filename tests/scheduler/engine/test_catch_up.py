"""What is overdue goes by its own policy, the most urgent first, and no faster than its channel should speak."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns import clock
from campaigns.store.engine import reading, writing
from scheduler.daemon import Daemon
from scheduler.engine import catch_up, hold
from scheduler.engine.catch_up import Overdue, Pace, What
from scheduler.releases.ledger import RELEASE
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

NOW = datetime(2027, 1, 12, 18, 30, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SLOW = Pace({}, 10 * MINUTE, {})


def overdue(name: str, *, late: timedelta = HOUR, room: timedelta | None = None, then: What = What.ASK) -> Overdue:
    """Return a release that may go for *room* longer (for ever: None)."""
    last = {"last": NOW + room} if room is not None else {}
    return Overdue(name, name, "voices", "ch", NOW - late, What.SEND, at=NOW, then=then, **last)


def seconds(found: list[Overdue]) -> list[tuple[str, float | str]]:
    return [(each.name, (each.at - NOW).total_seconds() if each.at else each.what.value) for each in found]


PACES = [
    pytest.param(SLOW, [overdue("a"), overdue("b")], [("a", 0), ("b", 30)], id="few: half a minute apart"),
    pytest.param(
        SLOW,
        [overdue(f"{n:02}") for n in range(60)],
        [(f"{n:02}", 10 * n) for n in range(60)],
        id="many: over ten minutes",
    ),
    pytest.param(
        Pace({"ch": MINUTE}, HOUR, {}),
        [overdue(n) for n in "abcd"],
        [(n, 15 * i) for i, n in enumerate("abcd")],
        id="a channel's own pace",
    ),
    pytest.param(Pace({}, timedelta(0), {}), [overdue(n) for n in "ab"], [("a", 0), ("b", 0)], id="no pace: at once"),
    pytest.param(
        Pace({}, timedelta(0), {"ch": MINUTE}),
        [overdue(n) for n in "ab"],
        [("a", 0), ("b", 60)],
        id="never faster than its rate",
    ),
    pytest.param(
        SLOW,
        [overdue("calm"), overdue("soon", room=5 * MINUTE), overdue("now", room=timedelta(seconds=5))],
        [("now", 0), ("soon", 30), ("calm", 60)],
        id="the most urgent first",
    ),
    pytest.param(
        SLOW,
        [overdue(n, room=timedelta(seconds=20)) for n in "abc"],
        [("a", 0), ("b", 20), ("c", "ask")],
        id="hurried where it would be too late, and asked where it is",
    ),
    pytest.param(
        Pace({}, HOUR, {"ch": MINUTE}),
        [overdue("a"), overdue("b", room=timedelta(seconds=1), then=What.SKIP), overdue("c", room=10 * MINUTE)],
        [("b", 0), ("c", 60), ("a", 120)],
        id="a rate leaves room for the urgent",
    ),
    pytest.param(
        SLOW,
        [overdue("a", late=MINUTE), overdue("b", late=MINUTE)],
        [("a", 0), ("b", 0)],
        id="a minute late is an ordinary day",
    ),
]


@pytest.mark.parametrize(("pace", "found", "expected"), PACES)
def test_how_it_is_spread(pace: Pace, found: list[Overdue], expected: list[Any]):
    """Each at its instant, in this order; none after the last at which its partners let it go."""
    assert seconds(catch_up._paced(found, pace, "ch", NOW)) == expected


@pytest.fixture
def mixed(shared: Workspace) -> Workspace:
    """Give releases an hour late with each policy, one unsigned, one not due, and one on another channel."""
    due = clock.now().replace(microsecond=0) - HOUR
    channels = [campaigns.channel(), campaigns.channel(id="fr-outbox", issuer="fr", account="@faits")]
    policies = {1: ("2d", "ask"), 2: ("2d", "skip"), 3: ("15m", "ask"), 4: ("15m", "skip"), 5: ("15m", "send")}
    releases = [
        campaigns.entry(n, due, if_late={"after": after, "then": then}) for n, (after, then) in policies.items()
    ]
    releases.append(campaigns.entry(6, due, channels=["fr-outbox"], if_late={"after": "2d", "then": "ask"}))
    releases.append(campaigns.entry(7, due + 3 * HOUR))
    shared.apply(campaigns.campaign(7, channels=channels, releases=releases), now=due - HOUR)
    shared.approve()
    return shared


def look(room: EngineRoom, **more: Any) -> dict[str, str]:
    with reading(room.workspace.database) as connection:
        found = catch_up.look(connection, room.room, SLOW, clock.now(), **more)
    return {each.name.partition("/")[0]: each.what.value for each in found}


def place(room: EngineRoom, scope: str, target: str) -> dict[str, Any]:
    with writing(room.workspace.database) as connection:
        folder, now = room.workspace.settings.trust, clock.now()
        placed, _ = hold.place(connection, folder, scope=scope, target=target, partner="fr", reason="x", at=now)
        (row,) = [each for each in hold.standing(connection, folder) if each["id"] == placed]
    return dict(row)


def test_what_becomes_of_each_policy(mixed: Workspace, engine_rooms):
    """`send`, `skip` and `ask` each do what they say after their time, and before it everything goes."""
    room = engine_rooms(mixed)

    assert look(room, least=catch_up.LATE) == {
        "r1": "send",
        "r2": "send",
        "r3": "ask",
        "r4": "skip",
        "r5": "send",
        "r6": "send",
    }


def test_only_what_the_hold_covers_is_told(mixed: Workspace, engine_rooms):
    """Lifting one channel's hold says nothing of others; what another hold keeps back stays where it is."""
    room = engine_rooms(mixed)
    one = place(room, "channel", "fr-outbox")

    assert look(room, lifting=one) == {"r6": "send"}
    place(room, "partner", "fr")
    assert look(room, lifting=one) == {"r6": "kept"}


def test_nothing_bursts_out_of_a_long_outage(mixed: Workspace):
    """A daemon that was away says what it finds, sends the first of each channel, and the others bit by bit."""
    daemon = Daemon(mixed.settings, mixed.database)
    daemon.start()
    try:
        daemon.wait(lambda: list(mixed.states().values()).count("published") == 2, every=0.05)
    finally:
        daemon.stop()
    rows = mixed.rows()

    assert {each.name.partition("/")[0]: each.what for each in daemon.overdue if each.what != "send"} == {
        "r3": "ask",
        "r4": "skip",
    }
    assert rows["r6"]["state"] == "published"
    waiting = sorted(row["next_at"] for row in rows.values() if row["reason"].startswith("Paced after an outage"))
    assert len(waiting) == 2
    assert waiting[1] - waiting[0] == catch_up.WIDEST


def test_a_restart_hurries_nothing(mixed: Workspace, engine_rooms):
    """What is spread already keeps its instant."""
    room = engine_rooms(mixed)
    with writing(mixed.database) as connection:
        now = clock.now()
        found = catch_up.look(connection, room.room, SLOW, now, least=catch_up.LATE)
        catch_up.spread(connection, found, "Paced after an outage")
        connection.execute(RELEASE.update().where(RELEASE.c.next_at <= now).values(state="published"))

    assert look(room, least=catch_up.LATE) == {}
