"""
What a bundle says, as data in one form: the exact bytes of every release, and what a reader needs to judge them.

Everything that a person sees of a bundle is made from this and from the media beside it, and can be made again: so
whoever signs can hold the pages against the bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from campaigns.clock import iso, parse_iso
from campaigns.errors import NotTrusted
from campaigns.signoff.statement import Subject
from scheduler.releases.canonical import decode, encode
from scheduler.releases.outgoing import Outgoing, canonical, digest, parse
from scheduler.review.changes import Change
from scheduler.review.comments import Remark
from scheduler.review.differences import between
from scheduler.review.docket import Item
from scheduler.review.selection import Selection

VERSION: Literal[2] = 2


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Said(_Model):
    """What a partner last said about a release, of other bytes than the present ones."""

    partner: str
    person: str
    answer: str
    at: str  #: ISO instant
    digest: str
    form: str | None  #: what it spoke of, canonical; none where that is not kept


class Note(_Model):
    """A comment on the wording."""

    id: str
    person: str
    text: str
    at: str  #: ISO instant
    closed_by: str | None
    answers: list["Note"]

    def as_remark(self, outgoing: Outgoing) -> Remark:
        """Return it as a remark on the wording of *outgoing*."""
        answers = tuple(each.as_remark(outgoing) for each in self.answers)
        at, wording = parse_iso(self.at), (outgoing.message, outgoing.locale)
        return Remark(self.id, *wording, self.person, self.text, at, closed_by=self.closed_by, answers=answers)


class Found(_Model):
    """What a check said of it: a warning, or what was waived."""

    check: str
    severity: str
    message: str
    remedy: str
    part: int = 0
    span: list[int] | None = None
    fix: str | None = None
    waived: str | None = None


class Paper(_Model):
    """One release: its exact bytes, and how its review stands."""

    form: str  #: canonical
    author: str
    since: str | None  #: ISO instant
    deadline: str | None  #: ISO instant
    rounds: int
    most_rounds: int
    signed: dict[str, str]  #: partner -> person
    said: list[Said]
    comments: list[Note]
    findings: list[Found]

    @cached_property
    def outgoing(self) -> Outgoing:
        """What goes out, read from the bytes."""
        return parse(self.form)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the bytes, hex: computed, never taken from a list."""
        return digest(self.form.encode())

    @property
    def changes(self) -> list[Change]:
        """What changed for each partner since it last decided; only a form that has its digest is compared with."""
        return [_change(each, self) for each in self.said]


class Bundle(_Model):
    """A bundle as read: its campaign, and every release by its bytes."""

    v: Literal[2]
    campaign: str
    title: dict[str, str]  #: locale -> the campaign's title
    partners: dict[str, dict[str, str]]  #: partner -> locale -> its name
    marking: str
    as_of: str  #: ISO instant of the newest thing in it
    papers: list[Paper]
    audiences: dict[str, dict[str, str]] = {}  #: audience -> locale -> its name; left out where none has one

    @property
    def releases(self) -> list[tuple[Outgoing, str]]:
        """What goes out, and its digest."""
        return [(paper.outgoing, paper.digest) for paper in self.papers]

    @property
    def asked(self) -> list[str]:
        """The partners that a signature is asked of, in order."""
        return sorted({each for paper in self.papers for each in paper.outgoing.partners if each not in paper.signed})

    def subjects(self, partner: str) -> list[Subject]:
        """Return what *partner* is asked to decide on: all of its releases here that it has not signed."""
        return [
            Subject(paper.outgoing.release, paper.digest)
            for paper in self.papers
            if partner in paper.outgoing.partners and partner not in paper.signed
        ]

    def part(self, pick: Selection) -> "Bundle":
        """
        Return what *pick* picks of it.

        Raises:
            Refused: If *pick* names what it does not have.
        """
        if not pick:
            return self
        rows = [_names(paper.outgoing) for paper in self.papers]
        pick.check(rows, self.campaign)
        picked = [paper for paper, row in zip(self.papers, rows, strict=True) if pick.picks(row)]
        return self.model_copy(update={"papers": picked})


