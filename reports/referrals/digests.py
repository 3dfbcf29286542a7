"""What stands for an item: a digest that somebody gave, or that of its link. The link itself goes no further."""

import hashlib
import re

from reports.errors import Unreadable

#: Digests of that many hexadecimal digits; 64 are SHA-256 unless the cell says pdq.
LENGTHS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
GIVEN = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "pdq": 64}
_HEX = re.compile(r"[0-9a-f]+")
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}\s*(?::|\[:\])\s*/\s*/|\bmagnet:|\bhxxps?\b", re.IGNORECASE)
_MARK = r"(?:\.|\[\.\]|\(\.\)|\[dot\])"
_HOST = re.compile(rf"(?:^|[\s(<\"'@])(?:[\w-]+{_MARK})+[a-z]{{2,24}}(?:[/:?#]|\s|$|[)>\"'])", re.IGNORECASE)
_TELEGRAM = re.compile(r"\bt\.me/|(?:^|\s)@[a-z0-9_]{4,}", re.IGNORECASE)


def looks_like_link(text: str) -> bool:
    """Whether *text* holds an address of any kind, also one written so that it cannot be clicked on."""
    return bool(_SCHEME.search(text) or _HOST.search(text) or _TELEGRAM.search(text))


def is_host(text: str) -> bool:
    """Whether *text* is a bare host name: what some platforms are called, and no address of content."""
    return bool(re.fullmatch(r"(?:[\w-]{1,63}\.)+[a-z]{2,24}", text.strip(), re.IGNORECASE))


def digest_of(cell: str) -> tuple[str, bool]:
    """
    Return what stands for the item, as `algorithm:hex`, and whether a link was digested for it.

    The link's bytes are digested as they are, so that the same spelling gives the same digest.

    Raises:
        Unreadable: If the cell is neither a digest nor a link. The message never repeats the cell.
    """
    text = cell.strip()
    algorithm, mark, digits = text.casefold().rpartition(":")
    if _HEX.fullmatch(digits):
        if not mark and len(digits) in LENGTHS:
            return f"{LENGTHS[len(digits)]}:{digits}", False
        if GIVEN.get(algorithm.replace("-", "")) == len(digits):
            return f"{algorithm.replace('-', '')}:{digits}", False
    if looks_like_link(text):
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}", True
    message = "the item is no digest"
    raise Unreadable(message, f"give one of {', '.join(GIVEN)} in hexadecimal digits, such as sha256:9f86d0…")
