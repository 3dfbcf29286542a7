"""The gate: every condition keeps a release back by itself, and nothing that cannot be read counts as a yes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.signoff.trust_files import DeclaredChannel
from campaigns.store.engine import reading, writing
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.gate import LONG_PAUSE, PAUSE, Act, judge
from scheduler.releases.journal import Journal
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.worlds import (
    HOUR,
    MINUTE,
    OTHER_WORDS,
    Gate,
    a_hold_in_the_file_alone,
    a_lifted_hold_in_the_file,
    blackout,
    blocking,
    breaker,
    bytes_of_another,
    held_file_says,
    nothing,
    other_bytes,
    recorded,
    remove_trust,
    the_same_words,
)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, datetime]:
    made = workspaces.make(tmp_path_factory.mktemp("gate") / "workspace")
    due = (clock.now() + HOUR).replace(microsecond=0)
    made.apply(campaigns.campaign(at=due, apart=HOUR))
    made.approve()
    return made, due


@pytest.fixture
def gate(started: tuple[Workspace, datetime], tmp_path: Path) -> Iterator[Gate]:
    made, due = started
    workspace = workspaces.copy(made, tmp_path / "workspace")
    journal = Journal(workspace.settings.trust).open()
    yield Gate(workspace, due, journal)
    journal.close()
    workspace.database.dispose()


def signed_for_another_campaign(gate: Gate) -> None:
    """Have both partners sign the very bytes of r1, in statements that speak of another campaign."""
    from campaigns.signoff import approvals, envelope, keys, statement
    from campaigns.signoff.statement import Subject

    gate.again(**OTHER_WORDS)
    row = gate.workspace.row()
    for partner in ("uk", "fr"):
        payload = statement.make("other", partner, "approve", "", [Subject(row["id"], row["digest"])], clock.now())
        signed = envelope.sign(payload, keys.load_signer(gate.workspace.key(partner)))
        with writing(gate.workspace.database) as connection:
            approvals.record(connection, envelope.verify(signed, gate.workspace.trust()), signed, clock.now())


def refused_and_forgotten(gate: Gate) -> None:
    """Let fr refuse what it had signed, and delete the refusal from the database."""
    from campaigns.signoff.approvals import APPROVAL, SUBJECT

    gate.workspace.decide("fr", "refuse", reason="the figure is old")
    with writing(gate.workspace.database) as connection:
        no = APPROVAL.select().where(APPROVAL.c.decision == "refuse").with_only_columns(APPROVAL.c.id)
        connection.execute(SUBJECT.delete().where(SUBJECT.c.approval.in_(no)))
        connection.execute(APPROVAL.delete().where(APPROVAL.c.decision == "refuse"))
    gate.workspace.set("r1", state="scheduled")


def voided_and_brought_back(gate: Gate) -> None:
    """Edit r1, and write its old bytes and the approvals of them back into the database."""
    from campaigns.signoff.approvals import SUBJECT

    old = gate.workspace.row()
    gate.again(**OTHER_WORDS)
    gate.workspace.set("r1", **{name: old[name] for name in ("outgoing", "digest", "bytes_digest", "state")})
    with writing(gate.workspace.database) as connection:
        connection.execute(SUBJECT.update().values(voided_at=None))


CASES = [
    pytest.param(
        signed_for_another_campaign, 0, Act.WAIT, ["signatures"], id="signed in statements about another campaign"
    ),
    pytest.param(refused_and_forgotten, 0, Act.WAIT, ["signatures"], id="refused, and the table forgot it"),
    pytest.param(voided_and_brought_back, 0, Act.WAIT, ["signatures"], id="voided, and the table forgot it"),
    pytest.param(nothing, 0, Act.PUBLISH, [], id="signed, due, declared"),
    pytest.param(lambda gate: gate.again(**OTHER_WORDS), 0, Act.WAIT, ["signatures"], id="edited and not signed again"),
    pytest.param(lambda gate: gate.again("uk", **OTHER_WORDS), 0, Act.WAIT, ["signatures"], id="one partner alone"),
    pytest.param(
        lambda gate: gate.again("uk", "fr", author="uk-officer", **OTHER_WORDS),
        0,
        Act.WAIT,
        ["signatures"],
        id="the author signed",
    ),
    pytest.param(
        lambda gate: gate.workspace.set("r1", author="fr-officer"), 0, Act.WAIT, ["signatures"], id="a signer as author"
    ),
    pytest.param(lambda gate: other_bytes(gate, consistent=False), 0, Act.WAIT, ["bytes"], id="changed bytes"),
    pytest.param(
        lambda gate: other_bytes(gate, consistent=True), 0, Act.WAIT, ["signatures"], id="changed bytes and digest"
    ),
    pytest.param(
        bytes_of_another, 0, Act.WAIT, ["bytes", "channel", "signatures", "window"], id="the bytes of another release"
    ),
    pytest.param(
        lambda gate: gate.workspace.set("r1", outgoing="{}"), 0, Act.WAIT, ["bytes"], id="bytes that are none"
    ),
    pytest.param(lambda gate: gate.hold("all"), 0, Act.WAIT, ["hold"], id="everything held"),
    pytest.param(lambda gate: gate.hold("campaign", "voices"), 0, Act.WAIT, ["hold"], id="its campaign held"),
    pytest.param(lambda gate: gate.hold("channel", "uk-outbox"), 0, Act.WAIT, ["hold"], id="its channel held"),
    pytest.param(lambda gate: gate.hold("partner", "uk"), 0, Act.WAIT, ["hold"], id="its issuer held"),
    pytest.param(a_hold_in_the_file_alone, 0, Act.WAIT, ["hold"], id="the table forgot the hold"),
    pytest.param(a_lifted_hold_in_the_file, 0, Act.WAIT, ["hold"], id="the table says the hold is lifted"),
    pytest.param(held_file_says("[{"), 0, Act.WAIT, ["hold"], id="a torn held-file"),
    pytest.param(held_file_says('{"id": 1}'), 0, Act.WAIT, ["hold"], id="a held-file of another shape"),
    pytest.param(held_file_says('[{"id": "x"}]'), 0, Act.WAIT, ["hold"], id="a held-file without scopes"),
    pytest.param(held_file_says("{}"), 0, Act.WAIT, ["hold"], id="a held-file that is no list"),
    pytest.param(held_file_says("[]"), 0, Act.PUBLISH, [], id="an empty held-file"),
    pytest.param(blackout(-HOUR, HOUR), 0, Act.WAIT, ["blackout"], id="in a blackout"),
    pytest.param(blackout(-HOUR, HOUR), 3600, Act.WAIT, ["lateness"], id="at the end of a blackout"),
    pytest.param(blackout(MINUTE, HOUR), 0, Act.PUBLISH, [], id="before a blackout"),
    pytest.param(nothing, -1, Act.WAIT, ["window"], id="a second early"),
    pytest.param(nothing, 901, Act.PUBLISH, [], id="as late as its policy lets it be"),
    pytest.param(nothing, 902, Act.WAIT, ["lateness"], id="late, and its policy asks"),
    pytest.param(
        lambda gate: gate.workspace.set("r1", late_answer="send"),
        9999,
        Act.PUBLISH,
        [],
        id="late, and somebody said send",
    ),
    pytest.param(
        lambda gate: gate.again("uk", "fr", entries={"if_late": {"after": 60, "then": "skip"}}),
        62,
        Act.EXPIRE,
        ["lateness"],
        id="late, and its policy skips",
    ),
    pytest.param(
        lambda gate: gate.again("uk", "fr", entries={"if_late": {"after": 60, "then": "send"}}),
        86400,
        Act.PUBLISH,
        [],
        id="late, and its policy sends",
    ),
    pytest.param(
        lambda gate: gate.again("uk", "fr", entries={"not_after": campaigns.wall(gate.due + MINUTE)}),
        60,
        Act.PUBLISH,
        [],
        id="at its last instant",
    ),
    pytest.param(
        lambda gate: gate.again("uk", "fr", entries={"not_after": campaigns.wall(gate.due + MINUTE)}),
        61,
        Act.EXPIRE,
        ["window"],
        id="after its last instant",
    ),
    *[
        pytest.param(the_same_words(state), 0, Act.WAIT, ["once"], id=f"its words are {state} already")
        for state in ("sending", "published", "uncertain", "handed_over", "retracting", "retracted")
    ],
    *[
        pytest.param(the_same_words(state), 0, Act.PUBLISH, [], id=f"its words are {state} elsewhere")
        for state in ("draft", "scheduled", "claimed", "failed", "expired", "cancelled")
    ],
    pytest.param(recorded("begun", "published"), 0, Act.ALREADY, [], id="the journal says published"),
    pytest.param(recorded("begun"), 0, Act.UNSURE, [], id="the journal says begun, the table knows of no attempt"),
    pytest.param(recorded("begun", "unknown"), 0, Act.UNSURE, [], id="the journal says unknown"),
    pytest.param(recorded("begun", "not"), 0, Act.PUBLISH, [], id="the journal says that nothing left"),
    pytest.param(
        lambda gate: (recorded("begun", "not", "begun")(gate), gate.workspace.set("r1", tries=1)),
        0,
        Act.UNSURE,
        [],
        id="the journal knows of an attempt more than the table",
    ),
    pytest.param(
        lambda gate: (recorded("begun", "unknown")(gate), gate.workspace.set("r1", tries=1)),
        0,
        Act.PUBLISH,
        [],
        id="the table knows of the attempt as well",
    ),
    pytest.param(blocking(waived=False), 0, Act.WAIT, ["checks"], id="a check blocks it"),
    pytest.param(blocking(waived=True), 0, Act.PUBLISH, [], id="the check is waived"),
    pytest.param(lambda gate: breaker(gate, MINUTE), 0, Act.WAIT, ["breaker"], id="its channel is paused"),
    pytest.param(lambda gate: breaker(gate, timedelta(0)), 0, Act.PUBLISH, [], id="the pause of its channel is over"),
    pytest.param(remove_trust, 0, Act.WAIT, ["channel", "signatures"], id="no trust file"),
    pytest.param(
        lambda gate: gate.workspace.set("r1", late_answer="send"),
        366 * 86400,
        Act.WAIT,
        ["channel", "signatures"],
        id="the trust file has expired",
    ),
]


@pytest.mark.parametrize(("world", "seconds", "act", "failing"), CASES)
def test_what_keeps_a_release_back(
    gate: Gate, world: Callable[[Gate], object], seconds: int, act: Act, failing: list[str]
):
    """Each fact of the world has its one effect, so many seconds after the due instant."""
    world(gate)
    verdict = gate.judge(gate.due + timedelta(seconds=seconds))

    assert (verdict.act, [each.name for each in verdict.conditions if not each.holds]) == (act, failing)
    assert all(each.cure for each in verdict.conditions if not each.holds and act is Act.WAIT)


def test_an_undeclared_channel_is_closed(tmp_path: Path):
    """A channel goes out only as every partner declared it: id, kind, account, issuer and server."""
    declared = [DeclaredChannel("uk-outbox", "outbox", "@other", "uk", None)]
    made = workspaces.make(tmp_path / "workspace", channels=declared)
    due = (clock.now() + HOUR).replace(microsecond=0)
    gate = Gate(made, due, Journal(made.settings.trust))
    gate.again("uk", "fr")

    assert gate.failing() == ["channel"]
    made.database.dispose()


def test_a_rehearsal_reaches_no_other_machine(gate: Gate):
    """A rehearsal's trust declares everything, and lets nothing leave this machine."""
    remote = campaigns.channel("webhook", server="https://example.org/hook", credential="hook")
    entries = [campaigns.entry(1, gate.due, channels=["uk-webhook"])]
    document = campaigns.campaign(channels=[remote], releases=entries, adjustments=[campaigns.adjustment()])
    gate.workspace.apply(document, vet=None)
    gate.workspace.approve()
    (row,) = [row for row in gate.workspace.rows().values() if row["channel"] == "uk-webhook"]
    room = EvidenceRoom(gate.workspace.settings.trust, gate.journal)
    with reading(gate.workspace.database) as connection:
        verdict = judge(row, room.gather(connection, [row], gate.due), gate.due)

    assert verdict.act is Act.WAIT
    assert "leaves this machine" in verdict.reason


