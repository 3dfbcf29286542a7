"""Nothing that a government publishes points at one person. All data here are documentation's own or invented."""

# ruff: noqa: RUF001 (digits and letters of the languages that are tested)

import pytest

from campaigns.documents import schema
from content.check import Severity
from content.checks.personal_data import PersonalData
from tests.builders.parities import found, shown, wordings
from tests.builders.renderings import PARTNERS, picture, request

CHECK = PersonalData()
BLOCK, WARN = Severity.BLOCK, Severity.WARN


@pytest.mark.parametrize(
    ("text", "datum", "kind"),
    [
        pytest.param("Write to jean.dupont@example.org now.", "jean.dupont@example.org", "e-mail address", id="e-mail"),
        pytest.param("اكتب إلى leila@example.org", "leila@example.org", "e-mail address", id="e-mail-ar"),
        pytest.param("Call +44 20 7946 0958.", "+44 20 7946 0958", "telephone number", id="uk-abroad"),
        pytest.param("Call 020 7946 0958.", "020 7946 0958", "telephone number", id="uk-london"),
        pytest.param("Call 07700 900123.", "07700 900123", "telephone number", id="uk-mobile"),
        pytest.param("Appelez le 06 12 34 56 78.", "06 12 34 56 78", "telephone number", id="fr-mobile"),
        pytest.param("Appelez le 03.88.12.34.56.", "03.88.12.34.56", "telephone number", id="fr-landline"),
        pytest.param("Appelez le +33 6 12 34 56 78.", "+33 6 12 34 56 78", "telephone number", id="fr-abroad"),
        pytest.param("اتصل على +٩٦٤ ٧٧٠ ١٢٣ ٤٥٦٧", "+٩٦٤ ٧٧٠ ١٢٣ ٤٥٦٧", "telephone number", id="ar-digits"),
        pytest.param("IBAN GB82 WEST 1234 5698 7654 32.", "GB82 WEST 1234 5698 7654 32", "IBAN", id="iban-gb"),
        pytest.param("FR1420041010050500013M02606", "FR1420041010050500013M02606", "IBAN", id="iban-fr"),
        pytest.param("Pay 4111 1111 1111 1111 today.", "4111 1111 1111 1111", "payment card", id="card"),
        pytest.param("378282246310005", "378282246310005", "payment card", id="card-of-15"),
        pytest.param("NI number AB 12 34 56 C.", "AB 12 34 56 C", "National Insurance", id="nino"),
        pytest.param("NIR 2 55 08 14 168 025 38.", "2 55 08 14 168 025 38", "social security", id="nir"),
        pytest.param("Passport no. 123456789.", "123456789", "passport", id="passport-uk"),
        pytest.param("Passeport : 12AB34567.", "12AB34567", "passport", id="passport-fr"),
        pytest.param("جواز السفر A1234567", "A1234567", "passport", id="passport-ar"),
        pytest.param("P<GBRSMITH<<JOHN<<<<<<<<<<", "P<GBRSMITH<<JOHN<<<<<<<<<<", "passport", id="machine-readable"),
        pytest.param("At 35.9506, 39.0094 in Raqqa.", "35.9506, 39.0094", "coordinates", id="coordinates"),
        pytest.param("35°57'02\"N 39°00'34\"E", "35°57'02\"N 39°00'34\"E", "coordinates", id="degrees"),
    ],
)
def test_personal_data_block(text: str, datum: str, kind: str) -> None:
    """What points at one person blocks, in its place, and the finding never repeats it."""
    asked = wordings("ar" if "\u0600" <= text[0] <= "\u06ff" else "fr-FR", ar=text, fr_FR=text)
    finding = found(CHECK, asked)[0]
    assert shown(CHECK, asked) == [datum]
    assert (finding.severity, finding.fix) == (BLOCK, None)
    assert kind in finding.message
    assert datum not in finding.message + finding.remedy
    assert f"({datum[:2]}\u2026)" in finding.message


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("Write to press@example.org.", "role mailbox", id="role-mailbox"),
        pytest.param("Appelez le 0 800 005 697.", "service number", id="fr-number-that-nobody-declared"),
        pytest.param("Call 0300 123 4567.", "service number", id="uk-number-that-nobody-declared"),
        pytest.param("https://linkedin.com/in/jean-dupont", "personal profile", id="profile"),
    ],
)
def test_what_may_be_nobody_s_is_a_warning(text: str, kind: str) -> None:
    """A role, an undeclared service number, and a profile that may be a minister's: a person looks."""
    findings = found(CHECK, wordings("fr-FR", fr_FR=text))
    assert [each.severity for each in findings] == [WARN]
    assert kind in findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("In 2014 2015 2016 2017 it lost ground.", id="years"),
        pytest.param("Depuis 2014, 1 234 567 890 euros.", id="fr-figure"),
        pytest.param("+12 000 000 visiteurs", id="increase"),
        pytest.param("Le 01.02.2014 à 18h30, ou le 01-02-2014.", id="date"),
        pytest.param("منذ ٠١/٠٢/٢٠١٤، ٧٤ شريكا", id="ar-date"),
        pytest.param("Call 999, 112 or 17.", id="emergency"),
        pytest.param("Version 1.2.3.4, ISO 27001, 4K.", id="codes"),
        pytest.param("GB82 WEST 1234 5698 7654 33", id="iban-with-a-wrong-key"),
        pytest.param("4111 1111 1111 1112", id="card-with-a-wrong-digit"),
        pytest.param("2 55 08 14 168 025 39", id="nir-with-a-wrong-key"),
        pytest.param("Ask @UKAgainstDaesh@social.example", id="account"),
        pytest.param("Passports of 12 countries", id="passports"),
        pytest.param("π is 3.14159, e is 2.71828", id="two-decimals"),
        pytest.param("از ۱۴۰۵/۱۰/۲۲", id="fa-date"),
        pytest.param("0,123456789 et 0.123456789", id="decimals"),
    ],
)
def test_figures_and_dates_are_nobody_s(text: str) -> None:
    """Years, dates, figures, accounts, and numbers whose key is wrong are not taken for a person's."""
    assert found(CHECK, wordings("fr-FR", fr_FR=text)) == []


