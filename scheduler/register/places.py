"""
Whether two web addresses lead to the same place, as far as their letters tell. Pure; nobody is asked.

Platforms drop the scheme and `www.`, add and drop tracking parameters, show the start of an address and three dots,
or put an address of their own in its place. An address of their own that says where it leads is read; one that does
not may lead anywhere, because anybody can make one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from content.hosts import ascii_host, shortened

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
#: What browsers and we may read differently: an address with any of these is no address, but a word like others.
_DOUBTFUL = re.compile(r"[\\\s\x00-\x20\x7f<>\"`{}|^]")
_HOST = re.compile(r"[\w.-]+")
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|igshid|igsh|li_fat_id|mc_cid|mc_eid"
    r"|_hsenc|_hsmi|xtor|ref_src|ref_url",
    re.IGNORECASE,
)
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
#: host -> the parameters that say where an address of this platform leads.
_WRAPPERS = {
    "l.facebook.com": ("u",),
    "lm.facebook.com": ("u",),
    "l.instagram.com": ("u",),
    "google.com": ("q", "url"),
    "slack-redir.net": ("url",),
    "vk.com": ("to",),
    "t.umblr.com": ("z",),
    "linkedin.com": ("url",),
}
_WRAPPER_PATHS = {"google.com": ("/url",), "vk.com": ("/away.php",), "linkedin.com": ("/redir/redirect",)}
_SAFE_LINKS = ".safelinks.protection.outlook.com"


class Sameness(StrEnum):
    """What the letters of an address say about where it leads, beside an official one."""

    SAME = "same"  #: to the same place
    CUT = "cut"  #: its beginning is the official one's, host and all; the rest is not shown
    HIDDEN = "hidden"  #: a shortener's: nobody can read where it leads
    OTHER = "other"  #: elsewhere


@dataclass(frozen=True)
class Place:
    """A web address taken apart; tracking parameters left out."""

    scheme: str  #: lower case; "" where none was written
    host: str  #: A-labels without `www.`
    port: int | None
    path: str  #: percent-encoded in one way, without the stroke at its end
    query: tuple[tuple[str, str], ...]
    fragment: str
    shown: str  #: as a platform shows it: without scheme and `www.`


@lru_cache(maxsize=8192)
def place(link: str) -> Place | None:
    """Return *link* taken apart; None if it is no web address, or could be read in two ways."""
    match = _SCHEME.match(link)
    scheme = match[1].lower() if match else ""
    if scheme not in {"", "http", "https"} or _DOUBTFUL.search(link):
        return None
    try:
        parts = urlsplit(link if scheme else f"https://{link}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or not _HOST.fullmatch(host) or not (known := ascii_host(host)):
        return None
    said = parse_qsl(_encoded(parts.query), keep_blank_values=True, encoding="latin-1")  # which loses nothing
    query = tuple((key, value) for key, value in said if not _tracks(key))
    port = None if port == {"http": 80}.get(scheme, 443) else port
    shown = (link[match.end() :] if match else link).removeprefix("www.")
    return Place(scheme, known, port, _encoded(parts.path).rstrip("/"), query, _encoded(parts.fragment), shown)


def _tracks(key: str) -> bool:
    return _TRACKING.fullmatch(key) is not None


def _encoded(text: str) -> str:
    """Return *text* percent-encoded in one way: what needs no encoding has none, what does has capitals."""
    if text.isascii() and "%" not in text:
        return text
    whole = "".join(
        letter if letter.isascii() else "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "replace"))
        for letter in text
    )
    return _PERCENT.sub(_plainest, whole)


def _plainest(match: re.Match[str]) -> str:
    letter = unquote_to_bytes(match[0]).decode("latin-1")
    return letter if _UNRESERVED.fullmatch(letter) else match[0].upper()


def beside(official: str, copy: str, *, cut: bool = False) -> Sameness:
    """Say where *copy* leads beside *official*; *cut*: its end is not shown."""
    if official == copy and not cut:
        return Sameness.SAME
    ours, theirs = place(official), place(copy)
    if ours is None or theirs is None:
        return Sameness.OTHER
    if cut:
        return Sameness.CUT if _begins(ours, theirs) else Sameness.OTHER
    for _ in range(3):  # a wrapped address may be wrapped again
        if _same(ours, theirs):
            return Sameness.SAME
        inner = _unwrapped(theirs)
        if inner is None:
            return Sameness.HIDDEN if shortened(theirs.host) else Sameness.OTHER
        theirs = inner
    return Sameness.OTHER


def _same(ours: Place, theirs: Place) -> bool:
    """Return whether both lead to one place; a scheme may be lost, not replaced by one that nobody protects."""
    schemes = theirs.scheme in {"", ours.scheme} or (ours.scheme in {"", "http"} and theirs.scheme == "https")
    return schemes and (ours.host, ours.port, ours.path, ours.query, ours.fragment) == (
        theirs.host,
        theirs.port,
        theirs.path,
        theirs.query,
        theirs.fragment,
    )


def _begins(ours: Place, theirs: Place) -> bool:
    schemes = theirs.scheme in {"", ours.scheme}
    whole_host = theirs.host == ours.host and theirs.port == ours.port
    after = ours.shown[len(theirs.shown) :]
    inside = "/" in theirs.shown or after[:1] in {"", "/", "?", "#"}
    return schemes and whole_host and inside and ours.shown.startswith(theirs.shown)


def _unwrapped(wrapped: Place) -> Place | None:
    """Return where an address of a platform says that it leads; None where it says nothing."""
    names = _WRAPPERS.get(wrapped.host, ("url",) if wrapped.host.endswith(_SAFE_LINKS) else ())
    paths = _WRAPPER_PATHS.get(wrapped.host)
    if wrapped.scheme != "https" or (paths is not None and wrapped.path not in paths):
        return None
    said = dict(wrapped.query)
    if len(said) != len(wrapped.query):
        return None  # a parameter given twice: which one counts is the platform's secret
    targets = [said[name].encode("latin-1").decode("utf-8", "replace") for name in names if name in said]
    found = place(targets[0]) if len(targets) == 1 else None
    return found if found and found.scheme else None
