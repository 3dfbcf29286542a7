"""
A post on Bluesky, or on another server of the AT Protocol.

`account` is the handle, `@name.example.org`; the credential is an app password. `server` is the account's own server;
without it, Bluesky's. Links, mentions and tags are the facets that were signed, told in octets of UTF-8.

The key of the record is made of the release's due instant and its key, so that the same release can only ever be one
record: what is there already is looked at, and counts where it says the same. A server answers HTTP 500 then; so a
500 is looked up as well. A content warning hides the pictures as graphic; Bluesky shows no words of it.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode

from campaigns import clock
from campaigns.settings import Settings
from scheduler import answers, credentials, definitions, threads
from scheduler.publisher import Busy, Capabilities, Delivery, Endpoint, PublishFault, Receipt, Refused

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

SERVER = "https://bsky.social"
POST = "app.bsky.feed.post"
UPLOAD = 120.0  #: seconds for one file
LOGIN_LASTS = 3600.0  #: seconds after which a new login is made; servers let one last for two hours
_SORTED = "234567abcdefghijklmnopqrstuvwxyz"  #: the digits of a record key (TID)
_TOLD = (400, 401, 403, 404, 409, 429, 500)  #: statuses whose body names the fault
_TAKEN = (400, 409, 500)  #: how servers say that a record of that key is there
_STALE = frozenset({"ExpiredToken", "InvalidToken"})
_LATER = 429


@dataclass(frozen=True)
class _Login:
    """Who is logged in; its token is shown nowhere."""

    did: str
    token: str = field(repr=False)
    until: float  #: on the clock that no step touches


class Bluesky:
    """Posts with pictures or a film, in their language, with links, mentions and tags."""

    kind: ClassVar[str] = "bluesky"
    capabilities: ClassVar[Capabilities] = Capabilities(
        absorbs_key=timedelta.max, can_look_up=True, can_retract=True, real_id=True
    )
    help: ClassVar[str] = (
        "Log in to the account, open Settings, Privacy and security, App passwords, add one without access to direct "
        "messages, and copy it."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings
        self._login: _Login | None = None
        self._turn = asyncio.Lock()

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        if self._endpoint.server:
            definitions.web_address(self._endpoint, "the address of the account's server")
        definitions.credential(self._endpoint, "the app password")
        if "." not in self._endpoint.account.strip("@."):
            message = (
                f"Channel {self._endpoint.channel} has the account '{self._endpoint.account}', which is no handle."
            )
            raise Refused(message, 'Write it in full: "@name.example.org".')

    async def publish(self, delivery: Delivery) -> Receipt:
        """Upload the files with their alternative texts, then create the record under the delivery's key."""
        outgoing = delivery.outgoing
        if outgoing.visibility != "public":
            message = f"Everybody sees a post on Bluesky; it cannot be '{outgoing.visibility}'."
            raise Refused(message, "Take `visibility:` out, or write `visibility: public`.")
        login = await self._logged_in()
        record: dict[str, Any] = {
            "$type": POST,
            "text": delivery.piece.text,
            "langs": [outgoing.language],
            "createdAt": clock.iso(delivery.now or clock.now()),
        }
        if outgoing.facets and not delivery.part:
            record["facets"] = [await self._facet(each) for each in outgoing.facets]
        if before := await threads.before(self, delivery, f"on {self._endpoint.account}"):
            record["reply"] = await self._reply(before)
        if embed := await self._embed(delivery):
            record["embed"] = embed
            if outgoing.content_warning:
                values = [{"val": "graphic-media"}]
                record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
        said = {"repo": login.did, "collection": POST, "rkey": record_key(delivery), "record": record}
        answer = await self._ask("POST", "com.atproto.repo.createRecord", json=said, effect=True, accept=_TOLD)
        if answer.status in _TAKEN and (found := await self.look_up(delivery)):
            return found
        if answer.status in _TOLD:
            raise self._fault(answer)
        return self._receipt(str(answer.object("uri", "cid")["uri"]))

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Ask for the record of that key; another text under it is nobody's but a person's to explain."""
        record = await self._record((await self._logged_in()).did, record_key(delivery))
        if record is None:
            return None
        if record["value"].get("text") != delivery.piece.text:
            message = f"Another text stands where {delivery.outgoing.name} belongs on {self._endpoint.account}."
            raise Refused(message, "Look at the account, and say what is there with `cordiale resolve`.")
        return self._receipt(str(record["uri"]))

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Delete the record; one that is gone counts."""
        del delivery
        login = await self._logged_in()
        said = {"repo": login.did, "collection": POST, "rkey": _key_of(remote_id, login.did)}
        await self._call("POST", "com.atproto.repo.deleteRecord", json=said, effect=True)

    async def remains(self, remote_id: str) -> bool:
        """Return whether a record of this id is still there."""
        login = await self._logged_in()
        return await self._record(login.did, _key_of(remote_id, login.did)) is not None

    async def test(self) -> str:
        """Log in, and see whose password it is."""
        self._login = None
        await self._logged_in()
        return f"The password is that of {self._endpoint.account}; nothing was posted."

    async def _logged_in(self) -> _Login:
        """Return the login of the declared account; one is made an hour, as servers count them."""
        async with self._turn:
            if self._login and clock.monotonic() < self._login.until:
                return self._login
            handle = self._endpoint.account.lstrip("@")
            password = credentials.need(self._endpoint, self._settings, "token")
            said = {"identifier": handle, "password": password}
            answer = await self._call("POST", "com.atproto.server.createSession", login=False, json=said)
            found = answer.object("did", "handle", "accessJwt")
            credentials.conceal(str(found["accessJwt"]))
            credentials.conceal(str(found.get("refreshJwt") or ""))
            if str(found["handle"]).casefold() != handle.casefold():
                message = f"The password of {self._endpoint.channel} is that of @{found['handle']}, not of @{handle}."
                raise Refused(message, "Put the declared account's app password in its place.", credential=True)
            self._login = _Login(str(found["did"]), str(found["accessJwt"]), clock.monotonic() + LOGIN_LASTS)
            return self._login

    async def _facet(self, facet: dict[str, Any]) -> dict[str, Any]:
        """Return a signed facet as the network takes it: a mention names an account by its id, not by its handle."""
        features: list[dict[str, Any]] = []
        for each in facet["features"]:
            if "handle" not in each:
                features.append(dict(each))
                continue
            query = {"handle": each["handle"]}
            answer = await self._ask("GET", "com.atproto.identity.resolveHandle", query, accept=_TOLD)
            if answer.status in _TOLD:
                if answer.status in (_LATER, 500):
                    raise self._fault(answer)
                message = f"There is no account @{each['handle']} that the text could mention."
                raise Refused(message, "Mend the handle in the wording, or write it without @.")
            features.append({"$type": each["$type"], "did": answer.object("did")["did"]})
        return {"index": facet["index"], "features": features}

    async def _embed(self, delivery: Delivery) -> dict[str, Any] | None:
        """Upload the files, which shows them to nobody yet, and return how the post carries them."""
        files = delivery.files()
        films = [file for file in files if file[0].kind.startswith("video/")]
        if films and len(files) > 1:
            message = f"A post on Bluesky has one film or several pictures; {delivery.outgoing.name} has both or more."
            raise Refused(message, "Send the film alone.")
        if films:
            item, content = films[0]
            embed = {"$type": "app.bsky.embed.video", "video": await self._upload(item.kind, content), "alt": item.alt}
            if words := delivery.captions():
                file = await self._upload("text/vtt", words[0][1])
                embed["captions"] = [{"lang": delivery.outgoing.language, "file": file}]
            return embed
        images = [{"alt": item.alt, "image": await self._upload(item.kind, content)} for item, content in files]
        return {"$type": "app.bsky.embed.images", "images": images} if images else None

    async def _upload(self, kind: str, content: bytes) -> Any:
        answer = await self._call("POST", "com.atproto.repo.uploadBlob", data=content, kind=kind, timeout=UPLOAD)
        return answer.object("blob")["blob"]

    async def _reply(self, uri: str) -> dict[str, Any]:
        """Return what a post that answers *uri* says of it: what it answers, and where the thread begins."""
        repository, _, key = uri.removeprefix("at://").partition(f"/{POST}/")
        record = await self._record(repository, key)
        if record is None:
            message = f"The post that {self._endpoint.channel} is to answer is not there: {uri}."
            raise Refused(message, "Give the address of a post that is: at://…")
        parent = {"uri": record["uri"], "cid": record["cid"]}
        before = record["value"].get("reply")
        return {"root": before["root"] if isinstance(before, dict) else parent, "parent": parent}

    async def _record(self, repository: str, key: str) -> dict[str, Any] | None:
        query = {"repo": repository, "collection": POST, "rkey": key}
        answer = await self._ask("GET", "com.atproto.repo.getRecord", query, accept=_TOLD)
        if answer.status in _TOLD:
            if _told(answer).get("error") == "RecordNotFound":
                return None
            raise self._fault(answer)
        return answer.object("uri", "cid", "value")

    async def _call(self, method: str, name: str, query: dict[str, str] | None = None, **kwargs: Any) -> "Answer":
        """Ask, and raise what the answer means."""
        answer = await self._ask(method, name, query, accept=_TOLD, **kwargs)
        if answer.status in _TOLD:
            raise self._fault(answer)
        return answer

    async def _ask(
        self,
        method: str,
        name: str,
        query: dict[str, str] | None = None,
        *,
        login: bool = True,
        kind: str | None = None,
        effect: bool = False,
        **kwargs: Any,
    ) -> "Answer":
        """Call one method of the AT Protocol."""
        headers = {"Content-Type": kind} if kind else {}
        if login:
            headers["Authorization"] = f"Bearer {(await self._logged_in()).token}"
        asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
        url = f"{(self._endpoint.server or SERVER).rstrip('/')}/xrpc/{name}{asked}"
        return await self._transport.http(method, url, headers=headers, effect=effect, **kwargs)

    def _fault(self, answer: "Answer") -> PublishFault:
        """Return what an answer means: a token that is over is made anew, a full account says until when."""
        told = _told(answer)
        if told.get("error") in _STALE:
            self._login = None
            message = f"{answer.where} wants a new login."
            return Busy(message)
        headers = dict(answer.headers)
        if answer.status == _LATER and "Retry-After" not in headers:
            reset = str(answer.headers.get("RateLimit-Reset", ""))
            if reset.isdecimal():
                headers["Retry-After"] = str(max(1, int(reset) - int(clock.now().timestamp())))
        words = str(told.get("message") or told.get("error") or "").encode("utf-8", "replace")
        fault = answers.http_fault(answer.status, headers, words, answer.where, effect=answer.effect)
        return fault or answers.lost(answer.where, "its answer is not what its API promises", effect=answer.effect)

    def _receipt(self, uri: str) -> Receipt:
        handle, key = self._endpoint.account.lstrip("@"), uri.rpartition("/")[2]
        return Receipt(uri, f"https://bsky.app/profile/{quote(handle)}/post/{quote(key)}")


def record_key(delivery: Delivery) -> str:
    """
    Return the key of a release's record, a TID: microseconds of its due instant, filled up from its own key.

    The same for every attempt; thirty bits of the key tell releases of one second apart.
    """
    number = int.from_bytes(hashlib.sha256(delivery.piece_key.encode()).digest()[:8], "big")
    second = int(clock.parse_iso(delivery.outgoing.due).timestamp())
    value = ((second * 1_000_000 + number % 1_000_000) << 10) | (number >> 32) % 1024
    return "".join(_SORTED[(value >> shift) & 31] for shift in range(60, -1, -5))


def _key_of(remote_id: str, did: str) -> str:
    """
    Return the key of a record of the account *did*.

    Raises:
        Refused: If *remote_id* is none of its posts.
    """
    own = f"at://{did}/{POST}/"
    if not remote_id.startswith(own):
        message = f"'{remote_id}' is no post of this account."
        raise Refused(message, "Take it down on the account, and say so with `cordiale resolve`.")
    return remote_id.removeprefix(own)


def _told(answer: "Answer") -> dict[str, Any]:
    """Return the error of an answer: `error`, its name, and `message`, its words; nothing where the body has none."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
