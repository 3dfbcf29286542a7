"""
A folder a part, for rehearsals and for archives: what would leave, as files a person can open.

`server` is a folder below the workspace, `outbox` where it is not given. Below it stands, for each part,
`ENTRY_LOCALE_CHANNEL-RELEASE[.PART]/` with `message.txt`, `message.html`, `headers.json` and `media/`. The folder
comes into being in one step, and a retraction renames it to `….retracted`.
"""

import asyncio
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from campaigns import clock
from campaigns.settings import Settings
from scheduler import folders
from scheduler.publisher import Capabilities, Delivery, Endpoint, Receipt, Words, alt_place

if TYPE_CHECKING:
    from scheduler.transport.door import Transport

HEADERS = "headers.json"


class Outbox:
    """Files on this machine."""

    kind: ClassVar[str] = "outbox"
    capabilities: ClassVar[Capabilities] = Capabilities(
        absorbs_key=timedelta.max, can_look_up=True, can_retract=True, real_id=True, can_read=True
    )
    remark: ClassVar[str] = "for rehearsal"
    help: ClassVar[str] = "An outbox needs no credential."

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        del transport
        self._endpoint = endpoint
        self._settings = settings

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        self._root()

    async def publish(self, delivery: Delivery) -> Receipt:
        """Write the folder, unless it is there under this key."""
        return await asyncio.to_thread(self._write, delivery)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Look for the folder and the key in it."""
        return await asyncio.to_thread(self._seen, delivery)

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Rename the folder."""
        del remote_id
        await asyncio.to_thread(self._set_aside, delivery)

    def words(self, delivery: Delivery) -> Words:
        """Return the text and the alternative texts."""
        alts = {alt_place(number): item.alt for number, item in enumerate(delivery.listed, 1)}
        return {"text": delivery.piece.text, **alts}

    async def read(self, delivery: Delivery, remote_id: str) -> Words | None:
        """Return what the files say now."""
        del delivery
        return await asyncio.to_thread(self._read, remote_id)

    async def test(self) -> str:
        """Write a file and remove it."""
        return await asyncio.to_thread(self._try)

    def _write(self, delivery: Delivery) -> Receipt:
        files = [*delivery.files(), *delivery.captions()]
        with folders.faults(self._endpoint), folders.alone(self._root()):
            folder = self._folder(delivery)
            key = _key(folder)
            if key != delivery.piece_key:
                if folder.exists():
                    folder.replace(folders.free(folder, f"superseded-{(key or '')[:8]}"))
                self._build(folder, delivery, files)
        return self._receipt(folder)

    def _build(self, folder: Path, delivery: Delivery, files: list[tuple[Any, bytes]]) -> None:
        part = delivery.piece
        building = folder.with_name(f".{folder.name}.building")
        if building.exists():
            shutil.rmtree(building)  # left by a crash; nobody has seen it
        building.mkdir()
        folders.write(building / "message.txt", part.text.encode())
        if part.html is not None:
            folders.write(building / "message.html", part.html.encode())
        if files:
            (building / "media").mkdir()
        for item, content in files:
            folders.write(building / "media" / _media_name(item), content)
        headers = json.dumps(self._headers(delivery), ensure_ascii=False, indent=2, sort_keys=True)
        folders.write(building / HEADERS, f"{headers}\n".encode())
        folders.settle(building)
        building.replace(folder)
        folders.settle(folder.parent)

    def _headers(self, delivery: Delivery) -> dict[str, Any]:
        outgoing = delivery.outgoing
        return {
            "key": delivery.piece_key,
            "digest": delivery.digest,
            "release": outgoing.release,
            "name": outgoing.name,
            "campaign": outgoing.campaign,
            "part": delivery.part,
            "parts": len(outgoing.parts),
            "channel": outgoing.channel,
            "account": outgoing.account,
            "issuer": outgoing.issuer,
            "partners": list(outgoing.partners),
            "locale": outgoing.locale,
            "direction": outgoing.direction,
            "headline": delivery.piece.headline,
            "link": delivery.piece.link,
            "visibility": outgoing.visibility,
            "content_warning": outgoing.content_warning,
            "due": outgoing.due,
            "written": clock.iso(delivery.now or clock.now()),
            "media": [
                {"file": f"media/{_media_name(item)}", "name": item.file, "digest": item.digest, "alt": item.alt}
                | ({"captions": f"media/{_media_name(item.captions)}"} if item.captions else {})
                for item, _ in delivery.files()
            ],
        }

    def _seen(self, delivery: Delivery) -> Receipt | None:
        with folders.faults(self._endpoint):
            folder = self._folder(delivery)
            return self._receipt(folder) if _key(folder) == delivery.piece_key else None

    def _read(self, name: str) -> Words | None:
        with folders.faults(self._endpoint):
            folder = self._root() / folders.safe(name)
            try:
                text = (folder / "message.txt").read_bytes().decode("utf-8", "replace")
                headers = json.loads((folder / HEADERS).read_bytes())
                media = headers["media"]
            except (FileNotFoundError, NotADirectoryError):
                return None
            except (ValueError, TypeError, KeyError):  # a person changed it past reading
                return {"text": text}
        return {"text": text} | {alt_place(n): str(item.get("alt") or "") for n, item in enumerate(media, 1)}

    def _set_aside(self, delivery: Delivery) -> None:
        with folders.faults(self._endpoint), folders.alone(self._root()):
            folder = self._folder(delivery)
            if folder.exists():
                folder.replace(folders.free(folder, "retracted"))
                folders.settle(folder.parent)

    def _try(self) -> str:
        root = self._root()
        folders.prove(self._endpoint, root)
        return f"The folder {root.relative_to(self._settings.root.resolve())} can be written to."

    def _root(self) -> Path:
        return folders.inside(self._endpoint, self._settings, "outbox")

    def _folder(self, delivery: Delivery) -> Path:
        outgoing = delivery.outgoing
        part = f".{delivery.part + 1}" if delivery.part else ""
        return self._root() / f"{folders.safe(outgoing.name)}-{folders.safe(outgoing.release)[:8]}{part}"

    def _receipt(self, folder: Path) -> Receipt:
        return Receipt(remote_id=folder.name, url=None, detail=str(folder.relative_to(self._settings.root.resolve())))


def _media_name(item: Any) -> str:
    return f"{item.digest[:8]}-{folders.safe(item.file.rpartition('/')[2])}"


def _key(folder: Path) -> str | None:
    """Return the key that *folder* was written under; None where there is none, or a person changed it past reading."""
    try:
        headers = json.loads((folder / HEADERS).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    key = headers.get("key") if isinstance(headers, dict) else None
    return key if isinstance(key, str) else None
