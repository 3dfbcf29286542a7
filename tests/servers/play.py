"""
The servers of the tests, for a person to look at: `make play` starts them, says where they are, and stops with Ctrl-C.

Those that are not installed are named with the way to get them. What they hold is gone when they stop.
"""

import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.servers import kannel_server as kannel
from tests.servers import mastodon_server as mastodon
from tests.servers import pds_server as pds
from tests.servers import postfix_server as postfix
from tests.servers import synapse_server as synapse
from tests.servers import telegram_server as telegram
from tests.servers import wordpress_server as wordpress

Folder = Callable[[str], Path]


def _always() -> None:
    """Say that nothing is missing."""


@contextmanager
def _wordpress(_: Folder) -> Iterator[str]:
    with wordpress.WordpressServer() as server:
        yield f"{server.url} · user cell, password {server.passwords['cell']}"


@contextmanager
def _matrix(folder: Folder) -> Iterator[str]:
    with synapse.SynapseServer(folder("synapse")) as server:
        yield f"{server.url} · @cell:{synapse.NAME}, room #news:{synapse.NAME}, token {server.tokens['cell']}"


@contextmanager
def _bluesky(folder: Folder) -> Iterator[str]:
    with pds.PdsServer(folder("pds")) as server:
        yield f"{server.url} · @{pds.HANDLES['cell']}, password {pds.PASSWORD}, AppView {server.view}"


@contextmanager
def _kannel(_: Folder) -> Iterator[str]:
    with kannel.KannelServer() as server:
        yield f"{server.url} · user cell, password {kannel.PASSWORD}, options parts: 10"


@contextmanager
def _smtp(_: Folder) -> Iterator[str]:
    with postfix.PostfixServer() as server:
        login = f"user cell, password {postfix.PASSWORD}"
        yield f"{server.address} · {login}, from {postfix.BOXES['cell']} to {postfix.BOXES['list']}, IMAP {server.imap}"


@contextmanager
def _mastodon(folder: Folder) -> Iterator[str]:
    with mastodon.MastodonServer(folder("mastodon")) as server:
        yield f"{server.url} · {mastodon.ACCOUNT}, token {mastodon.TOKEN} (a mock)"


@contextmanager
def _telegram(_: Folder) -> Iterator[str]:
    with telegram.TelegramServer() as server:
        yield f"{server.url} · channel @facts, token {telegram.TOKEN} (a fake)"


#: Kind of channel -> why its server cannot run here, and the server, which says how it is reached.
SERVERS = {
    "wordpress": (wordpress.why_not, _wordpress),
    "matrix": (synapse.why_not, _matrix),
    "bluesky": (pds.why_not, _bluesky),
    "kannel": (kannel.why_not, _kannel),
    "smtp": (postfix.why_not, _smtp),
    "mastodon": (_always, _mastodon),
    "telegram": (_always, _telegram),
}


def main(*only: str) -> None:
    """Start the servers, all or those of the kinds *only*, and wait to be stopped."""
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    with ExitStack() as open_:
        place = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="cordiale-play-")))

        def folder(name: str) -> Path:
            (place / name).mkdir()
            return place / name

        for kind, (why_not, server) in SERVERS.items():
            if only and kind not in only:
                continue
            reason = why_not()
            said = f"not here: it {reason}" if reason else open_.enter_context(server(folder))
            print(f"{kind:<10} {said}", flush=True)  # noqa: T201 (a person reads it)
        print("Ctrl-C stops them.", flush=True)  # noqa: T201 (the same)
        stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
