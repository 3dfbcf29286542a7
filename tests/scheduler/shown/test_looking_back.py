"""Looking back at what was published, on each database: same, changed, gone, silent; counts, gaps, other hands."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from campaigns import clock
from campaigns.errors import Refused
from campaigns.store.engine import reading, writing
from campaigns.store.glance import through
from scheduler import roster, status
from scheduler.publisher import Busy, Posted, Receipt, Unreachable
from scheduler.shown import ledger, rounds, timetable
from scheduler.shown.ledger import MEASURED, SHOWING, STRANGER, Seen
from scheduler.shown.rounds import LookingBack
from scheduler.watch import troubles
from tests.builders import burst
from tests.builders.commands import process
from tests.builders.engine_room import EngineRoom, accepted
from tests.builders.workspaces import Workspace
from tests.servers.mastodon_server import MastodonServer

OUTBOX = "outbox"


def published(workspace: Workspace, room: EngineRoom, number: int = 1) -> dict[str, dict[str, Any]]:
    """Publish *number* releases by their real publishers, an hour ago, and return their rows."""
    permits = room.send()
    assert len(permits) == number
    for permit in permits:
        receipt = _sent(workspace, permit)
        room.finish(permit, accepted(receipt.remote_id), clock.now() - timedelta(hours=1))
    return workspace.rows()


def _sent(workspace: Workspace, permit: Any) -> Receipt:
    import asyncio

    from scheduler.engine.desk import Desk
    from scheduler.publisher import Delivery, Endpoint

    async def send() -> Receipt:
        async with Desk(workspace.settings, loopback_only=True) as desk:
            delivery = Delivery(permit.outgoing, permit.key, permit.digest, now=clock.now())
            found = await desk.publisher(Endpoint.of(permit.outgoing)).publish(delivery)
            assert isinstance(found, Receipt)
            return found

    return asyncio.run(send())


@pytest.fixture
def three(ground: Path, database_url: str, engine_rooms: Any) -> Iterator[Workspace]:
    """Give a workspace that published three releases to its outbox an hour ago."""
    workspace = burst.build(ground, 3, OUTBOX, None, {}, database_url=database_url)
    published(workspace, engine_rooms(workspace), 3)
    yield workspace
    workspace.database.dispose()


def look(workspace: Workspace, *only: str) -> dict[str, Seen]:
    """Look once; return entry -> what was seen."""
    found = LookingBack(workspace.settings, workspace.database).round(only)
    return {each.look.outgoing.name.partition("/")[0]: each for each in found}


def table(workspace: Workspace, of: Any) -> list[dict[str, Any]]:
    with reading(workspace.database) as connection:
        return [dict(row) for row in connection.execute(select(of)).mappings()]


def seen(workspace: Workspace, entry: str = "r1") -> dict[str, Any]:
    (row,) = [row for row in table(workspace, SHOWING) if row["release"] == workspace.row(entry)["id"]]
    return row


def said(workspace: Workspace) -> status.Status:
    with reading(workspace.database) as connection:
        return status.gather(through(connection), clock.now(), workspace.settings.trust)


def message(workspace: Workspace, entry: str = "r1") -> Path:
    return workspace.folder / OUTBOX / str(workspace.row(entry)["remote_id"]) / "message.txt"


def due(workspace: Workspace, *entries: str) -> None:
    """Let the next look at *entries* be due now."""
    ids = [workspace.row(entry)["id"] for entry in entries]
    with writing(workspace.database) as connection:
        connection.execute(SHOWING.update().where(SHOWING.c.release.in_(ids)).values(next_at=clock.now()))


def test_what_was_published_is_looked_at_once_by_its_timetable(three: Workspace):
    """Each release is read, found as signed, and put off to its next stop; a second round asks nothing."""
    assert {each.verdict for each in look(three).values()} == {"same"}
    row = seen(three)

    assert row["next_at"] == timetable.after(row["published_at"], row["looked_at"])
    assert look(three) == {}
    assert said(three).altered == []


def test_an_edit_behind_our_back_raises_an_alarm_until_it_is_mended(three: Workspace):
    """`status` fails, the alert quotes the words of both sides, and it is over when the words are back."""
    path = message(three)
    words = path.read_text("utf-8")
    path.write_text(f"{words} And more.", "utf-8")
    look(three)
    found = said(three)
    (trouble,) = troubles.of_shown(found.altered, found.strangers)

    assert not found.healthy
    assert [each["name"].partition("/")[0] for each in found.altered] == ["r1"]
    assert "{+And more.+}" in found.altered[0]["difference"]
    assert "{+And more.+}" in trouble.what
    assert trouble.whose == three.row("r1")["issuer"]

    path.write_text(words, "utf-8")
    due(three, "r1")
    look(three)
    assert said(three).altered == []
    assert seen(three)["difference"] == ""


def test_what_somebody_took_down_is_gone(three: Workspace):
    """A release that is published and not there is an alarm of its own; one that we retracted is none."""
    for entry in ("r1", "r2"):
        message(three, entry).parent.rename(three.folder / f"elsewhere-{entry}")
    three.set("r2", state="retracted")
    look(three)

    assert [(each["name"].partition("/")[0], each["verdict"]) for each in said(three).altered] == [("r1", "gone")]
    assert {row["release"] for row in table(three, SHOWING)} == {three.row(entry)["id"] for entry in ("r1", "r3")}


def test_a_difference_may_stand_until_the_next_one(three: Workspace):
    """A person lets a change stand, with a reason in the log; another change of it is told again."""
    message(three).write_text("Mended by the editor.", "utf-8")
    look(three)
    release, now = three.row("r1")["id"], clock.now()
    with writing(three.database) as connection:
        ledger.accept(connection, release, actor="amina", reason="A typing error.", now=now)
    assert said(three).altered == []
    assert [each["subject"] for each in three.events("shown.accept")] == [release]

    message(three).write_text("Forged.", "utf-8")
    due(three, "r1")
    look(three)
    assert [each["verdict"] for each in said(three).altered] == ["changed"]


def test_what_is_as_it_was_signed_needs_nobody(three: Workspace):
    """There is nothing to let stand, and the refusal says where to look."""
    look(three)
    with writing(three.database) as connection, pytest.raises(Refused, match="does not differ"):
        ledger.accept(connection, three.row("r1")["id"], actor="amina", reason="x", now=clock.now())


class Away:
    """A publisher whose channel answers as it is told."""

    def __init__(self, fault: Exception | None = None, counts: dict[str, int] | None = None) -> None:
        self.fault, self.counts, self.asked = fault, counts or {}, 0

    def words(self, delivery: Any) -> dict[str, str]:
        return {"text": delivery.piece.text}

    async def read(self, delivery: Any, remote_id: str) -> dict[str, str]:
        assert remote_id
        self.asked += 1
        if self.fault:
            raise self.fault
        return self.words(delivery)

    async def measure(self, delivery: Any, remote_id: str) -> dict[str, int]:
        assert delivery.outgoing
        assert remote_id
        return self.counts


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that puts a publisher in the place of every channel's."""

    def use(publisher: Away, *measures: str) -> Away:
        monkeypatch.setattr(rounds.Desk, "publisher", lambda _self, _endpoint: publisher)
        able = type(roster.capabilities(OUTBOX))(can_read=True, can_list=True, measures=measures)
        monkeypatch.setattr(roster, "capabilities", lambda _kind, _options=None: able)
        return publisher

    return use


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        pytest.param(Unreachable("It does not answer."), timedelta(minutes=15), id="silent"),
        pytest.param(Busy("Later.", 7200), timedelta(hours=2), id="busy, and says for how long"),
    ],
)
def test_a_channel_that_does_not_answer_is_left_alone(three: Workspace, answers: Any, fault: Exception, wait: Any):
    """One question is asked, the others are put off; a failure is no difference, and a gap no zero."""
    channel = answers(Away(fault), "likes")
    found = look(three)
    now = clock.now()

    assert channel.asked == 1
    assert [each.postponed for each in found.values()] == [False, True, True]
    assert said(three).altered == []
    assert [(row["counts"], bool(row["gap"])) for row in table(three, MEASURED)] == [({}, True)]
    later = [row["next_at"] for row in table(three, SHOWING)]
    assert all(now + wait - timedelta(minutes=1) <= each <= now + wait + timedelta(minutes=1) for each in later)