def _declaring(text: str, **values: str) -> list[str]:
    uk = schema.Partner(
        name=PARTNERS["uk"].name, help={"en-GB": "Call 020 7946 0958 or write to help.desk@example.org.", "ar": "112"}
    )
    asked = request("en-GB", partners={"uk": uk}, wording={"en-GB": text}, values=values, headline={})
    return [each.message for each in found(CHECK, asked)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("Nothing.", {}, id="in-the-help-line"),
        pytest.param("Call 020 7946 0958.", {}, id="help-number-in-the-wording"),
        pytest.param("Call +44 20 7946 0958.", {}, id="help-number-from-abroad"),
        pytest.param("Write to help.desk@example.org.", {}, id="help-mailbox"),
        pytest.param("Call {{ help_line }}.", {"help_line": "01 23 45 67 89"}, id="value-called-help-line"),
        pytest.param("Write to {{ press_contact }}.", {"press_contact": "a.b@example.org"}, id="value-called-contact"),
    ],
)
def test_the_campaign_s_own_contact_is_declared(text: str, values: dict[str, str]) -> None:
    """Help lines of partners, and values whose name says what they are, may stand anywhere."""
    assert _declaring(text, **values) == []


def test_a_value_is_looked_at() -> None:
    """A datum that comes in by a value is found like any other."""
    assert len(_declaring("Ask {{ somebody }}.", somebody="a.b@example.org")) == 1


def test_headlines_and_alt_texts_are_looked_at() -> None:
    """What stands beside the text is published too."""
    asked = request("en-GB", "smtp", headline={"en-GB": "Ask a.b@example.org"}, media=(picture(alt="07700 900123"),))
    assert [each.message[:12] for each in found(CHECK, asked)] == ["The headline", "The alt text"]


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "+1",
        "a@",
        "a.",
        "GB82",
        "AB12",
        "0 1 ",
        "passport ",
        "P<A",
        "1.2345,",
        "1°1'",
        "linkedin.com/in/",
        "جواز 1",
    ],
)
def test_a_hostile_text_is_read_at_once(piece: str) -> None:
    """20,000 characters of beginnings take no more than a moment."""
    text = (piece * 20_000)[:20_000]
    assert len(found(CHECK, wordings("fr-FR", fr_FR=text))) <= len(text)
