"""When each study was declared, and when what it is about was signed: what came first decides what may be claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from campaigns.documents import schema
from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.models.study import Study
from campaigns.store.tables import table
from reports.intake.subjects import Sent
from scheduler.releases.models import Release


def declared(connection: Connection, campaign: str) -> dict[str, datetime]:
    """Return when an apply first said of each study just what the document says now."""
    studies = table(Study)
    rows = connection.execute(select(studies.c.id, studies.c.declared_at).where(studies.c.campaign == campaign))
    return {row.id: row.declared_at for row in rows}


def signed(connection: Connection, campaign: str) -> dict[str, datetime]:
    """Return when the first partner signed each release as it stands; one that nobody signed is left out."""
    releases, approvals, subjects = table(Release), table(Approval), table(ApprovalSubject)
    covers = and_(subjects.c.subject == releases.c.id, subjects.c.digest == releases.c.digest)
    standing = (subjects.c.voided_at.is_(None), approvals.c.decision == "approve")
    rows = connection.execute(
        select(releases.c.id, func.min(approvals.c.received_at))
        .join(subjects, covers)
        .join(approvals, approvals.c.id == subjects.c.approval)
        .where(releases.c.campaign == campaign, *standing)
        .group_by(releases.c.id)
    )
    return {name: first for name, first in rows if first is not None}


@dataclass(frozen=True)
class Trial:
    """An experiment as it was declared, and whether that was before anything of it could be known."""

    study: str
    message: str
    channels: tuple[str, ...]  #: none: every channel of the message
    beforehand: bool

    def covers(self, release: Sent) -> bool:
        """Whether *release* is one of its arms."""
        return release.message == self.message and (not self.channels or release.channel in self.channels)


def trials(
    studies: Sequence[schema.Study],
    declared_at: dict[str, datetime],
    signed_at: dict[str, datetime],
    sent: Sequence[Sent],
) -> list[Trial]:
    """Return the experiments; one is declared beforehand if it stood before the first signature over its releases."""
    made = []
    for study in studies:
        if study.experiment is None:
            continue
        trial = Trial(study.id, study.experiment.message, tuple(study.experiment.channels), beforehand=False)
        mine = [each for each in sent if trial.covers(each)]
        known = [signed_at.get(each.id) or each.published_at for each in mine]
        out = [each.published_at.date() for each in mine if each.published_at]
        first = min((each for each in known if each is not None), default=None)
        said = declared_at.get(study.id)
        in_time = said is not None and (first is None or said <= first)
        drawn = not out or study.experiment.drawn_on <= min(out)
        made.append(Trial(trial.study, trial.message, trial.channels, beforehand=in_time and drawn))
    return made
