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
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from campaigns import clock
from campaigns.settings import Settings
from scheduler import credentials, definitions, threads
from scheduler.publisher import Busy, Capabilities, Delivery, Endpoint, Receipt, Refused, Unreachable

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

UPLOAD = 120.0  #: seconds for one file
PROCESSING = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  #: seconds between looks at a file that is being processed
PAGES, PAGE = 5, 40  #: how far back a look-up goes: pages of statuses
EARLY = timedelta(minutes=5)  #: how far the server's clock may be behind
VISIBILITIES = frozenset({"public", "unlisted", "private", "direct"})
_GONE, _ACCEPTED, _PARTIAL = 404, 202, 206
_MENTION = re.compile(r"(@[\w.-]+)@[\w.-]+")


class Mastodon:
    """Statuses with media, language and content warning."""

    kind: ClassVar[str] = "mastodon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        absorbs_key=timedelta(hours=1), can_look_up=True, can_retract=True, can_measure=True, real_id=True
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
                if _plain(_Text.of(str(status.get("content") or ""))) == wanted:
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
        path = f"/api/v1/statuses/{quote(remote_id, safe='')}"
        answer = await self._call("GET", path, effect=False, accept=(_GONE,))
        return bool(answer.status != _GONE)

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

    async def _statuses(self, account: str, before: str) -> list[dict[str, Any]]:
        older = f"&max_id={quote(before, safe='')}" if before else ""
        path = f"/api/v1/accounts/{quote(account, safe='')}/statuses?limit={PAGE}&exclude_reblogs=true{older}"
        found = (await self._call("GET", path, effect=False)).json()
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            message = f"{self._endpoint.server} did not answer with statuses."
            raise Unreachable(message)
        return found

    async def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> "Answer":
        token = credentials.need(self._endpoint, self._settings, "token")
        url = f"{(self._endpoint.server or '').rstrip('/')}{path}"
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        return await self._transport.http(method, url, headers=sent, **kwargs)


class _Text(HTMLParser):
    """Takes the text out of a status's HTML; line breaks do not matter to the comparison."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in ("br", "p"):
            self.pieces.append("\n")

    @classmethod
    def of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        parser.close()
        return "".join(parser.pieces)


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
