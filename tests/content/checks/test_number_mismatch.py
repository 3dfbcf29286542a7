"""All languages say the same figures."""

# ruff: noqa: RUF001 (digits and letters of the languages that are tested)

from dataclasses import replace

import pytest

from content.check import Severity
from content.checks.number_mismatch import NumberMismatch
from content.rendering import Request
from tests.builders.parities import found, shown, wordings
from tests.builders.renderings import request

CHECK = NumberMismatch()
BLOCK, WARN = Severity.BLOCK, Severity.WARN
#: Whole sentences, so that spelled-out words of one language never excuse another's figure by chance.
CLEAN = [
    pytest.param("fr-FR", "Since 2014, 1,234 people left.", "Depuis 2014, 1\u202f234 personnes sont parties.", id="fr"),
    pytest.param("ar", "Since 2014, 1,234 people left.", "منذ عام 2014 غادر 1٬234 شخصا.", id="ar"),
    pytest.param("fa", "74 partners, 18.5% more.", "۷۴ شریک، ۱۸٫۵٪ بیشتر.", id="fa"),
    pytest.param("ckb", "74 partners stand together.", "٧٤ هاوبەش پێکەوەن.", id="ckb"),
    pytest.param("ru", "1,234 people, 12 January 2027.", "1\u00a0234 человека, 12 января 2027 года.", id="ru"),
    pytest.param("tr", "18% of 1,234 people.", "1.234 kişinin %18'i.", id="tr"),
    pytest.param("fr-FR", "The help line: 0800 789 321.", "La ligne : 0800 789 321.", id="telephone"),
    pytest.param("fr-FR", "See https://gov.uk/p/2014 or @s2019 #Raqqa2017.", "Voir ici.", id="digits-of-names"),
    pytest.param("fr-FR", "{{ 2014|plain }} and no more.", "{{ 2014|plain }}, pas plus.", id="in-braces"),
]
FAULTY = [
    pytest.param("fr-FR", "It lost 95% of it.", "Il en a perdu 59 %.", [(BLOCK, "59 -> 95")], id="fr-swapped"),
    pytest.param("ar", "In 2014 it began.", "بدأ ذلك في عام ٢٠١٥.", [(BLOCK, "٢٠١٥ -> 2014")], id="ar-another-year"),
    pytest.param("fa", "Of 74 partners.", "از ۴۷ شریک.", [(BLOCK, "۴۷ -> ۷۴")], id="fa-own-digits"),
    pytest.param("ru", "Of 74 partners.", "Все партнёры.", [(BLOCK, "")], id="ru-left-out"),
    pytest.param("ckb", "All partners.", "٧٤ هاوبەش.", [(BLOCK, "٧٤")], id="ckb-added"),
    pytest.param(
        "fr-FR", "It took 1,234 days.", "Il a fallu 1,234 jours.", [(BLOCK, "1,234 -> 1\u202f234")], id="fr-comma"
    ),
    pytest.param("fr-FR", "Over 5 billion.", "Plus de 5 millions.", [(BLOCK, "5 millions")], id="scale"),
    pytest.param("fr-FR", "Three of 95%.", "Trois sur 59 %.", [(BLOCK, "59 -> 95")], id="another-word-is-no-excuse"),
    pytest.param("fr-FR", "Within 2 hours.", "En deux heures.", [(WARN, "")], id="fr-in-words"),
    pytest.param("fr-FR", "Of 74 partners.", "Soixante-quatorze partenaires.", [(WARN, "")], id="fr-compound"),
    pytest.param("fr-FR", "Half of them went.", "50 % sont partis.", [(WARN, "50")], id="en-half"),
    pytest.param("ar", "Within 2 hours.", "في غضون ساعتين.", [(WARN, "")], id="ar-dual"),
    pytest.param("ar", "Some 2 million people.", "نحو مليوني شخص.", [(WARN, "")], id="ar-dual-of-a-million"),
    pytest.param("ar", "Within 1 hour.", "في غضون ساعة.", [(WARN, "")], id="ar-one-is-a-noun"),
    pytest.param("ar", "The 21st century.", "القرن الحادي والعشرون.", [(WARN, "")], id="ar-ordinal-in-words"),
    pytest.param(
        "fa",
        "On 12 January 2014.",
        "در ۲۲ دی ۱۳۹۲.",
        [(WARN, "۲۲"), (WARN, "۱۳۹۲"), (WARN, ""), (WARN, "")],
        id="fa-calendar",
    ),
    pytest.param(
        "fr-FR", "Call 0800 789 321.", "Appelez le 0 800 005 696.", [(WARN, "0 800 005 696")], id="own-help-line"
    ),
]


@pytest.mark.parametrize(("locale", "source", "own"), CLEAN)
def test_the_same_figures(locale: str, source: str, own: str) -> None:
    """Figures agree however they are written; names, addresses and braces are not looked at."""
    asked = wordings(locale, en_GB=source, **{locale.replace("-", "_"): own})
    assert found(CHECK, asked) == []


@pytest.mark.parametrize(("locale", "source", "own", "findings"), FAULTY)
def test_other_figures(locale: str, source: str, own: str, findings: list[tuple[Severity, str]]) -> None:
    """Another figure blocks, with its place and where it can the right one; what may be said in words is a warning."""
    asked = wordings(locale, en_GB=source, **{locale.replace("-", "_"): own})
    severities = [each.severity for each in found(CHECK, asked)]
    assert list(zip(severities, shown(CHECK, asked), strict=True)) == findings


def test_the_first_wording_is_what_the_others_are_held_to() -> None:
    """The source itself, and a message in one language, have nothing to agree with."""
    said = {"en_GB": "95%", "fr_FR": "59 %"}
    assert found(CHECK, wordings("en-GB", **said)) == []
    assert found(CHECK, wordings("fr-FR", fr_FR="59 %")) == []
    assert found(CHECK, wordings("ar", **said)) == []
    message = found(CHECK, wordings("fr-FR", **said))[0].message
    assert message == "'lost-ground/fr-FR' says 59 where en-GB says 95."


@pytest.mark.timeout(5)
def test_more_figures_than_anybody_publishes_are_said_not_to_be_compared() -> None:
    """20,000 characters of figures take no more than a moment, and nothing is passed over in silence."""
    findings = found(CHECK, wordings("fr-FR", en_GB="1 2 3 " * 3300, fr_FR="4 5 " * 4900))
    assert [each.message for each in findings] == [
        "'lost-ground/fr-FR' or en-GB has too many figures to compare, more than 300."
    ]


def _headlines(kind: str) -> Request:
    asked = request("fr-FR", kind)
    return replace(
        asked, message=asked.message.model_copy(update={"headline": {"en-GB": "17 held", "fr-FR": "71 arrêtés"}})
    )


@pytest.mark.parametrize(("kind", "findings"), [("smtp", [WARN]), ("mastodon", [])])
def test_headlines_are_looked_at_where_they_are_shown(kind: str, findings: list[Severity]) -> None:
    """A headline may say less than its text, so that another figure there is a warning."""
    assert [each.severity for each in found(CHECK, _headlines(kind))] == findings
