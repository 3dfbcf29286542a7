"""
One name for each address of a post, whoever wrote it down: a platform's export, or a person with `resolve --url`.

    https://x.com/StopDjihadisme/status/1834…?s=20    x:1834…
    https://youtu.be/dQw4w9WgXcQ                       youtube:dQw4w9WgXcQ
    https://www.linkedin.com/posts/…-activity-7123-x   linkedin:activity:7123

Pure; nobody is asked. An address of none of these platforms is its host, path and query, without what only tracks.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from scheduler.register.places import place

_X = re.compile(r"/(?:[^/]+|i/web)/status(?:es)?/(\d+)")
_VIDEO = re.compile(r"/(?:shorts|live|embed|v)/([\w-]{5,20})")
_LINKEDIN = re.compile(r"urn:li:(activity|share|ugcPost):(\d+)|[/-](activity|share|ugcPost)-(\d+)(?=-|/|$)")
_INSTAGRAM = re.compile(r"/(?:p|reels?|tv)/([\w-]+)")
_FACEBOOK = re.compile(r"/(?:reel|videos|posts|permalink|photos)/(?:[^/]+/)?(pfbid\w+|\d+)/?$")
_FACEBOOK_QUERY = ("story_fbid", "fbid", "v")


@lru_cache(maxsize=65_536)
def key(link: str) -> str:
    """Return the one name of the post at *link*; "" where it is no web address."""
    found = place(link)
    if found is None:
        return ""
    host = found.host.removeprefix("mobile.").removeprefix("m.").removeprefix("web.")
    named = _named(host, unquote(found.path), link)
    query = "&".join(f"{name}={value}" for name, value in sorted(found.query))
    return named or f"{host}{found.path}{'?' if query else ''}{query}"


def _named(host: str, path: str, link: str) -> str:
    if host in {"x.com", "twitter.com"}:
        return _of("x", _X.match(path))
    if host == "youtu.be":
        return f"youtube:{path.strip('/')}"
    if host == "youtube.com":
        video = parse_qs(urlsplit(link).query).get("v", [""])[0]
        return f"youtube:{video}" if path == "/watch" and video else _of("youtube", _VIDEO.match(path))
    if host == "linkedin.com":
        found = _LINKEDIN.search(path)
        return f"linkedin:{found[1] or found[3]}:{found[2] or found[4]}" if found else ""
    if host in {"instagram.com", "instagr.am"}:
        return _of("instagram", _INSTAGRAM.search(path))
    if host in {"facebook.com", "fb.com"}:
        query = parse_qs(urlsplit(link).query)
        said = next((query[name][0] for name in _FACEBOOK_QUERY if query.get(name)), "")
        return f"facebook:{said}" if said else _of("facebook", _FACEBOOK.search(path))
    return ""


def _of(platform: str, found: re.Match[str] | None) -> str:
    return f"{platform}:{found[1]}" if found else ""
