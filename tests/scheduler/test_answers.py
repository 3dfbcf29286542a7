"""What an answer means, and where a connection may go: data in, a verdict out."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import addresses, answers
from scheduler.publisher import Busy, OutcomeUnknown, PublishFault, Refused

NOW = datetime(2027, 1, 12, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "headers", "effect", "outcome"),
    [
        pytest.param(200, {}, True, None, id="200"),
        pytest.param(204, {}, True, None, id="204"),
        pytest.param(301, {}, True, Refused, id="301"),
        pytest.param(304, {}, True, Refused, id="304"),
        pytest.param(400, {}, True, Refused, id="400"),
        pytest.param(401, {}, True, Refused, id="401"),
        pytest.param(403, {}, True, Refused, id="403"),
        pytest.param(404, {}, True, Refused, id="404"),
        pytest.param(408, {}, True, Busy, id="408-never-taken"),
        pytest.param(410, {}, True, Refused, id="410"),
        pytest.param(422, {}, True, Refused, id="422"),
        pytest.param(425, {}, True, Busy, id="425-never-taken"),
        pytest.param(429, {}, True, Busy, id="429"),
        pytest.param(500, {}, True, OutcomeUnknown, id="500"),
        pytest.param(502, {"Retry-After": "5"}, True, OutcomeUnknown, id="502-even-with-retry-after"),
        pytest.param(503, {}, True, OutcomeUnknown, id="503-without-retry-after"),
        pytest.param(503, {"Retry-After": "5"}, True, Busy, id="503-with-retry-after"),
        pytest.param(504, {}, True, OutcomeUnknown, id="504"),
        pytest.param(500, {}, False, Busy, id="500-of-a-look-up"),
        pytest.param(600, {}, True, OutcomeUnknown, id="600"),
        pytest.param(101, {}, True, OutcomeUnknown, id="101"),
    ],
)
def test_what_a_status_means(
    status: int, headers: dict[str, str], outcome: type[PublishFault] | None, *, effect: bool
) -> None:
    """A status is one of the four outcomes; only 401 and 403 open the breaker."""
    fault = answers.http_fault(status, headers, b"", "host", effect=effect)
    assert (type(fault) if fault else None) is outcome
    if isinstance(fault, Refused):
        assert fault.credential is (status in (401, 403))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"Retry-After": "120"}, 120.0, id="seconds"),
        pytest.param({"Retry-After": " 0 "}, 0.0, id="none"),
        pytest.param({"Retry-After": "-5"}, None, id="negative"),
        pytest.param({"Retry-After": "1.5"}, None, id="fraction"),
        pytest.param({"Retry-After": "999999999"}, answers.LONGEST_WAIT, id="years"),
        pytest.param({"Retry-After": "9" * 5000}, None, id="absurd"),
        pytest.param({"Retry-After": format_datetime(NOW + timedelta(minutes=2), usegmt=True)}, 120.0, id="date"),
        pytest.param({"Retry-After": "Tue, 12 Jan 2027 17:31:00 -0000"}, 60.0, id="date-without-zone"),
        pytest.param({"Retry-After": "Tue, 12 Jan 2027 17:00:00 GMT"}, 0.0, id="past"),
        pytest.param({"Retry-After": "soon"}, None, id="word"),
        pytest.param({"X-RateLimit-Reset": "2027-01-12T17:35:00.000Z"}, 300.0, id="mastodon"),
        pytest.param({"X-RateLimit-Reset": "1799775300"}, None, id="not-an-instant"),
        pytest.param({"Retry-After": "7", "X-RateLimit-Reset": "2027-01-12T17:35:00Z"}, 7.0, id="both"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After is seconds or a date; what cannot be read is None, what is absurd is capped."""
    assert answers.retry_after(headers, NOW) == seconds


@given(st.text(), st.text())
def test_no_header_breaks_the_reading(after: str, reset: str) -> None:
    """Whatever a server writes there, the wait is None or a number of seconds within a week."""
    wait = answers.retry_after({"Retry-After": after, "X-RateLimit-Reset": reset}, NOW)
    assert wait is None or 0 <= wait <= answers.LONGEST_WAIT


@given(st.binary(max_size=3000))
def test_what_a_channel_says_is_one_short_printable_line(body: bytes) -> None:
    """Whatever a server answers, people see one line without control characters, and it is short."""
    said = answers.said(body)
    assert len(said) <= answers.LONGEST
    assert said.isprintable()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b'{"error": "Text too long"}', "Text too long", id="mastodon"),
        pytest.param(b'{"error": "x", "error_description": "The token expired"}', "The token expired", id="oauth"),
        pytest.param(b'{"errors": [1]}', '{"errors": [1]}', id="other-json"),
        pytest.param(b"<html><title>502</title>", "", id="page"),
        pytest.param(b"No\nsuch\tlist\x1b[31m", "No such list [31m", id="controls"),
        pytest.param(b"[" * 100_000, "[" * (answers.LONGEST - 1) + "…", id="deep"),
        pytest.param("\u202egnp.exe".encode(), "gnp.exe", id="bidi-override"),
    ],
)
def test_words_of_an_error(body: bytes, said: str) -> None:
    """The sentence inside a JSON error is kept, a page is not, and nothing can colour or turn the terminal."""
    assert answers.said(body) == said


@pytest.mark.parametrize(
    ("address", "loopback", "anywhere"),
    [
        pytest.param("127.0.0.1", True, True, id="loopback"),
        pytest.param("127.8.8.8", True, True, id="loopback-net"),
        pytest.param("::1", True, True, id="loopback-6"),
        pytest.param("::ffff:127.0.0.1", True, True, id="loopback-mapped"),
        pytest.param("::ffff:169.254.169.254", False, False, id="metadata-mapped"),
        pytest.param("169.254.169.254", False, False, id="metadata"),
        pytest.param("fe80::1", False, False, id="link-local"),
        pytest.param("0.0.0.0", False, False, id="unspecified"),  # noqa: S104 (an address, not a binding)
        pytest.param("::", False, False, id="unspecified-6"),
        pytest.param("224.0.0.1", False, False, id="multicast"),
        pytest.param("192.0.2.1", False, True, id="public"),
        pytest.param("2001:db8::1", False, True, id="public-6"),
    ],
)
def test_where_a_connection_may_go(address: str, *, loopback: bool, anywhere: bool) -> None:
    """A rehearsal and plain http reach this machine alone; nobody reaches addresses that no server has."""
    for only_loopback, allowed in ((True, loopback), (False, anywhere)):
        if allowed:
            addresses.vet("host", address, only_loopback=only_loopback)
        else:
            with pytest.raises(Refused):
                addresses.vet("host", address, only_loopback=only_loopback)
