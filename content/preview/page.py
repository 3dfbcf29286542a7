"""One self-contained page of previews: no script, nothing loaded, every locale of a message side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from campaigns.locales import LOCALES, direction
from content import attribution
from content.check import Finding
from content.preview import speech
from content.preview.drawing import DRESS, draw
from content.preview.pictures import Pictures
from content.preview.prepared import (
    Preview,
    Standing,
    Tally,
    change,
    count,
    measures,
    remedy,
    share,
    tally,
    verdict,
)

if TYPE_CHECKING:
    from jinja2 import Template

#: What the page may load: nothing but its own style and the pictures inside it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
WORDS = {
    Standing.READY: "Ready",
    Standing.LOOK: "Look at this",
    Standing.BLOCKED: "May not go out",
}


@dataclass(frozen=True)
class Meter:
    """How full the room of one text is."""

    field: str
    words: str
    share: int  #: per cent
    known: bool  #: whether there is a limit
    over: bool


@dataclass(frozen=True)
class Remark:
    """A finding as the page shows it."""

    number: int
    dress: str
    verdict: str
    check: str
    message: str
    remedy: str
    change: tuple[str, str] | None  #: what stands there, and what would better
    placed: bool  #: whether the text is marked


@dataclass(frozen=True)
class One:
    """A rendering as the page shows it."""

    key: str
    preview: Preview
    own_name: str  #: of its language
    standing: Standing
    state: str
    drawing: Markup
    meters: tuple[Meter, ...]
    remarks: tuple[Remark, ...]
    spoken: tuple[tuple[speech.Heard, ...], ...]


@dataclass(frozen=True)
class ChannelGroup:
    """One message on one channel."""

    key: str
    id: str
    about: str
    account: str
    ones: tuple[One, ...]


@dataclass(frozen=True)
class MessageGroup:
    """One message on all its channels."""

    key: str
    id: str
    headline: str
    locale: str  #: of the headline
    campaign: str
    counted: Tally
    channels: tuple[ChannelGroup, ...]

    @property
    def state(self) -> str:
        """What the table of contents says of it."""
        blocked, look = self.counted.counts[Standing.BLOCKED], self.counted.counts[Standing.LOOK]
        words = [f"{blocked:,} may not go out"] if blocked else []
        return ", ".join([*words, *([f"{look:,} to look at"] if look else [])]) or "ready"


def html(
    previews: Sequence[Preview],
    title: str,
    media: Path | None = None,
    marking: str = "",
    held: Mapping[str, bytes] | None = None,
) -> str:
    """
    Return one self-contained page of *previews*, those of one message and channel beside one another.

    Pictures are embedded where *media*, their folder, or *held*, their bytes by digest, is given; *marking* says how
    the page is to be handled.
    """
    pictures = Pictures(media, held)
    several = len({preview.request.campaign for preview in previews}) > 1
    messages = [
        _message(f"m{number}", list(group), pictures)
        for number, (_, group) in enumerate(groupby(previews, key=lambda each: each.place[:2]), 1)
    ]
    return _template().render(
        title=title,
        marking=marking,
        policy=POLICY,
        style=Markup(_style()),  # noqa: S704 (our own file)
        pictures=pictures.style,
        counted=tally(previews),
        standings=Standing,
        blocked=[
            one
            for message in messages
            for group in message.channels
            for one in group.ones
            if one.standing is Standing.BLOCKED
        ],
        messages=messages,
        several=several,
        direction=direction,
    )


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")


@lru_cache(maxsize=1)
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text("utf-8")


def _message(key: str, previews: list[Preview], pictures: Pictures) -> MessageGroup:
    request = previews[0].request
    headline = request.message.headline
    locale = next((each for each in ("en-GB", request.locale, *headline) if headline.get(each)), "")
    channels: dict[str, list[Preview]] = {}
    for preview in previews:
        channels.setdefault(preview.request.channel.id, []).append(preview)
    return MessageGroup(
        key=key,
        id=request.message.id,
        headline=headline.get(locale, ""),
        locale=locale,
        campaign=request.campaign,
        counted=tally(previews),
        channels=tuple(
            _channel(f"{key}-{number}", group, pictures) for number, group in enumerate(channels.values(), 1)
        ),
    )


def _channel(key: str, previews: list[Preview], pictures: Pictures) -> ChannelGroup:
    request = previews[0].request
    channel = request.channel
    issuer = attribution.name(request.partners, channel.issuer, "en-GB")
    return ChannelGroup(
        key=key,
        id=channel.id,
        about=f"{channel.kind} channel of {issuer}",
        account=channel.account,
        ones=tuple(_one(f"{key}-{number}", preview, pictures) for number, preview in enumerate(previews, 1)),
    )


def _one(key: str, preview: Preview, pictures: Pictures) -> One:
    locale, parts = LOCALES.get(preview.request.locale), preview.rendering.parts
    return One(
        key=key,
        preview=preview,
        own_name=locale.own_name if locale else preview.request.locale,
        standing=preview.standing,
        state=WORDS[preview.standing],
        drawing=draw(preview, key, pictures),
        meters=tuple(
            Meter(field, count(each), share(each), each.limit is not None, bool(each.over))
            for field, each in measures(preview)
        ),
        remarks=tuple(
            _remark(number, finding, parts[finding.part].text if finding.part < len(parts) else "")
            for number, finding in enumerate(preview.findings, 1)
        ),
        spoken=tuple(speech.say(preview.request, preview.rendering)),
    )


def _remark(number: int, finding: Finding, text: str) -> Remark:
    return Remark(
        number=number,
        dress=DRESS[verdict(finding)],
        verdict=verdict(finding),
        check=finding.check,
        message=finding.message,
        remedy=remedy(finding),
        change=change(finding, text),
        placed=finding.span is not None and bool(text),
    )
