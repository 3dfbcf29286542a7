"""What is signed, stored and published is one canonical form, and nothing else is read as one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import NotTrusted
from scheduler.releases.outgoing import (
    Outgoing,
    OutgoingCaptions,
    OutgoingMedia,
    OutgoingPart,
    canonical,
    digest,
    files_of,
    parse,
    words_digest,
)

#: One of everything. Its digest is what a signature would cover.
WHOLE = Outgoing(
    release="e18bd8ea-58c7-526f-9d44-45d90b4bd4a7",
    campaign="raqqa-voices",
    name="launch/ar/fr-mastodon",
    message="lost-ground",
    audiences=("young-fr", "young-uk"),
    locale="ar",
    variant="b",
    parts=(
        OutgoingPart("خسر داعش أرضه.\nhttps://example.org/?utm_source=x", "<p>خسر</p>", "عنوان", "https://example.org"),
    ),
    media=(OutgoingMedia("map.png", "ab" * 32, "image/png", "خريطة"),),
    facets=({"start": 0, "end": 3, "tag": "Daesh"},),
    language="ar",
    direction="rtl",
    visibility="public",
    content_warning="war",
    reply_to="1234",
    supersedes=None,
    channel="fr-mastodon",
    kind="mastodon",
    server="https://social.example",
    account="@stopdaech@social.example",
    credential="fr-mastodon",
    options={"deduplicates": True, "weight": 3},
    issuer="fr",
    partners=("uk", "fr"),
    due="2027-01-12T17:30:00Z",
    not_after="2027-04-30T22:00:00Z",
    if_late={"after": 900, "then": "ask"},
    waivers=({"check": "sentence-length", "because": "quoted"},),
)

#: A film with captions beside the picture: what leaves in form 2.
FILM = replace(
    WHOLE,
    media=(
        *WHOLE.media,
        OutgoingMedia("film.mp4", "cd" * 32, "video/mp4", "فيلم", OutgoingCaptions("film.ar.vtt", "ef" * 32)),
    ),
)

letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
captions = st.none() | st.builds(OutgoingCaptions, letters, letters)
parts = st.builds(OutgoingPart, letters, st.none() | letters, st.none() | letters, st.none() | letters)
wholes = st.builds(
    replace,
    st.just(WHOLE),
    name=letters,
    parts=st.lists(parts, max_size=3).map(tuple),
    media=st.lists(st.builds(OutgoingMedia, letters, letters, letters, letters, captions), max_size=2).map(tuple),
    audiences=st.lists(letters, max_size=3).map(tuple),
    partners=st.lists(letters, max_size=3).map(tuple),
    server=st.none() | letters,
    options=st.dictionaries(letters, letters | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1), max_size=3),
    facets=st.lists(st.dictionaries(letters, st.integers(0, 1000) | letters, max_size=2), max_size=2).map(tuple),
)


def test_the_digest_of_fixed_bytes_is_fixed():
    """The shapes are final: a change of a field, its name or the canonical form would void every signature."""
    assert digest(canonical(WHOLE)) == "98e79a74f6db569d1eae9ea176d2d3a310aebc5cd847292e0fa27b1182bfbc21"


def test_the_digest_of_a_film_with_captions_is_fixed():
    """The second form is final too, and names the captions by their digest."""
    assert (WHOLE.v, FILM.v) == (1, 2)
    assert digest(canonical(FILM)) == "9c152118d0d1f25b5f7fd7562cad93ab480e8ba636f446f77fbcf31f4761e9a3"
    assert [each.file for each in files_of(FILM)] == ["map.png", "film.mp4", "film.ar.vtt"]


def test_the_first_form_knows_nothing_of_captions():
    """A release without captions is written as it was before there were any, so that its signatures hold."""
    assert b"captions" not in canonical(WHOLE)
    assert parse(canonical(WHOLE)).media[0].captions is None


def test_the_digest_of_fixed_words_is_fixed():
    """What was said before is found again by later versions."""
    assert words_digest(WHOLE) == "f1314dfbc82c0b411f5808c2397adfcf06478bf943e1b1ce6001d45e07d4ba44"


@given(wholes)
def test_what_is_written_is_read_back(whole: Outgoing):
    """`parse` gives exactly what `canonical` was given, and writes the same bytes again."""
    form = canonical(whole)

    assert parse(form) == whole
    assert canonical(parse(form.decode())) == form


def _other(data: dict[str, Any]) -> dict[str, bytes]:
    """Return other ways to spell the same form."""
    return {
        "spaces": json.dumps(data, ensure_ascii=False, sort_keys=True).encode(),
        "escapes": json.dumps(data, sort_keys=True, separators=(",", ":")).encode(),
        "order of keys": json.dumps(dict(reversed(data.items())), ensure_ascii=False, separators=(",", ":")).encode(),
        "a line at the end": canonical(WHOLE) + b"\n",
        "a byte order mark": b"\xef\xbb\xbf" + canonical(WHOLE),
        "a key twice": canonical(WHOLE)[:-1] + b',"v":1}',
        "a float for a number": canonical(WHOLE).replace(b'"after":900', b'"after":900.0'),
        "not UTF-8": canonical(WHOLE).replace("خ".encode(), b"\xff"),
        "half of it": canonical(WHOLE)[: len(canonical(WHOLE)) // 2],
        "nothing": b"",
        "a list": b"[]",
        "too deep": b"[" * 100_000,
    }


@pytest.mark.parametrize("name", _other(json.loads(canonical(WHOLE))))
def test_another_spelling_is_refused(name: str):
    """Bytes that say the same but are spelled otherwise were not signed."""
    with pytest.raises(NotTrusted):
        parse(_other(json.loads(canonical(WHOLE)))[name])


WRONG = [
    pytest.param({"v": 3}, id="another version"),
    pytest.param({"v": True}, id="a version that only looks like one"),
    pytest.param({"new": 1}, id="a field too many"),
    pytest.param({"due": ...}, id="a field too few"),
    pytest.param({"partners": "uk"}, id="partners as text"),
    pytest.param({"partners": [1]}, id="a partner that is a number"),
    pytest.param({"audiences": {"a": 1}}, id="audiences as a mapping"),
    pytest.param({"parts": [{"text": "a"}]}, id="a part without its fields"),
    pytest.param({"parts": [{"text": 1, "html": None, "headline": None, "link": None}]}, id="a part without text"),
    pytest.param({"media": [{"file": "a", "digest": None, "kind": "b", "alt": "c"}]}, id="media without a digest"),
    pytest.param(
        {"media": [{"file": "a", "digest": "b", "kind": "c", "alt": "d", "captions": None}]},
        id="captions in the form without them",
    ),
    pytest.param(
        {"v": 2, "media": [{"file": "a", "digest": "b", "kind": "c", "alt": "d", "captions": None}]},
        id="no captions in the form with them",
    ),
    pytest.param(
        {
            "v": 2,
            "media": [
                {"file": "a", "digest": "b", "kind": "c", "alt": "d", "captions": {"file": "e", "digest": None}},
            ],
        },
        id="captions without a digest",
    ),
    pytest.param({"due": "soon"}, id="no instant"),
    pytest.param({"due": "2027-01-12T17:30:00"}, id="an instant without a zone"),
    pytest.param({"due": "2027-01-12T18:30:00+01:00"}, id="an instant in another spelling"),
    pytest.param({"due": 5}, id="an instant as a number"),
    pytest.param({"not_after": "never"}, id="no last instant"),
    pytest.param({"if_late": {}}, id="no policy"),
    pytest.param({"if_late": {"after": "1h", "then": "ask"}}, id="a policy in words"),
    pytest.param({"if_late": {"after": -1, "then": "ask"}}, id="a negative policy"),
    pytest.param({"if_late": {"after": 1, "then": "hope"}}, id="an unknown policy"),
    pytest.param({"waivers": [{"because": "x"}]}, id="a waiver of nothing"),
    pytest.param({"waivers": ["x"]}, id="a waiver that is a word"),
    pytest.param({"options": []}, id="options as a list"),
    pytest.param({"facets": ["x"]}, id="a facet that is a word"),
    pytest.param({"account": None}, id="no account"),
    pytest.param({"server": 5}, id="a server that is a number"),
]


@pytest.mark.parametrize("change", WRONG)
def test_a_form_of_other_shapes_is_refused(change: dict[str, Any]):
    """Canonical JSON is not enough: every field has its type, so that nobody downstream has to doubt it."""
    import rfc8785

    data = json.loads(canonical(WHOLE))
    for name, value in change.items():
        if value is ...:
            del data[name]
        else:
            data[name] = value

    with pytest.raises(NotTrusted):
        parse(rfc8785.dumps(data))


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_is_refused(noise: bytes | str):
    """No bytes make `parse` raise anything but its refusal."""
    with pytest.raises(NotTrusted):
        parse(noise)


SAME_WORDS = ["release", "campaign", "name", "message", "due", "locale", "channel", "partners"]


@pytest.mark.parametrize("field", SAME_WORDS)
def test_the_same_words_are_recognised_under_another_name(field: str):
    """What was said is said, whatever release, campaign or instant it belonged to."""
    changed = replace(WHOLE, **{field: ("xx",) if field == "partners" else "2027-02-01T00:00:00Z"})

    assert words_digest(changed) == words_digest(WHOLE)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"account": "@other"}, id="another account"),
        pytest.param({"server": "https://other.example"}, id="another server"),
        pytest.param({"kind": "feed"}, id="another kind"),
        pytest.param({"parts": ()}, id="other text"),
        pytest.param({"media": ()}, id="other media"),
    ],
)
def test_other_words_or_another_account_differ(change: dict[str, Any]):
    """The same text on another account is not a repetition."""
    assert words_digest(replace(WHOLE, **change)) != words_digest(WHOLE)
