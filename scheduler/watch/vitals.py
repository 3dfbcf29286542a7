"""How a daemon is, at one instant: what monitors are answered from. Data, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.engine.tally import Tally
from scheduler.watch.figures import Figures
from scheduler.watch.troubles import Trouble

NEEDED = ("database", "begin", "journal")  #: what has to work for anything to be published


@dataclass(frozen=True)
class Vitals:
    """How a daemon is."""

    at: datetime
    phase: str  #: starting | running | stopping
    tally: Tally
    fault: str = ""  #: why nothing will be published any more
    still: str = ""  #: what stands still
    obstacles: tuple[Trouble, ...] = ()  #: why nothing is claimed now: the clock, the disk, the tables' version
    in_hand: int = 0  #: releases
    capacity: int = 0  #: releases
    free_disk: int | None = None  #: bytes
    figures: Figures | None = None
    trust_expires: datetime | None = None
    trust_fault: str = ""
    undelivered: Mapping[str, str] = field(default_factory=dict)  #: route -> why its last alert did not leave

    def unhealthy(self) -> list[str]:
        """Return why the process should be started again; nothing while it is alive."""
        return [each for each in (self.fault, self.still) if each]

    def unready(self) -> list[str]:
        """Return why it would not publish what is due now; nothing while it would."""
        why = self.unhealthy()
        if self.phase != "running":
            why.append(f"The daemon is {self.phase}.")
        why += [each.what for each in self.obstacles]
        if self.trust_fault:
            why.append(f"The trust file cannot be used: {self.trust_fault}")
        standing = self.tally.standing()
        why += list(dict.fromkeys(standing[where] for where in NEEDED if where in standing))
        return why
