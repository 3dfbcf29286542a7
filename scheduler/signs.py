"""
What a daemon left for others to see, in files beside the trust files.

That it lives, what troubles it, and which alert did not leave. `status` reads it, so nothing heavy is loaded for it.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaigns.clock import parse_iso

STALE = timedelta(minutes=3)  #: a sign of life that is older says that nobody is there; it is renewed each minute


def life_file(trust_folder: Path) -> Path:
    """Return the file that says that a daemon is there, since when, and what troubles it."""
    return trust_folder / "local" / "daemon.json"


def alerts_file(trust_folder: Path) -> Path:
    """Return the file that says what was told on which way."""
    return trust_folder / "local" / "alerts.json"


@dataclass(frozen=True)
class Signs:
    """What the files say."""

    running: bool = False  #: whether a daemon of this workspace gave a sign of life lately
    since: str | None = None  #: when it started
    troubles: list[dict[str, str]] = field(default_factory=list)  #: what and hint
    undelivered: dict[str, str] = field(default_factory=dict)  #: route -> why its last alert did not leave

    @property
    def healthy(self) -> bool:
        """Whether nothing troubles the daemon and every alert left."""
        return not self.troubles and not self.undelivered


def read(trust_folder: Path, now: datetime) -> Signs:
    """Return what the files say at *now*; one that is absent or damaged says nothing."""
    life, told = _object(life_file(trust_folder)), _object(alerts_file(trust_folder))
    try:
        running = abs(now - parse_iso(str(life["at"]))) < STALE
        troubles = [{"what": str(each["what"]), "hint": str(each["hint"])} for each in life["troubles"]]
        since = str(life["since"])
    except (KeyError, ValueError, TypeError):
        running, troubles, since = False, [], ""
    undelivered = {
        route: f"since {str(each.get('fault_since'))[:19]}Z: {each['fault']}"
        for route, each in told.items()
        if isinstance(each, dict) and each.get("fault")
    }
    return Signs(running, since or None if running else None, troubles if running else [], undelivered)


def _object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