def test_a_hold_elsewhere_keeps_nothing_back(gate: Gate):
    """A hold covers its scope alone."""
    gate.again(name="other")
    gate.hold("campaign", "other")
    room = EvidenceRoom(gate.workspace.settings.trust, gate.journal)
    rows = {row["campaign"]: row for row in _all(gate)}
    with reading(gate.workspace.database) as connection:
        evidence = room.gather(connection, list(rows.values()), gate.due)
        held = {
            campaign: "hold" in [each.name for each in judge(row, evidence, gate.due).conditions if not each.holds]
            for campaign, row in rows.items()
        }

    assert held == {"voices": False, "other": True}


def _all(gate: Gate) -> list[dict]:
    from sqlalchemy import select

    from scheduler.releases.ledger import RELEASE

    with reading(gate.workspace.database) as connection:
        return [dict(row) for row in connection.execute(select(RELEASE)).mappings()]


@pytest.mark.parametrize("zone", ["Nowhere/Land", "Europe", "../zone", ""], ids=["unknown", "folder", "path", "none"])
def test_a_blackout_that_cannot_be_read_never_ends(gate: Gate, zone: str):
    """Damage keeps back its own campaign, and does not stop the others."""
    from campaigns.models.window import Blackout
    from campaigns.store.tables import table

    blackout(-HOUR, HOUR)(gate)
    with writing(gate.workspace.database) as connection:
        connection.execute(table(Blackout).update().values(zone=zone))

    assert "blackout" in gate.failing(gate.due + timedelta(days=300))
    assert gate.judge().act is Act.WAIT


