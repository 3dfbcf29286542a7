"""Which words a message says: the wording of a variant in a locale, and the values that go into it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from campaigns.documents import schema

_JINJA = re.compile(r"\{\{[^{}]{0,2000}\}\}|\{%[^{}]{0,2000}%\}|\{#[^{}]{0,2000}#\}")

ORIGINAL = "a"  #: the message itself is variant a


def wordings(message: schema.Message, variant: str) -> Mapping[str, str]:
    """Return the wordings of *variant* by locale; none where the message has no such variant."""
    if variant == ORIGINAL:
        return message.wording
    found = message.variants.get(variant)
    return found.wording if found else {}


def choose(message: schema.Message, variant: str, locale: str) -> str | None:
    """Return the wording of *variant* in exactly *locale*, or None: no language stands in for another."""
    return wordings(message, variant).get(locale)


@lru_cache(maxsize=1024)
def bare(words: str) -> str:
    """Return a wording without its Jinja: what a writer wrote in the language, not what values put in."""
    return _JINJA.sub(" ", words) if "{" in words else words


def label(message: schema.Message, variant: str, locale: str) -> str:
    """Return what people call a wording: `lost-ground/b/fr-FR`."""
    middle = "" if variant == ORIGINAL else f"/{variant}"
    return f"{message.id}{middle}/{locale}"


def values(message: schema.Message) -> dict[str, Any]:
    """Return the flat values of *message*. Numbers stay numbers: the environment writes them as the locale does."""
    return dict(message.values)


def variants(message: schema.Message) -> tuple[str, ...]:
    """Return the letters of all variants, the message itself first."""
    return (ORIGINAL, *message.variants)
