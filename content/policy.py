"""
What the workspace holds its content to, beside the campaign: digits, hosts, what stands for what, terms, known media.

Read once, shown to every check. It is part of every fingerprint: a rule that changes is looked at in every release.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from campaigns.settings import Settings
from content import glossary, hash_lists
from content.glossary import Glossary
from content.hash_lists import HashLists

Same: TypeAlias = tuple[tuple[str, str], ...]  #: (locale, how it is said there), of one thing


@dataclass(frozen=True)
class Policy:
    """Rules for all campaigns of a workspace: plain frozen data."""

    linked_domains: tuple[str, ...] = ()  #: hosts that messages may link to; empty: any
    digits: Mapping[str, str] = field(default_factory=dict)  #: locale -> numbering system, where not the locale's own
    same_links: tuple[Same, ...] = ()  #: hosts, or addresses, that stand for one another
    same_handles: tuple[Same, ...] = ()  #: accounts that stand for one another
    same_hashtags: tuple[Same, ...] = ()  #: hashtags that stand for one another
    own: Glossary | None = None  #: the workspace's glossary; none: the joint one
    listed: HashLists = hash_lists.NONE  #: known terrorist content, which never leaves

    @cached_property
    def glossary(self) -> Glossary:
        """What things are called here."""
        return self.own or glossary.shipped()

    @cached_property
    def digest(self) -> str:
        """The sha256, hex, of every rule."""
        same = (self.same_links, self.same_handles, self.same_hashtags)
        read = (self.glossary.digest, self.listed.digest)
        facts = (self.linked_domains, sorted(self.digits.items()), same, read)
        return hashlib.sha256(repr(facts).encode()).hexdigest()


#: What holds where no workspace says otherwise.
JOINT = Policy()


def load(settings: Settings) -> Policy:
    """
    Return the policy of the workspace of *settings*: the same object for the same rules.

    Raises:
        InvalidDocument: If its glossary or a list of known media cannot be read.
    """
    return _policy(
        linked_domains=tuple(settings.linked_domains),
        digits=tuple(sorted(settings.digits.items())),
        same_links=_rows(settings.same_links),
        same_handles=_rows(settings.same_handles),
        same_hashtags=_rows(settings.same_hashtags),
        own=glossary.load(settings.root),
        listed=hash_lists.load(settings.lists),
    )


def _rows(rows: Iterable[Mapping[str, str]]) -> tuple[Same, ...]:
    return tuple(tuple(row.items()) for row in rows)


@lru_cache(maxsize=16)
def _policy(*, digits: tuple[tuple[str, str], ...], **rules: Any) -> Policy:
    return Policy(digits=dict(digits), **rules)
