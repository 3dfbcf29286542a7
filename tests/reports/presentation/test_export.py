"""No cell of a CSV file is ever a live formula, and a number stays a number."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.presentation.export import csv_text


def back(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param("=HYPERLINK(1)", "'=HYPERLINK(1)", id="formula"),
        pytest.param("+33 1", "'+33 1", id="plus"),
        pytest.param("-1+1", "'-1+1", id="minus"),
        pytest.param("@stopdaech", "'@stopdaech", id="account"),
        pytest.param("\t=1", "'\t=1", id="tab-before-it"),
        pytest.param('a "b", c', 'a "b", c', id="quotes-and-commas"),
        pytest.param("a\nb", "a\nb", id="two-lines"),
        pytest.param(None, "", id="missing"),
        pytest.param(-0.25, "-0.25", id="negative-number"),
        pytest.param(60_000.0, "60000", id="whole-number"),
        pytest.param(float("inf"), "", id="no-upper-bound"),
    ],
)
def test_cells(cell, written):
    """Text that a spreadsheet would run is disarmed; numbers are plain; what is not known is empty."""
    assert back(csv_text(("a", "b"), [(cell, "end")])) == [["a", "b"], [written, "end"]]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")), min_size=1, max_size=4))
def test_any_text_comes_back_and_never_runs(row):
    """Whatever people wrote is kept, behind an apostrophe where it would run."""
    (found,) = back(csv_text([], [[*row, "end"]]))[1:]
    for written, cell in zip(found, row, strict=False):
        assert written.removeprefix("'") == cell.removeprefix("'") or written == cell
        assert not written.startswith(("=", "+", "-", "@", "\t"))
