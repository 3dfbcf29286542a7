"""Figures: what they stand for, in any language's way to write them."""

# ruff: noqa: RUF001 (digits and letters of the languages that are tested)

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from campaigns.locales import LOCALES
from content.figures import MOST, figures, missing
from content.filters import figure as written

EN = "en-GB"
#: What of two texts the other does not say; the first is what is wanted.
SAME = [
    pytest.param((EN, "1,234 people"), ("fr-FR", "1\u202f234 personnes"), id="narrow-space"),
    pytest.param((EN, "1,234 people"), ("fr-FR", "1 234 personnes"), id="space"),
    pytest.param((EN, "1,234 people"), ("ar", "١٬٢٣٤ شخصا"), id="arabic-indic"),
    pytest.param((EN, "1,234.5"), ("fa", "۱٬۲۳۴٫۵"), id="persian"),
    pytest.param((EN, "1,234.5"), ("tr", "1.234,5"), id="turkish"),
    pytest.param((EN, "1,234,567"), ("ur", "12,34,567"), id="lakh-grouping"),
    pytest.param((EN, "1,234"), ("ar", "1.234"), id="maghreb-grouping"),
    pytest.param((EN, "18%"), ("tr", "%18"), id="percent-before"),
    pytest.param((EN, "18.5%"), ("fr-FR", "18,5 %"), id="percent-after-space"),
    pytest.param((EN, "5.00"), ("fr-FR", "5"), id="idle-zeros"),
    pytest.param((EN, "2014-2019"), ("ar", "من ٢٠١٤ إلى ٢٠١٩"), id="range-in-words"),
    pytest.param((EN, "2014-19"), ("fr-FR", "2014\u20132019"), id="short-range"),
    pytest.param((EN, "in mid-2014"), ("ar", "منتصف 2014"), id="year-with-a-prefix"),
    pytest.param((EN, "in 2014"), ("tr", "2014'te"), id="year-with-a-suffix"),
    pytest.param((EN, "in 2014"), ("ru", "в 2014-м году"), id="russian-ordinal"),
    pytest.param((EN, "74 partners"), ("ar", "لـ74 شريكا"), id="glued-to-an-arabic-prefix"),
    pytest.param((EN, "12 January 2027"), ("fr-FR", "12 janvier 2027"), id="date-in-words"),
    pytest.param((EN, "12 January 2027"), ("fr-FR", "12/01/2027"), id="date-in-digits"),
    pytest.param((EN, "12/01/2027"), ("ar", "2027/1/12"), id="both-in-digits"),
    pytest.param((EN, "6:30 pm"), ("fr-FR", "18h30"), id="half-of-the-day"),
    pytest.param((EN, "6.30pm"), ("fr-FR", "18 h 30"), id="time-with-a-point"),
    pytest.param((EN, "6:30 in the evening"), ("fr-FR", "18 h 30"), id="half-in-words"),
    pytest.param(("fr-FR", "18h30"), ("ar", "6:30 مساءً"), id="half-in-arabic-words"),
    pytest.param((EN, "18:30"), ("ru", "в 18 ч 30 мин"), id="hours-and-minutes-as-units"),
    pytest.param((EN, "9am to 5pm"), ("fr-FR", "9 h-17 h"), id="opening-hours"),
    pytest.param((EN, "9am to 5pm"), ("ar", "من 9 إلى 17"), id="bare-hours"),
    pytest.param((EN, "the 1st, 2nd and 3rd"), ("fr-FR", "le 1er, le 2e et le 3ème"), id="ordinals"),
    pytest.param((EN, "the 21st century"), ("fr-FR", "le XXIe siècle"), id="roman-century"),
    pytest.param((EN, "5 billion"), ("fr-FR", "5 milliards"), id="milliard"),
    pytest.param((EN, "1.5 million"), ("fr-FR", "1 500 000"), id="million-in-full"),
    pytest.param((EN, "5bn"), ("ar", "5 مليارات"), id="short-scale"),
    pytest.param((EN, "5 million"), ("sw", "milioni 5"), id="scale-first"),
    pytest.param((EN, "10k"), ("ru", "10 тыс."), id="thousand"),
    pytest.param((EN, "the 9/11 attacks"), ("fr-FR", "le 11 septembre"), id="day-and-month"),
    pytest.param((EN, "2018, 2019"), ("fr-FR", "2019, 2018"), id="order"),
    pytest.param((EN, "4G, F-16 and Covid-19"), ("ar", "الجيل والطائرة والوباء"), id="names"),
    pytest.param((EN, "open 24/7"), ("ar", "على مدار الساعة"), id="always"),
    pytest.param((EN, "1. One\n2. Two"), ("fr-FR", "Un\nDeux"), id="list-marks"),
]
OTHER = [
    pytest.param((EN, "95%"), ("fr-FR", "59 %"), ["95"], id="swapped-digits"),
    pytest.param((EN, "in 2014"), ("ar", "في عام ٢٠١٥"), ["2014"], id="another-year"),
    pytest.param((EN, "5 billion"), ("fr-FR", "5 millions"), ["5 billion"], id="another-scale"),
    pytest.param((EN, "1,234"), ("fr-FR", "1,234"), ["1,234"], id="comma-divides-in-french"),
    pytest.param((EN, "12/01/2027"), ("fr-FR", "13/01/2027"), ["12/01/2027"], id="another-day"),
    pytest.param((EN, "18:30"), ("fr-FR", "18h00"), ["18:30"], id="another-minute"),
    pytest.param((EN, "1.5"), ("fr-FR", "15"), ["1.5"], id="lost-separator"),
    pytest.param((EN, "74 and 75"), ("ru", "74"), ["75"], id="left-out"),
]


