"""
Text as outlines, shaped and ordered as its script wants it: an SVG of them needs no font where it is shown.

The font is the one that matplotlib carries, which has Latin, Greek, Cyrillic and Arabic; its own loader of fonts
shapes (HarfBuzz) and orders (Unicode Standard Annex 9). Only that loader is used: to import what draws with it takes
longer than a whole report. A test holds what is written here to what matplotlib itself draws.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font, GlyphIndexType

EM = 100  #: units of a letter's outline to the font's size
_ISOLATE, _ISOLATE_ENDS = "\u2066", "\u2069"  #: around a number with its sign
_MOVE, _LINE, _CURVE, _CUBIC, _CLOSE = 1, 2, 3, 4, 79  #: as matplotlib numbers the steps of a path
_STEPS = {_MOVE: ("M", 1), _LINE: ("L", 1), _CURVE: ("Q", 2), _CUBIC: ("C", 3)}  #: letter and points of each


@dataclass(frozen=True)
class Line:
    """One line of text: how wide it is in units of EM, and which glyph stands where."""

    width: float
    glyphs: tuple[tuple["GlyphIndexType", float, float], ...]  #: number, x, y


@cache
def font() -> "FT2Font":
    """Return the font, at the size in which outlines are given."""
    import matplotlib as mpl
    from matplotlib.ft2font import FT2Font

    found = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    found.set_size(EM, 72)
    return found


@cache
def line(text: str) -> Line:
    """Return *text* as glyphs from left to right; a letter that the font lacks is its box."""
    from matplotlib.ft2font import LoadFlags

    if text.startswith(_ISOLATE) and text.find(_ISOLATE_ENDS) == len(text) - 1:
        text = text[1:-1]  # alone it needs no setting apart, and the mark has a width here
    set_in = font()
    laid_out = set_in._layout(text, LoadFlags.NO_HINTING)  # noqa: SLF001 (no public call says which glyph goes where)
    glyphs = tuple((each.glyph_index, each.x, each.y) for each in laid_out)
    if not glyphs:
        return Line(0.0, ())
    last = set_in.load_glyph(glyphs[-1][0], flags=LoadFlags.NO_HINTING)
    return Line(glyphs[-1][1] + last.linearHoriAdvance / 65536, glyphs)


@cache
def outline(glyph: "GlyphIndexType") -> str:
    """Return the path of a glyph as SVG writes it, y up, in units of EM."""
    from matplotlib.ft2font import LoadFlags

    font().load_glyph(glyph, flags=LoadFlags.NO_HINTING)
    points, steps = font().get_path()
    places, codes = points.tolist(), steps.tolist()
    written, at = [], 0
    while at < len(codes):
        if codes[at] == _CLOSE:
            written.append("z")
            at += 1
            continue
        letter, many = _STEPS[codes[at]]
        written.append(letter + " ".join(f"{short(x)} {short(y)}" for x, y in places[at : at + many]))
        at += many
    return "".join(written)


def width(text: str, size: float) -> float:
    """Return how wide the widest line of *text* is in a font of *size*."""
    return max(line(each).width for each in text.split("\n")) * size / EM


def short(number: float) -> str:
    """Return a coordinate with two decimals at most."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
