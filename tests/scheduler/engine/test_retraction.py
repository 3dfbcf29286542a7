"""Retraction goes through the same protocol as publishing: attempts first, fences, leases, and then a look."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns import clock
from campaigns.store.engine import writing
from scheduler import decisions, roster
from scheduler.daemon import Daemon
from scheduler.engine import hold, retraction
from scheduler.engine.retraction import Takedown, Taken
from scheduler.engine.takedown import Remover
from scheduler.machine import machine_name
from scheduler.progress import settled
from scheduler.publisher import Busy, Capabilities, Delivery, OutcomeUnknown, Receipt, Refused, Unreachable
from scheduler.releases.retract_codes import SENTENCES, Code
from tests.builders import burst, campaigns
from tests.builders.engine_room import LEASE, EngineRoom, accepted
from tests.builders.workspaces import Workspace
from tests.servers.http_sink import HttpSink

NAME = "r1/en-GB/uk-outbox"
LATER = timedelta(minutes=10)


@pytest.fixture
def room(engine_room: EngineRoom, monkeypatch: pytest.MonkeyPatch) -> EngineRoom:
    """Give an engine room whose one release is published, in the table and in the journal."""
    due = clock.now() - timedelta(seconds=2)
    engine_room.workspace.apply(campaigns.campaign(at=due), now=due - timedelta(hours=1))
    engine_room.workspace.approve()
    (permit,) = engine_room.send()
    engine_room.finish(permit, accepted("r-1"))
    engine_room.journal.write([(permit.claim.id, permit.digest, "published")], clock.now())
    monkeypatch.chdir(engine_room.workspace.folder)
    return engine_room


def ask(room: EngineRoom) -> None:
    decisions.retract(NAME, partner="fr", code=Code.WRONG_FACT, words="a wrong figure")


def take(room: EngineRoom, now: datetime | None = None, machine: str = "", owner: str = "m:one") -> list[Takedown]:
    with writing(room.workspace.database) as connection:
        at = now or clock.now()
        return retraction.take(connection, owner=owner, lease=LEASE, limit=10, now=at, machine=machine)


def finish(room: EngineRoom, takedown: Takedown, taken: Taken, now: datetime | None = None) -> list[Any]:
    with writing(room.workspace.database) as connection:
        return retraction.finish(connection, [(takedown, taken)], now or clock.now())


def test_an_attempt_is_on_record_before_the_channel_is_touched(room: EngineRoom):
    """Asked for, taken, confirmed: each is an event, the reason has a code and an instant, the attempt an outcome."""
    ask(room)
    (takedown,) = take(room)
    begun = room.workspace.attempts()[-1]
    finish(room, takedown, Taken("retracted", "Taken down; a look-up no longer finds it."))
    row = room.workspace.row()

    assert (begun["act"], begun["outcome"], begun["fence"]) == ("retract", None, takedown.claim.fence)
    assert takedown.remote_id == "r-1"
    assert (row["state"], row["retract_code"], row["retract_reason"]) == ("retracted", "wrong-fact", "a wrong figure")
    assert row["retracted_at"] is not None
    assert room.workspace.attempts()[-1]["outcome"] == "retracted"
    acts = [(each["act"], each["actor"]) for each in room.workspace.events() if each["act"].startswith("release.")][-3:]
    assert acts == [("release.retract", "fr"), ("release.begin", "engine"), ("release.vanish", "engine")]
    assert room.workspace.events("release.retract")[0]["detail"] == {"code": "wrong-fact"}


def test_a_lease_keeps_it_to_one_daemon_and_no_longer(room: EngineRoom):
    """Whoever died with it in hand leaves it to the next one, when the lease is over; the first one's word is void."""
    ask(room)
    (first,) = take(room)
    assert take(room, owner="n:two") == []
    (second,) = take(room, clock.now() + LEASE + timedelta(seconds=1), owner="n:two")

    assert [step.id for step in finish(room, first, Taken("still_there", "late"))] == [first.claim.id]
    assert finish(room, second, Taken("retracted", "gone")) == []
    assert room.workspace.row()["state"] == "retracted"
    outcomes = [each["outcome"] for each in room.workspace.attempts() if each["act"] == "retract"]
    assert outcomes == ["unknown", "retracted"]


def test_a_daemon_that_starts_takes_over_its_own_at_once(room: EngineRoom):
    """The journal's lock proves the former daemon of this machine dead: nobody waits for its lease."""
    ask(room)
    take(room, owner="m:one")

    assert take(room, machine="another") == []
    assert len(take(room, machine="m", owner="m:two")) == 1


