"""The archive holds every reading once more; what is lost comes back, and reports read it as they read tables."""

import json
import shutil

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from campaigns.errors import UsageError
from campaigns.store.engine import writing
from campaigns.store.tables import table
from reports.figures import Figure, Qualifier
from reports.intake.subjects import Sent
from reports.models import DailyReading, Reading
from reports.records import archive, engines, frames, ledger, rollup
from reports.records.ledger import Receipt
from reports.records.newest import newest_of
from tests.builders.evaluations import NOW, database
from tests.builders.readings import daily, groups, newest, row

OVER = Figure(600_000, lower=600_000, qualifier=Qualifier.OVER)


def rows():
    """Return two releases, several days, splits, bounds, a correction's like, and a figure of nothing."""
    found = [row(hours, 10 * hours + 1, subject) for hours in range(0, 100, 7) for subject in ("r1", "r2")]
    found += [row(30, 7, dimensions='{"country":"NA"}'), row(40, OVER, metric="reach"), row(41, Figure())]
    return [*found, row(50, Figure(0.18, numerator=216, denominator=1200), "a", "recall_rate", subject_kind="audience")]


@pytest.fixture
def measured(tmp_path):
    """Return a connection to a database with readings, one of them corrected."""
    (tmp_path / "measured").mkdir()
    engine = database(tmp_path / "measured")
    with writing(engine) as connection:
        _measure(connection)
        yield connection
    engine.dispose()


def _measure(connection):
    ledger.import_rows(connection, rows(), Receipt("a" * 64, "week1.csv", "Ana Diaz", NOW))
    ledger.import_rows(connection, [row(49, 3)], Receipt("b" * 64, "week2.csv", "Ana Diaz", NOW), corrects=True)


def everything(connection):
    kept = connection.execute(select(table(Reading)).order_by("series", "at", "revision")).all()
    return daily(connection), newest(connection), groups(connection), len(kept)


def test_only_days_with_news_are_written_anew(measured, tmp_path):
    """The first run writes every day, the second none, and a late row writes its day again and no other."""
    assert archive.write(measured, tmp_path / "a").readings == everything(measured)[-1]
    assert archive.write(measured, tmp_path / "a").days == 0
    before = {path.name: path.stat().st_ino for path in archive.files(tmp_path / "a")}
    ledger.import_rows(measured, [row(31, 5, metric="likes")], Receipt("c" * 64, "late.csv", "x", NOW))
    (tmp_path / "a" / "2026-10-01.parquet.tmp").write_text("of a run that was killed")
    assert archive.write(measured, tmp_path / "a").days == 1
    after = {path.name: path.stat().st_ino for path in archive.files(tmp_path / "a")}
    assert [name for name in after if after[name] != before[name]] == ["2026-10-02.parquet"]
    assert not list((tmp_path / "a").glob("*.tmp"))


def test_what_is_lost_comes_back(measured, tmp_path, shared):
    """Readings that the database lacks are imported from the archive, corrections too, and roll up to what was."""
    archive.write(measured, tmp_path / "a")
    before = everything(measured)
    with writing(shared) as empty:
        assert archive.restore(empty, tmp_path / "a") == before[-1]
        assert everything(empty) == before
        assert archive.restore(empty, tmp_path / "a") == 0
    assert "Ana Diaz" not in (tmp_path / "a" / archive.MANIFEST).read_text("utf-8")


def test_a_rollup_that_was_tampered_with_is_seen(measured):
    """A rebuild counts the rows that it had to change; a second one changes none."""
    measured.execute(delete(table(DailyReading)).where(table(DailyReading).c.day == "2026-10-03"))
    found = rollup.differences(measured, lambda: rollup.rebuild(measured))
    assert found["daily_reading"] > 0
    assert found["newest_reading"] == found["group_day"] == 0
    assert set(rollup.differences(measured, lambda: rollup.rebuild(measured)).values()) == {0}


def spelt(frame):
    """Return *frame* with categories as the words they stand for."""
    return frame.astype({name: "str" for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)})


