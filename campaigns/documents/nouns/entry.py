"""Release entries: when a message goes out, and where."""

from typing import Annotated, Literal

from pydantic import Field

from campaigns.documents.fields import Id, Seconds, WallTime, Zone
from campaigns.documents.nouns.model import Model


class IfLate(Model):
    """What to do with a release that is late by more than `after`."""

    after: Seconds = 900
    then: Literal["send", "skip", "ask"] = "ask"


class ReleaseEntry(Model):
    """When a message goes out, and where."""

    id: Id
    message: Id
    channels: list[Id] = Field(min_length=1)
    at: WallTime
    zone: Zone | None = None
    fold: Literal[0, 1] | None = None
    repeat: str | None = None
    exdate: list[WallTime] = Field(default_factory=list, description="occurrences of the repeat that are left out")
    until: WallTime | None = None
    variant: Annotated[str, Field(pattern=r"^([a-z]|alternate)$")] | None = None
    if_late: IfLate = Field(default_factory=IfLate)
    not_before: WallTime | None = Field(default=None, description="wall time before which none may be planned")
    under_embargo: bool = Field(
        default=False, description="goes to people who keep the embargo, so it may leave before it ends"
    )
    not_after: WallTime | None = None
