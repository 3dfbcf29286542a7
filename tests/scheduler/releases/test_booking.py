"""Plan and apply: what a document asks for is booked once, and an edit costs exactly the approvals it touches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns import clock
from campaigns.errors import Refused
from campaigns.plan import stored
from campaigns.signoff import approvals
from campaigns.store.engine import reading
from content import render
from scheduler.releases import booking
from scheduler.releases.booking import Kind, Record
from scheduler.releases.outgoing import parse
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import DUE, HOUR, OTHER_WORDS, document, entries, kinds, midway


@pytest.fixture
def signed(workspace: Workspace) -> Workspace:
    """Give a workspace with two signed releases."""
    workspace.apply(document())
    workspace.approve()
    return workspace


def test_applying_books_a_draft_for_each_release(shared: Workspace):
    """What goes out is rendered, stored and digested when it is booked; nothing is scheduled without signatures."""
    made = shared.apply(document())

    assert kinds(made) == {"r1": "new", "r2": "new"}
    assert set(shared.states().values()) == {"draft"}
    assert [each["act"] for each in shared.events() if each["act"].startswith("release")] == ["release.book"] * 2


def test_applying_twice_changes_nothing(shared: Workspace):
    """The same document again is no change: no row, no event, no approval."""
    shared.apply(document())
    shared.approve()
    before = shared.rows(), shared.events()

    assert shared.apply(document()).empty
    assert (shared.rows(), shared.events()) == before


def test_an_edit_voids_the_approvals_of_what_it_changes(shared: Workspace):
    """Other words are a draft again and lose their signatures, in the same transaction; the rest keeps its own."""
    shared.apply(document())
    shared.approve()
    old = shared.row("r1")
    made = shared.apply(document(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))

    assert kinds(made) == {"r1": "changed", "r2": "kept"}
    assert made.of(Kind.CHANGED)[0].why == "What goes out changed."
    assert made.of(Kind.CHANGED)[0].voids == ("fr", "uk")
    assert shared.states() == {"r1": "draft", "r2": "scheduled"}
    assert shared.row("r1")["digest"] != old["digest"]
    with shared.transaction() as connection:
        found = approvals.Signatures.load(connection, shared.trust())
    assert found.partners_for(old["id"], old["digest"]) == {}


def test_going_back_to_the_old_words_does_not_bring_the_signatures_back(signed: Workspace):
    """A voided approval stays void, even where the bytes are the same once more."""
    old = signed.row("r1")["digest"]
    signed.apply(document(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))
    signed.apply(document())

    assert signed.row("r1")["digest"] == old
    assert signed.states()["r1"] == "draft"
    with signed.transaction() as connection:
        assert approvals.Signatures.load(connection, signed.trust()).partners_for(signed.row("r1")["id"], old) == {}


def test_moving_keeps_the_identity(signed: Workspace):
    """Another instant is the same release, to be signed again."""
    before = signed.row("r1")["id"]
    made = signed.apply(document(releases=entries(at=campaigns.wall(DUE + 5 * HOUR))))

    assert made.of(Kind.CHANGED)[0].why == "When it goes out changed."
    assert signed.row("r1")["id"] == before
    assert (signed.row("r1")["state"], signed.row("r1")["due_at"]) == ("draft", DUE + 5 * HOUR)


def test_an_entry_that_goes_away_is_cancelled(signed: Workspace):
    """What the document no longer asks for does not go out."""
    made = signed.apply(document(releases=entries()[1:]))

    assert kinds(made) == {"r2": "kept", "r1": "cancelled"}
    assert made.of(Kind.CANCELLED)[0].voids == ("fr", "uk")
    assert signed.states() == {"r1": "cancelled", "r2": "scheduled"}


def test_an_entry_that_comes_back_is_a_draft(signed: Workspace):
    """Signatures from before it was taken out do not count."""
    signed.apply(document(releases=entries()[1:]))
    signed.apply(document())

    assert signed.states() == {"r1": "draft", "r2": "scheduled"}
    assert signed.approve("uk")[0].waiting == 1


def test_a_new_release_in_the_past_is_refused(workspace: Workspace):
    """Nothing is published late by accident: not one release of the document is booked."""
    with pytest.raises(Refused, match="which is past"):
        workspace.apply(document(), now=DUE + timedelta(minutes=30))

    assert workspace.rows() == {}


def test_damaged_bytes_are_mended_by_applying_again(signed: Workspace):
    """The cure that the refusal of damaged bytes names works: the release is rendered anew and signed again."""
    signed.set("r1", outgoing="{}")
    made = signed.apply(document(), afresh=True)

    assert kinds(made) == {"r1": "changed", "r2": "kept"}
    assert signed.states()["r1"] == "draft"


def test_another_wall_time_for_the_same_instant_voids_nothing(signed: Workspace):
    """What was signed is the instant: another zone that means the same one is written down, and signatures stand."""
    made = signed.apply(document(releases=entries(zone="Africa/Abidjan")))

    assert kinds(made) == {"r1": "rechecked", "r2": "kept"}
    assert (signed.row("r1")["zone"], signed.row("r2")["zone"]) == ("Africa/Abidjan", "UTC")
    assert signed.states()["r1"] == "scheduled"


def test_history_from_before_is_recorded_and_never_sent(workspace: Workspace):
    """A release published before Cordiale is booked as published, at its instant, without a signature."""
    past = datetime(2026, 1, 5, 12, 0, tzinfo=clock.now().tzinfo)
    old = document(releases=[campaigns.entry(1, past), campaigns.entry(2, DUE)])
    made = workspace.apply(old, history={"r1/en-GB/uk-outbox": Record(past, "https://example.org/1")})

    assert kinds(made) == {"r1": "recorded", "r2": "new"}
    assert workspace.states() == {"r1": "published", "r2": "draft"}
    assert (workspace.row("r1")["published_at"], workspace.row("r1")["remote_url"]) == (past, "https://example.org/1")
    assert workspace.apply(old).empty


def test_an_error_in_the_middle_leaves_nothing(shared: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Campaign rows, bookings, voided approvals and events are one transaction."""
    shared.apply(document())
    shared.approve()
    before = shared.rows(), shared.events()

    def fail(*args: object) -> None:
        message = "the power went"
        raise OSError(message)

    monkeypatch.setattr(booking.approvals, "void", fail)
    with pytest.raises(OSError, match="the power went"):
        shared.apply(
            document(title={"en-GB": "Others"}, messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)])
        )

    assert (shared.rows(), shared.events()) == before
    monkeypatch.undo()
    assert shared.apply(document()).empty


