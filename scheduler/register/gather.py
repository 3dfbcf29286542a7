"""
From the workspace to the entries of the register: each release that is out is verified again, and believed or left out.

Whoever can write the database can add rows, but neither sign nor write the send journal. So an entry says only what
its partners signed, when the journal says that it left, and where: a link that does not lead to its channel's server
is not shown. What does not hold is left out by name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select

from campaigns.audit.log import of
from campaigns.clock import iso, parse_iso
from campaigns.errors import CordialeError
from campaigns.signoff.approvals import Signatures
from campaigns.signoff.trust import Trust
from content import cards
from content.hosts import ascii_host, below
from scheduler.register.entries import Entry, Retraction, with_text, without_text
from scheduler.register.places import place
from scheduler.releases import conditions, retract_codes
from scheduler.releases.facts import Evidence
from scheduler.releases.identity import release_name
from scheduler.releases.journal import Journal, Sent
from scheduler.releases.ledger import CHUNK, RELEASE, current
from scheduler.releases.outgoing import Outgoing, OutgoingPart, parse
from scheduler.releases.states import Move, State

_OUT = (State.PUBLISHED, State.RETRACTING, State.RETRACTED)
_MAY_BE_OUT = (*_OUT, State.SENDING, State.UNCERTAIN, State.HANDED_OVER)  #: the table has not forgotten these


@dataclass(frozen=True)
class LeftOut:
    """A release that is out, or is said to be, and does not stand in the register."""

    name: str
    why: str


@dataclass(frozen=True)
class Gathered:
    """What the register says, and what it cannot say."""

    entries: tuple[Entry, ...]  #: by instant, then id
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]  #: what was not taken over into an entry that stands


def gather(
    connection: Connection, trust: Trust, journal: Journal, earlier: Mapping[str, Entry] | None = None
) -> Gathered:
    """
    Return the register of this workspace as of this transaction, every approval verified under *trust*.

    *earlier* are the entries, by id, of a register that was verified under *trust* itself: what they say of signatures
    is believed where the same bytes are signed by keys that *trust* does not know any more.
    """
    evidence = Evidence(trust=trust, signatures=Signatures.load(connection, trust))
    sent = dict(journal.sent())
    entries: dict[str, Entry] = {}
    corrects: dict[str, str] = {}
    left_out: list[LeftOut] = []
    notes: list[str] = []
    for id_, row in _rows(connection):
        known = sent.pop(id_, None)
        if row is None:
            left_out.append(LeftOut(id_, "Its row in the database cannot be read."))
            continue
        if row["state"] not in _OUT:
            continue
        name = release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
        try:
            outgoing = parse(row["outgoing"])
            before = (earlier or {}).get(id_)
            kept = before if before is not None and before.digest == row["digest"] else None
            doubt = _doubt(row, outgoing, evidence, known, kept) or _taken_down(row, journal)
        except CordialeError as error:
            doubt = error.message
        if doubt or known is None:
            left_out.append(LeftOut(f"{row['campaign']}:{name}", doubt))
            continue
        try:
            entry, note = _entry(connection, row, outgoing, evidence, known)
            if kept is not None:
                entry = replace(entry, partners=tuple(dict.fromkeys((*kept.partners, *entry.partners))))
        except (ValueError, TypeError, AttributeError):  # a time, an address or a code that somebody wrote over
            left_out.append(LeftOut(f"{outgoing.campaign}:{outgoing.name}", "Its row in the database is damaged."))
            continue
        entries[entry.id] = entry
        if note:
            notes.append(f"{outgoing.name}: {note}")
        if outgoing.supersedes:
            corrects[entry.id] = outgoing.supersedes
    left_out += _forgotten(connection, sent)
    return Gathered(tuple(_linked(entries, corrects)), tuple(left_out), tuple(notes))


def _rows(connection: Connection) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Yield the releases that are out, or may be, by id; None where a row is damaged past reading."""
    ids = connection.execute(select(RELEASE.c.id).where(RELEASE.c.state.in_(_MAY_BE_OUT)).order_by(RELEASE.c.id))
    wanted = list(ids.scalars())
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = current(connection, chunk)
        yield from ((each, rows.get(each)) for each in chunk)


def _doubt(
    row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, known: Sent | None, kept: Entry | None
) -> str:
    """Return why a release that is said to be out is not believed; "" if it is."""
    whole = conditions.whole_bytes(row, outgoing)
    if not whole.holds:
        return whole.evidence
    # What went out under an urgent rule was let out as it left, whatever else has waited for an answer since.
    left = parse_iso(known.at if known else outgoing.due)
    signed, _ = conditions.all_signatures(row, outgoing, replace(evidence, debts={}), left)
    if not signed.holds and kept is None:
        return signed.evidence
    if known is None:
        return "The send journal of this machine does not know that it went out."
    if known.digest != row["digest"]:
        return "The send journal says that other bytes went out than those that the partners signed."
    return ""


