"""The urgent path: one partner alone, as far as all agreed before, and a debt until the others have answered."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaigns import clock
from campaigns.errors import EnvironmentFault, NotTrusted, Refused
from campaigns.signoff import approvals, drafts, envelope, keys, statement, trust_files
from campaigns.signoff.statement import Subject
from campaigns.store.engine import reading, writing
from campaigns.store.glance import through
from scheduler import status, urgent
from scheduler.engine.claims import Permit
from scheduler.releases import owed
from scheduler.releases.gate import Verdict, judge
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom, accepted
from tests.builders.workspaces import Workspace

MINUTE = timedelta(minutes=1)
RULE = {
    "id": "rebuttal",
    "partners": ["uk"],
    "kinds": ["rebuttal"],
    "channels": ["uk-outbox"],
    "minutes": 30,
    "open": 1,
}
NAME = "r1/en-GB/uk-outbox"


def agree(workspace: Workspace, *rules: dict[str, Any]) -> None:
    """Have both partners sign a trust file with *rules*."""
    folder = workspace.settings.trust
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    drafts.propose(folder, None, trust_files.saying(targets, "urgent", list(rules) or None))
    drafts.sign(folder, [keys.load_signer(workspace.key(each)) for each in ("uk", "fr")], clock.now())


@pytest.fixture
def due() -> datetime:
    return (clock.now() + 10 * MINUTE).replace(microsecond=0)


@pytest.fixture
def waiting(shared: Workspace, due: datetime) -> Workspace:
    """Give two drafts of the kind `rebuttal` that nobody signed, and a trust file with a rule for one open use."""
    agree(shared, RULE)
    messages = [campaigns.message(number, kind="rebuttal") for number in (1, 2)]
    shared.apply(campaigns.campaign(2, at=due, messages=messages))
    return shared


@pytest.fixture
def room(waiting: Workspace, engine_rooms: Callable[[Workspace], EngineRoom]) -> EngineRoom:
    return engine_rooms(waiting)


def let_out(workspace: Workspace, name: str = NAME, **changes: Any) -> urgent.Released:
    asked = {"partner": "uk", "signing": [workspace.key("uk")], "rule": "rebuttal", "reason": "a lie", **changes}
    return urgent.release(workspace.database, workspace.settings.trust, name, **asked)


def said(workspace: Workspace, partner: str, answer: Any, entry: str = "r1") -> None:
    """Record the usual decision of *partner* on what went out, as `approve` and `refuse` do."""
    row = workspace.row(entry)
    payload = statement.make("voices", partner, answer, "", [Subject(row["id"], row["digest"])], clock.now())
    keep(workspace, payload, partner)


def keep(workspace: Workspace, payload: bytes, partner: str) -> None:
    signed = envelope.sign(payload, keys.load_signer(workspace.key(partner)))
    with writing(workspace.database) as connection:
        approvals.record(connection, envelope.verify(signed, workspace.trust()), signed, clock.now())


def verdict(room: EngineRoom, now: datetime, entry: str = "r1") -> Verdict:
    row = room.workspace.row(entry)
    with reading(room.workspace.database) as connection:
        return judge(row, room.room.gather(connection, [row], now), now)


def sent(room: EngineRoom, now: datetime) -> list[str]:
    return [permit.outgoing.name for permit in room.send(now)]


def shown(workspace: Workspace) -> status.Status:
    with reading(workspace.database) as connection:
        return status.gather(through(connection), clock.now(), workspace.settings.trust)


def test_one_partner_lets_a_release_out_and_owes(waiting: Workspace, room: EngineRoom, due: datetime):
    """It goes out on one signature; from then on `status` counts a debt, until the other partner has signed."""
    done = let_out(waiting)
    assert (done.owing, waiting.row()["state"]) == (("fr",), "scheduled")
    assert shown(waiting).urgent == []
    assert sent(room, due) == [NAME]

    (debt,) = shown(waiting).urgent
    assert (debt["name"], debt["partner"], debt["waits_for"]) == (NAME, "uk", ["fr"])
    assert not shown(waiting).healthy
    assert urgent.answered(waiting.database, waiting.settings.trust, clock.now()) == []
    assert waiting.events("urgent.open")[0]["subject"] == waiting.row()["id"]

    said(waiting, "fr", "approve")
    (answer,) = urgent.answered(waiting.database, waiting.settings.trust, clock.now())
    assert (answer.partner, answer.word) == ("fr", "signed")
    assert shown(waiting).urgent == []


def test_an_objection_settles_the_debt(waiting: Workspace, room: EngineRoom, due: datetime):
    """Who would not have signed says so; the word is on record, and says that it should come down."""
    let_out(waiting)
    sent(room, due)
    said(waiting, "fr", "refuse")
    (answer,) = urgent.answered(waiting.database, waiting.settings.trust, clock.now())

    assert answer.word == "objected"
    assert shown(waiting).urgent == []
    assert [each["act"] for each in waiting.events("urgent.object")] == ["urgent.object"]


@pytest.mark.parametrize(("answer", "word"), [("approve", "answered"), ("refuse", "objected")])
def test_approve_and_refuse_answer_for_what_is_out(
    waiting: Workspace, room: EngineRoom, due: datetime, answer: str, word: str
):
    """The usual commands cover what went out without their partner, and settle it in the same transaction."""
    let_out(waiting)
    for permit in room.send(due):
        room.finish(permit, accepted())
    with waiting.transaction() as connection:
        connection.execute(text("UPDATE release SET state = 'cancelled' WHERE entry = 'r2'"))
    effect = waiting.decide("fr", answer, reason="seen")

    assert (getattr(effect, word), effect.stale, effect.scheduled) == (1, 0, 0)
    assert shown(waiting).urgent == []
    assert waiting.row()["state"] == "published"


def test_who_has_signed_owes_nothing(waiting: Workspace, room: EngineRoom, due: datetime):
    """A release that everybody signed after all goes out as any other does, and leaves no debt."""
    let_out(waiting)
    said(waiting, "uk", "approve")
    said(waiting, "fr", "approve")
    assert sent(room, due) == [NAME]
    assert shown(waiting).urgent == []
    assert owed.of(waiting.settings.trust).read() == {}


def test_an_urgent_signature_is_no_approval(waiting: Workspace, room: EngineRoom, due: datetime):
    """With the other partner's approval beside it, it is still one approval: the rule's minutes and debt hold."""
    let_out(waiting)
    said(waiting, "fr", "approve")
    assert "uk has not signed it" in verdict(room, due + 31 * MINUTE).reason
    found = verdict(room, due)
    assert found.leave is not None
    assert found.leave.debt.owed == ()


def test_an_approval_is_no_urgent_signature(waiting: Workspace, room: EngineRoom, due: datetime):
    """One partner's usual approval lets nothing out, whatever the trust file allows."""
    said(waiting, "uk", "approve")
    waiting.set("r1", state="scheduled")
    assert sent(room, due) == []


