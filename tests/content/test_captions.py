"""Caption files: what players read, and what is wrong by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.captions import Captions, read
from tests.builders.pictures import CAPTIONS

CUE = "00:01.000 --> 00:04.000\nWords.\n"


def test_a_file_that_players_read_has_its_cues() -> None:
    """Header, note, a cue with and one without a name."""
    assert read(CAPTIONS.encode()) == Captions(2, 0.0, 4.5)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"WEBVTT\n\n{CUE}", id="plain"),
        pytest.param(f"\ufeffWEBVTT - Film\n\n{CUE}", id="mark-and-title"),
        pytest.param(f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0\n\n{CUE}", id="header-lines"),
        pytest.param(f"WEBVTT\r\n\r\n{CUE}".replace("\n", "\r\n").replace("\r\r", "\r"), id="windows"),
        pytest.param(f"WEBVTT\n\nSTYLE\n::cue {{ color: red }}\n\n{CUE}", id="style"),
        pytest.param("WEBVTT\n\n01:00:01.000 --> 01:00:04.000 align:start line:10%\nWords.\n", id="hours-and-settings"),
        pytest.param("WEBVTT\n\n00:01.000 --> 00:04.000\n<v Amina>خسر داعش أرضه.</v>", id="no-last-line"),
    ],
)
def test_what_players_read_has_no_fault(text: str) -> None:
    """What the format allows passes."""
    found = read(text.encode())

    assert (found.cues, found.faults) == (1, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "line 1: it does not begin with WEBVTT", id="empty"),
        pytest.param(f"1\n{CUE}", "line 1: it does not begin with WEBVTT", id="srt"),
        pytest.param("WEBVTT\n", "it holds no cue", id="no-cue"),
        pytest.param(
            "WEBVTT\n\n00:01,000 --> 00:04,000\nA\n", "line 3: write its times as 00:01.000 --> 00:04.000", id="commas"
        ),
        pytest.param("WEBVTT\n\nWords.\n", "line 3: it is neither a cue with its times nor a note", id="no-times"),
        pytest.param("WEBVTT\n\n00:04.000 --> 00:01.000\nA\n", "line 3: it ends before it begins", id="reversed"),
        pytest.param(
            f"WEBVTT\n\n00:05.000 --> 00:06.000\nA\n\n{CUE}", "line 6: it begins before the cue above it", id="order"
        ),
        pytest.param("WEBVTT\n\n00:01.000 --> 00:04.000\n", "line 3: it says nothing", id="no-words"),
        pytest.param("WEBVTT\n\n00:61.000 --> 01:04.000\nA\n", "line 3: write its times as", id="sixty-one-seconds"),
    ],
)
def test_what_is_wrong_is_said_by_line(text: str, fault: str) -> None:
    """Each fault names its line."""
    assert read(text.encode()).faults[0].startswith(fault)


def test_what_is_no_text_is_said() -> None:
    """Neither other encodings nor NULs nor gigabytes are read."""
    assert read(b"WEBVTT\n\n\xff").faults == ("line 3: it is not UTF-8",)
    assert read(b"WEBVTT\n\n\0").faults == ("line 3: it holds a NUL",)
    assert read(b"WEBVTT" + b" " * 2_000_001).faults == ("it has more than 2,000,000 octets",)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"WEBVTT\n\n{text}".encode()))
def test_noise_never_raises(data: bytes) -> None:
    """Whatever the octets, faults come back, at most five."""
    assert len(read(data).faults) <= 5


@given(st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(1, 60_000)), min_size=1, max_size=8))
def test_times_are_read_as_they_are_written(cues: list[tuple[int, int]]) -> None:
    """Milliseconds in, the same seconds out."""

    def written(ms: int) -> str:
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

    cues = sorted(cues)
    body = "\n".join(f"{written(start)} --> {written(start + length)}\nA\n" for start, length in cues)
    found = read(f"WEBVTT\n\n{body}".encode())

    assert found.faults == ()
    assert found.last == pytest.approx(max(start + length for start, length in cues) / 1000)
