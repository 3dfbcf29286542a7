"""How a rendering stands, and how much room it takes."""

from dataclasses import replace

import pytest

from content.preview import prepared
from content.preview.prepared import Standing
from tests.builders import previews as builder


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((), Standing.READY),
        ((builder.WAIVED,), Standing.READY),
        ((builder.WAIVED, builder.DOUBTED), Standing.LOOK),
        ((builder.DOUBTED, builder.BLOCKED), Standing.BLOCKED),
        ((replace(builder.BLOCKED, waived="Agreed."),), Standing.READY),
    ],
    ids=["none", "waived", "warning", "blocking", "blocking-and-waived"],
)
def test_a_rendering_stands_as_its_gravest_finding(findings, expected):
    """What was waived does not count."""
    assert replace(builder.clean("post"), findings=findings).standing is expected


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ([], "0 renderings: none."),
        ([Standing.READY], "1 rendering: 1 ready."),
        ([Standing.BLOCKED] * 2 + [Standing.LOOK], "3 renderings: 1 to look at, 2 may not go out as they are."),
    ],
    ids=["nothing", "one", "some"],
)
def test_the_sum_is_a_sentence(standings, expected):
    """What there is none of is not mentioned."""
    counted = prepared.Tally()
    for standing in standings:
        counted.add(standing)
    assert counted.sentence() == expected


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("mail", ["Subject", "HTML part"]),
        ("post", ["Text"]),
        ("text message", ["Text"]),
        ("feed entry", ["Title"]),
        ("press notice", ["Text"]),
    ],
)
def test_each_text_that_has_a_limit_is_measured(drawn, expected):
    """A meter stands for whatever the channel limits; where nothing is limited, the text is counted."""
    assert [name for name, _ in prepared.measures(builder.clean(drawn))] == expected
