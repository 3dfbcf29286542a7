"""Where a web address leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import hosts


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param("https://www.GOV.uk/a/", "gov.uk/a", id="spelling"),
        pytest.param("https://münchen.example", "https://xn--mnchen-3ya.example/", id="a-label"),
        pytest.param("https://gov.uk/%D8%AA", "https://gov.uk/ت", id="encoded"),
        pytest.param("https://gov.uk/a?utm_source=x&b=1", "https://gov.uk/a?b=1", id="our-tags"),
        pytest.param("https://gov.uk./a#part", "https://gov.uk/a", id="root-and-fragment"),
    ],
)
def test_equal_addresses_share_a_key(one: str, two: str) -> None:
    """The same page under another spelling is the same page."""
    assert hosts.address(one).key == hosts.address(two).key


@pytest.mark.parametrize(
    ("host", "like"),
    [
        pytest.param("g\u043ev.uk", "gov.uk", id="cyrillic"),
        pytest.param("g0v.uk", "gov.uk", id="nought"),
        pytest.param("dip1omatie.fr", "diplomatie.fr", id="one"),
        pytest.param("diplornatie.fr", "diplomatie.fr", id="r-and-n"),
    ],
)
def test_what_looks_alike_shares_a_skeleton(host: str, like: str) -> None:
    """A host made to look like another has its skeleton, and is another host."""
    name = hosts.ascii_host(host)
    assert hosts.skeleton(name) == hosts.skeleton(like)
    assert name != like


@given(st.text(alphabet="ahttps:/@[].%#?&=0x-\u0430\u00df\u0627 \ud800", max_size=60))
def test_any_address_is_taken_apart(text: str) -> None:
    """Nothing that somebody calls an address raises; what is no host has none."""
    where = hosts.address(text)
    assert hosts.numeric(where.host) in {True, False}
    assert isinstance(hosts.shown(where.host), str)
    assert hosts.disguised(where.host) in {True, False}
    assert where.host.isascii()
