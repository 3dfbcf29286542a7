"""Figures, dates and sentences in the reader's language; every language says the same things."""

import re
import string
from datetime import UTC, date, datetime

import pytest

from reports.assessment.goals import Progress
from reports.figures import Figure, Qualifier, between
from reports.metrics import METRICS
from reports.presentation.quoted import apart, written
from reports.presentation.words import LANGUAGES, Words, sentences
from tests.builders.evaluations import document

EN, FR = Words("en"), Words("fr")
RATE = Figure(0.18, 0.16, 0.2, numerator=216, denominator=1200)


@pytest.mark.parametrize(
    ("figure", "share", "english", "french"),
    [
        pytest.param(Figure(78_500), False, "78,500", "78\u202f500", id="count"),
        pytest.param(Figure(), False, "no figure", "pas de chiffre", id="missing"),
        pytest.param(Figure(0), False, "0", "0", id="zero"),
        pytest.param(
            Figure(600_000, 600_000, qualifier=Qualifier.OVER), False, "over 600,000", "plus de 600\u202f000", id="over"
        ),
        pytest.param(
            Figure(604_000, upper=604_000, qualifier=Qualifier.ALMOST),
            False, "almost 604,000", "presque 604\u202f000", id="almost",
        ),
        pytest.param(
            Figure(370_000, qualifier=Qualifier.ABOUT), False, "about 370,000", "environ 370\u202f000", id="about"
        ),
        pytest.param(
            Figure(lower=0, upper=10, qualifier=Qualifier.UNDER), False, "fewer than 10", "moins de 10", id="few"
        ),
        pytest.param(between(10, 2000), False, "between 10 and 2,000", "entre 10 et 2\u202f000", id="between"),
        pytest.param(
            RATE, True,
            "18% (16% to 20%; 216 of 1,200)", "18\u00a0% (de 16\u00a0% à 20\u00a0%\u00a0; 216 sur 1\u202f200)",
            id="rate",
        ),
        pytest.param(Figure(0.004877), True, "0.49%", "0,49\u00a0%", id="small-rate"),
    ],
)  # fmt: skip
def test_figures_in_words(figure, share, english, french):
    """A figure keeps its bounds and its count in both languages, grouped as the language does."""
    assert EN.figure(figure, share=share) == english
    assert FR.figure(figure, share=share) == french


@pytest.mark.parametrize(
    ("way", "says"),
    [
        pytest.param(Progress(0.996, 0.996, 0.996), "99%", id="not-rounded-up-to-all-of-it"),
        pytest.param(Progress(1.0, 1.0, 1.0), "100%", id="all-of-it"),
        pytest.param(Progress(-0.2, -0.2, -0.2), "-20%", id="the-wrong-way"),
        pytest.param(Progress(None, 0.3, 0.6), "between 30% and 60%", id="bounds"),
        pytest.param(Progress(None, 0.3, float("inf")), "at least 30%", id="no-upper-bound"),
        pytest.param(None, "cannot be said", id="no-way"),
    ],
)
def test_progress_in_words(way, says):
    """Progress is cut to whole per cent, and keeps its bounds."""
    assert EN.progress(way) == says


def test_dates_and_names():
    """Dates name their zone; a name falls back to a language that it has, and keeps its direction."""
    assert EN.instant(datetime(2027, 4, 30, 16, 5, tzinfo=UTC)) == "30 April 2027, 16:05 UTC"
    assert FR.brief_day(date(2027, 1, 5)) == "5 janv. 2027"
    name = EN.name({"ar": "الشباب"}, "young")
    assert (str(name), name.lang, name.dir) == ("الشباب", "ar", "rtl")
    assert str(EN.name({}, "young")) == "young"
    assert str(FR.name({"en-GB": "Young", "fr-FR": "Jeunes"}, "young")) == "Jeunes"
    assert EN.listing(["a", "b", "c"]) == "a, b and c"


def test_what_was_written_in_another_direction_keeps_its_full_stop():
    """English in an Arabic sentence, and Arabic in an English one, is set apart; the rest is left as it is."""
    arabic = Words("ar")
    assert arabic.quoted("Fewer ask.") == "\u2068Fewer ask.\u2069"
    assert EN.quoted("نعم.") == "\u2068نعم.\u2069"
    assert (EN.quoted("Fewer ask."), arabic.quoted("نعم."), arabic.quoted("12")) == ("Fewer ask.", "نعم.", "12")


