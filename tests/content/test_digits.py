# ruff: noqa: RUF001 (other alphabets are the cases)
"""Money, gender, counts in plural forms, and the digits that a workspace asks for: they reach all that is written."""

import re

import pytest

from campaigns import settings
from campaigns.documents import schema
from campaigns.errors import InvalidDocument
from campaigns.settings import Settings
from content import attribution, embargo, policy
from content.check import Context
from content.checklist import review
from content.environment import Format, compiled, render
from content.errors import TemplateFault
from content.render import fingerprint
from content.render import render as rendering_of
from content.rendering import Request
from tests.builders.renderings import PARTNERS, request

LRI, PDI = "\u2066", "\u2069"
VALUES = {"n": 74_000, "year": 2014, "share": 0.185, "day": "2027-01-12", "phone": "+44 20 7946", "cost": 1234.5}


def fill(source: str, locale: str, digits: str = "", **values: object) -> str:
    """Return *source* in *locale* and *digits*."""
    return render(compiled(Format.TEXT, "wording", source), locale, {**VALUES, **values}, digits)


@pytest.mark.parametrize(
    ("source", "locale", "digits", "expected"),
    [
        pytest.param("{{ n }}", "ar", "arab", "٧٤٬٠٠٠", id="bare-number-ar"),
        pytest.param("{{ n }}", "fa", "latn", "74,000", id="bare-number-fa-latin"),
        pytest.param("{{ n|number(decimals=1) }}", "ar", "arab", "٧٤٬٠٠٠٫٠", id="decimals-ar"),
        pytest.param("{{ n|number }}", "ur", "arabext", "۷۴٬۰۰۰", id="number-ur"),
        pytest.param("{{ year|plain }}", "ar", "arab", "٢٠١٤", id="year-ar"),
        pytest.param("{{ share|percent }}", "ar", "arab", "١٨%", id="percent-ar"),
        pytest.param("{{ day|date }}", "ar", "arab", "١٢ يناير ٢٠٢٧", id="date-ar"),
        pytest.param("{{ day|date }}", "fa", "latn", "12 ژانویهٔ 2027", id="date-fa-latin"),
        pytest.param("{{ phone|phone }}", "ar", "arab", f"{LRI}+٤٤\xa0٢٠\xa0٧٩٤٦{PDI}", id="phone-ar"),
        pytest.param("{{ phone|phone }}", "ckb", "", f"{LRI}+٤٤\xa0٢٠\xa0٧٩٤٦{PDI}", id="phone-ckb-own"),
        pytest.param("{{ '@a1'|ltr }}", "ar", "arab", "@a1", id="a-handle-keeps-its-digits"),
        pytest.param("{{ plural(n, one='واحد', other='{} شريك') }}", "ar", "arab", "٧٤٬٠٠٠ شريك", id="plural-ar"),
        pytest.param("{{ plural(n, one='one', other='{} partners') }}", "en-GB", "", "74,000 partners", id="plural-en"),
    ],
)
def test_digits_reach_every_filter(source: str, locale: str, digits: str, expected: str) -> None:
    """What is written as a figure is in the digits that the workspace asks for, or else in the locale's own."""
    assert fill(source, locale, digits) == expected


@pytest.mark.parametrize(
    ("source", "locale", "expected"),
    [
        pytest.param("{{ cost|money('EUR') }}", "en-GB", "€1,234.50", id="en"),
        pytest.param("{{ cost|money('EUR') }}", "fr-FR", "1\u202f234,50\xa0€", id="fr"),
        pytest.param("{{ cost|money('EUR') }}", "ar", "1,234.50\xa0€", id="ar-without-direction-marks"),
        pytest.param("{{ cost|money('EUR') }}", "fa", "€\xa0۱٬۲۳۴٫۵۰", id="fa"),
        pytest.param("{{ cost|money('EUR') }}", "ckb", "€\xa0١٬٢٣٤٫٥٠", id="ckb"),
        pytest.param("{{ n|money('GBP') }}", "en-GB", "£74,000", id="whole-sums-have-no-decimals"),
        pytest.param("{{ n|money('GBP', decimals=2) }}", "en-GB", "£74,000.00", id="decimals-asked-for"),
        pytest.param("{{ cost|money('JPY') }}", "en-GB", "JP¥1,234", id="yen-have-none"),
        pytest.param("{{ n|money('IQD') }}", "en-GB", "IQD\xa074,000", id="letters-stand-apart"),
        pytest.param("{{ n|money('EUR', style='name') }}", "en-GB", "74,000 euros", id="name-en"),
        pytest.param("{{ n|money('EUR', style='name') }}", "sw", "yuro 74,000", id="name-sw-comes-first"),
        pytest.param("{{ n|money('EUR', style='name') }}", "ar", "74,000 يورو", id="name-ar"),
    ],
)
def test_money_reads_as_the_locale_writes_it(source: str, locale: str, expected: str) -> None:
    """A sum stands with its currency where and as the reader expects it."""
    assert fill(source, locale) == expected


