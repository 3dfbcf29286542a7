"""Holidays and observances are advice: one warning an entry and occasion, and nothing for those who ask for none."""

import subprocess
import sys

import pytest

from campaigns.documents import timing
from campaigns.documents.schema import Campaign
from tests.builders.documents import put, sound

FRANCE = ("partners.fr.country", "FR")
ENGLAND = [("partners.uk.country", "GB"), ("partners.uk.region", "ENG")]
SCOTLAND = [("partners.uk.country", "GB"), ("partners.uk.region", "SCT")]
EASTER = ("releases.0.at", "2027-03-29T18:30")
RAMADAN = ("audiences.0.mindful_of", ["ramadan"])
PRAYER = ("audiences.0.mindful_of", ["friday_prayer"])
FAST = "the fasting hours of Ramadan 1448, which audience 'young-fr' asks to be minded"
LONG = ("ends", "2027-12-31")


def said(*changes: tuple[str, object]) -> list[tuple[str, str]]:
    """Return place and words of each warning about the sound document after *changes*; there is no error."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    found = timing.check(Campaign.model_validate(data))
    assert {each.severity for each in found} <= {"warning"}
    assert all(each.hint for each in found)
    return [(".".join(map(str, each.loc)), each.message) for each in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([EASTER], [], id="no-country-no-holiday"),
        pytest.param([FRANCE], [], id="ordinary-days"),
        pytest.param(
            [FRANCE, EASTER],
            [("releases.0.at", "2027-03-29T18:30 is a public holiday: Easter Monday (Lundi de Pâques) in fr")],
            id="one-partner",
        ),
        pytest.param(
            [FRANCE, *ENGLAND, EASTER],
            [
                (
                    "releases.0.at",
                    "2027-03-29T18:30 is a public holiday: Easter Monday in uk, Easter Monday (Lundi de Pâques) in fr",
                )
            ],
            id="both-partners-in-one-warning",
        ),
        pytest.param([*SCOTLAND, EASTER], [], id="its-region-works"),
        pytest.param(
            [FRANCE, LONG, ("releases.1.at", "2027-05-01T18:30"), ("releases.1.repeat", "FREQ=DAILY;COUNT=10")],
            [("releases.1.at", "2027-05-01T18:30 (and 2 more) is a public holiday: Labor Day (Fête du Travail) in fr")],
            id="a-repeat-is-warned-of-once",
        ),
        pytest.param(
            [
                FRANCE,
                LONG,
                ("releases.1.at", "2027-05-01T18:30"),
                ("releases.1.repeat", "FREQ=DAILY;COUNT=10"),
                ("releases.1.exdate", ["2027-05-01T18:30", "2027-05-06T18:30", "2027-05-08T18:30"]),
            ],
            [],
            id="what-is-left-out-is-not-warned-of",
        ),
        pytest.param(
            [("partners.fr.country", "JP"), ("partners.uk.country", "AQ"), EASTER], [], id="far-away-countries-work"
        ),
        pytest.param(
            [("partners.uk.country", "GB"), ("partners.uk.region", "LND"), EASTER],
            [("partners.uk.region", "the public holidays of region LND of GB are not known here")],
            id="a-region-without-holidays-of-its-own",
        ),
        pytest.param([("releases.0.at", "2027-02-12T12:00")], [], id="nobody-asks-to-be-minded"),
        pytest.param(
            [RAMADAN, ("releases.0.at", "2027-02-12T12:00"), ("releases.1", ...)],
            [
                (
                    "releases.0.at",
                    f"2027-02-12T12:00 falls in {FAST}",
                )
            ],
            id="a-fasting-noon",
        ),
        pytest.param([RAMADAN, ("releases.0.at", "2027-02-12T20:00"), ("releases.1", ...)], [], id="an-evening"),
        pytest.param(
            [RAMADAN, ("releases.1.at", "2027-02-02T12:00")],
            [
                (
                    "releases.1.at",
                    f"2027-02-09T12:00 (and 2 more) falls in {FAST}",
                )
            ],
            id="a-repeat-into-ramadan",
        ),
        pytest.param(
            [PRAYER, ("releases.0.at", "2027-02-12T12:00"), ("releases.1", ...)],
            [
                (
                    "releases.0.at",
                    "2027-02-12T12:00 falls in the Friday prayer, which audience 'young-fr' asks to be minded",
                )
            ],
            id="friday-noon",
        ),
        pytest.param(
            [
                PRAYER,
                ("audiences.0.timezone", "Asia/Karachi"),
                ("zone", "Europe/Paris"),
                ("releases.0.at", "2027-01-15T08:00"),
            ],
            [
                (
                    "releases.0.at",
                    "2027-01-15T08:00 falls in the Friday prayer, which audience 'young-fr' asks to be minded",
                ),
                ("releases.1.at", "goes out at night in Asia/Karachi"),
            ],
            id="noon-where-the-audience-lives",
        ),
    ],
)
def test_what_is_advised(changes, expected):
    """A warning stands at the entry, says what day or hour it is, and how many more occurrences meet one."""
    assert said(*changes) == expected


def test_a_country_without_tables_is_told_once():
    """Where nobody knows the holidays of a country, that is said, whatever number of releases there is."""
    (unknown,) = [words for place, words in said(("partners.fr.country", "AN")) if place == "partners.fr.country"]

    assert unknown == "the public holidays of AN are not known here"


def test_who_asks_for_nothing_loads_nothing():
    """The tables of holidays and of the Hijri calendar cost 80 ms, and only documents that ask for them pay."""
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from campaigns.documents import timing\n"
        "from campaigns.documents.schema import Campaign\n"
        "from tests.builders.documents import sound\n"
        "timing.check(Campaign.model_validate(sound()))\n"
        "print(sorted({'holidays', 'hijridate'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)

    assert done.stdout.strip() == "[]"
