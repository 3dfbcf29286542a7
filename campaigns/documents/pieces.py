"""
Data to a campaign, piece by piece: a document that is wrong throughout is not wrong a million times over.

The schema says all that is wrong with what it is given; a few MB of `{}` would make it say millions of things, in
gigabytes. So long lists are given to it in pieces until enough is wrong, and no noun may hold more than `FULLEST`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_origin

from pydantic import TypeAdapter, ValidationError

from campaigns.documents import plain_words
from campaigns.documents.faults import Fault, Loc
from campaigns.documents.positions import MOST
from campaigns.documents.schema import Campaign

SHORT = 1_000  #: items of a list that is looked at as a whole
FULLEST = 20_000  #: values in one noun with all that it holds, and in one piece


def validate(
    data: dict[str, Any], told: frozenset[str] = frozenset()
) -> tuple[Campaign | None, list[Fault], frozenset[str]]:
    """
    Return the campaign that *data* is, or none, what is wrong with it, and the keys that could not be read.

    Of the keys *told* it was said already that they could not be read: they are not missed.
    """
    faults: list[Fault] = []
    whole, missing = dict(data), set(told)
    for key, value in data.items():
        found: list[Fault] = []
        if key in _listed() and isinstance(value, list):
            weights = [_weight(item) for item in value]
            found = [_full((key, number)) for number, weight in enumerate(weights) if weight > FULLEST]
            if not found and len(value) > SHORT:
                whole[key], found = _list(key, value, weights)
        elif _weight(value) > FULLEST:
            found = [_full((key,))]
        if found:
            faults += found
            missing.add(key)
            del whole[key]
    if len(data) > FULLEST:
        return None, [_full(())], frozenset(data)
    try:
        document = Campaign.model_validate(whole, by_alias=True, by_name=False)
    except ValidationError as error:
        errors = [
            each for each in error.errors(include_url=False) if len(each["loc"]) != 1 or each["loc"][0] not in missing
        ]
        unread = missing.union(plain_words.unread(errors))
        return None, faults + plain_words.faults(errors[: 2 * MOST]), frozenset(unread)
    return document, [], frozenset()


def _full(loc: Loc) -> Fault:
    return Fault(loc, f"more than {FULLEST:,} values in one place", "write less there, or split the campaign")


def _list(key: str, items: list[Any], weights: list[int]) -> tuple[list[Any], list[Fault]]:
    """Return *items* as nouns, or what is wrong with the first pieces of them."""
    read: list[Any] = []
    found: list[Fault] = []
    for first, last in _pieces(weights):
        try:
            read += _adapter(key).validate_python(items[first:last], by_alias=True, by_name=False)
        except ValidationError as error:
            errors = error.errors(include_url=False)[: 2 * MOST]
            placed = ({**each, "loc": (key, first + int(each["loc"][0]), *each["loc"][1:])} for each in errors)
            found += plain_words.faults(placed)
            if len(found) > MOST:
                break
    return read, found


def _pieces(weights: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where pieces of `SHORT` items and about `FULLEST` values at most begin and end."""
    first = weight = 0
    for number, each in enumerate(weights):
        weight += each
        if weight > FULLEST or number - first == SHORT:
            yield first, number
            first, weight = number, each
    yield first, len(weights)


def _weight(value: Any) -> int:
    """Return how many values *value* holds, however deep, itself included; counting stops beyond `FULLEST`."""
    weight, inside = 1, [value]
    for here in inside:  # which grows as we go
        kind = type(here)
        if kind is dict or kind is list:
            weight += len(here)
            if weight > FULLEST:
                break
            below = here.values() if kind is dict else here
            inside += [each for each in below if type(each) is dict or type(each) is list]
    return weight


@cache
def _listed() -> frozenset[str]:
    """Return the keys of a campaign whose values are lists of nouns."""
    return frozenset(key for key, info in Campaign.model_fields.items() if get_origin(info.annotation) is list)


@cache
def _adapter(key: str) -> TypeAdapter[list[Any]]:
    adapter: TypeAdapter[list[Any]] = TypeAdapter(Campaign.__annotations__[key])
    return adapter