WAITS = [
    pytest.param(Taken("busy", "later", 120.0), 120.0, id="as long as the channel asks"),
    pytest.param(Taken("unreachable", "no route"), 1.0, id="at first a second"),
    pytest.param(Taken("still_there", "still there"), 1.0, id="a look-up still finds it"),
    pytest.param(Taken("refused", "no"), 300.0, id="a refusal may heal, not in a second"),
]


@pytest.mark.parametrize(("taken", "seconds"), WAITS)
def test_it_is_tried_until_it_is_confirmed(room: EngineRoom, taken: Taken, seconds: float):
    """What is not seen to be gone stays `retracting`, says why, and is tried again after a pause."""
    ask(room)
    now = clock.now()
    (takedown,) = take(room, now)
    finish(room, takedown, taken, now)
    row = room.workspace.row()

    assert (row["state"], row["reason"], row["owner"]) == ("retracting", taken.why, None)
    assert row["next_at"] - now == timedelta(seconds=seconds)
    assert take(room, now + timedelta(seconds=seconds - 0.5)) == []
    (again,) = take(room, now + timedelta(seconds=seconds + 0.5))
    assert again.tries == 2


def test_asking_again_tries_at_once(room: EngineRoom):
    """A person who cannot wait for the back-off says the same command again."""
    ask(room)
    (takedown,) = take(room)
    finish(room, takedown, Taken("refused", "no"))
    ask(room)

    assert len(take(room)) == 1


def test_a_hold_does_not_keep_anything_up(room: EngineRoom):
    """A hold stops what begins; what is to come down comes down."""
    with writing(room.workspace.database) as connection:
        folder = room.workspace.settings.trust
        hold.place(connection, folder, scope="all", target="", partner="uk", reason="x", at=clock.now())
    ask(room)

    assert len(take(room)) == 1


def test_what_the_table_forgot_is_taken_up_again(room: EngineRoom):
    """A database restored from before the retraction neither sends it again nor lets it stand."""
    released = room.workspace.row()
    room.journal.write([(released["id"], released["digest"], "retracted")], clock.now())
    room.workspace.set("r1", state="scheduled", tries=0, next_at=clock.now(), key_since=None)

    assert room.send() == []
    assert room.workspace.row()["state"] == "published"
    with writing(room.workspace.database) as connection:
        assert retraction.reconcile(connection, room.journal, clock.now()) == 1
    assert len(take(room)) == 1
    with writing(room.workspace.database) as connection:
        assert retraction.reconcile(connection, room.journal, clock.now()) == 0


def test_a_person_ends_what_no_machine_can(room: EngineRoom):
    """Taken down by hand, or it stays after all: either word ends the trying, at the next start too."""
    ask(room)
    (takedown,) = take(room)
    assert decisions.resolve(NAME, "confirm", url=None, actor="ana") == "published"
    room.journal.write([(takedown.claim.id, takedown.digest, "retracting")], clock.now())
    with writing(room.workspace.database) as connection:
        assert retraction.reconcile(connection, room.journal, clock.now()) == 0
    assert len(finish(room, takedown, Taken("retracted", "late"))) == 1
    ask(room)
    assert decisions.resolve(NAME, "deny", url=None, actor="ana") == "retracted"
    assert room.workspace.row()["retracted_at"] is not None


def test_every_code_has_its_sentence():
    """The register says each reason in English, French and Arabic."""
    assert {code: set(said) for code, said in SENTENCES.items()} == {code: {"en", "fr", "ar"} for code in Code}


class Stubborn:
    """A channel that does as it is told: what it answers to `retract`, and what a look-up then finds."""

    def __init__(self, answer: Exception | None, found: list[Receipt | None]) -> None:
        self.answer, self.found, self.asked = answer, found, []

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        del delivery
        self.asked.append(remote_id)
        if self.answer:
            raise self.answer

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        del delivery
        return self.found.pop(0)


HERE = Receipt("r-1")
ANSWERS = [
    pytest.param(None, [None], "retracted", id="gone"),
    pytest.param(None, [HERE], "still_there", id="its word is not believed"),
    pytest.param(None, [Receipt("r-2")], "retracted", id="the same words in another release do not count"),
    pytest.param(Busy("later", 7.0), [], "busy", id="busy"),
    pytest.param(Unreachable("no"), [], "unreachable", id="unreachable"),
    pytest.param(OutcomeUnknown("cut off"), [], "unknown", id="the answer was lost"),
    pytest.param(Refused("no", credential=True), [], "refused", id="a bad credential"),
    pytest.param(RuntimeError("broken"), [], "unknown", id="a publisher that breaks its contract"),
]


