"""What commands print: tables on a terminal, JSON where asked. Figures align right; colour carries no meaning alone."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer


def show_json(data: Any) -> None:
    """Print *data* as JSON, letters as they are."""
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def show_table(
    headers: Sequence[str], rows: Iterable[Sequence[object]], *, figures: Sequence[int] = (), title: str = ""
) -> None:
    """Print a table; *figures* are the columns that align right. In a pipe nothing is cut."""
    import sys

    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for index, header in enumerate(headers):
        table.add_column(header, justify="right" if index in figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*[_plain(cell) for cell in row])
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 240, soft_wrap=False)
    console.print(table)


def _plain(cell: object) -> str:
    from rich.markup import escape

    return "" if cell is None else escape(str(cell))


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 release`, `3 releases`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def me() -> str:
    """Return who is at the keyboard, as the system knows them: what acts are logged under where nobody is named."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as containers have
        return f"user-{os.getuid()}"


@contextmanager
def counting(title: str) -> Iterator[Callable[[int], None]]:
    """Show that something is under way and how much of it is done, on a terminal; in a pipe, nothing."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*shown, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda count: progress.advance(task, count)
