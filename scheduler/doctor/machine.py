"""The machine: Python, the data that calendars are made from, the disk, and what may be installed beside."""

import zoneinfo
from importlib import import_module, metadata
from pathlib import Path

from campaigns.errors import EnvironmentFault, MissingExtra
from scheduler.doctor.finding import Finding, missing

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 2**30  #: bytes of disk below which it is warned of
DATED = ("tzdata", "hijridate", "holidays")  #: packages whose age decides what the calendar says
#: Extra -> the module that it brings, and what needs it. A test holds it to pyproject.toml.
EXTRAS = {
    "postgres": ("psycopg", "A PostgreSQL database"),
    "demo": ("aiosmtpd", "The demo's mail server"),
    "stats": ("scipy", "A regression"),
    "archive": ("duckdb", "Reading and writing Parquet"),
    "cluster": ("duckdb", "A report made on several machines"),
    "pdf": ("weasyprint", "A report on paper"),
    "apprise": ("apprise", "The kind 'apprise'"),
    "media": ("pdqhash", "Comparing pictures by what they look like"),
}


def python(version: tuple[int, ...]) -> Finding:
    """Judge the Python that runs this."""
    said = f"Python {'.'.join(str(each) for each in version)}"
    if version[:2] >= OLDEST_PYTHON:
        return Finding("python", "ok", said)
    cure = "Install Python 3.11 or newer, and Cordiale in it."
    return Finding("python", "missing", f"{said} is too old.", cure, EnvironmentFault.exit_code)


def packages(names: tuple[str, ...] = DATED) -> Finding:
    """Tell the versions of *names*, or which of them is not there."""
    try:
        said = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    except metadata.PackageNotFoundError as error:
        message = f"The package {error.name} is not installed."
        return missing("packages", EnvironmentFault(message, "Install Cordiale anew, with all that it needs."))
    return Finding("packages", "ok", said)


def zones(system: str | None, package: str) -> Finding:
    """Judge whose time zones are read, given both versions: the *system*'s come first where it has any."""
    if system is None:
        return Finding("time zones", "ok", f"version {package}, of the package tzdata")
    if not system or system >= package:
        return Finding("time zones", "ok", f"version {system or 'unknown'}, of the system")
    message = f"The system's time zones, version {system}, are read before the package's, version {package}."
    cure = "Update the system's tzdata, or let PYTHONTZPATH be empty; the clocks of a country may have changed."
    return Finding("time zones", "warning", message, cure, 1)


def of_the_system(folders: tuple[str, ...] = zoneinfo.TZPATH) -> str | None:
    """Return the version of the zones in the first of *folders* that has any, "" if it does not say; else None."""
    for folder in map(Path, folders):
        if (folder / "Europe" / "Paris").is_file():
            try:
                with (folder / "tzdata.zi").open(encoding="ascii") as file:
                    mark, _, version = file.readline().strip().rpartition(" ")
            except (OSError, UnicodeDecodeError):
                return ""
            return version if mark == "# version" else ""
    return None


def of_the_package() -> str:
    """Return the version of the zones that come with Cordiale."""
    return str(vars(import_module("tzdata"))["IANA_VERSION"])


def disk(free: int) -> Finding:
    """Judge the space that is left, in bytes."""
    said = f"{free / 2**30:.1f} GiB free"
    if free >= LEAST_FREE:
        return Finding("disk", "ok", said)
    return Finding("disk", "warning", f"Only {said}.", "Make room: on a full disk nothing is published.", 1)


def upkeep(autovacuum: str) -> Finding:
    """Judge whether a PostgreSQL server cleans its tables up, by its setting."""
    if autovacuum == "on":
        return Finding("upkeep", "ok", "the database server cleans its tables up")
    message = "The database server leaves dead rows in its tables: autovacuum is off."
    cure = "Set `autovacuum = on` on the server; else every claim reads what earlier ones left behind, ever slower."
    return Finding("upkeep", "warning", message, cure, 1)


def optional(name: str, *, installed: bool) -> Finding:
    """Say of an extra whether it is there, and how to get it; nobody has to have one."""
    if installed:
        return Finding(f"extra {name}", "ok", "installed")
    needed = MissingExtra(EXTRAS[name][1], name)
    return Finding(f"extra {name}", "ok", needed.message, needed.hint)