def test_a_publisher_that_breaks_its_contract_harms_its_own_release(three: Workspace, answers: Any):
    """Each release is asked for all the same, and says what failed."""
    channel = answers(Away(ZeroDivisionError()))
    found = look(three)

    assert sorted(found) == ["r1", "r2", "r3"], (table(three, SHOWING), three.rows())
    assert channel.asked == 3
    assert {row["fault"] for row in table(three, SHOWING)} == {"The publisher outbox failed: ZeroDivisionError."}


def test_counts_are_kept_with_their_instant(three: Workspace, answers: Any):
    """What a channel counts is a row of that instant; what it does not say is not there."""
    answers(Away(counts={"likes": 3, "comments": 0}), "likes", "reshares", "comments")
    look(three, three.row("r1")["id"])
    (row,) = table(three, MEASURED)

    assert (row["release"], row["counts"], row["gap"]) == (three.row("r1")["id"], {"likes": 3, "comments": 0}, "")
    assert abs(row["at"] - clock.now()) < timedelta(minutes=1)


def test_a_channel_that_says_no_count_leaves_a_gap(three: Workspace, answers: Any):
    """No count is a gap with its reason, never a zero."""
    answers(Away(counts={}), "likes")
    look(three, three.row("r1")["id"])

    assert [(row["counts"], row["gap"]) for row in table(three, MEASURED)] == [({}, "The channel gave no count.")]


