"""
Alerts: what is wrong is told by mail and to a webhook, once, and so is its end.

What was told stands in a file (`memory`), written after the message left: a daemon that is killed in between tells it
again rather than never. A message that does not leave is tried again, and is itself a trouble in `status`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from campaigns import clock
from campaigns.errors import CordialeError
from campaigns.settings import Settings
from scheduler import credentials, house_mail, webhooks
from scheduler.errors import CredentialFault
from scheduler.publisher import Refused
from scheduler.transport.door import Transport
from scheduler.watch import memory, words
from scheduler.watch.decide import Memory, Notice, failed, may_speak, news, sent
from scheduler.watch.troubles import Trouble, of_this_machine

LOG = structlog.get_logger()
PATIENCE = 30.0  #: seconds that one message may take
Send = Callable[[Transport, Notice], Awaitable[object]]


class Alerts:
    """The alerts of one workspace; *rehearsal* says whether nothing may leave this machine."""

    def __init__(
        self, settings: Settings, gather: Callable[[], Sequence[Trouble]], *, rehearsal: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._gather = gather
        self._rehearsal = rehearsal
        self._memories: dict[str, Memory] | None = None
        self.speaks: Callable[[], bool] = lambda: True  #: whether this process tells what all of a database see alike
        self.place = settings.root.resolve().name

    def routes(self) -> dict[str, Send]:
        """Return the ways that the settings name."""
        alerts = self._settings.alerts
        found: dict[str, Send] = {}
        if alerts.to:
            found["mail"] = self._mail
        if alerts.webhook:
            found["webhook"] = self._webhook
        return found

    def undelivered(self) -> dict[str, str]:
        """Return route -> why its last alert did not leave."""
        return {route: each.fault for route, each in (self._memories or {}).items() if each.fault}

    def round(self) -> None:
        """
        Look what is wrong, and tell what has to be told now.

        Raises:
            EnvironmentFault: If what was told cannot be written down.
        """
        routes = self.routes()
        if not routes:
            return
        if self._memories is None:
            self._memories = memory.read(self._settings.trust)
        troubles = [_redacted(each) for each in self._gather()]
        before = dict(self._memories)
        if not self.speaks():  # another process tells of the rest, and of its end
            troubles = [each for each in troubles if of_this_machine(each.key)]
            self._memories = {route: _own(each) for route, each in self._memories.items()}
        for route, send in routes.items():
            self._memories[route] = self._tell(route, send, troubles, self._memories.get(route, Memory()))
        for gone in self._memories.keys() - routes.keys():  # a way that the settings no longer name
            del self._memories[gone]
        if self._memories != before:
            memory.write(self._settings.trust, self._memories)

    def _tell(self, route: str, send: Send, troubles: Sequence[Trouble], known: Memory) -> Memory:
        now, alerts = clock.now(), self._settings.alerts
        notice = news(known, troubles, now, remind=timedelta(hours=alerts.remind))
        if notice is None:
            return replace(known, fault="", fault_since=None, tried_at=None) if known.fault else known
        if not may_speak(known, now, gap=timedelta(minutes=alerts.gap)):
            return known
        fault = self.deliver(send, notice)
        if fault:
            LOG.error("an alert did not leave; it is tried again", route=route, why=fault)
            return failed(known, fault, clock.now())
        LOG.warning("an alert left", route=route, new=len(notice.new), still=len(notice.still), over=len(notice.over))
        return sent(known, notice, clock.now())

    def deliver(self, send: Send, notice: Notice) -> str:
        """Send *notice* on one way, and return why it did not leave; "" when it did."""

        async def leave() -> None:
            async with Transport(loopback_only=self._rehearsal()) as transport, asyncio.timeout(PATIENCE):
                await send(transport, notice)

        try:
            asyncio.run(leave())
        except TimeoutError:
            return f"It did not leave within {PATIENCE:g} s."
        except CordialeError as error:
            return credentials.redact(str(error))
        return ""

    async def _mail(self, transport: Transport, notice: Notice) -> None:
        now, to = clock.now(), self._settings.alerts.to
        subject, text = words.subject(notice, self.place), words.text(notice, self.place, now)
        mail = house_mail.compose(self._settings, to, subject, text, identity=f"alert-{notice.id}", at=now)
        await house_mail.send(transport, self._settings, mail, to)

    async def _webhook(self, transport: Transport, notice: Notice) -> None:
        alerts, now = self._settings.alerts, clock.now()
        try:
            secret = credentials.find(alerts.webhook_credential, self._settings)
            key = webhooks.key_of(secret.need("token"))
        except CredentialFault as fault:
            raise Refused(fault.message, fault.hint, credential=True) from None
        if key is None:
            message = f"Credential '{alerts.webhook_credential}' is no signing key."
            raise Refused(message, f"Write {webhooks.PREFIX} and at least {webhooks.SHORTEST} bytes in base64.")
        body = json.dumps(words.data(notice, self.place, now), ensure_ascii=False, separators=(",", ":")).encode()
        headers = webhooks.headers(key, f"alert-{notice.id}", int(now.timestamp()), body)
        await transport.http("POST", alerts.webhook, headers=headers, data=body)


def _own(known: Memory) -> Memory:
    return replace(known, told={key: told for key, told in known.told.items() if of_this_machine(key)})


def _redacted(trouble: Trouble) -> Trouble:
    return replace(trouble, what=credentials.redact(trouble.what), hint=credentials.redact(trouble.hint))
