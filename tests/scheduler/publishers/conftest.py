"""The bench that publishers are tried on."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaigns.settings import Settings
from scheduler.transport.door import Transport
from tests.scheduler.publishers.deliveries import (
    PASSWORD,
    Bench,
    Rig,
    apprise_rig,
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


#: Kind -> its rig, and the fixture of its server, where it has one.
RIGS: dict[str, tuple[Callable[..., Rig], str | None]] = {
    "smtp": (smtp_rig, "mail_server"),
    "govuk-notify": (notify_rig, "notify_server"),
    "kannel": (kannel_rig, "kannel_server"),
    "webhook": (webhook_rig, "http_sink"),
    "mastodon": (mastodon_rig, "mastodon_server"),
    "bluesky": (bluesky_rig, "pds_server"),
    "matrix": (matrix_rig, "synapse_server"),
    "telegram": (telegram_rig, "telegram_server"),
    "wordpress": (wordpress_rig, "wordpress_server"),
    "feed": (feed_rig, None),
    "partner-pack": (partner_pack_rig, None),
    "apprise": (apprise_rig, "http_sink"),
    "outbox": (outbox_rig, None),
}
INSTALLED = frozenset({"kannel", "bluesky", "matrix", "wordpress"})  #: whose servers `make servers` brings


@pytest.fixture(
    params=[pytest.param(kind, marks=pytest.mark.servers if kind in INSTALLED else ()) for kind in RIGS],
)
def rig(request: pytest.FixtureRequest, bench: Bench) -> Rig:
    """Give each publisher in turn, with its server."""
    build, server = RIGS[request.param]
    return build(bench, request.getfixturevalue(server)) if server else build(bench)
