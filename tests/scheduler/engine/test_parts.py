"""The parts of a thread go out in order, each once, whatever happens between two of them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from campaigns.errors import Refused
from campaigns.store.engine import writing
from scheduler import decisions
from scheduler.daemon import Daemon
from scheduler.engine import hold, parts, retraction
from scheduler.engine.outcomes import Ending
from scheduler.engine.retraction import Taken
from scheduler.progress import settled
from scheduler.publisher import Capabilities
from scheduler.register.gather import gather
from scheduler.releases.journal import Journal
from scheduler.releases.ledger import ATTEMPT, RELEASE
from scheduler.releases.retract_codes import Code
from scheduler.releases.states import Move
from scheduler.shown import ledger
from tests.builders import campaigns, threads
from tests.builders.engine_room import LEASE, EngineRoom, accepted, busy, lost
from tests.builders.workspaces import SIGNING_KEY, Workspace
from tests.servers.http_sink import HttpSink

NAME = "r1/en-GB/uk-webhook"
SECOND = timedelta(seconds=1)
DUE = (clock.now() - timedelta(minutes=1)).replace(microsecond=0)
ABSORBS = Capabilities(absorbs_key=timedelta.max, threads=True)
LOOKS_UP = Capabilities(can_look_up=True, threads=True)
NEITHER = Capabilities(threads=True)
ON = threads.channel(server="http://127.0.0.1:9", options={"retracts": True})
REFUSED = Ending(Move.FAIL, "refused", "Too many posts today.")


@pytest.fixture
def room(engine_room: EngineRoom, monkeypatch: pytest.MonkeyPatch) -> EngineRoom:
    """Give the engine room with one signed thread of three parts, due a minute ago."""
    engine_room.capabilities = lambda _kind, _options: NEITHER
    monkeypatch.chdir(engine_room.workspace.folder)
    made = engine_room.workspace
    made.apply(threads.campaign(DUE, ON), now=DUE - timedelta(hours=1))
    made.approve()
    return engine_room


def begin(room: EngineRoom, now: datetime = DUE, *, journal: bool = True) -> Any:
    (permit,) = room.begin(room.claim(now), now, journal=journal)
    return permit


def end(room: EngineRoom, permit: Any, ending: Ending, now: datetime = DUE, *, table: bool = True) -> None:
    """End a part as the sender does: what follows from it, the journal, and then the *table*."""
    onward = parts.onward(permit, ending, now)
    room.journal.write([parts.line(permit, onward)], now)
    if table:
        room.finish(permit, onward, now)


def send(room: EngineRoom, number: int, now: datetime = DUE) -> None:
    """Send the next *number* parts."""
    for _ in range(number):
        permit = begin(room, now)
        end(room, permit, accepted(f"part-{permit.part}"), now)


def tried(made: Workspace) -> list[tuple[int, str | None]]:
    return [(each["part"], each["outcome"]) for each in made.attempts()]


def test_every_part_goes_out_as_an_answer_to_the_one_before(workspace: Workspace, http_sink: HttpSink):
    """One key and one attempt a part; the release is published with the last, and found by the first."""
    (workspace.folder / "secrets" / "hook").write_text(SIGNING_KEY)
    (workspace.folder / "secrets" / "hook").chmod(0o600)
    on = threads.channel(server=f"{http_sink.url}/hook", credential="hook")
    due = clock.now() - SECOND
    workspace.apply(threads.campaign(due, on), now=due - timedelta(hours=1))
    workspace.approve()
    daemon = Daemon(workspace.settings, workspace.database)

    daemon.start()
    daemon.wait(lambda: settled(daemon), every=0.05)
    assert daemon.stop()

    sent, key = [each.json() for each in http_sink.effects], http_sink.effects[0].key
    assert [(each["part"], each["parts"], each["reply_to"]) for each in sent] == [
        (0, 3, None),
        (1, 3, "sink-1"),
        (2, 3, "sink-2"),
    ]
    assert [each.key for each in http_sink.effects] == [key, f"{key}-1", f"{key}-2"]
    assert [each["text"][-3:] for each in sent] == ["1/3", "2/3", "3/3"]
    assert (workspace.row()["state"], workspace.row()["remote_id"]) == ("published", "sink-1")
    assert tried(workspace) == [(0, "published"), (1, "published"), (2, "published")]


def test_each_part_is_a_turn_of_its_own_and_says_how_many_are_out(room: EngineRoom):
    """Between two parts the release is scheduled, and its reason says where it stands."""
    made = room.workspace
    send(room, 2)

    assert (made.row()["state"], made.row()["remote_id"]) == ("scheduled", "part-0")
    assert made.row()["reason"] == "2 of 3 parts are out. Part 2: https://example.org/part-1"
    permit = begin(room)
    assert (permit.part, permit.previous) == (2, "part-1")
    end(room, permit, accepted("part-2"))
    assert made.row()["state"] == "published"
    assert room.claim(DUE + LEASE) == []


def test_a_busy_channel_is_asked_for_the_same_part_again(room: EngineRoom):
    """What is out stays out; the part that was not taken is tried again under its own key."""
    send(room, 1)
    end(room, begin(room), busy(DUE + SECOND))

    permit = begin(room, DUE + SECOND)

    assert (permit.part, permit.previous) == (1, "part-0")
    assert room.workspace.row()["reason"].startswith("1 of 3 parts is out.")
    assert room.journal.outcome(permit.claim.id) == "begun"


def test_a_hold_stops_before_the_next_part(room: EngineRoom):
    """No part begins under a hold; the rest goes out when it is lifted."""
    made = room.workspace
    send(room, 1)
    with writing(made.database) as connection:
        hold.place(connection, made.settings.trust, scope="all", target="", partner="fr", reason="x", at=DUE)

    assert room.send(DUE) == []
    assert tried(made) == [(0, "published")]


#: Where a process dies after the first part: what of it and of the second is written by then.
DEATHS = ("journal of 1", "table of 1", "begin of 2", "journal of 2")
AFTER = {
    ABSORBS: {"journal of 2": (1, "scheduled")},
    LOOKS_UP: {"journal of 2": (1, "sending")},
    NEITHER: {"journal of 2": (1, "uncertain")},
}


@pytest.mark.parametrize("can", AFTER, ids=["absorbs keys", "can be asked", "neither"])
@pytest.mark.parametrize("death", DEATHS)
def test_a_death_between_two_parts_sends_neither_again(room: EngineRoom, can: Capabilities, death: str):
    """What the journal has as out is not sent again, what it never had begun is; the rest follows the channel."""
    room.capabilities = lambda _kind, _options: can
    made, over = room.workspace, DUE + LEASE + SECOND
    end(room, begin(room), accepted("part-0"), table=death != "journal of 1")
    if death in {"begin of 2", "journal of 2"}:
        begin(room, journal=death == "journal of 2")

    found = room.recover(over)

    part, state = AFTER[can].get(death, (1, "scheduled"))
    assert made.row()["state"] == state
    assert [permit.part for permit in found.look_up] == ([part] if state == "sending" else [])
    if state == "scheduled":
        permit = begin(room, over)
        assert (permit.part, permit.previous) == (part, "part-0")
        assert (0, "published") in tried(made)
        assert made.row()["published_at"] is not None
        assert [each["remote_id"] for each in made.attempts() if each["part"] == 0] == ["part-0"]
        end(room, permit, accepted("part-1"), over)
        assert made.row()["remote_id"] == "part-0"


def test_a_machine_that_was_cut_off_says_in_time_that_its_part_is_out(room: EngineRoom, tmp_path: Path):
    """Others gave up on a part whose receipt only its own journal has: it settles that, and the rest goes out."""
    over = DUE + LEASE + SECOND
    other = EngineRoom(room.workspace, Journal(tmp_path / "elsewhere").open(), capabilities=room.capabilities)
    other.machine = "another"
    end(room, begin(room), accepted("part-0"), table=False)
    assert other.recover(over + LEASE).uncertain == 1

    assert room.recover(over + LEASE).given_back == 1

    other.journal.close()
    permit = begin(room, over + LEASE)
    assert (permit.part, permit.previous) == (1, "part-0")
    assert room.workspace.row()["remote_id"] == "part-0"


def test_a_database_from_before_the_first_part_sends_on_from_the_journal(room: EngineRoom):
    """A restored backup knows of no part; the send journal knows of two, and the third goes out."""
    made = room.workspace
    before = made.row()
    send(room, 2)
    with writing(made.database) as connection:
        connection.execute(ATTEMPT.delete())
        connection.execute(RELEASE.update().values(before))

    permit = begin(room)

    assert (permit.part, permit.previous) == (2, "part-1")


def test_a_part_in_the_air_that_the_database_forgot_is_left_to_a_person(room: EngineRoom):
    """The journal says that the second part was begun: it may be out, and it is not sent again."""
    made = room.workspace
    before = made.row()
    send(room, 1)
    begin(room)
    with writing(made.database) as connection:
        connection.execute(ATTEMPT.delete())
        connection.execute(RELEASE.update().values(before))

    assert room.send(DUE) == []
    assert made.row()["state"] == "uncertain"
    assert made.row()["reason"].startswith("1 of 3 parts is out.")
    decisions.resolve(NAME, "confirm", url=None, actor="amina")
    assert begin(room, clock.now() + SECOND).part == 2


RESOLVED: list[tuple[str, int, str, int | None]] = [
    ("confirm", 1, "scheduled", 2),
    ("confirm", 2, "published", None),
    ("reschedule", 1, "scheduled", 1),
    ("deny", 1, "failed", None),
]


@pytest.mark.parametrize(("move", "sent", "state", "following"), RESOLVED)
def test_a_person_says_what_became_of_one_part(
    room: EngineRoom, move: str, sent: int, state: str, following: int | None
):
    """The part in doubt is meant: where it was seen, the rest goes out; only the last one publishes the release."""
    made = room.workspace
    send(room, sent)
    end(room, begin(room), lost())
    assert made.row()["state"] == "uncertain"

    decisions.resolve(NAME, move, url=None, actor="amina")

    assert made.row()["state"] == state
    if following is not None:
        permit = begin(room, clock.now() + SECOND)
        assert (permit.part, permit.previous) == (following, "part-0")


def test_a_part_that_only_its_link_can_name_is_named_by_it(engine_room: EngineRoom, monkeypatch: pytest.MonkeyPatch):
    """A bot cannot look for what it posted: whoever saw the part gives its link, and the next part answers it."""
    made = engine_room.workspace
    monkeypatch.chdir(made.folder)
    on = threads.channel("telegram", server="http://127.0.0.1:9", credential="bot")
    made.apply(threads.campaign(DUE, on), now=DUE - timedelta(hours=1))
    made.approve()
    end(engine_room, begin(engine_room), lost())
    name = "r1/en-GB/uk-telegram"

    with pytest.raises(Refused, match="only its link tells"):
        decisions.resolve(name, "confirm", url=None, actor="amina")
    decisions.resolve(name, "confirm", url="https://t.me/facts/12", actor="amina")

    permit = begin(engine_room, clock.now() + SECOND)
    assert (permit.part, permit.previous) == (1, "12")


def test_what_is_out_of_a_failed_thread_can_be_taken_down(room: EngineRoom):
    """Refused at the second part: the release says how far it got, and only what is out is to come down."""
    made = room.workspace
    send(room, 1)
    end(room, begin(room), REFUSED)
    assert made.row()["state"] == "failed"
    assert made.row()["reason"] == "1 of 3 parts is out. Too many posts today."

    decisions.retract(NAME, partner="fr", code=Code.WRONG_FACT, words="x")
    with writing(made.database) as connection:
        (taken,) = retraction.take(connection, owner="m:one", lease=LEASE, limit=9, now=clock.now())

        assert ledger.accounted(connection, "uk-webhook", DUE - SECOND) >= {"part-0"}

    assert (taken.parts, taken.remote_id) == (("part-0",), "part-0")
    with writing(made.database) as connection:
        retraction.finish(connection, [(taken, Taken("retracted", "Gone."))], clock.now())
        (entry,) = gather(connection, made.trust(), room.journal).entries
    assert entry.retraction is not None


def test_a_thread_that_has_begun_is_neither_skipped_nor_edited(room: EngineRoom):
    """What is out was signed as a whole: nobody ends it as if it had not begun, and no edit changes the rest."""
    made = room.workspace
    send(room, 1)

    with pytest.raises(Refused, match="1 of 3 parts is out"):
        decisions.answer_late(NAME, send=False, actor="amina")
    (change,) = made.plan(threads.campaign(DUE, threads.channel(server="http://127.0.0.1:8"))).releases
    assert change.why.startswith("It may have gone out")


def test_a_window_that_closes_between_two_parts_is_told_to_a_person(engine_room: EngineRoom):
    """It neither expires in silence nor goes on: it failed, so many parts are out, and the rest is not sent."""
    engine_room.capabilities = lambda _kind, _options: NEITHER
    made, last = engine_room.workspace, DUE + timedelta(hours=1)
    on = threads.channel(server="http://127.0.0.1:9")
    made.apply(threads.campaign(DUE, on, entries={"not_after": campaigns.wall(last)}), now=DUE - timedelta(hours=1))
    made.approve()
    send(engine_room, 1)

    assert engine_room.recover(last + SECOND).expired == 0
    assert engine_room.send(last + SECOND) == []

    assert made.row()["state"] == "failed"
    assert made.row()["reason"].startswith("1 of 3 parts is out. The rest is not sent: ")
