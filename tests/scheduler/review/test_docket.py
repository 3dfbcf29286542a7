"""What waits: for whom, since when, until when, in which round; and who may not sign it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.errors import Refused
from scheduler.review import changes, docket
from scheduler.review.docket import Terms
from scheduler.review.selection import Selection
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import DUE, EDITED, HOUR, document


def found(workspace: Workspace, pick: Selection = Selection(), terms: Terms | None = None) -> dict[str, docket.Item]:  # noqa: B008 (immutable)
    with workspace.transaction() as connection:
        return {each.entry: each for each in docket.items(connection, workspace.trust(), "voices", pick, terms)}


def reworded(number: int):
    return [
        campaigns.message(1, wording={"en-GB": f"Daesh lost {campaigns.in_words(number)} towns."}),
        campaigns.message(2),
    ]


def test_what_waits_says_since_when_and_until_when(workspace: Workspace):
    """Since its bytes were booked; until its instant less the lead that the workspace sets; an edit starts anew."""
    then = clock.now() - 5 * HOUR
    workspace.apply(document(), now=then)
    one = found(workspace, terms=Terms(lead=timedelta(hours=6)))["r1"]
    workspace.apply(document(messages=EDITED), now=then + HOUR)
    other = found(workspace)

    assert (one.since, one.deadline) == (then, DUE - timedelta(hours=6))
    assert (other["r1"].since, other["r2"].since) == (then + HOUR, then)
    assert not one.late(one.deadline)
    assert one.late(one.deadline + timedelta(seconds=1))
    (fr, uk) = docket.waiting(list(other.values()))
    assert (fr.partner, fr.releases, fr.since, fr.deadline) == ("fr", 2, then, DUE - HOUR)
    assert uk.partner == "uk"


def test_a_round_is_a_form_that_somebody_decided_on(workspace: Workspace, cordiale: Callable[..., tuple[int, str]]):
    """Edits that nobody had looked at cost no round; after the last one people must talk, and the exit code says so."""
    workspace.apply(document())
    workspace.apply(document(messages=reworded(2)))
    assert found(workspace)["r1"].rounds == 1
    for number in (3, 4):
        workspace.decide("fr", "refuse", reason="No.", pick=Selection(releases=("r1",)))
        workspace.apply(document(messages=reworded(number)))
    third = found(workspace)["r1"]
    assert (third.rounds, third.must_talk) == (3, False)
    assert cordiale("review", "voices")[0] == 0

    refusing = ("refuse", "voices", "--as", "fr", "--key", str(workspace.key("fr")), "--release", "r1")
    assert "must talk" in cordiale(*refusing, "--because", "still no")[1]
    code, shown = cordiale("review", "voices")
    assert code == 1
    assert "round 3 of at most 3 and not agreed: uk and fr must talk" in shown
    plan = workspace.plan(document(messages=reworded(5)))
    assert [each.message for each in plan.notices] == [
        "1 release of voices (r1/en-GB/uk-outbox) would be in round 4 of at most 3."
    ]


def test_what_is_agreed_needs_no_talk(workspace: Workspace):
    """Late as it was: once all have signed, the number of rounds is history."""
    workspace.apply(document())
    for number in (2, 3, 4):
        workspace.decide("fr", "refuse", reason="No.", pick=Selection(releases=("r1",)))
        workspace.apply(document(messages=reworded(number)))
    assert found(workspace)["r1"].must_talk
    workspace.approve()

    assert not found(workspace)["r1"].must_talk


def test_each_partner_is_shown_what_changed_since_its_own_word(workspace: Workspace):
    """Who signed the first form sees both edits, who signed the second sees the last one alone."""
    workspace.apply(document())
    workspace.approve("fr")
    workspace.apply(document(messages=reworded(2)))
    workspace.approve("uk")
    workspace.apply(document(messages=reworded(3)))
    with workspace.transaction() as connection:
        items = docket.items(connection, workspace.trust(), "voices", Selection(releases=("r1",)))
        (fr, uk) = changes.since(connection, items)[items[0].id]
    out = {
        each.partner: ["".join(p.text for p in d.pieces if p.kind == "out") for d in each.differences or ()]
        for each in (fr, uk)
    }

    assert out["uk"] == ["two"]
    assert "one of its villages" in out["fr"][0]


def test_a_form_that_was_tampered_with_is_not_shown(workspace: Workspace):
    """Whoever can write the database cannot make a partner believe that it signed other words."""
    workspace.apply(document())
    workspace.approve("fr")
    workspace.apply(document(messages=reworded(2)))
    with workspace.transaction() as connection:
        connection.exec_driver_sql("UPDATE earlier_form SET outgoing = replace(outgoing, 'villages', 'victories')")
        items = docket.items(connection, workspace.trust(), "voices", Selection(releases=("r1",)))
        ((change,),) = changes.since(connection, items).values()

    assert change.differences is None


def test_who_wrote_the_words_does_not_approve_them_after_a_colleague_moved_them(workspace: Workspace):
    """Neither the writer of the words nor who last touched the release; any colleague may, before or after."""
    workspace.apply(document(), author="uk-officer")
    workspace.apply(document(releases=[campaigns.entry(1, DUE + HOUR), campaigns.entry(2, DUE + HOUR)]), author="amina")
    one = found(workspace)["r1"]
    effect = workspace.decide("uk", "approve", pick=Selection(releases=("r1",)))

    assert one.authors == ("uk-officer", "amina")
    assert (effect.own, effect.waiting) == (1, 0)
    assert found(workspace)["r1"].missing == ("uk", "fr")


def test_names_are_compared_as_people_are(workspace: Workspace):
    """Another spelling of the author's name is the author."""
    workspace.apply(document(), author="  UK-Officer ")

    assert workspace.approve("uk")[0].own == 2


@pytest.mark.parametrize(
    ("pick", "picked"),
    [
        pytest.param(Selection(releases=("r1",)), {"r1"}, id="an-entry"),
        pytest.param(Selection(releases=("r2/en-GB/uk-outbox",)), {"r2"}, id="a-whole-name"),
        pytest.param(Selection(messages=("m2",)), {"r2"}, id="a-message"),
        pytest.param(Selection(locales=("en-GB",)), {"r1", "r2"}, id="a-locale"),
        pytest.param(Selection(channels=("uk-outbox",), messages=("m1",)), {"r1"}, id="both"),
        pytest.param(Selection(), {"r1", "r2"}, id="everything"),
    ],
)
def test_a_part_is_reviewed_approved_and_refused(workspace: Workspace, pick: Selection, picked: set[str]):
    """A selection means the same everywhere; the rest waits on."""
    workspace.apply(document())

    assert set(found(workspace, pick)) == picked
    workspace.decide("uk", "refuse", reason="No.", pick=pick)
    assert {entry for entry, state in workspace.states().items() if state == "refused"} == picked


@pytest.mark.parametrize(
    "pick",
    [
        Selection(releases=("r3",)),
        Selection(messages=("m9",)),
        Selection(locales=("fr",)),
        Selection(channels=("uk-outbx",)),
    ],
    ids=str,
)
def test_a_slip_of_the_pen_signs_nothing(workspace: Workspace, pick: Selection):
    """A name that is not there is refused with what there is."""
    workspace.apply(document())
    with pytest.raises(Refused, match="Campaign voices has no") as refused:
        workspace.approve("uk", pick=pick)

    assert refused.value.hint
    assert set(workspace.states().values()) == {"draft"}
