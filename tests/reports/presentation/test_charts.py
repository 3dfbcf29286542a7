"""Charts are markup that reads without its picture, and the same bytes for the same figures."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from reports.presentation import charts
from reports.presentation.charts import Bar, Labels, Line

LABELS = Labels("Reach: <b> & more", "A: 5; B: between 2 and 9.", "Reach", lambda value: f"{value:g}", target="Target")
BARS = (Bar("الشباب البالغون", 5, "5"), Bar("B\nof two lines", 2, "between 2 and 9", 9, 4), Bar("C", -1, "-1"))


def lines():
    days = [date(2026, 11, 1) + timedelta(days=each) for each in range(5)]
    rows = [Line("fr-social", [1, 2, 3, 4, 5]), Line("uk-partners", [None, None, 2, 2, 2])]
    return charts.lines(days, rows, LABELS, "time")


@pytest.mark.parametrize("draw", [lambda: charts.bars(BARS, LABELS, "reach", 8), lines], ids=["bars", "lines"])
def test_a_chart_reads_without_its_picture(draw):
    """Well-formed SVG with a title, a text alternative, ids of its own, paths for letters, and the page's colours."""
    svg = draw()
    root = ET.fromstring(svg)  # noqa: S314 (our own chart)
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    assert root.find("s:title", space).text == LABELS.title
    assert root.find("s:desc", space).text == LABELS.description
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    name = ids[0].partition("-")[0]
    assert all(each.startswith(f"{name}-") for each in ids)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= set(ids)
    assert not root.findall(".//s:text", space)
    assert not root.findall(".//s:style", space)
    assert "currentColor" in svg
    assert {"var(--rule)", "var(--paper)"} & set(re.findall(r"var\([^)]*\)", svg))
    assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= set(charts.COLOURS)


def test_colour_never_stands_alone():
    """A stretch of bounds is hatched, lines differ in dash and marker, and each bar has its value in words."""
    assert "<pattern" in charts.bars(BARS, LABELS, "reach")
    assert len(set(charts.MARKERS)) == len(set(map(str, charts.DASHES))) == len(charts.COLOURS)
    assert "stroke-dasharray" in lines()


def test_a_chart_is_the_same_in_another_process():
    """Bytes do not depend on the process: no clock, no random id, no hash seed."""
    program = (
        "from reports.presentation import charts\n"
        "labels = charts.Labels('t', 'd', 'a', lambda value: f'{value:g}')\n"
        "print(charts.bars([charts.Bar('A', 5, '5'), charts.Bar('B', 2, '2', 9)], labels, 'x', 8))\n"
    )
    labels = Labels("t", "d", "a", lambda value: f"{value:g}")
    here = charts.bars([Bar("A", 5, "5"), Bar("B", 2, "2", 9)], labels, "x", 8)
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert there.strip() == here


def test_a_letter_no_font_has_is_no_crash():
    """An emoji in a name draws a box; warnings are errors here, and there is none."""
    assert "<svg" in charts.bars([Bar("🫡 salute", 1, "1"), Bar("B", 2, "2")], LABELS, "odd")


@pytest.mark.parametrize(
    ("bar", "goal", "begins"),
    [
        (Bar("A", 15, "15 · Behind", mark=19), 100, 19),
        (Bar("A", 15.8, "15.8 (79 of 500)"), 18, 18),
        (Bar("A", 15.8, "15.8 (79 of 500)", mark=17), 18, 18),
        (Bar("A", 60, "60", mark=30), 100, 60),
        (Bar("A", 60, "60"), None, 60),
    ],
    ids=["a-mark-in-the-way", "the-goal-in-the-way", "both", "nothing-in-the-way", "no-line"],
)
def test_no_line_runs_through_a_number(bar, goal, begins):
    """What is written beside a bar begins beyond the line of the goal or of what was due, where it would cross it."""
    widest = max(bar.value, bar.mark or 0, goal or 0)
    assert charts._clear(bar.value, bar, goal, (0, widest * 1.32)) == begins


def test_nothing_is_drawn_outside():
    """Long names, long values and many channels have room: no letter lies beyond the drawing's edges."""
    long = [Bar("a name of many words\nthat goes on", 3, "between 1,000,000 and 2,000,000 · on track", 9), *BARS]
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(400)]
    rows = [Line(f"channel-of-a-long-name-{n}", [float(n)] * 400) for n in range(7)]
    for svg in (charts.bars(long, LABELS, "a", 40), charts.lines(days, rows, LABELS, "b")):
        wide, high = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
        upright = re.sub(r'<g transform="[^"]*rotate.*?</g>\s*</g>', "", svg, flags=re.DOTALL)
        placed = re.findall(r"translate\(([-\d.]+) ([-\d.]+)\) scale\(([\d.]+) [^>]*>(.*?)</g>", upright)
        assert len(placed) > 5
        for x, y, scale, letters in placed:
            last = max(float(each) for each in re.findall(r'x="([\d.]+)"', letters))
            assert 0 <= float(x) <= wide
            assert float(y) <= high
            assert float(x) + last * float(scale) <= wide
