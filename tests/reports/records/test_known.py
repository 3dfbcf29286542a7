"""Figures of many releases are kept as columns, and say to the last bit what they would say one by one."""

from datetime import UTC, datetime, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.assessment.findings import findings
from reports.assessment.waves import of_entry
from reports.intake.subjects import Sent
from reports.metrics import METRICS
from reports.records import frames
from reports.records.blocks import Block
from reports.records.known import known
from reports.records.series import gather, subjects, with_rates

STARTS = datetime(2026, 10, 1, tzinfo=UTC)
ASKED = (
    "impressions", "reach", "views", "video_completions", "engagements", "link_clicks", "click_through_rate",
    "minutes_viewed", "recall_rate", "no_longer_known",
)  # fmt: skip
CHANNELS, LOCALES, MESSAGES, AUDIENCES = ("one", "other"), ("ar", "fr-FR"), ("m", "n"), ("young", "old")

sent = st.lists(
    st.builds(
        Sent,
        id=st.sampled_from([f"r{number}" for number in range(12)]),
        name=st.just("name"),
        message=st.sampled_from(MESSAGES),
        locale=st.sampled_from(LOCALES),
        channel=st.sampled_from(CHANNELS),
        audiences=st.sampled_from([("young",), ("old",), AUDIENCES]),
        state=st.just("published"),
        published_at=st.none(),
        remote_id=st.none(),
        remote_url=st.none(),
        entry=st.sampled_from(["wave1", "wave2"]),
        variant=st.sampled_from("ab"),
    ),
    unique_by=lambda each: each.id,
    max_size=12,
)
exact = st.tuples(st.integers(0, 10**15).map(float), st.none(), st.none(), st.just("exact"))
parts = st.tuples(st.floats(0, 1e6), st.none(), st.none(), st.just("exact"))
loose = st.sampled_from(
    [(5.0, 5.0, None, "over"), (None, 0.0, 10.0, "under"), (9.0, 8.5, 9.5, "about"), (4.0, 1.0, 9.0, "exact")]
)
rows = st.lists(
    st.tuples(
        st.sampled_from([*(("release", f"r{n}") for n in range(12)), ("audience", "young"), ("channel", "one")]),
        st.sampled_from(ASKED),
        st.sampled_from(["", "", "", "", "", "", "", '{"country":"NA"}', '{"audience":"old"}']),
        st.sampled_from(["x", "x", "x", "x", "x", "x", "y"]),
        st.one_of(exact, exact, exact, parts, loose),
        st.integers(1, 1000),
        st.integers(0, 3000),
        st.booleans(),
    ),
    unique_by=lambda row: row[:4],
    max_size=60,
)  # fmt: skip


def frame_of(found):
    """Return rows as `frames.newest` does."""
    made = []
    for (kind, subject), metric, split, source, figure, asked, hours, counted in found:
        value, lower, upper, qualifier = figure
        top = bottom = None
        if metric.endswith("_rate"):
            value, lower, upper, qualifier = (asked - 1) / asked, None, None, "exact"
            top, bottom = (float(asked - 1), float(asked)) if counted else (None, None)
        at = STARTS + timedelta(hours=hours)
        made.append(
            (
                kind,
                subject,
                metric,
                split,
                source,
                at.date().isoformat(),
                at,
                value,
                lower,
                upper,
                qualifier,
                top,
                bottom,
            )
        )
    frame = pd.DataFrame(sorted(made, key=lambda row: row[:5]), columns=list(frames.NEWEST))
    numbers = [name for name in frames.FIGURE if name != "qualifier"]
    frame = frame.astype(dict.fromkeys(numbers, "float64"))
    frame["last_at"] = pd.to_datetime(frame["last_at"], utc=True)
    return frame


SCOPES = [
    {},
    *({"channel": name} for name in CHANNELS),
    *({"audience": name} for name in AUDIENCES),
    {"message": "m"},
    {"locale": "ar", "channel": "one"},
    {"channel": "nowhere"},
]


@settings(max_examples=300, deadline=None)
@given(rows, sent)
def test_columns_say_what_single_series_say(found, releases):
    """Whatever is measured of whatever releases: each figure, bound, estimate and note is that of the series."""
    frame = frame_of(found)
    plain = with_rates(frames.as_series(frame, releases))
    columns = known(frame, releases)
    assert sum(each.many for each in columns) == len(plain)
    assert subjects(columns) == subjects(plain)
    for metric in METRICS.values():
        for scope in SCOPES:
            for size in (None, 100, 10**16):
                assert gather(metric, columns, scope, size) == gather(metric, plain, scope, size)
    assert findings(columns, [], releases) == findings(plain, [], releases)
    for entry in ("wave1", "wave2"):
        ours, theirs = (of_entry(entry, releases, each) for each in (columns, plain))
        for metric in METRICS.values():
            assert gather(metric, ours, {}) == gather(metric, theirs, {})


def test_plain_releases_are_columns():
    """A release with one source and exact numbers is in a block; one with a split or a bound is not."""
    found = [
        (("release", f"r{number}"), "impressions", "", "x", (10.0, None, None, "exact"), 1, 5, False)
        for number in range(8)
    ]
    found.append((("release", "r9"), "impressions", "", "x", (10.0, 10.0, None, "over"), 1, 5, False))
    found.append((("release", "r7"), "impressions", '{"country":"NA"}', "x", (1.0, None, None, "exact"), 1, 5, False))
    blocks = [each for each in known(frame_of(found), []) if isinstance(each, Block)]
    assert [each.many for each in blocks] == [7]
    assert blocks[0].whole().value == 70
