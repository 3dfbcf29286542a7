"""
What is coming up in the trust files, told without verifying them: for commands that must answer at once.

Nothing is decided by it; `trust show` and `doctor` say the same of verified files, and more.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from campaigns import clock

SOON = timedelta(days=30)


def notices(folder: Path, now: datetime) -> list[str]:
    """Return a sentence for what ends within `SOON`, and for a draft that waits; nothing of what cannot be read."""
    found = []
    ends = [end for name in ("root.json", "targets.json") for end in _ends(folder / name)]
    soonest = min(ends, default=None)
    if soonest is not None and soonest <= now:
        found.append(f"The trust file, or a key in it, ended at {clock.iso(soonest)}. See: cordiale doctor")
    elif soonest is not None and soonest - now < SOON:
        days = (soonest - now).days
        found.append(
            f"The trust file, or a key in it, ends in {days} {'day' if days == 1 else 'days'}. See: cordiale doctor"
        )
    if (folder / "draft" / "targets.json").exists():
        found.append("A change of the trust file waits for signatures. See: cordiale trust show --draft")
    return found


def _ends(path: Path) -> list[datetime]:
    try:
        signed = json.loads(path.read_bytes())["signed"]
        own = signed.get("cordiale", {})
        return [clock.parse_iso(each) for each in (signed["expires"], *own.get("expires", {}).values())]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
