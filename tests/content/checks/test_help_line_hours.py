# ruff: noqa: RUF001 (other alphabets have letters and marks that look like ours)
"""A help line says when somebody answers."""

import pytest

from campaigns.documents import schema
from content.checks.help_line_hours import HelpLineHours
from tests.builders.reviews import WARN, findings, written

CHECK = HelpLineHours()

WITHOUT = {
    "en": ("en-GB", "0800 789 321"),
    "en-sentence": ("en-GB", "Worried about someone? Call ACT Early on 0800 011 3764."),
    "en-abroad": ("en-GB", "Call +44 (0)20 7946 0000."),
    "fr": ("fr-FR", "Un doute\xa0? Appelez le 0\xa0800\xa0005\xa0696."),
    "ar": ("ar", "اتصل بنا على الرقم ٠٨٠٠ ٧٨٩ ٣٢١."),
    "ckb": ("ckb", "پەیوەندی بکە: 0800 789 321"),
    "tr": ("tr", "Bizi arayın: 0800 789 321"),
}
WITH = {
    "en": ("en-GB", "ACT Early: 0800 011 3764, daily, 9am to 5pm."),
    "en-brackets": ("en-GB", "0800 011 3764 (24h)"),
    "en-round-the-clock": ("en-GB", "0800 789 321, round the clock"),
    "en-24-7": ("en-GB", "0800 789 321, 24/7"),
    "fr": ("fr-FR", "Stop-Djihadisme\xa0: 0 800 005 696 (lundi-vendredi, 9 h-18 h)."),
    "fr-day-and-night": ("fr-FR", "0 800 005 696, jour et nuit"),
    "ar": ("ar", "اتصل على الرقم 0800 011 3764، يوميًا من 9 إلى 17."),
    "ar-round-the-clock": ("ar", "اتصل على الرقم 0800 011 3764، على مدار الساعة."),
    "fa": ("fa", "با 0800 789 321 تماس بگیرید، شبانه‌روزی."),
    "ur": ("ur", "0800 789 321، چوبیس گھنٹے"),
    "ru": ("ru", "0800 789 321, круглосуточно"),
    "sw": ("sw", "0800 789 321, wakati wowote"),
    "emergency": ("en-GB", "In an emergency: 999 in the United Kingdom, 112 in France."),
    "no-number": ("en-GB", "Find help at https://example.org/help/0800789321."),
    "none": ("en-GB", ""),
}


def about(locale: str, line: str) -> list[object]:
    """Return the severities of what is found about a help line."""
    partners = {"uk": schema.Partner(name={locale: "UK"}, help={locale: line} if line else {})}
    return [each.severity for each in findings(CHECK, written(locale, "x", partners=partners))]


@pytest.mark.parametrize(("locale", "line"), WITHOUT.values(), ids=WITHOUT)
def test_a_number_without_hours_is_a_warning(locale: str, line: str) -> None:
    """Whoever calls in vain may not call again."""
    assert about(locale, line) == [WARN]


@pytest.mark.parametrize(("locale", "line"), WITH.values(), ids=WITH)
def test_hours_in_figures_or_words_are_enough(locale: str, line: str) -> None:
    """Hours, days and `round the clock` count; emergency numbers and lines without a number need none."""
    assert about(locale, line) == []


def test_only_the_line_that_is_shown_counts() -> None:
    """The help line of another partner stands on another partner's releases."""
    partners = {
        "uk": schema.Partner(name={"en-GB": "UK"}, help={"en-GB": "0800 789 321, 24/7"}),
        "fr": schema.Partner(name={"en-GB": "FR"}, help={"en-GB": "0 800 005 696"}),
    }

    assert findings(CHECK, written("en-GB", "x", partners=partners)) == []
    assert [each.severity for each in findings(CHECK, written("en-GB", "x", partners=partners, issuer="fr"))] == [WARN]
