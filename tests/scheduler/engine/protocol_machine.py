"""The protocol as a state machine: whatever happens in whatever order, held against a small model of the truth."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from campaigns import clock, errors
from campaigns.audit.log import EVENT
from campaigns.store.engine import reading, writing
from scheduler import decisions
from scheduler.engine import held, hold, outcomes, retraction
from scheduler.engine.outcomes import Ending, recorded
from scheduler.engine.retraction import GONE, Taken
from scheduler.publisher import Busy, OutcomeUnknown, Receipt, Refused, Unreachable
from scheduler.releases import ledger
from scheduler.releases.conditions import covers
from scheduler.releases.evidence import held_file
from scheduler.releases.ledger import RELEASE
from scheduler.releases.retract_codes import Code
from scheduler.releases.states import TRANSITIONS, Move, State
from tests.builders.engine_room import LEASE
from tests.builders.protocol_world import CLASSES, Channels, Flight, Host, Look, World

LEAD = timedelta(hours=1)
HOST = st.sampled_from([0, 0, 0, 1])
PICK = st.integers(0, 7)  #: which of those there are, as far as there are so many
#: What the process learns of a request that the channel has not acted on.
NO: dict[str, Callable[[], Any]] = {
    "busy": lambda: Busy("Later."),
    "unreachable": lambda: Unreachable("Nothing left."),
    "refused": lambda: Refused("No."),
    "barred": lambda: Refused("Who are you?", credential=True),
}
STEPS = [timedelta(seconds=1), LEASE / 2, LEASE + timedelta(seconds=1), timedelta(minutes=40), timedelta(hours=3)]
ON_THE_WAY = {"claimed", "sending", "retracting"}


class Protocol(RuleBasedStateMachine):
    """Two machines, one database, a channel of each class, people, and time."""

    world: ClassVar[World]

    @initialize(order=st.permutations(sorted(CLASSES)), number=st.integers(1, 4), signed=st.booleans())
    def begin(self, order, number, signed):
        """Apply a campaign of a few releases, due just now."""
        self.name = self.world.name()
        self.now = clock.now()
        self.due = (self.now - timedelta(seconds=2)).replace(microsecond=0)
        self.order, self.number, self.edition, self.held = order, number, 0, False
        self.channels, self.abandoned = Channels(), list[Flight]()
        self.seen: dict[str, dict[str, Any]] = {}
        self.read_to = max((each["seq"] for each in self.world.made.events()[-1:]), default=0)
        self.apply()
        while signed and self.unsigned:
            self.approve()

    def apply(self) -> None:
        document = self.world.document(self.name, self.due, self.order[: self.number], self.edition)
        self.world.made.apply(document, now=self.due - LEAD)
        self.unsigned = {"uk", "fr"}

    def rows(self) -> dict[str, dict[str, Any]]:
        with reading(self.world.made.database) as connection:
            found = connection.execute(select(RELEASE).where(RELEASE.c.campaign == self.name)).mappings()
            return {row["id"]: dict(row) for row in found}

    def in_state(self, *states: str) -> list[dict[str, Any]]:
        return sorted((row for row in self.seen.values() if row["state"] in states), key=lambda row: row["entry"])

    def busy(self, what: str) -> list[int]:
        """Return the machines that have some of *what* in hand."""
        return [number for number, host in enumerate(self.world.hosts) if host.up and getattr(host, what)]

    # What people do.

    @precondition(lambda self: self.number < len(CLASSES))
    @rule()
    def schedule(self):
        """Add a release to the campaign."""
        self.number += 1
        self.edition += 1
        self.apply()

    @precondition(lambda self: self.unsigned)
    @rule()
    def approve(self):
        """Let the next partner sign whatever waits for it."""
        partner = min(self.unsigned)
        self.unsigned.remove(partner)
        self.world.made.approve(partner, campaign=self.name)

    @precondition(lambda self: not self.held)
    @rule(scope=st.sampled_from(["all", "campaign", "channel", "partner"]), pick=PICK)
    def hold(self, scope, pick):
        """Hold something, as the command does on the first machine."""
        targets = {
            "all": "",
            "campaign": self.name,
            "partner": "uk",
            "channel": f"{self.name}-{pick % self.number + 1}",
        }
        said = {"id": hold.new_id(), "scope": scope, "target": targets[scope], "partner": "fr", "reason": "x"}
        folder, self.held = self.world.hosts[0].trust, True
        assert held.add(folder, said)
        with writing(self.world.made.database) as connection:
            placed = {name: value for name, value in said.items() if name != "id"}
            _, wire = hold.place(connection, folder, **placed, at=self.now, hold_id=said["id"])
        sending = {
            row["id"] for row in self.in_state("sending") if scope != "channel" or row["channel"] == said["target"]
        }
        assert {row["id"] for row in wire} == sending

    @precondition(lambda self: not self.held)
    @rule()
    def hold_without_a_database(self):
        """Hold everything on the first machine alone, and let its daemon tell the database later."""
        said = {"id": hold.new_id(), "scope": "all", "target": "", "partner": "uk", "reason": "x"}
        self.held = held.add(self.world.hosts[0].trust, said)

    @precondition(lambda self: self.held)
    @rule()
    def adopt(self):
        """Let the first machine's daemon write into the table what stands in its held-file alone."""
        with writing(self.world.made.database) as connection:
            hold.adopt(connection, self.world.hosts[0].trust)

    @precondition(lambda self: self.held)
    @rule()
    def resume(self):
        """Let both partners lift every hold."""
        folder, self.held = self.world.hosts[0].trust, False
        with writing(self.world.made.database) as connection:
            for each in hold.standing(connection, folder):
                for partner in ("uk", "fr"):
                    (row,) = hold.standing(connection, folder, each["id"])
                    said = {"partner": partner, "person": partner, "partners": ("fr", "uk"), "envelope": "{}"}
                    hold.resume(connection, folder, hold=row, at=self.now, **said)

    @precondition(lambda self: self.in_state("uncertain", "failed"))
    @rule(pick=PICK, again=st.booleans())
    def resolve(self, pick, again):
        """Let a person look when nothing of it can still arrive, and say what is true."""
        found = self.in_state("uncertain", "failed")
        row = found[pick % len(found)]
        if any(each.permit.claim.id == row["id"] and self.now < each.until for each in self.flights()):
            return
        there = self.channels.effects[row["id"]] > 0
        if row["state"] == "uncertain":
            move = "confirm" if there else "reschedule" if again else "deny"
            decisions.resolve(row["id"], move, url=None, actor="amina")
        elif not there:
            decisions.retry(row["id"], actor="amina")

    @rule(pick=PICK, send=st.booleans())
    def answer_late(self, pick, send):
        """Let a person answer for what is late."""
        if found := self.in_state("scheduled"):
            row = found[pick % len(found)]
            with reading(self.world.made.database) as connection:
                doubtful = bool(ledger.in_doubt(connection, [row]))
            with pytest.raises(errors.Refused) if doubtful and not send else nullcontext():
                decisions.answer_late(row["id"], send=send, actor="amina")

    @precondition(lambda self: self.in_state("published"))
    @rule(pick=PICK)
    def retract(self, pick):
        """Let a partner want it down."""
        found = self.in_state("published")
        with writing(self.world.made.database) as connection:
            row = ledger.current(connection, [found[pick % len(found)]["id"]], lock=True)
            for each in row.values():
                retraction.ask(connection, each, partner="fr", code=Code.LEGAL, words="x", now=self.now)

    # What time, machines and channels do.

    @rule(by=st.sampled_from(STEPS))
    def forward(self, by):
        """Let time pass."""
        self.now += by

    @rule(number=HOST, limit=st.integers(1, 4))
    def claim(self, number, limit):
        """Let a machine claim what is due."""
        host = self.world.hosts[number]
        host.claims += host.room.claim(self.now, limit) if host.up else []

    @precondition(lambda self: self.busy("claims"))
    @rule(pick=PICK, dies=st.sampled_from(["", "", "", "before the journal", "after it"]))
    def send(self, pick, dies):
        """Let a machine begin what it claimed; nothing may begin that somebody holds."""
        number = self.one_of("claims", pick)
        host = self.world.hosts[number]
        host.room.journal.catch_up()
        group, host.claims = host.claims, []
        with reading(self.world.made.database) as connection:
            stands = [
                dict(row)
                for row in connection.execute(select(hold.HOLD).where(hold.HOLD.c.lifted_at.is_(None))).mappings()
            ]
        stands += held.read(host.trust) or []
        permits = host.room.begin(group, self.now, journal=False)
        for permit in permits:
            assert not any(covers(each, permit.outgoing) for each in stands), "it began under a hold"
        if dies == "before the journal":
            host.die()
            return
        host.room.journal.write([(each.claim.id, each.digest, "begun") for each in permits], self.now)
        host.flights += [Flight(each, self.now + LEASE) for each in permits]
        if dies:
            self.die(number)

    def one_of(self, what: str, pick: int) -> int:
        found = self.busy(what)
        return found[pick % len(found)]

    def flights(self) -> list[Flight]:
        return [*self.abandoned, *(each for host in self.world.hosts for each in host.flights)]

    @precondition(lambda self: any(not each.acted for each in self.flights()))
    @rule(pick=PICK)
    def act(self, pick):
        """Let a channel act on a request, whether or not anybody still waits for its answer."""
        if found := [each for each in self.flights() if not each.acted]:
            self.channels.act(found[pick % len(found)], self.now)

    @precondition(lambda self: self.busy("flights"))
    @rule(
        pick=PICK,
        how=st.sampled_from(["receipt", "receipt", "lost", *NO]),
        dies=st.sampled_from(["", "", "", "before the journal", "before the table"]),
    )
    def answer(self, pick, how, dies):
        """Let a request end for the process that made it: with a receipt, a no, or nothing."""
        number = self.one_of("flights", pick)
        host = self.world.hosts[number]
        flight = host.flights.pop(pick % len(host.flights))
        self.abandoned.append(flight)  # a lost one may still arrive
        permit = flight.permit
        if how in NO and not flight.acted and self.now < flight.until and not self.channels.absorbs(permit, self.now):
            flight.over = True
            said = NO[how]()
        elif how == "lost" or self.now >= flight.until:
            said = OutcomeUnknown("The answer was lost.")
        else:
            self.channels.act(flight, self.now)
            said = Receipt("there")
        can = CLASSES[permit.outgoing.options["class"]]
        end = outcomes.ending(said, can, tries=permit.tries, key_since=permit.key_since, now=self.now)
        if dies == "before the journal":
            self.die(number)
        elif end.move is Move.LOSE and can.can_look_up:
            host.looks.append(Look(permit, end, flight))
        else:
            self.finish(number, permit, end, dies=bool(dies))

    def finish(self, number: int, permit: Any, end: Ending, *, dies: bool = False) -> None:
        host = self.world.hosts[number]
        host.room.journal.write([(permit.claim.id, permit.digest, recorded(end))], self.now)
        if dies:
            self.die(number)
        else:
            host.room.finish(permit, end, self.now)

    @precondition(lambda self: self.busy("looks"))
    @rule(pick=PICK, dies=st.sampled_from([False, False, True]))
    def look_up(self, pick, dies):
        """Let a machine ask a channel what it has."""
        number = self.one_of("looks", pick)
        host = self.world.hosts[number]
        look = host.looks.pop(pick % len(host.looks))
        release = look.permit.claim.id
        found = Receipt("there") if self.channels.effects[release] else None
        early = look.flight is not None and self.now < look.flight.until
        end = outcomes.looked_up(found, look.unknown, host.room.journal.outcome(release), early=early, now=self.now)
        if end is not None:
            self.finish(number, look.permit, end, dies=dies)

    @rule(number=HOST)
    def die(self, number):
        """Kill -9; what was on the wire goes on without it."""
        host = self.world.hosts[number]
        if host.up:
            self.abandoned += host.flights
            host.die()

    @rule(number=HOST)
    def recover(self, number):
        """Start a machine that died, or let one that lives keep house."""
        host = self.world.hosts[number]
        starting = not host.up
        if starting:
            host.start()
        done = host.room.recover(self.now, starting=starting, in_hand=host.in_hand())
        for permit in done.look_up:
            can = CLASSES[permit.outgoing.options["class"]]
            why = "Its daemon stopped."
            unknown = outcomes.lost(why, can, tries=permit.tries, key_since=permit.key_since, now=self.now)
            host.looks.append(Look(permit, unknown))
        self.begin_takedowns(host, starting=starting)

    def begin_takedowns(self, host: Host, *, starting: bool = False) -> None:
        found = host.take_down(self.now, starting=starting)
        host.room.journal.write([(each.claim.id, each.digest, "retracting") for each in found], self.now)
        host.takedowns += found

    @precondition(lambda self: self.in_state("retracting"))
    @rule(number=HOST, pick=PICK, gone=st.booleans())
    def take_down(self, number, pick, gone):
        """Let a machine take something down, or fail to."""
        host = self.world.hosts[number]
        if not host.up:
            return
        self.begin_takedowns(host)
        if not host.takedowns:
            return
        takedown = host.takedowns.pop(pick % len(host.takedowns))
        if gone:
            self.channels.gone.add(takedown.claim.id)
            host.room.journal.write([(takedown.claim.id, takedown.digest, "retracted")], self.now)
        taken = Taken(GONE, "gone") if gone else Taken("busy", "later")
        with writing(self.world.made.database) as connection:
            retraction.finish(connection, [(takedown, taken)], self.now)

    # What must hold whatever happened.

    @invariant()
    def nothing_is_out_twice(self):
        """Never two effects where people say what is true: whatever the class allows knowing is known."""
        if hasattr(self, "unsigned"):
            assert max(self.channels.effects.values(), default=0) <= 1, "twice"

    @invariant()
    def the_table_is_sound(self):
        """Nothing disappears, fences only grow, states follow the table of moves, and what is held can be recovered."""
        if not hasattr(self, "unsigned"):
            return
        rows = self.rows()
        assert set(self.seen) <= set(rows), "a release disappeared"
        assert len(rows) == self.number
        for release, row in rows.items():
            assert row["fence"] >= self.seen.get(release, row)["fence"], "a fence went back"
            if row["state"] in {"claimed", "sending"}:
                assert row["lease_until"] is not None, "nobody could ever recover it"
            if row["state"] in {"published", "retracting", "retracted"}:
                assert self.channels.effects[release] == 1, f"{row['state']}, and it never went out"
            if row["state"] == "retracted":
                assert release in self.channels.gone, "retracted, and it is up"
        self.moves_are_legal(rows)
        self.seen = rows

    def moves_are_legal(self, rows: dict[str, dict[str, Any]]) -> None:
        fresh = select(EVENT).where(EVENT.c.seq > self.read_to, EVENT.c.subject.in_(list(rows))).order_by(EVENT.c.seq)
        with reading(self.world.made.database) as connection:
            events = connection.execute(fresh).mappings().all()
        states = {release: row["state"] for release, row in self.seen.items()}
        for event in events:
            move = event["act"].removeprefix("release.")
            if move == "book":
                states[event["subject"]] = event["after"]
            elif move in set(Move):
                before = states[event["subject"]]
                assert before == event["before"]
                assert TRANSITIONS[State(before), Move(move)] == event["after"], "no such move"
                states[event["subject"]] = event["after"]
        assert states == {release: row["state"] for release, row in rows.items()}, "a state changed without a word"
        self.read_to = max([self.read_to, *(event["seq"] for event in events)])

    def teardown(self):
        """Let everything come to rest: then nothing is on its way, and what is out is known to be."""
        if not hasattr(self, "unsigned"):
            return
        try:
            self.come_to_rest()
        finally:
            for host in self.world.hosts:
                if not host.up:
                    host.start()
                for things in (host.claims, host.flights, host.looks, host.takedowns):
                    things.clear()
                held_file(host.trust).unlink(missing_ok=True)
            with writing(self.world.made.database) as connection:
                connection.execute(hold.HOLD.delete())
                values = {"state": "cancelled", "owner": None, "lease_until": None}
                connection.execute(RELEASE.update().where(RELEASE.c.campaign == self.name).values(values))

    def come_to_rest(self) -> None:
        self.resume()
        self.die(0)
        self.die(1)
        for _ in range(4):
            self.forward(LEASE + timedelta(minutes=11))
            for number, host in enumerate(self.world.hosts):
                self.recover(number)
                while host.looks:
                    self.look_up(number, dies=False)
                while host.takedowns:
                    self.take_down(number, 0, gone=True)
                self.claim(number, 9)
                if host.claims:
                    self.send(number, "")
                while host.flights:
                    self.answer(number, "receipt", "")
                self.nothing_is_out_twice()
                self.the_table_is_sound()
        for row in self.seen.values():
            assert row["state"] not in ON_THE_WAY, "it never ends"
            if row["state"] in {"draft", "scheduled", "expired"}:
                assert self.channels.effects[row["id"]] == 0, f"it is out, and the table says {row['state']}"
            if row["state"] == "scheduled":
                assert "late" in row["reason"], f"it does not go: {row['reason']}"
