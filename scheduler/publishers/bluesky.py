"""
A post on Bluesky, or on another server of the AT Protocol.

`account` is the handle, `@name.example.org`; the credential is an app password. `server` is the account's own server;
without it, Bluesky's. Links, mentions and tags are the facets that were signed, told in octets of UTF-8.

The key of the record is made of the release's due instant and its key, so that the same release can only ever be one
record: what is there already is looked at, and counts where it says the same. A server answers HTTP 500 then; so a
500 is looked up as well. A content warning hides the pictures as graphic; Bluesky shows no words of it. Whoever posts a
link makes the card that readers see of it: its title is the message's headline, signed with the rest.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode

from campaigns import clock
from campaigns.settings import Settings
from scheduler import answers, credentials, definitions, threads
from scheduler.at_protocol import COUNTS, POST, card, key_of, record_key, shown_words, signed_words, told
from scheduler.publisher import Busy, Capabilities, Delivery, Endpoint, Posted, PublishFault, Receipt, Refused, Words

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

SERVER = "https://bsky.social"
UPLOAD = 120.0  #: seconds for one file
PAGES, PAGE = 10, 100  #: how far back the account's posts are listed
LOGIN_LASTS = 3600.0  #: seconds after which a new login is made; servers let one last for two hours
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
        absorbs_key=timedelta.max,
        can_look_up=True,
        can_retract=True,
        real_id=True,
        threads=True,
        can_read=True,
        can_list=True,
        measures=tuple(COUNTS),
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
        if facets := delivery.facets:
            record["facets"] = [await self._facet(each) for each in facets]
        if before := await threads.before(self, delivery, f"on {self._endpoint.account}"):
            record["reply"] = await self._reply(before)
        if embed := await self._embed(delivery):
            record["embed"] = embed
            if outgoing.content_warning and delivery.listed:
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
        said = {"repo": login.did, "collection": POST, "rkey": key_of(remote_id, login.did)}
        await self._call("POST", "com.atproto.repo.deleteRecord", json=said, effect=True)

    async def remains(self, remote_id: str) -> bool:
        """Return whether a record of this id is still there."""
        login = await self._logged_in()
        return await self._record(login.did, key_of(remote_id, login.did)) is not None

    def words(self, delivery: Delivery) -> Words:
        """Return the text, where its links lead, and the alternative texts."""
        return signed_words(delivery)

    async def read(self, delivery: Delivery, remote_id: str) -> Words | None:
        """Return what the record says now."""
        del delivery
        login = await self._logged_in()
        record = await self._record(login.did, key_of(remote_id, login.did))
        return None if record is None else shown_words(record["value"])

    async def posts(self, since: datetime) -> list[Posted]:
        """Ask, as anybody may, for the newest records of the account; when each was made is its own word."""
        query = {"repo": self._endpoint.account.lstrip("@"), "collection": POST, "limit": str(PAGE)}
        found, cursor = list[Posted](), ""
        for _ in range(PAGES):
            asked = {**query, "cursor": cursor} if cursor else query
            answer = await self._call("GET", "com.atproto.repo.listRecords", asked, login=False)
            page = answer.object("records")
            for record in page["records"]:
                receipt = self._receipt(str(record["uri"]))
                try:
                    at = clock.parse_iso(str(record["value"].get("createdAt")))
                except ValueError:  # whoever writes records may write anything there
                    at = clock.now()
                if at >= since:
                    found.append(Posted(receipt.remote_id, receipt.url, at))
            cursor = str(page.get("cursor") or "")
            if not cursor:
                break
        return found

    async def measure(self, delivery: Delivery, remote_id: str) -> dict[str, int]:
        """
        Ask for likes, reposts and replies, which a server alone does not count: an AppView does.

        The account's server passes the question on, where it has one; the option `appview` names another's address.
        """
        del delivery
        app = self._endpoint.options.get("appview")
        asked = {"uris": remote_id}
        answer = await self._call("GET", "app.bsky.feed.getPosts", asked, login=not app, at=str(app or ""))
        found = answer.object("posts")["posts"]
        view = next((each for each in found if isinstance(each, dict) and each.get("uri") == remote_id), {})
        return {metric: view[name] for metric, name in COUNTS.items() if isinstance(view.get(name), int)}

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
        if shown := card(delivery):
            return {"$type": "app.bsky.embed.external", "external": shown}
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
            if told(answer).get("error") == "RecordNotFound":
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
        at: str = "",
        **kwargs: Any,
    ) -> "Answer":
        """Call one method of the AT Protocol."""
        headers = {"Content-Type": kind} if kind else {}
        if login:
            headers["Authorization"] = f"Bearer {(await self._logged_in()).token}"
        asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
        url = f"{(at or self._endpoint.server or SERVER).rstrip('/')}/xrpc/{name}{asked}"
        return await self._transport.http(method, url, headers=headers, effect=effect, **kwargs)

    def _fault(self, answer: "Answer") -> PublishFault:
        """Return what an answer means: a token that is over is made anew, a full account says until when."""
        said = told(answer)
        if said.get("error") in _STALE:
            self._login = None
            message = f"{answer.where} wants a new login."
            return Busy(message)
        headers = dict(answer.headers)
        if answer.status == _LATER and "Retry-After" not in headers:
            reset = str(answer.headers.get("RateLimit-Reset", ""))
            if reset.isdecimal():
                headers["Retry-After"] = str(max(1, int(reset) - int(clock.now().timestamp())))
        words = str(said.get("message") or said.get("error") or "").encode("utf-8", "replace")
        fault = answers.http_fault(answer.status, headers, words, answer.where, effect=answer.effect)
        return fault or answers.lost(answer.where, "its answer is not what its API promises", effect=answer.effect)

    def _receipt(self, uri: str) -> Receipt:
        handle, key = self._endpoint.account.lstrip("@"), uri.rpartition("/")[2]
        return Receipt(uri, f"https://bsky.app/profile/{quote(handle)}/post/{quote(key)}")
