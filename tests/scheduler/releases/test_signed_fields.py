"""Every single thing that goes out with a release is under its digest: change it, and no signature covers it."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
import rfc8785

from scheduler.releases.outgoing import (
    Outgoing,
    OutgoingCaptions,
    OutgoingMedia,
    OutgoingPart,
    canonical,
    digest,
    parse,
)

WHOLE = Outgoing(
    release="e18bd8ea-58c7-526f-9d44-45d90b4bd4a7",
    campaign="voices",
    name="launch/fr-FR/fr-feed",
    message="m1",
    audiences=("young-fr", "young-uk"),
    locale="fr-FR",
    variant="a",
    parts=(OutgoingPart("Daech recule.", "<p>Daech recule.</p>", "Recul", "https://example.org"),),
    media=(OutgoingMedia("film.mp4", "ab" * 32, "video/mp4", "Une carte", OutgoingCaptions("film.vtt", "cd" * 32)),),
    facets=({"start": 0, "end": 5, "tag": "Daech"},),
    language="fr",
    direction="ltr",
    visibility="public",
    content_warning="guerre",
    reply_to="1234",
    supersedes="5678",
    channel="fr-feed",
    kind="mastodon",
    server="https://social.example",
    account="@faits@social.example",
    credential="fr-feed",
    options={"weight": 3},
    issuer="fr",
    partners=("fr", "uk"),
    due="2027-01-12T17:30:00Z",
    not_after="2027-04-30T22:00:00Z",
    if_late={"after": 900, "then": "ask"},
    waivers=({"check": "sentence-length", "because": "quoted"},),
    message_kind="rebuttal",
)
PART, FILM = WHOLE.parts[0], WHOLE.media[0]
CAPTIONS = OutgoingCaptions("film.vtt", "cd" * 32)

#: By field: other values, each the smallest step away. A field that is added to Outgoing has to be added here.
OTHERS: dict[str, list[Any]] = {
    "release": ["e18bd8ea-58c7-526f-9d44-45d90b4bd4a8"],
    "campaign": ["voicez"],
    "name": ["launch/fr-FR/fr-feeds"],
    "message": ["m2"],
    "audiences": [("young-fr",), ("young-uk", "young-fr"), ("young-fr", "young-uk", "all"), ()],
    "locale": ["fr-BE"],
    "variant": ["b"],
    "parts": [(), (PART, PART)],
    "media": [(), (FILM, FILM)],
    "facets": [(), ({"start": 1, "end": 5, "tag": "Daech"},), ({"start": 0, "end": 5, "tag": "daech"},)],
    "language": ["en"],
    "direction": ["rtl"],
    "visibility": ["unlisted"],
    "content_warning": ["guerres", "", None],
    "reply_to": ["1235", None],
    "supersedes": ["5679", None],
    "channel": ["fr-feeds"],
    "kind": ["bluesky"],
    "server": ["https://social.example.org", None],
    "account": ["@fait@social.example"],
    "credential": ["uk-feed", None],
    "options": [{}, {"weight": 4}, {"weight": "3"}, {"weight": 3, "more": True}],
    "issuer": ["uk"],
    "partners": [("fr",), ("uk", "fr"), ()],
    "due": ["2027-01-12T17:30:01Z"],
    "not_after": ["2027-04-30T22:00:01Z", None],
    "if_late": [{"after": 901, "then": "ask"}, {"after": 900, "then": "send"}],
    "waivers": [(), ({"check": "sentence-length", "because": "quote"},), ({"check": "too-many", "because": "quoted"},)],
    "message_kind": ["alert", None],
}
#: The same for what a part, a medium and its captions are made of.
OF_PARTS: dict[str, list[Any]] = {
    "text": ["Daech recule!", "Daech recule. "],
    "html": ["<p>Daech</p>", None],
    "headline": ["Reculs", None],
    "link": ["https://example.com", None],
}
OF_MEDIA: dict[str, list[Any]] = {
    "file": ["films.mp4"],
    "digest": ["ab" * 31 + "ac"],
    "kind": ["video/webm"],
    "alt": ["Une carte.", ""],
    "captions": [None],
}
OF_CAPTIONS: dict[str, list[Any]] = {"file": ["films.vtt"], "digest": ["cd" * 31 + "ce"]}

#: What DESIGN says is signed, and what came later.
LISTED = {
    *("release", "audiences", "locale", "variant", "parts", "media", "facets", "language", "visibility"),
    *("content_warning", "reply_to", "supersedes", "channel", "kind", "server", "account", "issuer"),
    *("due", "not_after", "if_late", "waivers", "message_kind"),
}


def changed() -> dict[str, Outgoing]:
    """Return every release that differs from WHOLE in exactly one value."""
    made = {}
    for name, values in OTHERS.items():
        made |= {f"{name}={value}": replace(WHOLE, **{name: value}) for value in values}
    for name, values in OF_PARTS.items():
        made |= {f"part {name}={value}": replace(WHOLE, parts=(replace(PART, **{name: value}),)) for value in values}
    for name, values in OF_MEDIA.items():
        made |= {f"media {name}={value}": replace(WHOLE, media=(replace(FILM, **{name: value}),)) for value in values}
    for name, values in OF_CAPTIONS.items():
        for value in values:
            film = replace(FILM, captions=replace(CAPTIONS, **{name: value}))
            made[f"captions {name}={value}"] = replace(WHOLE, media=(film,))
    return made


CHANGED = changed()


@pytest.mark.parametrize(
    ("of", "covered"),
    [(Outgoing, OTHERS), (OutgoingPart, OF_PARTS), (OutgoingMedia, OF_MEDIA), (OutgoingCaptions, OF_CAPTIONS)],
)
def test_every_field_is_covered_here(of: type, covered: dict[str, list[Any]]):
    """A field added later fails this test until it is seen to be signed; `v` is told by the others."""
    names = [each.name for each in fields(of) if each.init]

    assert names == list(covered)
    assert all(covered.values())


def test_all_that_is_to_be_signed_is_a_field():
    """Nothing of the list that partners were promised has been renamed away."""
    assert set(OTHERS) >= LISTED  # media digests and alt texts: OF_MEDIA


@pytest.mark.parametrize("name", CHANGED)
def test_one_change_is_another_digest(name: str):
    """Whatever single value changes, the signature over the old digest covers it no longer."""
    other = CHANGED[name]

    assert other != WHOLE
    assert digest(canonical(other)) != digest(canonical(WHOLE))
    assert parse(canonical(other)) == other


def test_no_two_changes_share_a_digest():
    """Nor is any of them signed by a signature over another: every form has a digest of its own."""
    assert len({digest(canonical(each)) for each in [WHOLE, *CHANGED.values()]}) == len(CHANGED) + 1


def test_neighbouring_fields_do_not_run_together():
    """What moves from one field into the next is a change, though the same letters are there."""
    one, two = replace(WHOLE, channel="ab", kind="c"), replace(WHOLE, channel="a", kind="bc")

    assert digest(canonical(one)) != digest(canonical(two))


@pytest.mark.parametrize("name", CHANGED)
def test_the_form_is_byte_stable(name: str):
    """Read and written again, by us or by RFC 8785 itself, whatever the order of keys, it is the same bytes."""
    form = canonical(CHANGED[name])
    turned = replace(
        CHANGED[name],
        options=dict(reversed(CHANGED[name].options.items())),
        if_late=dict(reversed(CHANGED[name].if_late.items())),
        facets=tuple(dict(reversed(each.items())) for each in CHANGED[name].facets),
        waivers=tuple(dict(reversed(each.items())) for each in CHANGED[name].waivers),
    )

    assert canonical(parse(form)) == canonical(turned) == form
    assert rfc8785.dumps(json.loads(form)) == form


def test_the_digest_of_the_whole_is_fixed():
    """What was signed stays signed in later versions: these bytes have this digest for ever."""
    assert digest(canonical(WHOLE)) == "6a44cc97cf6ad7fee3554817194a76dc4833affd6572e5896ac6473102ae99bc"
