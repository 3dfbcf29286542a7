"""`cordiale schema`: the schema that is shipped, and the names in it that higher floors know."""

import json

from jsonschema import Draft202012Validator

from campaigns.documents import jsonschema
from campaigns.settings import SPEND_GATES
from content.checklist import CHECKS
from reports.metrics import METRICS
from scheduler.roster import KINDS
from tests.builders.commands import process as cordiale
from tests.builders.documents import put, sound

SHIPPED = json.loads(jsonschema.SHIPPED.read_text("utf-8"))
GATE = """
[[spend_gates]]
id = "be-kanselarij"
partner = "be"
currency = "EUR"
amount = 90_000
authority = "the Chancellery"
"""
CURE = "run `cordiale schema --out campaigns/documents/cordiale.schema.json` in the root of the repository"


def names(schema: dict, noun: str, key: str) -> list[str]:
    return schema["$defs"][noun]["properties"][key]["enum"]


def test_the_shipped_schema_is_what_the_command_prints(tmp_path):
    """Whoever changes the model, the roster, the checks or the metrics ships the schema anew."""
    done = cordiale(tmp_path, "schema")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == jsonschema.SHIPPED.read_text("utf-8"), CURE


def test_it_knows_the_live_lists():
    """Channel kinds, checks, metrics and spend gates are those that the house has."""
    assert names(SHIPPED, "Channel", "kind") == list(KINDS)
    assert names(SHIPPED, "Waiver", "check") == [check.id for check in CHECKS]
    assert names(SHIPPED, "Kpi", "metric") == list(METRICS)
    assert names(SHIPPED, "SpendApproval", "gate") == [gate.id for gate in SPEND_GATES]


def test_it_underlines_a_name_that_no_floor_knows():
    """The sound document passes; the same with a kind that nobody publishes to does not."""
    validator = Draft202012Validator(SHIPPED)

    assert validator.is_valid(sound())
    assert not validator.is_valid(put(sound(), "channels.0.kind", "telegraph"))
    assert not validator.is_valid(put(sound(), "objectives.0.kpis.0.metric", "fame"))


def test_a_workspace_with_gates_of_its_own_has_them_in_its_schema(tmp_path):
    """`--out` writes the schema whole, with the spend gates of this workspace's settings, and says how it is named."""
    (tmp_path / "cordiale.toml").write_text(GATE, encoding="utf-8")

    done = cordiale(tmp_path, "schema", "--out", "own.schema.json")

    written = json.loads((tmp_path / "own.schema.json").read_text("utf-8"))
    assert done.stdout.splitlines()[-1] == "# yaml-language-server: $schema=own.schema.json"
    assert names(written, "SpendApproval", "gate") == ["be-kanselarij"]
    Draft202012Validator.check_schema(written)


def test_where_it_cannot_be_written_nothing_is(tmp_path):
    """A folder that is not there is an error with a cure, and the environment's exit code."""
    done = cordiale(tmp_path, "schema", "--out", "gone/schema.json")

    assert done.returncode == 3
    assert "gone/schema.json was not written" in done.stderr
    assert "hint: " in done.stderr
