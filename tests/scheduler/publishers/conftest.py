"""The bench that publishers are tried on."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns.settings import Settings
from scheduler.transport.door import Transport
from tests.scheduler.publishers.deliveries import (
    PASSWORD,
    Bench,
    Rig,
    bluesky_rig,
    feed_rig,
    kannel_rig,
    mastodon_rig,
    matrix_rig,
    notify_rig,
    outbox_rig,
    partner_pack_rig,
    smtp_rig,
    telegram_rig,
    webhook_rig,
    wordpress_rig,
)
from tests.servers.smtp_server import SmtpServer


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a workspace, a loop, and a rehearsal's transport: nothing leaves this machine."""
    root = tmp_path / "workspace"
    root.mkdir()
    with asyncio.Runner() as runner:
        bench = Bench(Settings(root=root), runner, runner.run(Transport(loopback_only=True, total=5.0).__aenter__()))
        yield bench
        runner.run(bench.transport.__aexit__(None, None, None))


@pytest.fixture
def mail_server(tmp_path: Path, server_tls: ssl.SSLContext) -> Iterator[SmtpServer]:
    """Give an SMTP server that knows the canary password."""
    with SmtpServer(user="cell", password=PASSWORD, ledger=tmp_path / "mails.jsonl", context=server_tls) as server:
        yield server


@pytest.fixture(
    params=[
        "smtp",
        "govuk-notify",
        pytest.param("kannel", marks=pytest.mark.servers),
        "webhook",
        "mastodon",
        pytest.param("bluesky", marks=pytest.mark.servers),
        pytest.param("matrix", marks=pytest.mark.servers),
        "telegram",
        pytest.param("wordpress", marks=pytest.mark.servers),
        "feed",
        "partner-pack",
        "outbox",
    ]
)
def rig(request: pytest.FixtureRequest, bench: Bench) -> Rig:
    """Give each publisher in turn, with its server."""
    if request.param == "smtp":
        return smtp_rig(bench, request.getfixturevalue("mail_server"))
    if request.param == "webhook":
        return webhook_rig(bench, request.getfixturevalue("http_sink"))
    if request.param == "mastodon":
        return mastodon_rig(bench, request.getfixturevalue("mastodon_server"))
    if request.param == "matrix":
        return matrix_rig(bench, request.getfixturevalue("synapse_server"))
    if request.param == "bluesky":
        return bluesky_rig(bench, request.getfixturevalue("pds_server"))
    if request.param == "govuk-notify":
        return notify_rig(bench, request.getfixturevalue("notify_server"))
    if request.param == "kannel":
        return kannel_rig(bench, request.getfixturevalue("kannel_server"))
    if request.param == "telegram":
        return telegram_rig(bench, request.getfixturevalue("telegram_server"))
    if request.param == "wordpress":
        return wordpress_rig(bench, request.getfixturevalue("wordpress_server"))
    return {"feed": feed_rig, "partner-pack": partner_pack_rig, "outbox": outbox_rig}[request.param](bench)
