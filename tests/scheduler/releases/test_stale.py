"""A plan that was put aside is carried out as it was looked at, or refused with all that moved since."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from campaigns import clock
from campaigns.documents import schema
from campaigns.errors import Refused, StalePlan
from campaigns.models.channel import Channel
from campaigns.plan.changes import CampaignChanges
from campaigns.signoff import approvals
from campaigns.store.engine import reading
from campaigns.store.tables import table
from scheduler import roster
from scheduler.releases import booking, files, stale
from scheduler.releases.ledger import RELEASE
from scheduler.releases.plan import Plan
from scheduler.releases.plan_file import PlanFile, from_text, to_text
from tests.builders import campaigns, zone_data
from tests.builders.workspaces import AUTHOR, Workspace
from tests.scheduler.releases.two_releases import DUE, HOUR, document

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PARIS = {"zone": "Europe/Paris"}
Change = Callable[[Workspace], Any]


def words(number: int, text: str) -> dict[str, Any]:
    """Return message *number* with *text*, and the picture."""
    return campaigns.message(number, wording={"en-GB": text}, media=[{"file": "map.png", "alt": {"en-GB": "A map."}}])


def four(*, planned: bool = False, **changes: Any) -> schema.Campaign:
    """
    Return a campaign of three releases; *planned*, what it becomes.

    Then r1 says something else, r2 is taken out, r3 stays, and r4 is new.
    """
    messages = [words(1, "Other words."), campaigns.message(3), words(4, "New words.")]
    numbers = [1, 3, 4]
    if planned:
        changes["adjustments"] = [campaigns.adjustment()]  # it may have begun by the time that the plan is applied
    else:
        messages, numbers = [campaigns.message(number) for number in (1, 2, 3)], [1, 2, 3]
    entries = [campaigns.entry(number, DUE + number * HOUR, **PARIS) for number in numbers]
    return document(messages=messages, releases=entries, **changes)


@pytest.fixture
def signed(shared: Workspace) -> Workspace:
    """Give a workspace with three releases, signed by the United Kingdom alone."""
    (shared.settings.media / "map.png").write_bytes(PNG)
    shared.apply(four())
    shared.approve("uk")
    return shared


def put_aside(workspace: Workspace, *documents: schema.Campaign) -> PlanFile:
    """Return the plan of *documents* as it comes back from a file."""
    now = clock.now().replace(microsecond=0)
    digests = files.digests(documents, workspace.settings)
    made = workspace.plan(*documents, now=now)
    file = PlanFile(now, AUTHOR, documents, {}, digests, made)
    return from_text(to_text(file), "monday.plan", workspace.settings)


def carry_out(workspace: Workspace, planned: PlanFile, now: Any = None) -> booking.Plan:
    return booking.apply_planned(
        workspace.database, planned, workspace.settings, now=now or clock.now(), vet=roster.vet
    )


def gone(entry: str) -> Change:
    def change(workspace: Workspace) -> None:
        with workspace.transaction() as connection:
            connection.execute(RELEASE.delete().where(RELEASE.c.id == workspace.row(entry)["id"]))

    return change


def another_channel(workspace: Workspace) -> None:
    with workspace.transaction() as connection:
        connection.execute(update(table(Channel)).values(account="@elsewhere"))


def void(entry: str) -> Change:
    def change(workspace: Workspace) -> None:
        with workspace.transaction() as connection:
            approvals.void(connection, [workspace.row(entry)["id"]], "a test", clock.now())

    return change


def template(workspace: Workspace) -> None:
    folder = workspace.settings.templates / "post"
    folder.mkdir(parents=True)
    (folder / "text.j2").write_text("{{ text }} {{ attribution }}", "utf-8")


def picture(workspace: Workspace) -> Any:
    return workspace.settings.media / "map.png"


def case(name: str, change: Change, *lines: str) -> Any:
    return pytest.param(change, lines, id=name)


R1, R2, R3, R4 = (f"release r{number}/en-GB/uk-outbox" for number in (1, 2, 3, 4))
MOVED = [
    case(
        "somebody applied the campaign",
        lambda workspace: workspace.apply(four(owner="The desk"), author="benoit"),
        r"campaign voices is at revision 2, planned on 1: benoit applied it at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    ),
    case("a release went out", lambda w: w.set("r2", state="published"), f"{R2} was draft, is published"),
    case(
        "a partner signed", lambda w: w.approve("fr"), f"{R1} was draft, is scheduled", f"{R2} was draft, is scheduled"
    ),
    case(
        "a partner refused",
        lambda w: w.decide("fr", "refuse", reason="No."),
        f"{R1} was draft, is refused",
        f"{R2} was draft, is refused",
    ),
    case(
        "an approval ended",
        void("r1"),
        f"approval of {R1} by uk is no longer voided: it no longer stands",
    ),
    case(
        "a release is held to other bytes",
        lambda w: w.set("r1", digest="0" * 64),
        f"{R1} was changed in the database: .+",
    ),
    case("a release to cancel is gone", gone("r2"), f"{R2} was draft, and is no longer in the database"),
    case("a release to change is gone", gone("r1"), f"{R1} was draft, is not booked"),
    case(
        "what stays would have to be mended",
        lambda w: w.set("r3", outgoing="{}"),
        f"{R3} would be changed, which the plan does not say",
    ),
    case(
        "a release that stays would come back",
        lambda w: w.set("r3", state="cancelled"),
        f"{R3} would be changed, which the plan does not say",
    ),
    case("the picture changed", lambda w: picture(w).write_bytes(PNG + b"\1"), "media file map.png changed"),
    case("the picture went", lambda w: picture(w).unlink(), "media file map.png is no longer there"),
    case(
        "a template came",
        template,
        "template templates/post/text.j2 was added",
        f"{R3} would be changed, which the plan does not say",
    ),
    case(
        "a channel is another one",
        another_channel,
        "channel uk-outbox of campaign voices is another one in the database than when this was planned",
    ),
]


@pytest.mark.parametrize(("change", "lines"), MOVED)
def test_a_stale_plan_says_what_moved(signed: Workspace, change: Change, lines: tuple[str, ...]):
    """Each thing that the plan counted on has its line, and no other has one; nothing is written."""
    planned = put_aside(signed, four(planned=True))
    change(signed)
    before = signed.rows(), signed.events()
    with pytest.raises(StalePlan) as refused:
        carry_out(signed, planned)
    first, *found = refused.value.message.split("\n  ")

    assert re.fullmatch(r"The plan of [\d:TZ-]+ no longer fits, so nothing was changed:", first)
    for line, pattern in zip(found, lines, strict=True):
        assert re.fullmatch(pattern, line), found
    assert "cordiale plan PATH... --out monday.plan" in refused.value.hint
    assert (signed.rows(), signed.events()) == before


def test_a_campaign_that_is_gone_is_told():
    """A database that was restored from before the campaign was applied is not written into as if nothing was."""
    then, now = (Plan((CampaignChanges("voices", revision, ()),), (), ()) for revision in (3, 0))
    planned = PlanFile(DUE, AUTHOR, (), {}, {}, then)

    assert list(stale.moved(planned, now, {}, {"voices": None})) == [
        "campaign voices is no longer in the database, planned on revision 3"
    ]
    assert stale.refusal(planned, then, {}, {}) is None


def test_a_new_campaign_is_new_once(signed: Workspace):
    """A plan that creates a campaign is carried out once; the second time it says who did it."""
    planned = put_aside(signed, campaigns.campaign(1, name="second", at=DUE))
    carry_out(signed, planned)
    with pytest.raises(StalePlan, match="campaign second is at revision 1, and was new when this was planned: amina"):
        carry_out(signed, planned)


def test_other_clocks_make_it_stale(signed: Workspace, tmp_path):
    """A release that would leave at another instant than the one looked at does not."""
    planned = put_aside(signed, four(planned=True))
    with (
        zone_data.reading(zone_data.rewrite(tmp_path, {"Europe/Paris": "Asia/Baghdad"})),
        pytest.raises(StalePlan) as refused,
    ):
        carry_out(signed, planned)

    assert f"{R1} would be due at " in str(refused.value)
    assert "the time zone data changed" in str(refused.value)


def test_many_lines_are_counted(shared: Workspace):
    """Twenty lines are shown, and how many more there are."""
    many = document(30)
    shared.apply(many)
    planned = put_aside(shared, document(30, channels=[campaigns.channel(account="@other")]))
    shared.approve()
    with pytest.raises(StalePlan) as refused:
        carry_out(shared, planned)

    assert refused.value.message.count("\n") == 21
    assert refused.value.message.endswith("and 10 more")


def another_campaign(workspace: Workspace) -> None:
    workspace.apply(document(1, name="other", releases=[campaigns.entry(1, DUE, id="other")]), author="benoit")


NOT_MOVED = [
    pytest.param(lambda workspace: workspace.row(), id="nothing"),
    pytest.param(lambda w: w.set("r3", state="published", fence=1, tries=1), id="what stays went out"),
    pytest.param(another_campaign, id="another campaign was applied"),
]


@pytest.mark.parametrize("change", NOT_MOVED)
def test_a_plan_that_still_fits_is_carried_out(signed: Workspace, change: Change):
    """What the plan leaves alone may go on meanwhile; what it says is done, in its author's name."""
    planned = put_aside(signed, four(planned=True))
    change(signed)
    carry_out(signed, planned)

    assert [signed.states()[entry] for entry in ("r1", "r2", "r4")] == ["draft", "cancelled", "draft"]
    assert signed.row("r4")["author"] == AUTHOR
    assert signed.plan(four(planned=True)).empty


def test_time_alone_makes_no_plan_stale(signed: Workspace):
    """A plan stays good as time passes; a release that is past by then is refused as it always is."""
    planned, due = put_aside(signed, four(planned=True)), signed.row("r1")["due_at"]
    with pytest.raises(Refused, match=r"r1/en-GB/uk-outbox is due at .* which is past") as refused:
        carry_out(signed, planned, now=due)

    assert not isinstance(refused.value, StalePlan)
    carry_out(signed, planned, now=due - timedelta(seconds=1))
    assert signed.states()["r4"] == "draft"


def test_looking_again_refuses_alike(signed: Workspace):
    """What `apply` shows before it asks is the same plan, or the same refusal."""
    planned = put_aside(signed, four(planned=True))
    with reading(signed.database) as connection:
        again = booking.replan(connection, planned, signed.settings, now=clock.now(), vet=roster.vet)
    assert [each.name for each in again.of(booking.Kind.CANCELLED)] == ["r2/en-GB/uk-outbox"]
    signed.set("r2", state="published")
    with reading(signed.database) as connection, pytest.raises(StalePlan):
        booking.replan(connection, planned, signed.settings, now=clock.now(), vet=roster.vet)
