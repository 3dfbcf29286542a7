"""The manners of the house, as far as a machine can see them."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import tree

LONGEST = 350  #: lines of a module in the four floors
TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".cfg",
    ".html",
    ".txt",
    ".css",
    ".svg",
    ".csv",
    ".lock",
    ".sh",
    ".jinja",
    ".j2",
    "",
}
#: Written so that this file does not find itself.
LEFT_OVER = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b")
OF_A_MACHINE = re.compile(r"(?<![\w.:/])/(wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|tm[p])/\w")
REGISTRY = re.compile(r"pyp[i]\.org|pythonho[s]ted|registry\.npm[j]s|deb\.deb[i]an", re.IGNORECASE)
CLOCK = tree.ROOT / "campaigns" / "clock.py"
#: Ways past the one door to the clock. `time.monotonic` measures spans; it is no clock.
PAST_THE_DOOR = re.compile(r"(datetime|date)\.(now|utcnow|today|utcfromtimestamp)|time\.(time|time_ns|localtime)")


def matches(pattern: re.Pattern[str], *, without: tuple[str, ...] = ()) -> list[str]:
    """Return file:line of every line that *pattern* finds in the texts of the checkout."""
    found = []
    for path in tree.files():
        if path.suffix in TEXT and path.name not in without:
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
                if pattern.search(line):
                    found.append(f"{tree.shown(path, number)} {line.strip()[:80]}")
    return found


def every_test() -> list[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Return every test function with its file."""
    return [
        (path, node)
        for path in tree.modules("tests")
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


def test_nothing_is_left_for_later():
    """What is not done is in an issue, not in a comment. Two files have to say these words."""
    assert matches(LEFT_OVER, without=("pyproject.toml", "tlds.txt")) == []


def test_no_path_of_a_machine():
    """The tree reads the same wherever it is checked out."""
    assert matches(OF_A_MACHINE) == []


def test_no_registry_is_named():
    """Where packages come from is the machine's business."""
    assert matches(REGISTRY) == []


def test_modules_fit_in_the_hand():
    """A noun that outgrows its file becomes a folder. A migration is one file, and never rewritten."""
    long = {
        tree.shown(path): lines
        for path in tree.modules(*tree.FLOORS)
        if "migrations" not in path.parts and (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }

    assert long == {}


def test_packages_say_what_lives_there_and_nothing_else():
    """`__init__.py` is one docstring: it re-exports nothing, so that imports show where things are."""
    inits = [path for path in tree.modules(*tree.FLOORS) if path.name == "__init__.py"]
    guilty = [
        tree.shown(path)
        for path in inits
        if ast.get_docstring(tree.syntax(path)) is None or len(tree.syntax(path).body) != 1
    ]

    assert inits
    assert guilty == []


def test_every_folder_of_modules_is_a_package():
    """A folder without `__init__.py` would be found by accident, and left out of the wheel."""
    folders = {path.parent for path in tree.modules(*tree.FLOORS)}
    without = [tree.shown(folder) for folder in folders if not (folder / "__init__.py").is_file()]

    assert [name for name in without if "migrations" not in name] == []


def test_one_door_to_the_clock():
    """Only `campaigns.clock` asks what time it is; everybody else is told, or asks there."""
    guilty = [
        f"{tree.shown(path, node.lineno)} {ast.unparse(node.func)}"
        for path in tree.modules(*tree.FLOORS)
        if path != CLOCK
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.Call) and PAST_THE_DOOR.fullmatch(ast.unparse(node.func).removeprefix("datetime."))
    ]

    assert guilty == []


def test_no_error_is_swallowed_whole():
    """No bare `except`, and no `except Exception` whose body does nothing."""
    guilty = [
        tree.shown(path, node.lineno)
        for path in tree.modules(*tree.FLOORS, "main.py")
        for node in ast.walk(tree.syntax(path))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (
                ast.unparse(node.type) in {"Exception", "BaseException"}
                and all(isinstance(line, ast.Pass | ast.Continue) for line in node.body)
            )
        )
    ]

    assert guilty == []


def test_every_test_states_its_rule():
    """The docstring of a test is the rule it proves."""
    found = every_test()
    silent = [f"{tree.shown(path, node.lineno)} {node.name}" for path, node in found if not ast.get_docstring(node)]

    assert found
    assert silent == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "base", "manager"])
def test_no_module_is_named_after_nothing(name):
    """A file is named after its noun."""
    assert [tree.shown(path) for path in tree.modules(*tree.FLOORS) if name in {path.stem, path.parent.name}] == []
