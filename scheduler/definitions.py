"""What a channel's definition must say before anything can be published with it."""

from scheduler.publisher import Endpoint, Refused


def web_address(endpoint: Endpoint, what: str = "its address") -> str:
    """
    Return the channel's `server`, a web address without a slash at its end; *what* it is, in words.

    Raises:
        Refused: If it is none.
    """
    server = endpoint.server or ""
    if not server.startswith(("https://", "http://")):
        message = f"Channel {endpoint.channel} has no server."
        raise Refused(message, f"Write {what} as `server: https://…`.")
    return server.rstrip("/")


def credential(endpoint: Endpoint, what: str = "the token") -> str:
    """
    Return the name of the channel's credential; *what* it holds, in words.

    Raises:
        Refused: If it names none.
    """
    if endpoint.credential is None:
        message = f"Channel {endpoint.channel} names no credential."
        raise Refused(message, f"Write `credential: NAME`, and keep {what} in secrets/NAME.")
    return endpoint.credential
