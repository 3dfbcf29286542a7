"""Rates, paces and breakers where several claim at once, on both databases."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from campaigns import clock
from scheduler.engine import gcra, rates
from scheduler.engine.breaker import Seen, Sign
from scheduler.engine.outcomes import ending
from scheduler.publisher import Busy, Capabilities, OutcomeUnknown, Receipt, Unreachable
from scheduler.releases.evidence import CHANNEL_STATE
from scheduler.releases.ledger import RELEASE
from tests.builders import backlog, campaigns
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
DUE = (clock.now() + HOUR).replace(microsecond=0)
FR = campaigns.channel(id="fr-outbox", issuer="fr", account="@faits")


def book(workspace: Workspace, n: int, **changes) -> None:
    """Book and sign *n* releases of one channel, all due at once; *changes* are the channel's."""
    channel = campaigns.channel(**changes)
    workspace.apply(campaigns.campaign(n, at=DUE, channels=[channel, FR], entries={"channels": ["uk-outbox"]}))
    workspace.approve()


def afresh(workspace: Workspace) -> None:
    """Let all releases be scheduled again, and their channel be as new."""
    with workspace.transaction() as connection:
        connection.execute(update(RELEASE).values(state="scheduled", owner=None, lease_until=None))
        connection.execute(delete(CHANNEL_STATE))


def other(room: EngineRoom) -> EngineRoom:
    """Return another claimer on the same database."""
    return EngineRoom(room.workspace, room.journal, token="two")


def state(workspace: Workspace, channel: str = "uk-outbox") -> dict:
    with workspace.transaction() as connection:
        return {row["channel"]: dict(row) for row in connection.execute(CHANNEL_STATE.select()).mappings()}[channel]


def test_a_fast_rate_gives_a_burst_in_one_claim(engine_room: EngineRoom):
    """Twenty a second are twenty tokens, reserved together, and the next ones come as time goes by."""
    book(engine_room.workspace, 30, rate="20/s")

    assert len(engine_room.claim(DUE)) == 20
    assert engine_room.claim(DUE) == []
    assert len(engine_room.claim(DUE + SECOND / 4)) == 5


def test_no_interleaving_of_two_claimers_exceeds_the_rate(engine_room: EngineRoom):
    """Whoever claims, in whatever order and with whatever clock: at most rate times time, and a burst."""
    workspace = engine_room.workspace
    book(workspace, 1, rate="4/s")
    backlog.fill(workspace, 80)
    claimers, rate = (engine_room, other(engine_room)), gcra.read("4/s")
    asks = st.tuples(st.integers(0, 1), st.integers(-2000, 2000), st.integers(1, 9))

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(asks, min_size=2, max_size=8))
    def interleave(asks):
        afresh(workspace)
        out, readings = 0, []
        for who, milliseconds, limit in asks:
            now = DUE + 3 * SECOND + timedelta(milliseconds=milliseconds)
            if taken := len(claimers[who].claim(now, limit=limit)):
                out += taken
                readings.append(now)
        assert out <= (max(readings) - min(readings)) // rate.interval + rate.burst

    interleave()


def test_claimers_at_the_same_time_share_a_rate(engine_room: EngineRoom):
    """Four threads that claim at one instant get one burst between them, and what has no rate in full."""
    workspace = engine_room.workspace
    book(workspace, 1, rate="5/s")
    backlog.fill(workspace, 40)
    backlog.fill(workspace, 40, channel="fr-outbox")
    found: list[str] = []
    ready = threading.Barrier(4)

    def claim(number: int) -> None:
        room = EngineRoom(workspace, engine_room.journal, token=str(number))
        ready.wait(120)
        for _ in range(5):
            found.extend(each.channel for each in room.claim(DUE, limit=7))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)

    assert found.count("uk-outbox") == 5
    assert found.count("fr-outbox") == 40


def test_an_account_carries_no_more_than_its_pace(engine_room: EngineRoom):
    """A pace counts all that went out on the account, or may have, whichever channel it took."""
    workspace = engine_room.workspace
    channels = [campaigns.channel(), campaigns.channel(id="uk-second")]
    releases = [campaigns.entry(n, DUE, channels=["uk-outbox" if n % 2 else "uk-second"]) for n in range(1, 7)]
    workspace.apply(campaigns.campaign(6, at=DUE, channels=channels, releases=releases))
    workspace.approve()
    with workspace.transaction() as connection:  # what a plan refuses may come about by lateness
        connection.exec_driver_sql("UPDATE channel SET pace = '3/h' WHERE id = 'uk-second'")
    workspace.set("r1", state="published", published_at=DUE - HOUR / 2)
    first = [*engine_room.claim(DUE), *engine_room.claim(DUE)]

    assert len(first) == 2
    assert engine_room.claim(DUE) == []
    with workspace.transaction() as connection:
        connection.execute(
            update(RELEASE).where(RELEASE.c.state == "claimed").values(state="published", published_at=DUE)
        )
    assert engine_room.claim(DUE + HOUR / 3) == []
    assert len(engine_room.claim(DUE + HOUR / 2)) == 1


