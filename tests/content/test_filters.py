# ruff: noqa: RUF001 (other alphabets are the cases)
"""Filters: numbers, dates and directions in each language."""

import pytest

from content.environment import Format, compiled, render
from content.errors import TemplateFault

VALUES = {
    "n": 74_000,
    "year": 2014,
    "share": 0.185,
    "day": "2027-01-12",
    "phone": "+44 20 7946 0958",
    "handle": "@UKfacts",
    "years": "2014-2019",
    "kept": "\u20662014\u2069",
}
LRI, PDI = "\u2066", "\u2069"


def fill(source: str, locale: str, output: Format = Format.TEXT, **values: object) -> str:
    """Return *source* in *locale*."""
    return render(compiled(output, "wording", source), locale, values or VALUES)


@pytest.mark.parametrize(
    ("source", "locale", "expected"),
    [
        pytest.param("{{ n }}", "en-GB", "74,000", id="bare-number-en"),
        pytest.param("{{ n }}", "fr-FR", "74\u202f000", id="bare-number-fr"),
        pytest.param("{{ n }}", "ar", "74,000", id="bare-number-ar"),
        pytest.param("{{ n }}", "fa", "۷۴٬۰۰۰", id="bare-number-fa"),
        pytest.param("{{ n }}", "ckb", "٧٤٬٠٠٠", id="bare-number-ckb"),
        pytest.param("{{ n|number(decimals=1) }}", "fr-FR", "74\u202f000,0", id="decimals-fr"),
        pytest.param("{{ year|plain }}", "en-GB", "2014", id="year-en"),
        pytest.param("{{ year|plain }}", "fa", "۲۰۱۴", id="year-fa"),
        pytest.param("{{ share|percent }}", "en-GB", "18%", id="percent-en"),
        pytest.param("{{ share|percent(decimals=1) }}", "fr-FR", "18,5\xa0%", id="percent-fr"),
        pytest.param("{{ share|percent }}", "tr", "%18", id="percent-tr"),
        pytest.param("{{ day|date }}", "en-GB", "12 January 2027", id="date-en"),
        pytest.param("{{ day|date }}", "fr-FR", "12 janvier 2027", id="date-fr"),
        pytest.param("{{ day|date }}", "ar", "12 يناير 2027", id="date-ar"),
        pytest.param("{{ day|date(style='full') }}", "fr-FR", "mardi 12 janvier 2027", id="full-date-fr"),
        pytest.param("{{ phone|phone }}", "en-GB", "+44\xa020\xa07946\xa00958", id="phone-en"),
        pytest.param("{{ phone|phone }}", "ar", f"{LRI}+44\xa020\xa07946\xa00958{PDI}", id="phone-ar"),
        pytest.param("{{ handle|ltr }}", "en-GB", "@UKfacts", id="ltr-en"),
        pytest.param("{{ years|ltr }}", "ar", f"{LRI}2014-2019{PDI}", id="ltr-ar"),
        pytest.param("{{ kept|ltr }}", "ar", f"{LRI}2014{PDI}", id="ltr-kept"),
        pytest.param("{{ handle|ltr }}", "ar", "@UKfacts", id="ltr-handle"),
        pytest.param("{{ '#Daesh'|ltr }}", "ar", "#Daesh", id="ltr-hashtag"),
        pytest.param("{{ 'at https://example.org/x'|ltr }}", "ar", "at https://example.org/x", id="ltr-link"),
        pytest.param("{{ 'gov.uk'|ltr }}", "ar", "gov.uk", id="ltr-domain"),
        pytest.param("{{ 'version 2.5'|ltr }}", "ar", f"{LRI}version 2.5{PDI}", id="ltr-decimal"),
        pytest.param("{{ ''|ltr }}", "ar", "", id="ltr-nothing"),
    ],
)
def test_values_read_as_the_locale_writes_them(source: str, locale: str, expected: str) -> None:
    """Numbers, percentages, dates and telephone numbers are written as the locale does, without direction marks."""
    assert fill(source, locale) == expected


