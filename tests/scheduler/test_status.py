"""Where everything stands: what needs a person is listed, what is well is not, and a wrong file breaks no overview."""

from datetime import datetime, timedelta

import pytest

from campaigns import clock
from campaigns.store.engine import reading, writing
from campaigns.store.glance import glance, through
from scheduler.engine import hold, rates
from scheduler.engine.breaker import Seen, Sign
from scheduler.releases.evidence import held_file
from scheduler.releases.states import State
from scheduler.status import Status, gather
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
DUE = (clock.now() + HOUR).replace(microsecond=0)
LATER = DUE + timedelta(minutes=2)


@pytest.fixture
def booked(shared: Workspace) -> Workspace:
    """Give a workspace with two signed releases, on each database."""
    shared.apply(campaigns.campaign(2, at=DUE, apart=48 * HOUR))
    shared.approve()
    return shared


def status(workspace: Workspace, now: datetime = DUE) -> Status:
    with reading(workspace.database) as connection:
        return gather(through(connection), now, workspace.settings.trust)


def test_a_glance_sees_what_the_engine_sees(workspace: Workspace):
    """The quick way to SQLite and the long way give the same answer."""
    workspace.apply(campaigns.campaign(2, at=DUE))
    with glance(workspace.settings.database_url) as ask:
        assert gather(ask, DUE, workspace.settings.trust) == status(workspace)


HEALTHY = {
    State.SCHEDULED,
    State.DRAFT,
    State.CLAIMED,
    State.PUBLISHED,
    State.RETRACTED,
    State.EXPIRED,
    State.CANCELLED,
}


@pytest.mark.parametrize("state", State)
def test_what_needs_a_person_is_listed(booked: Workspace, state: State):
    """Failed, uncertain, refused, handed over, half retracted: each is named. Anything else is not."""
    booked.set("r1", state=state.value, lease_until=LATER)
    found = status(booked)
    listed = [each["name"] for each in found.attention]

    assert listed == ([] if state in HEALTHY | {State.SENDING} else ["r1/en-GB/uk-outbox"])
    assert found.healthy == (not listed)
    assert found.counts["voices"][state.value] >= 1


@pytest.mark.parametrize(
    ("values", "late"),
    [
        pytest.param({"state": "scheduled"}, True, id="scheduled and past"),
        pytest.param({"state": "draft"}, True, id="never signed"),
        pytest.param({"state": "published"}, False, id="gone out"),
        pytest.param({"state": "sending", "lease_until": DUE}, True, id="on the wire, and its daemon is gone"),
        pytest.param({"state": "claimed", "lease_until": DUE}, True, id="claimed, and its daemon is gone"),
        pytest.param({"state": "sending", "lease_until": LATER}, False, id="on the wire just now"),
    ],
)
def test_what_should_have_gone_is_late(booked: Workspace, values: dict, *, late: bool):
    """A minute after its instant a release is gone, on its way, or listed."""
    booked.set("r1", **values)

    assert bool(status(booked, LATER).late) == late


def test_the_next_instant_is_told(booked: Workspace):
    """Nobody has to search for what comes next."""
    assert status(booked).next_due == campaigns.wall(DUE) + ".000000Z"
    assert status(booked, LATER).next_due == campaigns.wall(DUE + 48 * HOUR) + ".000000Z"


def test_holds_are_told_alike_wherever_they_stand(booked: Workspace):
    """A hold in the table, in the held-file alone, and a damaged file: all with the same keys."""
    with writing(booked.database) as connection:
        hold.place(
            connection, booked.settings.trust, scope="all", target="", partner="fr", reason="a reason", at=clock.now()
        )
    in_the_table = status(booked).holds
    with writing(booked.database) as connection:
        connection.execute(hold.HOLD.delete())
    in_the_file = status(booked).holds
    held_file(booked.settings.trust).write_text("[{")
    damaged = status(booked).holds

    assert in_the_table[0].keys() == in_the_file[0].keys() == damaged[0].keys()
    assert in_the_file[0]["id"] == in_the_table[0]["id"]
    assert "damaged" in damaged[0]["reason"]


def test_channels_that_are_left_alone_are_told(booked: Workspace):
    """A channel that is paused, busy, or tried with one release at a time is named, with why; a healthy one is not."""
    with booked.transaction() as connection:
        rates.open_breaker(connection, "uk-outbox", DUE + HOUR, "401")
        rates.reserve(connection, "fr-outbox", DUE + HOUR)
    (open_,) = status(booked).paused
    (trying,) = status(booked, DUE + 2 * HOUR).paused
    with booked.transaction() as connection:
        rates.close_breaker(connection, "uk-outbox")
        rates.note(connection, [("uk-outbox", Seen(Sign.BUSY, "429", DUE + HOUR))], DUE)
    (busy,) = status(booked).paused

    assert (open_["channel"], open_["trying"], open_["why"]) == ("uk-outbox", False, "401")
    assert trying["trying"]
    assert (busy["trying"], busy["why"]) == (False, "429")
    assert status(booked, DUE + 2 * HOUR).paused == []
