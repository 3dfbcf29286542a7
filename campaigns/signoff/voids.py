"""What ends approvals, in the form that is remembered outside the database: read from decisions, and from the table."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, select

from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.signoff import ended
from campaigns.signoff.ended import No, Void
from campaigns.signoff.statement import URGENT
from campaigns.signoff.verified import Verified
from campaigns.store.tables import table

_APPROVAL = table(Approval)
_SUBJECT = table(ApprovalSubject)
_CHUNK = 500  #: ids in one IN list


def remember(connection: Connection, folder: Path, ids: Iterable[str]) -> None:
    """
    Write what `approvals.void` ended on *ids* beside the trust files of *folder*, once the transaction of it is kept.

    Raises:
        EnvironmentFault: If that cannot be written.
    """
    found: list[Void] = []
    statements: dict[str, str | None] = {}
    for chunk in _chunks(list(ids)):
        marked = select(_SUBJECT.c.approval, _SUBJECT.c.subject, _SUBJECT.c.digest)
        marked = marked.where(_SUBJECT.c.subject.in_(chunk), _SUBJECT.c.voided_at.is_not(None))
        for approval, subject, digest in connection.execute(marked).all():
            if approval not in statements:
                statements[approval] = _statement_of(connection, approval)
            if said := statements[approval]:
                found.append(Void(said, subject, digest))
    if found:
        ended.of(folder).remember((), found)


def _statement_of(connection: Connection, approval: str) -> str | None:
    """Return the sha256 of the statement inside envelope *approval*; None where it holds none."""
    from campaigns.signoff.envelope import payload_digest

    text = connection.execute(select(_APPROVAL.c.envelope).where(_APPROVAL.c.id == approval)).scalar_one_or_none()
    return payload_digest(text) if isinstance(text, str) else None


def nos(decisions: Iterable[Verified]) -> Iterator[No]:
    """Yield what was refused or withdrawn; a resume is about a hold, and ends nothing."""
    for each in decisions:
        if each.answer not in {"approve", "resume", URGENT}:
            for subject, digest in each.digests.items():
                yield No(each.campaign, each.partner, subject, digest, each.at)


def voids(decisions: Iterable[Verified], voided: Mapping[str, set[str]]) -> Iterator[Void]:
    """Yield what *voided* (statement -> subjects) says of *decisions*."""
    for each in decisions:
        for subject in voided.get(each.statement, ()):
            if subject in each.digests:
                yield Void(each.statement, subject, each.digests[subject])


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
