"""Every reader sees who speaks."""

import re
from collections.abc import Iterator
from html import unescape
from typing import ClassVar

from content import attribution, embargo
from content.bidi import without_controls
from content.check import Context, Finding, Severity
from content.rendering import Part, Rendering, Request

_ELEMENT = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0\D|\shidden[\s>=]", re.IGNORECASE)


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
        for number, part in enumerate(rendering.parts):
            if part.text:
                yield from self._part(request, part, number)

    def _part(self, request: Request, part: Part, number: int) -> Iterator[Finding]:
        wanted = list(self._wanted(request))
        for form, text in (("text", part.text), ("HTML", part.html)):
            if text is None:
                continue
            seen = _visible(text) if form == "HTML" else _plain(text)
            for what, choices in wanted:
                if not any(_plain(choice) in seen for choice in choices):
                    message = f"The {form} of '{request.message.id}' in {request.locale} does not show {what}."
                    yield Finding(
                        self.id,
                        self.severity,
                        message,
                        "Print it in the template that the workspace overrides.",
                        number,
                    )
            if form == "HTML" and _HIDDEN.search(text):
                message = f"The HTML of '{request.message.id}' in {request.locale} hides something from its readers."
                yield Finding(self.id, self.severity, message, "Show it, or take it out.", number)
            if part.link and part.link not in unescape(text):
                message = f"The {form} of '{request.message.id}' in {request.locale} does not show the tagged link."
                yield Finding(self.id, self.severity, message, "Print {{ link }} in the overriding template.", number)

    def _wanted(self, request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
        partners, issuer, locale = request.partners, request.channel.issuer, request.locale
        yield f"its issuer ({issuer})", (attribution.name(partners, issuer, locale),)
        if others := attribution.others(partners, issuer):
            full = attribution.beside_words(partners, issuer, locale, short=False)
            short = attribution.beside_words(partners, issuer, locale, short=True)
            yield f"the other partners ({', '.join(others[:5])})", (full, short)
        if speaker := request.messenger:
            yield f"its messenger ({speaker.id})", (speaker.name.get(locale, speaker.id),)
            if said := speaker.disclosure.get(locale):
                yield "who pays its messenger", (said,)
        if request.embargo:
            yield "its embargo", (embargo.sentence(request.embargo, locale),)
        if line := attribution.help_line(partners, issuer, locale):
            yield "the help line", (line,)


def _plain(text: str) -> str:
    return " ".join(without_controls(text).split())


def _visible(html: str) -> str:
    """Return what a reader sees of *html*, near enough to look for a name in it."""
    body = html.partition("<body")[2] or html
    return _plain(unescape(_ELEMENT.sub("", body)))
