"""
Where a web address leads, in the one form that equal addresses share, and what is suspicious about its host.

Hosts are compared as A-labels (RFC 5890), lower case, without `www.`: what looks the same on a screen is not the same
here, and what is the same under another spelling is.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, quote, unquote, urlsplit

KEPT = 8192  #: addresses remembered

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LOCALE_STEP = re.compile(r"(?:en|fr|ar|ckb|ku|fa|ur|ps|tr|ru|so|ha|sw)(?:[-_][a-z]{2})?", re.IGNORECASE)
_LANGUAGE_KEYS = frozenset({"lang", "language", "hl", "locale", "l"})
_OURS = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
#: A host that old software reads as an IPv4 address: 2130706433, 0x7f.1.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}")
#: Letters that are drawn like a Latin one, each with it: Cyrillic, Greek, Armenian, and what small type confuses.
_PAIRS = (
    "\u0430a \u0435e \u043eo \u0440p \u0441c \u0443y \u0445x \u0456i \u0458j \u0455s \u051bq \u051dw \u04bbh \u0501d"
    " \u04cfl \u0432b \u043ak \u043cm \u043dh \u0442t \u03b1a \u03bfo \u03c1p \u03bdv \u03b9i \u03bak \u03c5u \u03c7x"
    " \u0585o \u057du \u0261g \u0131i 0o 1l"
)
_DRAWN_LIKE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}


@dataclass(frozen=True)
class Address:
    """A web address, taken apart; it was not asked whether anybody is there."""

    scheme: str  #: lower case; "" where none was written
    host: str  #: A-label form without `www.`; "" where it is no host
    user: bool  #: a user name stands before the host
    path: str  #: with a leading stroke and none at the end, percent-encoded once; our own tags left out
    steps: tuple[str, ...]  #: the path without the steps that name a language

    @property
    def key(self) -> str:
        """What equal addresses share."""
        return f"{self.host}{self.path}"

    @property
    def by_language(self) -> bool:
        """Whether the path names a language, so that another language has another."""
        return len(self.steps) < len([step for step in re.split(r"[/?&]", self.path) if step])


@lru_cache(maxsize=KEPT)
def address(link: str) -> Address:
    """Return *link*, with or without a scheme, taken apart. Never raises: what is no host has none."""
    link = link.encode("utf-8", "replace").decode()  # half a surrogate pair is no letter
    scheme = match[0][:-3].lower() if (match := _SCHEME.match(link)) else ""
    try:
        parts = urlsplit(link if scheme else f"https://{link}")
        host, user = parts.hostname or "", "@" in parts.netloc
    except ValueError:
        return Address(scheme, "", user=False, path=link, steps=())
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=-._~").rstrip("/")
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in _OURS]
    query = "&".join(f"{quote(key)}={quote(value)}" for key, value in kept)
    whole = f"{path}?{query}" if query else path
    said = [step for step in path.split("/") if step and not _LOCALE_STEP.fullmatch(step)]
    said += [f"{quote(key)}={quote(value)}" for key, value in kept if key.lower() not in _LANGUAGE_KEYS]
    return Address(scheme, ascii_host(host), user, whole, tuple(said))


@lru_cache(maxsize=KEPT)
def ascii_host(host: str) -> str:
    """Return *host* as A-labels, lower case, without `www.`; "" where it cannot be one."""
    host = host.encode("utf-8", "replace").decode()
    name = unicodedata.normalize("NFKC", host).strip().lower().rstrip(".").removeprefix("www.")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def shown(host: str) -> str:
    """Return an A-label *host* as a browser may show it."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def below(host: str, domain: str) -> bool:
    """Say whether A-label *host* is *domain*, as somebody wrote it, or a subdomain of it."""
    known = ascii_host(domain)
    return bool(known) and (host == known or host.endswith(f".{known}"))


def numeric(host: str) -> bool:
    """Say whether *host* is an IP address, in any of the ways that software reads one."""
    return ":" in host or bool(_NUMERIC.fullmatch(host))


@cache
def shorteners() -> frozenset[str]:
    """Return the hosts of public shorteners, as `shorteners.txt` lists them."""
    text = files("content").joinpath("shorteners.txt").read_text("utf-8")
    return frozenset(" ".join(line.partition("#")[0] for line in text.splitlines()).split())


def shortened(host: str) -> bool:
    """Say whether *host* is a public shortener's."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in shorteners() for start in range(len(labels) - 1))


@lru_cache(maxsize=KEPT)
def skeleton(host: str) -> str:
    """Return what A-label *host* looks like at a glance: hosts that share it are taken for one another."""
    plain = unicodedata.normalize("NFKD", shown(host))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.translate(_DRAWN_LIKE).replace("rn", "m").replace("vv", "w").replace("i", "l")


def drawn_like(text: str) -> str:
    """Return *text* in small letters, each letter that is drawn like a Latin one, or a digit, as that one."""
    return text.lower().translate(_DRAWN_LIKE)


@lru_cache(maxsize=KEPT)
def disguised(host: str) -> bool:
    """Say whether a label of A-label *host* mixes Latin with letters drawn like it, or has no others than these."""
    for label in shown(host).split("."):
        letters = [letter for letter in label if letter.isalpha() and not letter.isascii()]
        strange = [letter for letter in letters if _alphabet(letter) in {"CYRILLIC", "GREEK", "ARMENIAN"}]
        if not strange:
            continue
        latin = any(letter.isascii() and letter.isalpha() for letter in label)
        if latin or skeleton(label).isascii():
            return True
    return False


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