@pytest.mark.parametrize(
    ("speaker", "source", "expected"),
    [
        pytest.param("feminine", "feminine='تحدثت', masculine='تحدث', other='قال'", "تحدثت", id="feminine"),
        pytest.param("masculine", "feminine='تحدثت', masculine='تحدث', other='قال'", "تحدث", id="masculine"),
        pytest.param("other", "feminine='تحدثت', masculine='تحدث', other='قال'", "قال", id="other"),
        pytest.param("feminine", "other='told us'", "told us", id="a-language-that-does-not-tell"),
        pytest.param("feminine", "feminine='elle', masculine='il'", "elle", id="known-speakers-need-no-other"),
    ],
)
def test_gender_is_written_for_each_speaker(speaker: str, source: str, expected: str) -> None:
    """The value says who speaks, and the wording has the form for them."""
    assert fill(f"{{{{ gender(speaker, {source}) }}}}", "ar", speaker=speaker) == expected


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param("{{ gender('femnine', other='x') }}", "'femnine' is none of them", id="misspelt"),
        pytest.param("{{ gender('other', feminine='x') }}", "no other= and no other=", id="no-form"),
        pytest.param("{{ gender('other', neuter='x') }}", "takes feminine=", id="no-such-form"),
        pytest.param("{{ gender('other') }}", "takes feminine=", id="no-forms"),
        pytest.param("{{ gender(n, other='x') }}", "74000", id="a-number"),
        pytest.param("{{ n|money('EURO') }}", "'EURO' is none", id="no-currency"),
        pytest.param("{{ n|money }}", "three letters", id="currency-forgotten"),
        pytest.param("{{ day|money('EUR') }}", "not a number", id="sum-in-words"),
        pytest.param("{{ n|money('EUR', style='grand') }}", "style of money", id="no-such-style"),
        pytest.param("{{ n|money('EUR', decimals=9) }}", "decimals", id="decimals"),
    ],
)
def test_what_cannot_be_said_is_a_fault(source: str, says: str) -> None:
    """A form or currency that is not there is told, with what is."""
    with pytest.raises(TemplateFault, match=says):
        fill(source, "en-GB")


def asked(locale: str = "ar", **facts: object) -> Request:
    """Return a request of a workspace that writes Arabic with Arabic-Indic digits."""
    made = request(locale, **facts)  # type: ignore[arg-type]
    return Request(**{**made.__dict__, "policy": policy.load(Settings(digits={"ar": "arab"}))})


def test_digits_reach_the_whole_rendering() -> None:
    """Wording, help line, number of partners and embargo are in one system, and no check objects."""
    many = {**PARTNERS, **{letter * 2: schema.Partner() for letter in "abcde"}}
    until = schema.Embargo.model_validate({"until": "2027-01-12T18:30", "zone": "Europe/Paris"})
    wanted = asked(partners=many, embargo=until, options={"template": "press"}, kind="smtp")
    posted = asked(partners=many)

    for each in (wanted, posted):
        found = rendering_of(each)
        assert not re.search("[0-9]", found.parts[0].text.replace(found.parts[0].link or "", ""))
        assert [finding for finding in review(each, found, Context()) if finding.check == "missing-attribution"] == []
    assert "٦ شركاء" in rendering_of(posted).parts[0].text
    assert f"{LRI}٠٨٠٠\xa0٧٨٩\xa0٣٢١{PDI}" in rendering_of(posted).parts[0].text
    assert "١٢ يناير ٢٠٢٧، ٦:٣٠ م" in rendering_of(wanted).parts[0].text


def test_other_digits_are_another_rendering() -> None:
    """A workspace that changes its digits renders and reviews its releases anew."""
    assert fingerprint(asked()) != fingerprint(request("ar"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("+44 20 7946 0958", "+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨", id="telephone"),
        pytest.param("0800 789 321، 24/7", "٠٨٠٠ ٧٨٩ ٣٢١، ٢٤/٧", id="hours"),
        pytest.param("https://example.org/help/12345", "https://example.org/help/12345", id="link"),
        pytest.param("https://example.org/?id=20270112", "https://example.org/?id=20270112", id="query"),
    ],
)
def test_links_in_a_help_line_keep_their_digits(written: str, shown: str) -> None:
    """Telephone numbers and hours change their digits; a link with others would lead nowhere."""
    partners = {"uk": schema.Partner(help={"ar": f"للمساعدة: {written}"})}
    line = attribution.help_line(partners, "uk", "ar", "arab") or ""
    assert line.replace(LRI, "").replace(PDI, "").replace("\xa0", " ").endswith(shown)


def test_an_embargo_takes_the_digits() -> None:
    """Day and time of an embargo are in the digits of the workspace."""
    until = schema.Embargo.model_validate({"until": "2027-01-12T18:30", "zone": "Europe/Paris"})
    assert "12 ژانویهٔ 2027" in embargo.sentence(until, "fa", "latn")


def test_digits_of_a_language_that_is_not_spoken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting names locales that Cordiale speaks, and numbering systems that it writes."""
    monkeypatch.setenv("CORDIALE_DIGITS", '{"ar-IQ": "arab", "fa": "roman"}')
    with pytest.raises(InvalidDocument) as caught:
        settings.load()
    assert {complaint.message.partition(":")[0] for complaint in caught.value.complaints} == {
        "setting 'digits.ar-IQ'",
        "setting 'digits.fa'",
    }