def _taken_down(row: Mapping[str, Any], journal: Journal) -> str:
    """Return why a release that is said to stand is not believed: the send journal saw it taken down."""
    if row["state"] == State.PUBLISHED and journal.outcome(row["id"]) == "retracted":
        return "The send journal says that it was taken down, and the database calls it published."
    return ""


def _above(outgoing: Outgoing, part: OutgoingPart) -> str | None:
    """Return the headline that readers find above the text; the title of a link's card is none of what they copy."""
    carded = cards.title(outgoing.kind, outgoing.options, part.headline, part.link)
    return part.headline if carded is None else None


def _entry(
    connection: Connection, row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, known: Sent
) -> tuple[Entry, str]:
    """Return the entry of a release that is believed, and what of it was not taken over."""
    signed = (
        evidence.signatures.partners_for(row["id"], row["digest"], campaign=outgoing.campaign)
        if evidence.signatures
        else {}
    )
    link, note = _link(row["remote_url"], outgoing)
    seen = row["published_at"]
    published = known.at if known.outcome == "published" or seen is None else iso(seen)  # a person saw the others
    retraction = _retraction(connection, row) if row["state"] != State.PUBLISHED else None
    entry = Entry(
        id=outgoing.release,
        name=outgoing.name,
        campaign=outgoing.campaign,
        locale=outgoing.locale,
        direction=outgoing.direction,
        issuer=outgoing.issuer,
        partners=tuple(partner for partner in outgoing.partners if partner in signed),
        channel={"id": outgoing.channel, "kind": outgoing.kind, "account": outgoing.account, "server": outgoing.server},
        link=link,
        published=published,
        zone=_zone(row["zone"]),
        digest=row["digest"],
        parts=tuple({"headline": _above(outgoing, part), "text": part.text} for part in outgoing.parts),
        text_digest=None,
        warning=outgoing.content_warning,
        media=tuple({"kind": item.kind, "digest": item.digest, "alt": item.alt} for item in outgoing.media),
        fingerprint=None,
        retraction=retraction,
    )
    if retraction is not None and retraction.code not in retract_codes.REPEATED:
        return without_text(entry), note
    return with_text(entry), note


def _link(url: str | None, outgoing: Outgoing) -> tuple[str | None, str]:
    """Return *url* if it leads to the server that the partners signed: it is the channel's word, signed by nobody."""
    if not url:
        return None, ""
    found = place(url)
    signed = (outgoing.server, outgoing.options.get("url"))
    known = [there.host for each in signed if isinstance(each, str) and (there := place(each))]
    if found and found.scheme and any(below(found.host, host) or below(host, found.host) for host in known):
        return url, ""
    where = ascii_host(found.host) if found else "nowhere"
    return None, f"its link leads to {where}, not to the channel's server, and is not shown."


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def _retraction(connection: Connection, row: Mapping[str, Any]) -> Retraction:
    """Return by whom, when and why a release was taken down, as the event log says, or the row where it is silent."""
    asked, partner, code = None, row["issuer"], row["retract_code"]
    for event in of(connection, row["id"]):
        if event["act"] == f"release.{Move.RETRACT}":
            asked, partner = iso(event["at"]), event["actor"]
            code = (event["detail"] or {}).get("code", code)
    known = row["retracted_at"] or row["published_at"] or row["due_at"]
    at = asked or iso(known)
    gone = max(at, iso(known)) if row["state"] == State.RETRACTED else None
    return Retraction(partner, code or retract_codes.Code.OTHER.value, at, gone)


def _forgotten(connection: Connection, sent: Mapping[str, Sent]) -> Iterator[LeftOut]:
    """Yield what the send journal says went out, and the database does not know to be out."""
    for release, known in sorted(sent.items()):
        if known.outcome != "published":
            continue
        statement = select(RELEASE.c.entry, RELEASE.c.occurrence, RELEASE.c.locale, RELEASE.c.channel, RELEASE.c.state)
        row = connection.execute(statement.where(RELEASE.c.id == release)).one_or_none()
        name = release_name(row.entry, row.occurrence, row.locale, row.channel) if row else release
        said = f"calls it {row.state}" if row else "has forgotten it"
        yield LeftOut(name, f"The send journal says that it went out at {known.at}, and the database {said}.")


def _linked(entries: Mapping[str, Entry], corrects: Mapping[str, str]) -> list[Entry]:
    """Return *entries* in their order, each with what it corrects and what corrects it, where both are there."""
    by: dict[str, list[str]] = {}
    for entry, earlier in corrects.items():
        if earlier in entries:
            by.setdefault(earlier, []).append(entry)
    ordered = sorted(entries.values(), key=lambda each: (each.published, each.id))
    rank = {entry.id: number for number, entry in enumerate(ordered)}
    return [
        replace(
            entry,
            corrects=earlier if (earlier := corrects.get(entry.id, "")) in entries else None,
            corrected_by=tuple(sorted(by.get(entry.id, ()), key=rank.__getitem__)),
        )
        for entry in ordered
    ]
