"""A text message costs no more parts than its words need, and arrives as it was signed."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.counting import gsm, notify, substitutes
from content.measure import network
from content.rendering import Part, Rendering, Request

NAMED = 6  #: characters that a finding names; more are counted
_NOTIFY = "govuk-notify"


class SmsEncoding:
    """
    One character outside the 7-bit alphabet turns 160 to a message into 70.

    A text in Arabic or Cyrillic cannot do without: nothing is said of it. Neither is it where the parts stay as many.
    """

    id: ClassVar[str] = "sms-encoding"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield the guilty characters of each part, and what the provider would send instead of what is written."""
        del context
        kind = network(request.channel)
        if kind not in limits.TEXT_MESSAGES:
            return
        for number, part in enumerate(rendering.parts):
            outside = substitutes.outside(part.text) if part.text else ()
            if kind == _NOTIFY:
                yield from self._changed(part, number)
                outside = tuple(each for each in outside if each not in notify.REPLACED)
            if outside:
                text = notify.sent(part.text) if kind == _NOTIFY else part.text
                yield from self._costly(part, number, text, outside)

    def _costly(self, part: Part, number: int, text: str, outside: Sequence[str]) -> Iterator[Finding]:
        """Yield the characters of *text* that cost parts, where it can do without them."""
        signs = [each for each in outside if each in substitutes.SIGNS]
        letters = [each for each in outside if each not in substitutes.SIGNS and substitutes.letter(each) is not None]
        extras = [each for each in outside if each not in signs and each not in letters and not _written(each)]
        if len(signs) + len(letters) + len(extras) < len(outside):
            return  # words of another script: it cannot be helped
        left = "".join(each for each in text if each not in extras)
        now, then = gsm.segments(text), gsm.segments(substitutes.plain(left, outside))
        if now.parts <= then.parts:
            return
        words = (
            f"{_listed(outside)} {'makes' if len(outside) == 1 else 'make'} the message take {_parts(now)} "
            f"of 70 units instead of {_parts(then)} of 160."
        )
        advice = [f"write {_form(substitutes.SIGNS[each])} for {_name(each)}" for each in signs[:NAMED]]
        advice += [f"write {substitutes.letter(each)} for {each} if it may be misspelt" for each in letters[:NAMED]]
        advice += [f"leave {_listed(extras)} out"] if extras else []
        remedy = f"{', '.join(advice)}; or pay for the parts."
        yield Finding(self.id, self.severity, words, remedy[0].upper() + remedy[1:], number, *_place(part, outside))

    def _changed(self, part: Part, number: int) -> Iterator[Finding]:
        """Yield what GOV.UK Notify would send otherwise than it is written."""
        changed = [each for each in dict.fromkeys(part.text) if each in notify.REPLACED]
        if not changed:
            return
        told = ", ".join(f"{_form(notify.REPLACED[each])} for {_name(each)}" for each in changed[:NAMED])
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        words = f"GOV.UK Notify sends {told}{more}: what arrives is not what is signed."
        yield Finding(
            self.id,
            self.severity,
            words,
            "Write it so yourself, then both are the same.",
            number,
            *_place(part, changed),
        )


def _place(part: Part, characters: Sequence[str]) -> tuple[tuple[int, int], str | None]:
    """Return where the first of *characters* stands, and what stands for it where that says the same."""
    at, first = min((part.text.find(each), each) for each in characters)
    return (at, at + 1), substitutes.SIGNS.get(first)


def _written(character: str) -> bool:
    """Say whether *character* is what words and figures are made of, so that nobody can leave it out."""
    return unicodedata.category(character) == "Nd" or character.isalpha()


def _parts(found: gsm.Segments) -> str:
    return "1 part" if found.parts == 1 else f"{found.parts} parts"


def _listed(characters: Sequence[str]) -> str:
    named = [_name(each) for each in characters[:NAMED]]
    if len(characters) > NAMED:
        return f"{', '.join(named)} and {len(characters) - NAMED} more"
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _name(character: str) -> str:
    """Return a character that can be seen, or else its name."""
    if character.isprintable() and unicodedata.category(character)[0] not in "MCZ":
        return character
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'no name').lower()})"


def _form(plain: str) -> str:
    return {"": "nothing", " ": "a space", "\n": "a new line"}.get(plain, plain)
