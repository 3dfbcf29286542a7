"""Public holidays, as the partners' own governments publish them."""

import os
import subprocess
import sys
from datetime import date

import pytest

from campaigns.calendar.holidays import NoHolidays, holiday, regions

# gov.uk/bank-holidays, service-public.fr (jours feries; Moselle, Bas-Rhin and Haut-Rhin have two of their own),
# opm.gov (federal holidays).
DAYS = [
    pytest.param("2027-01-01", "GB", "ENG", "New Year's Day", id="england-new-year"),
    pytest.param("2027-03-29", "GB", "ENG", "Easter Monday", id="england-easter-monday"),
    pytest.param("2027-03-29", "GB", "SCT", None, id="scotland-has-no-easter-monday"),
    pytest.param("2027-03-29", "GB", None, None, id="not-all-of-the-kingdom-has-easter-monday"),
    pytest.param("2027-07-12", "GB", "NIR", "Battle of the Boyne", id="northern-ireland"),
    pytest.param("2027-05-03", "GB", None, "May Day", id="kingdom-first-monday-of-may"),
    pytest.param("2027-07-14", "FR", None, "National Day (Fête nationale)", id="france-national-day"),
    pytest.param("2027-05-06", "FR", None, "Ascension Day (Ascension)", id="france-ascension"),
    pytest.param("2027-12-26", "FR", None, None, id="france-works-on-boxing-day"),
    pytest.param("2027-12-26", "FR", "57", "Saint Stephen's Day (Saint-Étienne)", id="moselle-does-not"),
    pytest.param("2027-11-25", "US", None, "Thanksgiving Day", id="america-thanksgiving"),
    pytest.param("2027-01-12", "FR", None, None, id="a-tuesday-in-january"),
]


@pytest.mark.parametrize(("day", "country", "region", "name"), DAYS)
def test_a_holiday_has_an_english_and_a_local_name(day, country, region, name):
    """A holiday is of its country and region, and is named in English and, if that is another, in its own language."""
    found = holiday(date.fromisoformat(day), country, region)

    assert (str(found) if found else None) == name


@pytest.mark.parametrize("language", ["C.UTF-8", "fr_FR.UTF-8", "uk_UA.UTF-8"])
def test_names_do_not_hang_on_the_environment(language):
    """The same day has the same names on every machine, whatever language it speaks."""
    code = (
        "import sys; sys.path.insert(0, '.'); from datetime import date;"
        "from campaigns.calendar.holidays import holiday; sys.stdout.buffer.write("
        "str(holiday(date(2027, 7, 14), 'FR')).encode())"
    )
    environment = {**os.environ, "LANG": language, "LANGUAGE": language, "LC_ALL": language}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=240, check=True)

    assert done.stdout.decode() == "National Day (Fête nationale)"


def test_a_country_or_region_that_nobody_knows_is_said_to_be_one():
    """Not known is not the same as no holiday."""
    with pytest.raises(NoHolidays, match="the public holidays of ZZ are not known here"):
        regions("ZZ")
    with pytest.raises(NoHolidays, match="the public holidays of region LND of GB are not known here"):
        holiday(date(2027, 1, 1), "GB", "LND")
    assert {"ENG", "NIR", "SCT", "WLS"} <= set(regions("GB"))


def test_beyond_the_tables_nothing_is_said():
    """A document may reach to 2199, the tables do not: no holiday, and no error."""
    assert holiday(date(2199, 1, 1), "FR") is None
