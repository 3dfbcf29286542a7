"""
Messages in a Matrix room: one for the text, and one before it for each file.

`server` is the homeserver's URL, `account` the user id (`@cell:example.org`), the option `room` an id (`!…`) or an
alias (`#news:example.org`), the credential an access token. Nothing is sent from another account than the declared one.

A homeserver absorbs a transaction id that it has seen from the same login; Synapse remembers one for a day. After that,
or under another token, the room can still be asked: each message carries its key under `cordiale.key`, and the text
names the messages of its files, so that a retraction finds them all.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from campaigns import clock
from campaigns.settings import Settings
from scheduler import credentials, definitions, threads
from scheduler.hypertext import Hypertext
from scheduler.publisher import Capabilities, Delivery, Endpoint, Receipt, Refused, Unreachable, Words, alt_place

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

CLIENT = "/_matrix/client/v3"
UPLOAD = 120.0  #: seconds for one file
PAGES, PAGE = 10, 100  #: how far back a look-up goes: pages of events
EARLY = timedelta(minutes=5)  #: how far the server's clock may be behind
KEY, FILES = "cordiale.key", "cordiale.files"  #: fields of a message that are ours
RELATIONS = {"likes": "m.annotation", "comments": "m.thread"}  #: reactions; answers in the message's own thread
_GONE = 404


class Matrix:
    """Messages with files, in one room."""

    kind: ClassVar[str] = "matrix"
    capabilities: ClassVar[Capabilities] = Capabilities(
        absorbs_key=timedelta(hours=24),
        can_look_up=True,
        can_retract=True,
        real_id=True,
        threads=True,
        can_read=True,
        measures=tuple(RELATIONS),
    )
    remark: ClassVar[str] = "files are taken down too"
    help: ClassVar[str] = (
        "Log in to the account in a client such as Element, open Settings, Help and About, and copy the access token; "
        "do not log that session out, which ends the token. Give the account the right to post in the room."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings
        self._room = ""  # its id, once the token was seen to be the declared account's

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        channel, room = self._endpoint.channel, self._endpoint.options.get("room")
        definitions.web_address(self._endpoint, "the homeserver's address")
        if not isinstance(room, str) or room[:1] not in {"!", "#"}:
            message = f"Channel {channel} names no room."
            raise Refused(
                message, 'Write `options: {room: "#news:example.org"}`, or the room\'s id, which begins with !.'
            )
        if not self._endpoint.account.startswith("@") or ":" not in self._endpoint.account:
            message = f"Channel {channel} has the account '{self._endpoint.account}', which is no Matrix user."
            raise Refused(message, "Write it in full: @cell:example.org.")
        definitions.credential(self._endpoint, "the access token")

    async def publish(self, delivery: Delivery) -> Receipt:
        """Upload the files and send each with its alternative text, then the text; every message under its own key."""
        room = await self._own_room()
        files = delivery.files()
        keys = [f"{delivery.piece_key}-file-{number}" for number in range(len(files))]
        there = await self._search(room, delivery, set(keys)) if files else {}  # of an attempt that ended between two
        sent = [
            there.get(key) or await self._send(room, key, _picture(item, await self._upload(item, content)))
            for key, (item, content) in zip(keys, files, strict=True)
        ]
        text: dict[str, Any] = {"msgtype": "m.text", "body": delivery.piece.text}
        if sent:
            text[FILES] = sent
        if before := await threads.before(self, delivery, "in the room"):
            text["m.relates_to"] = {"m.in_reply_to": {"event_id": before}}
        return _receipt(room, await self._send(room, delivery.piece_key, text))

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Search the room for the key."""
        room = await self._own_room()
        event = (await self._search(room, delivery, {delivery.piece_key})).get(delivery.piece_key)
        return None if event is None else _receipt(room, event)

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Redact the messages of the files, then the text's; what is gone counts."""
        room = await self._own_room()
        event = await self._event(room, remote_id)
        if event is None:
            return
        files = _content(event).get(FILES)
        for each in [*(files if isinstance(files, list) else ()), remote_id]:
            path = f"/rooms/{_safe(room)}/redact/{_safe(str(each))}/{_safe(f'{delivery.piece_key}-{each}')}"
            await self._ask("PUT", path, json={}, accept=(_GONE,))

    async def remains(self, remote_id: str) -> bool:
        """Return whether a message of this id can still be read."""
        return bool(_content(await self._event(await self._own_room(), remote_id) or {}))

    def words(self, delivery: Delivery) -> Words:
        """Return the text and the alternative texts, which are messages of their own."""
        files = enumerate(delivery.listed, 1)
        return {"text": delivery.piece.text} | {alt_place(n): _picture(item, "")["body"] for n, item in files}

    async def read(self, delivery: Delivery, remote_id: str) -> Words | None:
        """Return what clients show of the message and of those of its files, as they were last edited."""
        del delivery
        room = await self._own_room()
        event = await self._event(room, remote_id)
        if event is None or not _content(event):
            return None
        files = _content(event).get(FILES)
        said = {"text": _shown(event)}
        for number, each in enumerate(files if isinstance(files, list) else (), 1):
            said[alt_place(number)] = _shown(await self._event(room, str(each)) or {})
        return said

    async def measure(self, delivery: Delivery, remote_id: str) -> dict[str, int]:
        """Count reactions, and answers in a thread; an answer beside the thread cannot be counted."""
        del delivery
        room = await self._own_room()
        return {metric: await self._related(room, remote_id, kind) for metric, kind in RELATIONS.items()}

    async def _related(self, room: str, event: str, kind: str) -> int:
        number, page = 0, ""
        for _ in range(PAGES * PAGES):
            older = f"&from={quote(page, safe='')}" if page else ""
            path = f"/_matrix/client/v1/rooms/{_safe(room)}/relations/{_safe(event)}/{kind}?limit={PAGE}{older}"
            found = (await self._call("GET", path)).object("chunk")
            number += len(found["chunk"])
            page = str(found.get("next_batch") or "")
            if not page:
                return number
        message = f"More was said about {event} than can be counted."
        raise Unreachable(message)

    async def test(self) -> str:
        """Ask the server whose token it is, and whether that account is in the room."""
        self._room = ""
        room = await self._own_room()
        joined = (await self._ask("GET", "/joined_rooms")).object("joined_rooms")["joined_rooms"]
        if room not in joined:
            message = f"{self._endpoint.account} is not in {self._endpoint.options['room']}."
            raise Refused(message, "Join the room from that account, and have it given the right to post.")
        return f"The token is that of {self._endpoint.account}, who is in the room; nothing was sent."

    async def _own_room(self) -> str:
        """Return the room's id, once the token is known to be the declared account's."""
        if not self._room:
            found = str((await self._ask("GET", "/account/whoami")).object("user_id")["user_id"])
            if found != self._endpoint.account:
                message = f"The token of {self._endpoint.channel} is that of {found}, not of {self._endpoint.account}."
                raise Refused(message, "Put the declared account's token in its place.", credential=True)
            named = str(self._endpoint.options.get("room"))
            if named.startswith("#"):
                answer = await self._ask("GET", f"/directory/room/{_safe(named)}")
                named = str(answer.object("room_id")["room_id"])
            self._room = named
        return self._room

    async def _search(self, room: str, delivery: Delivery, keys: set[str]) -> dict[str, str]:
        """Return key -> event id of the account's messages under *keys*, since the due instant of *delivery*."""
        since, page = clock.parse_iso(delivery.outgoing.due) - EARLY, ""
        there: dict[str, str] = {}
        for _ in range(PAGES):
            older = f"&from={quote(page, safe='')}" if page else ""
            found = (await self._ask("GET", f"/rooms/{_safe(room)}/messages?dir=b&limit={PAGE}{older}")).object("chunk")
            for event in found["chunk"]:
                if _at(event) < since:
                    return there
                key = _content(event).get(KEY)
                if key in keys and event.get("sender") == self._endpoint.account:
                    there[str(key)] = str(event["event_id"])
            page = str(found.get("end") or "")
            if not page or keys <= there.keys():
                return there
        message = f"Too much was said in {self._endpoint.options['room']} since for all of it to be searched."
        raise Unreachable(message, "Look at the room, and say what is there with `cordiale resolve`.")

    async def _send(self, room: str, key: str, content: dict[str, Any]) -> str:
        """Send one message under *key*, and return its id."""
        path = f"/rooms/{_safe(room)}/send/m.room.message/{_safe(key)}"
        answer = await self._ask("PUT", path, json=content | {KEY: key}, effect=True)
        return str(answer.object("event_id")["event_id"])

    async def _upload(self, item: Any, content: bytes) -> str:
        """Upload one file, which shows it to nobody yet, and return its address."""
        path = f"/_matrix/media/v3/upload?filename={_safe(item.file.rpartition('/')[2])}"
        answer = await self._call("POST", path, data=content, kind=item.kind, timeout=UPLOAD)
        return str(answer.object("content_uri")["content_uri"])

    async def _event(self, room: str, event: str) -> dict[str, Any] | None:
        answer = await self._ask("GET", f"/rooms/{_safe(room)}/event/{_safe(event)}", accept=(_GONE,))
        return None if answer.status == _GONE else answer.object("event_id")

    async def _ask(self, method: str, path: str, **kwargs: Any) -> "Answer":
        return await self._call(method, f"{CLIENT}{path}", **kwargs)

    async def _call(
        self, method: str, path: str, *, kind: str | None = None, effect: bool = False, **kwargs: Any
    ) -> "Answer":
        token = credentials.need(self._endpoint, self._settings, "token")
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": kind} if kind else {})
        url = f"{(self._endpoint.server or '').rstrip('/')}{path}"
        return await self._transport.http(method, url, headers=headers, effect=effect, **kwargs)