def test_two_daemons_do_not_ask_the_same(three: Workspace):
    """What one of them took is put off for the others, until its lease is over."""
    now = clock.now()
    with writing(three.database) as connection:
        ledger.enrol(connection, ledger.unlisted(connection, [three.row("r1")["channel"]], now))
        first = ledger.take(connection, now, 2)
        second = ledger.take(connection, now, 10)
        third = ledger.take(connection, now, 10)
        again = ledger.take(connection, now + ledger.LEASE, 10)

    assert (len(first), len(second), len(third), len(again)) == (2, 1, 0, 3)


def test_a_row_that_is_there_is_not_added_again(three: Workspace):
    """Two daemons may find the same new release; it has one row, as it was."""
    now = clock.now()
    with writing(three.database) as connection:
        rows = ledger.unlisted(connection, [three.row("r1")["channel"]], now)
        ledger.enrol(connection, rows)
        ledger.enrol(connection, rows)
        assert ledger.unlisted(connection, [three.row("r1")["channel"]], now) == []

    assert len(table(three, SHOWING)) == 3


class Account(Away):
    """A publisher whose account has posts."""

    def __init__(self, *posts: Posted) -> None:
        super().__init__()
        self.all = posts

    async def posts(self, since: Any) -> list[Posted]:
        return [each for each in self.all if each.at >= since]


def test_a_post_that_is_no_release_is_flagged_once(three: Workspace, answers: Any):
    """By id or by address, what was published is known; what was posted just now may be a receipt under way."""
    now, known = clock.now(), three.row("r1")
    ago = now - timedelta(minutes=30)
    answers(
        Account(
            Posted(known["remote_id"], None, ago),
            Posted("other-id", three.row("r2")["remote_url"], ago),
            Posted("forged", "https://example.org/forged", ago),
            Posted("just-now", None, now),
            Posted("before-us", None, now - timedelta(days=2)),
        )
    )
    back = LookingBack(three.settings, three.database)

    assert (back.watch().found, back.watch().found) == (1, 0)
    (row,) = said(three).strangers
    assert (row["remote_id"], row["url"]) == ("forged", "https://example.org/forged")
    assert not said(three).healthy
    (trouble,) = troubles.of_shown([], said(three).strangers)
    assert "https://example.org/forged" in trouble.what
    assert "cordiale hold" in trouble.hint


