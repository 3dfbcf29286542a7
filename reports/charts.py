"""
Charts as SVG that stands in a page: paths only, a title, a text alternative, and the same bytes for the same data.

Colours are Okabe and Ito's, always with a hatch, a marker or a line style beside them. Ink is `currentColor`, so that
a chart follows the page into dark mode and onto paper.
"""

import html
import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

INK, RULE, PAPER = "#010203", "#040506", "#070809"  #: stand for the page's own colours until the SVG is written
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 1)))
WIDTH = 8.4  #: inches: 605 units of the SVG
LETTER = 0.0125  #: of the width of bars, with their names beside them
_BEHIND = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}  #: keeps a label readable across a line
_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "cordiale",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": RULE,
    "hatch.color": INK,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,
    "text.usetex": False,
}


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its ends, and what is written beside it."""

    name: str
    value: float  #: the least it can be, where only bounds are known
    text: str
    upper: float | None = None  #: the most it can be
    mark: float | None = None  #: what was due, or the target


@dataclass(frozen=True)
class Line:
    """One running total: its name, and a value for each day, None before its first."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Labels:
    """The words of a chart, and how its numbers and days are written."""

    title: str
    description: str  #: the text alternative
    axis: str
    number: Callable[[float], str]
    day: Callable[[date], str] = str
    mark: str = ""  #: what `Bar.mark` stands for
    target: str = ""  #: what the line at `goal` stands for


def bars(rows: Sequence[Bar], labels: Labels, name: str, goal: float | None = None) -> str:
    """Return horizontal bars; a bar of which only bounds are known ends in an outlined stretch. *goal* is a line."""
    widest = max([0.0, goal or 0.0, *(max(row.value, row.upper or 0.0, row.mark or 0.0) for row in rows)])
    ends = min(0.0, *(row.value for row in rows)) * 1.1, (widest or 1.0) * 1.32

    def draw(axes: Any) -> None:
        for place, row in enumerate(rows):
            start, end = min(0.0, row.value), max(0.0, row.value)
            look = {"height": 0.58, "edgecolor": INK, "linewidth": 0.8}
            axes.barh(place, end - start, left=start, color=COLOURS[0], **look)
            if row.upper is not None and row.upper > row.value:
                axes.barh(place, row.upper - row.value, left=row.value, color="none", hatch="////", **look)
            if row.mark is not None:
                axes.plot([row.mark] * 2, [place - 0.42, place + 0.42], color=COLOURS[5], linewidth=3, zorder=4)
            furthest = _clear(max(end, row.upper or 0.0), row, goal, ends)
            axes.annotate(
                row.text, (furthest, place), (6, 0), textcoords="offset points", va="center", zorder=5, bbox=_BEHIND
            )
        if goal is not None:
            axes.axvline(goal, color=INK, linewidth=1.4, linestyle="--", zorder=3)
        axes.set_yticks(range(len(rows)), [row.name for row in rows])
        axes.invert_yaxis()
        axes.set_xlabel(labels.axis)
        axes.set_xlim(*ends)
        _number_axis(axes.xaxis, labels.number)
        axes.grid(axis="x", linewidth=0.6)
        keys = [(labels.target, "--", INK, 1.4)] if goal is not None and labels.target else []
        if labels.mark and any(row.mark is not None for row in rows):
            keys.append((labels.mark, "-", COLOURS[5], 3))
        _legend(axes, keys)

    return _svg(draw, labels, name, 1.25 + 0.52 * len(rows))


def _clear(end: float, row: Bar, goal: float | None, ends: tuple[float, float]) -> float:
    """Return where what is written beside a bar begins: at its *end*, or beyond a line that would run through it."""
    room = LETTER * len(row.text) * (ends[1] - ends[0])
    for line in sorted(each for each in (row.mark, goal) if each is not None):
        if end < line < end + room:
            end = line
    return end


def lines(days: Sequence[Any], rows: Sequence[Line], labels: Labels, name: str) -> str:
    """Return running totals over *days* (dates), each named at its end."""

    def draw(axes: Any) -> None:
        from matplotlib import dates

        as_date: Callable[[float], Any] = dates.num2date
        locator: Callable[..., Any] = dates.AutoDateLocator
        ends = []
        for place, row in enumerate(rows):
            drawn = [float("nan") if value is None else value for value in row.values]
            axes.plot(
                days, drawn, color=COLOURS[place % 6], linestyle=DASHES[place % 6], linewidth=2, label=row.name,
                marker=MARKERS[place % 6], markevery=max(1, len(days) // 8), markeredgecolor=INK, markeredgewidth=0.6,
            )  # fmt: skip
            ends.append(drawn[-1])
        axes.set_ylim(0, max([1.0, *(end for end in ends if end == end)]) * 1.12)  # noqa: PLR0124 (nan is not itself)
        axes.set_ylabel(labels.axis)
        axes.xaxis.set_major_locator(locator(minticks=2, maxticks=6))
        axes.xaxis.set_major_formatter(lambda value, _: labels.day(as_date(value).date()))
        _number_axis(axes.yaxis, labels.number)
        axes.grid(axis="y", linewidth=0.6)
        axes.legend(loc="upper left", frameon=False, fontsize=10, handlelength=3.2)

    return _svg(draw, labels, name, 3.6)


def _number_axis(axis: Any, number: Callable[[float], str]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(float(value))))


def _legend(axes: Any, keys: list[tuple[str, Any, str, float]]) -> None:
    from matplotlib.lines import Line2D

    if keys:
        handles = [Line2D([], [], color=colour, linestyle=style, linewidth=width) for _, style, colour, width in keys]
        axes.legend(
            handles,
            [key[0] for key in keys],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=2,
            frameon=False,
            fontsize=10,
        )


def _svg(draw: Callable[[Any], None], labels: Labels, name: str, height: float) -> str:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)  # an odd letter in a name: a box, no crash
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0)
        axes.set_axisbelow(True)
        draw(axes)
        target = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(target, format="svg", transparent=True, metadata=nothing)
    return _inline(target.getvalue(), labels, name)


def _inline(svg: str, labels: Labels, name: str) -> str:
    """Cut a whole SVG file down to an element of a page: its own ids, the page's colours, a title and a description."""
    body = svg[svg.index("<svg") :]
    box = re.search(r'viewBox="([^"]+)"', body)
    inner = body[body.index(">") + 1 : body.rindex("</svg>")]
    for element in ("metadata", "style"):  # the style would speak to the whole page
        inner = re.sub(rf"<{element}\b.*?</{element}>", "", inner, flags=re.DOTALL)
    inner = re.sub(r"<!--.*?-->", "", inner, flags=re.DOTALL)
    inner = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', inner)
    inner = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', inner)
    inner = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", inner)
    inner = inner.replace(INK, "currentColor").replace(RULE, "var(--rule)").replace(PAPER, "var(--paper)")
    inner = re.sub(r"\n\s*", "\n", inner)
    title, description = html.escape(labels.title), html.escape(labels.description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'style="stroke-linejoin:round;stroke-linecap:butt" viewBox="{box[1] if box else ""}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>{inner}</svg>'
    )