def test_an_objection_beforehand_closes_the_path(waiting: Workspace, room: EngineRoom, due: datetime):
    """What a partner has refused goes out on nobody's word alone, though the table forgets the refusal."""
    let_out(waiting)
    said(waiting, "fr", "refuse")
    assert "fr objects" in verdict(room, due).reason
    with writing(waiting.database) as connection:
        refusals = "SELECT id FROM approval WHERE decision = 'refuse'"
        connection.execute(text(f"DELETE FROM approval_subject WHERE approval IN ({refusals})"))  # noqa: S608 (written above)
        connection.execute(text("DELETE FROM approval WHERE decision = 'refuse'"))
    waiting.set("r1", state="scheduled")
    assert "fr objects" in verdict(room, due).reason
    assert sent(room, due) == []


def test_the_minutes_run_from_the_signature(waiting: Workspace, room: EngineRoom, due: datetime):
    """A release that did not begin in time waits for everybody."""
    let_out(waiting)
    found = verdict(room, clock.now() + 31 * MINUTE)
    assert "the 30 minutes of the rule rebuttal are over" in found.reason


def test_a_rule_leaves_only_so_many_debts_open(waiting: Workspace, room: EngineRoom, due: datetime):
    """In one batch and in the next, no more go out than may wait for an answer."""
    let_out(waiting)
    let_out(waiting, "r2/en-GB/uk-outbox")
    assert len(sent(room, due)) == 1
    assert sent(room, due + MINUTE) == []
    with pytest.raises(Refused, match="still wait for the others' word"):
        let_out(waiting, next(n for n in (NAME, "r2/en-GB/uk-outbox") if n != shown(waiting).urgent[0]["name"]))