def test_the_archive_gives_the_frames_of_the_database(measured, tmp_path):
    """Newest figures, also as of a day, days and running totals are the same from Parquet as from the tables."""
    archive.write(measured, tmp_path / "a")
    day = pd.Timestamp("2026-10-02").date()
    sent = [
        Sent(name, name, "m", "fr-FR", f"channel-of-{name}", (), "published", None, None, None) for name in ("r1", "r2")
    ]
    ask = [
        lambda engine: engine.newest("c"),
        lambda engine: engine.newest("c", day),
        lambda engine: engine.days("c", "impressions"),
        lambda engine: engine.by_channel("c", "impressions", sent),
    ]
    stored = [each(frames.Stored(measured)) for each in ask]
    with engines.chosen("archive", tmp_path / "a", "") as engine:
        found = [each(engine) for each in ask]
    for one, other in zip(stored, found, strict=True):
        assert len(one) > 1
        pd.testing.assert_frame_equal(
            spelt(one), other, check_dtype=False, check_index_type=False, check_column_type=False
        )
    parts = [newest_of([str(path)], "c") for path in archive.files(tmp_path / "a")]  # as a cluster does it
    apart = engines._ordered(engines.newer([engines.newer(parts[:2]), *parts[2:]]))
    pd.testing.assert_frame_equal(spelt(stored[0]), apart, check_dtype=False, check_index_type=False)


FIGURES = st.sampled_from([Figure(5), Figure(9), OVER, Figure(0.18, numerator=216, denominator=1200), Figure()])
PLACES = st.tuples(st.integers(0, 80), st.sampled_from(["r1", "r2"]), st.sampled_from(["reach", "likes"]))


@settings(max_examples=15, deadline=None)
@given(told=st.dictionaries(PLACES, FIGURES, min_size=1), corrected=st.sets(st.integers(0, 30), max_size=3))
def test_days_of_exact_values_and_others_give_the_newest_together(tmp_path_factory, told, corrected):
    """Whether a day's file has exact values alone, bounds, shares or corrections: the newest of a series is right."""
    folder = tmp_path_factory.mktemp("mixed")
    engine = database(folder)
    rows = [row(hours, figure, subject, metric) for (hours, subject, metric), figure in told.items()]
    again = [rows[n]._replace(figure=Figure(3)) for n in sorted(corrected) if n < len(rows)]
    with writing(engine) as connection:
        ledger.import_rows(connection, rows, Receipt("a" * 64, "week1.csv", "Ana Diaz", NOW))
        ledger.import_rows(connection, again, Receipt("b" * 64, "week2.csv", "Ana Diaz", NOW), corrects=True)
        archive.write(connection, folder / "a")
        stored = frames.Stored(connection).newest("c")
    engine.dispose()
    found = engines.Archived(folder / "a").newest("c")

    pd.testing.assert_frame_equal(spelt(stored), found, check_dtype=False, check_index_type=False)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("spark", None, ""), "no engine 'spark'", id="unknown"),
        pytest.param(("archive", None, ""), "none is named", id="no-folder"),
        pytest.param(("archive", "nowhere", ""), "no archive in", id="empty-folder"),
        pytest.param(("dask", "here", ""), "address of the scheduler", id="no-scheduler"),
    ],
)
def test_engines_are_named_with_what_they_need(measured, tmp_path, words, says):
    """An engine that cannot be is a plain error with a cure."""
    archive.write(measured, tmp_path / "here")
    name, folder, scheduler = words
    with pytest.raises(UsageError, match=says), engines.chosen(name, folder and tmp_path / folder, scheduler):
        pass


def test_a_damaged_list_of_imports_is_named(measured, tmp_path):
    """An archive whose list cannot be read is not guessed at."""
    archive.write(measured, tmp_path / "a")
    shutil.copy(tmp_path / "a" / archive.MANIFEST, tmp_path / "good.json")
    assert len(json.loads((tmp_path / "good.json").read_text("utf-8"))["imports"]) == 2
    (tmp_path / "a" / archive.MANIFEST).write_text("{", "utf-8")
    with pytest.raises(Exception, match="damaged"):
        archive.restore(measured, tmp_path / "a")
