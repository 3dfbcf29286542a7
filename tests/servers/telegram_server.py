# ruff: noqa: N802 (methods are called as the Bot API calls them)
"""
A strict FAKE of the Telegram Bot API: no real server can be run without an account of Telegram's.

It is written against the published reference, core.telegram.org/bots/api.

It knows the methods that a channel needs and no others, one bot, the channels `@facts` (the bot may post and delete),
`@silent` (it is no administrator) and one without a name. Unlike the real one it refuses every parameter that the
reference does not name, so that a slip is not swallowed. `told()` gives what readers of a channel see.
"""

import email.parser
import email.policy
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
BOT = {"id": 110201543, "is_bot": True, "first_name": "Cell", "username": "cell_bot"}
CHATS = {"@facts": -1001, "@silent": -1002, "Cell's channel": -1003}
NAMELESS = -1003
_COMMON = {"chat_id", "reply_parameters", "disable_notification", "protect_content"}
_CAPTIONED = _COMMON | {"caption", "caption_entities", "has_spoiler"}
_KNOWN: dict[str, set[str]] = {
    "getMe": set(),
    "getChat": {"chat_id"},
    "getChatMember": {"chat_id", "user_id"},
    "sendMessage": _COMMON | {"text", "entities", "link_preview_options"},
    "sendPhoto": _CAPTIONED | {"photo"},
    "sendVideo": _CAPTIONED | {"video"},
    "sendAnimation": _CAPTIONED | {"animation"},
    "sendMediaGroup": _COMMON | {"media"},
    "deleteMessage": {"chat_id", "message_id"},
}
_ITEM = {"type", "media", "caption", "caption_entities", "has_spoiler"}
_LINKED = {"type", "offset", "length", "url"}


class Wrong(Exception):
    """A call that the API answers with an error."""

    def __init__(self, status: int, words: str, **parameters: Any) -> None:
        super().__init__(words)
        self.status, self.words, self.parameters = status, words, parameters


