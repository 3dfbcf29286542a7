"""
Files to campaign documents: every complaint about every file at once, each with its file, line and column.

The order is the order of trust: size, bytes, characters, YAML, what is included, schema, references. Positions are
looked up only when something is to be shown.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.documents import between, partly, pieces, references, yaml_data
from campaigns.documents.faults import Fault
from campaigns.documents.files import Source, files
from campaigns.documents.includes import Shelf, Whole, alone
from campaigns.documents.joined import SHARED
from campaigns.documents.positions import MOST, Places
from campaigns.documents.schema import Campaign
from campaigns.errors import Complaint, InvalidDocument
from campaigns.settings import Settings

_NOWHERE = Places("", "")


@dataclass(frozen=True)
class Loaded:
    """A campaign that nothing is wrong with, the files it came from, and what it was warned of."""

    document: Campaign
    file: str
    warnings: tuple[Complaint, ...] = ()
    sources: tuple[Path, ...] = ()  #: every file read for it, itself first
    places: Places = field(default=_NOWHERE, repr=False, compare=False)  #: where each thing stands in those


def load(
    paths: Sequence[Path], settings: Settings | None = None, drafts: Mapping[Path, str] | None = None
) -> list[Loaded]:
    """
    Return the campaigns in *paths*, in the order given; a folder means its YAML files, sorted by name.

    *settings* are the workspace's, with its root and its spend gates. *drafts* are texts that stand in for files, by
    resolved path: what would be loaded if they were written.

    Raises:
        InvalidDocument: With every complaint about every file, if there is one that is not a warning.
    """
    workspace = settings or Settings()
    complaints: list[Complaint] = []
    parsed: list[tuple[Campaign, Places]] = []
    sources: list[tuple[Source, ...]] = []
    with _collector_at_rest():
        shelf = Shelf(workspace, drafts)
        for path in files(paths, complaints):
            try:
                whole = shelf.campaign(path)
                parsed.append((_document(whole, workspace), whole.places))
                sources.append(whole.sources)
            except InvalidDocument as error:
                complaints += error.complaints
        found = _judged(parsed, workspace)
    complaints += [complaint for each in found for complaint in each]
    if any(complaint.severity == "error" for complaint in complaints):
        raise InvalidDocument(list(dict.fromkeys(complaints)))
    return [
        Loaded(document, places.file, tuple(warnings), tuple(each.path for each in read), places)
        for (document, places), warnings, read in zip(parsed, found, sources, strict=True)
    ]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking the growing document over and over: a third of the time of 10 MB."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def loads(text: str, file: str = "campaign.yaml") -> Loaded:
    """
    Return the campaign that *text* writes; *file* is what complaints call it.

    Raises:
        InvalidDocument: With every complaint, if there is one that is not a warning.
    """
    whole = alone(text, file)
    document = _document(whole, Settings())
    (found,) = _judged([(document, whole.places)], Settings())
    if any(complaint.severity == "error" for complaint in found):
        raise InvalidDocument(found)
    return Loaded(document, file, tuple(found), places=whole.places)


def _judged(parsed: Sequence[tuple[Campaign, Places]], settings: Settings) -> list[list[Complaint]]:
    """Return for each document that the schema took what is wrong with it, in file order; each thing is told once."""
    clashes = between.clashes(parsed)
    told: set[Complaint] = set()
    found = []
    for document, places in parsed:
        faults = [*references.check(document, settings), *clashes.get(places.file, [])]
        look = places.near
        if any(fault.severity == "error" for fault in faults):
            look, faults = places.where, _first(faults)
        said = sorted({Complaint(look(fault.loc), *fault[1:]) for fault in faults} - told)
        told.update(said)
        found.append(said)
    return found


def _document(whole: Whole, settings: Settings) -> Campaign:
    """
    Return the document that the files write.

    Raises:
        InvalidDocument: With all that is wrong with the files, and with what they say.
    """
    faults = yaml_data.controls(whole.places, whole.data)
    # What could not be included is missing, which is said.
    document, wrong, unread = pieces.validate(whole.data, frozenset(SHARED if whole.complaints else ()))
    faults += wrong
    if document is not None and not faults and not whole.complaints:
        return document
    if not whole.complaints and len(faults) < MOST:  # what refers to what could not be included would not be found
        checks = references.checks(settings)
        faults += (
            partly.faults(whole.data, unread, checks) if document is None else references.check(document, settings)
        )
    said = [
        Complaint(whole.places.where(fault.loc), fault.message, fault.hint, fault.severity) for fault in _first(faults)
    ]
    raise InvalidDocument(sorted([*whole.complaints, *said]))


def _first(faults: list[Fault]) -> list[Fault]:
    """Return the first `MOST` of *faults*, errors before warnings; one more says that there are others."""
    if len(faults) <= MOST:
        return faults
    kept = sorted(faults, key=lambda fault: fault.severity)[:MOST]
    return [*kept, Fault((), "more complaints about this file are not shown", "mend these first", kept[-1].severity)]
