"""What is wrong between documents: one id for two campaigns, one channel defined two ways."""

from collections.abc import Sequence

from campaigns.documents.faults import Fault, Loc
from campaigns.documents.positions import Places
from campaigns.documents.schema import Campaign, Channel

Parsed = tuple[Campaign, Places]


def clashes(parsed: Sequence[Parsed]) -> dict[str, list[Fault]]:
    """Return by file what it says against another file. Each clash is told at both places."""
    found: dict[str, list[Fault]] = {}
    campaigns: dict[str, Places] = {}
    channels: dict[str, tuple[Channel, Places, Loc]] = {}
    for document, places in parsed:
        name = document.campaign
        first = campaigns.setdefault(name, places)
        if first is not places:
            message, hint = f"campaign '{name}' is written at", "one file holds one campaign: rename one of them"
            _tell(found, (first, ("campaign",)), (places, ("campaign",)), (message, hint))
        for number, channel in enumerate(document.channels):
            loc: Loc = ("channels", number)
            known, owner, at = channels.setdefault(channel.id, (channel, places, loc))
            if owner is not places and known != channel:
                differing = ", ".join(
                    key for key in Channel.model_fields if getattr(known, key) != getattr(channel, key)
                )
                message = f"channel '{channel.id}' is defined otherwise ({differing}) at"
                hint = "the workspace shares its channels: make both the same, or rename one"
                _tell(found, (owner, at), (places, loc), (message, hint))
    return found


def _tell(
    found: dict[str, list[Fault]], one: tuple[Places, Loc], two: tuple[Places, Loc], words: tuple[str, str]
) -> None:
    message, hint = words
    for (here, loc), (other, there) in ((one, two), (two, one)):
        found.setdefault(here.file, []).append(Fault(loc, f"{message} {other.where(there)} too", hint))
