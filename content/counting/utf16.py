"""UTF-16 code units: the unit of Telegram, and of everything written in JavaScript."""


def units(text: str) -> int:
    """Return how many UTF-16 code units *text* takes: two for each character beyond U+FFFF."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
