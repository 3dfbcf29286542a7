"""
A post in a Telegram channel, by a bot that is its administrator.

`account` is the channel, `@name`; the credential is the bot's token. A channel without a public name gives its number
as the option `chat` (-100…), and its title as `account`. The option `preview: false` keeps Telegram from showing a card
of the link. `server` is a Bot API server of one's own; without it, Telegram's.

The Bot API keeps no idempotency key and cannot be asked what a channel shows: after a lost answer a person looks. It
has no alternative texts; say in the wording what the picture shows. Text and caption are counted in UTF-16 units, and
what they hold is told by entities, not by markup, so that no character of a wording means anything.
"""

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from campaigns.settings import Settings
from content.counting import utf16
from scheduler import answers, credentials, definitions, threads
from scheduler.publisher import Busy, Capabilities, Delivery, Endpoint, PublishFault, Receipt, Refused

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.web import Answer

SERVER = "https://api.telegram.org"
UPLOAD = 120.0  #: seconds for a post with files
ALBUM = 10  #: files of one post
_TOLD = (400, 401, 403, 404, 409, 413, 429)  #: statuses whose body says what is the matter
_LATER, _TOKEN, _NOT_FOUND = 429, (401, 404), "message to delete not found"
#: What a bot is told when it is the channel's fault and no release's.
_CHANNEL = ("chat not found", "not enough rights", "need administrator rights", "bot is not a member", "was kicked")
_LINK = re.compile(r"https://t\.me/(?:c/)?\w+/(\d+)(?:\?single)?")  #: of a message in a channel
_METHODS = {
    "image/gif": ("sendAnimation", "animation"),
    "image": ("sendPhoto", "photo"),
    "video": ("sendVideo", "video"),
}