def test_nothing_is_kept_of_a_stranger_but_where_and_when(three: Workspace):
    """No word and no name of whoever posted it has a column."""
    assert {column.name for column in STRANGER.columns} == {
        *("channel", "remote_id", "url", "posted_at", "seen_at", "settled_at")
    }
    assert table(three, STRANGER) == []


def test_a_person_settles_a_stranger(three: Workspace):
    """It is settled once, with a reason in the log, and told no more."""
    channel, now = three.row("r1")["channel"], clock.now()
    with writing(three.database) as connection:
        ledger.flag(connection, channel, [Posted("forged", None, now)], now)
        ledger.settle(connection, channel, "forged", actor="amina", reason="By hand.", now=now)
        with pytest.raises(Refused, match="waits for anybody"):
            ledger.settle(connection, channel, "forged", actor="amina", reason="By hand.", now=now)

    assert said(three).strangers == []
    assert len(three.events("shown.settle")) == 1


def test_on_mastodon_an_edit_and_a_foreign_post_are_found(
    ground: Path, database_url: str, engine_rooms: Any, mastodon_server: MastodonServer
):
    """The words that somebody put there, the likes that people gave, and the post that is nobody's release."""
    server = mastodon_server
    workspace = burst.build(ground, 1, "mastodon", server.url, {}, database_url=database_url)
    row = published(workspace, engine_rooms(workspace))["r1"]
    server.call("POST", f"/api/v1/statuses/{row['remote_id']}/favourite")
    assert {each.verdict for each in look(workspace).values()} == {"same"}
    (counted,) = table(workspace, MEASURED)
    server.call("PUT", f"/api/v1/statuses/{row['remote_id']}", {"status": "Something else altogether."})
    due(workspace, "r1")
    look(workspace)
    forged = server.call("POST", "/api/v1/statuses", {"status": "This is not ours."})
    account = not_accounted_for(workspace)

    assert counted["counts"] == {"likes": 1, "reshares": 0, "comments": 0}
    assert "{+Something else altogether.+}" in said(workspace).altered[0]["difference"]
    assert forged["id"] in account
    assert row["remote_id"] not in account
    workspace.database.dispose()


def not_accounted_for(workspace: Workspace) -> set[str]:
    """Return what the account posted and no release accounts for, without the grace that a receipt under way needs."""
    import asyncio

    from scheduler.engine.desk import Desk
    from scheduler.shown import looking

    since = clock.now() - timedelta(hours=2)
    with reading(workspace.database) as connection:
        ((endpoint, _),) = rounds._declared(connection)
        accounted = ledger.accounted(connection, endpoint.channel, since)

    async def ask() -> list[Posted]:
        async with Desk(workspace.settings, loopback_only=True) as desk:
            until = clock.now() + timedelta(minutes=1)
            return await looking.strangers(desk.publisher(endpoint), since, until, accounted)

    return {each.remote_id for each in asyncio.run(ask())}


def test_the_commands_show_it_and_let_it_stand(tmp_path: Path, engine_rooms: Any):
    """`look` finds the difference and fails, `list` shows it, `accept` wants a reason and ends it."""
    workspace = burst.build(tmp_path / "w", 1, OUTBOX, None, {})
    name = f"{published(workspace, engine_rooms(workspace))['r1']['entry']}"
    message(workspace).write_text("Forged.", "utf-8")
    release = release_of(workspace)
    looked = process(workspace.folder, "shown", "look", release)
    listed = process(workspace.folder, "shown", "list", "--json")
    bare = process(workspace.folder, "shown", "accept", release)
    accepted_ = process(workspace.folder, "shown", "accept", release, "--reason", "Mended.", "--as", "amina")
    after = process(workspace.folder, "shown", "list")

    assert (looked.returncode, listed.returncode, bare.returncode) == (1, 1, 2), looked.stderr
    assert "{+Forged.+}" in looked.stdout
    assert [each["name"] for each in json.loads(listed.stdout)["altered"]] == [release]
    assert (accepted_.returncode, after.returncode) == (0, 0), accepted_.stderr
    assert name in release
    workspace.database.dispose()


def release_of(workspace: Workspace) -> str:
    row = workspace.row("r1")
    return f"r1/{row['locale']}/{row['channel']}"
