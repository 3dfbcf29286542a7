"""A CSV file is text with places; what is not is refused with the place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import InvalidDocument
from reports.cells import sheet
from reports.snapshot import Fault

CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters='#"\r\n', exclude_categories=["Cs", "Cc"]))


def rows(raw):
    """Return every row of a CSV file, and refuse it where a row is at fault."""
    read = sheet.parse(raw, "f.csv")
    found = list(read.records())
    faults = [each for each in found if isinstance(each, Fault)]
    if faults:
        raise InvalidDocument(read.complaints(faults))
    return found


@pytest.mark.parametrize(
    ("raw", "place", "says"),
    [
        pytest.param(b"a,b\n1,caf\xe9\n", "f.csv:2:6", "not UTF-8", id="latin-1"),
        pytest.param("a,b\n1,2\n".encode("utf-16")[:-1], "f.csv:2", "not utf-16", id="half-a-letter"),
        pytest.param(b"", "f.csv:1", "no heading", id="empty"),
        pytest.param(b"# a note: only\n", "f.csv:1", "no heading", id="notes-only"),
        pytest.param(b"a,b\n1\n", "f.csv:2:1", "has 1 cells where the heading has 2", id="short-row"),
        pytest.param(b"a,b\n1,2,3\n", "f.csv:2:3", "has 3 cells where the heading has 2", id="long-row"),
        pytest.param(b"a,A\n1,2\n", "f.csv:1:3", "is there twice", id="heading-twice"),
        pytest.param(b'a,b\n1,"2\n', "f.csv:2", "not CSV", id="open-quotation"),
    ],
)
def test_refuses_what_is_no_csv(raw, place, says):
    """Each fault has its place, and a cure."""
    with pytest.raises(InvalidDocument) as refusal:
        rows(raw)
    complaint = refusal.value.complaints[0]
    assert str(complaint.where) == place
    assert says in complaint.message
    assert complaint.hint


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_notes(mark, separator):
    """Comma, semicolon and tab are seen in the heading; notes before it are kept; a byte-order mark is no letter."""
    text = f"# Source: survey wave 1\n\nid{separator}value\n1{separator}2\n"
    read = sheet.parse(mark + text.encode(), "f.csv")
    assert read.notes == {"source": "survey wave 1"}
    assert read.heading.cells == ["id", "value"]
    assert [(record.line, record.cells) for record in read.records()] == [(4, ["1", "2"])]


def test_places_count_characters_over_quotes_and_lines():
    """A cell's place holds behind a quoted separator, and behind a cell of several lines."""
    read = sheet.parse('a,b,c\n"x,\ny",é,z\n'.encode(), "f.csv")
    (record,) = read.records()
    found = read.complaints([Fault(record.line, cell, "x") for cell in (2, 0, 1)])
    assert [str(each.where) for each in found] == ["f.csv:3:6", "f.csv:2:1", "f.csv:3:4"]


@given(st.lists(st.tuples(CELL, CELL), max_size=8))
def test_cells_come_back_as_written(rows):
    """Whatever letters a cell has, it is read as that text."""
    text = "a,b\n" + "".join(f'"{one}","{two}"\n' for one, two in rows)
    read = sheet.parse(text.encode(), "f.csv")
    kept = [[one.strip(), two.strip()] for one, two in rows if one.strip() or two.strip()]
    assert [record.cells for record in read.records()] == kept
