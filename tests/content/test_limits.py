"""Limits, and measuring against them."""

from datetime import date, timedelta

import pytest

from content import limits
from content.formats import FORMATS, field
from content.limits import LIMITS, STALE_AFTER
from content.measure import Measured, measure


def test_every_row_says_who_says_so() -> None:
    """Each limit has a positive value, a source, a day, and is hard or soft; no two rows say the same."""
    assert all(limit.value > 0 and limit.source and limit.firmness in {"hard", "soft"} for limit in LIMITS)
    assert len({(limit.kind, limit.field, limit.unit, limit.firmness) for limit in LIMITS}) == len(LIMITS)


def test_every_row_is_about_something_that_has_a_name() -> None:
    """Each row's field is one that findings can name, and every row was read before today."""
    today = date(2026, 11, 26)
    assert {limit.field for limit in LIMITS} <= set(limits.FIELDS)
    assert all(limit.checked_on <= today and not limit.stale(today) for limit in LIMITS)
    assert all(row.checked_on <= today and row.source for row in FORMATS.values())


@pytest.mark.parametrize("kind", [row.kind for row in FORMATS.values() if row.types])
def test_every_kind_of_file_that_is_taken_has_a_size(kind: str) -> None:
    """A file that a channel takes is held to a size there."""
    assert all(limits.of(kind, field(each)) for each in FORMATS[kind].types)


def test_a_row_is_stale_after_180_days() -> None:
    """A row is fresh for 180 days, and stale on the next."""
    row = LIMITS[0]
    assert not row.stale(row.checked_on + STALE_AFTER)
    assert row.stale(row.checked_on + STALE_AFTER + timedelta(days=1))


@pytest.mark.parametrize(
    "kind", ["mastodon", "smtp", "feed", "webhook", "outbox", "x", "bluesky", "threads", "telegram", "sms"]
)
def test_every_kind_has_limits(kind: str) -> None:
    """Each kind of channel has at least one row."""
    assert kind in limits.KINDS


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        pytest.param(
            "mastodon",
            "see https://example.org/very/long/path",
            Measured(27, 500, "Mastodon characters", hard=True),
            id="mastodon",
        ),
        pytest.param("x", "👍", Measured(2, 280, "weighted characters", hard=True), id="x"),
        pytest.param("bluesky", "é" * 10, Measured(10, 300, "graphemes", hard=True), id="bluesky-graphemes"),
        pytest.param(
            "bluesky",
            "👨\u200d👩\u200d👧\u200d👦" * 130,
            Measured(3250, 3000, "octets", hard=True),
            id="bluesky-octets",
        ),
        pytest.param("telegram", "😀", Measured(2, 4096, "UTF-16 units", hard=True), id="telegram"),
        pytest.param("sms", "خ" * 71, Measured(2, 6, "text message parts", hard=True), id="sms"),
        pytest.param("threads", "🇫🇷", Measured(8, 500, "Threads characters", hard=True), id="threads"),
        pytest.param("carrier-pigeon", "coo", Measured(3, None, "characters", hard=False), id="unknown-kind"),
    ],
)
def test_measure_counts_in_the_channels_unit(kind: str, text: str, expected: Measured) -> None:
    """A text is counted in the unit of its channel; of two limits the one that is over, or fuller, is told."""
    assert measure(kind, text) == expected


def test_a_hard_limit_that_is_over_comes_before_a_soft_one() -> None:
    """A subject that no mail may have is told as such, not as a long one."""
    assert measure("smtp", "x" * 80, "headline") == Measured(80, 70, "characters", hard=False)
    assert measure("smtp", "x" * 999, "headline").hard


def test_the_servers_word_wins() -> None:
    """What the server declared replaces the hard limit and the length of a link."""
    server = {"text": 11, "link": 10}
    assert measure("mastodon", "a https://example.org", server=server) == Measured(
        12, 11, "Mastodon characters", hard=True
    )
    assert measure("mastodon", "a https://example.org", server=server).over == 1
