"""Blackouts and who may go out in them all the same: from the campaign file through the signatures to the gate."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from campaigns.documents.dump import to_yaml
from campaigns.store.engine import reading
from scheduler.releases.conditions import no_blackout
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.facts import Evidence, Silence
from scheduler.releases.gate import Act, judge
from scheduler.releases.journal import Journal
from scheduler.releases.outgoing import parse
from tests.builders import campaigns, commands, workspaces
from tests.builders.elections import ELECTIONS
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import kinds
from tests.scheduler.releases.worlds import HOUR, MINUTE, Gate

LEAVE = {"releases": ["r1"], "authorised_by": "SIG duty director", "because": "a crisis line"}


def silence(gate: Gate, *exceptions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a blackout of France around both releases, with *exceptions*."""
    span = {"from": campaigns.wall(gate.due - HOUR), "to": campaigns.wall(gate.due + 3 * HOUR), "zone": "UTC"}
    made = {"id": "reserve", "partner": "fr", "reason": "an election", "exceptions": list(exceptions), **span}
    return {**made, **changes}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspaces.make(tmp_path_factory.mktemp("exceptions") / "workspace")


@pytest.fixture
def gate(made: Workspace, tmp_path: Path) -> Iterator[Gate]:
    """Give a gate before two releases, of which the first is excepted from a blackout over both; all is signed."""
    workspace = workspaces.copy(made, tmp_path / "workspace")
    journal = Journal(workspace.settings.trust).open()
    gate = Gate(workspace, (clock.now() + HOUR).replace(microsecond=0), journal)
    gate.again("uk", "fr", n=2, blackouts=[silence(gate, LEAVE)])
    yield gate
    journal.close()
    workspace.database.dispose()


def test_the_excepted_entry_goes_out_and_no_other(gate: Gate):
    """Leave is given by name: it opens the blackout for that entry, and for nothing else in the same hours."""
    assert gate.judge(entry="r1").act is Act.PUBLISH
    assert gate.failing(gate.due + HOUR, entry="r2") == ["blackout"]


def test_the_exception_is_part_of_what_is_signed(gate: Gate):
    """The bytes name the blackout, its hours, who gave leave and why; those of the other release name nothing."""
    (waiver,) = parse(gate.workspace.row("r1")["outgoing"]).waivers

    assert waiver == {
        "check": "blackout",
        "blackout": "reserve",
        "partner": "fr",
        "from": campaigns.wall(gate.due - HOUR),
        "to": campaigns.wall(gate.due + 3 * HOUR),
        "zone": "UTC",
        "authorised_by": "SIG duty director",
        "because": "a crisis line",
    }
    assert parse(gate.workspace.row("r2")["outgoing"]).waivers == ()


@pytest.mark.parametrize(
    ("change", "exceptions", "expected"),
    [
        pytest.param({}, [LEAVE], {"r1": "kept", "r2": "kept"}, id="nothing"),
        pytest.param({}, [{**LEAVE, "authorised_by": "somebody else"}], {"r1": "changed", "r2": "kept"}, id="who"),
        pytest.param({}, [{**LEAVE, "because": "another reason"}], {"r1": "changed", "r2": "kept"}, id="why"),
        pytest.param({}, [], {"r1": "changed", "r2": "kept"}, id="withdrawn"),
        pytest.param(
            {}, [LEAVE, {**LEAVE, "releases": ["r2"]}], {"r1": "kept", "r2": "changed"}, id="given to another"
        ),
        pytest.param({}, [{**LEAVE, "releases": ["r2"]}], {"r1": "changed", "r2": "changed"}, id="moved to another"),
        pytest.param({"partner": "uk"}, [LEAVE], {"r1": "changed", "r2": "kept"}, id="whose blackout"),
        pytest.param({"zone": "Europe/Paris"}, [LEAVE], {"r1": "changed", "r2": "kept"}, id="its hours"),
        pytest.param(
            {"reason": "two elections"}, [LEAVE], {"r1": "kept", "r2": "kept"}, id="the reason for the blackout"
        ),
    ],
)
def test_another_exception_is_signed_anew(gate: Gate, change, exceptions, expected):
    """Whoever edits who gave leave, to what, in which hours or why, voids the approvals of what it concerns."""
    before = gate.workspace.states()
    edited = gate.document(n=2, blackouts=[silence(gate, *exceptions, **change)], adjustments=[campaigns.adjustment(9)])
    plan = gate.workspace.apply(edited)
    voided = {each.name.partition("/")[0] for each in plan.releases if each.voids}
    drafts = {entry for entry, state in gate.workspace.states().items() if state == "draft"}

    assert set(before.values()) == {"scheduled"}
    assert kinds(plan) == expected
    assert voided == drafts == {entry for entry, kind in expected.items() if kind == "changed"}


