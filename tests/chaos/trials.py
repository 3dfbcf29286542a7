"""Many short lives of a daemon in one workspace, and what the sink says against what the table says at the end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from campaigns import clock
from scheduler.releases.ledger import RELEASE
from scheduler.releases.points import Point
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.askable import ASKED
from tests.chaos.kills import key_of
from tests.chaos.nursery import Ended, Nursery, Trial
from tests.chaos.processes import Sink

LATER = timedelta(days=9)  #: when what is not yet let go would be looked at
LEASE = 2.0  #: seconds
BATCH = 2  #: two on the wire at a time, and up to six in hand
FAULTS = {Point.ARRIVED: "timeout-before", Point.ACTED: "timeout-after"}

#: What a channel can do: name -> options of the channel, whether the sink deduplicates.
CLASSES: dict[str, tuple[dict[str, Any], bool]] = {
    "absorbs keys": ({"deduplicates": True, "retracts": True}, True),
    "can be asked": (dict(ASKED), False),
    "neither": ({}, False),
}


@dataclass
class Stage:
    """A workspace full of signed releases of which none is due, and the processes around it."""

    can: str
    made: Workspace
    sink: Sink
    nursery: Nursery
    waiting: list[str]
    let_go: dict[str, str] = field(default_factory=dict)  #: release -> the trial in which it fell due
    kills: int = 0
    trials: int = 0

    def due(self, number: int, name: str, *, now: int | None = None) -> list[str]:
        """Let *number* releases fall due, and return them; with *now*, only so many of them now."""
        ids, self.waiting = self.waiting[:number], self.waiting[number:]
        assert len(ids) == number, "the stage has too few releases"
        with self.made.transaction() as connection:
            wanted = RELEASE.c.id.in_(ids[:now])
            connection.execute(RELEASE.update().where(wanted).values(next_at=clock.now()))
        self.let_go.update(dict.fromkeys(ids, name))
        return ids

    def play(self, releases: Sequence[str], **how: Any) -> Ended:
        """Let a daemon live until it dies, or until *releases* are settled."""
        fault = FAULTS.get(how.get("point", 0))
        if fault:
            self.sink.misbehave(fault)
        ended = self.nursery.play(
            Trial(str(self.made.folder), list(releases), control=f"{self.sink.url}/_control", **how)
        )
        if fault:
            self.sink.misbehave(None)
        self.kills += ended.killed
        self.trials += 1
        return ended

    def check(self) -> str:
        """Let the last daemon finish all, hold the table against the sink, and return the figures."""
        with self.made.transaction() as connection:  # some were to fall due in a life that ended before
            wanted = RELEASE.c.id.in_(list(self.let_go)) & (RELEASE.c.state == "scheduled")
            connection.execute(RELEASE.update().where(wanted).values(next_at=clock.now()))
        self.play(list(self.let_go))
        rows = [row for row in self.made.rows().values() if row["id"] in self.let_go]
        effects = Counter(each["key"] for each in self.sink.effects() if each["act"] == "publish")
        names = {key_of(row): self.let_go[row["id"]] for row in rows}
        keys: dict[str, set[str]] = {}
        for row in rows:
            keys.setdefault(row["state"], set()).add(key_of(row))
        published, uncertain = keys.get("published", set()), keys.get("uncertain", set())
        named = lambda some: sorted(names.get(key, key) for key in some)  # noqa: E731 (used four times below)

        assert named(key for key, times in effects.items() if times > 1) == [], "twice"
        assert named(set(effects) - set(names)) == [], "went out before it was let go"
        assert named(set(names) - published - uncertain) == [], "neither published nor uncertain"
        assert named(published - set(effects)) == [], "the table says published, and the sink has not seen it"
        if self.can == "neither":
            assert named(set(effects) - published - uncertain) == [], "went out, and the table does not know"
        else:
            assert named(uncertain) == [], "a person is asked what could be known"
        only = len(uncertain & set(effects))
        return (
            f"{self.can}: {self.kills} kills in {self.trials} lives, {len(rows)} releases: {len(published)} published, "
            f"{len(uncertain)} uncertain ({only} of them out), 0 lost, 0 twice; {self.sink.received()} requests"
        )


@contextmanager
def stage(folder: Path, nursery: Nursery, database_url: str, can: str, number: int) -> Iterator[Stage]:
    """Give a stage with *number* releases on a channel of the class *can*."""
    options, deduplicates = CLASSES[can]
    with Sink(folder / "ledger.jsonl", deduplicates=deduplicates) as sink:
        place = folder / "workspace"
        built = burst.build(
            place, number, "webhook", f"{sink.url}/hook", options, database_url=database_url, lease=LEASE, batch=BATCH
        )
        with kills.closing(built) as made:
            with made.transaction() as connection:
                connection.execute(RELEASE.update().values(next_at=clock.now() + LATER))
            waiting = [row["id"] for row in made.rows().values()]
            yield Stage(can, made, sink, nursery, waiting)
