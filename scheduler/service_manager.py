"""
What systemd is told of the daemon: that it publishes, that it is alive, that it stops. Nothing, where nobody asked.

See sd_notify(3): one datagram to the socket that `NOTIFY_SOCKET` names. It stays on this machine.
"""

import os
import socket
from contextlib import suppress


def tell(*lines: str) -> bool:
    """Send *lines* such as `READY=1` to the service manager; return whether one listens and took them."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
        wire.settimeout(1.0)
        wire.sendto("\n".join(lines).encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        return True
    return False
