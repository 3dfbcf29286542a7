"""Deliveries and rigs: each publisher with the real server it talks to, in one shape for the contract suite."""

import asyncio
import base64
import hashlib
import html
import itertools
import os
import re
import socket
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from campaigns.settings import Settings
from content.counting import notify
from scheduler import roster
from scheduler.publisher import Capabilities, Delivery, Endpoint, Publisher
from scheduler.publishers import bluesky, matrix
from scheduler.releases.identity import idempotency_key, release_id
from scheduler.releases.outgoing import Outgoing, OutgoingMedia, canonical, digest
from scheduler.transport.door import Transport
from tests.builders import outgoings
from tests.servers import kannel_server, notify_server, pds_server, synapse_server, telegram_server
from tests.servers.http_sink import HttpSink
from tests.servers.kannel_server import KannelServer
from tests.servers.mastodon_server import ACCOUNT, TOKEN, MastodonServer
from tests.servers.notify_server import NotifyServer
from tests.servers.pds_server import PdsServer
from tests.servers.smtp_server import SmtpServer
from tests.servers.synapse_server import SynapseServer
from tests.servers.telegram_server import TelegramServer
from tests.servers.wordpress_server import WordpressServer

T = TypeVar("T")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
TOPIC = "canary-of-the-topic"
SIGNING_KEY = "whsec_Y2FuYXJ5LW9mLXRoZS13ZWJob29rLXJlY2VpdmVy"
PASSWORD = "canary-of-the-mail-server"
#: Letters, an isolate, a zero-width non-joiner, Arabic punctuation, and a link on a line of its own.
ARABIC = "خسر داعش أرضه، و\u2066Cordiale 74\u2069 شريكًا يقفون معًا؛ می\u200cخواهم.\n\nhttps://example.org/daesh"  # noqa: RUF001 (Arabic is Arabic)
_numbers = itertools.count(1)


def outgoing(text: str = "Daesh lost its ground.", **changes: Any) -> Outgoing:
    """Build what goes out: a release of its own at every call, unless `release` is given."""
    entry = f"launch-{os.getpid()}-{next(_numbers)}"
    own: dict[str, Any] = {
        "release": release_id("raqqa-voices", entry, "", "ar", "channel"),
        "campaign": "raqqa-voices",
        "name": f"{entry}/ar/channel",
        "message": "lost-ground",
        "audiences": ("young-fr",),
        "channel": "channel",
        "account": "Cell",
        "issuer": "fr",
        "due": "2026-01-12T17:30:00Z",
    }
    return outgoings.outgoing(text, **{**own, **changes})


def delivery(text: str = "Daesh lost its ground.", media: dict[str, bytes] | None = None, **changes: Any) -> Delivery:
    """Build a delivery of its own; *media* maps file names to bytes."""
    files = media or {}
    items = tuple(
        OutgoingMedia(file=name, digest=hashlib.sha256(content).hexdigest(), kind="image/png", alt=f"خريطة {name}")
        for name, content in files.items()
    )
    what = outgoing(text, **{"media": items, **changes})
    signed = digest(canonical(what))
    return Delivery(
        outgoing=what,
        key=idempotency_key(what.release, signed),
        digest=signed,
        media={hashlib.sha256(content).hexdigest(): content for content in files.values()},
    )


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Bench:
    """A workspace, an event loop and a transport in it."""

    settings: Settings
    runner: asyncio.Runner
    transport: Transport

    def run(self, work: Awaitable[T]) -> T:
        """Wait for *work* on the loop."""

        async def wait() -> T:
            return await work

        return self.runner.run(wait())

    def publisher(self, **endpoint: Any) -> Publisher:
        """Return the publisher of an endpoint."""
        plain: dict[str, Any] = {"channel": "channel", "account": "Cell", "server": None, "credential": None}
        return roster.publisher_for(Endpoint(**{**plain, **endpoint}), self.transport, self.settings)

    def secret(self, name: str, text: str) -> None:
        """Put a secret into the workspace."""
        self.settings.secrets.mkdir(exist_ok=True)
        path = self.settings.secrets / name
        path.write_text(text)
        path.chmod(0o600)


@dataclass
class Rig:
    """A publisher and its server."""

    bench: Bench
    endpoint: dict[str, Any]
    shown: Callable[[Delivery], list[str]]  #: the texts of this delivery that people would see now
    refusing: Callable[[], dict[str, Any]]  #: makes the channel say no; returns what changes in the endpoint
    unreachable: dict[str, Any]  #: what changes in the endpoint so that nothing can leave
    canaries: tuple[str, ...] = ()
    alters: Callable[[str], str] = str  #: what the channel is known to make of a text
    looks_first: bool = False  #: publishes nothing that a look-up finds, though the channel absorbs no key
    capabilities: Capabilities = field(init=False)
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        self.capabilities = roster.capabilities(self.endpoint["kind"], self.endpoint.get("options"))
        self.publisher = self.bench.publisher(**self.endpoint)

    def publish(self, what: Delivery) -> Any:
        return self.bench.run(self.publisher.publish(what))

    def changed(self, changes: dict[str, Any]) -> Publisher:
        return self.bench.publisher(**{**self.endpoint, **changes})


