"""
A strict FAKE of GOV.UK Notify's interface: the real one sends to real telephones, for public bodies alone.

It is written against the published reference (docs.notifications.service.gov.uk, REST API), and makes of a text what
notifications-utils does. Unlike the real one it keeps every message for ever. There is one service, with one template
`((message))` and one that adds words.
"""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from content.counting import notify

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"cordiale-{SERVICE}-{SECRET}"
TEMPLATE, WORDY = "f33517ff-2a88-4f6e-b855-c550268ce08a", "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
BODIES = {TEMPLATE: "((message))", WORDY: "Reply STOP. ((message))"}
_KNOWN = {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id"}
DRIFT = 30  #: seconds that a token's clock may differ


class Wrong(Exception):
    """A call that is answered with an error."""

    def __init__(self, status: int, name: str, words: str) -> None:
        super().__init__(words)
        self.status, self.name, self.words = status, name, words


class NotifyServer:
    """The fake; a context manager."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.faults: list[Wrong | str] = []  #: strike the next messages: an error, or "lost"
        self.calls: list[str] = []
        self.guard = threading.Lock()
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

    def answer(self, method: str, target: str, said: Any) -> tuple[int, Any]:
        """Do what a call asks for, and return status and result."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if method == "GET" and path == "/v2/notifications":
            found = [each for each in self.sent if each["reference"] == query["reference"][0]]
            return 200, {"notifications": found, "links": {"current": target}}
        if method == "GET" and path.startswith("/v2/notifications/"):
            known = [each for each in self.sent if each["id"] == path.rpartition("/")[2]]
            if not known:
                raise Wrong(404, "NoResultFound", "No result found")
            return 200, known[0]
        if method == "GET" and path.startswith("/v2/template/"):
            template = path.rpartition("/")[2]
            return 200, {"id": template, "type": "sms", "version": 1, "body": _body(template)}
        if method == "POST" and path.endswith("/preview"):
            template = path.split("/")[3]
            return 200, {"id": template, "type": "sms", "version": 1, "body": _filled(template, said)}
        if method == "POST" and path == "/v2/notifications/sms":
            return 201, self._send(said)
        raise Wrong(404, "NoResultFound", "No result found")

    def _send(self, said: dict[str, Any]) -> dict[str, Any]:
        if strange := said.keys() - _KNOWN:
            raise Wrong(400, "ValidationError", f"Additional properties are not allowed ({', '.join(strange)})")
        if not re.fullmatch(r"\+[0-9]{8,15}", said.get("phone_number", "")):
            raise Wrong(400, "ValidationError", "phone_number Not enough digits")
        body = _filled(said["template_id"], said)
        if len(body) > 918:
            raise Wrong(
                400, "BadRequestError", "Content for template has a character count greater than the limit of 918"
            )
        made = {"id": str(uuid.uuid4()), "reference": said.get("reference"), "body": body, "status": "created"}
        self.sent.append({**made, "type": "sms", "phone_number": said["phone_number"]})
        content = {"body": body, "from_number": "CELL"}
        return {"id": made["id"], "reference": made["reference"], "content": content, "uri": f"{self.url}/{made['id']}"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def do_GET(self) -> None:
        api: NotifyServer = self.server.api  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with api.guard:
            api.calls.append(f"{self.command} {urlsplit(self.path).path}")
            fault = api.faults.pop(0) if self.path.endswith("/sms") and api.faults else None
            try:
                _prove(self.headers.get("Authorization", ""))
                if isinstance(fault, Wrong):
                    raise fault
                status, result = api.answer(self.command, self.path, json.loads(body) if body else {})
            except Wrong as wrong:
                status = wrong.status
                result = {"status_code": status, "errors": [{"error": wrong.name, "message": wrong.words}]}
        if fault == "lost":  # it was sent, and nobody is told
            self.close_connection = True
            return
        raw = json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_POST = do_GET  # noqa: N815 (the standard library's name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
        """Say nothing; the test looks at `calls`."""


def _prove(header: str) -> None:
    """Refuse a token that the service's secret did not sign, or that is not of now."""
    signed, _, proof = header.removeprefix("Bearer ").rpartition(".")
    mine = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256)).decode().rstrip("=")
    if not hmac.compare_digest(mine, proof):
        raise Wrong(403, "AuthError", "Invalid token: API key not found")
    head, claims = (json.loads(base64.urlsafe_b64decode(f"{each}===")) for each in signed.split("."))
    if head != {"typ": "JWT", "alg": "HS256"} or claims.keys() != {"iss", "iat"} or claims["iss"] != SERVICE:
        raise Wrong(403, "AuthError", "Invalid token: algorithm used is not HS256")
    if abs(claims["iat"] - time.time()) > DRIFT:
        raise Wrong(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")


def _body(template: str) -> str:
    if template not in BODIES:
        raise Wrong(404, "NoResultFound", "No result found")
    return BODIES[template]


def _filled(template: str, said: dict[str, Any]) -> str:
    given = said.get("personalisation", {})
    if given.keys() != {"message"}:
        raise Wrong(400, "BadRequestError", "Missing personalisation: message")
    return notify.sent(_body(template).replace("((message))", given["message"]))
