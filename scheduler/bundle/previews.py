"""The drawings of a bundle: each release as its channel will show it, made from the signed bytes and nothing else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from campaigns.documents import schema
from campaigns.locales import LOCALES
from content.check import Finding, Severity
from content.preview.page import html
from content.preview.prepared import Preview
from content.rendering import CaptionFile, MediaFile, Part, Rendering, Request
from scheduler.releases.outgoing import Outgoing, words_digest
from scheduler.review.leave import leave

if TYPE_CHECKING:
    from scheduler.bundle.contents import Bundle, Paper


def page(bundle: "Bundle", media: Mapping[str, bytes]) -> str:
    """
    Return one self-contained page; *media* are bytes by digest. What says the same in the same place is drawn once.

    Raises:
        ValueError: If a release's account or channel is written as no campaign could have written it.
    """
    partners = {each: schema.Partner(name=names) for each, names in bundle.partners.items()}
    drawn: dict[tuple[str, ...], Preview] = {}
    for paper in bundle.papers:
        out = paper.outgoing
        key = (out.message, out.variant, out.locale, out.channel, words_digest(out), out.visibility, str(out.waivers))
        if key not in drawn:
            request = _request(bundle, out, partners, media)
            excused = tuple(leave(each) for each in out.waivers)
            drawn[key] = Preview(
                out.name, request, _rendering(out, request.media), _findings(paper), paper.digest, excused
            )
    shown = _in_order(list(drawn.values()))
    title = bundle.title.get("en-GB") or next(iter(bundle.title.values()), bundle.campaign)
    return html(shown, title, marking=bundle.marking, held=media)


def _in_order(drawn: list[Preview]) -> list[Preview]:
    """Return *drawn* by message and channel, those first that go out first; in each, languages in their own order."""
    messages, channels = (
        {each: number for number, each in enumerate(dict.fromkeys(found))}
        for found in ((each.place[1] for each in drawn), (each.place[2] for each in drawn))
    )
    locales = [*LOCALES]

    def rank(each: Preview) -> tuple[int, int, int, str, str]:
        tag, (_, message, channel) = each.request.locale, each.place
        place = locales.index(tag) if tag in LOCALES else len(locales)
        return messages[message], channels[channel], place, tag, each.name

    return sorted(drawn, key=rank)


def _request(
    bundle: "Bundle", out: Outgoing, partners: Mapping[str, schema.Partner], media: Mapping[str, bytes]
) -> Request:
    words = "\n\n".join(part.text for part in out.parts)
    headline = next((part.headline for part in out.parts if part.headline), None)
    message = schema.Message.model_construct(
        id=out.message,
        audiences=list(out.audiences),
        wording={out.locale: words},
        headline={out.locale: headline} if headline else {},
        media=[],
        link=None,
        variants={},
        values={},
        waive=[],
        translated={},
        counters=None,
        messenger=None,
    )
    channel = schema.Channel.model_construct(
        id=out.channel,
        kind=out.kind,
        issuer=out.issuer,
        account=out.account,
        locales=[out.locale],
        server=out.server,
        credential=out.credential,
        rate=None,
        pace=None,
        quiet=None,
        options=out.options,
    )
    return Request(
        campaign=bundle.campaign,
        title=bundle.title,
        partners=partners,
        message=message,
        variant=out.variant,
        locale=out.locale,
        channel=channel,
        media=tuple(_files(out, media)),
    )


def _files(out: Outgoing, media: Mapping[str, bytes]) -> list[MediaFile]:
    from content.media import facts

    found = []
    for item in out.media:
        data = media.get(item.digest, b"")
        captions = CaptionFile(item.captions.file, item.captions.digest) if item.captions else None
        found.append(
            MediaFile(item.file, item.digest, len(data), item.kind, item.alt, facts=facts(data)[1], captions=captions)
        )
    return found


def _findings(paper: "Paper") -> tuple[Finding, ...]:
    """Return what the checks said when the release was booked."""
    return tuple(
        Finding(
            each.check,
            Severity.BLOCK if each.severity == "block" else Severity.WARN,
            each.message,
            each.remedy,
            each.part,
            (each.span[0], each.span[1]) if each.span and len(each.span) == 2 else None,  # noqa: PLR2004 (start, end)
            each.fix,
            each.waived,
        )
        for each in paper.findings
    )


def _rendering(out: Outgoing, media: tuple[MediaFile, ...]) -> Rendering:
    return Rendering(
        locale=out.locale,
        direction="rtl" if out.direction == "rtl" else "ltr",
        parts=tuple(Part(each.text, each.html, each.headline, each.link) for each in out.parts),
        media=media,
        facets=out.facets,
        visibility=out.visibility,
        content_warning=out.content_warning,
        reply_to=out.reply_to,
    )
