"""Releases under review as lines to read on a terminal. Marks carry the meaning, colour never does."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from campaigns.clock import iso
from content.bidi import isolate
from scheduler import roster
from scheduler.engine.retraction import cannot
from scheduler.releases import threads
from scheduler.releases.outgoing import Outgoing
from scheduler.review.changes import Change
from scheduler.review.comments import Remark
from scheduler.review.differences import Difference, Piece
from scheduler.review.docket import Item
from scheduler.review.leave import leave

#: How a difference is marked: what went out, what came in, as `wdiff` does.
_MARKS = {"out": ("[-", "-]"), "in": ("{+", "+}")}
#: What fields are called; others by their own name.
LABELS = {
    "alt": "alt text",
    "html": "HTML part",
    "due": "due",
    "not_after": "not after",
    "if_late": "if late",
    "content_warning": "content warning",
    "reply_to": "reply to",
}
_DID = {"approve": "approved", "refuse": "refused", "withdraw": "withdrew its approval of"}


def release(item: Item, changes: Sequence[Change], remarks: Sequence[Remark], now: datetime) -> Iterator[str]:
    """Yield one release: its words, who it waits for, what changed for whom, and what was said about its wording."""
    yield from words(item.outgoing)
    for message in item.blocking:
        yield f"    ! {message}"
    for partner, said in item.refused.items():
        yield f"    refused by {partner} ({said.person}): {plain(said.reason)}"
    yield from _standing(item, now)
    yield from changed(changes, item.outgoing)
    for remark in remarks:
        yield from comment(remark)


def words(out: Outgoing) -> Iterator[str]:
    """Yield what goes out, line by line."""
    yield f"{out.name}  due {out.due}  {out.kind} {plain(out.account)}"
    for number, part in enumerate(out.parts):
        if len(out.parts) > 1:
            yield f"    Part {number + 1} of {len(out.parts)}, {threads.room(out, number)}:"
        for text in filter(None, (part.headline, part.text)):
            for line in text.split("\n"):
                yield f"    {as_read(line, out.direction)}"
    for media in out.media:
        yield f"    [{plain(media.file)}] {as_read(media.alt, out.direction)}"
        if media.captions:
            yield f"    [{plain(media.captions.file)}] captions, sha256 {media.captions.digest[:16]}…"
    if cannot(roster.capabilities, out.kind, out.options):
        yield f"    Cannot be retracted: what {plain(out.kind)} delivers is out for good."
    if out.supersedes:
        yield f"    It corrects the release {plain(out.supersedes)}."
    for waiver in out.waivers:
        yield f"    {plain(leave(waiver))}"


def _asked(item: Item, partner: str) -> str:
    """Return a partner that has not signed; where some of its persons have, with their names."""
    who = item.begun.get(partner, ())
    return f"another person of {partner} (besides {' and '.join(who)})" if who else partner


def _standing(item: Item, now: datetime) -> Iterator[str]:
    signed = ", ".join(f"{partner} ({person})" for partner, person in item.signed.items()) or "nobody yet"
    waits = f"; waits for {' and '.join(_asked(item, each) for each in item.missing)}" if item.missing else ""
    since = f" since {iso(item.since)} ({span(now - item.since)})" if item.waits and item.since else ""
    yield f"    {item.state}; signed by {signed}{waits}{since}. Digest {item.digest[:16]}…"
    if item.waits and item.deadline:
        past = " That is past: sign it at once, or it goes out late or not at all." if item.late(now) else ""
        yield f"    Wanted by {iso(item.deadline)}.{past}"
    wrote = " and ".join(dict.fromkeys(item.authors)) or item.author
    yield f"    Written by {wrote}, who may not approve it. Round {item.rounds} of at most {item.most_rounds}."
    if item.must_talk:
        yield f"    ! {talk(item)}"


def talk(item: Item) -> str:
    """Return what is said where writing back and forth has come to its end."""
    return (
        f"{item.outgoing.name} is in round {item.rounds} of at most {item.most_rounds} and not agreed: "
        f"{' and '.join(item.outgoing.partners)} must talk before it is edited or refused again."
    )


def _changed(alike: Sequence[Change], out: Outgoing) -> Iterator[str]:
    """Yield what changed since the form that all of *alike* speak of."""
    change = alike[0]
    what = " and ".join(f"{each.partner} ({each.person}) {_DID[each.answer]} it at {iso(each.at)}" for each in alike)
    if change.differences is None:
        yield f"    Changed since {what}; that form is not kept here, so read the whole."
        return
    yield f"    Changed since {what}:"
    for each in change.differences:
        label = " ".join(filter(None, (LABELS.get(each.field, each.field), plain(each.of))))
        for line in marked(each, out.direction if each.prose else "ltr"):
            yield f"      {label}: {line}"
            label = " " * len(label) + " " if label.strip() else label


def marked(difference: Difference, direction: str) -> Iterator[str]:
    """Yield the lines of a difference that hold a change: `Daesh lost [-one-]{+two+} of its villages.`."""
    lines: list[list[Piece]] = [[]]
    for piece in difference.pieces:
        first, *rest = piece.text.split("\n")
        lines[-1].append(Piece(piece.kind, first))
        lines += [[Piece(piece.kind, each)] for each in rest]
    for line in lines:
        if any(piece.kind != "same" for piece in line):
            yield as_read("".join(_piece(piece, direction) for piece in line), direction, safe=True)


def _piece(piece: Piece, direction: str) -> str:
    if piece.kind == "same":
        return plain(piece.text)
    opening, closing = _MARKS[piece.kind]
    text = named(piece.text) or "(an empty line)"
    return f"{opening}{isolate(text, 'auto') if direction == 'rtl' else text}{closing}"


def sheet(
    author: str, deadline: str | None, rounds: tuple[int, int], changes: Sequence[Change], out: Outgoing
) -> Iterator[str]:
    """Yield how the review of a release stands that travelled in a bundle."""
    wanted = f" Wanted by {deadline}." if deadline else ""
    yield f"    Written by {plain(author)}, who may not approve it. Round {rounds[0]} of at most {rounds[1]}.{wanted}"
    yield from changed(changes, out)


def changed(changes: Sequence[Change], out: Outgoing) -> Iterator[str]:
    """Yield what changed for each partner since it last decided; once for those that decided on the same form."""
    for _, alike in groupby(sorted(changes, key=lambda each: each.digest), key=lambda each: each.digest):
        yield from _changed(list(alike), out)


def comment(remark: Remark) -> Iterator[str]:
    """Yield a remark and its answers."""
    closed = f", closed by {remark.closed_by}" if remark.closed_by else ""
    which = f"{remark.id} on {remark.message}/{remark.locale}"
    yield f"    Comment {which} by {plain(remark.person)}, {iso(remark.at)}{closed}:"
    for line in remark.text.split("\n"):
        yield f"      {isolate(plain(line), 'auto')}"
    for answer in remark.answers:
        yield f"      {plain(answer.person)}, {iso(answer.at)}:"
        for line in answer.text.split("\n"):
            yield f"        {isolate(plain(line), 'auto')}"


def as_read(line: str, direction: str, *, safe: bool = False) -> str:
    """Return a line as a terminal may show it: a right-to-left one isolated, so that it moves nothing around it."""
    shown = line if safe else plain(line)
    return isolate(shown, "rtl") if direction == "rtl" else shown


def plain(text: str) -> str:
    """Return *text* without what would steer a terminal: control characters are named."""
    return "".join(f"<U+{ord(each):04X}>" if unicodedata.category(each) == "Cc" else each for each in text)


def named(text: str) -> str:
    """Return *text* with all that is invisible named, for where it came or went."""
    invisible = {"Cc", "Cf", "Zl", "Zp"}
    return "".join(
        f"<U+{ord(each):04X}>" if unicodedata.category(each) in invisible or (each.isspace() and each != " ") else each
        for each in text
    )


def span(time: timedelta) -> str:
    """Return `40 minutes`, `3 hours`, `2 days`."""
    seconds = max(0, int(time.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (size == 60 and seconds >= size):  # noqa: PLR2004 (below two hours, minutes)
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a minute"


def as_data(item: Item, changes: Sequence[Change], remarks: Sequence[Remark], now: datetime) -> Mapping[str, object]:
    """Return one release under review with stable keys."""
    from dataclasses import asdict

    return {
        "id": item.id,
        "digest": item.digest,
        "state": item.state,
        "author": item.author,
        "authors": list(item.authors),
        "signed": item.signed,
        "missing": item.missing,
        "begun": {partner: list(who) for partner, who in item.begun.items()},
        "refused": {
            partner: {"person": each.person, "reason": each.reason, "at": iso(each.at)}
            for partner, each in item.refused.items()
        },
        "blocking": item.blocking,
        "waiting_for": list(item.missing) if item.waits else [],
        "since": iso(item.since) if item.since else None,
        "deadline": iso(item.deadline) if item.deadline else None,
        "late": item.late(now),
        "rounds": item.rounds,
        "most_rounds": item.most_rounds,
        "must_talk": item.must_talk,
        "changes": [each.as_data() for each in changes],
        "comments": [each.as_data() for each in remarks],
        "outgoing": asdict(item.outgoing),
    }
