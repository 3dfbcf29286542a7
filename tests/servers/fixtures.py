"""Fixtures of the servers that tests talk to, on loopback. All are real but those that say what they are."""

import gc
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import kannel_server as kannel
from tests.servers import pds_server as pds
from tests.servers import postfix_server as postfix
from tests.servers import synapse_server as synapse
from tests.servers import wordpress_server as wordpress
from tests.servers.http_sink import HttpSink
from tests.servers.kannel_server import KannelServer
from tests.servers.mastodon_server import MastodonServer
from tests.servers.notify_server import NotifyServer
from tests.servers.pds_server import PdsServer
from tests.servers.postfix_server import PostfixServer
from tests.servers.smtp_server import SmtpServer, certificate, server_context
from tests.servers.synapse_server import SynapseServer
from tests.servers.telegram_server import TelegramServer
from tests.servers.wordpress_server import WordpressServer


@pytest.fixture(scope="session")
def certificate_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a certificate for localhost that signs itself, and its key."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def server_tls(certificate_files: tuple[Path, Path]) -> ssl.SSLContext:
    """Give a server's TLS context."""
    return server_context(certificate_files)


@pytest.fixture(scope="session")
def client_tls(certificate_files: tuple[Path, Path]) -> ssl.SSLContext:
    """Give a client's TLS context that trusts the certificate and no other."""
    return ssl.create_default_context(cafile=str(certificate_files[0]))


@pytest.fixture
def http_sink(tmp_path: Path) -> Iterator[HttpSink]:
    """Give an HTTP server that deduplicates and keeps a ledger."""
    with HttpSink(ledger=tmp_path / "http-ledger.jsonl") as sink:
        yield sink
    gc.collect()  # a socket that is left open fails the test that left it, not one that comes later


@pytest.fixture
def smtp_server(tmp_path: Path, server_tls: ssl.SSLContext) -> Iterator[SmtpServer]:
    """Give an SMTP server with STARTTLS that asks for user `cell`, password `open-sesame`."""
    ledger = tmp_path / "smtp-ledger.jsonl"
    with SmtpServer(user="cell", password="open-sesame", ledger=ledger, context=server_tls) as server:
        yield server
    gc.collect()  # as above


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonServer]:
    """Give a mock of the Mastodon API, shared by the session: look for your own statuses only."""
    with MastodonServer(tmp_path_factory.mktemp("mastodon")) as server:
        yield server


@pytest.fixture(scope="session")
def synapse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SynapseServer]:
    """Give a Matrix homeserver, shared by the session: look for your own messages only."""
    if reason := synapse.why_not():
        pytest.skip(reason)
    with SynapseServer(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture
def telegram_server() -> Iterator[TelegramServer]:
    """Give a fake of the Telegram Bot API."""
    with TelegramServer() as server:
        yield server
    gc.collect()  # as above


@pytest.fixture(scope="session")
def wordpress_server() -> Iterator[WordpressServer]:
    """Give a WordPress site, shared by the session: look for your own posts only."""
    if reason := wordpress.why_not():
        pytest.skip(reason)
    with WordpressServer() as server:
        yield server


@pytest.fixture(scope="session")
def pds_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdsServer]:
    """Give a server of the AT Protocol, shared by the session: look for your own posts only."""
    if reason := pds.why_not():
        pytest.skip(reason)
    with PdsServer(tmp_path_factory.mktemp("pds")) as server:
        yield server


@pytest.fixture
def notify_server() -> Iterator[NotifyServer]:
    """Give a fake of GOV.UK Notify."""
    with NotifyServer() as server:
        yield server
    gc.collect()  # as above


@pytest.fixture(scope="session")
def kannel_server() -> Iterator[KannelServer]:
    """Give a gateway for text messages, shared by the session: look for your own texts only."""
    if reason := kannel.why_not():
        pytest.skip(reason)
    with KannelServer() as server:
        yield server


@pytest.fixture(scope="session")
def postfix_server() -> Iterator[PostfixServer]:
    """Give Postfix and Dovecot, shared by the session: look for your own mails only."""
    if reason := postfix.why_not():
        pytest.skip(reason)
    with PostfixServer() as server:
        yield server
