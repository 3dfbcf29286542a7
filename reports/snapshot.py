"""One figure of one subject at one instant, with the place in the file that says so."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.errors import Where
from reports.figures import Figure

SUBJECT_KINDS = ("release", "message", "channel", "audience", "campaign")

Key = tuple[str, str, str, str, str, str, datetime]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    A reading on its way in.

    A source fills `subject` as the file writes it; `collect` puts the id in its place.
    """

    campaign: str
    source: str
    subject_kind: str  #: one of SUBJECT_KINDS
    subject: str
    metric: str  #: an id of `reports.metrics`
    dimensions: tuple[tuple[str, str], ...]  #: sorted by name
    at: datetime  #: aware
    figure: Figure
    where: Where