def test_a_channel_means_the_same_everywhere(signed: Workspace):
    """A campaign cannot redefine a channel that another one uses; together they may."""
    other = document(name="other", channels=[campaigns.channel(account="@elsewhere")])
    with pytest.raises(Refused, match="differs from the one of voices"):
        signed.apply(other)
    signed.apply(other, document(channels=[campaigns.channel(account="@elsewhere")]))

    assert {row["state"] for row in signed.rows().values()} == {"draft"}


def test_an_unknown_kind_of_channel_is_refused(workspace: Workspace):
    """A channel that nothing can publish on is refused when it is planned, not when it is due."""
    with pytest.raises(Exception, match="There is no publisher of kind 'outbx'"):
        workspace.apply(document(channels=[campaigns.channel("outbx", id="uk-outbox")]))

    assert workspace.rows() == {}


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the list of messages that were rendered since."""
    found: list[str] = []
    real: Callable[..., Any] = render.render

    def count(request: Any) -> Any:
        found.append(request.message.id)
        return real(request)

    monkeypatch.setattr(render, "render", count)
    return found


def test_a_plan_renders_only_what_changed(signed: Workspace, rendered: list[str]):
    """Ten thousand releases that stay as they are cost no rendering."""
    assert signed.plan(document()).empty
    assert rendered == []
    signed.plan(document(messages=[campaigns.message(1), campaigns.message(2, **OTHER_WORDS)]))
    assert rendered == ["m2"]


def test_a_plan_writes_nothing(shared: Workspace):
    """Looking is free."""
    made = shared.plan(document())

    assert kinds(made) == {"r1": "new", "r2": "new"}
    assert (shared.rows(), shared.events()) == ({}, [])


def test_the_author_is_who_changed_it_last(signed: Workspace):
    """Whoever rewrites a release is its author; whoever changes another one is not."""
    signed.apply(document(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]), author="benoit")

    assert {entry: row["author"] for entry, row in signed.rows().items()} == {"r1": "benoit", "r2": "amina"}


def test_another_campaign_is_left_alone(signed: Workspace):
    """`apply PATH` retires nothing that lives in files not named."""
    signed.apply(document(name="other"))

    assert {row["state"] for row in signed.rows().values()} <= {"draft", "scheduled"}
    assert not signed.events("release.cancel")


def test_each_occurrence_is_a_release(workspace: Workspace):
    """A repeat is expanded when it is planned: every occurrence is signed like any other."""
    workspace.apply(document(1, entries={"repeat": "FREQ=DAILY;COUNT=3"}))
    ids = {row["id"] for row in workspace.rows().values()}
    made = workspace.apply(
        document(1, entries={"repeat": "FREQ=DAILY;COUNT=3", "until": campaigns.wall(DUE + 30 * HOUR)})
    )

    assert len(ids) == 3
    assert sorted(each.kind.value for each in made.releases) == ["cancelled", "kept", "kept"]


def test_a_correction_is_part_of_what_is_signed(workspace: Workspace):
    """Which release it corrects stands in the bytes: to name another one is an edit, and voids approvals."""
    later = campaigns.entry(3, DUE + 24 * HOUR)
    messages = [campaigns.message(number) for number in (1, 2, 3)]
    workspace.apply(document(messages=messages, releases=[*entries(), {**later, "supersedes": "r1"}]))
    workspace.approve()
    before = workspace.row("r3")
    workspace.apply(midway(messages=messages, releases=[*entries(), {**later, "supersedes": "r2"}]))

    assert parse(before["outgoing"]).supersedes == workspace.row("r1")["id"]
    assert parse(workspace.row("r3")["outgoing"]).supersedes == workspace.row("r2")["id"]
    assert before["state"] == "scheduled"
    assert workspace.states() == {"r1": "scheduled", "r2": "scheduled", "r3": "draft"}
    with reading(workspace.database) as connection:
        exported = stored.read(connection, "voices")
    assert exported is not None
    assert [entry.supersedes for entry in exported.releases] == [None, None, "r2"]
