"""One figure a row: what the columns mean, and what contradicts itself."""

import pytest

from reports.figures import Figure, Qualifier
from reports.sources.readings_csv import ReadingsCsv
from tests.builders.readings import found

HEADING = "at,subject_kind,subject,metric,value,numerator,denominator,lower,upper,qualifier,audience,country\n"


def read(row, heading=HEADING):
    return found(ReadingsCsv(), heading + row)


@pytest.mark.parametrize(
    ("cells", "figure"),
    [
        pytest.param("recall_rate,18%,216,1200,,,", Figure(0.18, numerator=216, denominator=1200), id="rate"),
        pytest.param("recall_rate,,216,1200,,,", Figure(0.18, numerator=216, denominator=1200), id="rate-from-counts"),
        pytest.param("recall_rate,18%,,1200,16%,20%,", Figure(0.18, 0.16, 0.2, denominator=1200), id="interval"),
        pytest.param("reach,20000,,,,,over", Figure(20_000, 20_000, qualifier=Qualifier.OVER), id="over"),
        pytest.param("reach,20000,,,,,almost", Figure(20_000, upper=20_000, qualifier=Qualifier.ALMOST), id="almost"),
        pytest.param("reach,10,,,,,under", Figure(None, 0, 10, Qualifier.UNDER), id="under"),
        pytest.param(
            "reach,,,,175000,200000,", Figure(None, 175_000, 200_000, Qualifier.BETWEEN), id="adl-two-figures"
        ),
        pytest.param("reach,,,,,,", Figure(), id="no-figure-given"),
        pytest.param(
            "removal_rate,83.64%,40926,48931,,,", Figure(0.8364, numerator=40926, denominator=48931), id="eu-iru-2018"
        ),
        pytest.param(
            "removal_rate,4%,6263,153586,,,", Figure(0.04, numerator=6263, denominator=153586), id="pharos-rounded"
        ),
    ],
)
def test_reads_a_figure(cells, figure):
    """Value, bounds, qualifier and counts make one figure; counts alone make the rate."""
    seen = read(f"2026-10-12,audience,young-fr,{cells},,\n")
    assert not seen.complaints
    assert seen.snapshots[0].figure == figure


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        pytest.param(
            "click_through_rate,48.77%,443488,90930000,,,", "which is 0.4877%", id="printed-100-times-too-big"
        ),
        pytest.param("recall_rate,18%,1200,216,,,", "larger than the denominator", id="exchanged"),
        pytest.param("recall_rate,18%,216,0,,,", "denominator", id="nobody-asked"),
        pytest.param("reach,50,5,10,,,", "is a count", id="count-with-a-denominator"),
        pytest.param("reach,,,,20,10,", "above the upper bound", id="bounds-exchanged"),
        pytest.param("reach,50,,,60,70,", "outside its bounds", id="value-outside"),
        pytest.param("reach,50,,,,,roughly", "unknown qualifier", id="qualifier"),
        pytest.param("reach,over 50,,,,,almost", "the value says 'over'", id="two-words"),
    ],
)
def test_refuses_a_figure_that_contradicts_itself(cells, says):
    """Cells that cannot be true together are a complaint with a cure."""
    seen = read(f"2026-10-12,audience,young-fr,{cells},,\n")
    assert not seen.snapshots
    (complaint,) = seen.complaints
    assert says in complaint.message
    assert complaint.hint


def test_dimensions_and_source():
    """Dimensions come sorted, the file's note names the source, and a column may name it row by row."""
    heading = "# source: survey\nat,subject_kind,subject,metric,value,source,country,audience\n"
    seen = read(
        "2026-10-12T18:00:00+02:00,release,r,reach,5,,FR,young-fr\n2026-10-12,release,r,reach,5,panel,,\n", heading
    )
    first, second = seen.snapshots
    assert first.dimensions == (("audience", "young-fr"), ("country", "FR"))
    assert (first.source, second.source) == ("survey", "panel")
    assert first.at.isoformat() == "2026-10-12T16:00:00+00:00"
    assert second.at.isoformat() == "2026-10-12T23:59:59+00:00"


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        pytest.param("at,subject_kind,subject,metric,value,cuntry\n", "did you mean 'country'?", id="misspelt"),
        pytest.param("at,subject_kind,subject,metric,value,email\n", "unknown column 'email'", id="a-person"),
        pytest.param("subject_kind,subject,metric,value\n", "no column 'at'", id="absent"),
    ],
)
def test_refuses_columns_it_does_not_know(heading, says):
    """A misspelt dimension would make another figure, and a column of persons has no place at all."""
    seen = read("", heading)
    assert says in str(seen.complaints[0])


def test_children_are_left_out():
    """An age band below eighteen is refused."""
    seen = read("2026-10-12,release,r,reach,5,13-17\n", "at,subject_kind,subject,metric,value,age\n")
    assert "below 18" in seen.complaints[0].message


def test_an_instant_without_a_zone_is_refused():
    """A wall time does not say when; a date does, to the day."""
    seen = read("2026-10-12T18:00:00,release,r,reach,5\n", "at,subject_kind,subject,metric,value\n")
    assert "time zone" in seen.complaints[0].message
