"""The card of a link: what readers see below a post of the page it leads to. Its title is signed with the post."""

from collections.abc import Mapping

from content import sources

#: Networks on which whoever posts a link makes its card; elsewhere the network looks at the page and makes one itself.
NETWORKS = frozenset({"bluesky"})


def may(kind: str, options: Mapping[str, object]) -> bool:
    """Return whether posts of a channel of *kind* with *options* bring the cards of their links."""
    return kind in NETWORKS and options.get("template") in (None, sources.POST)


def title(kind: str, options: Mapping[str, object], headline: str | None, link: str | None) -> str | None:
    """Return the title of the card that a part with *headline* and *link* brings; None where it brings none."""
    return headline if headline and link and may(kind, options) else None
