"""What a check is, what it is shown, and what it may say. A check is plain data in, findings out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol

from content.rendering import Rendering, Request
from content.sameness import Archive


class Severity(StrEnum):
    """What a finding means for the release."""

    BLOCK = "block"  #: May not go out until mended or waived.
    WARN = "warn"  #: A person should look.


@dataclass(frozen=True)
class Finding:
    """Something a check saw, with the place and the remedy."""

    check: str  #: the check's id, as `waive:` names it
    severity: Severity
    message: str  #: what is wrong, in the writer's words
    remedy: str  #: what to do about it
    part: int = 0
    span: tuple[int, int] | None = None  #: characters of the part's text, end exclusive
    fix: str | None = None  #: what the span would better say, where one thing can be said
    waived: str | None = None  #: the reason given, where a waiver covers it


@dataclass(frozen=True)
class Context:
    """What a check may know beside the rendering. No session, no network."""

    published: Archive | None = None  #: what is out; none where nobody looked
    server_limits: Mapping[str, int] = field(default_factory=dict)  #: limits the channel's server declared


class Check(Protocol):
    """One file of `content.checks`. It never raises for bad content."""

    id: ClassVar[str]
    severity: ClassVar[Severity]

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield what is wrong with *rendering*, which was made from *request*."""
        ...
