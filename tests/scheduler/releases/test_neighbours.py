"""What a plan says of its neighbours: in the database, in other campaigns, and in the plan itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from campaigns.documents import schema
from campaigns.errors import Refused
from scheduler.releases.booking import Plan
from scheduler.releases.states import State
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import DUE, HOUR

DAY = 24 * HOUR
SAID = {"wording": {"en-GB": "Daesh has lost a lot of ground, and its leaders have fled from every town they held."}}
READERS = {"id": "readers", "locales": ["en-GB"], "timezone": "UTC"}
FULL = {"channels": [campaigns.channel(pace="2/d")]}


def one(name: str = "voices", at: timedelta = timedelta(0), **changes: Any) -> schema.Campaign:
    """Return a campaign of one release, so long after DUE."""
    return campaigns.campaign(1, name=name, at=DUE + at, **changes)


def kinds(made: Plan) -> list[str]:
    return [each.kind.value for each in made.clashes]


def words(number: int, **changes: Any) -> dict[str, Any]:
    return campaigns.message(number, **{**SAID, **changes})


def test_two_messages_of_one_plan_too_near(shared: Workspace):
    """A plan is told of what its own releases do to one another, and may be applied all the same."""
    made = shared.plan(campaigns.campaign(2, at=DUE, apart=HOUR))

    assert kinds(made) == ["audience"]
    assert made.refusals == ()


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        pytest.param(READERS, ["audience"], id="the same people"),
        pytest.param({**READERS, "insight": "They read in the evening."}, ["audience"], id="known better"),
        pytest.param({**READERS, "ages": "18-24"}, [], id="the same name for other people"),
        pytest.param({**READERS, "id": "others"}, [], id="another name"),
    ],
)
def test_another_campaigns_audience(shared: Workspace, audience: dict[str, Any], told: list[str]):
    """An id means the same people in two campaigns where their definitions are equal."""
    shared.apply(one("ports"))
    messages = [campaigns.message(1, audiences=[audience["id"]], wording={"en-GB": "We guard the Channel."})]

    assert kinds(shared.plan(one(at=HOUR, audiences=[audience], messages=messages))) == told


def test_the_gap_is_a_setting(workspace: Workspace):
    """`clash_gap` in cordiale.toml is what counts."""
    settings = workspace.settings.model_copy(update={"clash_gap": 0.5})
    quiet = Workspace(settings, workspace.database)

    assert kinds(quiet.plan(campaigns.campaign(2, at=DUE, apart=HOUR))) == []


def test_planned_releases_count_as_planned(shared: Workspace):
    """Where a release moves to counts, not where it was; and one that goes clashes with nothing."""
    shared.apply(campaigns.campaign(2, at=DUE, apart=DAY))
    nearer = [campaigns.entry(1, DUE), campaigns.entry(2, DUE + HOUR)]

    assert kinds(shared.plan(campaigns.campaign(2, at=DUE, releases=nearer))) == ["audience"]
    shared.apply(campaigns.campaign(2, at=DUE, releases=nearer))
    assert kinds(shared.plan(campaigns.campaign(2, at=DUE, apart=DAY))) == []
    third = [campaigns.entry(1, DUE), {**campaigns.entry(3, DUE + 2 * HOUR), "message": "m2"}]
    assert [each.entries for each in shared.plan(campaigns.campaign(2, at=DUE, releases=third)).clashes] == [
        ("voices:r1", "voices:r3")
    ]


def test_what_does_not_move_is_not_told_again(shared: Workspace):
    """A clash that stands already is no news to a plan that leaves both alone."""
    shared.apply(campaigns.campaign(2, at=DUE, apart=HOUR))
    entries = [campaigns.entry(1, DUE), campaigns.entry(2, DUE + HOUR), campaigns.entry(3, DUE + 9 * DAY)]
    far = campaigns.campaign(3, at=DUE, releases=entries)

    assert kinds(shared.plan(far)) == []


@pytest.fixture
def statements(workspace: Workspace) -> Iterator[list[str]]:
    """Give the statements that the database was asked since."""
    found: list[str] = []

    def hear(*said: Any) -> None:
        found.append(said[2])

    event.listen(workspace.database, "before_cursor_execute", hear)
    yield found
    event.remove(workspace.database, "before_cursor_execute", hear)


def test_a_plan_without_changes_does_not_look(workspace: Workspace, statements: list[str]):
    """Nobody's neighbours are read where nothing moves."""
    document = campaigns.campaign(2, at=DUE, apart=HOUR)
    workspace.plan(document)
    assert [each for each in statements if "BETWEEN" in each]
    workspace.apply(document)
    statements.clear()
    assert workspace.plan(document).empty
    assert [each for each in statements if "BETWEEN" in each] == []