@pytest.mark.parametrize(
    ("count", "form"),
    [
        pytest.param(0, "zero", id="0"),
        pytest.param(1, "one", id="1"),
        pytest.param(2, "two", id="2"),
        pytest.param(3, "few", id="3"),
        pytest.param(10, "few", id="10"),
        pytest.param(11, "many", id="11"),
        pytest.param(74, "many", id="74"),
        pytest.param(100, "other", id="100"),
        pytest.param(103, "few", id="103"),
    ],
)
def test_arabic_has_six_plural_forms(count: int, form: str) -> None:
    """Arabic chooses among six forms as CLDR says."""
    source = "{{ plural(n, zero='zero', one='one', two='two', few='few', many='many', other='other') }}"
    assert fill(source, "ar", n=count) == form


def test_a_form_that_is_not_given_falls_back_to_other() -> None:
    """Only `other` must be given."""
    assert fill("{{ plural(n, other='partners') }}", "ar", n=3) == "partners"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"من {LRI}2014-2019{PDI}.", 'من <bdi dir="ltr">2014-2019</bdi>.', id="isolate"),
        pytest.param("\u2067a\u2069", '<bdi dir="rtl">a</bdi>', id="right-to-left-isolate"),
        pytest.param(f"a {LRI}<b>{PDI}", 'a <bdi dir="ltr">&lt;b&gt;</bdi>', id="escaped-inside"),
        pytest.param(
            f"\u2067أ {LRI}b{PDI} ج{PDI}",
            '<bdi dir="rtl">أ <bdi dir="ltr">b</bdi> ج</bdi>',
            id="isolate-inside-another",
        ),
        pytest.param(f"\u2068Daesh{PDI}", '<bdi dir="ltr">Daesh</bdi>', id="first-strong-latin"),
        pytest.param(f"\u2068داعش{PDI}", '<bdi dir="rtl">داعش</bdi>', id="first-strong-arabic"),
        pytest.param(f"\u206874{PDI}", '<bdi dir="rtl">74</bdi>', id="first-strong-none-runs-as-what-is-around"),
        pytest.param("من @UKfacts.", 'من <bdi dir="ltr">@UKfacts</bdi>.', id="handle"),
        pytest.param("من #Daesh، ومن", 'من <bdi dir="ltr">#Daesh</bdi>، ومن', id="hashtag"),
        pytest.param("press@gov.uk 'a'", "press@gov.uk &#39;a&#39;", id="no-name"),
        pytest.param("\u202ea\u200f", "\u202ea\u200f", id="nothing-is-dropped-in-silence"),
        pytest.param(f"{LRI}open", f"{LRI}open", id="unclosed-is-left-to-the-checks"),
    ],
)
def test_isolates_become_elements(text: str, expected: str) -> None:
    """In HTML direction is said by elements with an explicit `dir`; what is no pair stays, and a check speaks of it."""
    assert fill("{{ text|bidi }}", "ar", Format.HTML, text=text) == expected


@pytest.mark.parametrize("source", ["{{ years|ltr }}", "{{ phone|phone }}"])
def test_a_channel_that_keeps_no_isolates_gets_none(source: str) -> None:
    """Where isolates are not kept, a filter writes none."""
    assert LRI not in render(compiled(Format.TEXT, "wording", source), "ar", VALUES, isolates=False)


def test_names_in_left_to_right_text_need_no_element() -> None:
    """A Latin handle in English runs as it should."""
    assert fill("{{ text|bidi }}", "en-GB", Format.HTML, text="by @UKfacts") == "by @UKfacts"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ handle|percent }}", id="percent-of-a-word"),
        pytest.param("{{ share|plain }}", id="plain-fraction"),
        pytest.param("{{ day|date(style='medieval') }}", id="style"),
        pytest.param("{{ n|number(decimals=7) }}", id="decimals"),
        pytest.param("{{ n|number(decimals='x') }}", id="decimals-in-words"),
        pytest.param("{{ plural(handle, other='x') }}", id="plural-of-a-word"),
        pytest.param("{{ plural(n, other='x', some='y') }}", id="no-such-form"),
        pytest.param("{{ n|upper(1) }}", id="argument-too-many"),
    ],
)
def test_what_a_filter_cannot_do_is_a_fault(source: str) -> None:
    """A filter that cannot take a value says so, and names the wording."""
    with pytest.raises(TemplateFault, match="'wording' cannot be rendered"):
        fill(source, "en-GB")
