"""One figure of one subject at one instant: as a file writes it, and as it goes into the database."""

from datetime import datetime
from typing import NamedTuple

from reports.figures import Figure

SUBJECT_KINDS = ("release", "message", "channel", "audience", "campaign")


class Snapshot(NamedTuple):
    """A reading as a source gives it: its subject is named as the file names it."""

    campaign: str
    source: str
    subject_kind: str  #: one of SUBJECT_KINDS, or link: by the tags of `reports.intake.tagged`
    subject: str
    metric: str  #: an id of `reports.metrics`
    dimensions: tuple[tuple[str, str], ...]
    at: datetime  #: aware
    figure: Figure
    line: int
    cell: int  #: counts from 0
    also: tuple[str, ...] = ()  #: what else the subject is called, where a row names it in several ways
    since: datetime | None = None  #: the first instant that a total counts from; None: since publication


class Of(NamedTuple):
    """A series: what the source speaks of, with the words by which its releases are grouped."""

    campaign: str
    subject_kind: str
    subject: str  #: an id
    metric: str
    dimensions: str  #: canonical JSON, "" for none
    source: str
    channel: str = ""
    locale: str = ""
    message: str = ""
    audience: str = ""  #: "" where a release served several


class Row(NamedTuple):
    """A reading on its way into the database, with its place in the file."""

    of: Of
    at: datetime  #: aware
    figure: Figure
    line: int
    cell: int


class Fault(NamedTuple):
    """What is wrong with one cell. Its column of characters is looked up when people are to see it."""

    line: int
    cell: int
    message: str
    hint: str = ""


class Faulty(Exception):
    """A file cannot be imported; carries every fault. `collect` turns it into complaints."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].message if faults else "")
        self.faults = faults