def smtp_rig(bench: Bench, server: SmtpServer) -> Rig:
    bench.secret("list", f'user = "cell"\npassword = "{PASSWORD}"\n')

    def shown(what: Delivery) -> list[str]:
        key = f"<{what.piece_key}@"
        bodies = [m.get_body(("plain",)) for m in server.messages if str(m["Message-ID"]).startswith(key)]
        return [body.get_content().replace("\r\n", "\n").removesuffix("\n") for body in bodies if body]

    def refuse() -> dict[str, Any]:
        server.fault = "550-recipient"
        return {}

    endpoint = {
        "kind": "smtp",
        "server": server.address,
        "account": "Cellule commune <news@cell.example>",
        "credential": "list",
        "options": {"to": "all@list.example"},
    }
    return Rig(bench, endpoint, shown, refuse, {"server": f"127.0.0.1:{free_port()}"}, (PASSWORD,))


def notify_rig(bench: Bench, server: NotifyServer) -> Rig:
    bench.secret("notify", notify_server.KEY)
    bench.secret("wrong", notify_server.KEY.replace(notify_server.SECRET, notify_server.SERVICE))

    def shown(what: Delivery) -> list[str]:
        return [each["body"] for each in server.sent if each["reference"] == what.piece_key]

    endpoint = {
        "kind": "govuk-notify",
        "server": server.url,
        "account": "CELL",
        "credential": "notify",
        "options": {"to": "+447700900000", "template": notify_server.TEMPLATE},
    }
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    secrets = (notify_server.KEY, notify_server.SECRET)
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, secrets, alters=notify.sent)


def kannel_rig(bench: Bench, server: KannelServer) -> Rig:
    bench.secret("gateway", f'user = "cell"\npassword = "{kannel_server.PASSWORD}"\n')
    bench.secret("wrong", 'user = "cell"\npassword = "a-password-that-is-wrong"\n')

    def shown(what: Delivery) -> list[str]:
        return [text for _, _, text in server.settled() if text == what.piece.text]

    endpoint = {
        "kind": "kannel",
        "server": server.url,
        "account": "CELL",
        "credential": "gateway",
        "options": {"to": "+447700900000", "parts": 10},
    }
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, (kannel_server.PASSWORD,))


def webhook_rig(bench: Bench, sink: HttpSink) -> Rig:
    bench.secret("receiver", SIGNING_KEY)

    def shown(what: Delivery) -> list[str]:
        said = [request.json() for request in sink.effects]
        mine = [each for each in said if each["release"] == what.outgoing.release and each["part"] == what.part]
        return [] if any(each["act"] == "retract" for each in mine) else [each["text"] for each in mine]

    def refuse() -> dict[str, Any]:
        sink.misbehave("422")
        return {}

    endpoint = {
        "kind": "webhook",
        "server": f"{sink.url}/hook",
        "credential": "receiver",
        "options": {"deduplicates": True, "retracts": True},
    }
    away = {"server": f"http://127.0.0.1:{free_port()}/hook"}
    return Rig(bench, endpoint, shown, refuse, away, (SIGNING_KEY, SIGNING_KEY.removeprefix("whsec_")))


def apprise_rig(bench: Bench, sink: HttpSink) -> Rig:
    """Speak ntfy's own interface: the topic is the secret, as it is there."""
    address = f"ntfy://{sink.url.removeprefix('http://')}/{TOPIC}"
    bench.secret("topic", address)
    bench.secret("away", f"ntfy://127.0.0.1:{free_port()}/{TOPIC}")

    def shown(what: Delivery) -> list[str]:
        return [text for text in (each.json()["message"] for each in sink.effects) if text == what.piece.text]

    def refuse() -> dict[str, Any]:
        sink.misbehave("401")
        return {}

    endpoint = {"kind": "apprise", "credential": "topic", "options": {"service": "ntfy"}}
    return Rig(bench, endpoint, shown, refuse, {"credential": "away"}, (address, TOPIC))


def mastodon_rig(bench: Bench, server: MastodonServer) -> Rig:
    bench.secret("mastodon", TOKEN)
    bench.secret("wrong", "a-token-that-is-wrong")

    def shown(what: Delivery) -> list[str]:
        texts = [server.get(f"/api/v1/statuses/{each['id']}/source")["text"] for each in server.statuses()]
        return [text for text in texts if text == what.piece.text]

    endpoint = {"kind": "mastodon", "server": server.url, "account": ACCOUNT, "credential": "mastodon"}
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, (TOKEN,))


def bluesky_rig(bench: Bench, server: PdsServer) -> Rig:
    bench.secret("bluesky", pds_server.PASSWORD)
    bench.secret("wrong", "a-password-that-is-wrong")

    def shown(what: Delivery) -> list[str]:
        key = bluesky.record_key(what)
        return [each["value"]["text"] for each in server.posts() if each["uri"].endswith(f"/{key}")]

    endpoint = {
        "kind": "bluesky",
        "server": server.url,
        "account": f"@{pds_server.HANDLES['cell']}",
        "credential": "bluesky",
    }
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, (pds_server.PASSWORD,))


