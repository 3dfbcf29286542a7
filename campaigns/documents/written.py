"""
How the small types of a document are written: their patterns, and the words that teach them, each in one place.

`fields` refuses by them, `plain_words` explains with them, and `jsonschema` gives them to editors. A pattern here
means the same to Python, to pydantic's Rust and to an editor's JavaScript: ASCII classes, and no escape but the one
with a u and four digits.
"""

from functools import cache
from pathlib import Path
from typing import Any

from campaigns.locales import LOCALES

LONGEST = 366 * 86400  #: seconds of any duration
MOST = 2**53 - 1  #: the largest whole number that JSON carries everywhere

# The days that months have, leap years aside, and the hours that a day has: as far as a pattern can count.
_MONTHS = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])"
_DATE = f"2[01][0-9]{{2}}-({_MONTHS})"
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
_BREAKS = "\\u000a\\u000d\\u000b\\u000c\\u0085\\u2028\\u2029"

PATTERNS = {
    "id": "^[a-z0-9][a-z0-9_-]{0,62}$",
    "day": f"^{_DATE}$",
    "wall_time": f"^{_DATE}T{_HOUR}(:[0-5][0-9])?$",
    "time_of_day": f"^{_HOUR}$",
    "duration": "^([0-9]{1,8}) ?([smhd])$",
    "rate": "^[1-9][0-9]{0,5}/[smhd]$",
    "whole_number": "^[0-9][0-9_]{0,18}$",
    "figure": "^(-?[0-9][0-9_]*([.][0-9]+)?([eE][+-]?[0-9]{1,3})?) ?(%?)$",
    "amount": "^[0-9][0-9_]*([.][0-9]+)?$",
    "currency": "^[A-Z]{3}$",
    "country": "^[A-Z]{2}$",
    "subdivision": "^[A-Z]{2}-[A-Z0-9]{1,3}$",
    "holiday_region": "^[A-Z0-9]{1,3}$",
    "ages": "^(1[89]|[2-9][0-9]|1[0-9]{2})([+]|-([1-9][0-9]{1,2}))$",
    "line": f"^[^{_BREAKS}]*$",
    "link": f"^[^{_BREAKS}]*$",
    "name": "^[A-Za-z_][A-Za-z0-9_]{0,62}$",
    "variant_letter": "^[b-z]$",
    "variant": "^([a-z]|alternate)$",
    "earlier_release": "^[a-z0-9][a-z0-9_-]{0,62}(@[0-9]{8}T[0-9]{6})?$",
    "translated_field": "^(wording|headline|[b-z]/wording|[^/\\u005c\\u0000][^\\u005c\\u0000]*/alt)$",
    "translation_mark": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/[0-9a-f]{8}/[0-9a-f]{8}$",
    "media_path": "^(?!(.*/)?[.][.](/|$))[^/\\u005c\\u0000-\\u001f][^\\u005c\\u0000-\\u001f]*$",
}

#: What to write, in words: the cure of a complaint, and what an editor shows at a red line.
WORDS = {
    "id": "write an id: lower-case letters, digits, - and _, at most 63",
    "locale": f"write one of the locales that Cordiale speaks: {', '.join(LOCALES)}",
    "texts": f"write one text a locale, of those that Cordiale speaks: {', '.join(LOCALES)}",
    "zone": "write an IANA name such as Europe/Paris",
    "day": "write a day as 2027-01-31, between 2000 and 2199",
    "wall_time": "write wall time as 2027-01-12T18:30, without offset",
    "time_of_day": "write a time of day as 22:00",
    "duration": "write a duration as 90s, 15m, 2h or 1d, at most 366 days",
    "rate": "write a rate as 30/h, 5/m, 1/s or 100/d",
    "whole_number": "write a whole number such as 250_000",
    "figure": "write a number, or a percentage such as 18%",
    "amount": "write a sum such as 40_000, without its currency",
    "currency": "write a currency's three capital letters, such as GBP",
    "country": "write a country's two capital letters, such as FR",
    "subdivision": "write a region's ISO 3166-2 code, such as GB-LND",
    "holiday_region": "write the letters of the part of the country, such as ENG",
    "ages": "write adult ages as 18-24 or 25+",
    "line": "write it on one line",
    "link": "write it on one line",
    "name": "write a name of letters, digits and _, as it stands in {{ name }}",
    "variant_letter": "name a variant with one letter from b on; the message itself is variant a",
    "variant": "write a variant's letter, or alternate",
    "earlier_release": "write the id of a release entry; of one that repeats, as reminder@20270119T183000",
    "translated_field": "write wording, headline, b/wording or FILE/alt, as `cordiale translations import` does",
    "translation_mark": "write it as `cordiale translations import` does, or take it out",
    "media_path": "write a file's name inside the media folder, without '..'",
}

#: What a type is beside its pattern.
_KEYWORDS: dict[str, dict[str, Any]] = {
    "duration": {"type": ["string", "integer"], "minimum": 0, "maximum": LONGEST},
    "whole_number": {"type": ["integer", "string"], "minimum": 0, "maximum": MOST},
    "figure": {"type": ["number", "string"]},
    "amount": {"type": ["number", "string"], "minimum": 0, "maximum": 10**12},
    "line": {"minLength": 1, "maxLength": 320},
    "link": {"minLength": 1, "maxLength": 2000},
    "media_path": {"maxLength": 255},
}


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones, from the pinned data: those of the machine differ from desk to desk."""
    import tzdata  # type: ignore[import-untyped]  # it is data, not code

    return frozenset(Path(tzdata.__file__).with_name("zones").read_text("utf-8").split())


def definitions() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each small type by name; the error messages are what the YAML language server shows."""
    patterned = {
        name: {
            "type": "string",
            "pattern": pattern,
            **_KEYWORDS.get(name, {}),
            "patternErrorMessage": _sentence(WORDS[name]),
        }
        for name, pattern in PATTERNS.items()
    }
    return patterned | {
        "locale": {"type": "string", "enum": list(LOCALES), "errorMessage": _sentence(WORDS["locale"])},
        "zone": {"type": "string", "enum": sorted(zones()), "errorMessage": _sentence(WORDS["zone"])},
        "text": {"type": "string", "minLength": 1, "maxLength": 20_000},
        "value": {"type": ["string", "number"], "minimum": -MOST, "maximum": MOST},
        "option": {"type": ["string", "integer", "boolean"], "minimum": -MOST, "maximum": MOST},
        "texts": _by_locale("text"),
        "lines": _by_locale("line"),
        "files": _by_locale("media_path"),
        "links": _by_locale("link", others="Every language that is not named."),
    }


def _by_locale(name: str, others: str = "") -> dict[str, Any]:
    """Return the schema of a mapping from locales to *name*; they are spelt out, since editors complete keys."""
    said = {tag: f"{locale.name}." for tag, locale in LOCALES.items()} | ({"*": others} if others else {})
    return {
        "type": "object",
        "properties": {tag: {"$ref": f"#/$defs/{name}", "description": each} for tag, each in said.items()},
        "additionalProperties": False,
        "errorMessage": _sentence(WORDS["texts"]),
    }


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
