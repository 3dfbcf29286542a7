"""All languages lead to the same pages."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from content import link
from content.check import Context, Finding, Severity
from content.hosts import Address, address, below
from content.policy import Same
from content.rendering import Rendering, Request
from content.speech import Pair, pair, place

KEPT = 4096  #: wordings remembered


class LinkMismatch:
    """
    Every wording has the links of the message's first wording, or those that stand for them in its language.

    What stands for what is `same_links` in cordiale.toml (hosts, or addresses), and the message's own `link:` by
    locale. Scheme, `www.`, and a last stroke are no difference; a path that differs in its language
    only is none either.
    """

    id: ClassVar[str] = "link-mismatch"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each link of the wording that the first does not have, and each of the first that it lacks."""
        del context
        both = pair(request)
        if both is None:
            return
        mine, theirs = _links(both.own.said.text), _links(both.source.said.text)
        if not mine and not theirs:
            return
        extra = {text: each for text, each in mine.items() if not self._said(request, both, each, theirs, own=True)}
        left_out = {text: each for text, each in theirs.items() if not self._said(request, both, each, mine, own=False)}
        pairs = len(extra) == len(left_out) == 1
        for text, each in extra.items():
            other = next(iter(left_out.items())) if pairs else None
            yield self._extra(both, rendering, request, (text, each), other)
        for text in () if pairs else left_out:
            message = f"'{both.label}' does not have the link {text[:80]}, which {both.source_locale} has."
            yield Finding(self.id, self.severity, message, _remedy(both))

    def _extra(
        self,
        both: Pair,
        rendering: Rendering,
        request: Request,
        mine: tuple[str, Address],
        other: tuple[str, Address] | None,
    ) -> Finding:
        text, each = mine
        span, fix, severity = place(rendering, text), None, self.severity
        if other is None:
            message = f"'{both.label}' has the link {text[:80]}, which {both.source_locale} does not have."
        else:
            message = f"'{both.label}' leads to {text[:80]} where {both.source_locale} leads to {other[0][:80]}."
            fix = _stands_for(request, both, other) if span else None
            if each.host == other[1].host and each.by_language and other[1].by_language:
                severity, fix = Severity.WARN, None
                message = f"{message[:-1]}: a page of the same site in another language, by its path."
        return Finding(self.id, severity, message, _remedy(both), span=span, fix=fix)

    def _said(self, request: Request, both: Pair, each: Address, there: dict[str, Address], *, own: bool) -> bool:
        """Say whether *each*, of one wording, stands in the other, as it is or by what stands for it."""
        if any(each.host == one.host and each.steps == one.steps and _same_page(each, one) for one in there.values()):
            return True
        here_tag, there_tag = (both.locale, both.source_locale) if own else (both.source_locale, both.locale)
        rows = [dict(row) for row in _rows(request, here_tag, there_tag)]
        wanted = [row[there_tag] for row in rows if there_tag in row and _leads(each, row.get(here_tag, ""))]
        return any(_leads(one, target) for target in wanted for one in there.values())


def _same_page(one: Address, two: Address) -> bool:
    """Say whether paths that name the same steps are the same, or differ in the language they name."""
    return one.path == two.path or one.by_language or two.by_language


def _rows(request: Request, here: str, there: str) -> tuple[Same, ...]:
    """Return what stands for what, between two locales: the message's link, and the workspace's rows."""
    own = link.choose(request.message.link, here), link.choose(request.message.link, there)
    pairs: tuple[Same, ...] = (((here, own[0]), (there, own[1])),) if own[0] and own[1] else ()
    return pairs + request.policy.same_links


def _leads(each: Address, target: str) -> bool:
    """Say whether *each* is *target*: an address, or a host with all below it."""
    if not target:
        return False
    wanted = address(target)
    return below(each.host, wanted.host) if not wanted.path else each.key == wanted.key


def _stands_for(request: Request, both: Pair, other: tuple[str, Address]) -> str | None:
    """Return the link that is right here for *other*, where only one can be."""
    text, there = other
    rows = [dict(row) for row in _rows(request, both.source_locale, both.locale)]
    known = [row for row in rows if both.locale in row and _leads(there, row.get(both.source_locale, ""))]
    if not known:
        return None if there.by_language else text
    return next((row[both.locale] for row in known if address(row[both.locale]).path), None)


def _remedy(both: Pair) -> str:
    return (
        f"Lead to the same page as {both.source_locale}, or say what stands for it: `[[same_links]]` in cordiale.toml, "
        "or `link:` by language."
    )


@lru_cache(maxsize=KEPT)
def _links(text: str) -> dict[str, Address]:
    """Return the links of *text*, each page once, as written."""
    from content.reading import read

    found = {each.text: address(each.text) for each in read(text).links}
    seen: dict[str, str] = {}
    for written, each in found.items():
        seen.setdefault(each.key, written)
    return {written: found[written] for written in seen.values()}
