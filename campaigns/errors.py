"""
The error tree, shaped by what the caller can do about it.

    CordialeError               message, hint, where            exit 1
    ├── InvalidDocument         a file says something wrong     exit 1   (carries every complaint)
    ├── Refused                 an act the rules do not allow   exit 1
    │   ├── StalePlan           the world moved since the plan
    │   └── NotTrusted          a key, signature or trust file does not hold
    ├── UsageError              the command's words are off     exit 2
    └── EnvironmentFault        database, network, credential, disk    exit 3
        ├── DatabaseFault       absent, locked, older or newer than the code
        └── MissingExtra        an optional package is not installed

Upper floors derive their own errors from these. Every error says what happened to whose thing
(`message`), what to do (`hint`), and the place in a file where there is one (`where`).
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, order=True)
class Where:
    """A place in a file: lines and columns count from 1; 0 means not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        numbers = [str(n) for n in (self.line, self.column) if n]
        return ":".join([self.file, *numbers])


class CordialeError(Exception):
    """Something went wrong that a person can mend; shown without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", where: Where | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}" + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True, order=True)
class Complaint:
    """One thing that is wrong with a document, and how to mend it."""

    where: Where
    message: str
    hint: str = ""
    severity: str = "error"  #: error | warning

    def __str__(self) -> str:
        return f"{self.where} {self.message}" + (f"; {self.hint}" if self.hint else "")


class InvalidDocument(CordialeError):
    """A document cannot be used; carries every complaint about it, in file order."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = sorted(complaints)
        first = self.complaints[0]
        more = len(self.complaints) - 1
        also = f" (and {more} more)" if more else ""
        super().__init__(first.message + also, first.hint, first.where)


class Refused(CordialeError):
    """The rules do not allow this act now."""


class StalePlan(Refused):
    """The database moved since the plan was made; make a new plan."""


class NotTrusted(Refused):
    """A key, a signature or a trust file does not hold."""


class UsageError(CordialeError):
    """The command's words do not make sense together."""

    exit_code = 2


class EnvironmentFault(CordialeError):
    """Something outside the campaign is missing or broken."""

    exit_code = 3


class DatabaseFault(EnvironmentFault):
    """The database is absent, locked, or of another version than the code."""


class MissingExtra(EnvironmentFault):
    """An optional package is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra '{extra}', which is not installed.",
            f"Install it with: pip install 'cordiale[{extra}]'",
        )