def make(
    campaign: str,
    found: Sequence[Item],
    *,
    title: Mapping[str, str],
    partners: Mapping[str, Mapping[str, str]],
    marking: str,
    audiences: Mapping[str, Mapping[str, str]],
    changes: Mapping[str, Sequence[Change]],
    forms: Mapping[str, Outgoing],
    remarks: Mapping[str, Sequence[Remark]],
) -> Bundle:
    """Return the bundle of *found*; *forms* are the earlier ones by digest, *changes* and *remarks* by release."""
    papers = [
        Paper(
            form=canonical(item.outgoing).decode(),
            author=" and ".join(item.authors) or item.author,
            since=iso(item.since) if item.since else None,
            deadline=iso(item.deadline) if item.deadline else None,
            rounds=item.rounds,
            most_rounds=item.most_rounds,
            signed=dict(item.signed),
            said=[_said(each, forms) for each in changes.get(item.id, ())],
            comments=[_note(each) for each in remarks.get(item.id, ())],
            findings=[_found(each) for each in item.findings],
        )
        for item in found
    ]
    names = {partner: dict(name) for partner, name in partners.items()}
    newest = max(_instants(papers), default="1970-01-01T00:00:00Z")
    reached = {each: dict(name) for each, name in audiences.items() if name}
    return Bundle(
        v=VERSION,
        campaign=campaign,
        title=dict(title),
        partners=names,
        marking=marking,
        as_of=newest,
        papers=papers,
        audiences=reached,
    )


def to_bytes(bundle: Bundle) -> bytes:
    """Return the one form of *bundle*."""
    return encode(bundle.model_dump(exclude=None if bundle.audiences else {"audiences"}))


def from_bytes(raw: bytes) -> Bundle:
    """
    Read what `to_bytes` wrote, recomputing every digest.

    Raises:
        ValueError: If it is no bundle of this version in its one form.
        NotTrusted: If a release in it is not in canonical form, or of another campaign.
    """
    data, whole = decode(raw)
    if not whole or not isinstance(data, dict) or data.get("v") != VERSION:
        message = "not the canonical form of a bundle"
        raise ValueError(message)
    try:
        bundle = Bundle.model_validate(data)
    except ValidationError as error:
        raise ValueError(str(error)) from None
    parse_iso(bundle.as_of)
    for paper in bundle.papers:
        for each in filter(None, (paper.since, paper.deadline, *(said.at for said in paper.said))):
            parse_iso(each)
    if any(paper.outgoing.campaign != bundle.campaign for paper in bundle.papers):
        message = f"The bundle of {bundle.campaign} holds releases of another campaign."
        raise NotTrusted(message, "Ask for a new one, and sign nothing of this one.")
    if not bundle.papers or len({paper.outgoing.release for paper in bundle.papers}) < len(bundle.papers):
        message = "no release, or the same one twice"
        raise ValueError(message)
    return bundle


def _said(change: Change, forms: Mapping[str, Outgoing]) -> Said:
    form = forms.get(change.digest)
    return Said(
        partner=change.partner,
        person=change.person,
        answer=change.answer,
        at=iso(change.at),
        digest=change.digest,
        form=canonical(form).decode() if form else None,
    )


def _change(said: Said, paper: Paper) -> Change:
    differences = None
    if said.form is not None and digest(said.form.encode()) == said.digest:
        earlier = parse(said.form)
        if earlier.release == paper.outgoing.release:
            differences = tuple(between(earlier, paper.outgoing))
    return Change(said.partner, said.person, said.answer, parse_iso(said.at), said.digest, differences)


def _note(remark: Remark) -> Note:
    return Note(
        id=remark.id,
        person=remark.person,
        text=remark.text,
        at=iso(remark.at),
        closed_by=remark.closed_by,
        answers=[_note(each) for each in remark.answers],
    )


def _found(finding: Mapping[str, Any]) -> Found:
    span = finding.get("span")
    known = {name: finding.get(name) for name in ("check", "severity", "message", "remedy", "fix", "waived")}
    return Found.model_validate({**known, "part": finding.get("part", 0), "span": list(span) if span else None})


def _instants(papers: Iterable[Paper]) -> Iterable[str]:
    for paper in papers:
        yield from filter(None, (paper.since, *(each.at for each in paper.said)))
        for note in paper.comments:
            yield from (note.at, *(each.at for each in note.answers))


def _names(outgoing: Outgoing) -> dict[str, Any]:
    """Return what a selection asks for: the name of a release says its entry and occurrence."""
    entry, _, occurrence = outgoing.name.split("/")[0].partition("@")
    where = {"message": outgoing.message, "locale": outgoing.locale, "channel": outgoing.channel}
    return {"entry": entry, "occurrence": occurrence, **where}


def as_data(paper: Paper) -> dict[str, Any]:
    """Return one release of a bundle with stable keys."""
    return {
        "id": paper.outgoing.release,
        "digest": paper.digest,
        "author": paper.author,
        "signed": paper.signed,
        "missing": [each for each in paper.outgoing.partners if each not in paper.signed],
        "since": paper.since,
        "deadline": paper.deadline,
        "rounds": paper.rounds,
        "most_rounds": paper.most_rounds,
        "changes": [each.as_data() for each in paper.changes],
        "comments": [each.model_dump() for each in paper.comments],
        "outgoing": asdict(paper.outgoing),
    }
