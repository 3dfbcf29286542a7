"""An answer of the register in plain words, for a terminal."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from campaigns.clock import parse_iso
from content.bidi import first_strong, isolate
from scheduler.register.agreement import Change, Difference
from scheduler.register.entries import Entry, texts
from scheduler.register.verdict import Answer, Verdict
from scheduler.releases.retract_codes import SENTENCES, Code

_HEADLINES = {
    Verdict.OFFICIAL: "OFFICIAL. Word for word as it was published.",
    Verdict.WORDS: "OFFICIAL WORDS. Every word is official; where this copy leads is not shown.",
    Verdict.PART: "PART OF AN OFFICIAL TEXT. What is there is official; something is left out.",
    Verdict.WITHDRAWN: "WITHDRAWN. It was official, and is not any more.",
    Verdict.ALTERED: "ALTERED. It is near an official text, and differs from it.",
    Verdict.UNKNOWN: "NOT IN REGISTER. Nothing like it stands there.",
}
_KINDS = {
    "removed": "left out",
    "added": "added",
    "replaced": "changed",
    "capitals": "changed in its capitals",
    "look-alike letters": "written with other letters that look alike",
    "accents": "changed in its accents or marks",
    "figure": "changed",
    "link": "a link that leads elsewhere",
    "name": "another account",
    "hidden": "something added that cannot be seen",
}
_WHOLE_TEXT = {Verdict.PART, Verdict.WORDS}


def headline(answer: Answer) -> str:
    """Return the verdict in one line."""
    return _HEADLINES[answer.verdict]


def lines(answer: Answer, most: int) -> Iterator[str]:
    """Yield what there is to say besides: entries, at most *most*, why, and what differs."""
    for entry in answer.entries[:most]:
        yield from _entry(entry)
    if len(answer.entries) > most:
        yield f"  and {len(answer.entries) - most:,} more with the same text"
    for why in answer.why:
        yield f"  {why[0].upper()}{why[1:]}."
    if answer.difference:
        yield from _difference(answer.difference)
    if answer.verdict in _WHOLE_TEXT and answer.entries[0].parts is not None:
        yield "  The whole text:"
        for text in texts(answer.entries[0]):
            yield from (f"    {_as_read(line)}" for line in text.splitlines())


def _entry(entry: Entry) -> Iterator[str]:
    where = f"{entry.channel['kind']} {entry.channel['account']}"
    yield f"  {entry.campaign}:{entry.name}, {_when(entry.published, entry.zone)}, on {where}"
    partners = " and ".join(filter(None, [", ".join(entry.partners[:-1]), *entry.partners[-1:]]))
    yield f"    issued by {entry.issuer}, signed by {partners}; sha256 {entry.digest[:16]}…"
    if entry.link:
        yield f"    {entry.link}"
    for correction in entry.corrected_by:
        yield f"    corrected by the entry {correction}"
    if entry.corrects:
        yield f"    a correction of the entry {entry.corrects}"
    if taken := entry.retraction:
        why = SENTENCES[Code(taken.code) if taken.code in set(Code) else Code.OTHER]["en"]
        gone = f"taken down {_when(taken.gone, entry.zone)}" if taken.gone else "being taken down"
        yield f"    {gone} by {taken.partner}. {why}"


def _when(instant: str, zone: str) -> str:
    found: datetime = parse_iso(instant).astimezone(ZoneInfo(zone))
    return f"{found.day} {found:%B %Y, %H:%M} ({zone})"


def _difference(found: Difference) -> Iterator[str]:
    for change in found.changes:
        yield f"  - {_change(change)}"
    marks = {"same": "{}{}", "removed": "{}[-{}-]", "added": "{}{{+{}+}}"}
    whole = ""
    for how, words in found.pieces:
        bare = words.lstrip()
        whole += marks[how].format(words[: len(words) - len(bare)], bare)
    if whole:
        yield "  Word by word, [-official-] and {+this copy+}:"
        yield from (f"    {_as_read(line)}" for line in whole.strip().split("\n"))


def _change(change: Change) -> str:
    kind = _KINDS[change.what]
    note = f" ({change.note})" if change.note else ""
    if change.official and change.copy:
        return f"{kind}: {_quoted(change.copy)} instead of {_quoted(change.official)}{note}"
    words = change.official or change.copy
    return f"{kind}: {_quoted(words)}{note}" if words else f"{kind}{note}"


def _quoted(text: str) -> str:
    return isolate(f"“{text}”", "auto")


def _as_read(line: str) -> str:
    """Return a right-to-left line isolated, so that it moves nothing around it on the terminal."""
    return isolate(line, "rtl") if first_strong(line) == "rtl" else line