def _picture(item: Any, address: str) -> dict[str, Any]:
    """Return the message of an uploaded file: readers that do not show it show its alternative text."""
    kind = {"image": "m.image", "video": "m.video"}.get(item.kind.partition("/")[0], "m.file")
    name = item.file.rpartition("/")[2]
    return {
        "msgtype": kind,
        "body": item.alt or name,
        "filename": name,
        "url": address,
        "info": {"mimetype": item.kind},
    }


def _content(event: dict[str, Any]) -> dict[str, Any]:
    """Return what an event says; {} of one that was redacted."""
    found = event.get("content")
    return found if isinstance(found, dict) else {}


def _shown(event: dict[str, Any]) -> str:
    """Return what a client shows of a message: its last edit, and the formatted text where it has one."""
    relations = event.get("unsigned", {}).get("m.relations", {})
    edit = relations.get("m.replace") if isinstance(relations, dict) else None
    content = _content(event)
    if isinstance(edit, dict):
        new = _content(edit).get("m.new_content")
        content = new if isinstance(new, dict) else content
    formatted = content.get("formatted_body")
    return Hypertext.of(formatted).text if isinstance(formatted, str) else str(content.get("body") or "")


def _at(event: dict[str, Any]) -> datetime:
    """Return when an event reached its server."""
    at = event.get("origin_server_ts")
    if not isinstance(at, int):
        message = "A message came without the instant it was sent at."
        raise Unreachable(message)
    return datetime.fromtimestamp(at / 1000, UTC)


def _receipt(room: str, event: str) -> Receipt:
    return Receipt(remote_id=event, url=f"https://matrix.to/#/{_safe(room)}/{_safe(event)}")


def _safe(text: str) -> str:
    return quote(text, safe="")
