"""`untranslated` and `stale-translation`: what was copied, and what its source left behind."""

from dataclasses import replace

import pytest

from campaigns.documents import schema
from content import marks
from content.check import Context, Finding, Severity
from content.checks.stale_translation import StaleTranslation
from content.checks.untranslated import Untranslated
from content.render import render
from tests.builders.renderings import ALT, HEADLINE, WORDING, picture, request

ENGLISH, FRENCH, ARABIC = WORDING["en-GB"], WORDING["fr-FR"], WORDING["ar"]


def found(check: Untranslated | StaleTranslation, locale: str, kind: str = "smtp", **changes: object) -> list[Finding]:
    asked = request(locale, kind, **changes)  # type: ignore[arg-type]
    return list(check.look(asked, render(asked), Context()))


@pytest.mark.parametrize(
    ("locale", "changes"),
    [
        pytest.param("en-GB", {}, id="en"),
        pytest.param("fr-FR", {}, id="fr"),
        pytest.param("ar", {}, id="ar"),
        pytest.param("en-GB", {"wording": {"en-GB": ENGLISH, "ar": ENGLISH}}, id="the-first-is-the-source"),
        pytest.param(
            "fr-FR", {"wording": {**WORDING, "en-GB": "#StopDaech 95 %", "fr-FR": "#StopDaech 95 %"}}, id="tag"
        ),
        pytest.param("ar", {"wording": {"en-GB": "{{ n }} @uk", "ar": "{{ n }} @uk"}, "values": {"n": 1}}, id="names"),
    ],
)
def test_what_is_in_its_own_language_is_not_complained_of(locale: str, changes: dict) -> None:
    """Translated texts, sources, and texts without words of their own are clean."""
    assert found(Untranslated(), locale, **changes) == []


@pytest.mark.parametrize(
    ("locale", "changes", "says"),
    [
        pytest.param("ar", {"wording": {**WORDING, "ar": ENGLISH}}, "The wording of 'lost-ground' in ar", id="ar"),
        pytest.param("fr-FR", {"wording": {**WORDING, "fr-FR": ENGLISH}}, "same as in en-GB", id="fr"),
        pytest.param("ar", {"headline": {**HEADLINE, "ar": HEADLINE["fr-FR"]}}, "The headline", id="headline"),
        pytest.param(
            "ar",
            {"variant": "b", "variants": {"b": {"wording": {"en-GB": "Hello", "ar": "Hello"}}}, "values": {}},
            "same as in en-GB",
            id="variant",
        ),
    ],
)
def test_a_copy_is_told(locale: str, changes: dict, says: str) -> None:
    """A text that another language has letter by letter was copied, not translated; it warns and names both."""
    (finding,) = found(Untranslated(), locale, **changes)
    assert says in finding.message
    assert finding.severity is Severity.WARN


def marked(field: str, source: str, words: str) -> dict:
    """Return the marks of *words*, made of *source*."""
    return {"ar": {field: marks.mark("en-GB", marks.shown(source, template=marks.templated(field)), words)}}


@pytest.mark.parametrize(
    ("changes", "stale"),
    [
        pytest.param({}, [], id="no-mark-no-complaint"),
        pytest.param({"translated": marked("wording", ENGLISH, ARABIC)}, [], id="fresh"),
        pytest.param({"translated": marked("wording", "An older text.", ARABIC)}, ["wording"], id="source-changed"),
        pytest.param({"translated": marked("wording", "An older text.", "نص")}, [], id="changed-by-hand-since"),
        pytest.param({"translated": {"ar": {"z/wording": "en-GB/00000000/00000000"}}}, [], id="no-such-variant"),
        pytest.param({"translated": {"ar": {"wording": "tr/00000000/00000000"}}}, [], id="no-such-source"),
        pytest.param({"translated": {"fr-FR": {"wording": "en-GB/00000000/00000000"}}}, [], id="another-language"),
        pytest.param({"translated": marked("headline", "Older", HEADLINE["ar"])}, ["headline"], id="headline"),
        pytest.param(
            {
                "translated": marked("wording", "An older text.", ARABIC),
                "variant": "b",
                "variants": {"b": {"wording": WORDING}},
            },
            [],
            id="another-variant",
        ),
        pytest.param(
            {
                "translated": marked("b/wording", "Older", ARABIC),
                "variant": "b",
                "variants": {"b": {"wording": WORDING}},
            },
            ["b/wording"],
            id="this-variant",
        ),
    ],
)
def test_a_translation_whose_source_changed_is_told(changes: dict, stale: list[str]) -> None:
    """Only a mark that still fits the translation, and not its source, is complained of."""
    told = found(StaleTranslation(), "ar", **changes)
    assert [finding.message.split()[1] for finding in told] == stale
    assert all(finding.severity is Severity.WARN and "en-GB" in finding.remedy for finding in told)


def test_a_headline_that_is_not_shown_is_not_complained_of() -> None:
    """A post has no headline, stale or not."""
    made = marked("headline", "Older", HEADLINE["ar"])
    assert found(StaleTranslation(), "ar", "mastodon", translated=made) == []


def test_an_alternative_text_goes_stale_as_a_wording_does() -> None:
    """What a picture shows is translated too."""
    media = [{"file": "map.png", "alt": {"en-GB": "A map of Raqqa.", "ar": ALT["ar"]}}]
    asked = request("ar", translated=marked("map.png/alt", "Older", ALT["ar"]))
    message = schema.Message.model_validate({**asked.message.model_dump(), "media": media})
    asked = replace(asked, message=message, media=(picture("ar"),))
    (told,) = StaleTranslation().look(asked, render(asked), Context())
    assert "map.png/alt" in told.message


def test_a_form_that_changes_makes_a_translation_stale() -> None:
    """What plural() chooses among is part of what was translated."""
    before = '{{ plural(n, one="a town", other="{} towns") }}'
    after = before.replace("towns", "cities")
    made = {"ar": {"wording": marks.mark("en-GB", marks.shown(before, template=True), "مدن {{ n }}")}}
    changes = {"wording": {"en-GB": after, "ar": "مدن {{ n }}"}, "values": {"n": 3}, "translated": made}
    assert len(found(StaleTranslation(), "ar", **changes)) == 1
    assert found(StaleTranslation(), "ar", **{**changes, "wording": {"en-GB": before, "ar": "مدن {{ n }}"}}) == []
