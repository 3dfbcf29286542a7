"""A workspace with one signed release before the gate, and what the world may do to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campaigns import clock
from campaigns.store.engine import reading, writing
from scheduler.engine import hold, rates
from scheduler.releases.evidence import EvidenceRoom, held_file
from scheduler.releases.gate import Verdict, judge
from scheduler.releases.journal import Journal
from scheduler.releases.outgoing import canonical, digest, parse
from scheduler.releases.stored import RELEASE, some
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Gate:
    """A workspace with release r1, signed by both partners, and what the gate says of it at its instant."""

    workspace: Workspace
    due: datetime
    journal: Journal
    edits: int = 0

    def document(self, n: int = 1, **changes):
        return campaigns.campaign(n, at=self.due, apart=HOUR, **changes)

    def judge(self, at: datetime | None = None, entry: str = "r1") -> Verdict:
        room = EvidenceRoom(self.workspace.settings.trust, self.journal)
        now = at or self.due
        with reading(self.workspace.database) as connection:
            (row,) = some(connection, RELEASE.c.entry == entry)
            return judge(row, room.gather(connection, [row], now), now)

    def failing(self, at: datetime | None = None, entry: str = "r1") -> list[str]:
        return [each.name for each in self.judge(at, entry).conditions if not each.holds]

    def again(self, *partners: str, author: str = "amina", **changes) -> None:
        """Apply the document with *changes* and a reason for them, and have *partners* sign it."""
        self.edits += 1
        reason = campaigns.adjustment(self.edits)
        self.workspace.apply(self.document(**changes, adjustments=[reason]), author=author)
        if partners:
            self.workspace.approve(*partners)

    def hold(self, scope: str, target: str = "") -> str:
        trust = self.workspace.settings.trust
        with writing(self.workspace.database) as connection:
            return hold.place(
                connection, trust, scope=scope, target=target, partner="fr", reason="a reason", at=clock.now()
            )[0]


LEAVES = {"wording": {"en-GB": "Daesh lost other villages as well."}}
OTHER_WORDS = {"messages": [campaigns.message(1, **LEAVES)]}
LATE = {"after": 900}


def other_bytes(gate: Gate, *, consistent: bool) -> None:
    """Write other bytes into the table; *consistent* with their digest, as a forger would."""
    forged = canonical(replace(parse(gate.workspace.row()["outgoing"]), account="@forger"))
    gate.workspace.set("r1", outgoing=forged.decode(), **({"digest": digest(forged)} if consistent else {}))


def bytes_of_another(gate: Gate) -> None:
    gate.again("uk", "fr", n=2)
    other = gate.workspace.row("r2")
    gate.workspace.set("r1", outgoing=other["outgoing"], digest=other["digest"])


def a_hold_in_the_file_alone(gate: Gate) -> None:
    gate.hold("all")
    with writing(gate.workspace.database) as connection:
        connection.execute(hold.HOLD.delete())


def a_lifted_hold_in_the_file(gate: Gate) -> None:
    gate.hold("all")
    with writing(gate.workspace.database) as connection:
        connection.execute(hold.HOLD.update().values(lifted_at=clock.now()))


def held_file_says(text: str) -> Callable[[Gate], None]:
    def write(gate: Gate) -> None:
        path = held_file(gate.workspace.settings.trust)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    return write


def blackout(before: timedelta, after: timedelta, **changes: str) -> Callable[[Gate], None]:
    def apply(gate: Gate) -> None:
        span = {"from": campaigns.wall(gate.due + before), "to": campaigns.wall(gate.due + after)}
        one = {"id": "quiet", "partner": "fr", "zone": "UTC", "reason": "an election", **span, **changes}
        gate.again(blackouts=[one])  # the table of blackouts changes, and what goes out does not

    return apply


def the_same_words(state: str) -> Callable[[Gate], None]:
    """Add release r2, which says what r1 says, and which is in *state*."""

    def apply(gate: Gate) -> None:
        entries = [campaigns.entry(1, gate.due), campaigns.entry(2, gate.due + HOUR, message="m1")]
        gate.again("uk", "fr", releases=entries)
        gate.workspace.set("r2", state=state)

    return apply


def blocking(*, waived: bool) -> Callable[[Gate], None]:
    def apply(gate: Gate) -> None:
        row = gate.workspace.row()
        finding = {"check": "too-long", "severity": "block", "message": "Too long.", "remedy": "Cut it."}
        gate.workspace.set("r1", findings=[*row["findings"], {**finding, "waived": waived}])

    return apply


def breaker(gate: Gate, until: timedelta) -> None:
    with writing(gate.workspace.database) as connection:
        rates.open_breaker(connection, "uk-outbox", gate.due + until, "401")


def remove_trust(gate: Gate) -> None:
    for path in gate.workspace.settings.trust.glob("*.json"):
        path.unlink()


def recorded(*outcomes: str) -> Callable[[Gate], None]:
    def write(gate: Gate) -> None:
        row = gate.workspace.row()
        gate.journal.write([(row["id"], row["digest"], each) for each in outcomes], clock.now())

    return write


def nothing(gate: Gate) -> None:
    """Leave all as it is."""