def test_the_table_cannot_wipe_a_debt_off(waiting: Workspace, room: EngineRoom, due: datetime):
    """The copy in the database may be deleted or marked as answered: the debt stands, and is written again."""
    let_out(waiting)
    sent(room, due)
    answered = text("UPDATE urgent_debt SET answers = :signed, waits = :no")
    for wiped in (answered.bindparams(signed='{"fr":"signed"}', no=False), text("DELETE FROM urgent_debt")):
        with writing(waiting.database) as connection:
            connection.execute(wiped)
        assert [each["waits_for"] for each in shown(waiting).urgent] == [["fr"]]
        urgent.answered(waiting.database, waiting.settings.trust, clock.now())
        with reading(waiting.database) as connection:
            assert connection.execute(text("SELECT answers, waits FROM urgent_debt")).one() == ("{}", True)


def test_other_machines_see_the_debt_in_the_table(waiting: Workspace, room: EngineRoom, due: datetime, tmp_path: Path):
    """A machine that published nothing, and shares the database, counts it as well."""
    let_out(waiting)
    sent(room, due)
    with reading(waiting.database) as connection:
        found, fault = status.urgent(through(connection), tmp_path)
    assert [each["name"] for each in found] == [NAME]
    assert fault == ""


@pytest.mark.parametrize("line", ["{}", "no JSON", '{"a":"signed","p":"fr","s":"x","d":"y"}'])
def test_a_damaged_list_closes_the_path(waiting: Workspace, room: EngineRoom, due: datetime, line: str):
    """Who cannot count the debts lets nothing more out alone, and `status` says so."""
    let_out(waiting)
    path = waiting.settings.trust / owed.FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n")
    assert "Urgent releases are off" in verdict(room, due).reason
    assert sent(room, due) == []
    assert "damaged" in shown(waiting).urgent_fault
    assert not shown(waiting).healthy


def test_a_list_that_cannot_be_written_lets_nothing_out(waiting: Workspace, room: EngineRoom, due: datetime):
    """The debt is on disk before the wire is touched, or the wire is not touched."""
    let_out(waiting)
    held = room.claim(due)
    path = waiting.settings.trust / owed.FILE
    path.mkdir(parents=True)
    with pytest.raises(EnvironmentFault):
        urgent.answered(waiting.database, waiting.settings.trust, clock.now())
    assert room.begin(held, due) == []


REFUSED = [
    pytest.param({"rule": "other"}, NotTrusted, "no urgent rule called other", id="no such rule"),
    pytest.param({"partner": "fr"}, Refused, "does not let fr act alone", id="another partner"),
]


@pytest.mark.parametrize(("changes", "error", "words"), REFUSED)
def test_what_the_rule_does_not_say_is_refused(waiting: Workspace, changes, error, words):
    """Nobody signs as urgent what the trust file does not let them sign."""
    with pytest.raises(error, match=words) as refused:
        let_out(waiting, **changes)
    assert refused.value.hint


RULES = [
    pytest.param({"kinds": ["alert"]}, "no urgent rule lets|of rebuttal kind|kind alert", id="another kind"),
    pytest.param({"channels": ["uk-feed"]}, "does not cover the channel", id="another channel"),
    pytest.param({"minutes": 5}, "after the 5 minutes", id="due too late"),
]


@pytest.mark.parametrize(("changes", "words"), RULES)
def test_a_rule_covers_its_kinds_channels_and_minutes(waiting: Workspace, changes, words):
    """The command asks the same as the gate."""
    agree(waiting, {**RULE, **changes})
    with pytest.raises(Refused, match=words):
        let_out(waiting)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([{**RULE, "kinds": ["alert"]}], id="another kind"),
        pytest.param([{**RULE, "channels": ["uk-feed"]}], id="another channel"),
        pytest.param([{**RULE, "partners": ["fr"]}], id="another partner"),
        pytest.param([{**RULE, "id": "alarm"}], id="another name"),
        pytest.param([], id="no rule any more"),
    ],
)
def test_a_rule_that_all_took_back_lets_nothing_out(waiting: Workspace, room: EngineRoom, due: datetime, rules):
    """The gate asks the trust file as it is now, not as it was when somebody signed."""
    let_out(waiting)
    agree(waiting, *rules)
    assert sent(room, due) == []
    assert "signed it as urgent" in verdict(room, due).reason


