"""The checkout as the house tests see it: its files, and the syntax trees of its modules."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("campaigns", "content", "scheduler", "reports")  #: from the ground up


@cache
def files() -> tuple[Path, ...]:
    """Return the files of the checkout that git does not ignore; all of them where there is no git."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, capture_output=True, check=True, text=True).stdout.split("\0")
        found = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        ours = [ROOT / part for part in (*FLOORS, "tests", ".ci")]
        found = [path for part in ours for path in part.rglob("*") if "__pycache__" not in path.parts]
        found += list(ROOT.iterdir())
    return tuple(sorted(path for path in found if path.is_file()))


@cache
def modules(*parts: str) -> tuple[Path, ...]:
    """Return the Python files below the folders *parts* (examples are data)."""
    examples = ROOT / "campaigns" / "examples"
    inside = [path for path in files() if path.suffix == ".py" and examples not in path.parents]
    return tuple(path for path in inside if path.relative_to(ROOT).parts[0] in parts)


@cache
def syntax(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name_of(path: Path) -> str:
    """Return the dotted name of a module: `campaigns.plan.apply`."""
    dotted = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return dotted.removesuffix(".__init__")


def shown(path: Path, line: int = 0) -> str:
    """Return a place for a message: `campaigns/clock.py:12`."""
    return f"{path.relative_to(ROOT).as_posix()}" + (f":{line}" if line else "")
