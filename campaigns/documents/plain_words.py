"""What pydantic found, in words for the person who wrote the file: what is wrong with which key, and the cure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from campaigns.documents import slips
from campaigns.documents.faults import KEY, Fault, Loc, closest, nearest, one_of
from campaigns.documents.schema import INCLUDE, Campaign
from campaigns.documents.written import PATTERNS, WORDS, zones
from campaigns.locales import LOCALES

_PATTERNS = {pattern: WORDS[name] for name, pattern in PATTERNS.items()}
_SHAPES = {
    "string_type": "write text here",
    "list_type": "write a list here, as [one, two] or one `- ` a line",
    "dict_type": "write a mapping here, one `key: value` a line",
    "model_type": "write a mapping here, one `key: value` a line",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number such as 250_000",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "invalid_key": "write text as a key, in quotes",
}


def faults(errors: Iterable[Mapping[str, Any]], root: type[BaseModel] = Campaign) -> list[Fault]:
    """Return one fault for each place that pydantic's *errors* about a *root* name, in their order."""
    errors = list(errors)
    meant = {_meant(error["loc"], root) for error in errors if error["type"] == "extra_forbidden"}
    found: dict[Loc, Fault] = {}
    for error in errors:
        if error["type"] == "missing" and error["loc"] in meant:
            continue  # it is there under another name, which is said at that name
        fault = _fault(error, root)
        # A union reports each of its branches; the first one at a place says enough.
        found.setdefault((*fault.loc, error["loc"][-1]) if error["type"] == "missing" else fault.loc, fault)
    return list(found.values())


