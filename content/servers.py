"""
What the servers of channels declared about themselves, with the day: limits that replace those of their kind.

`doctor` asks them and writes the file; this reads it. The file belongs to the workspace like its templates: both
capitals keep the same one, and a limit that changed makes releases be looked at anew.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from campaigns.documents import schema
from campaigns.errors import Complaint, InvalidDocument, Where
from campaigns.settings import Settings

FILE = "server-limits.json"
STALE_AFTER = timedelta(days=180)  #: as long as a row of `content.limits` is believed

#: What a server may declare: our name for it, and what it is.
NAMES: dict[str, str] = {
    "text": "characters of a post",
    "link": "what a link counts",
    "alt": "characters of an alternative text",
    "media": "files of a post",
    "image": "octets of a picture",
    "video": "octets of a video",
    "image_pixels": "pixels of a picture",
    "video_pixels": "pixels of a video",
}
LARGEST = 2**53  #: beyond it JSON readers disagree


@dataclass(frozen=True)
class Declared:
    """What one server said of itself."""

    server: str  #: its address, without a slash at the end
    limits: Mapping[str, int]  #: by the names of `NAMES`
    asked_on: date

    def stale(self, today: date) -> bool:
        """Say whether it should be asked again."""
        return today - self.asked_on > STALE_AFTER


def key(server: str | None) -> str:
    """Return how a server is told from others: its address in lower case, without a slash at the end."""
    return (server or "").rstrip("/").lower()


def load(settings: Settings) -> Mapping[str, Declared]:
    """
    Return what each server declared, by its `key`; nothing where none was asked yet.

    Raises:
        InvalidDocument: If the file cannot be read, or says what no server can declare.
    """
    path = settings.root / FILE
    try:
        facts = path.stat()
        return _read(str(path), facts.st_mtime_ns, facts.st_size)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _fault(error) from None


def limits_of(channel: schema.Channel, settings: Settings) -> Mapping[str, int]:
    """
    Return what the server of *channel* declared; nothing where it was never asked.

    A gateway for text messages cannot be asked: what it takes stands in the channel's option `parts`.

    Raises:
        InvalidDocument: If the file cannot be read.
    """
    if channel.kind == "kannel":
        parts = channel.options.get("parts")
        return {"text": parts} if isinstance(parts, int) and possible(parts) else {}
    if not channel.server:
        return {}
    found = load(settings).get(key(channel.server))
    return found.limits if found else {}


def digest(settings: Settings) -> str:
    """
    Return the sha256, hex, of all limits that servers declared. On which day does not matter.

    Raises:
        InvalidDocument: If the file cannot be read.
    """
    facts = [(each.server, sorted(each.limits.items())) for each in load(settings).values()]
    return hashlib.sha256(repr(sorted(facts)).encode()).hexdigest()


def written(declared: Mapping[str, Declared]) -> str:
    """Return the file that says *declared*: the same for the same, whatever the order."""
    said = {
        name: {"asked_on": each.asked_on.isoformat(), "limits": dict(sorted(each.limits.items()))}
        for name, each in sorted(declared.items())
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


@lru_cache(maxsize=8)
def _read(path: str, _changed: int, _size: int) -> Mapping[str, Declared]:
    try:
        said = json.loads(Path(path).read_text("utf-8"))
        return {name: _one(name, each) for name, each in said.items()}
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise _fault(error) from None


def _one(name: str, said: Mapping[str, Any]) -> Declared:
    limits = {str(each): value for each, value in said["limits"].items()}
    wrong = next((each for each, value in limits.items() if each not in NAMES or not possible(value)), None)
    if wrong is not None:
        message = f"{name}: '{wrong}' is no limit"
        raise ValueError(message)
    return Declared(name, limits, date.fromisoformat(said["asked_on"]))


def possible(value: object) -> bool:
    """Say whether *value* can be a limit: a whole number above 0."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST


def _fault(error: Exception) -> InvalidDocument:
    why = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else f"says what no server can: {error}"
    hint = "delete it, and let `cordiale doctor` ask the servers again"
    return InvalidDocument([Complaint(Where(FILE), why, hint)])
