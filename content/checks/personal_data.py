"""Nothing that a government publishes points at one person."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.hosts import address
from content.identifiers import EMAIL, PHONE, ROLE_EMAIL, SERVICE_PHONE, Identifier, identifiers
from content.rendering import Part, Rendering, Request
from content.speech import helping, ours

_NUMBERS = re.compile(r"[0-9][0-9 \u00a0\u202f().-]{1,24}[0-9]")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
#: Names of values that say that they are the campaign's own contact.
_DECLARED = re.compile(r"(?:^|_)(?:help|helpline|hotline|contact|press_office)(?:_|$)")
_SIGNIFICANT = 9  #: last digits in which a number with and without its country agree


class PersonalData:
    """
    Texts, headlines and alt texts name no private address, number or account.

    The campaign's own contact is none: help lines of its partners, what stands in the attribution, the message's link,
    and values whose name says so (`help_line`, `hotline`, `contact`). Role mailboxes, service numbers that nobody
    declared, and links to a person's profile are a warning. The finding never repeats what it found.
    """

    id: ClassVar[str] = "personal-data"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each thing that points at somebody, masked, with its place in the text."""
        del context
        for number, part in enumerate(rendering.parts):
            found = list(_in_lines(part, helping(request)))
            own = ours(request, part.text) if found else []
            for each, start, end in found:
                if not any(left <= start and end <= right for left, right in own):
                    yield from self._finding(request, each, "The text", number, (start, end))
            for each in identifiers(part.headline) if part.headline else ():
                yield from self._finding(request, each, "The headline", number)
        for item in rendering.media:
            for each in identifiers(item.alt):
                yield from self._finding(request, each, f"The alt text of '{item.file}'", 0)

    def _finding(
        self, request: Request, each: Identifier, where: str, part: int, span: tuple[int, int] | None = None
    ) -> Iterator[Finding]:
        if _declared(request, each):
            return
        kind = f"{'an' if each.kind[0] in 'aeio' else 'a'} {each.kind}"
        message = f"{where} of '{request.message.id}' in {request.locale} holds {kind} ({each.masked})."
        if where.startswith("The alt"):
            message = f"{where} in {request.locale} holds {kind} ({each.masked})."
        remedy = "Take it out."
        if each.kind in {PHONE, SERVICE_PHONE, EMAIL, ROLE_EMAIL}:
            remedy = (
                "Take it out, or, where it is the campaign's own contact, declare it: under `help:` of a partner, or "
                "as a value called help_line or contact."
            )
        severity = self.severity if each.certain else Severity.WARN
        yield Finding(self.id, severity, message, remedy, part, span)


def _in_lines(part: Part, helping: str | None) -> Iterator[tuple[Identifier, int, int]]:
    """
    Yield what points at somebody in *part*, and its place: line by line, because releases share most lines.

    The link's line and the one of the help line, *helping*, are passed over: they are declared.
    """
    offset = 0
    for line in part.text.split("\n"):
        if line not in {part.link, helping}:
            yield from ((each, offset + each.start, offset + each.end) for each in identifiers(line))
        offset += len(line) + 1


def _declared(request: Request, each: Identifier) -> bool:
    """Say whether *each* is contact data that the campaign declares, or a part of the message's link."""
    said = [text for partner in request.partners.values() for text in partner.help.values()]
    said += [str(value) for name, value in request.message.values.items() if _DECLARED.search(name)]
    if each.kind in {PHONE, SERVICE_PHONE}:
        return any(_same_number(each.digits, known) for text in said for known in _numbers(text))
    if any(each.text.lower() in text.lower() for text in said):
        return True
    links = (request.message.link or {}).values()
    return any(each.text.lower() in link.lower() for link in links if address(link).host)


def _same_number(one: str, two: str) -> bool:
    return one == two or (min(len(one), len(two)) >= _SIGNIFICANT and one[-_SIGNIFICANT:] == two[-_SIGNIFICANT:])


@lru_cache(maxsize=1024)
def _numbers(text: str) -> frozenset[str]:
    """Return the digits of every number in *text*, in ours."""
    return frozenset(re.sub(r"[^0-9]", "", found) for found in _NUMBERS.findall(text.translate(_DIGITS)))