@pytest.mark.parametrize(("answer", "found", "outcome"), ANSWERS)
def test_what_follows_from_a_channel_s_answer(room: EngineRoom, answer: Exception | None, found: list, outcome: str):
    """Only a release that a look-up no longer finds is gone; the journal knows before the channel does."""
    ask(room)
    (takedown,) = take(room)
    channel, lines, done = Stubborn(answer, list(found)), [], []

    async def inside(work: Callable[[Any], object]) -> None:
        with writing(room.workspace.database) as connection:
            work(connection)

    async def journal(facts: list) -> None:
        lines.extend((outcome, len(channel.asked)) for _, _, outcome in facts)

    remover = Remover(lambda _: channel, roster.capabilities, LEASE, done.append, inside, journal)
    asyncio.run(remover.take_down(takedown))

    assert room.workspace.attempts()[-1]["outcome"] == outcome
    assert channel.asked == ["r-1"]
    assert lines == [("retracting", 0), *([("retracted", 1)] if outcome == "retracted" else [])]
    assert done == [takedown.claim]


def test_what_is_already_gone_counts(room: EngineRoom):
    """Of a release without a remote id the channel is asked first; what is not there needs no taking down."""
    room.workspace.set("r1", remote_id=None)
    ask(room)
    (takedown,) = take(room)
    channel = Stubborn(Refused("there is nothing"), [None])

    async def nothing(_: object) -> None: ...

    remover = Remover(lambda _: channel, roster.capabilities, LEASE, lambda _: None, nothing, nothing)

    assert asyncio.run(remover._ask(takedown)).outcome == "retracted"
    assert channel.asked == []


@pytest.fixture
def at_a_sink(ground, http_sink: HttpSink, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Give a workspace with three releases for a receiver that takes down what it is told to."""
    options = {"deduplicates": True, "retracts": True}
    made = burst.build(ground, 3, "webhook", f"{http_sink.url}/hook", options)
    monkeypatch.chdir(made.folder)
    yield made
    made.database.dispose()


def run(made: Workspace, until: Callable[[], bool]) -> None:
    daemon = Daemon(made.settings, made.database)
    daemon.start()
    try:
        daemon.wait(until, every=0.05)
    finally:
        assert daemon.stop()


@pytest.mark.parametrize("fault", ["reset-after", "500-posted"])
def test_the_daemon_takes_down_what_is_out(at_a_sink: Workspace, http_sink: HttpSink, fault: str):
    """Whatever the channel answers at first, in the end each is told to come down, under one key of its own."""
    daemon = Daemon(at_a_sink.settings, at_a_sink.database)
    daemon.start()
    try:
        daemon.wait(lambda: settled(daemon), every=0.05)
        http_sink.misbehave(fault, 1)
        for entry in ("r1", "r2"):
            name = f"{entry}/en-GB/uk-webhook"
            decisions.retract(name, partner="fr", code=Code.SAFETY, words="x")
        daemon.wait(lambda: list(at_a_sink.states().values()).count("retracted") == 2, every=0.05)
    finally:
        assert daemon.stop()
    told = [each.key for each in http_sink.effects if each.key.endswith("-retract")]

    assert at_a_sink.states() == {"r1": "retracted", "r2": "retracted", "r3": "published"}
    assert len(told) == len(set(told)) == 2
    journal = (at_a_sink.settings.trust / "local" / "journal.jsonl").read_text()
    assert journal.count('"retracted"') == 2


def test_a_daemon_that_was_killed_in_the_middle_is_succeeded(at_a_sink: Workspace, http_sink: HttpSink):
    """Taken and told, but never written: the next daemon begins again, and the receiver absorbs the second word."""
    run(at_a_sink, lambda: set(at_a_sink.states().values()) == {"published"})
    name = "r1/en-GB/uk-webhook"
    decisions.retract(name, partner="uk", code=Code.LEGAL, words="x")
    owner = f"{machine_name(at_a_sink.settings.trust)}:dead"
    with writing(at_a_sink.database) as connection:
        found = retraction.take(connection, owner=owner, lease=LATER, limit=1, now=clock.now())
    assert len(found) == 1
    run(at_a_sink, lambda: at_a_sink.states()["r1"] == "retracted")

    assert [each["outcome"] for each in at_a_sink.attempts() if each["act"] == "retract"] == ["unknown", "retracted"]


def test_an_unable_channel_says_so_before_anything_moves(room: EngineRoom, monkeypatch: pytest.MonkeyPatch):
    """What cannot be taken back stays published, and the hint says what to do instead."""
    monkeypatch.setattr(decisions.roster, "capabilities", lambda _kind, _options: Capabilities())
    with pytest.raises(decisions.Refused, match="cannot be retracted") as refused:
        ask(room)

    assert "correction" in refused.value.hint
    assert room.workspace.row()["state"] == "published"
