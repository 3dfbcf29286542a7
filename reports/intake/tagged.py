"""
What a visit to a web site is of: the tags that `content.link` put into the links of releases, read back.

    utm_source     the channel          utm_campaign   the campaign
    utm_content    message-variant-locale

Both source and content make one release, unless an entry repeats or a message goes out twice there. Where that is so
of any link of the campaign, visits by all of them are of their messages: a report takes what is said of a message
before what is said of its releases, and would have a part for the whole. An analytics program may know one of them
only, and write all of it in small letters. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from reports.errors import Stranger

TAGS = ("utm_source", "utm_campaign", "utm_content")
LABEL = "label"  #: a tag of which the report does not say which it is
NOWHERE = "tags are utm_source (a channel), utm_campaign, and utm_content (message-variant-locale)"


class Link(NamedTuple):
    """What a link of one release is tagged by."""

    id: str  #: the release's
    message: str
    variant: str
    locale: str
    channel: str


def tags_of(link: str) -> dict[str, str]:
    """Return the tags in the query of a web address, or of a path."""
    try:
        query = urlsplit(link).query
    except ValueError:
        return {}
    return {name: value for name, value in parse_qsl(query) if name in TAGS and value}


def written(tags: Mapping[str, str]) -> str:
    """Return tags as one subject of readings."""
    return urlencode(sorted(tags.items()))


class Tagged:
    """The links of one campaign's releases."""

    def __init__(self, campaign: str, links: Iterable[Link]) -> None:
        self.campaign = campaign
        self.by_content: dict[str, list[Link]] = defaultdict(list)
        self.channels: dict[str, str] = {}
        for each in links:
            self.by_content[f"{each.message}-{each.variant}-{each.locale}".casefold()].append(each)
            self.channels[each.channel.casefold()] = each.channel
        groups = [[each.channel for each in group] for group in self.by_content.values()]
        self.shared = any(len(group) > 1 for group in groups)  #: whether a content is of several releases
        self.repeated = any(len(group) > len(set(group)) for group in groups)  #: whether it is so on one channel

    def subject(self, subject: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """
        Return what visits by these tags are of: kind, id and dimensions.

        Raises:
            Stranger: If no link of the campaign has them.
        """
        said = {name: value.casefold() for name, value in parse_qsl(subject, keep_blank_values=True)}
        label = said.pop(LABEL, None)
        if label is not None:
            known = (("utm_content", self.by_content), ("utm_source", self.channels), ("utm_campaign", {self.campaign}))
            said = next(({name: label} for name, values in known if label in values), {"": label})
        if said.get("utm_campaign", self.campaign.casefold()) != self.campaign.casefold() or "" in said:
            raise _stranger(said)
        channel = self.channels.get(said["utm_source"]) if "utm_source" in said else None
        if "utm_source" in said and channel is None:
            raise _stranger(said)
        if "utm_content" in said:
            return self._content(said, channel)
        if channel is not None:
            return "channel", channel, ()
        return "campaign", self.campaign, ()

    def _content(self, said: Mapping[str, str], channel: str | None) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        found = [each for each in self.by_content.get(said["utm_content"], []) if channel in {None, each.channel}]
        if not found:
            raise _stranger(said)
        if not (self.shared if channel is None else self.repeated):
            return "release", found[0].id, ()
        split = {"locale": found[0].locale, "variant": found[0].variant} | ({"channel": channel} if channel else {})
        return "message", found[0].message, tuple(sorted(split.items()))


def _stranger(said: Mapping[str, str]) -> Stranger:
    words = ", ".join(f"{name} '{value}'" if name else f"'{value}'" for name, value in said.items())
    return Stranger(f"no link of the campaign is tagged {words}", NOWHERE)
