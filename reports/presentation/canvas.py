"""
A drawing as SVG that stands in a page: paths only, a title, a text alternative, and the same bytes for the same data.

Ink is `currentColor`, rules and paper are the page's own, so that a drawing follows the page into dark mode and onto
paper. Every id begins with the drawing's name.
"""

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from reports.presentation import lettering
from reports.presentation.lettering import EM, short

if TYPE_CHECKING:
    from matplotlib.ft2font import GlyphIndexType

INK, RULE, PAPER = "currentColor", "var(--rule)", "var(--paper)"
SIZE = 11.0  #: of letters, in units of the drawing
LEADING = 1.2  #: from line to line, in sizes
_MIDDLE = 0.364  #: half the height of a capital
_PAD = 1.5

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
_SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}
_HATCH = (
    '<pattern id="{name}-hatch" patternUnits="userSpaceOnUse" width="6" height="6">'
    '<path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" style="fill:none;stroke:currentColor;stroke-width:.6"/></pattern>'
)


class Canvas:
    """A drawing under way; y goes down, units are points."""

    def __init__(self, name: str, width: float, height: float) -> None:
        self.name, self.width, self.height = name, width, height
        self.parts: list[str] = []
        self.letters: dict[GlyphIndexType, None] = {}
        self.hatched = False
        self.clips: list[str] = []

    def line(self, points: Sequence[Point], colour: str = RULE, width: float = 0.6, dash: str = "") -> None:
        """Draw a line through *points*."""
        self.path(_through(points), f"fill:none;stroke:{colour};stroke-width:{short(width)}", dash)

    def curve(self, runs: Iterable[Sequence[Point]], colour: str, width: float, dash: str, clip: str) -> None:
        """Draw a line that has gaps, cut off at the edge that *clip* names."""
        drawn = "".join(_through(points) for points in runs)
        if drawn:
            look = f"fill:none;stroke:{colour};stroke-width:{short(width)};stroke-linejoin:round"
            self.path(drawn, look, dash, f' clip-path="url(#{clip})"')

    def path(self, drawn: str, style: str, dash: str = "", more: str = "") -> None:
        """Draw a path as SVG writes it."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{drawn}"{dashes}{more} style="{style}"/>')

    def box(self, corner: Point, width: float, height: float, fill: str) -> None:
        """Draw a rectangle with an edge of ink; *fill* is a colour, or "hatch"."""
        self.hatched |= fill == "hatch"
        filled = f"url(#{self.name}-hatch)" if fill == "hatch" else fill
        self._rectangle(corner, width, height, f"fill:{filled};stroke:{INK};stroke-width:.8")

    def clip(self, corner: Point, width: float, height: float) -> str:
        """Return the id of an edge at which curves are cut off."""
        identity = f"{self.name}-clip{len(self.clips) or ''}"
        self.clips.append(f'<clipPath id="{identity}">{_rectangle(corner, width, height)}</clipPath>')
        return identity

    def text(
        self, at: Point, text: str, anchor: Anchor = "start", *, size: float = SIZE, upright: bool = True,
        behind: bool = False,
    ) -> None:  # fmt: skip
        """Set *text* with its middle at *at*; several lines lie below each other. *behind* keeps it readable."""
        lines = text.split("\n")
        shift = _SHIFT[anchor]
        if behind:
            wide, high = lettering.width(text, size) + 2 * _PAD, size * LEADING * len(lines) + 2 * _PAD
            corner = (at[0] - shift * (wide - 2 * _PAD) - _PAD, at[1] - high / 2)
            self._rectangle(corner, wide, high, f"fill:{PAPER}")
        turn = "" if upright else f'transform="translate({short(at[0])} {short(at[1])}) rotate(-90)"'
        if turn:
            self.parts.append(f"<g {turn}>")
        x, y = at if upright else (0.0, 0.0)
        for place, each in enumerate(lines):
            down = y + (place - (len(lines) - 1) / 2) * size * LEADING + size * _MIDDLE
            self._set(each, x - shift * lettering.width(each, size), down, size)
        if turn:
            self.parts.append("</g>")

    def svg(self, title: str, description: str) -> str:
        """Return the drawing as an element of a page."""
        name = self.name
        defined = [f'<path id="{name}-g{glyph}" d="{lettering.outline(glyph)}"/>' for glyph in self.letters]
        defined += [_HATCH.format(name=name)] if self.hatched else []
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
            f'viewBox="0 0 {short(self.width)} {short(self.height)}" '
            f'aria-labelledby="{name}-title" aria-describedby="{name}-desc">\n'
            f'<title id="{name}-title">{html.escape(title)}</title><desc id="{name}-desc">{html.escape(description)}'
            f"</desc>\n<defs>{''.join([*defined, *self.clips])}</defs>\n" + "\n".join(self.parts) + "\n</svg>"
        )

    def _set(self, text: str, x: float, y: float, size: float) -> None:
        set_in, scale = lettering.line(text), size / EM
        used = []
        for glyph, right, up in set_in.glyphs:
            if lettering.outline(glyph):
                self.letters[glyph] = None
                place = f' x="{short(right)}"' + (f' y="{short(-up)}"' if up else "")
                used.append(f'<use xlink:href="#{self.name}-g{glyph}"{place}/>')
        if used:
            turned = f"translate({short(x)} {short(y)}) scale({short(scale)} {short(-scale)})"
            self.parts.append(f'<g style="fill:{INK}" transform="{turned}">{"".join(used)}</g>')

    def _rectangle(self, corner: Point, width: float, height: float, style: str) -> None:
        self.parts.append(_rectangle(corner, width, height, f' style="{style}"'))


def _rectangle(corner: Point, width: float, height: float, more: str = "") -> str:
    x, y = corner
    return f'<rect x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"{more}/>'


def _through(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points) if points else ""
