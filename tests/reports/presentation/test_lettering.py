"""Letters as outlines are those that matplotlib draws by its own means: shaped, ordered, spaced."""

import re

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from reports.presentation import lettering


def corners(text):
    """Return every point of *text*'s outlines, from the paths that go into an SVG."""
    found = []
    for glyph, x, y in lettering.line(text).glyphs:
        pairs = re.findall(r"(-?[\d.]+) (-?[\d.]+)", lettering.outline(glyph))
        found += [(float(right) + x, float(up) + y) for right, up in pairs]
    return np.array(found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AV 1,234.5 %", id="kerned Latin"),
        pytest.param("Édité à Nîmes · 12 €", id="French"),
        pytest.param("الشباب البالغون في فرنسا", id="joined Arabic"),
        pytest.param("الشباب 18-24 (UK)", id="both directions"),
    ],
)
def test_letters_are_those_of_matplotlib(text):
    """The same box and the same number of points, to a hundredth of a unit."""
    theirs = TextPath((0, 0), text, size=lettering.EM, prop=FontProperties("DejaVu Sans"))
    kept = theirs.vertices[theirs.codes != 79]
    ours = corners(text)
    assert len(ours) == len(kept)
    assert np.allclose(ours.min(axis=0), kept.min(axis=0), atol=0.02)
    assert np.allclose(ours.max(axis=0), kept.max(axis=0), atol=0.02)


def test_a_line_is_as_wide_as_its_letters():
    """Width follows the size of the font, and of several lines it is the widest one's."""
    assert lettering.width("mmm", 10) == pytest.approx(3 * lettering.width("m", 10), rel=0.01)
    assert lettering.width("m\nmmm", 20) == 2 * lettering.width("mmm", 10)
    assert lettering.width("", 11) == 0


def test_a_letter_the_font_lacks_is_a_box():
    """An emoji has an outline all the same."""
    (glyph, _, _), *_ = lettering.line("🫡").glyphs
    assert lettering.outline(glyph).startswith("M")


def test_a_number_alone_has_no_room_for_what_sets_it_apart():
    """A number set apart is as wide as the number: on an axis it stands where its tick is."""
    assert lettering.line("\u206663%\u2069") == lettering.line("63%")
    assert lettering.line("\u206663%\u2069 أ").glyphs != lettering.line("63% أ").glyphs
