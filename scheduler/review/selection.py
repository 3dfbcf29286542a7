"""A part of a campaign, as a reviewer names it: by release entry, message, locale or channel. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from campaigns.errors import Refused
from scheduler.releases.identity import release_name

_NOUNS = (("releases", "release"), ("messages", "message"), ("locales", "locale"), ("channels", "channel"))


@dataclass(frozen=True)
class Selection:
    """What is meant: all that fits every noun that is named; an empty one fits everything."""

    releases: tuple[str, ...] = ()  #: release entries (`launch`), or whole names (`launch/fr-FR/fr-feed`)
    messages: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether it leaves anything out."""
        return any(getattr(self, many) for many, _ in _NOUNS)

    def picks(self, row: Mapping[str, Any]) -> bool:
        """Return whether a release is meant; *row* has entry, occurrence, message, locale and channel."""
        return (
            (not self.releases or not _names(row).isdisjoint(self.releases))
            and (not self.messages or row["message"] in self.messages)
            and (not self.locales or row["locale"] in self.locales)
            and (not self.channels or row["channel"] in self.channels)
        )

    def check(self, rows: Sequence[Mapping[str, Any]], campaign: str) -> None:
        """
        Refuse a word that no release of *campaign* answers to: a slip of the pen must not sign something else.

        Raises:
            Refused: With the nearest name there is.
        """
        for many, one in _NOUNS:
            for word in getattr(self, many):
                known = set().union(*(_names(row) for row in rows)) if one == "release" else {row[one] for row in rows}
                if word not in known:
                    message = f"Campaign {campaign} has no {one} '{word}'."
                    raise Refused(message, _instead(word, known))

    def __str__(self) -> str:
        """Return it in words: `release launch, locale fr-FR`."""
        return ", ".join(f"{one} {' or '.join(getattr(self, many))}" for many, one in _NOUNS if getattr(self, many))


EVERYTHING = Selection()


def _names(row: Mapping[str, Any]) -> set[str]:
    """Return what a release answers to: its entry, its occurrence, and its whole name."""
    once = f"{row['entry']}@{row['occurrence']}" if row["occurrence"] else row["entry"]
    return {row["entry"], once, release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])}


def _instead(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"There is {', '.join(names[:8])}."
