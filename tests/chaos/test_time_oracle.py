"""Every minute of every zone we plan in, 2026 to 2040, against an independent reading of the zone files."""

import os
import time

import pytest

from tests.builders import zone_data
from tests.campaigns.calendar.oracle import Zone, compare
from tests.campaigns.calendar.test_oracle import OTHERS, ZONES

#: All of them take about 45 s of a processor each; the short form asks the one whose clocks skip midnight.
ASKED = ("Africa/Cairo",) if os.environ.get("CORDIALE_CHAOS") == "short" else ZONES + OTHERS

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("zone", ASKED)
def test_every_minute_from_2026_to_2040(zone):
    """Each wall minute is refused, asked about or resolved as the oracle counts it; each day begins and ends so."""
    began = time.perf_counter()
    with zone_data.reading():
        known = Zone(zone)
        told = compare(known, range(known.first, known.last + 1))
    seconds = time.perf_counter() - began
    print(f"\n{zone}: {told.minutes:,} minutes, {told.never} never, {told.twice} twice, {seconds:.0f} s")  # noqa: T201 (figures)

    assert told.wrong == []
    assert told.minutes == len(known.times)
    assert (told.never, told.twice) == ((known.times == 0).sum(), (known.times == 2).sum())
