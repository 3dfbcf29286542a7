"""
A real SMTP server: STARTTLS with its own certificate, AUTH, a ledger, and ways to misbehave.

In a test:          `with SmtpServer(user="u", password="p") as server: ... server.messages`
As a process:       `python tests/servers/smtp_server.py --port 0 --ledger FILE [--user U --password P] [--plain]`
                    prints its port on one line; stops at SIGTERM.

The ledger has one JSON line a message that was accepted: `{"message_id", "to", "subject", "n"}`, fsynced before
the server says 250.
"""

# ruff: noqa: ARG002, N802 (aiosmtpd decides on names and arguments)
import argparse
import asyncio
import datetime as dt
import email
import email.policy
import ipaddress
import json
import os
import signal
import ssl
import sys
import tempfile
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: What may go wrong: name -> whether the message is kept all the same.
FAULTS: dict[str, bool] = {
    "421-greylist": False,
    "421-once": False,  #: with the next mail the server leaves; the one after it is taken again
    "cut-once": False,
    "451-recipient": False,
    "550-recipient": False,
    "452-content": False,
    "554-content": False,
    "cut-at-sender": False,
    "cut-at-content-not-kept": False,
    "cut-at-content-kept": True,
}


class SmtpServer:
    """The server; a context manager. `messages` is what it accepted, parsed."""

    def __init__(
        self,
        *,
        user: str | None = None,
        password: str | None = None,
        starttls: bool = True,
        ledger: Path | None = None,
        port: int = 0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.fault: str | None = None
        self.senders: list[str] = []  #: of each MAIL that was heard, taken or not
        self.farewells = threading.Semaphore(0)  #: one for each QUIT that was heard
        self._ledger = ledger.open("ab") if ledger else None
        self._authenticator = _Authenticator(user, password)
        self._controller = _Controller(
            _Handler(self),
            hostname="127.0.0.1",
            port=port,
            ready_timeout=120.0,
            tls_context=(context or server_context()) if starttls else None,
            require_starttls=False,
            auth_required=user is not None,
            auth_require_tls=starttls,
            authenticator=self._authenticator,
            decode_data=False,
        )

    @property
    def port(self) -> int:
        return int(self._controller.port)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def logins(self) -> int:
        """How often somebody logged in, with the right password or not."""
        return self._authenticator.asked

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop(no_assert=True)
        if self._ledger:
            self._ledger.close()

    def keep(self, envelope: Envelope) -> None:
        """Accept the message of *envelope*."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        if self._ledger:
            line = {
                "message_id": message["Message-ID"],
                "to": message["To"],
                "subject": message["Subject"],
                "n": len(self.messages),
            }
            self._ledger.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._ledger.flush()
            os.fsync(self._ledger.fileno())


class _Controller(Controller):
    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._talks: list[SMTP] = []

    def factory(self) -> SMTP:
        """Remember each conversation."""
        self._talks.append(super().factory())
        return self._talks[-1]

    def _trigger_server(self) -> None:
        """Try the port that the system gave."""
        self.port = int(self.server.sockets[0].getsockname()[1])
        super()._trigger_server()

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """End the loop once no connection is open: what is left then would be closed in some other test."""
        assert stop_loop
        self._ending = self.loop.create_task(self._end())

    async def _end(self) -> None:
        self.server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        for talk in self._talks:
            if (wire := talk._original_transport or talk.transport) is not None:  # the first lies under TLS
                wire.abort()
        for _ in range(3):  # a socket closes in the next turn, and TLS above it in those that follow
            await asyncio.sleep(0)
        self.loop.stop()


class _Authenticator:
    def __init__(self, user: str | None, password: str | None) -> None:
        self._right = (user, password)
        self.asked = 0

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.asked += 1
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else (None, None)
        return AuthResult(success=given == self._right, handled=False)


class _Handler:
    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        self._owner.senders.append(address)
        if self._owner.fault == "421-greylist":
            return "421 4.7.0 Come back later"
        if self._owner.fault in {"421-once", "cut-once"}:
            fault, self._owner.fault = self._owner.fault, None
            if fault == "421-once":
                return "421 4.4.2 Idle too long"
            _cut(server)
        if self._owner.fault == "cut-at-sender":
            _cut(server)
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if self._owner.fault == "451-recipient":
            return "451 4.3.0 Try again"
        if self._owner.fault == "550-recipient":
            return "550 5.1.1 No such list"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._owner.farewells.release()
        return "221 2.0.0 Bye"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._owner.fault
        if fault is None or FAULTS[fault]:
            self._owner.keep(envelope)
        if fault and fault.startswith("cut-at-content"):
            _cut(server)
        if fault == "452-content":
            return "452 4.3.1 No room"
        if fault == "554-content":
            return "554 5.6.0 Not this"
        return f"250 2.0.0 Ok: queued as {len(self._owner.messages)}"


def _cut(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.abort()


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost and 127.0.0.1 that signs itself, and its key; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


def server_context(files: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    """Return a server's TLS context, with a certificate made now unless *files* has one."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if files:
        context.load_cert_chain(*files)
        return context
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*certificate(Path(folder)))
    return context


def main() -> None:
    """Run until SIGTERM."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--ledger", type=Path)
    options.add_argument("--user")
    options.add_argument("--password")
    options.add_argument("--plain", action="store_true")
    options.add_argument("--fault", choices=sorted(FAULTS))
    chosen = options.parse_args()
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    server = SmtpServer(
        user=chosen.user,
        password=chosen.password,
        starttls=not chosen.plain,
        ledger=chosen.ledger,
        port=chosen.port,
    )
    server.fault = chosen.fault
    with server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        done.wait()


if __name__ == "__main__":
    main()
