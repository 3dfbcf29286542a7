"""
A text message by GOV.UK Notify, to one number: that of a list which its provider keeps.

`account` is the sender as people see it; the credential is an API key. Options: `to` (a number with its country),
`template` (the id of a text message template whose whole content is `((message))`) and, where a service has several
senders, `sender` (its id). `server` is another Notify of the same interface; without it, the United Kingdom's.

Before anything is sent, Notify is asked what the template makes of the text: only the signed words go out, with the
plain signs that Notify writes for typographic ones and without invisible letters. It absorbs no key, but can be asked
for its reference while it keeps messages, a week. What was sent stays sent. What came of a text is asked as long: parts
that were delivered, and that failed in which way; while one is on its way there is no count.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode

from campaigns import clock
from campaigns.settings import Settings
from content.counting import notify
from scheduler import answers, credentials, definitions
from scheduler.publisher import Busy, Capabilities, Delivery, Endpoint, PublishFault, Receipt, Refused

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

SERVER = "https://api.notifications.service.gov.uk"
FIELD = "message"
KEPT = timedelta(days=6)  #: how long a reference is trusted to be found; Notify keeps messages for seven days
_TOLD = (400, 403, 404, 429, 500)  #: statuses whose body says what is the matter
_LATER, _UNKNOWN = 429, 404
_MINUTE, _TOMORROW = 60.0, 3600.0  #: seconds to wait where the minute's, and where the day's messages are used up
#: What is counted -> the status that says so.
STATUSES = {
    "deliveries": "delivered",
    "permanent_failures": "permanent-failure",
    "temporary_failures": "temporary-failure",
    "technical_failures": "technical-failure",
}
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_KEY = re.compile(r"(?:.*-)?(?P<service>[0-9a-f-]{36})-(?P<secret>[0-9a-f-]{36})\Z")


class GovukNotify:
    """Text messages by GOV.UK Notify."""

    kind: ClassVar[str] = "govuk-notify"
    capabilities: ClassVar[Capabilities] = Capabilities(can_look_up=True, real_id=True, measures=tuple(STATUSES))
    remark: ClassVar[str] = "to the number of a list; asked for six days"
    help: ClassVar[str] = (
        "Sign in to GOV.UK Notify, open API integration, API keys, and create a live key; then make a text message "
        "template whose content is ((message)) and copy its id."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        if self._endpoint.server:
            definitions.web_address(self._endpoint, "Notify's address")
        definitions.credential(self._endpoint, "the API key")
        if not _NUMBER.match(self._option("to")):
            message = f"Channel {self._endpoint.channel} names no number to write to."
            raise Refused(message, 'Write the list\'s number with its country: `options: {to: "+447700900000"}`.')
        for name in ("template", *(["sender"] if "sender" in self._endpoint.options else [])):
            if not _ID.match(self._option(name)):
                message = f"Channel {self._endpoint.channel}: `{name}` is no id of GOV.UK Notify."
                raise Refused(message, f"Copy the id from Notify, and write `options: {{{name}: …}}`.")

    async def publish(self, delivery: Delivery) -> Receipt:
        """See what the template makes of the text, then send it under the delivery's key."""
        if delivery.files():
            message = f"{delivery.outgoing.name} has files; a text message carries text alone."
            raise Refused(message, "Send the message without `media:` on this channel.")
        text = delivery.piece.text
        template = self._option("template")
        filled = {"personalisation": {FIELD: text}}
        shown = (await self._call("POST", f"template/{template}/preview", json=filled)).object("body")
        if _plain(str(shown["body"])) != _plain(text):
            message = f"The template of {self._endpoint.channel} sends other words than were signed."
            raise Refused(message, f"Let the template's whole content be (({FIELD})).", credential=True)
        said = {"phone_number": self._option("to"), "template_id": template, "reference": delivery.piece_key, **filled}
        if "sender" in self._endpoint.options:
            said["sms_sender_id"] = self._option("sender")
        answer = await self._call("POST", "notifications/sms", json=said, effect=True)
        taken = answer.object("id", "content")
        content = taken["content"]
        sender = content.get("from_number") if isinstance(content, dict) else None
        return Receipt(str(taken["id"]), detail=f"Sent by {answers.said(str(sender))}." if sender else "")

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Ask for the message by its reference, as long as Notify keeps it."""
        if clock.now() - clock.parse_iso(delivery.outgoing.due) > KEPT:
            message = f"GOV.UK Notify cannot be asked any more whether it has {delivery.outgoing.name}."
            raise Refused(message, "Look into Notify's own reports, and say what is there with `cordiale resolve`.")
        mine = await self._by_reference(delivery)
        return Receipt(str(mine["id"]), detail=f"It is {mine.get('status')}.") if mine else None

    async def measure(self, delivery: Delivery, remote_id: str) -> dict[str, int]:
        """Return how many parts were delivered, and failed in which way; nothing while one is on its way."""
        if clock.now() - clock.parse_iso(delivery.outgoing.due) > KEPT:
            message = f"GOV.UK Notify keeps messages for a week, and {delivery.outgoing.name} is older."
            raise Refused(message, "Download Notify's report within the week, and import it: `readings import`.")
        first = (await self._call("GET", f"notifications/{quote(remote_id, safe='')}")).object("id", "status")
        others = [
            await self._by_reference(replace(delivery, part=part)) for part in range(1, len(delivery.outgoing.parts))
        ]
        found = [str((each or {}).get("status")) for each in (first, *others)]
        if not set(found) <= set(STATUSES.values()):
            return {}
        return {metric: found.count(status) for metric, status in STATUSES.items()}

    async def _by_reference(self, delivery: Delivery) -> dict[str, Any] | None:
        query = {"reference": delivery.piece_key, "template_type": "sms"}
        found = (await self._call("GET", f"notifications?{urlencode(query)}")).object("notifications")["notifications"]
        mine = [each for each in found if isinstance(each, dict) and each.get("reference") == delivery.piece_key]
        return mine[0] if mine else None

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Refuse: a text message that was sent stays sent."""
        message = f"The text message {remote_id} of {delivery.outgoing.name} cannot be taken back."
        raise Refused(message, "Send a correction to the list.")

    async def test(self) -> str:
        """Ask for the template, which proves the key, and see that it adds no words."""
        template = quote(self._option("template"), safe="")
        found = (await self._call("GET", f"template/{template}")).object("type", "body")
        if found["type"] != "sms" or str(found["body"]).strip() != f"(({FIELD}))":
            message = f"The template of {self._endpoint.channel} is not one that sends the signed words alone."
            raise Refused(message, f"Make a text message template whose whole content is (({FIELD})).", credential=True)
        return f"The key opens the template, which adds no words; texts go to {self._option('to')}; nothing was sent."

    async def _call(self, method: str, path: str, *, effect: bool = False, **kwargs: Any) -> "Answer":
        """Call one method of Notify, and raise what the answer means."""
        url = f"{(self._endpoint.server or SERVER).rstrip('/')}/v2/{path}"
        headers = {"Authorization": f"Bearer {self._proof()}"}
        answer = await self._transport.http(method, url, headers=headers, effect=effect, accept=_TOLD, **kwargs)
        if answer.status in _TOLD:
            raise self._fault(answer)
        return answer

    def _proof(self) -> str:
        """Return what proves the key for half a minute: a signed token, as Notify asks (JWT, HS256)."""
        key = credentials.need(self._endpoint, self._settings, "token")
        token = _token(key, int(clock.now().timestamp()))
        if token is None:
            message = f"Credential '{self._endpoint.credential}' is no API key of GOV.UK Notify."
            raise Refused(message, "Copy the whole key, from its name to its end.", credential=True)
        return token

    def _fault(self, answer: "Answer") -> PublishFault:
        """Return what Notify's own words mean."""
        told = _told(answer)
        words = answers.said("; ".join(each.get("message", "") for each in told))
        names = {each.get("error") for each in told}
        if answer.status == _LATER:
            wait = _TOMORROW if "TooManyRequestsError" in names else _MINUTE
            message = f"{answer.where} answered {answer.status}: {words.rstrip('.')}."
            return Busy(message, answers.retry_after(answer.headers) or wait)
        if answer.status == _UNKNOWN:
            message = f"{answer.where} answered {answer.status}: {words.rstrip('.')}."
            return Refused(message, "Check the id of the channel's `template`.", credential=True)
        body = words.encode("utf-8", "replace")
        fault = answers.http_fault(answer.status, answer.headers, body, answer.where, effect=answer.effect)
        return fault or answers.lost(answer.where, "its answer is not what its API promises", effect=answer.effect)

    def _option(self, name: str) -> str:
        return str(self._endpoint.options.get(name, ""))


def _plain(text: str) -> str:
    """Return what Notify sends of *text*; line ends and the space around it do not matter."""
    return notify.sent(text.replace("\r\n", "\n")).strip()


@lru_cache(maxsize=16)
def _token(key: str, seconds: int) -> str | None:
    """Return the token of an instant, in *seconds* since 1970: the calls of one second share it. None: no such key."""
    found = _KEY.match(key)
    if found is None:
        return None
    credentials.conceal(found["secret"])
    said = ({"typ": "JWT", "alg": "HS256"}, {"iss": found["service"], "iat": seconds})
    signed = ".".join(_encoded(json.dumps(each, separators=(",", ":")).encode()) for each in said)
    return f"{signed}.{_encoded(hmac.digest(found['secret'].encode(), signed.encode(), hashlib.sha256))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _told(answer: "Answer") -> list[dict[str, str]]:
    """Return the errors of an answer, each with `error`, its name, and `message`, its words."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return []
    errors = found.get("errors") if isinstance(found, dict) else None
    known = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    return [{name: str(each.get(name, "")) for name in ("error", "message")} for each in known]
