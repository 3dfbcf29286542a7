"""What a waiver lets pass, in words: whoever signs the release signs that as well. Pure."""

from collections.abc import Mapping
from typing import Any

from scheduler.releases.conditions import BLACKOUT


def leave(waiver: Mapping[str, Any]) -> str:
    """Return what *waiver* lets pass, and on whose word."""
    if waiver["check"] == BLACKOUT:
        span = f"{waiver.get('from')} to {waiver.get('to')} {waiver.get('zone')}"
        where = f"blackout {waiver.get('blackout')} of {waiver.get('partner')} ({span})"
        return f"May go out in {where}, allowed by {waiver.get('authorised_by')}: {waiver.get('because')}"
    return f"Waives the check {waiver['check']}: {waiver.get('because')}"