def matrix_rig(bench: Bench, server: SynapseServer) -> Rig:
    bench.secret("matrix", server.tokens["cell"])
    bench.secret("wrong", "a-token-that-is-wrong")

    def shown(what: Delivery) -> list[str]:
        found = [each["content"] for each in server.shown("news")]
        return [each["body"] for each in found if each.get(matrix.KEY) == what.piece_key]

    endpoint = {
        "kind": "matrix",
        "server": server.url,
        "account": f"@cell:{synapse_server.NAME}",
        "credential": "matrix",
        "options": {"room": f"#news:{synapse_server.NAME}"},
    }
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, (server.tokens["cell"],))


def telegram_rig(bench: Bench, server: TelegramServer) -> Rig:
    bench.secret("telegram", telegram_server.TOKEN)
    bench.secret("wrong", "110201543:a-token-that-is-wrong")

    def shown(what: Delivery) -> list[str]:
        said = [each.get("text", each.get("caption")) for each in server.told()]
        return [text for text in said if text == what.piece.text]

    endpoint = {"kind": "telegram", "server": server.url, "account": "@facts", "credential": "telegram"}
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, (telegram_server.TOKEN,))


def wordpress_rig(bench: Bench, server: WordpressServer) -> Rig:
    bench.secret("site", f'user = "cell"\npassword = "{server.passwords["cell"]}"\n')
    bench.secret("wrong", 'user = "cell"\npassword = "a-password-that-is-wrong"\n')

    def shown(what: Delivery) -> list[str]:
        slug = what.outgoing.name.replace("/", "-")
        found = server.call("GET", "posts", {"search": "", "per_page": "100", "context": "edit"})
        mine = [each["content"]["raw"] for each in found if each["slug"].startswith(f"{slug}-{what.key[:8]}")]
        return [wordpress_text(each) for each in mine]

    endpoint = {"kind": "wordpress", "server": server.url, "account": "cell", "credential": "site"}
    away = {"server": f"http://127.0.0.1:{free_port()}"}
    secrets = (server.passwords["cell"], base64.b64encode(f"cell:{server.passwords['cell']}".encode()).decode())
    return Rig(bench, endpoint, shown, lambda: {"credential": "wrong"}, away, secrets, looks_first=True)


def wordpress_text(content: str) -> str:
    """Return the plain text of a post that a delivery without HTML of its own became."""
    paragraphs = re.findall(r"<p>(.*?)</p>", content, re.DOTALL)
    return html.unescape("\n\n".join(re.sub(r"<br\s*/?>", "\n", each) for each in paragraphs))


def feed_rig(bench: Bench) -> Rig:
    folder = bench.settings.root / "public" / "feed"
    (bench.settings.root / "a-file").write_text("in the way")

    def shown(what: Delivery) -> list[str]:
        return [text for name, text in atom_texts(folder / "feed.atom.xml") if what.outgoing.release in name]

    endpoint = {"kind": "feed", "server": "public/feed", "account": "أصوات الرقة"}
    return Rig(bench, endpoint, shown, lambda: {"server": "../elsewhere"}, {"server": "a-file/feed"})


def outbox_rig(bench: Bench) -> Rig:
    folder = bench.settings.root / "outbox"
    (bench.settings.root / "a-file").write_text("in the way")

    def shown(what: Delivery) -> list[str]:
        mine = [each for each in folder.glob("*/message.txt") if what.outgoing.release[:8] in each.parent.name]
        return [each.read_bytes().decode() for each in mine if not each.parent.name.endswith(".retracted")]

    return Rig(bench, {"kind": "outbox"}, shown, lambda: {"server": "/elsewhere"}, {"server": "a-file/outbox"})


def partner_pack_rig(bench: Bench) -> Rig:
    folder = bench.settings.root / "packs"
    (bench.settings.root / "a-file").write_text("in the way")

    def shown(what: Delivery) -> list[str]:
        mine = [each for each in folder.glob("*.zip") if what.outgoing.release[:8] in each.name]
        return [zipfile.ZipFile(each).read(f"{what.outgoing.locale}/text.txt").decode() for each in mine]

    endpoint = {"kind": "partner-pack", "server": "packs", "account": "Cell's channel"}
    return Rig(bench, endpoint, shown, lambda: {"server": "/elsewhere"}, {"server": "a-file/packs"})


def atom_texts(path: Path) -> list[tuple[str, str]]:
    """Return id and plain text of each entry of an Atom file."""
    atom, xhtml = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
    found = []
    for entry in ET.parse(path).getroot().iter(f"{atom}entry"):  # noqa: S314 (our own file)
        content = entry.find(f"{atom}content")
        assert content is not None
        paragraphs = []
        for paragraph in content.iter(f"{xhtml}p"):
            breaks = [f"\n{each.tail or ''}" for each in paragraph.iter(f"{xhtml}br")]
            paragraphs.append((paragraph.text or "") + "".join(breaks))
        found.append((str(entry.findtext(f"{atom}id")), "\n\n".join(paragraphs)))
    return found
