"""Where a mail server is, as people write it: `HOST:PORT`, `smtp://HOST:PORT`, `smtps://HOST:PORT`."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\Z")  #: what a mail address may look like here


@dataclass(frozen=True)
class MailServer:
    """A submission server."""

    host: str
    port: int
    tls: Security


def parse_server(written: str, wished: str | None = None) -> MailServer | None:
    """Return the server that *written* names, with the security *wished*; None where it cannot be used."""
    try:
        parts = urlsplit(written if "://" in written else f"smtp://{written}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    asked = wished or ("tls" if parts.scheme == "smtps" else "starttls")
    tls = next((each for each in PORTS if each == asked), None)
    if not host or tls is None or parts.scheme not in {"smtp", "smtps"} or parts.username:
        return None
    return MailServer(host, port or PORTS[tls], tls)
