"""
Where a connection may go: decided on the addresses a name resolves to, and then pinned to them.

A rehearsal, plain HTTP and mail without TLS stay on this machine. Addresses that only a mistake or
an attack names (link-local, multicast, unspecified) are never dialled.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from functools import lru_cache

from scheduler.publisher import Refused, Unreachable


@dataclass(frozen=True)
class Address:
    """One address that may be dialled."""

    family: int
    host: str  #: numeric
    port: int

    @property
    def loopback(self) -> bool:
        """Whether it is this machine."""
        return _plain(self.host).is_loopback


@lru_cache(maxsize=1024)
def vet(name: str, address: str, *, only_loopback: bool) -> None:
    """
    Pass *address*, which *name* resolves to, or refuse it.

    Raises:
        Refused: If it is not loopback and must be, or is link-local, multicast or unspecified.
    """
    plain = _plain(address)
    if only_loopback and not plain.is_loopback:
        message = f"{name} is not on this machine, and this connection may not leave it."
        hint = "A rehearsal, plain http and mail without TLS reach loopback addresses only; use https or TLS to go out."
        raise Refused(message, hint)
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        message = f"{name} resolves to {address}, which is no server's address."
        raise Refused(message, "Check the channel's `server` and the name server.")


@lru_cache(maxsize=1024)
def literal(host: str) -> bool:
    """Return whether *host* is a numeric address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def resolve(host: str, port: int, *, only_loopback: bool) -> list[Address]:
    """
    Return the addresses of *host*, every one of them vetted.

    Raises:
        Unreachable: If the name does not resolve.
        Refused: If an address may not be dialled, or a name that must be on this machine does not resolve.
    """
    if literal(host):  # the resolver would answer on a thread of its own what stands there already
        vet(host, host, only_loopback=only_loopback)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return [Address(family, host, port)]
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        if only_loopback:
            message = f"{host} does not resolve to this machine, and this connection may not leave it."
            raise Refused(message, "Point the channel's `server` at 127.0.0.1 for a rehearsal.") from None
        message = f"The name {host} does not resolve."
        raise Unreachable(message, "Check the channel's `server`, and this machine's name server.") from None
    for _, _, _, _, sockaddr in found:
        vet(host, str(sockaddr[0]), only_loopback=only_loopback)
    return [Address(family, str(sockaddr[0]), port) for family, _, _, _, sockaddr in found]


@lru_cache(maxsize=1024)
def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Unwrap an IPv4 address that is written inside an IPv6 one."""
    parsed = ipaddress.ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