class Telegram:
    """Posts in a channel, with pictures and films."""

    kind: ClassVar[str] = "telegram"
    capabilities: ClassVar[Capabilities] = Capabilities(can_retract=True, real_id=True, threads=True)
    remark: ClassVar[str] = "by a bot; taken down for 48 hours"
    help: ClassVar[str] = (
        "Write /newbot to @BotFather in Telegram and copy the token that it gives; then make the bot an administrator "
        "of the channel, with the rights to post and to delete messages."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings
        self._seen = False  # whether the chat was seen to be the declared account

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        if self._endpoint.server:
            definitions.web_address(self._endpoint, "your Bot API server's address")
        definitions.credential(self._endpoint, "the bot's token")
        self._chat()

    async def publish(self, delivery: Delivery) -> Receipt:
        """Post the text, or the files with the text as their caption."""
        if delivery.outgoing.visibility != "public":
            message = f"A Telegram channel shows a post to all its readers, not '{delivery.outgoing.visibility}'."
            raise Refused(message, "Take `visibility:` out, or write `visibility: public`.")
        await self._own_chat()
        common: dict[str, Any] = {"chat_id": self._chat()}
        if before := await threads.before(self, delivery, f"in {self._endpoint.account}"):
            common["reply_parameters"] = {"message_id": _numbers(before)[0]}
        files = delivery.files()
        if not files:
            text: dict[str, Any] = {"text": delivery.piece.text, "entities": _entities(delivery)}
            if self._endpoint.options.get("preview") is False:
                text["link_preview_options"] = {"is_disabled": True}
            sent = [await self._ask("sendMessage", {**common, **text}, effect=True)]
        elif len(files) == 1:
            sent = [await self._post(common, delivery, *files[0])]
        else:
            sent = await self._album(common, delivery, files)
        return self._receipt(sent)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Refuse: a bot cannot read what its channel shows."""
        message = f"Telegram cannot be asked whether {self._endpoint.account} has {delivery.outgoing.name}."
        raise Refused(message, "Look at the channel, and say what is there with `cordiale resolve`.")

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Delete every message of the post; what is gone counts. Telegram lets a bot do that for 48 hours."""
        del delivery
        await self._own_chat()
        for number in _numbers(remote_id):
            try:
                await self._ask("deleteMessage", {"chat_id": self._chat(), "message_id": number}, effect=True)
            except Refused as fault:
                if _NOT_FOUND not in fault.message:
                    raise

    @staticmethod
    def id_at(url: str) -> str | None:
        """Return the id that the link of a message tells: a bot cannot look for it."""
        found = _LINK.fullmatch(url)
        return found[1] if found else None

    async def test(self) -> str:
        """Ask whose token it is, and whether that bot may post in the channel."""
        self._seen = False
        await self._own_chat()
        bot = await self._ask("getMe", {})
        asked = {"chat_id": self._chat(), "user_id": bot.get("id")}
        member = await self._ask("getChatMember", asked)
        name = f"@{bot.get('username')}"
        if member.get("status") != "creator" and member.get("can_post_messages") is not True:
            message = f"{name} may not post in {self._endpoint.account}."
            raise Refused(message, "Make it an administrator with the right to post messages.", credential=True)
        deletes = member.get("status") == "creator" or member.get("can_delete_messages") is True
        rights = "post and delete" if deletes else "post, but not delete,"
        return f"The token is that of {name}, who may {rights} in {self._endpoint.account}; nothing was posted."

    async def _own_chat(self) -> None:
        """See once that the chat is the declared account."""
        if self._seen:
            return
        chat = await self._ask("getChat", {"chat_id": self._chat()})
        found = f"@{chat['username']}" if chat.get("username") else str(chat.get("title"))
        if found.casefold() != self._endpoint.account.casefold():
            message = f"The chat of {self._endpoint.channel} is {found}, not {self._endpoint.account}."
            raise Refused(message, "Write `account` as the channel is called, or mend `chat`.", credential=True)
        self._seen = True

    async def _post(self, common: dict[str, Any], delivery: Delivery, item: Any, content: bytes) -> dict[str, Any]:
        """Send one file with the text as its caption."""
        method, field = _METHODS.get(item.kind) or _METHODS.get(item.kind.partition("/")[0]) or _refuse(item)
        fields = {
            **common,
            "caption": delivery.piece.text,
            "caption_entities": _entities(delivery),
            **_hidden(delivery),
        }
        sent: dict[str, Any] = await self._ask(method, fields, {field: (item, content)}, effect=True)
        return sent

    async def _album(self, common: dict[str, Any], delivery: Delivery, files: list[Any]) -> list[dict[str, Any]]:
        """Send several files as one post; the text is the caption of the first."""
        if len(files) > ALBUM:
            message = f"{delivery.outgoing.name} has {len(files)} files; a post on Telegram has {ALBUM} at most."
            raise Refused(message, f"Take files out of the message until {ALBUM} are left.")
        media: list[dict[str, Any]] = []
        for number, (item, _) in enumerate(files):
            kind = item.kind.partition("/")[0]
            if item.kind == "image/gif" or kind not in _METHODS:
                _refuse(item)
            media.append({"type": _METHODS[kind][1], "media": f"attach://file{number}", **_hidden(delivery)})
        media[0] |= {"caption": delivery.piece.text, "caption_entities": _entities(delivery)}
        attached = {f"file{number}": file for number, file in enumerate(files)}
        fields = {**common, "media": media}
        sent: list[dict[str, Any]] = await self._ask("sendMediaGroup", fields, attached, effect=True)
        return sent

    async def _ask(
        self, method: str, fields: dict[str, Any], files: dict[str, Any] | None = None, *, effect: bool = False
    ) -> Any:
        """Call one method of the Bot API, and return its `result`."""
        token = credentials.need(self._endpoint, self._settings, "token")
        url = f"{(self._endpoint.server or SERVER).rstrip('/')}/bot{token}/{method}"
        body: dict[str, Any] = {"json": fields}
        if files:
            from scheduler.transport.web import Field

            plain = [
                Field(name, value if isinstance(value, str) else json.dumps(value)) for name, value in fields.items()
            ]
            sent = [
                Field(name, content, file=item.file.rpartition("/")[2], kind=item.kind)
                for name, (item, content) in files.items()
            ]
            body = {"form": [*plain, *sent], "timeout": UPLOAD}
        answer = await self._transport.http("POST", url, effect=effect, accept=_TOLD, **body)
        if answer.status in _TOLD:
            raise self._fault(answer)
        return answer.object("result")["result"]

    def _fault(self, answer: "Answer") -> PublishFault:
        """Return what Telegram's own words mean: the body says how long to wait, and whose fault it is."""
        try:
            found = json.loads(answer.body)
        except ValueError:
            found = {}
        told = found if isinstance(found, dict) else {}
        words = answers.said(str(told.get("description") or "it gave no reason"))
        message = f"Telegram answered {answer.status}: {words.rstrip('.')}."
        asked = told.get("parameters")
        if answer.status == _LATER:
            wait = asked.get("retry_after") if isinstance(asked, dict) else None
            return Busy(message, float(wait) if isinstance(wait, int | float) else None)
        if answer.status in _TOKEN:
            return Refused(message, "Put the token that @BotFather gives into the credential.", credential=True)
        barred = answer.status == 403 or any(each in words.casefold() for each in _CHANNEL)  # noqa: PLR2004 (HTTP's own)
        hint = f"Make the bot an administrator of {self._endpoint.account}, with the right to post." if barred else ""
        return Refused(message, hint, credential=barred)

    def _chat(self) -> str | int:
        """Return how the Bot API names the channel: `@name`, or its number."""
        chat = self._endpoint.options.get("chat")
        if chat is None and self._endpoint.account.startswith("@"):
            return self._endpoint.account
        if isinstance(chat, bool) or not str(chat).lstrip("-").isdecimal():
            message = f"Channel {self._endpoint.channel} names no Telegram channel."
            raise Refused(message, 'Write `account: "@name"`, or `options: {chat: -100…}` where it has no public name.')
        return int(str(chat))

    def _receipt(self, sent: list[dict[str, Any]]) -> Receipt:
        """Return the receipt of a post, whose id is that of each of its messages."""
        where = "Telegram"
        numbers = [each.get("message_id") if isinstance(each, dict) else None for each in sent]
        if {type(number) for number in numbers} != {int}:
            raise answers.lost(where, "its answer is not what its API promises", effect=True)
        name = self._endpoint.account
        url = f"https://t.me/{name[1:]}/{numbers[0]}" if name.startswith("@") else None
        return Receipt(",".join(map(str, numbers)), url)


def _entities(delivery: Delivery) -> list[dict[str, Any]]:
    """
    Return what Telegram may not have to find by itself: the signed link, all of it and nothing beside it.

    Offsets are UTF-16 units, as the Bot API counts.
    """
    text, link = delivery.piece.text, delivery.piece.link
    if not link or (start := text.rfind(link)) < 0:
        return []
    return [{"type": "text_link", "offset": utf16.units(text[:start]), "length": utf16.units(link), "url": link}]


def _hidden(delivery: Delivery) -> dict[str, Any]:
    """Return what hides a picture until a reader wants to see it, where a content warning was signed."""
    return {"has_spoiler": True} if delivery.outgoing.content_warning is not None else {}


def _numbers(remote_id: str) -> list[int]:
    """
    Return the ids of a post's messages.

    Raises:
        Refused: If *remote_id* is none of Telegram's.
    """
    numbers = remote_id.split(",")
    if not all(each.isdecimal() for each in numbers):
        message = f"'{remote_id}' is no id of a message on Telegram."
        raise Refused(message, "Take the message down in the channel, and say so with `cordiale resolve`.")
    return [int(each) for each in numbers]


def _refuse(item: Any) -> Any:
    message = f"Telegram takes no file of kind {item.kind} there: {item.file}."
    raise Refused(message, "Use pictures and films in a post of several files; a GIF goes alone.")
