"""Snapshots are kept once and rolled up so that the order of arrival leaves no trace."""

import random
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.store.engine import writing
from campaigns.store.tables import table
from reports.figures import Figure, Qualifier
from reports.models import Reading, ReadingImport
from reports.records import ledger, rollup
from reports.records.ledger import Receipt
from reports.snapshot import Faulty
from tests.builders.evaluations import NOW, database
from tests.builders.readings import daily, groups, newest, recomputed
from tests.builders.readings import row as snapshot

RECEIPT = Receipt("a" * 64, "week1.csv", "analyst", NOW)
BOUND = Figure(lower=0, upper=10, qualifier=Qualifier.UNDER)


def stored(connection):
    """Return every rollup."""
    return daily(connection), newest(connection), groups(connection)


figures = st.one_of(st.integers(0, 1000).map(lambda number: Figure(float(number))), st.just(Figure()), st.just(BOUND))
readings = st.lists(
    st.tuples(st.integers(0, 24 * 6), st.sampled_from(["r1", "r2"]), st.sampled_from(["", "FR"]), figures),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(readings, st.randoms(use_true_random=False), st.integers(1, 9))
def test_any_order_gives_the_full_recomputation(rows, shuffle, size):
    """Late, corrected and empty snapshots, in any order and any batches, roll up to what a recomputation gives."""
    given_rows = [
        snapshot(hours, figure, subject, dimensions=f'{{"country":"{country}"}}' if country else "")
        for hours, subject, country, figure in rows
    ]
    shuffle.shuffle(given_rows)
    with tempfile.TemporaryDirectory() as folder:
        engine = database(Path(folder))
        with writing(engine) as connection:
            for number, start in enumerate(range(0, len(given_rows), size)):
                batch = {(each.of, each.at): each for each in given_rows[start : start + size]}
                receipt = Receipt(f"{number:064}", "part.csv", "analyst", NOW)
                ledger.import_rows(connection, batch.values(), receipt, corrects=True)
            incremental = stored(connection)
            assert incremental == recomputed(connection)
            assert rollup.rebuild(connection) == len(incremental[0])
            assert stored(connection) == incremental
        engine.dispose()


def test_both_databases_roll_up_the_same_way(shared):
    """Shuffled batches of two hundred readings give the recomputation on SQLite and on PostgreSQL alike."""
    dice = random.Random(7)  # noqa: S311 (readings, not secrets)
    rows = [
        snapshot(hours, dice.choice([float(dice.randrange(900)), BOUND, Figure()]), subject, dimensions=split)
        for hours in range(0, 24 * 8, 4)
        for subject in ("r1", "r2")
        for split in ("", '{"country":"NA"}')
    ]
    dice.shuffle(rows)
    with writing(shared) as connection:
        for start in range(0, len(rows), 30):
            ledger.import_rows(connection, rows[start : start + 30], Receipt(f"{start:064}", "a.csv", "analyst", NOW))
        incremental = stored(connection)
        assert incremental == recomputed(connection)
        rollup.rebuild(connection)
        assert stored(connection) == incremental
    with writing(shared) as connection, pytest.raises(Faulty, match=r"in what a\.csv brought"):
        ledger.import_rows(connection, [snapshot(0, 5000)], RECEIPT)
    with writing(shared) as connection:
        outcome = ledger.import_rows(connection, [snapshot(0, 5000)], RECEIPT, corrects=True)
        assert (outcome.added, outcome.corrected) == (1, 1)
        assert stored(connection) == recomputed(connection)


def test_a_second_import_changes_nothing(connection):
    """The same rows again add no reading, no daily figure and no second receipt."""
    rows = [snapshot(1, 100), snapshot(30, 150), snapshot(2, 7, metric="likes")]
    first = ledger.import_rows(connection, rows, RECEIPT)
    before = stored(connection)
    again = ledger.import_rows(connection, rows, RECEIPT)
    assert (first.added, first.known) == (3, 0)
    assert (again.added, again.known) == (0, 3)
    assert stored(connection) == before
    assert len(connection.execute(select(table(ReadingImport))).all()) == 1


def test_a_late_snapshot_mends_the_day_after(connection):
    """A day that arrives late takes its share from the next day's delta."""
    ledger.import_rows(connection, [snapshot(0, 100), snapshot(48, 160)], RECEIPT)
    ledger.import_rows(connection, [snapshot(24, 130)], Receipt("b" * 64, "late.csv", "analyst", NOW))
    deltas = [row[-1] for row in daily(connection)]
    assert deltas == [100, 30, 30]


def test_cumulative_totals_difference_to_the_published_periods(connection):
    """The referral totals that Parliament was given difference to the period column exactly."""
    totals = [6500, 18000, 26000, 29000, 34000, 40000, 51000, 65000, 72000, 75000, 80000, 90000]
    periods = [11500, 8000, 3000, 5000, 6000, 11000, 14000, 7000, 3000, 5000, 10000]
    rows = [snapshot(24 * day, total, metric="items_referred") for day, total in enumerate(totals)]
    ledger.import_rows(connection, rows, RECEIPT)
    assert [row[-1] for row in daily(connection)][1:] == periods


def test_another_figure_for_a_known_key_is_refused_with_both(connection):
    """A reading is never rewritten: the complaint has the file's figure, the stored one and where it came from."""
    ledger.import_rows(connection, [snapshot(1, 100)], RECEIPT)
    before = stored(connection)
    with pytest.raises(Faulty) as refusal:
        ledger.import_rows(
            connection, [snapshot(1, 120, line=7), snapshot(2, 5)], Receipt("b" * 64, "week2.csv", "analyst", NOW)
        )
    (fault,) = refusal.value.faults
    assert "is 120 here and 100 in what week1.csv brought" in fault.message
    assert fault.line == 7
    assert stored(connection) == before


def test_two_figures_for_one_key_in_a_file_are_refused(connection):
    """Two rows that contradict each other are listed together; two that agree are one."""
    with pytest.raises(Faulty, match="is 120 here and 100 on line 2"):
        ledger.import_rows(connection, [snapshot(1, 100), snapshot(1, 120, line=3)], RECEIPT)
    assert ledger.import_rows(connection, [snapshot(1, 100), snapshot(1, 100, line=3)], RECEIPT).added == 1


def test_campaigns_may_share_the_name_of_an_audience(connection):
    """The same audience id in two campaigns is two series."""
    rows = [
        snapshot(1, 10, "young-fr", "reach", subject_kind="audience", campaign=campaign) for campaign in ("one", "two")
    ]
    assert ledger.import_rows(connection, rows, RECEIPT).added == 2
    detail = connection.execute(select(table(ReadingImport).c.detail)).scalar_one()
    assert detail["campaigns"] == ["one", "two"]


def test_progress_counts_every_row(connection):
    """The caller hears of each row once."""
    heard = []
    rows = [snapshot(hours, hours) for hours in range(50)]
    ledger.import_rows(connection, rows, RECEIPT, heard.append)
    assert sum(heard) == 50


def test_a_zone_does_not_make_another_reading(connection):
    """The same instant written in two zones is one key, and its day is the day in UTC."""
    paris = datetime.fromisoformat("2026-10-02T01:00:00+02:00")
    utc = datetime.fromisoformat("2026-10-01T23:00:00+00:00")
    rows = [snapshot(0, 5, at=paris), snapshot(0, 5, at=utc)]
    assert ledger.import_rows(connection, rows, RECEIPT).added == 1
    assert daily(connection)[0][6] == "2026-10-01"


def test_a_correction_is_a_revision_and_the_first_figure_stays(connection):
    """What the source corrected counts from now on; what it said before is kept, and comes back only if it says so."""
    first, other = Receipt("b" * 64, "first.csv", "analyst", NOW), Receipt("c" * 64, "other.csv", "analyst", NOW)
    ledger.import_rows(connection, [snapshot(1, 100)], RECEIPT)
    outcome = ledger.import_rows(connection, [snapshot(1, 90), snapshot(30, 120)], first, corrects=True)
    assert (outcome.added, outcome.corrected) == (2, 1)
    assert [row[-1] for row in daily(connection)] == [90, 30]
    assert ledger.import_rows(connection, [snapshot(1, 100)], other).added == 0  # an old file is known
    assert [row[-1] for row in daily(connection)] == [90, 30]
    again = ledger.import_rows(connection, [snapshot(1, 100)], other, corrects=True)
    assert (again.added, again.corrected) == (1, 1)
    assert ledger.import_rows(connection, [snapshot(1, 100)], other, corrects=True).added == 0
    kept = connection.execute(select(table(Reading).c.value).order_by("at", "revision")).scalars().all()
    assert kept == [100, 90, 100, 120]
    assert stored(connection) == recomputed(connection)


def test_a_running_total_that_falls_is_kept_and_said(connection):
    """Platforms take back what they counted: the fall is a correction. Levels and shares may fall as they like."""
    rows = [snapshot(0, 100), snapshot(24, 60), snapshot(48, 80)]
    rows += [snapshot(hours, 9 - hours / 24, metric="followers") for hours in (0, 24)]
    rows += [snapshot(hours, 0.5 - hours / 96, metric="recall_rate") for hours in (0, 24)]
    outcome = ledger.import_rows(connection, rows, RECEIPT)
    (fall,) = outcome.falls
    assert (fall.metric, fall.subject, fall.day, fall.by, outcome.fallen) == ("impressions", "r1", "2026-10-02", 40, 1)
    assert [row[-1] for row in daily(connection) if row[3] == "impressions"] == [100, -40, 20]


def test_only_what_adds_up_has_sums_by_group(connection):
    """Reach, followers, rates and money in several currencies never have a row among the sums by day."""
    metrics = ("reach", "followers", "recall_rate", "impressions", "likes")
    ledger.import_rows(connection, [snapshot(0, 0.5, metric=metric) for metric in metrics], RECEIPT)
    assert {row[2] for row in groups(connection)} == {"impressions", "likes"}
    assert set(rollup.ADDED).isdisjoint({"reach", "followers", "recall_rate"})