@pytest.mark.parametrize(
    ("partner", "expected"),
    [
        pytest.param("fr", ["blackout"], id="a partner of both"),
        pytest.param("us", [], id="a partner of the other alone"),
    ],
)
def test_a_partner_is_silent_in_every_campaign(gate: Gate, partner: str, expected: list[str]):
    """A blackout is a partner's: written in one campaign, it keeps back what the partner signs in another."""
    span = {"from": campaigns.wall(gate.due - HOUR), "to": campaigns.wall(gate.due + HOUR), "zone": "UTC"}
    silence = {"id": "reserve", "partner": partner, "reason": "an election", **span}
    partners = {**campaigns.PARTNERS, "us": {}}
    entries = [campaigns.entry(1, gate.due, id="x1")]
    other = campaigns.campaign(name="other", at=gate.due, partners=partners, blackouts=[silence], releases=entries)
    gate.workspace.apply(other, now=gate.due - HOUR)

    assert gate.failing() == expected


def test_the_pause_grows_with_the_wait(gate: Gate):
    """What waits for a person is looked at again ever less often, so that it fills no log."""
    gate.hold("all")
    pauses = [gate.judge(gate.due + timedelta(minutes=late)).look_again for late in (0, 3, 600)]
    waits = [again - gate.due - timedelta(minutes=late) for again, late in zip(pauses, (0, 3, 600), strict=True)]

    assert waits == [PAUSE, timedelta(seconds=90), LONG_PAUSE]


def test_what_is_early_is_looked_at_when_it_is_due(gate: Gate):
    """A release waits for its instant, and for nothing longer."""
    assert gate.judge(gate.due - HOUR).look_again == gate.due


def test_a_blackout_is_looked_at_when_it_ends(gate: Gate):
    """A long silence costs one look."""
    blackout(-HOUR, 48 * HOUR)(gate)

    assert gate.judge().look_again == gate.due + 48 * HOUR


def test_an_approval_that_is_gone_closes_the_gate(gate: Gate):
    """Nothing remembers a signature that the table no longer holds."""
    from campaigns.signoff.approvals import APPROVAL, SUBJECT

    with writing(gate.workspace.database) as connection:
        connection.execute(SUBJECT.delete())
        connection.execute(APPROVAL.delete().where(APPROVAL.c.partner == "fr"))

    assert gate.failing() == ["signatures"]
