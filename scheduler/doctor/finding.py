"""One thing that the doctor looked at: how it is, and what mends it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from campaigns.errors import CordialeError, EnvironmentFault, InvalidDocument


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "missing"]
    message: str
    cure: str = ""
    exit_code: int = 0  #: what it asks for: 0 nothing, 1 something is to be done, 3 the environment is broken


def worst(findings: Iterable[Finding]) -> int:
    """Return the exit code of all *findings*."""
    return max((each.exit_code for each in findings), default=0)


def missing(what: str, error: CordialeError, more: str = "") -> Finding:
    """Return what *error* says as a finding; *more* is added to its cure."""
    message, hint = error.message, error.hint
    if isinstance(error, InvalidDocument):
        errors = [each for each in error.complaints if each.severity == "error"]
        others = f" (and {len(errors) - 1:,} more)" if len(errors) > 1 else ""
        message, hint = f"{errors[0].where} {errors[0].message}{others}", errors[0].hint
    return Finding(what, "missing", message, " ".join(filter(None, (hint, more))), error.exit_code)


def guarded(what: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what *look* finds; what stops it is a finding, too."""
    try:
        yield from look()
    except CordialeError as error:
        yield missing(what, error)
    except OSError as error:
        message = f"{error.filename or what} cannot be read: {error.strerror}."
        yield Finding(what, "missing", message, "Let the user that runs Cordiale read it.", EnvironmentFault.exit_code)
