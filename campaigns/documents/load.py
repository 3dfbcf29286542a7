"""
Files to campaign documents: every complaint about every file at once, each with its file, line and column.

The order is the order of trust: size, bytes, characters, YAML, schema, references. Positions are looked up only when
something is to be shown.
"""

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ryaml
from pydantic import ValidationError

from campaigns.documents import between, partly, plain_words, references
from campaigns.documents.faults import Fault
from campaigns.documents.files import files, invalid, read
from campaigns.documents.positions import DEEPEST, Places, walk
from campaigns.documents.schema import Campaign
from campaigns.errors import Complaint, InvalidDocument, Where
from campaigns.settings import Settings

SURVEYED = 1_000_000  #: characters up to which warnings get a line too; errors always do

# Where a value may begin, a tag, an anchor or an alias may stand. A hit is no proof (prose has these marks too): it
# only sends the text the slow way, which knows.
_MARK = re.compile(r"[!&*]")
_BEGINS = re.compile(r"(?:^|[:?,\[{\n\r-]|[\s:?,\[{-][&!]\S+\s)\s*\Z|\s{80}\Z")
_BRACKET = re.compile(r"[\[\]{}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAID_AT = re.compile(r" at line (\d+) column (\d+)")


@dataclass(frozen=True)
class Loaded:
    """A campaign that nothing is wrong with, the file it came from, and what it was warned of."""

    document: Campaign
    file: str
    warnings: tuple[Complaint, ...] = ()


def load(paths: Sequence[Path], settings: Settings | None = None) -> list[Loaded]:
    """
    Return the campaigns in *paths*, in the order given; a folder means its YAML files, sorted by name.

    *settings* are the workspace's, with its spend gates.

    Raises:
        InvalidDocument: With every complaint about every file, if there is one that is not a warning.
    """
    complaints: list[Complaint] = []
    parsed: list[tuple[Campaign, Places]] = []
    with _collector_at_rest():
        for path in files(paths, complaints):
            try:
                parsed.append(_parse(Places(read(path), str(path)), settings))
            except InvalidDocument as error:
                complaints += error.complaints
        clashes = between.clashes(parsed)
        found = [_complaints(document, places, settings, clashes.get(places.file, [])) for document, places in parsed]
    complaints += [complaint for each in found for complaint in each]
    if any(complaint.severity == "error" for complaint in complaints):
        raise InvalidDocument(complaints)
    return [
        Loaded(document, places.file, tuple(warnings))
        for (document, places), warnings in zip(parsed, found, strict=True)
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
    document, places = _parse(Places(text, file), None)
    found = _complaints(document, places, None, [])
    if any(complaint.severity == "error" for complaint in found):
        raise InvalidDocument(found)
    return Loaded(document, file, tuple(found))


def _complaints(
    document: Campaign, places: Places, settings: Settings | None, clashes: Sequence[Fault]
) -> list[Complaint]:
    """Return what is wrong with a *document* that the schema took, in file order."""
    faults = [*references.check(document, settings), *clashes]
    if all(fault.severity == "warning" for fault in faults) and len(places.text) > SURVEYED:
        return [Complaint(Where(places.file), *fault[1:]) for fault in faults]
    return sorted(_complaint(places, fault) for fault in faults)


def _complaint(places: Places, fault: Fault) -> Complaint:
    return Complaint(places.where(fault.loc), fault.message, fault.hint, fault.severity)


def _parse(places: Places, settings: Settings | None) -> tuple[Campaign, Places]:
    """Return the document that a text writes."""
    text, file = places.text, places.file
    if _suspicious(text):
        _ = places.tree
    data = _data(places)
    if data is None:
        hint = "write a campaign; `cordiale init DIR` gives you one to begin with"
        raise invalid(Where(file, 1, 1), "the file is empty", hint)
    if not isinstance(data, dict):
        raise invalid(Where(file, 1, 1), "a campaign is a mapping", "begin with a line such as campaign: my-campaign")
    faults = _controls(data) if "\\" in text or _CONTROL.search(text) else []
    try:
        document = Campaign.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        found = error.errors(include_url=False)
        faults += plain_words.faults(found)
        faults += partly.faults(data, plain_words.unread(found), references.checks(settings))
    else:
        faults += references.check(document, settings) if faults else []
    if faults:
        raise InvalidDocument(sorted(_complaint(places, fault) for fault in faults))
    return document, places


def _suspicious(text: str) -> bool:
    """Return whether *text* may hold what the fast reader drops in silence or chokes on."""
    if any(_BEGINS.search(text, max(0, mark.start() - 80), mark.start()) for mark in _MARK.finditer(text)):
        return True
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        if depth > DEEPEST:
            return True
    return False


def _data(places: Places) -> Any:
    """Return what a text holds as plain data."""
    try:
        return ryaml.loads(places.text)  # type: ignore[attr-defined]  # re-exported without saying so
    except (ryaml.InvalidYamlError, ValueError, RecursionError) as error:  # type: ignore[attr-defined]  # the same
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
    # The slow reader says it with a place, and sees several at once. What it takes, the fast one refused on its own.
    _ = places.tree
    match = _SAID_AT.search(said)
    where = Where(places.file, int(match[1]), int(match[2])) if match else Where(places.file)
    if "invalid type: integer" in said:
        raise invalid(where, "the number is too large", "write it as text, in quotes")
    raise invalid(where, f"not YAML: {_SAID_AT.sub('', said)[:200]}", "mend the line, or put the text in quotes")


def _controls(data: Any) -> list[Fault]:
    """Return a fault for each text with a control character, which a database or a channel would choke on."""
    return [
        Fault(loc, f"control character U+{ord(match[0]):04X} in the text", "remove it")
        for loc, text in walk(data)
        if (match := _CONTROL.search(text))
    ]
