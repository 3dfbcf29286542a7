"""The tagged link: where a message leads, with the tags that let a web analyst say which release led there."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from content.errors import TemplateFault

ANY = "*"  #: the link of every locale that has none of its own

#: Characters that a link may already hold and that stay: reserved ones, and the sign of an escape.
_KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._"
_KEPT_IN_QUERY = _KEPT_IN_PATH + "?[]"
_OURS = re.compile(r"(?:^|&)utm_(?:source|medium|campaign|content)=[^&]*")


def choose(link: Mapping[str, str] | None, locale: str) -> str | None:
    """Return the link for *locale*: its own, or the one for any."""
    if not link:
        return None
    return link.get(locale) or link.get(ANY)


_NEVER = re.compile(r"[\s\ud800-\udfff]")  #: in no address: blanks, and halves of a character
#: Where an address in a text ends: at a blank, a bracket or a quotation mark, a directional or invisible character.
_ADDRESS = re.compile(
    r"[^\s<>\"\xab\xbb\u201c\u201d\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]*"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_AFTER = ".,;:!?')]}\u2019\u2026\u060c\u061b\u061f\u06d4"


def whole(text: str, start: int, end: int) -> int:
    """
    Return where the address ends that begins at *start* of *text*, and whose ASCII part ends at *end*.

    Beyond that stand letters of other alphabets, as people type them; punctuation after it is no part of it.
    """
    if "/" not in text[start:end].partition("://")[2] or not (
        text[end : end + 1].isalnum() or text[end - 1] in "/?=&#%"
    ):
        return end
    found = _ADDRESS.match(text, end)
    stop = found.end() if found else end
    while stop > end and text[stop - 1] in _AFTER:
        stop -= 1
    return stop


def in_ascii(address: str) -> str:
    """
    Return *address*, with or without a scheme, as every network links it: host in Punycode, the rest percent-encoded.

    What cannot be a host stays as it is.
    """
    scheme, mark, rest = address.partition("://")
    if not _SCHEME.fullmatch(scheme):  # it stands in a path
        scheme, mark, rest = "", "", address
    host, slash, path = rest.partition("/")
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = host
    return f"{scheme}{mark}{name}{slash}{quote(path, safe=_KEPT_IN_QUERY + '#')}"


@lru_cache(maxsize=8192)
def tagged(link: str, source: str, medium: str, campaign: str, content: str) -> str:
    """
    Return *link* in ASCII, with `utm_` tags after the query it has and before its fragment.

    Tags of these four names that it had are replaced; everything else of it stays.

    Raises:
        TemplateFault: If *link* is not an `http` or `https` address with a host, or holds a user name.
    """
    try:
        parts = urlsplit(link.strip())
        host, port = parts.hostname or "", parts.port
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        name, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not name or "@" in parts.netloc or _NEVER.search(link.strip()):
        message = f"The link '{link[:80]}' is not a web address."
        raise TemplateFault(
            link[:80], message, "Write it in full, as in https://example.org/page, without a user name."
        )
    bracketed = f"[{name}]" if ":" in name else name
    tags = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign, "utm_content": content}
    ours = "&".join(f"{key}={quote(value, safe='-._~')}" for key, value in tags.items())
    rest = _OURS.sub("", parts.query).lstrip("&")
    query = quote(rest, safe=_KEPT_IN_QUERY)
    return urlunsplit(
        (
            parts.scheme,
            f"{bracketed}:{port}" if port is not None else bracketed,
            quote(parts.path or "/", safe=_KEPT_IN_PATH),
            f"{query}&{ours}" if query else ours,
            quote(parts.fragment, safe=_KEPT_IN_QUERY),
        )
    )
