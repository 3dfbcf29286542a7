"""All languages join the same conversations."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request
from content.speech import Pair, Speech, pair


class HashtagMismatch:
    """
    Every wording has as many hashtags as the message's first wording, and those that the workspace says stand for them.

    Hashtags are translated, so only their number is compared where `same_hashtags` in cordiale.toml says nothing.
    """

    id: ClassVar[str] = "hashtag-mismatch"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield a number of hashtags that is not the first wording's, and each hashtag that should stand here."""
        del rendering, context
        both = pair(request)
        if both is None or not _marked(both):
            return
        mine, theirs = _hashtags(both.own), _hashtags(both.source)
        rows = (dict(row) for row in request.policy.same_hashtags)
        known = {
            row[both.source_locale].lower(): row[both.locale]
            for row in rows
            if both.source_locale in row and both.locale in row
        }
        for tag, said in theirs.items():
            wanted = known.get(tag)
            if wanted and wanted.lower() not in mine:
                message = f"'{both.label}' does not have {wanted}, which stands for {said} of {both.source_locale}."
                yield Finding(self.id, self.severity, message, f"Write {wanted}, or mend `[[same_hashtags]]`.")
        if len(mine) != len(theirs):
            message = f"'{both.label}' has {_hashtags_in_words(len(mine))}, and {both.source_locale} {len(theirs)}."
            yield Finding(self.id, self.severity, message, "Use the same hashtags, each in its language.")


def _marked(both: Pair) -> bool:
    return any(sign in speech.text for speech in (both.own, both.source) for sign in "#\uff03")


def _hashtags(speech: Speech) -> dict[str, str]:
    """Return the hashtags of a wording, lower case, each with how it is written."""
    return {each.text.lower(): each.text for each in reversed(speech.said.hashtags)}


def _hashtags_in_words(number: int) -> str:
    return {0: "no hashtag", 1: "one hashtag"}.get(number, f"{number} hashtags")
