"""The list of publishers."""

import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.errors import CordialeError
from scheduler import roster

PROBE = """
import sys
from scheduler import roster
for kind in roster.KINDS:
    roster.capabilities(kind)
    roster.help_for(kind)
print(sorted({"aiohttp", "aiosmtplib"} & set(sys.modules)))
"""


def test_reading_the_roster_loads_no_network_client() -> None:
    """`plan` and `status` ask what channels can do, and stay quick."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=root, capture_output=True, text=True, check=True, timeout=240
    )
    assert done.stdout.strip() == "[]"


def test_kinds_are_listed_once_in_order() -> None:
    """The list is explicit, and its order is the one people see."""
    posted = ("smtp", "govuk-notify", "kannel", "webhook", "mastodon", "bluesky", "matrix", "telegram", "wordpress")
    assert (*posted, "feed", "partner-pack", "apprise", "outbox") == roster.KINDS


@pytest.mark.parametrize(("kind", "words"), [("mastodn", "Did you mean 'mastodon'?"), ("fax", "There is no publisher")])
def test_an_unknown_kind_names_the_nearest_and_all(kind: str, words: str) -> None:
    """A slip of the pen is met with the nearest kind, and with the whole list."""
    with pytest.raises(CordialeError) as caught:
        roster.capabilities(kind)
    assert words in caught.value.message
    for known in roster.KINDS:
        assert known in caught.value.hint