def test_429_pauses_the_whole_channel(engine_room: EngineRoom):
    """What one release is told holds for all of its channel, those that are claimed already too; others go on."""
    workspace = engine_room.workspace
    releases = [campaigns.entry(n, DUE, channels=["uk-outbox" if n < 4 else "fr-outbox"]) for n in (1, 2, 3, 4)]
    workspace.apply(campaigns.campaign(4, at=DUE, channels=[campaigns.channel(), FR], releases=releases))
    workspace.approve()
    first, *rest = sorted(engine_room.claim(DUE), key=lambda each: each.channel != "uk-outbox")
    (permit,) = engine_room.begin([first], DUE)
    said = ending(Busy("later", 90), Capabilities(), tries=1, key_since=DUE, now=DUE)
    engine_room.finish(permit, said, DUE)

    assert [each.claim.channel for each in engine_room.begin(rest, DUE)] == ["fr-outbox"]
    assert {row["next_at"] for row in workspace.rows().values() if row["state"] == "scheduled"} == {DUE + 90 * SECOND}
    assert engine_room.claim(DUE + 89 * SECOND) == []
    assert len(engine_room.claim(DUE + 90 * SECOND)) == 3


CUT = OutcomeUnknown("cut off")


@pytest.mark.parametrize(("answer", "again"), [(Receipt("1"), 9), (Unreachable("down"), 0), (CUT, 0)])
def test_a_channel_that_stays_silent_is_left_alone_and_tried_with_one(engine_room: EngineRoom, answer, again: int):
    """Five silences pause it; then one release is let through, whoever claims; its answer opens or closes it."""
    workspace = engine_room.workspace
    book(workspace, 1)
    backlog.fill(workspace, 15)
    with workspace.transaction() as connection:
        rates.note(connection, [("uk-outbox", Seen(Sign.SILENT, "down"))] * 5, DUE)
    free = state(workspace)["open_until"]
    assert [(each["subject"], each["why"]) for each in workspace.events("channel.pause")] == [("uk-outbox", "down")]
    assert engine_room.claim(free - SECOND) == []
    (probe,) = engine_room.claim(free)
    assert other(engine_room).claim(free) == []
    with workspace.transaction() as connection:
        said = ending(answer, Capabilities(), tries=1, key_since=free, now=free)
        rates.note(connection, [("uk-outbox", Seen(said.sign, said.why))], free)

    assert probe.channel == "uk-outbox"
    assert len(engine_room.claim(free + SECOND, limit=9)) == again


def test_a_try_that_never_began_is_followed_by_another(engine_room: EngineRoom):
    """Where the process with the one try dies, the channel is tried again once its lease is over."""
    book(engine_room.workspace, 3)
    with engine_room.workspace.transaction() as connection:
        rates.open_breaker(connection, "uk-outbox", DUE, "401")

    assert len(engine_room.claim(DUE)) == 1
    assert engine_room.claim(DUE + 29 * SECOND) == []
    assert len(engine_room.claim(DUE + 30 * SECOND)) == 1


def test_a_rate_that_cannot_be_read_lets_nothing_out(engine_room: EngineRoom):
    """A damaged rate or pace closes its channel, and no other."""
    workspace = engine_room.workspace
    book(workspace, 2)
    backlog.fill(workspace, 1, channel="fr-outbox")
    for column in ("rate", "pace"):
        with workspace.transaction() as connection:
            connection.exec_driver_sql(f"UPDATE channel SET {column} = 'often' WHERE id = 'uk-outbox'")  # noqa: S608
        assert [each.channel for each in engine_room.claim(DUE)] in (["fr-outbox"], [])


def test_whose_turn_it_is_can_be_told(engine_room: EngineRoom):
    """`why` says that a release waits for its channel's rate or its account's pace, and until when."""
    workspace = engine_room.workspace
    book(workspace, 3, rate="30/h")

    def told(now) -> list[tuple[str, bool, str]]:
        with workspace.transaction() as connection:
            return [(each.name, each.holds, each.evidence) for each in rates.turn(connection, "uk-outbox", now)]

    assert told(DUE) == [("rate", True, "its channel lets out 30/h")]
    engine_room.claim(DUE)
    free = clock.iso(DUE + timedelta(minutes=2))
    assert told(DUE) == [("rate", False, f"its channel lets out 30/h, and the next at {free}")]
    with workspace.transaction() as connection:
        connection.exec_driver_sql("UPDATE channel SET pace = '1/h' WHERE id = 'uk-outbox'")
    assert told(DUE + HOUR)[1] == ("pace", False, "its account carries 1/h, and has room for 0 more now")
    with workspace.transaction() as connection:
        assert rates.turn(connection, "fr-outbox", DUE) == []