class TelegramServer:
    """The fake; a context manager."""

    def __init__(self) -> None:
        self.messages: dict[int, dict[int, dict[str, Any]]] = {number: {} for number in CHATS.values()}
        self.calls: list[str] = []
        self.faults: list[Wrong | str] = []  #: strike the next calls that publish: an error, or "lost", "page"
        self._last = 0
        self._guard = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.api = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def told(self, chat: str = "@facts") -> list[dict[str, Any]]:
        """Return the messages of *chat*, oldest first."""
        return list(self.messages[CHATS[chat]].values())

    def answer(self, token: str, method: str, fields: dict[str, Any], files: dict[str, Any]) -> Any:
        """Do what a call asks for, and return its result."""
        with self._guard:
            self.calls.append(method)
            if token != TOKEN:
                raise Wrong(401, "Unauthorized")
            if method not in _KNOWN:
                raise Wrong(404, "Not Found: method not found")
            if strange := (fields.keys() | files.keys()) - _KNOWN[method] - _attached(fields):
                raise Wrong(400, f"Bad Request: the reference names no {', '.join(sorted(strange))}")
            act: Callable[[dict[str, Any], dict[str, Any]], Any] = getattr(self, f"_{method}", None) or self._one_file
            return act(fields, files)

    def _getMe(self, _fields: dict[str, Any], _files: dict[str, Any]) -> Any:
        return BOT

    def _getChat(self, fields: dict[str, Any], _files: dict[str, Any]) -> Any:
        number = _chat(fields)
        name = next(name for name, known in CHATS.items() if known == number)
        named = {"username": name[1:], "title": "Facts"} if name.startswith("@") else {"title": name}
        return {"id": number, "type": "channel", **named}

    def _getChatMember(self, fields: dict[str, Any], _files: dict[str, Any]) -> Any:
        if fields.get("user_id") != BOT["id"]:
            raise Wrong(400, "Bad Request: invalid user_id specified")
        if _chat(fields) == CHATS["@silent"]:
            return {"status": "left", "user": BOT}
        return {"status": "administrator", "user": BOT, "can_post_messages": True, "can_delete_messages": True}

    def _sendMessage(self, fields: dict[str, Any], _files: dict[str, Any]) -> Any:
        text = fields.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Wrong(400, "Bad Request: message text is empty")
        if _units(text) > 4096:
            raise Wrong(400, "Bad Request: message is too long")
        _vet(text, fields.get("entities", []))
        return self._post(fields, text=text, entities=fields.get("entities", []))

    def _one_file(self, fields: dict[str, Any], files: dict[str, Any]) -> Any:
        _vet_caption(fields)
        if len(files) != 1:
            raise Wrong(400, "Bad Request: there is no photo in the request")
        [(kind, file)] = files.items()
        spoiler = fields.get("has_spoiler", "false") == "true"
        return self._post(fields, caption=fields.get("caption", ""), has_spoiler=spoiler, **{kind: file})

    def _sendMediaGroup(self, fields: dict[str, Any], files: dict[str, Any]) -> Any:
        media = json.loads(fields["media"])
        if not 2 <= len(media) <= 10:
            raise Wrong(400, "Bad Request: wrong number of media in the group")
        for item in media:
            if strange := item.keys() - _ITEM:
                raise Wrong(400, f"Bad Request: the reference names no {', '.join(sorted(strange))}")
            if item["type"] not in {"photo", "video"} or item["media"].removeprefix("attach://") not in files:
                raise Wrong(400, "Bad Request: wrong file identifier specified")
            _vet_caption(item)
        group = str(self._last + 1)
        return [
            self._post(
                fields,
                caption=item.get("caption", ""),
                media_group_id=group,
                has_spoiler=item.get("has_spoiler", False),
                **{item["type"]: files[item["media"].removeprefix("attach://")]},
            )
            for item in media
        ]

    def _deleteMessage(self, fields: dict[str, Any], _files: dict[str, Any]) -> Any:
        there = self.messages[_chat(fields)]
        if fields.get("message_id") not in there:
            raise Wrong(400, "Bad Request: message to delete not found")
        if there[fields["message_id"]].get("old"):
            raise Wrong(400, "Bad Request: message can't be deleted")
        del there[fields["message_id"]]
        return True

    def _post(self, fields: dict[str, Any], **shown: Any) -> dict[str, Any]:
        number = _chat(fields)
        if number == CHATS["@silent"]:
            raise Wrong(403, "Forbidden: bot is not a member of the channel chat")
        if answered := fields.get("reply_parameters"):
            answered = json.loads(answered) if isinstance(answered, str) else answered
            if answered["message_id"] not in self.messages[number]:
                raise Wrong(400, "Bad Request: message to be replied not found")
            shown["reply_to"] = answered["message_id"]
        self._last += 1
        made = {"message_id": self._last, "date": 1_768_239_000, "chat": {"id": number, "type": "channel"}, **shown}
        if "link_preview_options" in fields:
            made["link_preview_options"] = fields["link_preview_options"]
        self.messages[number][self._last] = made
        return {name: value for name, value in made.items() if not isinstance(value, bytes)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def do_POST(self) -> None:
        api: TelegramServer = self.server.api  # type: ignore[attr-defined]
        fields, files = self._read()
        token, _, method = self.path.removeprefix("/bot").partition("/")
        strikes = method.startswith(("send", "delete")) and token == TOKEN
        fault = api.faults.pop(0) if strikes and api.faults else None
        try:
            if isinstance(fault, Wrong):
                raise fault
            result = api.answer(token, method, fields, files)
        except Wrong as wrong:
            told = {"ok": False, "error_code": wrong.status, "description": wrong.words}
            self._send(wrong.status, told | ({"parameters": wrong.parameters} if wrong.parameters else {}))
            return
        if fault == "lost":  # it was done, and nobody is told
            self.close_connection = True
            return
        self._send(
            200, b"<!doctype html><title>Bad gateway</title>" if fault == "page" else {"ok": True, "result": result}
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
        """Say nothing; the test looks at `calls`."""

    def _read(self) -> tuple[dict[str, Any], dict[str, Any]]:
        kind = self.headers["Content-Type"]
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if not kind.startswith("multipart/form-data"):
            return json.loads(body), {}
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        parts = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body).iter_parts()
        fields: dict[str, Any] = {}
        files: dict[str, Any] = {}
        for part in parts:
            name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
            if part.get_filename() is None:
                fields[str(name)] = content.decode()
            else:
                files[str(name)] = content
        return fields, files

    def _send(self, status: int, body: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body, default=repr).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _chat(fields: dict[str, Any]) -> int:
    named = fields.get("chat_id")
    number = CHATS.get(str(named), named)
    number = int(number) if isinstance(number, str) and number.lstrip("-").isdecimal() else number
    if number not in CHATS.values():
        raise Wrong(400, "Bad Request: chat not found")
    return int(number)


def _attached(fields: dict[str, Any]) -> set[str]:
    media = json.loads(fields["media"]) if isinstance(fields.get("media"), str) else []
    return {item["media"].removeprefix("attach://") for item in media}


def _vet_caption(fields: dict[str, Any]) -> None:
    caption, entities = fields.get("caption", ""), fields.get("caption_entities", [])
    if _units(caption) > 1024:
        raise Wrong(400, "Bad Request: message caption is too long")
    _vet(caption, json.loads(entities) if isinstance(entities, str) else entities)


def _vet(text: str, entities: list[dict[str, Any]]) -> None:
    """Refuse an entity that is not what the reference says, or cuts a character in two."""
    octets = text.encode("utf-16-le")
    for each in entities:
        if each.keys() != _LINKED or each["type"] != "text_link":
            raise Wrong(400, "Bad Request: can't parse entities: unsupported entity")
        start, end = each["offset"] * 2, (each["offset"] + each["length"]) * 2
        try:
            octets[start:end].decode("utf-16-le")
        except UnicodeDecodeError:
            raise Wrong(400, "Bad Request: can't parse entities: an entity begins inside a character") from None
        if not 0 <= start < end <= len(octets):
            raise Wrong(400, "Bad Request: can't parse entities: an entity ends after the text")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
