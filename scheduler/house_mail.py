"""
Cordiale's own mail: to operators (alerts) and signers (notices), never to audiences.

`[mail]` in cordiale.toml says by which server it leaves. A message is plain text; it has no link that decides anything.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaigns.settings import Settings
from scheduler import credentials
from scheduler.errors import CredentialFault
from scheduler.mail_server import ADDRESS, MailServer, parse_server
from scheduler.publisher import Refused

if TYPE_CHECKING:
    from email.message import EmailMessage

    from scheduler.transport.door import Transport


def compose(
    settings: Settings, to: Sequence[str], subject: str, text: str, *, identity: str, at: datetime
) -> "EmailMessage":
    """
    Return a message to *to*; *identity* makes its Message-ID, the same for a repetition.

    Raises:
        Refused: If an address cannot stand in a mail.
    """
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime

    for address in (settings.mail.sender, *to):
        if not ADDRESS.match(address):
            message = f"'{address}' is no mail address."
            raise Refused(message, "Write name@example.org: [mail] sender, [alerts] to, [signers].")
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = settings.mail.sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{identity}@{settings.mail.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    mail.set_content(text)
    return mail


async def send(transport: "Transport", settings: Settings, mail: "EmailMessage", to: Sequence[str]) -> str:
    """
    Hand *mail* over for all of *to*, and return what the server said.

    Raises:
        PublishFault: As `transport.mail`; Refused if [mail] cannot be used.
    """
    server, user, password = _way(settings)
    return await transport.mail(
        server.host,
        server.port,
        mail.as_bytes(),
        sender=settings.mail.sender,
        recipients=list(to),
        tls=server.tls,
        user=user,
        password=password,
    )


async def login(transport: "Transport", settings: Settings) -> None:
    """
    Log in to the server and go: proves address, certificate and password, and sends nothing.

    Raises:
        PublishFault: As `transport.login`; Refused if [mail] cannot be used.
    """
    server, user, password = _way(settings)
    await transport.login(server.host, server.port, tls=server.tls, user=user, password=password)


def _way(settings: Settings) -> tuple[MailServer, str | None, str | None]:
    """Return server, user and password that [mail] names."""
    server = parse_server(settings.mail.server)
    if server is None:
        message = f"[mail] names no server that can be used: '{settings.mail.server}'."
        raise Refused(message, 'Write server = "HOST:PORT" or "smtps://HOST:PORT" in cordiale.toml.')
    user = password = None
    if settings.mail.credential:
        try:
            secret = credentials.find(settings.mail.credential, settings)
            user, password = secret.need("user"), secret.get("password") or secret.need("token")
        except CredentialFault as fault:
            raise Refused(fault.message, fault.hint, credential=True) from None
    return server, user, password
