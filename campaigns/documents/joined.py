"""Several files put together as one document, in which every place is still the one of the file that says it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from campaigns.documents import plain_words
from campaigns.documents.faults import Loc
from campaigns.documents.nouns.partner import Partners
from campaigns.documents.positions import Places
from campaigns.errors import Complaint, Where

SHARED = ("partners", "audiences", "channels", "narratives", "messengers", "blackouts")  #: what several files may give

_WHOLE = "[whole]"  # the step that stands for a list or mapping as such
_LISTS: TypeAdapter[list[Any]] = TypeAdapter(list[Any])
_PARTNERS: TypeAdapter[Mapping[str, Any]] = TypeAdapter(Partners)

Homes = dict[str | int, tuple[Places, str | int]]  # by item of the whole: the file that gives it, and its step there


@dataclass(frozen=True)
class Part:
    """One file's share of a campaign: plain data without its `include`, and where it stands."""

    data: dict[str, Any]
    includes: Any  #: what stands under `include`, whatever that is; () where nothing does
    places: Places


class Joined(Places):
    """Places in a document that several files wrote; `file` and `text` are the campaign's own."""

    def __init__(self, main: Places, homes: Mapping[str, Homes]) -> None:
        super().__init__(main.text, main.file)
        self._main = main
        self._homes = homes

    def where(self, loc: Loc) -> Where:
        """Return where *loc* of the whole stands, in the file that says it."""
        places, local = self.home(loc)
        return places.where(local)

    def within(self, loc: Loc, text: str, at: int) -> Where:
        """Return where character *at* of *text*, which stands under *loc*, is written."""
        places, local = self.home(loc)
        return places.within(local, text, at)

    def near(self, loc: Loc) -> Where:
        """Return the same, or the file alone where finding the line would take longer than loading did."""
        places, local = self.home(loc)
        return places.near(local)

    def home(self, loc: Loc) -> tuple[Places, Loc]:
        """Return the file that says *loc* of the whole, and its location there."""
        homes = self._homes.get(str(loc[0])) if loc else None
        if homes is None:
            return self._main, loc
        if loc[1:2] and loc[1] in homes:
            places, step = homes[loc[1]]
            return places, (loc[0], step, *loc[2:])
        return homes[_WHOLE][0], loc


def join(parts: Sequence[Part]) -> tuple[dict[str, Any], Places, list[Complaint]]:
    """
    Return *parts*, the campaign last, as one document with its places, and what is wrong between them.

    Lists are put together in order; an id that two files give is told at both.
    """
    main, complaints = parts[-1], list[Complaint]()
    data, homes = dict(main.data), dict[str, Homes]()
    for key in SHARED:
        giving = [part for part in parts if key in part.data]
        if len(giving) > 1:
            data[key], homes[key] = _together(key, giving, complaints)
        elif giving and giving[0] is not main:
            data[key], homes[key] = giving[0].data[key], {_WHOLE: (giving[0].places, _WHOLE)}
    return data, Joined(main.places, homes), complaints


def _together(key: str, giving: Sequence[Part], complaints: list[Complaint]) -> tuple[Any, Homes]:
    """Return the lists (or mappings) under *key* as one, and where each item is at home."""
    items: dict[str | int, Any] = {}
    homes: Homes = {_WHOLE: (giving[-1].places, _WHOLE)}
    owners: dict[str, tuple[Places, Loc]] = {}
    for part in giving:
        try:
            values = _items(key, part.data[key])
        except ValidationError as error:
            complaints += told(part, error, key)
            continue
        for step, value in values:
            name, loc = _named(key, step, value)
            first, there = owners.setdefault(name, (part.places, loc)) if name else (part.places, loc)
            if first is not part.places:
                complaints += _twice(f"{key[:-1]} '{name}'", (first, there), (part.places, loc))
                continue
            merged = step if isinstance(step, str) else len(items)
            items[merged], homes[merged] = value, (part.places, step)
    return (items if key == "partners" else list(items.values())), homes


def _items(key: str, value: Any) -> list[tuple[str | int, Any]]:
    """Return the items under *key* with the step that leads to each; raises ValidationError for another shape."""
    if key == "partners":
        return list(_PARTNERS.validate_python(value).items())
    return list(enumerate(lists(value)))


def lists(value: Any) -> list[Any]:
    """Return *value* as a list; raises ValidationError if it is none."""
    return _LISTS.validate_python(value)


def _named(key: str, step: str | int, value: Any) -> tuple[str, Loc]:
    """Return the id of an item, nothing where it has none, and its place."""
    if isinstance(step, str):
        return step, (key, step)
    found = value.get("id") if isinstance(value, dict) else None
    return (found if isinstance(found, str) else ""), (key, step, "id")


def _twice(what: str, one: tuple[Places, Loc], two: tuple[Places, Loc]) -> Iterator[Complaint]:
    for (here, loc), (other, there) in ((one, two), (two, one)):
        message = f"{what} is written at {other.where(there)} too"
        yield Complaint(here.where(loc), message, "keep one of them, or give one another id")


def told(part: Part, error: ValidationError, key: str) -> list[Complaint]:
    """Return what pydantic said of what stands under *key* of *part*, in plain words and with its place."""
    placed = [{**each, "loc": (key, *each["loc"])} for each in error.errors(include_url=False)]
    faults = plain_words.faults(placed)
    return [Complaint(part.places.where(fault.loc), fault.message, fault.hint) for fault in faults]
