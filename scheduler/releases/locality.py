"""Whether an endpoint stays on this machine: what a rehearsal may publish to. Pure."""

import ipaddress
from urllib.parse import urlsplit

FILE_KINDS = frozenset({"outbox", "feed", "partner-pack"})  #: publish into folders of the workspace


def stays_here(kind: str, server: str | None) -> bool:
    """Return whether a channel of *kind* at *server* reaches this machine alone; names other than localhost do not."""
    if kind in FILE_KINDS:
        return True
    host = urlsplit(server if "://" in (server or "") else f"//{server}").hostname if server else None
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
