"""What the headings of a table mean, what is wrong with them, and the cells of a row by that meaning."""

from collections.abc import Iterable, Iterator, Mapping

from reports.cells.layout import Layout
from reports.cells.sheet import Record, Sheet
from reports.errors import Unreadable
from reports.snapshot import Fault
from reports.source import nearest

#: Headings under which exports name persons; what stands there is never read.
PERSONS = frozenset(
    {
        "author", "author name", "from", "journalist", "name", "posted by", "recipient", "sent by", "sent by email",
        "user", "user name", "username",
    }
)  # fmt: skip


def meanings(sheet: Sheet, layout: Layout, known: Mapping[str, str]) -> list[str]:
    """Return what each heading means: as declared, or as *known* (in lower case); "" for a column that is not read."""
    declared = {heading.casefold(): meaning for heading, meaning in layout.columns.items()}
    found = []
    for cell in sheet.heading.cells:
        heading = cell.casefold().replace("\u2019", "'")
        meaning = declared.get(cell.casefold()) or known.get(heading, "")
        found.append("" if meaning == "-" else meaning)
    return found


def declared_badly(sheet: Sheet, layout: Layout, known: tuple[str, ...]) -> Iterator[Fault]:
    """Give a fault for each declared heading that is not there, or means nothing of *known*."""
    present = {cell.casefold() for cell in sheet.heading.cells}
    line = sheet.heading.line
    for heading, meaning in layout.columns.items():
        if heading.casefold() not in present:
            message = f"there is no heading '{heading}' to declare"
            yield Fault(line, 0, message, nearest(heading, tuple(sheet.heading.cells)) or "see the file's first row")
        elif meaning not in known and meaning != "-":
            message = f"'{heading}' is declared to mean '{meaning}', which is neither a metric nor a key"
            yield Fault(line, 0, message, nearest(meaning, known) or "see `cordiale readings metrics`")


def meant_twice(sheet: Sheet, found: list[str]) -> Iterator[Fault]:
    """Give a fault for each heading that means what an earlier one means already."""
    for position, meaning in enumerate(found):
        if meaning and meaning in found[:position]:
            first, second = sheet.heading.cells[found.index(meaning)], sheet.heading.cells[position]
            message = f"the headings '{first}' and '{second}' both mean {meaning}"
            hint = f"leave one out, or declare it: --column '{second}=-'"
            yield Fault(sheet.heading.line, position, message, hint)


def lacking(sheet: Sheet, found: list[str], needed: Mapping[str, str], layout: Layout) -> Iterator[Fault]:
    """Give a fault for each of *needed* (meaning -> what it is, in words) that neither a heading nor the layout has."""
    for meaning, words in needed.items():
        if meaning not in found and meaning not in layout.always:
            hint = f"add such a column, or declare one: --column 'HEADING={meaning}'"
            yield Fault(sheet.heading.line, 0, f"there is no column that says {words}", hint)


def unread(sheet: Sheet, found: list[str]) -> tuple[str, ...]:
    """Return the headings that mean nothing."""
    return tuple(name for name, meaning in zip(sheet.heading.cells, found, strict=True) if name and not meaning)


def badly_headed(
    sheet: Sheet, layout: Layout, found: list[str], known: tuple[str, ...], needed: Mapping[str, str]
) -> list[Fault]:
    """Return all that is wrong with the headings of a table whose columns mean *found*."""
    return [
        *declared_badly(sheet, layout, known),
        *meant_twice(sheet, found),
        *lacking(sheet, found, needed, layout),
    ]


def faults_of(record: Record, found: list[str], wrong: Iterable[tuple[str, Unreadable]]) -> Iterator[Fault]:
    """Give a fault for each cell that is *wrong*, by its meaning, at its place in the row."""
    for name, each in wrong:
        yield Fault(record.line, found.index(name) if name in found else 0, each.message, each.hint)


def cells_of(record: Record, found: list[str], always: Mapping[str, str]) -> dict[str, str]:
    """Return what a row says by meaning; an empty cell gives way to what the layout says of every row."""
    cells = dict(zip(found, record.cells, strict=True))
    return {**cells, **{name: value for name, value in always.items() if not cells.get(name)}} if always else cells
