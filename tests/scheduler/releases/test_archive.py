"""What was published is there for checks to compare with, from whatever campaign and however long ago."""

from datetime import timedelta

from sqlalchemy import update

from campaigns.store.engine import reading, writing
from scheduler.releases import archive
from scheduler.releases.ledger import RELEASE
from scheduler.releases.states import State
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

WORDS = {"en-GB": "Daesh lost its ground and its money, and partners from every continent stand together."}
LONG_AGO = campaigns.STARTS - timedelta(days=400)


def publish(workspace: Workspace, **values: object) -> None:
    """Make every release of the workspace published long ago."""
    with writing(workspace.database) as connection:
        facts = {"state": State.PUBLISHED.value, "published_at": LONG_AGO, "due_at": LONG_AGO, **values}
        connection.execute(update(RELEASE).values(**facts))


def said(workspace: Workspace, name: str) -> list[tuple[str, str]]:
    """Return what a plan of another campaign that says the same finds: check and message."""
    again = campaigns.campaign(name=name, messages=[campaigns.message(7, wording=WORDS)], releases=[campaigns.entry(7)])
    made = workspace.plan(again, now=campaigns.STARTS - timedelta(days=1))
    return [(each["check"], each["message"]) for change in made.releases for each in change.findings]


def test_an_old_text_is_remembered(shared: Workspace) -> None:
    """A draft that repeats what another campaign published a year ago carries the warning to those who sign."""
    first = campaigns.campaign(name="voices", messages=[campaigns.message(1, wording=WORDS)])
    shared.apply(first, now=campaigns.STARTS - timedelta(days=2))
    assert said(shared, "more-voices") == []
    publish(shared)

    ((check, message),) = said(shared, "more-voices")
    assert check == "near-duplicate"
    assert "as 'm1' of campaign 'voices', which is out since release r1/en-GB/uk-outbox" in message


def test_what_did_not_go_out_is_no_repetition(shared: Workspace) -> None:
    """A text that was cancelled, or is still planned, was said to nobody."""
    first = campaigns.campaign(name="voices", messages=[campaigns.message(1, wording=WORDS)])
    shared.apply(first, now=campaigns.STARTS - timedelta(days=2))
    publish(shared, state=State.CANCELLED.value)

    assert said(shared, "more-voices") == []


def test_damaged_bytes_are_passed_over(shared: Workspace) -> None:
    """A row that somebody broke harms only itself."""
    first = campaigns.campaign(name="voices", messages=[campaigns.message(1, wording=WORDS)])
    shared.apply(first, now=campaigns.STARTS - timedelta(days=2))
    publish(shared, outgoing="{")

    assert said(shared, "more-voices") == []


def test_the_same_bytes_are_read_once(shared: Workspace) -> None:
    """A release that repeats counts as one text."""
    weekly = campaigns.campaign(name="voices", entries={"repeat": "FREQ=WEEKLY;COUNT=5"})
    shared.apply(weekly, now=campaigns.STARTS - timedelta(days=2))
    publish(shared)

    with reading(shared.database) as connection:
        assert len(list(archive._said(connection))) == 1
