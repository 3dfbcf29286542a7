"""
A status on a Mastodon server, or on one that speaks its API.

`server` is the server's URL, `account` the handle, the credential a token with the scopes `read:accounts`,
`read:statuses`, `write:statuses` and `write:media`. Nothing is posted from an account other than the declared one.

The server keeps an `Idempotency-Key` for an hour. After that it can still be asked: the account's own statuses
since the release was due are compared with the text.
"""

import asyncio
import re
import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from campaigns import clock
from campaigns.settings import Settings
from scheduler import credentials, definitions, threads
from scheduler.hypertext import Hypertext
from scheduler.publisher import (
    Busy,
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

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

UPLOAD = 120.0  #: seconds for one file
PROCESSING = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  #: seconds between looks at a file that is being processed
PAGES, PAGE = 5, 40  #: how far back a look-up goes: pages of statuses
EARLY = timedelta(minutes=5)  #: how far the server's clock may be behind
VISIBILITIES = frozenset({"public", "unlisted", "private", "direct"})
COUNTS = {"likes": "favourites_count", "reshares": "reblogs_count", "comments": "replies_count"}
_GONE, _ACCEPTED, _PARTIAL = 404, 202, 206
_MENTION = re.compile(r"(@[\w.-]+)@[\w.-]+")


class Mastodon:
    """Statuses with media, language and content warning."""

    kind: ClassVar[str] = "mastodon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        absorbs_key=timedelta(hours=1),
        can_look_up=True,
        can_retract=True,
        real_id=True,
        threads=True,
        can_read=True,
        can_list=True,
        measures=tuple(COUNTS),
    )
    help: ClassVar[str] = (
        "Log in to the account, open Preferences, Development, New application, tick read:accounts, read:statuses, "
        "write:statuses and write:media, and copy the access token."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings
        self._account: str | None = None  # its id, once it was seen to be the declared one

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        definitions.web_address(self._endpoint)
        definitions.credential(self._endpoint)

    async def publish(self, delivery: Delivery) -> Receipt:
        """Upload the media with their alternative texts, then post the status under the delivery's key."""
        outgoing = delivery.outgoing
        if outgoing.visibility not in VISIBILITIES:
            message = f"Mastodon knows no visibility '{outgoing.visibility}'."
            raise Refused(message, f"Use one of {', '.join(sorted(VISIBILITIES))}.")
        await self._own_account()
        status: dict[str, Any] = {
            "status": delivery.piece.text,
            "language": _language(outgoing.language),
            "visibility": outgoing.visibility,
        }
        if outgoing.content_warning:
            status |= {"spoiler_text": outgoing.content_warning, "sensitive": True}
        if answers_to := await threads.before(self, delivery, f"on {self._endpoint.account}"):
            status["in_reply_to_id"] = answers_to
        if media := [await self._upload(*file) for file in delivery.files()]:
            status["media_ids"] = media
        answer = await self._call(
            "POST", "/api/v1/statuses", json=status, headers={"Idempotency-Key": delivery.piece_key}
        )
        return _receipt(answer.object("id"))

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Compare the account's statuses since the due instant with the text."""
        wanted, since = _plain(delivery.piece.text), clock.parse_iso(delivery.outgoing.due) - EARLY
        account, newest = await self._own_account(), ""
        for _ in range(PAGES):
            page = await self._statuses(account, newest)
            for status in page:
                if _at(status) < since:
                    return None
                if _plain(Hypertext.of(str(status.get("content") or "")).text) == wanted:
                    return _receipt(status)
            if not page:
                return None
            newest = str(page[-1].get("id"))
        message = f"{self._endpoint.account} has posted too much since for all of it to be searched."
        raise Unreachable(message, "Look at the account, and say what is there with `cordiale resolve`.")

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Delete the status; one that is already gone counts."""
        del delivery
        await self._own_account()
        await self._call("DELETE", f"/api/v1/statuses/{quote(remote_id, safe='')}", accept=(_GONE,))

    async def remains(self, remote_id: str) -> bool:
        """Return whether a status of this id can still be seen."""
        return await self._status(remote_id) is not None

    def words(self, delivery: Delivery) -> Words:
        """Return the text, the content warning, and the alternative texts."""
        said = {alt_place(number): item.alt for number, item in enumerate(delivery.listed, 1)}
        return {"text": delivery.piece.text, "warning": delivery.outgoing.content_warning or "", **said}

    async def read(self, delivery: Delivery, remote_id: str) -> Words | None:
        """Return what the status says now."""
        del delivery
        status = await self._status(remote_id)
        if status is None:
            return None
        files = status.get("media_attachments") or ()
        said = {alt_place(number): str(each.get("description") or "") for number, each in enumerate(files, 1)}
        text = Hypertext.of(str(status.get("content") or "")).text
        return {"text": text, "warning": str(status.get("spoiler_text") or ""), **said}

    async def posts(self, since: datetime) -> list[Posted]:
        """Ask, as anybody may, for the account's public statuses; what it boosted is another's."""
        handle = quote(self._endpoint.account.lstrip("@").partition("@")[0], safe="")
        answer = await self._call("GET", f"/api/v1/accounts/lookup?acct={handle}", effect=False, login=False)
        account, newest, found = str(answer.object("id")["id"]), "", list[Posted]()
        for _ in range(PAGES):
            page = await self._statuses(account, newest, login=False)
            for status in page:
                if _at(status) < since:
                    return found
                receipt = _receipt(status)
                found.append(Posted(receipt.remote_id, receipt.url, _at(status)))
            if not page:
                return found
            newest = str(page[-1].get("id"))
        return found

    async def measure(self, delivery: Delivery, remote_id: str) -> dict[str, int]:
        """Return favourites, boosts and replies, as the account's own server knows them."""
        del delivery
        status = await self._status(remote_id) or {}
        return {metric: status[name] for metric, name in COUNTS.items() if isinstance(status.get(name), int)}

    async def test(self) -> str:
        """Ask the server whose token it is."""
        await self._own_account(again=True)
        return f"The token is that of {self._endpoint.account} on {self._endpoint.server}; nothing was posted."

    async def _own_account(self, *, again: bool = False) -> str:
        """Return the id of the token's account, which must be the declared one."""
        if self._account is None or again:
            answer = await self._call("GET", "/api/v1/accounts/verify_credentials", effect=False)
            found = answer.object("id", "username")
            name = str(found["username"])
            declared = self._endpoint.account.lstrip("@").partition("@")[0]
            if name.casefold() != declared.casefold():
                message = f"The token of {self._endpoint.channel} is that of @{name}, not of {self._endpoint.account}."
                raise Refused(message, "Put the declared account's token in its place.", credential=True)
            self._account = str(found["id"])
        return self._account

    async def _upload(self, item: Any, content: bytes) -> str:
        """Upload one file and wait until the server has processed it. Publishes nothing by itself."""
        from scheduler.transport.web import Field

        form = [
            Field("description", item.alt),
            Field("file", content, file=item.file.rpartition("/")[2], kind=item.kind),
        ]
        answer = await self._call("POST", "/api/v2/media", form=form, effect=False, timeout=UPLOAD)
        number = str(answer.object("id")["id"])
        waits = iter(PROCESSING)
        while answer.status in (_ACCEPTED, _PARTIAL):
            wait = next(waits, None)
            if wait is None:
                message = f"{answer.where} is still processing {item.file}."
                raise Busy(message)
            await asyncio.sleep(wait)
            answer = await self._call("GET", f"/api/v1/media/{quote(number, safe='')}", effect=False)
        return number

    async def _status(self, remote_id: str) -> dict[str, Any] | None:
        path = f"/api/v1/statuses/{quote(remote_id, safe='')}"
        answer = await self._call("GET", path, effect=False, accept=(_GONE,))
        return None if answer.status == _GONE else answer.object("id")

    async def _statuses(self, account: str, before: str, *, login: bool = True) -> list[dict[str, Any]]:
        older = f"&max_id={quote(before, safe='')}" if before else ""
        path = f"/api/v1/accounts/{quote(account, safe='')}/statuses?limit={PAGE}&exclude_reblogs=true{older}"
        found = (await self._call("GET", path, effect=False, login=login)).json()
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            message = f"{self._endpoint.server} did not answer with statuses."
            raise Unreachable(message)
        return found

    async def _call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, login: bool = True, **kwargs: Any
    ) -> "Answer":
        sent = dict(headers or {})
        if login:
            sent["Authorization"] = f"Bearer {credentials.need(self._endpoint, self._settings, 'token')}"
        url = f"{(self._endpoint.server or '').rstrip('/')}{path}"
        return await self._transport.http(method, url, headers=sent, **kwargs)


def _plain(text: str) -> str:
    """Reduce a text to what survives the server's formatting: no white space, mentions without their domain, NFC."""
    return "".join(_MENTION.sub(r"\1", unicodedata.normalize("NFC", text)).split())


def _at(status: dict[str, Any]) -> datetime:
    try:
        return clock.parse_iso(str(status.get("created_at")))
    except ValueError:
        message = "A status came without the instant it was posted at."
        raise Unreachable(message) from None


def _receipt(status: dict[str, Any]) -> Receipt:
    url = status.get("url")
    return Receipt(remote_id=str(status["id"]), url=url if isinstance(url, str) else None)


def _language(tag: str) -> str:
    """Return the ISO 639 code that Mastodon takes: `fr` of `fr-FR`."""
    return tag.partition("-")[0]
