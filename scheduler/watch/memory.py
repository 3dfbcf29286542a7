"""
What was told on which route, in a file beside the trust files: it survives a restart, and a database that is gone.

`status` reads it too: an alert that did not leave is a trouble of its own.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from campaigns.clock import instant_text, parse_iso
from campaigns.documents.write import write_whole
from scheduler.signs import alerts_file
from scheduler.watch.decide import Memory, Told

LOG = structlog.get_logger()


def read(trust_folder: Path) -> dict[str, Memory]:
    """Return route -> memory; nothing where there is none yet. A damaged one is forgotten: all is told again."""
    path = alerts_file(trust_folder)
    try:
        said = json.loads(path.read_text("utf-8"))
        return {route: _memory(each) for route, each in said.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        LOG.warning("what was told is forgotten; it is told again", file=str(path), why=str(error))
        return {}


def write(trust_folder: Path, memories: Mapping[str, Memory]) -> None:
    """
    Write route -> memory, whole or not at all.

    Raises:
        EnvironmentFault: If it cannot be written.
    """
    said = {
        route: {
            "told": {
                key: {"what": t.what, "number": t.number, "since": instant_text(t.since), "at": instant_text(t.at)}
                for key, t in each.told.items()
            },
            "sent_at": _text(each.sent_at),
            "tried_at": _text(each.tried_at),
            "fault": each.fault,
            "fault_since": _text(each.fault_since),
        }
        for route, each in memories.items()
    }
    write_whole(alerts_file(trust_folder), json.dumps(said, ensure_ascii=False, indent=1))


def _memory(said: Mapping[str, Any]) -> Memory:
    told = {
        key: Told(str(t["what"]), int(t["number"]), parse_iso(t["since"]), parse_iso(t["at"]))
        for key, t in said["told"].items()
    }
    instants = {name: _instant(said[name]) for name in ("sent_at", "tried_at", "fault_since")}
    return Memory(told, fault=str(said["fault"]), **instants)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else parse_iso(text)
