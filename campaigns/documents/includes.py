"""
What a campaign includes: files of audiences, channels and other shared nouns, put together before anything is checked.

`include: [../shared/audiences.yaml]` stands in a campaign or in a file that one includes; paths are relative to the
file that says it and stay inside the workspace, links followed. Lists are put together in order, included first. The
document that is checked, stored and exported is the whole one; every complaint points into the file it came from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from campaigns.documents import yaml_data
from campaigns.documents.faults import KEY, Fault, Loc, nearest, one_of
from campaigns.documents.files import LARGEST_FILE, SUFFIXES, Source, invalid, read
from campaigns.documents.joined import SHARED, Part, join, lists, told
from campaigns.documents.positions import Places
from campaigns.documents.schema import INCLUDE, Campaign
from campaigns.errors import Complaint, InvalidDocument, Refused, Where
from campaigns.settings import Settings

DEEPEST = 8  #: files that include one another in a row
MOST = 50  #: files that one campaign may include
NAME = r"^[^/~\\:\x00-\x1f\x7f][^\\:\x00-\x1f\x7f]*\.ya?ml$"  #: of an included file
LONGEST = 500  #: characters of such a name

_NAMED = re.compile(NAME)
_EMPTY = {
    "campaign": "write a campaign; `cordiale init DIR` gives you one to begin with",
    INCLUDE: f"write what campaigns share, such as audiences: […], or take it out of {INCLUDE}",
}
_NO_MAPPING = {
    "campaign": ("a campaign is a mapping", "begin with a line such as campaign: my-campaign"),
    INCLUDE: ("an included file is a mapping", f"begin with {one_of(f'{key}:' for key in SHARED)}"),
}


@dataclass(frozen=True)
class Whole:
    """A campaign with all that it includes."""

    data: dict[str, Any]
    places: Places
    complaints: tuple[Complaint, ...] = ()  #: about the files that it includes, and how they go together
    sources: tuple[Source, ...] = ()  #: the campaign first, then in the order of reading


def alone(text: str, file: str) -> Whole:
    """
    Return the campaign that *text* writes without a folder, which therefore includes nothing.

    Raises:
        InvalidDocument: If it is no YAML, no campaign, or includes files.
    """
    part = _part(Places(text, file), "campaign")
    if part.includes != ():
        hint = "write out what is included, or save the text in a workspace and name the file"
        where = part.places.where((INCLUDE, KEY))
        raise invalid(where, f"'{INCLUDE}' names files, and this text lies in no folder", hint)
    return Whole(part.data, part.places)


class Shelf:
    """The files of one load: each that is included is read once, however many campaigns include it."""

    def __init__(self, settings: Settings, drafts: Mapping[Path, str] | None = None) -> None:
        self._drafts = drafts or {}  # texts that stand in for files, by resolved path
        self._named = settings.root
        self._root = settings.root.resolve()
        self._closed = (settings.trust.resolve(), settings.secrets.resolve())
        self._read: dict[Path, tuple[Source, Part] | InvalidDocument] = {}

    def campaign(self, path: Path) -> Whole:
        """
        Return the campaign in the file *path*, with what it includes.

        Raises:
            InvalidDocument: If the file is no text, no YAML or no campaign. What is wrong with the files that it
                includes is among the whole's complaints.
        """
        source = self._source(path)
        main = _part(Places(source.text, str(path)), "campaign")
        if main.data and main.data.keys() <= set(SHARED):
            hint = "move it to a folder of its own, such as shared/, and name it under include: in a campaign"
            where = Where(main.places.file, 1, 1)
            raise invalid(where, "this has no 'campaign:' and looks like what campaigns include", hint)
        if main.includes == ():
            return Whole(main.data, main.places, sources=(source,))
        gathered = _Gathered(self, source)
        gathered.follow(main, (path.resolve(),))
        data, places, complaints = join(gathered.parts)
        return Whole(data, places, (*gathered.complaints, *complaints), tuple(gathered.sources))

    def included(self, path: Path) -> tuple[Source, Part]:
        """
        Return the file at *path*, which `find` gave.

        Raises:
            InvalidDocument: If it cannot be read, or is no YAML.
        """
        if path not in self._read:
            try:
                source = self._source(self._named / path.relative_to(self._root))
                self._read[path] = source, _part(Places(source.text, str(source.path)), INCLUDE)
            except InvalidDocument as error:
                self._read[path] = error
        found = self._read[path]
        if isinstance(found, InvalidDocument):
            raise found
        return found

    def _source(self, path: Path) -> Source:
        draft = self._drafts.get(path.resolve()) if self._drafts else None
        return read(path) if draft is None else Source(path, draft)

    def find(self, name: object, beside: Path) -> Path:
        """
        Return the file that *name* means in the file *beside*, resolved; it need not be there.

        Raises:
            Refused: If it may not be included.
        """
        if not isinstance(name, str) or not _NAMED.match(name) or len(name) > LONGEST:
            message = f"'{INCLUDE}': '{str(name)[:60]}' cannot stand here"
            hint = f"name a file as it lies from this one, such as ../shared/audiences.yaml; {_ENDS}"
            raise Refused(message, hint)
        try:
            path = (beside.parent / name).resolve()
        except (OSError, RuntimeError):
            message = f"'{name}' cannot be found: its links go round in a circle"
            raise Refused(message, "mend the link") from None
        if not path.is_relative_to(self._root):
            message = f"'{name}' leads out of the workspace"
            raise Refused(message, "run the command in the workspace's folder, or copy the file into it")
        if path.suffix not in SUFFIXES or any(path.is_relative_to(each) for each in self._closed):
            message = f"'{name}' leads to '{self.from_root(path)}', which no campaign may include"
            raise Refused(message, f"name a file outside trust/ and secrets/; {_ENDS}")
        return path

    def from_root(self, path: Path) -> str:
        """Return *path*, which is resolved, as it lies in the workspace; as it is where it does not."""
        return (path.relative_to(self._root) if path.is_relative_to(self._root) else path).as_posix()


_ENDS = f"it ends in {one_of(SUFFIXES)}"


def _part(places: Places, kind: str) -> Part:
    """Return what a file of *kind*, `campaign` or `include`, says."""
    data = yaml_data.data(places)
    if data is None:
        raise invalid(Where(places.file, 1, 1), "the file is empty", _EMPTY[kind])
    if not isinstance(data, dict):
        raise invalid(Where(places.file, 1, 1), *_NO_MAPPING[kind])
    return Part(data, data.pop(INCLUDE, ()), places)


class _Gathered:
    """The parts of one campaign, as its includes are followed."""

    def __init__(self, shelf: Shelf, source: Source) -> None:
        self._shelf = shelf
        self._seen: set[Path] = set()
        self._weight = 0
        self.sources = [source]  # in the order of reading
        self.parts: list[Part] = []  # in the order in which they are put together
        self.complaints: list[Complaint] = []

    def follow(self, part: Part, chain: tuple[Path, ...]) -> None:
        """Take what *part* includes, and then *part*; *chain* leads from the campaign to it, both resolved."""
        self._weight += part.places.weight
        for loc, path in self._named(part, chain[-1]):
            if path in chain:
                road = " -> ".join(self._shelf.from_root(each) for each in (*chain[chain.index(path) :], path))
                self._complain(part, loc, f"includes go round in a circle: {road}", "take one of them out")
            elif len(chain) > DEEPEST:
                self._complain(part, loc, f"more than {DEEPEST} files include one another in a row", "include fewer")
            elif path not in self._seen:
                self._seen.add(path)
                self._include(part, loc, (*chain, path))
        self.parts.append(part)

    def _named(self, part: Part, beside: Path) -> Iterator[tuple[Loc, Path]]:
        """Yield each file that *part*, read from *beside*, includes, with the place that names it."""
        try:
            names = lists(part.includes)
        except ValidationError as error:
            self.complaints += told(part, error, INCLUDE)
            return
        met: set[Path] = set()
        for number, name in enumerate(names[:MOST]):
            loc: Loc = (INCLUDE, number)
            try:
                path = self._shelf.find(name, beside)
            except Refused as refused:
                self._complain(part, loc, refused.message, refused.hint)
                continue
            if path in met:
                self._complain(part, loc, f"'{name}' a second time in {INCLUDE}", "give each file once")
            else:
                met.add(path)
                yield loc, path
        if len(names) > MOST:
            self._too_many(part, (INCLUDE, MOST))

    def _include(self, part: Part, loc: Loc, chain: tuple[Path, ...]) -> None:
        """Take the last file of *chain*, which *part* names at *loc*."""
        if len(self._seen) > MOST:
            self._too_many(part, loc)
            return
        if self._weight > LARGEST_FILE:
            said = "the campaign and what it includes are larger than 20 MB together"
            self._complain(part, loc, said, "split it into several campaigns, or include less")
            return
        try:
            source, found = self._shelf.included(chain[-1])
        except InvalidDocument as error:
            self.complaints += error.complaints
            return
        if "campaign" in found.data:
            hint = "move what both need to a file of its own, and include that in both"
            self._complain(part, loc, f"'{chain[-1].name}' is a campaign, which no other may include", hint)
            return
        for fault in (*_foreign(found.data), *yaml_data.controls(found.places, found.data)):
            self._complain(found, fault.loc, fault.message, fault.hint)
        self.sources.append(source)
        self.follow(found, chain)

    def _too_many(self, part: Part, loc: Loc) -> None:
        self._complain(part, loc, f"more than {MOST} files are included", "put some of them together")

    def _complain(self, part: Part, loc: Loc, message: str, hint: str) -> None:
        self.complaints.append(Complaint(part.places.where(loc), message, hint))


def _foreign(data: Mapping[Any, Any]) -> Iterator[Fault]:
    """Find keys that an included file may not have."""
    known = (*SHARED, INCLUDE)
    for key in data:
        if key in Campaign.model_fields and key not in known:
            hint = f"write it in the campaign itself; an included file may hold {one_of(known)}"
            yield Fault((key, KEY), f"'{key}' cannot be shared", hint)
        elif key not in known:
            hint = nearest(str(key), known) or f"known here: {', '.join(known)}"
            yield Fault((str(key), KEY), f"unknown key '{str(key)[:60]}'", hint)