def test_the_author_signs_nothing_alone(waiting: Workspace, room: EngineRoom, due: datetime):
    """Nobody lets their own words out, least of all alone."""
    let_out(waiting)
    waiting.set("r1", author="uk-officer")
    assert sent(room, due) == []
    waiting.set("r1", state="draft")
    with pytest.raises(Refused, match="nobody approves their own words"):
        let_out(waiting)


def test_a_message_of_no_kind_is_never_urgent(shared: Workspace, due: datetime):
    """A kind is part of what is signed; without one no rule can name it."""
    agree(shared, RULE)
    shared.apply(campaigns.campaign(1, at=due))
    with pytest.raises(Refused, match="of none"):
        let_out(shared)


def test_an_edit_ends_an_urgent_signature(waiting: Workspace, room: EngineRoom, due: datetime):
    """Other words are another release: the signature over the old ones lets nothing out."""
    let_out(waiting)
    messages = [campaigns.message(1, kind="rebuttal", wording={"en-GB": "Other words."}), campaigns.message(2)]
    waiting.apply(campaigns.campaign(2, at=due, messages=messages, adjustments=[campaigns.adjustment()]))
    waiting.set("r1", state="scheduled")
    assert sent(room, due) == []


def test_the_debt_is_told_in_words_and_in_json(waiting: Workspace, room: EngineRoom, due: datetime):
    """`urgent list` names release, rule and who waits for whom."""
    let_out(waiting)
    permits: list[Permit] = room.send(due)
    with reading(waiting.database) as connection:
        ((name, debt),) = urgent.listed(connection, waiting.settings.trust)
    assert (name, debt.rule, debt.digest) == (NAME, "rebuttal", permits[0].digest)
    assert json.dumps(shown(waiting).urgent)


BROKEN = [
    pytest.param([], "none of them", id="none"),
    pytest.param([{**RULE, "force": True}], "exactly the fields", id="a field too many"),
    pytest.param([{key: RULE[key] for key in RULE if key != "open"}], "exactly the fields", id="a field too few"),
    pytest.param([RULE, RULE], "two urgent rules called rebuttal", id="twice"),
    pytest.param([{**RULE, "partners": ["us"]}], "no partner of the trust file", id="a stranger"),
    pytest.param([{**RULE, "partners": []}], "lists no partners", id="nobody"),
    pytest.param([{**RULE, "kinds": "*"}], "lists no kinds", id="every kind"),
    pytest.param([{**RULE, "channels": [""]}], "lists no channels", id="a channel without a name"),
    pytest.param([{**RULE, "minutes": 0}], "not from 1 to", id="no minutes"),
    pytest.param([{**RULE, "minutes": 100_000}], "not from 1 to", id="for ever"),
    pytest.param([{**RULE, "minutes": True}], "not from 1 to", id="minutes that are none"),
    pytest.param([{**RULE, "open": 0}], "not from 1 to", id="no debt at all"),
    pytest.param({"rebuttal": RULE}, "none of them", id="a mapping"),
]


@pytest.mark.parametrize(("rules", "words"), BROKEN)
def test_a_rule_has_exactly_its_fields(workspace: Workspace, rules, words):
    """Whatever a rule says too much, too little or without bounds, the trust file with it is refused."""
    folder = workspace.settings.trust
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    with pytest.raises(NotTrusted, match=words):
        drafts.propose(folder, None, trust_files.saying(targets, "urgent", rules))


def test_one_partner_cannot_make_a_rule(workspace: Workspace):
    """A rule takes effect when every partner has signed the trust file that holds it."""
    folder = workspace.settings.trust
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    drafts.propose(folder, None, trust_files.saying(targets, "urgent", [RULE]))
    draft = drafts.sign(folder, [keys.load_signer(workspace.key("uk"))], clock.now())
    assert draft.unsigned_by == ("fr",)
    assert workspace.trust().urgent == ()
