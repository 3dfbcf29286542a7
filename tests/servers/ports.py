"""Ports for servers that have to be told theirs before they start: below those that the system gives to clients."""

import random
import socket

_LOW, _HIGH = 20_000, 32_000


def free(number: int) -> list[int]:
    """Return *number* different ports of loopback that nothing listens on now."""
    found: list[int] = []
    for port in random.sample(range(_LOW, _HIGH), _HIGH - _LOW):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == number:
            return found
    message = "no port is free"
    raise RuntimeError(message)