def test_withdrawn_leave_closes_the_gate(gate: Gate):
    """Without the exception, and signed by all, the release waits like any other."""
    gate.again("uk", "fr", n=2, blackouts=[silence(gate)])

    assert gate.failing(entry="r1") == ["blackout"]


def test_leave_in_one_blackout_is_none_in_another(gate: Gate):
    """Each blackout that is on wants its own exception; with both, all who gave leave are named."""
    other = silence(gate, id="purdah", partner="uk", reason="a general election")
    gate.again(n=2, blackouts=[silence(gate, LEAVE), other])  # what goes out does not change, and stays signed
    one = gate.judge(entry="r1")
    leave = {**LEAVE, "authorised_by": "Cabinet Office", "because": "essential"}
    gate.again("uk", "fr", n=2, blackouts=[silence(gate, LEAVE), {**other, "exceptions": [leave]}])
    both = gate.judge(entry="r1")

    assert one.act is Act.WAIT
    assert one.reason.startswith("uk says nothing until")
    assert both.act is Act.PUBLISH
    assert next(each.evidence for each in both.conditions if each.name == "blackout") == (
        "in blackout reserve, allowed by SIG duty director: a crisis line; "
        "in blackout purdah, allowed by Cabinet Office: essential"
    )


def test_a_message_opens_no_blackout(gate: Gate):
    """A waiver that somebody writes at a message is signed like any other, and lets nothing out in a blackout."""
    words = campaigns.message(1, waive=[{"check": "blackout", "because": "it is urgent"}])
    gate.again("uk", "fr", messages=[words], blackouts=[silence(gate)])
    (waiver,) = parse(gate.workspace.row("r1")["outgoing"]).waivers

    assert waiver == {"check": "blackout", "because": "it is urgent"}
    assert gate.failing(entry="r1") == ["blackout"]


WHOLE = {"check": "blackout", "blackout": "b", "partner": "fr", "authorised_by": "a director", "because": "a reason"}


@pytest.mark.parametrize(
    ("waiver", "opens"),
    [
        pytest.param(WHOLE, True, id="whole"),
        *[pytest.param({**WHOLE, name: ""}, False, id=f"empty {name}") for name in list(WHOLE)[1:]],
        *[
            pytest.param({key: value for key, value in WHOLE.items() if key != name}, False, id=f"no {name}")
            for name in list(WHOLE)[1:]
        ],
        pytest.param({**WHOLE, "check": "already-published"}, False, id="of another check"),
        pytest.param({**WHOLE, "blackout": "c"}, False, id="of another blackout"),
        pytest.param({**WHOLE, "partner": "uk"}, False, id="of another partner"),
        pytest.param({**WHOLE, "blackout": ["b"]}, False, id="a list of blackouts"),
        pytest.param({**WHOLE, "blackout": {"b": 1}}, False, id="a mapping of blackouts"),
        pytest.param({**WHOLE, "authorised_by": True}, False, id="nobody, but true"),
    ],
)
def test_only_a_whole_exception_opens_a_blackout(gate: Gate, waiver, opens):
    """What does not say which blackout, whose, who gave leave and why is none, and is never a crash of the gate."""
    outgoing = replace(parse(gate.workspace.row("r1")["outgoing"]), waivers=(waiver,))
    now = gate.due
    on = Silence(outgoing.campaign, "b", "fr", now - HOUR, now + HOUR, "an election")
    condition, until = no_blackout(outgoing, Evidence(trust=None, blackouts=[on]), now)

    assert (condition.holds, until) == ((True, None) if opens else (False, now + HOUR))


