"""A link leads where a reader can see that it leads, over a connection that nobody can change."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from content import hosts, link
from content.check import Context, Finding, Severity
from content.hosts import Address, address
from content.reading import read
from content.rendering import Part, Rendering, Request
from content.speech import ours

KEPT = 4096  #: texts remembered
#: What says it is an address, also where X would not link it: an IP address, another scheme, a user name.
_WITH_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s<>\"\u2066-\u2069\u00ab\u00bb]+")
_AFTER = ".,;:!?)]}'\u2019\u060c\u061b\u061f\u06d4"
_LONGEST_SHOWN = 80


class LinkNotAllowed:
    """
    Links are https, name a host and no user, are not shortened, and lead to `linked_domains`, if there are any.

    Looks at what the text of a release shows and at the message's link, not at help line and attribution. Hosts are
    compared as A-labels, subdomains included; where any host is allowed, one drawn like another is a warning.
    """

    id: ClassVar[str] = "link-not-allowed"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each link that must not stand there, with its place; the message's own once, without."""
        del context
        allowed = request.policy.linked_domains
        chosen = link.choose(request.message.link, request.locale)
        if chosen:
            yield from self._link(chosen.strip(), allowed, None, 0)
        for number, part in enumerate(rendering.parts):
            faulty = [each for each in _shown(part) if not _sound(each[2], allowed)]
            own = ours(request, part.text) if faulty else []
            for start, end, text in faulty:
                if not any(left <= start and end <= right for left, right in own):
                    yield from self._link(text, allowed, (start, end), number)

    def _link(self, text: str, allowed: tuple[str, ...], span: tuple[int, int] | None, part: int) -> Iterator[Finding]:
        where, name = address(text), f"'{_short(text)}'"
        for severity, message, remedy in _faults(name, where, allowed):
            fix = None
            if span and message.endswith("is not https.") and where.scheme == "http" and not where.user:
                fix = f"https{text[4:]}"
            yield Finding(self.id, severity, message, remedy, part, span, fix)


def _shown(part: Part) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and text of each address that *part* shows, but for the message's link."""
    offset = 0
    for line in part.text.split("\n"):
        if line != part.link and ("." in line or "://" in line):
            yield from ((offset + start, offset + end, text) for start, end, text in _links(line) if text != part.link)
        offset += len(line) + 1


@lru_cache(maxsize=KEPT)
def _sound(text: str, allowed: tuple[str, ...]) -> bool:
    return not list(_faults("", address(text), allowed))


def _faults(name: str, where: Address, allowed: tuple[str, ...]) -> Iterator[tuple[Severity, str, str]]:
    """Yield severity, message and remedy of each thing that is wrong with a link called *name*."""
    block, host = Severity.BLOCK, where.host
    if where.scheme not in {"", "https"}:
        yield block, f"The link {name} is not https.", "Write https://, and see that the page answers there."
    if where.user:
        words = f"The link {name} has a user name before its host, which makes it look like another."
        yield block, words, "Write the address without what stands before the @."
    if not host:
        yield block, f"The link {name} names no host.", "Write the address in full, as in https://example.org/page."
        return
    if hosts.numeric(host):
        yield block, f"The link {name} leads to a number, not to a name.", "Write the name of the site."
    elif hosts.shortened(host):
        words = f"The link {name} is shortened by {host}: where it leads cannot be seen."
        yield block, words, "Write the address that it leads to; channels shorten it themselves where they have to."
    elif allowed and not any(hosts.below(host, domain) for domain in allowed):
        like = _looks_like(host, allowed)
        if like:
            words = f"The link {name} leads to {host}, which only looks like {like}."
            yield block, words, f"Write {like}, letter by letter."
        else:
            words = f"The link {name} leads to {host}, which is not among the workspace's linked domains."
            yield block, words, "Lead to one of `linked_domains` in cordiale.toml, or have the host added there."
    elif hosts.disguised(host):
        words = f"The link {name} leads to {host}: its letters are drawn like Latin ones, and are others."
        yield Severity.WARN, words, "Write the address letter by letter, and look where it leads."


@lru_cache(maxsize=KEPT)
def _looks_like(host: str, allowed: tuple[str, ...]) -> str | None:
    """Return the allowed domain that *host*, or what it is below, is made to look like; None where none."""
    seen = hosts.skeleton(host)
    return next((each for each in allowed if f".{seen}".endswith(f".{hosts.skeleton(hosts.ascii_host(each))}")), None)


@lru_cache(maxsize=KEPT)
def _links(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return start, end and text of every address in *text*, a line, as X links it or as its scheme says."""
    found = {each.start: (each.start, each.end, each.text) for each in read(text).links}
    for match in _WITH_SCHEME.finditer(text) if "://" in text else ():
        written = match[0].rstrip(_AFTER)
        inside = [start for start in found if match.start() <= start < match.end()]
        whole = found.get(match.start())
        if whole and "@" not in written.partition("://")[2].partition("/")[0]:
            continue  # X knows better where it ends
        for start in inside:
            del found[start]
        found[match.start()] = (match.start(), match.start() + len(written), written)
    return tuple(found[start] for start in sorted(found))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}\u2026"
