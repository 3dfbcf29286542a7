"""The floors stand on one another: imports and foreign keys point down, and the packages are ours."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from tests.house import tree

LINTER = Path(sys.executable).parent / "lint-imports"


def imported(path: Path) -> set[str]:
    """Return the top-level names that a module imports, late imports included."""
    names = set()
    for node in ast.walk(tree.syntax(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def models() -> dict[str, str]:
    """Return table -> module, for every module that declares one."""
    declaring = [tree.name_of(path) for path in tree.modules(*tree.FLOORS) if "table=True" in path.read_text("utf-8")]
    for name in declaring:
        importlib.import_module(name)
    return {
        mapper.local_table.name: mapper.class_.__module__
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__ in declaring
    }


def test_every_import_contract_is_kept():
    """`lint-imports` finds no import that points up, sideways into a plugin, or past a door."""
    done = subprocess.run(
        [LINTER, "--no-cache"], cwd=tree.ROOT, capture_output=True, text=True, timeout=280, check=False
    )

    assert done.returncode == 0, done.stdout


def test_nobody_imports_the_front_door():
    """`main` knows the floors; no floor knows `main`."""
    guilty = [tree.shown(path) for path in tree.modules(*tree.FLOORS) if "main" in imported(path)]

    assert guilty == []


@pytest.mark.parametrize("floor", tree.FLOORS)
def test_each_floor_is_the_one_of_this_checkout(floor):
    """Packages of the same names exist elsewhere; what is imported here is ours."""
    found = Path(importlib.import_module(floor).__file__)

    assert found == tree.ROOT / floor / "__init__.py"


def test_foreign_keys_point_down():
    """A row may refer to its own floor or to one below, never up."""
    module_of = models()
    rank = {floor: height for height, floor in enumerate(tree.FLOORS)}
    upwards = [
        f"{name} -> {key.column.table.name}"
        for name, module in module_of.items()
        for key in SQLModel.metadata.tables[name].foreign_keys
        if rank[module_of[key.column.table.name].split(".")[0]] > rank[module.split(".")[0]]
    ]

    assert module_of
    assert upwards == []
