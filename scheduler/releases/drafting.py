"""
From a planned release to its draft: rendered once, checked once, and brought into the form that is signed.

The hash of the inputs lets `plan` leave alone what would come out the same.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from campaigns.clock import iso
from campaigns.documents import schema
from campaigns.settings import Settings
from content import checklist, render
from content.check import Context
from content.rendering import MediaFile, Rendering, Request
from content.request import request_for
from scheduler.releases.conditions import BLACKOUT
from scheduler.releases.expansion import Planned
from scheduler.releases.outgoing import (
    Outgoing,
    OutgoingCaptions,
    OutgoingMedia,
    OutgoingPart,
    canonical,
    digest,
    words_digest,
)
from scheduler.releases.states import State


def request_of(planned: Planned, document: schema.Campaign, settings: Settings) -> Request:
    """Return all that the rendering of *planned* depends on."""
    return request_for(
        document,
        planned.entry,
        planned.message,
        variant=planned.variant,
        locale=planned.locale,
        channel=planned.channel,
        settings=settings,
    )


def inputs_of(planned: Planned, document: schema.Campaign, request: Request) -> str:
    """Return the sha256 of everything the draft of *planned* depends on; equal means it would come out the same."""
    frame = canonical(outgoing_of(planned, document, None))
    clock = f"{planned.wall} {planned.zone} {planned.entry.fold}"  # another wall time may mean the same instant
    return hashlib.sha256(f"{render.fingerprint(request)} {digest(frame)} {clock}".encode()).hexdigest()


def outgoing_of(planned: Planned, document: schema.Campaign, rendering: Rendering | None) -> Outgoing:
    """Return what goes out with *planned*; without a *rendering*, its frame alone."""
    channel, entry = planned.channel, planned.entry
    waivers = [
        each
        for each in planned.message.waive
        if each.locale in {None, planned.locale} and each.channel in {None, channel.id}
    ]
    return Outgoing(
        release=planned.id,
        campaign=planned.campaign,
        name=planned.name,
        message=planned.message.id,
        audiences=planned.audiences,
        locale=planned.locale,
        variant=planned.variant,
        parts=tuple(OutgoingPart(**asdict(part)) for part in rendering.parts) if rendering else (),
        media=tuple(_media(each) for each in rendering.media) if rendering else (),
        facets=tuple(dict(facet) for facet in rendering.facets) if rendering else (),
        language=planned.locale,
        direction=rendering.direction if rendering else "",
        visibility=rendering.visibility if rendering else "",
        content_warning=rendering.content_warning if rendering else None,
        reply_to=rendering.reply_to if rendering else None,
        supersedes=planned.supersedes,
        channel=channel.id,
        kind=channel.kind,
        server=channel.server,
        account=channel.account,
        credential=channel.credential,
        options=channel.options,
        issuer=channel.issuer,
        partners=tuple(document.partners),
        due=iso(planned.due),
        not_after=iso(planned.not_after) if planned.not_after else None,
        if_late=entry.if_late.model_dump(),
        waivers=(*(waiver.model_dump(exclude_none=True) for waiver in waivers), *_exceptions(planned, document)),
        message_kind=planned.message.kind,
    )


def _media(item: MediaFile) -> OutgoingMedia:
    words = OutgoingCaptions(item.captions.file, item.captions.digest) if item.captions else None
    return OutgoingMedia(item.file, item.digest, item.kind, item.alt, words)


def _exceptions(planned: Planned, document: schema.Campaign) -> Iterator[dict[str, Any]]:
    """Yield the blackouts in which somebody allows *planned* by name, as waivers: they are part of what is signed."""
    for blackout in document.blackouts:
        for exception in blackout.exceptions:
            if planned.entry.id in exception.releases:
                # The whole blackout, so that leave given in one is not leave in what it later becomes.
                span = blackout.model_dump(by_alias=True, include={"partner", "start", "end", "zone"})
                said = {"authorised_by": exception.authorised_by, "because": exception.because}
                yield {"check": BLACKOUT, "blackout": blackout.id, **span, **said}


def columns_of(
    planned: Planned, document: schema.Campaign, request: Request, inputs: str, author: str, context: Context
) -> dict[str, Any]:
    """Render, check, and return what the row of a draft says; not how often it was claimed and tried."""
    rendering = render.render(request)
    findings = checklist.review(request, rendering, replace(context, server_limits=request.server_limits))
    outgoing = outgoing_of(planned, document, rendering)
    form = canonical(outgoing)
    return {
        "id": planned.id,
        "campaign": planned.campaign,
        "entry": planned.entry.id,
        "occurrence": planned.occurrence,
        "message": planned.message.id,
        "variant": planned.variant,
        "locale": planned.locale,
        "channel": planned.channel.id,
        "issuer": planned.channel.issuer,
        "audiences": list(planned.audiences),
        "author": author,
        "wall": planned.wall,
        "zone": planned.zone,
        "fold": planned.entry.fold,
        "due_at": planned.due,
        "next_at": planned.due,
        "not_after": planned.not_after,
        "outgoing": form.decode(),
        "digest": digest(form),
        "inputs": inputs,
        "bytes_digest": words_digest(outgoing),
        "findings": [asdict(finding) for finding in findings],
        "state": State.DRAFT.value,
        "reason": "",
        "late_answer": None,
        "key_since": None,
    }
