"""What channels counted, on its way into readings: once, with its instant, and gaps as gaps."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from campaigns import clock
from campaigns.store.engine import reading, writing
from campaigns.store.tables import table
from reports.assessment.evaluation import evaluate
from reports.errors import UnknownCampaign
from reports.metrics import METRICS
from reports.models import NewestReading, Reading, ReadingSeries
from reports.presentation.page import limits
from reports.presentation.words import Words
from reports.records import counted
from scheduler import roster
from scheduler.releases.models import Release
from scheduler.shown.models import Measured
from tests.builders import evaluations

NOW = clock.parse_iso("2027-02-01T12:00:00Z")
RELEASE, MEASURED, SERIES = table(Release), table(Measured), table(ReadingSeries)


@pytest.fixture
def measured(shared):
    """Give a function that writes what the channel of the first Mastodon release gave: hours, counts or why not."""
    with writing(shared) as connection:
        evaluations.apply_campaign(connection, evaluations.document())
        found = connection.execute(select(RELEASE.c.id, RELEASE.c.channel).order_by(RELEASE.c.id)).first()
        channels = counted.table(counted.Channel)
        connection.execute(update(channels).where(channels.c.id == found.channel).values(kind="mastodon"))

    def write(hours: float, counts: dict[str, int], gap: str = "") -> Any:
        row = {"release": found.id, "at": NOW + timedelta(hours=hours), "counts": counts, "gap": gap}
        with writing(shared) as connection:
            connection.execute(insert(MEASURED), row)
        return found

    return write


def brought(engine: Any) -> int:
    with writing(engine) as connection:
        found = counted.bring_in(connection, evaluations.document().campaign, "amina", NOW)
    return found.added if found else 0


def kept(engine: Any, metric: str) -> list[Any]:
    rows = table(Reading)
    with reading(engine) as connection:
        statement = select(rows.c.at, rows.c.value).join(SERIES, SERIES.c.id == rows.c.series)
        return list(connection.execute(statement.where(SERIES.c.metric == metric).order_by(rows.c.at)).all())


def test_what_publishers_count_are_metrics():
    """Every metric that a kind of channel declares is one that reports know, of a release, as a count."""
    for kind in roster.KINDS:
        for name in roster.capabilities(kind).measures:
            assert METRICS[name].additive, (kind, name)


def test_counts_come_in_once_with_their_instants(shared, measured):
    """Each poll is a snapshot of its instant under the kind of channel; a second time brings nothing."""
    release = measured(1, {"likes": 3, "reshares": 0, "comments": 1})
    measured(6, {"likes": 5, "reshares": 1, "comments": 1})

    assert counted.waiting(shared, evaluations.document().campaign)
    assert (brought(shared), brought(shared)) == (6, 0)
    assert not counted.waiting(shared, evaluations.document().campaign)
    assert kept(shared, "likes") == [(NOW + timedelta(hours=1), 3.0), (NOW + timedelta(hours=6), 5.0)]
    with reading(shared) as connection:
        rows = connection.execute(select(SERIES.c.subject, SERIES.c.source).distinct()).all()
    assert rows == [(release.id, "mastodon")]


def test_what_is_new_is_added_to_what_is_there(shared, measured):
    """A later poll adds its own figures alone, and the newest counts."""
    measured(1, {"likes": 3, "reshares": 0, "comments": 0})
    assert brought(shared) == 3
    measured(30, {"likes": 9, "reshares": 0, "comments": 0})
    assert brought(shared) == 3
    newest = table(NewestReading)
    with reading(shared) as connection:
        statement = select(newest.c.last_value).join(SERIES, SERIES.c.id == newest.c.series)
        assert connection.execute(statement.where(SERIES.c.metric == "likes")).scalar_one() == 9


def test_a_gap_is_no_figure_and_the_report_says_so(shared, measured):
    """A poll that failed is kept without a value, never as a zero; the report tells how many, when and why."""
    found = measured(1, {"likes": 3, "reshares": 0, "comments": 0})
    measured(6, {}, "It does not answer.")
    brought(shared)

    assert kept(shared, "likes") == [(NOW + timedelta(hours=1), 3.0), (NOW + timedelta(hours=6), None)]
    with reading(shared) as connection:
        evaluation = evaluate(connection, evaluations.document().campaign)
    (gap,) = evaluation.gaps
    assert (gap.channel, gap.gaps, gap.asked, gap.why) == (found.channel, 1, 2, "It does not answer.")
    for language in ("en", "fr", "ar"):
        assert any("It does not answer." in each for each in limits(evaluation, Words(language)))


def test_a_count_that_the_channel_left_out_is_none(shared, measured):
    """What a channel does not say is missing for that metric alone."""
    measured(1, {"likes": 3})
    brought(shared)

    assert kept(shared, "likes") == [(NOW + timedelta(hours=1), 3.0)]
    assert kept(shared, "comments") == [(NOW + timedelta(hours=1), None)]


def test_a_campaign_that_is_not_there_is_refused(shared):
    """Nothing is brought in for a campaign that nobody applied."""
    with writing(shared) as connection, pytest.raises(UnknownCampaign):
        counted.bring_in(connection, "nobody", "amina", NOW)