def test_from_the_file_to_the_answer_to_why(gate: Gate):
    """What stands in the YAML is applied, signed, and told by name to whoever asks why it may go out in a blackout."""
    leave = {**LEAVE, "because": "a helpline has moved"}
    blackout = silence(gate, leave, **{"from": campaigns.wall(clock.now() - HOUR)})
    written = gate.document(n=2, blackouts=[blackout], adjustments=[campaigns.adjustment(9)])
    file = gate.workspace.folder / "campaigns" / "voices.yaml"
    file.write_text(to_yaml(written), "utf-8")
    applied = commands.process(gate.workspace.folder, "apply", str(file), "--yes")
    gate.workspace.approve()
    told = commands.process(gate.workspace.folder, "why", "r1/en-GB/uk-outbox")
    other = commands.process(gate.workspace.folder, "why", "r2/en-GB/uk-outbox")

    assert (applied.returncode, told.returncode) == (0, 0), applied.stderr + told.stderr
    assert "yes  blackout   in blackout reserve, allowed by SIG duty director: a helpline has moved" in told.stdout
    assert "NO   blackout   fr says nothing until" in other.stdout
    assert gate.judge(entry="r1").act is Act.PUBLISH


@pytest.mark.parametrize("election", ELECTIONS)
def test_the_gate_keeps_a_period_before_an_election_to_the_minute(workspace: Workspace, election):
    """The minute before and the minute after it stand open; its first and its last minute do not."""
    due = election.first - timedelta(days=1)
    workspace.apply(campaigns.campaign(at=due, starts="2019-01-01", blackouts=[election.blackout]), now=due - HOUR)
    room, row = EvidenceRoom(workspace.settings.trust, Journal(workspace.settings.trust)), workspace.row()

    def open_at(now) -> bool:
        with reading(workspace.database) as connection:
            verdict = judge(row, room.gather(connection, [row], now), now)
        return next(each.holds for each in verdict.conditions if each.name == "blackout")

    minutes = (election.first - MINUTE, election.first, election.after - MINUTE, election.after)
    assert [open_at(now) for now in minutes] == [True, False, False, True]


def test_whoever_signs_reads_the_leave_that_is_signed(gate: Gate):
    """Terminal, bundle and preview page name the blackout, who allows what in it, and why; nothing is signed unread."""
    blackout = silence(gate, {**LEAVE, "because": "a helpline has moved"})
    gate.workspace.apply(gate.document(n=2, blackouts=[blackout], adjustments=[campaigns.adjustment(9)]))
    read = commands.process(gate.workspace.folder, "review", "voices")
    bundle = commands.process(gate.workspace.folder, "review", "voices", "--bundle", "b.zip")
    elsewhere = commands.process(gate.workspace.folder, "review", "b.zip")
    with zipfile.ZipFile(gate.workspace.folder / "b.zip") as packed:
        page = next(packed.read(name).decode() for name in packed.namelist() if name.endswith(".html"))

    assert (read.returncode, bundle.returncode, elsewhere.returncode) == (0, 0, 0), bundle.stderr
    for said in (read.stdout, elsewhere.stdout, page):
        assert said.count("May go out in blackout reserve of fr") >= 1
        assert "allowed by SIG duty director: a helpline has moved" in said
