"""A campaign that has begun: every change says why, the event log keeps it, and what was learnt goes on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from campaigns import clock
from campaigns.errors import Refused
from scheduler.releases.booking import Plan
from scheduler.releases.show import lines
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import DUE, HOUR, OTHER_WORDS, document, entries, midway

BEGUN = {"starts": (clock.now() - timedelta(days=2)).date().isoformat()}
EDITED = {"messages": [campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]}
LEARNT = {"learning": [{"id": "families", "found": "Families answer.", "next_time": "Begin with families."}]}


def test_a_change_without_a_reason_is_refused_whole(shared: Workspace):
    """Nothing of it is written, and the refusal has the line to paste; with it, all is."""
    shared.apply(document(**BEGUN))
    before = shared.rows(), shared.events()
    with pytest.raises(Refused, match=r"voices has begun, and nothing says why it changes \(message m1") as refused:
        shared.apply(document(**BEGUN, **EDITED), author="benoit")

    assert "by: benoit" in refused.value.hint
    assert (shared.rows(), shared.events()) == before
    assert not shared.apply(midway(**BEGUN, **EDITED)).empty


WRITTEN = [
    pytest.param({**EDITED}, "message m1", id="words"),
    pytest.param({"releases": entries()[1:]}, "release r1, the release r1/en-GB/uk-outbox", id="a release taken out"),
    pytest.param({"releases": entries(at=campaigns.wall(DUE + 5 * HOUR))}, "release r1, the release", id="a move"),
    pytest.param({"owner": "The desk"}, "owner", id="nothing that goes out"),
]


@pytest.mark.parametrize(("change", "named"), WRITTEN)
def test_before_it_begins_no_reason_is_asked(workspace: Workspace, change: Any, named: str):
    """Until its first day a campaign is being written; once a release of it was claimed, it has begun all the same."""
    workspace.apply(document())
    assert workspace.plan(document(**change)).refusals == ()
    workspace.set("r2", fence=1)
    (refusal,) = workspace.plan(document(**change)).refusals

    assert named in refusal.message


def test_the_event_log_keeps_the_reason(shared: Workspace):
    """Each apply that changes something is an event of its campaign: who, from which revision to which, and why."""
    shared.apply(document(**BEGUN))
    changed = midway(**BEGUN, **EDITED)
    shared.apply(changed, author="benoit")
    shared.apply(changed, author="claire")
    first, second = shared.events("campaign.apply")
    (reason,) = changed.adjustments

    assert (first["actor"], first["before"], first["after"], first["why"]) == ("amina", "0", "1", "")
    assert first["detail"]["releases"] == {"new": 2}
    assert (second["actor"], second["before"], second["after"]) == ("benoit", "1", "2")
    assert second["why"] == reason.because
    assert second["detail"] == {
        "changes": {"changed": 1, "created": 1},
        "releases": {"changed": 1},
        "adjustments": [reason.model_dump(mode="json")],
    }


def test_a_picture_that_changed_is_an_apply_too(workspace: Workspace):
    """Where only a file changed, the revision stays, and the event says that releases changed."""
    picture = workspace.settings.media / "map.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n1")
    shown = document(1, messages=[campaigns.message(1, media=[{"file": "map.png", "alt": {"en-GB": "A map."}}])])
    workspace.apply(shown)
    picture.write_bytes(b"\x89PNG\r\n\x1a\n22")
    workspace.apply(shown)

    event = workspace.events("campaign.apply")[-1]
    assert (event["before"], event["after"], event["detail"]["releases"]) == ("1", "1", {"changed": 1})


def carrying(*learning: str) -> dict[str, Any]:
    """Return `carries` of what campaign first learnt, by the ids of *learning*."""
    items = [
        {"id": f"c{number}", "campaign": "first", "learning": name, "applied": "We did."}
        for number, name in enumerate(learning)
    ]
    return {"name": "second", "carries": items}


def notices(plan: Plan) -> list[str]:
    return [line for line in lines(plan) if line.startswith("! Campaign")]


def test_what_is_carried_was_learnt(shared: Workspace):
    """A slip is refused with the nearest; what an applied campaign taught and nobody takes up is told, and no more."""
    more = [*LEARNT["learning"], {"id": "mornings", "found": "Read early.", "next_time": "Send early."}]
    shared.apply(document(1, name="first", learning=more))
    (refusal,) = shared.plan(document(1, **carrying("familys", "mornings", "families"))).refusals
    passing = shared.plan(document(1, **carrying("families")))

    assert refusal.message == "Campaign second carries 'familys', which campaign first did not learn."
    assert refusal.hint == "Did you mean 'families'?"
    assert passing.refusals == ()
    (notice,) = notices(passing)
    assert notice.startswith("! Campaign second passes over what first learnt ('mornings'): Send early. Carry it: {id")


def test_campaigns_applied_together_learn_from_each_other(workspace: Workspace):
    """What counts is what a campaign will have learnt once all of it is applied, not what the database has of it."""
    workspace.apply(document(1, name="first"))
    taught, taking = document(1, name="first", **LEARNT), document(1, **carrying("families"))
    (alone,) = workspace.plan(taking).refusals

    assert "It wrote down none" in alone.hint
    assert workspace.plan(taught, taking).refusals == ()


def test_of_two_applies_at_once_the_second_sees_the_first(shared: Workspace):
    """Two people apply at the same instant: one after the other, each on what is there then, none half over another."""
    shared.apply(document(8))
    edits = [
        document(8, messages=[campaigns.message(number, **words) for number in range(1, 9)], owner=author)
        for author, words in (("benoit", OTHER_WORDS), ("claire", {"wording": {"en-GB": "No village is left."}}))
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda edit: shared.apply(edit, author=edit.owner), edits))
    events = shared.events("campaign.apply")[1:]

    assert [(each["before"], each["after"]) for each in events] == [("1", "2"), ("2", "3")]
    assert {row["author"] for row in shared.rows().values()} == {events[-1]["actor"]}
    assert shared.plan(next(edit for edit in edits if edit.owner == events[-1]["actor"])).empty
