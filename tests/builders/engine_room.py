"""The engine's transactions one at a time, as a daemon would run them, with an open journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaigns import clock
from campaigns.store.engine import writing
from scheduler import roster
from scheduler.engine import claims
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.outcomes import Ending
from scheduler.engine.recovery import Recovered, recover
from scheduler.machine import machine_name
from scheduler.publisher import Capabilities, Receipt
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal
from scheduler.releases.ledger import Step
from scheduler.releases.states import Move
from tests.builders.workspaces import Workspace

LEASE = timedelta(seconds=30)


@dataclass
class EngineRoom:
    """One daemon's hands on a workspace."""

    workspace: Workspace
    journal: Journal
    token: str = "one"
    capabilities: Callable[[str, dict[str, Any]], Capabilities] = roster.capabilities

    def __post_init__(self) -> None:
        self.room = EvidenceRoom(self.workspace.settings.trust, self.journal)
        self.machine = machine_name(self.workspace.settings.trust)

    def claim(self, now: datetime | None = None, limit: int = 100) -> list[Claim]:
        with writing(self.workspace.database) as connection:
            owner = f"{self.machine}:{self.token}"
            return claims.claim(connection, owner=owner, lease=LEASE, limit=limit, now=now or clock.now())

    def begin(self, held: Sequence[Claim], now: datetime | None = None, *, journal: bool = True) -> list[Permit]:
        at = now or clock.now()
        with writing(self.workspace.database) as connection:
            permits = claims.begin(connection, held, self.room, self.capabilities, LEASE, at)
        if journal:
            self.journal.write([(permit.claim.id, permit.digest, "begun") for permit in permits], at)
        return permits

    def send(self, now: datetime | None = None) -> list[Permit]:
        """Claim and begin all that is due."""
        return self.begin(self.claim(now), now)

    def finish(self, permit: Permit, ending: Ending, now: datetime | None = None) -> list[Step]:
        with writing(self.workspace.database) as connection:
            return claims.finish(connection, [(permit, ending)], now or clock.now())

    def recover(self, now: datetime | None = None, *, starting: bool = False, **more: Any) -> Recovered:
        with writing(self.workspace.database) as connection:
            return recover(
                connection,
                machine=self.machine,
                starting=starting,
                capabilities=self.capabilities,
                journal=self.journal,
                lease=LEASE,
                now=now or clock.now(),
                **more,
            )


def accepted(remote_id: str = "remote-1") -> Ending:
    return Ending(Move.ACCEPT, "published", "taken", receipt=Receipt(remote_id, f"https://example.org/{remote_id}"))


def busy(again_at: datetime) -> Ending:
    return Ending(Move.RETRY, "busy", "The channel said later.", again_at=again_at)


def unknown_again(again_at: datetime) -> Ending:
    return Ending(Move.RETRY, "unknown", "The answer was lost. It is sent again with the same key.", again_at=again_at)


def lost() -> Ending:
    return Ending(Move.LOSE, "unknown", "The answer was lost.")
