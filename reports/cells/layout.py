"""
How a file of readings is to be read, where that is not seen from its headings: a small YAML file, or options.

    source: x-export            # whose figures they are
    columns: {Total plays: views, Internal note: "-"}
    always: {subject_kind: channel, subject: fr-social}     # for cells that the file does not have
    decimal: ","                # 1.234,5
    percent: [CTR]              # 48.77 in this column means 48.77 %
    zone: Europe/Paris          # of times that name no offset, and of days
    dates: day-first            # 03/04/2027 is 3 April
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from campaigns.calendar.wall_time import clocks_of
from campaigns.errors import Complaint, InvalidDocument, UsageError, Where

KEYS = "source, kind, columns, always, encoding, separator, decimal, percent, zone, dates, sheet"


class Layout(BaseModel):
    """What is declared of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field("", max_length=100)  #: the readings' source, unless a row or a note says another
    kind: str = ""  #: a source's id; "" to see it from the headings
    columns: dict[str, str] = Field(default_factory=dict)  #: heading -> what it means; "-" for nothing
    always: dict[str, str] = Field(default_factory=dict)  #: cells that every row has: subject_kind, subject, at, ...
    encoding: str = ""  #: of a CSV file; UTF-8 where it is ""
    separator: Literal["", ",", ";", "\t"] = ""
    decimal: Literal["", ".", ","] = ""  #: "" where every figure says it itself
    percent: tuple[str, ...] = ()  #: headings, or metrics, whose bare numbers are per cent
    zone: str = ""  #: IANA; UTC for days, and no bare times, where it is ""
    dates: Literal["", "day-first", "month-first"] = ""  #: how 03/04/2027 is read; not at all where it is ""
    sheet: str = ""  #: of a workbook; the first where it is ""


def load(path: Path) -> Layout:
    """
    Read a mapping file.

    Raises:
        InvalidDocument: If it says something that a mapping has not.
        UsageError: If there is no such file.
    """
    import ryaml

    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        message = f"There is no mapping file {path}."
        raise UsageError(message, "Write one; `cordiale readings import --help` shows its keys.") from None
    except UnicodeDecodeError:
        raise InvalidDocument([Complaint(Where(path.name), "the mapping is not UTF-8", "save it as UTF-8")]) from None
    try:
        said = ryaml.loads(text)  # type: ignore[attr-defined]  # re-exported without saying so
    except (ryaml.InvalidYamlError, ValueError, RecursionError) as error:  # type: ignore[attr-defined]  # the same
        raise InvalidDocument([Complaint(Where(path.name), f"not YAML: {error}", "mend that line")]) from None
    return made(said or {}, path.name)


def made(said: object, file: str) -> Layout:
    """
    Return the layout that *said* declares; *file* is where it stands.

    Raises:
        InvalidDocument: If it says something that a mapping has not.
    """
    if not isinstance(said, dict):
        raise InvalidDocument([Complaint(Where(file), "a mapping is keys and values", f"its keys are {KEYS}")])
    try:
        layout = Layout.model_validate(said)
        if layout.zone:
            clocks_of(layout.zone)
    except ValidationError as error:
        complaints = []
        for each in error.errors():
            key = ".".join(str(part) for part in each["loc"])
            complaints.append(Complaint(Where(file), f"{key}: {each['msg'].lower()}", f"the keys are {KEYS}"))
        raise InvalidDocument(complaints) from None
    except LookupError:  # ZoneInfoNotFoundError
        message = f"there is no time zone '{said['zone']}'"
        raise InvalidDocument([Complaint(Where(file), message, "write it as Europe/Paris")]) from None
    return layout
