"""The kinds of channel that campaign files name, held against the roster, at the line where each was written."""

from collections.abc import Sequence
from pathlib import Path

from campaigns.documents import load as documents
from campaigns.documents.faults import nearest
from campaigns.documents.load import Loaded
from campaigns.errors import Complaint, InvalidDocument
from campaigns.settings import Settings
from scheduler.roster import KINDS


def load(paths: Sequence[Path], settings: Settings) -> list[Loaded]:
    """
    Return the campaigns in *paths*, as `campaigns.documents.load` does, with channels that something publishes.

    Raises:
        InvalidDocument: With every complaint about every file, or about every kind that no publisher is of.
    """
    loaded = documents.load(paths, settings)
    if found := complaints(loaded):
        raise InvalidDocument(found)
    return loaded


def complaints(loaded: Sequence[Loaded]) -> list[Complaint]:
    """Return each channel of *loaded* whose kind no publisher is of, with the nearest kind, and all there are."""
    known = f"known kinds: {', '.join(KINDS)}"
    return [
        Complaint(
            each.places.where(("channels", number, "kind")),
            f"there is no publisher of kind '{channel.kind}'",
            f"{near} {known}" if (near := nearest(channel.kind, KINDS)) else known,
        )
        for each in loaded
        for number, channel in enumerate(each.document.channels)
        if channel.kind not in KINDS
    ]
