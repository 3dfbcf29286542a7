"""Each table has one writer: whoever wants to know who changes a row reads one file."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from tests.house import tree
from tests.house.test_layers import models

#: table -> the module that writes it.
WRITERS = {
    "adjustment": "campaigns.plan.apply",
    "approval": "campaigns.signoff.approvals",
    "approval_subject": "campaigns.signoff.approvals",
    "attempt": "scheduler.releases.ledger",
    "audience": "campaigns.plan.apply",
    "blackout": "campaigns.plan.apply",
    "budget_line": "campaigns.plan.apply",
    "campaign": "campaigns.plan.apply",
    "campaign_channel": "campaigns.plan.apply",
    "carried_learning": "campaigns.plan.apply",
    "causal_link": "campaigns.plan.apply",
    "channel": "campaigns.plan.apply",
    "channel_state": "scheduler.engine.rates",
    "comment": "scheduler.review.comments",
    "crew": "scheduler.engine.crew",
    "daily_reading": "reports.records.rollup",
    "earlier_form": "scheduler.releases.earlier",
    "event": "campaigns.audit.log",
    "group_day": "reports.records.rollup",
    "hold": "scheduler.engine.hold",
    "kpi": "campaigns.plan.apply",
    "kpi_earlier": "campaigns.plan.apply",
    "learning": "campaigns.plan.apply",
    "measured": "scheduler.shown.ledger",
    "message": "campaigns.plan.apply",
    "messenger": "campaigns.plan.apply",
    "narrative": "campaigns.plan.apply",
    "newest_reading": "reports.records.rollup",
    "notice": "scheduler.notices.ledger",
    "objective": "campaigns.plan.apply",
    "pretest": "campaigns.plan.apply",
    "reading": "reports.records.ledger",
    "reading_group": "reports.records.staging",
    "reading_import": "reports.records.ledger",
    "reading_series": "reports.records.staging",
    "referral": "reports.referrals.ledger",
    "referral_import": "reports.referrals.ledger",
    "referral_total": "reports.referrals.ledger",
    "release": "scheduler.releases.ledger",
    "release_entry": "campaigns.plan.apply",
    "showing": "scheduler.shown.ledger",
    "spend_approval": "campaigns.plan.apply",
    "stranger": "scheduler.shown.ledger",
    "study": "campaigns.plan.apply",
    "urgent_debt": "scheduler.releases.debts",
    "tree_head": "campaigns.audit.tree",
    "tree_node": "campaigns.audit.tree",
}
#: Writes that cannot be read off the page, or break the rule for a reason.
EXCEPTIONS = {
    ("campaigns.plan.apply", "?"): "one function writes every noun of a document, given its table",
    ("reports.records.ledger", "?"): "temporary tables of an import",
    ("reports.records.rollup", "?"): "temporary tables of an import",
    ("reports.records.staging", "?"): "temporary tables of an import; series and their groups by one function",
    ("scheduler.privacy.erase", "?"): "takes a person's name out of whatever column the inventory names",
    ("scheduler.privacy.erase", "attempt"): "what a channel answered goes after its time, and nothing else of it",
    ("scheduler.privacy.erase", "comment"): "remarks go after their time",
    ("scheduler.privacy.erase", "measured"): "the words of a gap go after their time; that it is a gap stays",
    ("scheduler.privacy.erase", "showing"): "words that were shown go after their time, once a person settled them",
    ("scheduler.privacy.erase", "notice"): "who was told goes after its time",
}
WRITES = {"insert", "update", "delete"}
RAW = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)\b")


@cache
def aliases(path: Path) -> dict[str, str]:
    """Return variable -> row class, for `RELEASE = table(Release)`, here or where it is imported from."""
    found = {}
    for node in ast.walk(tree.syntax(path)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    if isinstance(value, ast.Call) and ast.unparse(value.func).endswith("table") and value.args:
                        found[ast.unparse(name)] = ast.unparse(value.args[0])
        elif isinstance(node, ast.ImportFrom) and node.module:
            origin = tree.ROOT / (node.module.replace(".", "/") + ".py")
            if origin.is_file() and origin != path:
                there = aliases(origin)
                found |= {each.asname or each.name: there[each.name] for each in node.names if each.name in there}
    return found


def writes(path: Path) -> Iterator[str]:
    """Yield the table of every statement that writes, "?" where the page does not say."""
    known, names = aliases(path), tables()
    for node in ast.walk(tree.syntax(path)):
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func).split(".")
            if called[-1] in WRITES and called[:-1] in (
                [],
                ["sqlalchemy"],
                ["dialect"],
                ["postgresql"],
                ["sqlite"],
                ["many"],
            ):
                target = node.args[0]
                direct = isinstance(target, ast.Call) and ast.unparse(target.func).endswith("table") and target.args
                model = ast.unparse(target.args[0]) if direct else known.get(ast.unparse(target), "")
                yield names.get(model, "?")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (name for name in RAW.findall(node.value) if name in names.values())


@cache
def tables() -> dict[str, str]:
    """Return row class -> table."""
    models()
    return {mapper.class_.__name__: mapper.local_table.name for mapper in SQLModel._sa_registry.mappers}


@cache
def found_writers() -> dict[str, set[str]]:
    """Return table -> the modules that write it, migrations left out."""
    found: dict[str, set[str]] = {}
    for path in tree.modules(*tree.FLOORS):
        if "migrations" not in path.parts:
            for name in writes(path):
                if (tree.name_of(path), name) not in EXCEPTIONS:
                    found.setdefault(name, set()).add(tree.name_of(path))
    return found


def test_every_table_has_its_writer():
    """A new table names its writer here."""
    assert set(models()) == set(WRITERS)


@pytest.mark.parametrize("name", [*sorted(WRITERS), "?"])
def test_only_its_writer_writes_a_table(name):
    """No statement elsewhere inserts, updates or deletes."""
    allowed = {WRITERS[name]} if name in WRITERS else set()

    assert found_writers().get(name, set()) <= allowed


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("HOLD = table(Hold)\nupdate(HOLD).values(x=1)", ["hold"], id="through a name"),
        pytest.param("insert(table(Hold)).values(x=1)", ["hold"], id="directly"),
        pytest.param("delete(anything)", ["?"], id="cannot be read off"),
        pytest.param("text('DELETE FROM hold')", ["hold"], id="raw SQL"),
        pytest.param("'Update hold or not: prose'", [], id="prose"),
        pytest.param("settings.update(other)", [], id="a dictionary's own update"),
    ],
)
def test_the_scan_sees_what_it_should(tmp_path, code, found):
    """The rule above would notice each way of writing that the house uses."""
    path = tmp_path / "module.py"
    path.write_text(code)

    assert list(writes(path)) == found
