# ruff: noqa: RUF001 (Arabic is the matter)
"""Facets of Bluesky, against the answers of its own library, and by their octets whatever the text."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.facets import facets
from content.render import render
from tests.builders.renderings import request

#: Made with the library that it names; `found` is kind, first octet, octet after the last, and value.
ORACLE = json.loads((Path(__file__).parent / "data" / "bluesky_facets.json").read_text("utf-8"))["cases"]
#: Where we differ, and why: what is found, as text and value.
DIFFERENT = {
    # Punctuation of Arabic is no part of a link.
    "link-arabic-comma": [("https://example.org/a", "https://example.org/a")],
    "link-arabic-question": [("https://example.org/a", "https://example.org/a")],
    "everything": [
        ("@gov.uk", "gov.uk"),
        ("#داعش", "داعش"),
        ("https://example.org/a", "https://example.org/a"),
    ],
    # Beside a quotation mark, a bracket, a letter or a directional character a link is a link.
    "link-guillemets": [("https://example.org/a", "https://example.org/a")],
    "link-isolated": [("https://example.org/a", "https://example.org/a")],
    "link-quoted": [("https://example.org/a", "https://example.org/a")],
    "link-after-letter": [("https://example.org/a", "https://example.org/a")],
    "mention-isolated": [("@a.bsky.social", "a.bsky.social")],
    "tag-isolated": [("#داعش", "داعش")],
    "tag-mark": [("#داعش", "داعش")],
    "tag-guillemets": [("#داعش", "داعش")],
    "tag-brackets": [("#Daesh", "Daesh")],
    # The address is in ASCII; what readers see stays.
    "link-arabic-path": [
        ("https://example.org/تقرير", "https://example.org/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1"),
    ],
    "link-arabic-path-comma": [
        ("https://example.org/تقرير", "https://example.org/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1"),
    ],
    "link-accents": [("https://example.org/été", "https://example.org/%C3%A9t%C3%A9")],
    "link-idn": [("https://münchen.de/a", "https://xn--mnchen-3ya.de/a")],
    # Handles are domain names, in which case means nothing.
    "mention-case": [("@Gov.UK", "gov.uk")],
    # A tag is the tag that others write: without vowels, tatweel and non-joiner, and the whole word.
    "tag-vowels": [("#دَاعِش", "داعش")],
    "tag-tatweel": [("#داعـــش", "داعش")],
    "tag-persian": [("#می\u200cخواهم", "میخواهم")],
    # A tag is what every network takes for one: letters and digits.
    "tag-hyphen": [("#anti", "anti")],
    "tag-apostrophe": [("#Daech", "Daech")],
    "tag-twice": [("#Daesh", "Daesh")],
    "tag-emoji": [],
    "cashtag": [],
}
PIECES = st.sampled_from(
    [
        *("#داعش", "#Daesh_", "#دَاعِش", "#می\u200cخواهم", "＃ab", "#", "@gov.uk", "@a.bsky.social", "@x", "@"),
        *("https://example.org/a", "https://example.org/تقرير", "gov.uk", "http://", "/", ".", "،", "؟", "«", "»", "("),
        *(" ", "\n", "🇬🇧", "\u2066", "\u2069", "é", "داعش", "a", "7", "%", "\u200f", "\ud800"),
    ]
)


def said(text: str) -> list[tuple[str, str]]:
    """Return the text that each facet is for, with its value."""
    octets = text.encode("utf-8", "surrogatepass")
    found = []
    for facet in facets(text):
        (feature,) = facet["features"]
        (value,) = (value for key, value in feature.items() if key != "$type")
        place = facet["index"]
        found.append((octets[place["byteStart"] : place["byteEnd"]].decode("utf-8", "surrogatepass"), value))
    return found


@pytest.mark.parametrize("case", ORACLE, ids=[case["id"] for case in ORACLE])
def test_facets_are_those_of_the_library_but_for_what_we_mean(case: dict[str, object]) -> None:
    """Kind, octets and value agree with Bluesky's own library, except where we differ for a reason."""
    text = str(case["text"])
    if case["id"] in DIFFERENT:
        assert said(text) == DIFFERENT[str(case["id"])]
        return
    found = [
        [
            facet["features"][0]["$type"].rpartition("#")[2],
            facet["index"]["byteStart"],
            facet["index"]["byteEnd"],
            next(value for key, value in facet["features"][0].items() if key != "$type"),
        ]
        for facet in facets(text)
    ]
    assert found == case["found"]


def test_each_difference_is_one() -> None:
    """What we list as a difference is a case of the table, and would not agree."""
    answers = {case["id"]: case for case in ORACLE}
    for name, ours in DIFFERENT.items():
        octets = answers[name]["text"].encode()
        theirs = [(octets[start:end].decode(), value) for _, start, end, value in answers[name]["found"]]
        assert ours != theirs, name


@example("https://example.org/تقرير\ud800")
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=40))
def test_octets_decode_to_what_a_facet_is_for(text: str) -> None:
    """Whatever the text, facets are in order, overlap nowhere, cut no character, and say what their text says."""
    position = 0
    for facet in facets(text):
        assert position <= facet["index"]["byteStart"] < facet["index"]["byteEnd"]
        position = facet["index"]["byteEnd"]
    for words, value in said(text):
        assert words in text
        assert not any(character.isspace() for character in words)
        if words[0] in "#\uff03":
            assert value in words.translate(dict.fromkeys([*range(0x64B, 0x660), 0x670, 0x640, 0x200C]))
        elif words[0] == "@":
            assert value == words[1:].lower()
        else:
            assert value.startswith(("http://", "https://", "HTTP"))


@pytest.mark.parametrize(
    ("tag", "taken"),
    [
        pytest.param("د" * 64, True, id="longest"),
        pytest.param("د" * 65, False, id="too-long"),
        pytest.param("دَ" * 64, True, id="vowels-do-not-count"),
        pytest.param("َ" * 3, False, id="only-vowels"),
    ],
)
def test_a_tag_has_64_graphemes(tag: str, taken: bool) -> None:
    """Longer tags stay words."""
    assert bool(facets(f"#{tag} نعم")) is taken


@pytest.mark.parametrize(
    ("kind", "options", "taken"),
    [
        pytest.param("bluesky", {}, True, id="bluesky"),
        pytest.param("outbox", {"network": "bluesky"}, True, id="outbox-for-bluesky"),
        pytest.param("outbox", {}, False, id="outbox"),
        pytest.param("mastodon", {}, False, id="mastodon"),
        pytest.param("x", {}, False, id="x"),
    ],
)
def test_a_rendering_has_them_where_the_network_wants_them(
    kind: str, options: dict[str, str | int | bool], taken: bool
) -> None:
    """The tagged link of a post on Bluesky is a facet; other networks find links by themselves."""
    rendering = render(request("ar", kind, options=options))
    links = [facet["features"][0]["uri"] for facet in rendering.facets]
    assert links == ([rendering.parts[0].link] if taken else [])