@pytest.mark.parametrize("state", [State.SCHEDULED, State.PUBLISHED, State.UNCERTAIN])
def test_words_of_another_message_that_are_going_or_gone(shared: Workspace, state: State):
    """The same words on the same account are noticed, whether they wait or went out."""
    shared.apply(one("ports", messages=[words(1)]))
    shared.set("r1", state=state.value)
    made = shared.plan(one(at=9 * DAY, messages=[words(1)]))

    assert [(each.kind.value, each.share) for each in made.clashes] == [("words", 100)]


@pytest.mark.parametrize("state", [State.CANCELLED, State.REFUSED, State.EXPIRED, State.FAILED, State.RETRACTED])
def test_what_nobody_sees_clashes_with_nothing(shared: Workspace, state: State):
    """Withdrawn, refused, expired, failed and retracted releases are not there."""
    shared.apply(one("ports", messages=[words(1)]))
    shared.set("r1", state=state.value)

    assert kinds(shared.plan(one(at=HOUR, messages=[words(1)]))) == []


def test_who_speaks_makes_no_texts_alike(shared: Workspace):
    """The attribution and the help line, which all releases of an issuer have, are left out of the comparison."""
    short = [campaigns.message(1, wording={"en-GB": "We act."}), campaigns.message(2, wording={"en-GB": "They lie."})]

    assert kinds(shared.plan(campaigns.campaign(2, at=DUE, apart=9 * DAY, messages=short))) == []


def test_an_account_that_would_be_too_full_refuses_the_plan(shared: Workspace):
    """Pacing is a cap: the plan says so, and cannot be applied, whichever campaign the others are of."""
    shared.apply(campaigns.campaign(2, name="ports", at=DUE, apart=5 * HOUR, **FULL))
    own = [campaigns.channel(id="uk-second", pace="2/d")]
    third = one(at=10 * HOUR, channels=own)

    [refusal] = shared.plan(third).refusals
    assert "would carry 3 releases within one day" in refusal.message
    with pytest.raises(Refused, match="its pace is 2/d"):
        shared.apply(third)
    assert len(shared.rows()) == 2
    shared.apply(one(at=24 * HOUR, channels=own))


def test_a_partner_that_is_silent_in_another_campaign(shared: Workspace):
    """A blackout is a partner's: a release that speaks for it elsewhere is told."""
    spans = {"from": campaigns.wall(DUE - HOUR), "to": campaigns.wall(DUE + DAY), "zone": "UTC"}
    blackout = {"id": "reserve", "partner": "fr", "reason": "réserve électorale", **spans}
    shared.apply(one("ports", at=30 * DAY, blackouts=[blackout]))
    made = shared.plan(one())

    assert kinds(made) == ["blackout"]
    assert "which ports declares" in made.clashes[0].message
    lifted = one("ports", at=30 * DAY)
    assert kinds(shared.plan(one(), lifted)) == []


def test_damaged_bytes_of_a_neighbour_break_no_plan(shared: Workspace):
    """A release that the gate will keep back for its bytes clashes with nothing, and stops nobody's plan."""
    shared.apply(one("ports"))
    for form in ("{", "[]", '{"kind": "feed"}'):
        shared.set("r1", outgoing=form)
        assert kinds(shared.plan(one(at=HOUR, messages=[words(1)]))) == []
