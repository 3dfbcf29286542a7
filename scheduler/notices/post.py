"""
The daemon's duty of telling signers: look what waits, put each mail on record, send it, write what became of it.

It runs beside publishing, never in front of it: what goes wrong here is written into the table, which `status` shows,
and is tried again later.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, select

from campaigns import clock
from campaigns.documents import schema
from campaigns.errors import CordialeError, EnvironmentFault
from campaigns.plan import stored
from campaigns.settings import Settings
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.store.engine import reading, writing
from scheduler import house_mail, urgent
from scheduler.credentials import redact
from scheduler.engine.duties import Duty
from scheduler.notices import due, ledger, letters, owing
from scheduler.notices.due import Mail
from scheduler.notices.ledger import Outcome
from scheduler.publisher import OutcomeUnknown
from scheduler.releases.ledger import RELEASE
from scheduler.releases.states import State
from scheduler.review.docket import Terms, items
from scheduler.review.selection import EVERYTHING
from scheduler.transport.door import Transport

LOG = structlog.get_logger()
EVERY = timedelta(seconds=60)  #: between two rounds
LOST = timedelta(minutes=10)  #: after which a mail that was begun is not under way any more


@dataclass(frozen=True)
class Sent:
    """What one round did."""

    sent: int = 0
    failed: int = 0


class Notices:
    """The mails of one workspace to its signers."""

    def __init__(self, settings: Settings, database: Engine) -> None:
        self._settings = settings
        self._database = database
        self._trust = TrustStore(settings.trust)

    @property
    def wanted(self) -> bool:
        """Whether the settings name anybody to tell."""
        return bool(self._settings.signers and self._settings.mail.server)

    def duty(self) -> list[Duty]:
        """Return the duty for a daemon; none where there is nobody to tell."""
        return [Duty("notices", EVERY, self.round)] if self.wanted else []

    def round(self) -> Sent:
        """
        Tell all who are to be told now.

        Raises:
            CordialeError: If trust or database cannot be read; nobody is told then.
        """
        now = clock.now()
        trust = self._trust.current(now)
        with writing(self._database) as connection:
            ledger.give_up(connection, now - LOST)
        with reading(self._database) as connection:
            asked = [(letter, document) for document, letter in self._due(connection, trust, now)]
        return asyncio.run(self._send(asked, loopback_only=trust.rehearsal_only)) if asked else Sent()

    def _due(self, connection: Connection, trust: Trust, now: datetime) -> list[tuple[schema.Campaign | None, Mail]]:
        drafts = select(RELEASE.c.campaign).where(RELEASE.c.state == State.DRAFT.value).distinct()
        people = due.holders(trust.roles, trust.persons)
        reminder = timedelta(hours=self._settings.approval_reminder)
        found: list[tuple[schema.Campaign | None, Mail]] = []
        for campaign in sorted(connection.scalars(drafts)):
            waiting = items(connection, trust, campaign, EVERYTHING, Terms.of(self._settings))
            told = ledger.told(connection, campaign, now)
            made = due.letters(campaign, waiting, people, self._settings.signers, told, now, reminder)
            if made:
                document = stored.read(connection, campaign)
                found += [(document, each) for each in made]
        return found + self._urgent(connection, people, now)

    def _urgent(
        self, connection: Connection, people: Mapping[str, str], now: datetime
    ) -> list[tuple[schema.Campaign | None, Mail]]:
        """Return the mails about what went out on one partner's word; none where the debts cannot be counted."""
        try:
            debts = urgent.listed(connection, self._settings.trust)
        except EnvironmentFault as fault:  # `status` says so as well; what waits for signatures is told all the same
            LOG.warning("nobody was told of urgent releases", why=str(fault))
            return []
        campaigns = {debt.campaign for _, debt in debts}
        told = {each for campaign in campaigns for each in ledger.told(connection, campaign, now)}
        made = owing.letters(debts, people, self._settings.signers, told)
        documents = {campaign: stored.read(connection, campaign) for campaign in {each.campaign for each in made}}
        return [(documents[each.campaign], each) for each in made]

    async def _send(self, asked: list[tuple[Mail, schema.Campaign | None]], *, loopback_only: bool) -> Sent:
        sent = failed = 0
        async with Transport(loopback_only=loopback_only) as transport:
            for letter, document in asked:
                with writing(self._database) as connection:
                    if not ledger.begin(connection, letter, clock.now()):
                        continue
                outcome, detail = await self._hand_over(transport, letter, document)
                with writing(self._database) as connection:
                    ledger.finish(connection, letter.id, outcome, redact(detail), clock.now())
                sent, failed = sent + (outcome == "sent"), failed + (outcome != "sent")
                if outcome != "sent":
                    LOG.warning("a signer was not told", person=letter.person, campaign=letter.campaign, why=detail)
        return Sent(sent, failed)

    async def _hand_over(
        self, transport: Transport, letter: Mail, document: schema.Campaign | None
    ) -> tuple[Outcome, str]:
        try:
            now = clock.now()
            mail = letters.compose(self._settings, letter, *_words(letter, document, now), now)
            said = await house_mail.send(transport, self._settings, mail, [letter.signer.email])
        except OutcomeUnknown as error:
            return "unknown", str(error)
        except CordialeError as error:
            return "failed", str(error)
        except (ValueError, TimeoutError) as error:
            return "failed", f"The mail could not be made or sent: {error}"
        return "sent", said


def _words(letter: Mail, document: schema.Campaign | None, now: datetime) -> tuple[str, str]:
    """Return subject and text of *letter*, with the names that *document* gives."""
    title: Mapping[str, str] = document.title if document else {}
    names = {each: partner.name for each, partner in document.partners.items()} if document else {}
    if isinstance(letter, owing.Letter):
        return owing.words(letter, title, names)
    if not isinstance(letter, due.Letter):
        raise TypeError(letter)
    return letters.words(letter, title, names.get(letter.partner, {}), now)