def _not_said(wanted: tuple[str, str], said: tuple[str, str]) -> list[str]:
    tag, text = wanted
    return [text[each.start : each.end] for each in missing(figures(text, tag), figures(said[1], said[0]))]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_the_same_figures(one: tuple[str, str], two: tuple[str, str]) -> None:
    """However a language writes a figure, it is the same figure, whichever side is asked."""
    assert (_not_said(one, two), _not_said(two, one)) == ([], [])


@pytest.mark.parametrize(("one", "two", "lost"), OTHER)
def test_other_figures(one: tuple[str, str], two: tuple[str, str], lost: list[str]) -> None:
    """A figure that is another one is missed."""
    assert _not_said(one, two) == lost


@given(number=st.decimals(0, 10**12, places=3, allow_nan=False), tag=st.sampled_from(sorted(LOCALES)))
def test_any_number_in_any_locale(number: Decimal, tag: str) -> None:
    """A number written by Babel in any of our locales, in their digits or ours, is that number, in words around it."""
    babel = LOCALES[tag].babel
    texts = [
        format_decimal(number, locale=babel),
        format_decimal(number, locale=babel, numbering_system="default"),
        written(float(number), tag, 3),
        format_percent(number / 100, format="#,##0.###%", locale=babel),
    ]
    plain = f"{number.normalize():f}"
    for text in texts:
        assert any(plain in figure.wants for figure in figures(f"({text})", tag)), text


@given(number=st.integers(0, 10**9), tags=st.lists(st.sampled_from(sorted(LOCALES)), min_size=2, max_size=2))
def test_no_two_locales_differ(number: int, tags: list[str]) -> None:
    """What one locale writes, no other misses."""
    one, two = [(tag, f"« {format_decimal(number, locale=LOCALES[tag].babel)} »") for tag in tags]
    assert _not_said(one, two) == []


@given(st.text(alphabet="0123456789٠۵.,:/-+ hHpam%٬٫XVI\u202f'e\n", max_size=200), st.sampled_from(sorted(LOCALES)))
def test_any_text_can_be_read(text: str, tag: str) -> None:
    """No text is refused, every figure stands where it says, and a text agrees with itself."""
    found = figures(text, tag)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert missing(found, found) == ()


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "1,", "1:", "1/", "24/7 ", "+1 ", "0 ", "IX", "1.1 ", "9 h", "1'", "9am", "٣", "2014-19", "1\u202f234"],
)
def test_a_hostile_text_is_read_at_once(piece: str) -> None:
    """20,000 characters of figures take no more than a moment, in pieces that make patterns go back."""
    text = (piece * 20_000)[:20_000]
    assert len(figures(text, "fr-FR")) <= MOST + 1