@pytest.mark.parametrize(
    ("language", "first", "page"),
    [
        pytest.param("fr", "en-GB", '<bdi lang="en-GB" dir="ltr">Fewer &lt;ask&gt;.</bdi> (en anglais)', id="french"),
        pytest.param("ar", "en-GB", '<bdi lang="en-GB" dir="ltr">Fewer &lt;ask&gt;.</bdi> (بالإنجليزية)', id="arabic"),
        pytest.param("en", "en-GB", "Fewer &lt;ask&gt;.", id="its-own"),
        pytest.param("fr", "ar", "Fewer &lt;ask&gt;.", id="its-letters-say-otherwise"),
    ],
)
def test_what_was_written_in_one_language_alone_is_marked(language, first, page):
    """A text that stands in one language alone bears that language in a report of another, and says which it is."""
    text = written("Fewer <ask>.", document(title={first: "A title", "fr-FR": "Un titre"}), Words(language))
    assert apart(text, first) == page


def test_an_id_stays_in_one_piece():
    """An id in an Arabic sentence is an element of its own, which does not break; in an English one it is as it is."""
    arabic = Words("ar")
    listed = arabic.listing(map(arabic.quoted, ["fr-social", "uk-partners"]))
    kept = '<bdi class="id" dir="ltr">{}</bdi>'
    assert apart(listed) == f"{kept.format('fr-social')} و{kept.format('uk-partners')}"
    assert apart(EN.quoted("fr-social")) == "fr-social"


def fields(sentence):
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return [{name for _, name, _, _ in string.Formatter().parse(form) if name} - {"n"} for form in forms]


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same_things(language):
    """Every language has every sentence, and each one speaks of the same values."""
    ours, english = sentences(language), sentences("en")
    named = {f"metric-{each}" for each in METRICS}  # English and French names of metrics stand in the taxonomy
    assert ours.keys() - named == english.keys()
    assert language in {"en", "fr"} or named <= ours.keys()
    assert [key for key in english if fields(ours[key])[0] != fields(english[key])[0]] == []
    plural = {key for key, each in ours.items() if not isinstance(each, str)}
    assert all("other" in ours[key] for key in plural)
    assert plural == {key for key, each in english.items() if not isinstance(each, str)}


@pytest.mark.parametrize(
    ("language", "listed"),
    [
        pytest.param("en", "a, b and 33 more", id="english"),
        pytest.param("fr", "a, b et 33 autres", id="french"),
        pytest.param("ar", "a، b و33 غيرها", id="arabic"),
    ],
)
def test_those_left_out_are_joined_once(language, listed):
    """The number of those that a list leaves out is joined by one "and", in every language."""
    words = Words(language)
    assert words.listing(["a", "b", words.say("and-more", n=33)]) == listed


def test_a_percentage_has_its_sign_on_one_side():
    """In Arabic each percentage is set apart, so that its sign stays behind it, alone and after Arabic letters."""
    arabic = Words("ar")
    assert arabic.whole_percent(0.63) == "\u206663%\u2069"
    assert arabic.percent(0.004) == "\u20660.40%\u2069"
    said = [each for text in sentences("ar").values() for each in ([text] if isinstance(text, str) else text.values())]
    assert [each for each in said if re.search(r"(?<![\u2066\d.])\d[\d.]*%", each)] == []


def test_french_has_no_ordinary_space_before_a_mark():
    """In French a colon, a semicolon and their like stand after a space that does not break."""
    every = [each for said in sentences("fr").values() for each in ([said] if isinstance(said, str) else said.values())]
    assert [each for each in every if re.search(r"[^\u00a0\u202f]:(?!\S)|[ \w][;?!%»]", each)] == []
    assert FR.said_of("En bonne voie", "Couverture") == "En bonne voie\u00a0: Couverture"


def test_every_metric_has_a_name_of_its_own():
    """No two metrics share a name in any language, so that a table's columns can be told apart."""
    for words in map(Words, LANGUAGES):
        names = [words.metric(each) for each in METRICS.values()]
        assert len(names) == len(set(names))
