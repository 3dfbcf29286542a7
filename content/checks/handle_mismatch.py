"""All languages name the same accounts."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.policy import Same
from content.rendering import Rendering, Request
from content.speech import Speech, pair, place


class HandleMismatch:
    """
    Every wording names the accounts of the message's first wording, or those that stand for them in its language.

    What stands for what is `same_handles` in cordiale.toml. Capitals are no difference.
    """

    id: ClassVar[str] = "handle-mismatch"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each account that the first wording does not name, and each of the first that is not named here."""
        del context
        both = pair(request)
        if both is None or ("@" not in both.own.text and "@" not in both.source.text):
            return
        mine, theirs = _handles(both.own), _handles(both.source)
        here = _standing(request.policy.same_handles, both.locale, both.source_locale)
        there = _standing(request.policy.same_handles, both.source_locale, both.locale)
        extra = [each for each in mine if each not in theirs and here.get(each, "").lower() not in theirs]
        left_out = [each for each in theirs if each not in mine and there.get(each, "").lower() not in mine]
        remedy = (
            f"Name the account that {both.source_locale} names, or say which stands for it: `[[same_handles]]` in "
            "cordiale.toml."
        )
        if len(extra) == len(left_out) == 1:
            said, wanted = mine[extra[0]], theirs[left_out[0]]
            message = f"'{both.label}' names {said} where {both.source_locale} names {wanted}."
            span, fix = place(rendering, said), there.get(left_out[0], wanted)
            yield Finding(self.id, self.severity, message, remedy, span=span, fix=fix if span else None)
            return
        for each in extra:
            message = f"'{both.label}' names {mine[each]}, which {both.source_locale} does not name."
            yield Finding(self.id, self.severity, message, remedy, span=place(rendering, mine[each]))
        for each in left_out:
            message = f"'{both.label}' does not name {theirs[each]}, which {both.source_locale} names."
            yield Finding(self.id, self.severity, message, remedy)


def _handles(speech: Speech) -> dict[str, str]:
    """Return the accounts that a wording names, lower case, each with how it is written."""
    return {each.text.lower(): each.text for each in reversed(speech.said.handles)}


def _standing(rows: tuple[Same, ...], here: str, there: str) -> dict[str, str]:
    """Return account of locale *here*, lower case -> the one that stands for it in locale *there*."""
    known = (dict(row) for row in rows)
    return {row[here].lower(): row[there] for row in known if here in row and there in row}
