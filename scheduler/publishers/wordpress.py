"""
A post on a WordPress site, written by its own REST interface with an application password.

`server` is the site's address, `account` the user name that posts; the credential has the fields `user` and `password`,
the application password. The post is a draft until its files are there with their alternative texts; then one request
publishes it. Its address (slug) ends in the release's key: WordPress absorbs no key, but can be asked for the slug, and
is, before anything is made. A retraction moves the post to the trash and deletes its files.
"""

import base64
import re
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlencode

from campaigns import clock
from campaigns.settings import Settings
from scheduler import credentials, definitions
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

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

UPLOAD = 120.0  #: seconds for one file
STATUS = {"public": "publish", "private": "private"}  #: visibility -> what WordPress calls it
_ALL = "publish,future,draft,pending,private"
_RIGHTS = ("publish_posts", "edit_published_posts", "delete_published_posts", "upload_files")
_GONE = (404, 410)  #: unknown; in the trash already
_NO_TRASH = 501
_MADE = re.compile(r"[^a-z0-9]+")


class Wordpress:
    """Posts with media, in their language and direction."""

    kind: ClassVar[str] = "wordpress"
    capabilities: ClassVar[Capabilities] = Capabilities(
        can_look_up=True, can_retract=True, real_id=True, can_read=True, can_list=True, measures=("comments",)
    )
    remark: ClassVar[str] = "files are taken down too"
    help: ClassVar[str] = (
        "Let the site's administrator make a user with the role Author; log in as that user, open Profile, Application "
        'Passwords, add one, and write user = "…" and password = "…".'
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings
        self._author: dict[str, Any] = {}  # who posts, once it was seen to be the declared account

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        definitions.web_address(self._endpoint, "the site's address")
        definitions.credential(self._endpoint, 'user = "…" and password = "…"')

    async def publish(self, delivery: Delivery) -> Receipt:
        """Find or make the draft, upload the files, and publish all of it in one request."""
        outgoing = delivery.outgoing
        if outgoing.visibility not in STATUS:
            message = f"WordPress knows no visibility '{outgoing.visibility}'."
            raise Refused(message, f"Use one of {', '.join(STATUS)}.")
        await self._own_account()
        files, slug = delivery.files(), _slug(delivery)
        post = await self._find(slug)
        if post is None:
            await self._ask("POST", "posts", json={"slug": slug, "status": "draft", "title": _title(delivery)})
            post = await self._find(slug)  # the eldest, should a request that was given up have come through as well
        if post is None:
            message = f"{self._endpoint.server} does not show the draft that it just took."
            raise Unreachable(message, "Look whether a plugin changes the addresses of posts.")
        if post["status"] not in STATUS.values():
            shown = [await self._figure(delivery, post["id"], slug, number) for number in range(len(files))]
            said = {
                "title": _title(delivery),
                "content": _content(delivery, shown),
                "slug": slug,
                "status": STATUS[outgoing.visibility],
            }
            post = (await self._ask("POST", f"posts/{post['id']}", json=said, effect=True)).object("id", "status")
        return _receipt(post)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Ask for the post by its slug; a draft is not there yet."""
        await self._own_account()
        post = await self._find(_slug(delivery))
        return _receipt(post) if post and post["status"] in STATUS.values() else None

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Move the post to the trash and delete its files; what is gone counts."""
        del delivery
        await self._own_account()
        post = f"posts/{quote(remote_id, safe='')}"
        answer = await self._ask("DELETE", post, accept=(*_GONE, _NO_TRASH), effect=True)
        if answer.status == _NO_TRASH:  # the site keeps no trash
            await self._ask("DELETE", post, {"force": "true"}, accept=_GONE, effect=True)
        for item in await self._list("media", {"parent": remote_id, "per_page": "100"}):
            await self._ask("DELETE", f"media/{item['id']}", {"force": "true"}, accept=_GONE, effect=True)

    async def remains(self, remote_id: str) -> bool:
        """Return whether readers still see a post of this id."""
        answer = await self._ask("GET", f"posts/{quote(remote_id, safe='')}", {"context": "edit"}, accept=_GONE)
        return answer.status not in _GONE and answer.object("status")["status"] in STATUS.values()

    def words(self, delivery: Delivery) -> Words:
        """Return title, text, links and alternative texts, as the post's HTML lays them out."""
        alts = [f'<img alt="{escape(item.alt)}">' for item in delivery.listed]
        return _words(_title(delivery), _content(delivery, alts))

    async def read(self, delivery: Delivery, remote_id: str) -> Words | None:
        """Return what the site makes of the post for its readers."""
        del delivery
        answer = await self._ask("GET", f"posts/{quote(remote_id, safe='')}", {"context": "edit"}, accept=_GONE)
        if answer.status in _GONE or answer.object("status")["status"] not in STATUS.values():
            return None
        found = answer.object("title", "content")
        return _words(
            Hypertext.of(str(found["title"].get("rendered") or "")).text, str(found["content"].get("rendered"))
        )

    async def posts(self, since: datetime) -> list[Posted]:
        """Ask, as anybody may, for the account's newest public posts; a site names nobody who has none."""
        name = self._endpoint.account.lstrip("@").casefold()
        authors = await self._list("users", {"slug": _MADE.sub("-", name).strip("-")}, login=False)
        found = []
        for author in authors[:1]:
            query = {"author": str(author["id"]), "per_page": "100", "after": since.strftime("%Y-%m-%dT%H:%M:%S")}
            for post in await self._list("posts", query, login=False):
                receipt = _receipt(post)
                found.append(Posted(receipt.remote_id, receipt.url, _at(post)))
        return found

    async def measure(self, delivery: Delivery, remote_id: str) -> dict[str, int]:
        """Return how many comments readers see."""
        del delivery
        answer = await self._ask("GET", "comments", {"post": remote_id, "per_page": "1"})
        total = answer.headers.get("X-WP-Total", "")
        return {"comments": int(total)} if total.isdecimal() else {}

    async def test(self) -> str:
        """Ask the site whose password it is, and what that user may do."""
        self._author = {}
        await self._own_account()
        return f"The password is that of {self._endpoint.account}, who may post and upload; nothing was posted."

    async def _own_account(self) -> None:
        """See once that the password is the declared account's, and that it may do what is asked of it."""
        if self._author:
            return
        found = (await self._ask("GET", "users/me", {"context": "edit"})).object("id", "username")
        if str(found["username"]).casefold() != self._endpoint.account.lstrip("@").casefold():
            message = f"The password of {self._endpoint.channel} is that of {found['username']}, "
            message += f"not of {self._endpoint.account}."
            raise Refused(message, "Put the declared account's application password in its place.", credential=True)
        allowed = found.get("capabilities")
        missing = [each for each in _RIGHTS if not isinstance(allowed, dict) or allowed.get(each) is not True]
        if missing:
            message = f"{self._endpoint.account} may not do all of it on {self._endpoint.server}: {', '.join(missing)}."
            raise Refused(message, "Let the site's administrator give that user the role Author.", credential=True)
        self._author = found

    async def _find(self, slug: str) -> dict[str, Any] | None:
        """Return the post of that slug, whatever its status; the eldest of several."""
        query = {"slug": slug, "status": _ALL, "context": "edit", "orderby": "id", "order": "asc"}
        found = await self._list("posts", query)
        return next((each for each in found if isinstance(each.get("id"), int) and "status" in each), None)

    async def _figure(self, delivery: Delivery, post: int, slug: str, number: int) -> str:
        """Upload a file with its captions, unless it is there, and return how the post shows it."""
        item, content = delivery.files()[number]
        name = f"{slug}-file-{number + 1}"
        address = escape(await self._upload(post, name, item.file, item.kind, item.alt, content))
        if not item.kind.startswith("video/"):
            return f'<figure><img src="{address}" alt="{escape(item.alt)}"></figure>'
        track = ""
        if item.captions:
            words = dict(delivery.captions())[item.captions]
            at = escape(await self._upload(post, f"{name}-captions", item.captions.file, "text/vtt", "", words))
            locale = escape(delivery.outgoing.locale)
            track = f'<track kind="captions" srclang="{locale}" label="{locale}" src="{at}">'
        return f'<figure><video controls src="{address}" title="{escape(item.alt)}">{track}</video></figure>'

    async def _upload(self, post: int, name: str, file: str, kind: str, alt: str, content: bytes) -> str:
        """Upload one file to a draft, unless an attempt before did, and return its address."""
        from scheduler.transport.web import Field

        there = await self._list("media", {"slug": name, "context": "edit", "parent": str(post)})
        if not there:
            fields = {"title": file.rpartition("/")[2], "slug": name, "alt_text": alt, "post": str(post)}
            form = [Field(key, value) for key, value in fields.items()]
            form.append(Field("file", content, file=f"{name}{Path(file).suffix.lower()}", kind=kind))
            answer = await self._ask("POST", "media", form=form, timeout=UPLOAD)
            there = [answer.object("source_url")]
        return str(there[0]["source_url"])

    async def _list(self, route: str, query: dict[str, str], *, login: bool = True) -> list[dict[str, Any]]:
        found = (await self._ask("GET", route, query, login=login)).json()
        if not isinstance(found, list) or not all(isinstance(each, dict) and "id" in each for each in found):
            message = f"{self._endpoint.server} did not answer as WordPress does."
            raise Unreachable(message, "Give the address of the site itself, as its readers open it.")
        return found

    async def _ask(
        self,
        method: str,
        route: str,
        query: dict[str, str] | None = None,
        *,
        effect: bool = False,
        login: bool = True,
        **kwargs: Any,
    ) -> "Answer":
        """Call the REST interface, by the one address that every site has, whatever its permanent links."""
        asked = urlencode({"rest_route": f"/wp/v2/{route}", **(query or {})})
        url = f"{definitions.web_address(self._endpoint)}/?{asked}"
        headers = self._proof() if login else {}
        return await self._transport.http(method, url, headers=headers, effect=effect, **kwargs)

    def _proof(self) -> dict[str, str]:
        user, password = credentials.needs(self._endpoint, self._settings, "user", "password")
        proof = base64.b64encode(f"{user}:{password}".encode()).decode()
        credentials.conceal(proof)
        return {"Authorization": f"Basic {proof}"}


def _slug(delivery: Delivery) -> str:
    """Return the address of the post: what people call it, and its key."""
    words = _MADE.sub("-", delivery.outgoing.name.lower()).strip("-")[:80].strip("-")
    key = f"{delivery.key[:16]}-{delivery.part}" if delivery.part else delivery.key[:16]
    return f"{words}-{key}" if words else key


def _title(delivery: Delivery) -> str:
    return delivery.piece.headline or next(iter(delivery.piece.text.strip().splitlines()), delivery.outgoing.name)


def _content(delivery: Delivery, figures: list[str]) -> str:
    """Return the post's HTML: one block, so that WordPress lays no paragraphs of its own into it."""
    outgoing, part = delivery.outgoing, delivery.piece
    said = f'lang="{escape(outgoing.locale)}" dir="{outgoing.direction}"'
    paragraphs = part.text.strip("\n").split("\n\n")
    body = part.html or "".join(f"<p>{escape(each, quote=False).replace(chr(10), '<br>')}</p>" for each in paragraphs)
    warning = f"<p><strong>{escape(outgoing.content_warning)}</strong></p>" if outgoing.content_warning else ""
    return f"<!-- wp:html -->\n<div {said}>{warning}{body.strip()}{''.join(figures)}</div>\n<!-- /wp:html -->"


def _receipt(post: dict[str, Any]) -> Receipt:
    link = post.get("link")
    return Receipt(remote_id=str(post["id"]), url=link if isinstance(link, str) else None)


def _words(title: str, content: str) -> Words:
    """Return what people read of a post's title and HTML."""
    page = Hypertext.of(content)
    alts = {alt_place(number): alt for number, alt in enumerate(page.pictures, 1)}
    return {"title": title, "text": page.text, "links": "\n".join(page.links), **alts}


def _at(post: dict[str, Any]) -> datetime:
    try:
        return clock.parse_iso(f"{post.get('date_gmt')}Z")
    except ValueError:
        message = "A post came without the instant it was published at."
        raise Unreachable(message) from None
