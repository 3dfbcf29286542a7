"""Frames of the rollup: the newest of each series, and running totals that no gap turns into zero."""

from datetime import date

import pandas as pd
import pytest

from reports.collect import import_file
from reports.intake.subjects import releases
from reports.records import frames
from tests.builders.evaluations import CAMPAIGN, NOW, csv_file

READINGS = """\
at,subject_kind,subject,metric,value,country
2026-10-10,release,wave1/fr-FR/fr-social,impressions,100,
2026-10-10,release,wave1/fr-FR/fr-social,impressions,60,FR
2026-10-10,release,wave1/en-GB/uk-partners,impressions,50,GB
2026-10-10,release,wave1/en-GB/uk-partners,impressions,5,NA
2026-10-12,release,wave1/fr-FR/fr-social,impressions,130,
2026-10-14,release,wave2/fr-FR/fr-social,impressions,40,
2026-10-14,audience,young-fr,impressions,9999,
2026-10-14,release,wave1/fr-FR/fr-social,reach,70,
"""


@pytest.fixture
def imported(connection, tmp_path):
    """Return a connection to a campaign with readings."""
    import_file(connection, csv_file(tmp_path, READINGS), CAMPAIGN, "analyst", NOW)
    return connection


def test_newest_is_one_row_a_series_until_a_day(imported):
    """Each series has its newest day, and with a limit the newest no later than that."""
    every = frames.newest(imported, CAMPAIGN)
    assert len(every) == 7
    whole = every[(every["metric"] == "impressions") & (every["dimensions"] == "")]
    assert sorted(whole["last_value"]) == [40, 130, 9999]
    early = frames.newest(imported, CAMPAIGN, date(2026, 10, 11))
    assert sorted(early["last_value"]) == [5, 50, 60, 100]


def test_running_totals_by_channel(imported):
    """Wholes are not added to their parts, parts stand in for a missing whole, and gaps keep the last total."""
    found = frames.over_time(
        frames.days(imported, CAMPAIGN, "impressions"), releases(imported, CAMPAIGN), "impressions"
    )
    assert [each.day for each in found.index] == [10, 12, 14]
    assert list(found["fr-social"]) == [100, 130, 170]
    assert list(found["uk-partners"]) == [55, 55, 55]


def test_reach_has_no_running_total(imported):
    """A metric without a sum over channels has no such frame, and neither has one without figures."""
    sent = releases(imported, CAMPAIGN)
    for metric in ("reach", "likes"):
        frame = frames.over_time(frames.days(imported, CAMPAIGN, metric), sent, metric)
        assert isinstance(frame, pd.DataFrame)
        assert frame.empty


def test_series_know_what_is_missing(imported):
    """A cell that the database leaves empty is None in a series, not a number."""
    series = frames.as_series(frames.newest(imported, CAMPAIGN), releases(imported, CAMPAIGN))
    assert len(series) == 7
    assert {each.figure.lower for each in series} == {None}
    namibia = next(each for each in series if each.split.get("country") == "NA")
    assert namibia.own["channel"] == "uk-partners"