def unread(errors: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of the document that pydantic's *errors* leave unread, those among them that were misnamed."""
    written = {error["loc"][:1] for error in errors if error["loc"]}
    misnamed = {error["loc"] for error in errors if len(error["loc"]) == 1}
    return {str(key) for (key,) in written | {_meant(loc, Campaign) for loc in misnamed}}


def _fault(error: Mapping[str, Any], root: type[BaseModel]) -> Fault:
    kind, loc = error["type"], _upto_key(error["loc"])
    if kind == "extra_forbidden":
        return _unknown_key(loc, root)
    if kind == "missing":
        key = str(loc[-1])
        told = _told(key, _fields_at(loc[:-1], root)[key])
        return Fault(loc[:-1], f"required key '{key}' is missing", f"add it{told}")
    return _bad_value(kind, loc, error)


def _bad_value(kind: str, loc: Loc, error: Mapping[str, Any]) -> Fault:
    name, value, context = _name(loc), error["input"], error.get("ctx", {})
    if kind == "value_error":
        said = str(context["error"])
        if said.startswith("unknown locale"):
            return _unknown_locale(loc, value)
        cure = nearest(str(value), zones()) or WORDS["zone"] if said.startswith("unknown time zone") else ""
        return Fault(loc, f"{name}: {said}", cure)
    if kind == "literal_error":
        return _unknown_locale(loc, value) if loc[-1] == KEY else _not_one_of(loc, value, context["expected"])
    if kind == "string_pattern_mismatch":
        return Fault(loc, f"{name}: '{_short(value)}' cannot stand here", _PATTERNS[context["pattern"]])
    return Fault(loc, f"{name}: {_shape(kind, value, error)}", _quoting(kind, value))


def _unknown_locale(loc: Loc, value: object) -> Fault:
    word = str(value).casefold()
    called = (tag for tag, each in LOCALES.items() if word in {each.language, each.name.split()[0].casefold()})
    meant = next((f"did you mean '{tag}'?" for tag in called), "")
    cure = meant or nearest(str(value), LOCALES) or f"known: {', '.join(LOCALES)}"
    return Fault(loc, f"unknown locale '{_short(value)}'", cure)


def _shape(kind: str, value: object, error: Mapping[str, Any]) -> str:
    limits = error.get("ctx", {})
    if value is None:
        return "nothing is written here"
    if kind == "string_too_short":
        return "the text is empty"
    if kind == "string_too_long":
        return f"the text has {len(str(value)):,} characters; at most {limits['max_length']:,} fit"
    if kind == "too_short":
        return "at least one is needed"
    if kind == "greater_than_equal":
        return f"write a number of at least {limits['ge']:,g}"
    if kind == "less_than_equal":
        return f"write a number of at most {limits['le']:,g}"
    return _SHAPES.get(kind) or str(error["msg"])


def _quoting(kind: str, value: object) -> str:
    if value is None:
        return "write a value, or remove the key"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'in quotes if it is text: "{str(value).lower() if isinstance(value, bool) else value}"'
    if kind == "string_type" and isinstance(value, dict):
        return "text with ': ' or braces in it needs quotes"
    return ""


def _not_one_of(loc: Loc, value: object, expected: str) -> Fault:
    allowed = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    said = f"{_name(loc)}: '{_short(value)}' is not one of {one_of(allowed)}"
    return Fault(loc, said, nearest(str(value), allowed))


def _unknown_key(loc: Loc, root: type[BaseModel]) -> Fault:
    key, place = str(loc[-1]), (*loc, KEY)
    if key == "<<":
        return Fault(place, "merge keys (<<) are not part of YAML 1.2", "write the keys out")
    said = f"unknown key '{_short(key)}'"
    if loc[0] == "audiences" and not loc[2:-1] and (why := slips.about_people(key)):
        return Fault(place, f"{said}: {why}", slips.AGGREGATE)
    known = _fields_at(loc[:-1], root)
    if right := slips.meant(key, known):
        return Fault(place, said, f"write '{right}' instead{_told(right, known[right])}")
    names = [*known, *([INCLUDE] if root is Campaign and not loc[:-1] else [])]
    cure = nearest(key, names) or f"known here: {', '.join(names)}"
    return Fault(place, said, cure)


def _meant(loc: Loc, root: type[BaseModel]) -> Loc:
    """Return the location of the key that an unknown key at *loc* was probably meant to be, or *loc*."""
    known = _fields_at(loc[:-1], root)
    right = slips.meant(str(loc[-1]), known) or next(iter(closest(str(loc[-1]), known)), None)
    return (*loc[:-1], right) if right else loc


def _fields_at(loc: Loc, root: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the keys that the schema knows at *loc*, as written in YAML, with what they are for."""
    return _fields(tuple(step for step in loc if isinstance(step, str)), root)


@lru_cache(1_024)
def _fields(keys: tuple[str, ...], root: type[BaseModel]) -> dict[str, FieldInfo]:
    models = [root]
    for step in keys:
        field = next((f for n, f in models[0].model_fields.items() if step in {n, f.alias}), None)
        models = (_models(field.annotation) if field else []) or models
    return {field.alias or name: field for name, field in models[0].model_fields.items()}


def _told(key: str, field: FieldInfo) -> str:
    """Return an example of *key*, if it has a short one, and what it is for, as the end of a sentence."""
    said = (field.description or "").removesuffix(".")
    example = next((f", as in {key}: {each}" for each in field.examples or () if isinstance(each, str)), "")
    return f"{example} ({said[:1].lower()}{said[1:]})"


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Return the document classes inside a type such as `list[Kpi]` or `IfLate | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in {list, tuple, dict, Union, UnionType, Annotated}:
        return [model for each in get_args(annotation) for model in _models(each)]
    return []


def _upto_key(loc: Loc) -> Loc:
    """Cut what pydantic adds after a key: the names of a union's branches."""
    return loc[: loc.index(KEY) + 1] if KEY in loc else loc


def _name(loc: Loc) -> str:
    """Return the words that name a place: its key, and for a list's item or a map's entry the key above too."""
    steps = [str(step) for step in loc if step != KEY]
    words = [step for step in steps if not step.isdigit()]
    return f"'{words[-1]}'" if words else "the document"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 (what fits a line beside the rest)
