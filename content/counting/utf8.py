"""Octets of UTF-8: the unit of Bluesky's second limit, of YouTube descriptions and of mail lines."""


def octets(text: str) -> int:
    """Return how many octets *text* takes in UTF-8; a lone surrogate counts as the three it would take."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
