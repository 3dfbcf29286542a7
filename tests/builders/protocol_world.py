"""What a state machine plays the protocol with: machines that may die, channels that act when they like."""

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaigns.store.engine import writing
from scheduler.engine import retraction
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.outcomes import Ending
from scheduler.engine.retraction import Takedown
from scheduler.publisher import Capabilities
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.identity import release_id
from scheduler.releases.journal import Journal
from tests.builders import campaigns, workspaces
from tests.builders.engine_room import LEASE, EngineRoom
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
LOCALE = "en-GB"
#: What a channel can do, by the name that its options give it.
CLASSES = {
    "absorbs": Capabilities(absorbs_key=timedelta.max, can_retract=True),
    "an hour": Capabilities(absorbs_key=HOUR, can_look_up=True, can_retract=True),
    "asked": Capabilities(can_look_up=True, can_retract=True),
    "neither": Capabilities(can_retract=True),
}


def capabilities(kind: str, options: dict[str, Any]) -> Capabilities:
    """Return what the channel with these *options* can do."""
    del kind
    return CLASSES[options["class"]]


@dataclass
class Flight:
    """One request that was begun; its server may act on it until the lease is over, whoever still waits for it."""

    permit: Permit
    until: datetime
    acted: bool = False
    over: bool = False  #: it never reached the channel, or was turned away


@dataclass
class Look:
    """A look-up that a machine is about to make, and what follows where it is of no use."""

    permit: Permit
    unknown: Ending
    flight: Flight | None = None  #: None: recovery asked for it


@dataclass
class Host:
    """One machine: its engine room, and what it has in hand. What it has in hand goes when it dies."""

    trust: Path
    room: EngineRoom
    up: bool = True
    claims: list[Claim] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    takedowns: list[Takedown] = field(default_factory=list)

    def in_hand(self) -> list[str]:
        """Return the releases that it holds."""
        held = [claim.id for claim in self.claims]
        return held + [each.permit.claim.id for each in (*self.flights, *self.looks)]

    def die(self) -> None:
        """Lose everything but what is on disk."""
        self.up = False
        for things in (self.claims, self.flights, self.looks, self.takedowns):
            things.clear()
        self.room.journal.close()

    def start(self) -> None:
        """Come back as another process of the same machine."""
        self.room.journal = Journal(self.trust).open()
        self.room.room = EvidenceRoom(self.trust, self.room.journal)
        self.up = True

    def take_down(self, now: datetime, *, starting: bool = False) -> list[Takedown]:
        """Begin what is to come down, as the daemon does."""
        with writing(self.room.workspace.database) as connection:
            retraction.reconcile(connection, self.room.journal, now)
            machine = self.room.machine if starting else ""
            owner = f"{self.room.machine}:one"
            return retraction.take(connection, owner=owner, lease=LEASE, limit=9, now=now, machine=machine)


@dataclass
class Channels:
    """The truth: what each channel has, whatever anybody believes."""

    effects: Counter[str] = field(default_factory=Counter)
    first: dict[str, datetime] = field(default_factory=dict)  #: release -> when it was there first
    gone: set[str] = field(default_factory=set)

    def absorbs(self, permit: Permit, now: datetime) -> bool:
        """Return whether the channel knows this key, and would answer without acting."""
        life = CLASSES[permit.outgoing.options["class"]].absorbs_key
        first = self.first.get(permit.claim.id)
        return life is not None and first is not None and (life == timedelta.max or now - first < life)

    def act(self, flight: Flight, now: datetime) -> None:
        """Let a request take effect, once."""
        if flight.acted or flight.over or now >= flight.until:
            return
        flight.acted = True
        release = flight.permit.claim.id
        if not self.absorbs(flight.permit, now):
            self.effects[release] += 1
            self.first.setdefault(release, now)


@dataclass
class World:
    """One database, two machines that share it, and campaigns that come one after the other."""

    made: Workspace
    hosts: list[Host]
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def name(self) -> str:
        """
        Return a name no campaign has yet, under which the ids of the releases have the order of their entries.

        What is due at one instant is claimed by id: under any name a play would not be the same when it is repeated.
        """
        for number in self.numbers:
            name = f"c{number}"
            ids = [release_id(name, f"r{n}", "", LOCALE, f"{name}-{n}") for n in range(1, len(CLASSES) + 1)]
            if ids == sorted(ids):
                return name
        message = "numbers do not end"
        raise AssertionError(message)

    def document(self, name: str, due: datetime, classes: list[str], edition: int = 0) -> Any:
        """Return a campaign of a release for each of *classes*, each on its own channel; *edition* counts changes."""
        channels = [
            campaigns.channel(
                "webhook",
                id=f"{name}-{number}",
                account=f"@{name}-{number}",
                server="http://127.0.0.1:9/hook",
                credential="burst",
                options={"class": each},
            )
            for number, each in enumerate(classes, 1)
        ]
        policies = ({"after": "30d", "then": "send"}, {"after": "1h", "then": "ask"}, {"after": "2h", "then": "skip"})
        entries = [
            campaigns.entry(number, due, channels=[each["id"]], if_late=policies[number % 3])
            for number, each in enumerate(channels, 1)
        ]
        why = [campaigns.adjustment(number) for number in range(1, edition + 1)]
        return campaigns.campaign(
            len(classes),
            name=name,
            at=due,
            channels=channels,
            releases=entries,
            **({"adjustments": why} if why else {}),
        )


@contextmanager
def opened(folder: Path, database_url: str) -> Iterator[World]:
    """Give a world in *folder*, whose first machine is the current folder: people's commands are given there."""
    secret = {"burst": workspaces.SIGNING_KEY}
    made = workspaces.make(folder / "home", secrets=secret, database_url=database_url)
    hosts = []
    before = Path.cwd()
    for place in (made.folder, folder / "elsewhere"):
        if place != made.folder:
            shutil.copytree(made.folder / "trust", place / "trust", ignore=shutil.ignore_patterns("local"))
        there = Workspace(made.settings.model_copy(update={"root": place}), made.database)
        room = EngineRoom(there, Journal(place / "trust").open(), capabilities=capabilities)
        hosts.append(Host(place / "trust", room))
    os.chdir(made.folder)
    try:
        yield World(made, hosts)
    finally:
        os.chdir(before)
        for each in hosts:
            each.room.journal.close()
        made.database.dispose()
