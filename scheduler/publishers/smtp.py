"""
E-mail to a list that its provider keeps: one message a part, to one address.

`server` is `HOST:PORT` or `smtp://HOST:PORT` (STARTTLS, port 587) or `smtps://HOST:PORT` (TLS, port 465).
`account` is the sender, `options.to` the list's address; `options.reply_to` and `options.tls` (`starttls`,
`tls`; `none` on this machine alone) may be given. The credential has the fields `user` and `password`.

`options.notices: true` asks for notices of delivery to the sender's mailbox; each names the release and the part as
its Original-Envelope-Id, `RELEASE.PART`. `options.unsubscribe`, an https or mailto address of the list's provider,
goes as List-Unsubscribe. The submission server signs (DKIM) with its domain's key; nothing on the way has to change a
mail.

SMTP remembers no key and cannot be asked: a lost answer is for a person to settle. The Message-ID is made
of the key, so that a list's archive, or a provider that removes duplicates, can tell.
"""

import re
from typing import TYPE_CHECKING, ClassVar

from campaigns import clock
from campaigns.settings import Settings
from scheduler import credentials
from scheduler.mail_server import ADDRESS, MailServer, parse_server
from scheduler.publisher import Capabilities, Delivery, Endpoint, Receipt, Refused

if TYPE_CHECKING:
    from email.message import EmailMessage

    from scheduler.transport.door import Transport

_LEAVE = re.compile(r"(?:https://|mailto:)[!-;=?-~]{1,400}\Z")
_SUBJECT = 120  #: characters of the text that stand in for a missing headline


class Smtp:
    """Mail over STARTTLS or TLS, with AUTH."""

    kind: ClassVar[str] = "smtp"
    capabilities: ClassVar[Capabilities] = Capabilities()
    remark: ClassVar[str] = "to the address of a list"
    help: ClassVar[str] = (
        "Ask the list's provider for the submission server, a user and a password, "
        'and write them as user = "…" and password = "…".'
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        self._server()
        self._address(self._endpoint.account)
        self._address(self._option("to"))
        if "unsubscribe" in self._endpoint.options and not _LEAVE.match(self._option("unsubscribe")):
            message = f"Channel {self._endpoint.channel}: `unsubscribe` is no address to leave the list by."
            raise Refused(message, "Write it as https://… or mailto:…, or take it away.")

    async def publish(self, delivery: Delivery) -> Receipt:
        """Hand the part over to the submission server; its 250 is the receipt."""
        server, sender, to = self._server(), self._address(self._endpoint.account), self._address(self._option("to"))
        user, password = self._login()
        message = self._message(delivery, sender)
        said = await self._transport.mail(
            server.host,
            server.port,
            message.as_bytes(),
            sender=sender,
            recipients=[to],
            tls=server.tls,
            user=user,
            password=password,
            envelope=f"{delivery.outgoing.release}.{delivery.part}"
            if self._endpoint.options.get("notices") is True
            else None,
        )
        return Receipt(remote_id=str(message["Message-ID"]), detail=said)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Refuse: SMTP cannot be asked."""
        message = f"Mail cannot be asked whether it has {delivery.outgoing.name}."
        raise Refused(message, "Look in the list's archive, and say so with `cordiale resolve`.")

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Refuse: a mail that was sent stays sent."""
        message = f"The mail {remote_id} of {delivery.outgoing.name} cannot be taken back."
        raise Refused(message, "Send a correction to the list.")

    async def test(self) -> str:
        """Log in without sending."""
        server = self._server()
        sender, to = self._address(self._endpoint.account), self._address(self._option("to"))
        user, password = self._login()
        await self._transport.login(server.host, server.port, tls=server.tls, user=user, password=password)
        who = f"logged in as {user}" if user else "answered without a login"
        return f"{server.host}:{server.port} {who}; mail goes from {sender} to {to}."

    def _message(self, delivery: Delivery, sender: str) -> "EmailMessage":
        """Build the message; apart from its date, the same bytes for the same delivery."""
        from email.message import EmailMessage
        from email.policy import SMTP
        from email.utils import format_datetime

        part, outgoing = delivery.piece, delivery.outgoing
        message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        subject = part.headline or next(iter(part.text.strip().splitlines()), outgoing.name)[:_SUBJECT]
        try:
            message["From"] = self._endpoint.account
            message["To"] = self._option("to")
            if reply_to := self._endpoint.options.get("reply_to"):
                message["Reply-To"] = str(reply_to)
            message["Subject"] = " ".join(subject.split())
            if leave := self._option("unsubscribe"):
                message["List-Unsubscribe"] = f"<{leave}>"
        except (ValueError, IndexError):
            text = f"Channel {self._endpoint.channel}: an address or the subject cannot stand in a mail."
            raise Refused(text, "Write `account`, `to` and `reply_to` as name@example.org.") from None
        message["Date"] = format_datetime(delivery.now or clock.now())
        message["Message-ID"] = f"<{delivery.piece_key}@{sender.rpartition('@')[2]}>"
        message.set_content(part.text)
        if part.html:
            message.add_alternative(part.html, subtype="html")
        for item, content in delivery.files():
            main, _, sub = item.kind.partition("/")
            message.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=_base(item.file))
            [*_, leaf] = message.iter_parts()
            leaf["Content-Description"] = " ".join(item.alt.split())
        for captions, content in delivery.captions():
            message.add_attachment(content, maintype="text", subtype="vtt", filename=_base(captions.file))
        for leaf in message.walk():  # at the end: a part that becomes multipart gives its headers away
            if leaf is message or leaf.get_content_maintype() == "text":
                leaf["Content-Language"] = outgoing.locale
        for number, multipart in enumerate(each for each in message.walk() if each.is_multipart()):
            multipart.set_boundary(f"=_{delivery.piece_key}_{number}")
        return message

    def _server(self) -> MailServer:
        written = self._endpoint.server or ""
        wished = self._endpoint.options.get("tls")
        found = parse_server(written, None if wished is None else str(wished))
        if found is None:
            said = f"'{written}'" + (f", tls '{wished}'" if wished is not None else "")
            message = f"Channel {self._endpoint.channel} has no mail server that can be used: {said}."
            raise Refused(message, "Write `server: HOST:PORT` or `smtps://HOST:PORT`; `tls` is starttls, tls or none.")
        return found

    def _option(self, name: str) -> str:
        return str(self._endpoint.options.get(name, ""))

    def _address(self, written: str) -> str:
        from email.utils import parseaddr

        address = parseaddr(written)[1]
        if not ADDRESS.match(address) or not written.isprintable():
            message = f"Channel {self._endpoint.channel}: '{written}' is no mail address."
            raise Refused(message, "The sender is `account`, the list's address is `options: {to: list@example.org}`.")
        return address

    def _login(self) -> tuple[str | None, str | None]:
        if self._endpoint.credential is None:
            return None, None
        secret = credentials.of(self._endpoint, self._settings)
        return credentials.need(self._endpoint, self._settings, "user"), secret.get("password") or secret.get("token")


def _base(file: str) -> str:
    return file.rpartition("/")[2]
