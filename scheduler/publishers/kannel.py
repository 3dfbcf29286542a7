"""
A text message by a Kannel gateway, to one number: that of a list which its provider keeps.

`server` is smsbox's address (`/cgi-bin/sendsms` unless it has a path), `account` the sender as people see it; the
credential has the fields `user` and `password` of a `sendsms-user`. Options: `to`, and `parts`: how many parts of a
text that user may send (`concatenation = true`, `max-messages` at the gateway). Kannel cuts a longer text and says
nothing, so that what takes more parts is refused here.

`receipts`, an address of this machine, lets the gateway tell there what came of it, without any number: see
`scheduler.receipts`. Kannel absorbs no key, gives no id and cannot be asked; the key is `binfo` in its access log.
"""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from campaigns.settings import Settings
from content.counting import gsm
from scheduler import answers, credentials, definitions, receipts
from scheduler.publisher import Busy, Capabilities, Delivery, Endpoint, OutcomeUnknown, PublishFault, Receipt, Refused

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

PATH = "/cgi-bin/sendsms"
_TOLD = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE)  #: whose words say what it means
_TAKEN = re.compile(r"\s*[03]:")  #: 0: accepted by the network's centre; 3: kept until one is there
_CODINGS = {"gsm-7": "0", "ucs-2": "2"}
_TO = re.compile(r"\+[1-9][0-9]{6,14}\Z|[0-9]{3,8}\Z")
_FROM = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 .&_-]{1,11}\Z|\+?[0-9]{3,15}\Z")
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_FINAL = "19"  #: delivered, not delivered, refused by the centre


class Kannel:
    """Text messages by a Kannel gateway."""

    kind: ClassVar[str] = "kannel"
    capabilities: ClassVar[Capabilities] = Capabilities()
    remark: ClassVar[str] = "to the number of a list"
    help: ClassVar[str] = (
        "Ask who runs the gateway for a sendsms-user with `concatenation = true` and `max-messages = 6`, and put its "
        "name and password in the credential as user and password."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        definitions.web_address(self._endpoint, "smsbox's address")
        definitions.credential(self._endpoint, "user and password")
        channel = self._endpoint.channel
        if not _TO.match(str(self._endpoint.options.get("to", ""))):
            message = f"Channel {channel} names no number to write to."
            raise Refused(message, 'Write the list\'s number: `options: {to: "+447700900000"}`, or a short one.')
        if not _FROM.match(self._endpoint.account):
            message = f"Channel {channel}: '{self._endpoint.account}' cannot be the sender of a text message."
            raise Refused(message, "Write `account` as a number, or as at most 11 Latin letters and digits.")
        if self._parts() is None:
            message = f"Channel {channel} does not say how many parts the gateway sends of a text."
            hint = "Write `options: {parts: 6}` where its user has concatenation = true and max-messages = 6, else 1."
            raise Refused(message, hint)
        if (where := self._endpoint.options.get("receipts")) is not None and not _is_here(str(where)):
            message = f"Channel {channel}: `receipts` is no address of this machine."
            raise Refused(message, f"Write `receipts: http://{receipts.ADDRESS}`; nothing else may be told.")

    async def publish(self, delivery: Delivery) -> Receipt:
        """Hand it to the gateway; the receipt is that the network's centre or the gateway's store has it."""
        if delivery.files():
            message = f"{delivery.outgoing.name} has files; a text message carries text alone."
            raise Refused(message, "Send the message without `media:` on this channel.")
        text = delivery.piece.text
        found, most = gsm.segments(text), self._parts() or 1
        if not 0 < found.parts <= most:
            message = f"{delivery.outgoing.name} takes {found.parts} parts, and {self._endpoint.channel} sends {most}."
            raise Refused(message, "Shorten it, or have the gateway send more and say so in the option `parts`.")
        said = {
            "X-Kannel-To": str(self._endpoint.options["to"]),
            "X-Kannel-From": self._endpoint.account,
            "X-Kannel-Coding": _CODINGS[found.encoding],
            "X-Kannel-BInfo": delivery.piece_key,
        }
        if where := self._endpoint.options.get("receipts"):
            said["X-Kannel-DLR-Mask"] = _FINAL
            said["X-Kannel-DLR-Url"] = receipts.address(str(where), delivery.outgoing.release, delivery.part)
        answer = await self._call(said, text, effect=True)
        words = answers.said(answer.body)
        if answer.status in _TOLD:
            raise self._fault(answer, words)
        if answer.status != HTTPStatus.ACCEPTED or not _TAKEN.match(words):
            message = f"{answer.where} answered {answer.status} and what Kannel does not say: {words}"
            raise OutcomeUnknown(message if message.endswith(".") else f"{message}.")
        return Receipt(delivery.piece_key, detail=words)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Refuse: a gateway forgets what it has sent."""
        message = f"Kannel cannot be asked whether it has sent {delivery.outgoing.name}."
        hint = f"Look for {delivery.piece_key} in its access log, and say so with `cordiale resolve`."
        raise Refused(message, hint)

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Refuse: a text message that was sent stays sent."""
        message = f"The text message {remote_id} of {delivery.outgoing.name} cannot be taken back."
        raise Refused(message, "Send a correction to the list.")

    async def test(self) -> str:
        """Log in with a message that has no receiver: the gateway looks at the password first, then refuses it."""
        answer = await self._call({"X-Kannel-To": "", "X-Kannel-From": self._endpoint.account}, "", effect=False)
        words = answers.said(answer.body)
        if answer.status != HTTPStatus.BAD_REQUEST or "receiver" not in words:
            raise self._fault(answer, words)
        to, user = self._endpoint.options.get("to"), credentials.need(self._endpoint, self._settings, "user")
        return f"The gateway knows {user}; texts go to {to}; nothing was sent."

    async def _call(self, said: dict[str, str], text: str, *, effect: bool) -> "Answer":
        """Post to smsbox. Name and password go as headers: an address would stand in logs."""
        url = definitions.web_address(self._endpoint)
        user, password = credentials.needs(self._endpoint, self._settings, "user", "password")
        headers = {
            "X-Kannel-Username": user,
            "X-Kannel-Password": password,
            "Content-Type": "text/plain; charset=UTF-8",  # the header that it believes; X-Kannel-Charset alone is not
            **said,
        }
        url = url if urlsplit(url).path else f"{url}{PATH}"
        body = text.encode()
        return await self._transport.http("POST", url, headers=headers, data=body, effect=effect, accept=_TOLD)

    def _fault(self, answer: "Answer", words: str) -> PublishFault:
        """Return what the gateway's words mean; it says them before it sends anything."""
        message = f"{answer.where} answered {answer.status}: {words or 'nothing'}"
        message = message if message.endswith(".") else f"{message}."
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return Busy(message, answers.retry_after(answer.headers))
        if answer.status == HTTPStatus.FORBIDDEN and "uthorization" in words:
            return Refused(message, "Check user and password with `cordiale channels test`.", credential=True)
        return Refused(message, "Ask who runs the gateway.")

    def _parts(self) -> int | None:
        said = self._endpoint.options.get("parts")
        return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else None


def _is_here(where: str) -> bool:
    """Say whether *where* is a plain address of this machine: nothing of a receipt leaves it."""
    try:
        parts = urlsplit(where)
        found = parts.hostname in _HERE and parts.port is not None
    except ValueError:
        return False
    return found and parts.scheme == "http" and parts.path in {"", "/"} and not parts.query and not parts.username
