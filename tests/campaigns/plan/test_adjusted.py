"""A campaign that has begun says why it changes, or does not change."""

from datetime import UTC, datetime, timedelta

import pytest
import ryaml

from campaigns.documents.schema import Campaign
from campaigns.plan import adjusted
from campaigns.plan.diff import diff
from tests.builders.documents import put, sound

BEFORE = Campaign.model_validate(sound())
STARTS = datetime(2027, 1, 11, tzinfo=UTC)
DAY = timedelta(days=1)
REASON = {"id": "a1", "on": "2027-01-14", "by": "claire", "because": "The first week showed it."}
LEARNT = {"id": "l1", "found": "Families answer.", "next_time": "Begin with families."}
AIM = ("policy_aim", "Another aim.")
WORDS = ("messages.0.wording.fr-FR", "Daesh recule. {{ partners_in_coalition }}")


def document(*changes: tuple[str, object]) -> Campaign:
    """Return the sound document after *changes*."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    return Campaign.model_validate(data)


def said(before, after, *, releases=(), claimed=False, author="claire", now=STARTS + DAY):
    """Return what the refusal says; "" for none."""
    changes = diff(before, after)
    found = adjusted.refusal(before, after, changes, releases, claimed=claimed, author=author, now=now)
    return str(found) if found else ""


CASES = [
    pytest.param(BEFORE, [AIM], (), False, DAY, "policy_aim", id="the aim, on the second day"),
    pytest.param(BEFORE, [WORDS], (), False, DAY, "message lost-ground", id="words"),
    pytest.param(BEFORE, [("blackouts", [])], (), False, DAY, "blackout fr-reserve", id="a blackout taken out"),
    pytest.param(BEFORE, [], ("launch/ar/x",), False, DAY, "the release launch/ar/x", id="a picture alone"),
    pytest.param(BEFORE, [AIM], (), False, timedelta(0), "policy_aim", id="at the first instant of the first day"),
    pytest.param(BEFORE, [AIM], (), False, timedelta(seconds=-1), "", id="a second before"),
    pytest.param(BEFORE, [AIM], (), True, -9 * DAY, "policy_aim", id="before the first day, after the first release"),
    pytest.param(None, [AIM], (), False, DAY, "", id="a new campaign, however late"),
    pytest.param(BEFORE, [], (), True, DAY, "", id="nothing"),
    pytest.param(BEFORE, [AIM, ("adjustments", [REASON])], ("launch/ar/x",), True, DAY, "", id="with its reason"),
    pytest.param(BEFORE, [("adjustments", [REASON])], (), True, DAY, "", id="a reason alone"),
    pytest.param(BEFORE, [("learning", [LEARNT])], (), True, DAY, "", id="what was learnt"),
    pytest.param(
        BEFORE, [AIM, ("learning", [LEARNT])], (), True, DAY, "policy_aim", id="what was learnt is no reason for more"
    ),
    pytest.param(
        document(("adjustments", [REASON])),
        [AIM, ("adjustments", [REASON])],
        (),
        True,
        DAY,
        "policy_aim",
        id="an old reason for a new change",
    ),
    pytest.param(
        document(("adjustments", [REASON])),
        [AIM, ("adjustments", [{**REASON, "because": "Something else."}])],
        (),
        True,
        DAY,
        "policy_aim",
        id="an old reason written anew",
    ),
]


@pytest.mark.parametrize(("before", "changes", "releases", "claimed", "after", "named"), CASES)
def test_a_change_midway_needs_a_reason_of_its_own(before, changes, releases, claimed, after, named):
    """Once it has begun, any change but to its own log is refused without a new adjustment, and is named."""
    found = said(before, document(*changes), releases=releases, claimed=claimed, now=STARTS + after)

    assert (named in found) if named else found == ""
    assert bool(found) is bool(named)


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        pytest.param(None, STARTS, id="UTC where no zone is said"),
        pytest.param("Europe/Paris", STARTS - timedelta(hours=1), id="Paris begins an hour earlier"),
        pytest.param("Pacific/Tahiti", STARTS + timedelta(hours=10), id="Tahiti ten hours later"),
    ],
)
def test_the_first_day_begins_where_the_campaign_lives(zone, begins):
    """Midnight is that of the campaign's zone."""
    before = document(("zone", zone))

    assert not adjusted.begun(before, claimed=False, now=begins - timedelta(seconds=1))
    assert adjusted.begun(before, claimed=False, now=begins)


@pytest.mark.parametrize("author", ["claire", 'Claire d\'Arc: "the desk"', "أمينة", "no"])
@pytest.mark.parametrize("known", [[], [{**REASON, "id": "on-2027-01-12"}]], ids=["the first", "one more that day"])
def test_the_cure_is_the_very_line(author, known):
    """Pasted where the hint says, it loads as the reason of that author on that day, once the quotes are filled."""
    before = document(("adjustments", known))
    hint = said(before, document(AIM, ("adjustments", known)), author=author)
    pasted = hint.partition("quotes:\n")[2]
    text = pasted if not known else f"adjustments:\n{pasted}"
    (item,) = ryaml.loads(text.replace('because: ""', 'because: "The ministers asked for it."'))["adjustments"]
    after = document(AIM, ("adjustments", [*known, item]))

    assert ("below `adjustments:`" in hint) is bool(known)
    assert (item["by"], str(item["on"])) == (author, "2027-01-12")
    assert said(before, after, author=author) == ""
    with pytest.raises(ValueError, match="because"):
        document(("adjustments", ryaml.loads(text)["adjustments"]))


def test_many_changes_are_counted():
    """A refusal stays readable: three are named, the others counted."""
    assert "(policy_aim, the release r0, the release r1 and 8 more)" in said(
        BEFORE, document(AIM), releases=[f"r{number}" for number in range(10)]
    )
