# ruff: noqa: RUF001 (Arabic is the matter)
"""Isolates and marks: where a channel keeps them, in pairs, and beside nothing that is linked."""

from pathlib import Path

import pytest

from content.check import Severity
from content.checks.directional_controls import MOST, DirectionalControls
from content.render import render
from tests.builders.findings import look, mended
from tests.builders.renderings import request

CHECK = DirectionalControls()
KINDS = ["mastodon", "bluesky", "x", "telegram", "whatsapp", "sms", "smtp", "feed", "webhook", "outbox"]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("en-GB", "By @UKfacts, see https://example.org/a #Daesh", id="ascii"),
        pytest.param("fr-FR", "À lire : @UKfacts, https://example.org/a #Daech", id="french"),
        pytest.param("ar", "خسر داعش أرضه من \u20662014-2019\u2069، كما تعلمون", id="isolate-around-years"),
        pytest.param("ar", "قال \u2068Yusuf\u2069 و\u2067يوسف \u2066Ali\u2069\u2069", id="isolate-inside-another"),
        pytest.param("ar", "\u200fACT Early تساعد\u061c", id="marks"),
        pytest.param("ar", "نعم \u2066(a)\u2069\n@UKfacts\nhttps://example.org/a", id="links-on-lines-of-their-own"),
        pytest.param("ar", "نعم \u2066a b\u2069 @UKfacts", id="a-blank-between"),
    ],
)
def test_what_is_right_passes(locale: str, words: str) -> None:
    """Text without directional characters passes, and so do pairs that touch no link."""
    assert look(CHECK, words, locale) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar", "fa", "ckb", "ur", "ps"])
def test_what_we_write_ourselves_passes_everywhere(locale: str, kind: str) -> None:
    """Our filters, help line and templates write no isolate that the channel does not keep, or that touches a link."""
    words = "{{ who|ltr }} {{ number|phone }} {{ years|ltr }} {{ site|ltr }}"
    values = {"who": "@UKfacts", "number": "+44 20 7946 0958", "years": "2014-2019", "site": "https://example.org/a"}
    asked = request(locale, kind, wording={locale: words}, values=values, headline={locale: "x"})
    text = render(asked).parts[0].text
    assert look(CHECK, words, locale, kind, values=values) == []
    assert ("\u2066" in text) is (locale not in {"en-GB", "fr-FR"} and kind != "sms")


@pytest.mark.parametrize(
    ("words", "fixed"),
    [
        pytest.param("من \u2066@UKfacts\u2069 نعم", "من @UKfacts نعم", id="isolate-around-a-handle"),
        pytest.param("من \u2068#Daesh\u2069 نعم", "من #Daesh نعم", id="isolate-around-a-hashtag"),
        pytest.param("من \u2066https://example.org/a\u2069 نعم", "من https://example.org/a نعم", id="around-a-link"),
        pytest.param("من \u200f#داعش\u200f نعم", "من #داعش نعم", id="marks-around-a-hashtag"),
        pytest.param("من \u200fgov.uk نعم", "من gov.uk نعم", id="mark-before-a-domain"),
        pytest.param("من \u2066قال @UKfacts\u2069 نعم", None, id="half-a-pair"),
        pytest.param("من \u2066@UKfacts قال\u2069 نعم", None, id="the-other-half"),
        pytest.param(
            "من @UKfacts@social.example\u061c نعم", "من @UKfacts@social.example نعم", id="mark-after-a-handle"
        ),
    ],
)
def test_nothing_touches_what_a_network_links(words: str, fixed: str | None) -> None:
    """A directional character beside what is linked blocks; where a pair is whole, the fix takes it out."""
    findings = look(CHECK, words, "ar", "bluesky")
    assert [finding.severity for finding in findings] == [Severity.BLOCK]
    assert "beside the" in findings[0].message
    assert (mended(words, findings[0]) if findings[0].fix else None) == fixed


@pytest.mark.parametrize(
    ("words", "place", "says"),
    [
        pytest.param("من \u2066a نعم", 3, "opens a left-to-right isolate (U+2066) at character 4", id="open"),
        pytest.param("من a\u2069 نعم", 4, "ends an isolate at character 5", id="closed-only"),
        pytest.param("من \u2067a\nنعم\u2069", 3, "opens a right-to-left isolate", id="over-two-lines"),
    ],
)
def test_isolates_are_pairs_in_a_line(words: str, place: int, says: str) -> None:
    """An isolate that its line does not close, or did not open, blocks at its place."""
    first = look(CHECK, words, "ar")[0]
    assert first.severity is Severity.BLOCK
    assert says in first.message
    assert first.span == (place, place + 1)


@pytest.mark.parametrize("each", ["\u2066a\u2069", "\u200fa", "\u061ca"], ids=["isolate", "mark", "letter-mark"])
def test_a_text_message_keeps_none(each: str) -> None:
    """SMS keeps no directional character: what an author wrote blocks, and is not dropped in silence."""
    findings = look(CHECK, f"نعم {each}", "ar", "sms")
    assert {finding.severity for finding in findings} == {Severity.BLOCK}
    assert all("a channel of kind 'sms' does not keep" in finding.message for finding in findings)
    assert each[0] in render(request("ar", "sms", wording={"ar": f"نعم {each}"}, values={})).parts[0].text


def test_an_outbox_is_held_to_its_network() -> None:
    """What a person will post somewhere is looked at as that network would keep it."""
    assert look(CHECK, "نعم \u2066a b\u2069", "ar", "outbox") == []
    assert look(CHECK, "نعم \u2066a b\u2069", "ar", "outbox", options={"network": "sms"}) != []


def test_a_left_to_right_mark_is_needed_nowhere() -> None:
    """Isolates do what it does, and end where they should."""
    findings = look(CHECK, "a\u200eb", "ar")
    assert [(finding.span, finding.fix) for finding in findings] == [((1, 2), "")]


def test_html_says_directions_with_elements(tmp_path: Path) -> None:
    """A workspace's template that prints isolates as they are blocks; one that uses `bidi` does not."""
    (tmp_path / "entry").mkdir()
    for source, count in (("<p>{{ text }}</p>", 2), ("<p>{{ text|bidi }}</p>", 0)):
        (tmp_path / "entry" / "xml.j2").write_text(source, "utf-8")
        findings = look(CHECK, "نعم \u2066a\u2069", "ar", "feed", templates=tmp_path)
        assert [finding.message.partition(" holds")[0] for finding in findings] == ["The HTML part"] * count


def test_many_are_not_all_named() -> None:
    """A text full of them has a few findings."""
    assert len(look(CHECK, "نعم \u2066" * 50, "ar")) == MOST
