"""
An Atom feed, an RSS feed and a JSON Feed: files below the workspace that any web server can serve.

`server` is a folder. In it stand `feed.atom.xml`, `feed.rss.xml` and `feed.json` with the newest 100 entries,
`entries/` with one JSON file an entry (the journal that the feeds are rebuilt from), and `media/`. `account` is
the feed's title; `options.url` is the address that the folder is served at, and `options.home` that of the page it
belongs to.

An entry's id is `urn:uuid:RELEASE`: the same release again replaces its entry, so nothing is ever shown twice. The
entry is on disk before the feeds are rebuilt, and each feed is replaced in one step.
"""

import asyncio
import re
import uuid
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from campaigns import clock
from campaigns.settings import Settings
from scheduler import folders, syndication
from scheduler.hypertext import Hypertext
from scheduler.publisher import (
    Capabilities,
    Delivery,
    Endpoint,
    Posted,
    Receipt,
    Refused,
    Unreachable,
    Words,
    alt_place,
)
from scheduler.syndication import Entry

if TYPE_CHECKING:
    from scheduler.transport.door import Transport

ATOM, RSS, JSON = "feed.atom.xml", "feed.rss.xml", "feed.json"
NEWEST = 100  #: entries in a feed; the journal keeps all
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Feed:
    """Atom, RSS and JSON Feed."""

    kind: ClassVar[str] = "feed"
    capabilities: ClassVar[Capabilities] = Capabilities(
        absorbs_key=timedelta.max, can_look_up=True, can_retract=True, real_id=True, can_read=True, can_list=True
    )
    help: ClassVar[str] = "A feed needs no credential; let a web server serve its folder."

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        del transport
        self._endpoint = endpoint
        self._settings = settings
        self._turn = asyncio.Lock()
        self._tickets = count(1)
        self._built = 0  # the newest ticket that the feeds show
        self._known: dict[str, tuple[int, Entry]] = {}  # file name -> modification time (ns), entry

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        self._root()

    async def publish(self, delivery: Delivery) -> Receipt:
        """Write the entry, then see that the feeds show it."""
        entry = await asyncio.to_thread(self._enter, delivery)
        await self._show()
        return self._receipt(entry)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Look for the entry, under this key, in the journal; see that the feeds show it."""
        entry = await asyncio.to_thread(self._journal, delivery)
        if entry is None or entry.key != delivery.piece_key:
            return None
        await self._show()
        return self._receipt(entry)

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Take the entry out of the journal and out of the feeds."""
        del remote_id
        await asyncio.to_thread(self._remove, delivery)
        await self._show()

    def words(self, delivery: Delivery) -> Words:
        """Return title, text, links and alternative texts, as an entry carries them."""
        part = delivery.piece
        text = part.text if part.html is None else Hypertext.of(part.html).text
        links = () if part.html is None else Hypertext.of(part.html).links
        alts = {alt_place(number): item.alt for number, item in enumerate(delivery.listed, 1)}
        return {"title": _title(delivery), "text": text, "links": "\n".join((part.link or "", *links)), **alts}

    async def read(self, delivery: Delivery, remote_id: str) -> Words | None:
        """Return what the Atom feed shows; of an entry that newer ones pushed out, what its journal would show."""
        return await asyncio.to_thread(self._read, delivery, remote_id)

    async def posts(self, since: datetime) -> list[Posted]:
        """Return the entries of the Atom feed as it lies in its folder."""
        found = [
            Posted(name, str(each["link"]) or None, clock.parse_iso(str(each["published"])))
            for name, each in (await asyncio.to_thread(self._shown)).items()
        ]
        return [each for each in found if each.at >= since]

    def _shown(self) -> dict[str, dict[str, str | list[str]]]:
        with folders.faults(self._endpoint):
            try:
                return syndication.read_atom((self._root() / ATOM).read_bytes())
            except FileNotFoundError:
                return {}
            except ValueError as error:
                message = f"{ATOM} of {self._endpoint.channel} is no feed any more: {error}."
                raise Unreachable(
                    message, f"It is written anew by `cordiale channels test {self._endpoint.channel}`."
                ) from None

    def _read(self, delivery: Delivery, remote_id: str) -> Words | None:
        shown = self._shown()
        if (entry := shown.get(remote_id)) is None:
            kept = self._journal(delivery) if len(shown) >= NEWEST else None
            return None if kept is None or kept.key != delivery.piece_key else self.words(delivery)
        page = Hypertext.of(str(entry["html"]))
        alts = {alt_place(number): str(alt) for number, alt in enumerate(entry["alts"], 1)}
        links = "\n".join((str(entry["link"]), *page.links))
        return {"title": str(entry["title"]), "text": page.text, "links": links, **alts}

    async def test(self) -> str:
        """Rebuild the feeds from the journal, which changes nothing that they say."""
        await self._show()
        folder = self._root().relative_to(self._settings.root.resolve())
        return f"The feeds in {folder} can be written; they hold {len(self._known)} entries."

    async def _show(self) -> None:
        """Rebuild the feeds; callers that wait for the same rebuild share it."""
        ticket = next(self._tickets)
        async with self._turn:
            if self._built < ticket:
                newest = next(self._tickets)  # everybody who has a lower one has written already
                await asyncio.to_thread(self._rebuild)
                self._built = newest

    def _enter(self, delivery: Delivery) -> Entry:
        files = delivery.files()
        entry = self._entry(delivery)
        faulty = _NOT_XML.search(
            " ".join([entry.text, entry.html or "", entry.title, *(each.alt for each in entry.media)])
        )
        if faulty:
            message = f"{delivery.outgoing.name} has the character U+{ord(faulty[0]):04X}, which a feed cannot hold."
            raise Refused(message, "Take it out of the wording.")
        path = self._path(delivery)
        with folders.faults(self._endpoint), folders.alone(self._root()):
            before = _read(path)
            if before is not None and before.key == entry.key:
                return before
            path.parent.mkdir(exist_ok=True)
            for (_, content), media in zip(files, entry.media, strict=True):
                target = self._root() / media.path
                target.parent.mkdir(exist_ok=True)
                if not target.exists():
                    folders.write(target, content)
            folders.write(path, entry.dumps())
        return entry

    def _remove(self, delivery: Delivery) -> None:
        path = self._path(delivery)
        with folders.faults(self._endpoint), folders.alone(self._root()):
            if path.exists():
                path.unlink()
                folders.settle(path.parent)

    def _journal(self, delivery: Delivery) -> Entry | None:
        with folders.faults(self._endpoint):
            return _read(self._path(delivery))

    def _rebuild(self) -> None:
        root = self._root()
        with folders.faults(self._endpoint), folders.alone(root):
            known: dict[str, tuple[int, Entry]] = {}
            for path in (root / "entries").glob("*.json"):
                stamp = path.stat().st_mtime_ns
                seen = self._known.get(path.name)
                entry = seen[1] if seen and seen[0] == stamp else _read(path)
                if entry is not None:
                    known[path.name] = (stamp, entry)
            self._known = known
            newest = sorted((entry for _, entry in known.values()), key=lambda entry: (entry.published, entry.id))
            feed = self._head(newest[-NEWEST:][::-1])
            folders.write(root / ATOM, syndication.atom(feed))
            folders.write(root / RSS, syndication.rss(feed))
            folders.write(root / JSON, syndication.json_feed(feed))

    def _head(self, entries: list[Entry]) -> syndication.Channel:
        url = str(self._endpoint.options.get("url", "")).rstrip("/")
        return syndication.Channel(
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"cordiale:{self._endpoint.channel}").urn,
            title=self._endpoint.account,
            home=str(self._endpoint.options.get("home", "")) or url,
            url=url,
            atom=ATOM,
            rss=RSS,
            json=JSON,
            entries=tuple(entries),
        )

    def _entry(self, delivery: Delivery) -> Entry:
        outgoing, part = delivery.outgoing, delivery.piece
        return Entry(
            id=_urn(outgoing.release, delivery.part),
            key=delivery.piece_key,
            published=clock.iso(delivery.now or clock.now()),
            title=_title(delivery),
            text=part.text,
            html=part.html,
            link=part.link,
            locale=outgoing.locale,
            direction=outgoing.direction,
            author=outgoing.issuer,
            contributors=tuple(each for each in outgoing.partners if each != outgoing.issuer),
            media=tuple(
                syndication.Media(
                    f"media/{item.digest}{Path(folders.safe(item.file)).suffix}", item.kind, item.alt, len(content)
                )
                for item, content in delivery.files()
            ),
        )

    def _root(self) -> Path:
        return folders.inside(self._endpoint, self._settings)

    def _path(self, delivery: Delivery) -> Path:
        part = f"-{delivery.part}" if delivery.part else ""
        return self._root() / "entries" / f"{folders.safe(delivery.outgoing.release)}{part}.json"

    def _receipt(self, entry: Entry) -> Receipt:
        url = str(self._endpoint.options.get("url", "")).rstrip("/")
        return Receipt(remote_id=entry.id, url=f"{url}/{ATOM}" if url else None)


def _title(delivery: Delivery) -> str:
    part = delivery.piece
    return part.headline or next(iter(part.text.strip().splitlines()), delivery.outgoing.name)


def _urn(release: str, part: int) -> str:
    try:
        first = uuid.UUID(release)
    except ValueError:
        first = uuid.uuid5(uuid.NAMESPACE_OID, release)
    return (uuid.uuid5(first, str(part)) if part else first).urn


def _read(path: Path) -> Entry | None:
    """Return the entry at *path*; None where there is none, or a person changed it past reading."""
    try:
        return Entry.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
