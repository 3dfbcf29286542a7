"""A text fits its channel, counted in the channel's own unit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from content import limits, threads
from content.check import Context, Finding, Severity
from content.measure import Measured, body, measure, network
from content.rendering import Rendering, Request

_ALL = "the attribution, help line and link count too"
#: What a writer can do on one kind of channel, beside cutting.
_HOW: dict[tuple[str, str], str] = {
    ("x", "text"): f"a link counts 23 however short it is, an emoji 2; {_ALL}",
    ("mastodon", "text"): f"a link counts 23, a mention without its server, a content warning with the text; {_ALL}",
    ("bluesky", "text"): f"a link counts as it is written; {_ALL}",
    ("threads", "text"): f"an emoji counts the octets it takes, a flag 8: take these out first; {_ALL}",
    ("telegram", "caption"): f"without media the text may take 4,096; {_ALL}",
    ("whatsapp", "caption"): f"without media the text may take 4,096; {_ALL}",
    ("sms", "text"): f"six parts hold 918 plain characters, or 402 in other alphabets; {_ALL}",
    ("govuk-notify", "text"): f"the service's name before the text counts on top; {_ALL}",
    ("kannel", "text"): f"a part holds 153 plain characters, or 67 in other alphabets; {_ALL}",
    ("youtube", "text"): f"an accented letter counts 2, an Arabic letter 2; {_ALL}",
    ("linkedin", "text"): f"each of \\ | {{ }} @ [ ] ( ) < > # * _ ~ counts 2; {_ALL}",
    ("smtp", "headline"): "say first what matters most",
    ("smtp", "html"): "the whole page counts, with its styles",
}


class TooLong:
    """What the channel refuses blocks; what it only cuts or hides is a warning."""

    id: ClassVar[str] = "too-long"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield every text, headline, HTML part and alt text over its limit, and files beyond the channel's number."""
        kind, server = network(request.channel), context.server_limits
        for number, part in enumerate(rendering.parts):
            for field, text in (body(kind, rendering, part, number), ("headline", part.headline), ("html", part.html)):
                if text:
                    found = self._over(kind, field, measure(kind, text, field, server), number)
                    yield from (replace(each, remedy=each.remedy + _thread(request, field)) for each in found)
        for item in rendering.media:
            yield from self._over(kind, "alt", measure(kind, item.alt, "alt", server), 0, f" of '{item.file}'")
        for row in limits.of(kind, "media") if rendering.media else ():
            most = server.get("media", row.value) if row.hard else row.value
            if len(rendering.media) > most:
                severity = self.severity if row.hard else Severity.WARN
                words = f"{len(rendering.media)} files are more than the {most} that {kind} takes."
                yield Finding(self.id, severity, words, f"Take {len(rendering.media) - most} out of `media:`.")

    def _over(self, kind: str, field: str, measured: Measured, part: int, what: str = "") -> Iterator[Finding]:
        if not measured.over:
            return
        severity = self.severity if measured.hard else Severity.WARN
        message = f"{limits.FIELDS[field]}{what} takes {measured.used:,} of {measured.limit:,} {measured.unit}."
        how = _HOW.get((kind, field)) or (_ALL if field in {"text", "caption"} else "")
        cut = f"Cut {measured.over:,} {measured.unit}{'; ' if how else ''}{how}."
        yield Finding(self.id, severity, message, cut, part)


def _thread(request: Request, field: str) -> str:
    """Return what a thread has to do with a text that is too long: nothing, or a sentence."""
    if field not in {"text", "caption"} or not (request.message.thread or request.channel.kind in threads.KINDS):
        return ""
    if request.channel.kind not in threads.KINDS:
        return f" A channel of kind {request.channel.kind} posts no threads."
    if request.message.thread:
        return f" A thread has at most {threads.MOST} parts, and each ends with a word."
    return " Or write `thread: true` with the message, to post it in parts."
