"""Every reader sees who speaks."""

from collections.abc import Iterator
from html import unescape
from typing import ClassVar

from content import attribution, embargo, threads
from content.bidi import without_controls
from content.check import Context, Finding, Severity
from content.mail import MOST_PREHEADER
from content.rendering import Part, Rendering, Request
from content.visible import Seen, see


class MissingAttribution:
    """
    Issuer, partners, messenger and funding, embargo, help line and tagged link stand on every rendering.

    Our own templates always print them; this looks at what came out, because a workspace may override them.
    """

    id: ClassVar[str] = "missing-attribution"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each of these that a part's text, or its HTML, does not show."""
        del context
        issuer = request.channel.issuer
        if issuer not in request.partners:
            words = f"The issuer '{issuer}' of channel '{request.channel.id}' is not a partner of the campaign."
            yield Finding(self.id, self.severity, words, f"Add '{issuer}' to `partners:`, or name another issuer.")
            return
        if len(rendering.parts) > 1:  # a thread is read as one text, under the account that posts all of it
            links = [part.link for part in rendering.parts if part.link]
            text = threads.whole([part.text for part in rendering.parts])
            yield from self._part(request, Part(text, link=links[0] if links else None), 0)
            return
        for number, part in enumerate(rendering.parts):
            if part.text:
                yield from self._part(request, part, number)

    def _part(self, request: Request, part: Part, number: int) -> Iterator[Finding]:
        wanted = list(self._wanted(request))
        page = see(part.html) if part.html is not None else None
        for form, text, shown in (("text", part.text, part.text), ("HTML", part.html, page.text if page else "")):
            if text is None:
                continue
            seen = None
            for what, choices in wanted:
                if any(choice in shown for choice in choices):
                    continue  # as it is written, as nearly always
                seen = _plain(shown) if seen is None else seen
                if not any(_plain(choice) in seen for choice in choices):
                    message = f"The {form} of '{request.message.id}' in {request.locale} does not show {what}."
                    yield Finding(
                        self.id,
                        self.severity,
                        message,
                        "Print it in the template that the workspace overrides.",
                        number,
                    )
            if form == "HTML" and page and _hides(page, part):
                message = f"The HTML of '{request.message.id}' in {request.locale} hides something from its readers."
                remedy = "Show it, or take it out; only the beginning of the text may stand before it as a preheader."
                yield Finding(self.id, self.severity, message, remedy, number)
            if part.link and part.link not in unescape(text):
                message = f"The {form} of '{request.message.id}' in {request.locale} does not show the tagged link."
                yield Finding(self.id, self.severity, message, "Print {{ link }} in the overriding template.", number)

    def _wanted(self, request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
        partners, issuer, locale = request.partners, request.channel.issuer, request.locale
        digits = request.digits
        yield f"its issuer ({issuer})", (attribution.name(partners, issuer, locale),)
        if others := attribution.others(partners, issuer):
            full = attribution.beside_words(partners, issuer, locale, short=False, digits=digits)
            short = attribution.beside_words(partners, issuer, locale, short=True, digits=digits)
            yield f"the other partners ({', '.join(others[:5])})", (full, short)
        if speaker := request.messenger:
            yield f"its messenger ({speaker.id})", (speaker.name.get(locale, speaker.id),)
            if said := speaker.disclosure.get(locale):
                yield "who pays its messenger", (said,)
        if request.embargo:
            yield "its embargo", (embargo.sentence(request.embargo, locale, digits),)
        if line := attribution.help_line(partners, issuer, locale, digits):
            yield "the help line", (line,)


def _plain(text: str) -> str:
    return " ".join(without_controls(text).split())


def _hides(page: Seen, part: Part) -> bool:
    """Say whether *page* hides more than one preheader: a line that says what the text says, and no more."""
    if page.sheet_hides or len(page.hidden) > 1:
        return True
    return any(len(said) > MOST_PREHEADER or _plain(said) not in _plain(part.text) for said in page.hidden)
