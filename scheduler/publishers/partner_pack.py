"""
A zip that a person posts from: for partners, press desks and networks that no program may post to.

`server` is a folder below the workspace, `account` the account that a person posts from. The option `network` names the
network whose limits hold (`whatsapp`, `instagram`), `zone` the time zone that the checklist gives times in as well.

    LOCALE/text.txt  headline.txt  text.html    what was signed, letter for letter; the last two where there are any
    LOCALE/alt.txt   media/1-map.png            files in their order, with what says each to those who do not see it
    LOCALE/checklist.en.txt  .fr.txt  .ar.txt   what to do, in three languages
    LOCALE/pack.json                            the same for programs, with the digest that was signed

Everything stands below the locale, so that the packs of several languages unpack side by side. The same release makes
the same bytes. Cordiale cannot see whether it was posted: it is `handed_over` until `cordiale resolve` records the
link.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from campaigns.documents.written import zones
from campaigns.settings import Settings
from scheduler import folders, packing
from scheduler.publisher import Capabilities, Delivery, Endpoint, HandedOver, Receipt, Refused

if TYPE_CHECKING:
    from scheduler.transport.door import Transport

_EPOCH = (1980, 1, 1, 0, 0, 0)  #: the only instant in a pack, so that the same release makes the same bytes
_PLAIN_FILE = 0o100644 << 16


class PartnerPack:
    """A zip that a person posts from."""

    kind: ClassVar[str] = "partner-pack"
    capabilities: ClassVar[Capabilities] = Capabilities(absorbs_key=timedelta.max)
    remark: ClassVar[str] = "a person posts it, says so with `resolve`, and takes it down"
    help: ClassVar[str] = "A partner pack needs no credential; whoever posts from it has the account's."

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        del transport
        self._endpoint = endpoint
        self._settings = settings

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        self._root()
        self._zone()

    async def publish(self, delivery: Delivery) -> HandedOver:
        """Write the zip, unless it is there with these bytes, and leave the rest to a person."""
        path = await asyncio.to_thread(self._write, delivery)
        return HandedOver(str(path.relative_to(self._settings.root.resolve())))

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Refuse: only a person sees where it was posted."""
        message = f"{self._endpoint.account} cannot be asked whether it has {delivery.outgoing.name}."
        raise Refused(message, "Look at the account, and say what is there with `cordiale resolve`.")

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Refuse: whoever posted it takes it down."""
        del remote_id
        message = f"{delivery.outgoing.name} was posted by a person; Cordiale cannot take it down."
        raise Refused(message, f"Ask whoever keeps {self._endpoint.account} to take it down.")

    async def test(self) -> str:
        """Write a file and remove it."""
        root = self._root()
        await asyncio.to_thread(folders.prove, self._endpoint, root)
        return f"Packs can be written to {root.relative_to(self._settings.root.resolve())}; a person posts from them."

    def _write(self, delivery: Delivery) -> Path:
        content, path = self._packed(delivery), self._path(delivery)
        with folders.faults(self._endpoint), folders.alone(self._root()):
            if path.exists() and path.read_bytes() != content:
                path.replace(folders.free(path, "superseded"))
            if not path.exists():
                folders.write(path, content)
        return path

    def _packed(self, delivery: Delivery) -> bytes:
        """Return the zip; stored, not compressed, because compressors change."""
        said = io.BytesIO()
        with zipfile.ZipFile(said, "w") as pack:
            for name, content in self._files(delivery):
                entry = zipfile.ZipInfo(f"{folders.safe(delivery.outgoing.locale)}/{name}", _EPOCH)
                entry.create_system, entry.external_attr = 3, _PLAIN_FILE
                pack.writestr(entry, content)
        return said.getvalue()

    def _files(self, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
        part = delivery.piece
        media = [
            packing.Packed(
                f"media/{number}-{folders.safe(item.file.rpartition('/')[2])}",
                item.alt,
                f"media/{number}-{folders.safe(item.captions.file.rpartition('/')[2])}" if item.captions else None,
            )
            for number, (item, _) in enumerate(delivery.files(), 1)
        ]
        yield "text.txt", part.text.encode()
        if part.headline is not None:
            yield "headline.txt", part.headline.encode()
        if part.html is not None:
            yield "text.html", part.html.encode()
        if media:
            yield "alt.txt", "\n\n".join(f"{each.file}\n{each.alt}" for each in media).encode() + b"\n"
        for language in packing.WORDS:
            steps = packing.checklist(language, delivery, media, str(self._network() or ""), self._zone())
            yield f"checklist.{language}.txt", steps.encode()
        for each, (_, content) in zip(media, delivery.files(), strict=True):
            yield each.file, content
        captioned = [each.captions for each in media if each.captions]
        for name, (_, content) in zip(captioned, delivery.captions(), strict=True):
            yield name, content
        about = json.dumps(self._about(delivery, media), ensure_ascii=False, indent=2, sort_keys=True)
        yield "pack.json", f"{about}\n".encode()

    def _about(self, delivery: Delivery, media: list[packing.Packed]) -> dict[str, Any]:
        outgoing = delivery.outgoing
        return {
            "release": outgoing.release,
            "name": outgoing.name,
            "campaign": outgoing.campaign,
            "digest": delivery.digest,
            "part": delivery.part,
            "parts": len(outgoing.parts),
            "channel": outgoing.channel,
            "network": self._network(),
            "account": outgoing.account,
            "issuer": outgoing.issuer,
            "partners": list(outgoing.partners),
            "locale": outgoing.locale,
            "direction": outgoing.direction,
            "link": delivery.piece.link,
            "visibility": outgoing.visibility,
            "content_warning": outgoing.content_warning,
            "due": outgoing.due,
            "not_after": outgoing.not_after,
            "media": [{"file": each.file, "alt": each.alt, "captions": each.captions} for each in media],
        }

    def _network(self) -> Any:
        return self._endpoint.options.get("network")

    def _zone(self) -> ZoneInfo | None:
        named = self._endpoint.options.get("zone")
        if named is None:
            return None
        if named not in zones():
            message = f"Channel {self._endpoint.channel}: '{named}' is no time zone."
            raise Refused(message, "Write `options: {zone: Europe/Paris}`, an IANA name.")
        return ZoneInfo(str(named))

    def _root(self) -> Path:
        return folders.inside(self._endpoint, self._settings)

    def _path(self, delivery: Delivery) -> Path:
        outgoing = delivery.outgoing
        part = f".{delivery.part + 1}" if delivery.part else ""
        return self._root() / f"{folders.safe(outgoing.name)}-{folders.safe(outgoing.release)[:8]}{part}.zip"
