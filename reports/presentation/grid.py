"""A table as a page, a workbook and a PDF show it."""

from dataclasses import dataclass

Cell = str | tuple[str, str]  #: a text, or a figure and what is written small below it


@dataclass(frozen=True)
class Grid:
    """A table in words: the first cell of a row names it, and numbers stand right."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int]  #: columns set right
    remarks: tuple[str, ...] = ()
