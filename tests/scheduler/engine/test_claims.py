"""Claim, begin, finish: the three transactions between a due release and a known outcome, on both databases."""

from datetime import datetime, timedelta

import pytest

from campaigns import clock
from campaigns.store.engine import writing
from scheduler.engine import hold, rates
from scheduler.engine.breaker import Sign
from scheduler.engine.claims import Claim
from scheduler.engine.outcomes import Ending
from scheduler.publisher import Capabilities, Receipt
from scheduler.releases.states import Move
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom, accepted, busy, lost, unknown_again
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DUE = (clock.now() + HOUR).replace(microsecond=0)
TWICE = campaigns.message(1, wording={"en-GB": "The same words."})


def book(workspace: Workspace, n: int = 3, *, apart: timedelta = MINUTE, **changes) -> None:
    """Book and sign *n* releases, due from DUE on."""
    workspace.apply(campaigns.campaign(n, at=DUE, apart=apart, **changes))
    workspace.approve()


def entries(workspace: Workspace, held: list[Claim]) -> list[str]:
    names = {row["id"]: entry for entry, row in workspace.rows().items()}
    return [names[claim.id] for claim in held]


def held_by(workspace: Workspace, scope: str, target: str = "") -> None:
    with writing(workspace.database) as connection:
        hold.place(
            connection,
            workspace.settings.trust,
            scope=scope,
            target=target,
            partner="fr",
            reason="x",
            at=clock.now(),
        )


def test_claims_are_oldest_first_and_no_more_than_asked(engine_room: EngineRoom):
    """What has waited longest goes first, in portions."""
    book(engine_room.workspace, 5)
    now = DUE + HOUR

    assert entries(engine_room.workspace, engine_room.claim(now, limit=2)) == ["r1", "r2"]
    assert entries(engine_room.workspace, engine_room.claim(now, limit=9)) == ["r3", "r4", "r5"]
    assert engine_room.claim(now) == []


def test_nothing_is_claimed_early(engine_room: EngineRoom):
    """A release is nobody's before its instant."""
    book(engine_room.workspace, 2)

    assert engine_room.claim(DUE - SECOND) == []
    assert entries(engine_room.workspace, engine_room.claim(DUE)) == ["r1"]


def test_a_claim_takes_a_lease_and_counts_the_fence(engine_room: EngineRoom):
    """A claim says whose it is, until when, and which one it is; the log says that it was taken."""
    book(engine_room.workspace, 1)
    (claim,) = engine_room.claim(DUE)
    row = engine_room.workspace.row()

    assert (claim.fence, row["fence"], row["state"]) == (1, 1, "claimed")
    assert row["owner"] == f"{engine_room.machine}:one"
    assert row["lease_until"] == DUE + timedelta(seconds=30)
    assert len(engine_room.workspace.events("release.claim")) == 1


@pytest.mark.parametrize(
    ("scope", "target", "left"),
    [
        pytest.param("all", "", [], id="everything"),
        pytest.param("campaign", "voices", [], id="its campaign"),
        pytest.param("channel", "uk-outbox", ["r2"], id="its channel"),
        pytest.param("partner", "uk", ["r2"], id="its issuer"),
    ],
)
def test_what_is_held_is_not_claimed(engine_room: EngineRoom, scope: str, target: str, left: list[str]):
    """A hold keeps its scope in the queue and nothing else."""
    channels = [campaigns.channel(), campaigns.channel(id="fr-outbox", issuer="fr", account="@faits")]
    releases = [campaigns.entry(1, DUE), campaigns.entry(2, DUE, channels=["fr-outbox"])]
    book(engine_room.workspace, 2, channels=channels, releases=releases)
    held_by(engine_room.workspace, scope, target)

    assert entries(engine_room.workspace, engine_room.claim(DUE)) == left


def test_a_channel_with_a_rate_gives_one_at_a_time(engine_room: EngineRoom):
    """A rate is a minimum distance; the queue keeps its order, and other channels do not wait."""
    channels = [campaigns.channel(rate="30/h"), campaigns.channel(id="fr-outbox", issuer="fr", account="@faits")]
    releases = [*[campaigns.entry(n, DUE) for n in (1, 2, 3)], campaigns.entry(4, DUE, channels=["fr-outbox"])]
    book(engine_room.workspace, 4, channels=channels, releases=releases)
    first = entries(engine_room.workspace, engine_room.claim(DUE))
    rated = [name for name in first if name != "r4"]

    assert len(first) == 2
    assert "r4" in first
    assert engine_room.claim(DUE + 2 * MINUTE - SECOND) == []
    assert len(engine_room.claim(DUE + 2 * MINUTE)) == 1
    assert len(engine_room.claim(DUE + 9 * MINUTE)) == 1
    assert len(rated) == 1
    assert [event["act"] for event in engine_room.workspace.events("release.release")] == []


def test_a_rate_holds_between_two_daemons(shared: Workspace, engine_rooms):
    """Two machines together speak no oftener than one."""
    book(shared, 3, apart=timedelta(0), channels=[campaigns.channel(rate="30/h")])
    one = engine_rooms(shared)
    other = EngineRoom(shared, one.journal, token="two")

    assert [len(one.claim(DUE)), len(other.claim(DUE)), len(other.claim(DUE + 2 * MINUTE))] == [1, 0, 1]


def test_a_paused_channel_is_not_claimed(engine_room: EngineRoom):
    """While the breaker is open, the releases of its channel stay where they are."""
    book(engine_room.workspace, 1)
    with writing(engine_room.workspace.database) as connection:
        rates.open_breaker(connection, "uk-outbox", DUE + MINUTE, "401")

    assert engine_room.claim(DUE) == []
    assert len(engine_room.claim(DUE + MINUTE)) == 1


def test_begin_puts_the_attempt_on_record_first(engine_room: EngineRoom):
    """Before the wire is touched the table says so: state, attempt, key and how often it was tried."""
    book(engine_room.workspace, 1)
    (permit,) = engine_room.send(DUE)
    row, (attempt,) = engine_room.workspace.row(), engine_room.workspace.attempts()

    assert (row["state"], row["tries"], row["key_since"]) == ("sending", 1, DUE)
    assert (attempt["release"], attempt["fence"], attempt["outcome"]) == (row["id"], 1, None)
    assert attempt["key"] == permit.key
    assert permit.digest == row["digest"]


def edit(workspace: Workspace) -> None:
    """Change the words behind a claim: the claim was taken on other bytes."""
    from dataclasses import replace

    from scheduler.releases.outgoing import canonical, digest, parse

    form = canonical(replace(parse(workspace.row()["outgoing"]), account="@others"))
    workspace.set("r1", outgoing=form.decode(), digest=digest(form))


@pytest.mark.parametrize(
    ("between", "state"),
    [
        pytest.param(edit, "scheduled", id="edited after the claim"),
        pytest.param(lambda workspace: held_by(workspace, "all"), "scheduled", id="held after the claim"),
        pytest.param(lambda workspace: workspace.set("r1", fence=2), "claimed", id="claimed by another since"),
        pytest.param(lambda workspace: workspace.set("r1", state="cancelled"), "cancelled", id="cancelled since"),
        pytest.param(
            lambda workspace: [path.unlink() for path in workspace.settings.trust.glob("*.json")],
            "scheduled",
            id="the trust file is gone",
        ),
    ],
)
def test_begin_asks_the_gate_again(engine_room: EngineRoom, between, state: str):
    """What changed between claim and begin counts: nothing leaves, and no attempt is written."""
    book(engine_room.workspace, 1)
    held = engine_room.claim(DUE)
    between(engine_room.workspace)

    assert engine_room.begin(held, DUE) == []
    assert engine_room.workspace.row()["state"] == state
    assert engine_room.workspace.attempts() == []


def test_the_same_words_begin_once_in_a_batch(engine_room: EngineRoom):
    """Two releases that say the same on the same account do not slip through together."""
    releases = [campaigns.entry(1, DUE), campaigns.entry(2, DUE, message="m1")]
    book(engine_room.workspace, 1, messages=[TWICE], releases=releases)

    assert len(engine_room.send(DUE)) == 1
    assert sorted(engine_room.workspace.states().values()) == ["scheduled", "sending"]
    assert len(engine_room.send(DUE + MINUTE)) == 0


def test_the_journal_corrects_a_table_that_forgot(engine_room: EngineRoom):
    """A database restored from an old backup publishes nothing a second time."""
    book(engine_room.workspace, 2, apart=timedelta(0))
    for entry, outcome in (("r1", "published"), ("r2", "unknown")):
        row = engine_room.workspace.row(entry)
        engine_room.journal.write([(row["id"], row["digest"], "begun"), (row["id"], row["digest"], outcome)], DUE)

    assert engine_room.send(DUE) == []
    assert engine_room.workspace.states() == {"r1": "published", "r2": "uncertain"}


def test_finish_writes_the_receipt(engine_room: EngineRoom):
    """The channel's word is kept: where it can be seen, and when it was given."""
    book(engine_room.workspace, 1)
    (permit,) = engine_room.send(DUE)
    assert engine_room.finish(permit, accepted(), DUE + SECOND) == []
    row, (attempt,) = engine_room.workspace.row(), engine_room.workspace.attempts()

    assert (row["state"], row["remote_id"], row["remote_url"]) == (
        "published",
        "remote-1",
        "https://example.org/remote-1",
    )
    assert (row["published_at"], row["owner"], row["lease_until"]) == (DUE + SECOND, None, None)
    assert (attempt["outcome"], attempt["remote_id"], attempt["finished_at"]) == ("published", "remote-1", DUE + SECOND)


def test_a_stale_finish_writes_nothing_but_the_fact(engine_room: EngineRoom):
    """A holder that was fenced off changes no row; what it saw stands in the log, with the receipt."""
    book(engine_room.workspace, 1)
    (permit,) = engine_room.send(DUE)
    engine_room.workspace.set("r1", fence=2, state="sending")
    before = engine_room.workspace.row()
    (stale,) = engine_room.finish(permit, accepted())
    (event,) = engine_room.workspace.events("release.fenced")

    assert stale.id == before["id"]
    assert engine_room.workspace.row() == before
    assert event["detail"] == {"outcome": "published", "remote_id": "remote-1", "url": "https://example.org/remote-1"}


def test_a_receipt_that_comes_late_settles_an_uncertain_release(engine_room: EngineRoom):
    """Recovery gave up on it, then the answer came: the answer counts."""
    book(engine_room.workspace, 1)
    (permit,) = engine_room.send(DUE)
    engine_room.workspace.set("r1", state="uncertain")

    assert engine_room.finish(permit, accepted()) == []
    assert engine_room.workspace.row()["state"] == "published"


def test_a_failing_credential_pauses_the_channel(engine_room: EngineRoom):
    """401 reschedules the release and opens the breaker: one release finds out, the others wait."""
    book(engine_room.workspace, 2, apart=timedelta(0))
    permits = engine_room.begin(engine_room.claim(DUE, limit=1), DUE)
    engine_room.finish(
        permits[0], Ending(Move.RETRY, "refused", "401", again_at=DUE + 5 * MINUTE, sign=Sign.BARRED), DUE
    )

    assert set(engine_room.workspace.states().values()) == {"scheduled"}
    assert engine_room.claim(DUE + MINUTE) == []
    assert len(engine_room.claim(DUE + 5 * MINUTE)) == 1


MASTODON = Capabilities(absorbs_key=HOUR, can_look_up=True)
RESENT = [
    pytest.param(unknown_again, 1, "sending", id="an unknown answer, the key fresh"),
    pytest.param(unknown_again, 31, "uncertain", id="an unknown answer, half the key's life over"),
    pytest.param(busy, 31, "sending", id="a channel that was busy: nothing was accepted, however old the key"),
]


@pytest.mark.parametrize(("ending", "minutes", "state"), RESENT)
def test_a_key_is_trusted_for_half_its_life(engine_room: EngineRoom, ending, minutes: int, state: str):
    """What may have gone out is sent again only while the channel surely knows its key, whatever kept it back since."""
    engine_room.capabilities = lambda _kind, _options: MASTODON
    book(engine_room.workspace, 1, entries={"if_late": {"after": "1d", "then": "send"}})
    (permit,) = engine_room.send(DUE)
    again = DUE + minutes * MINUTE
    engine_room.finish(permit, ending(again), DUE + SECOND)
    engine_room.send(again)

    assert engine_room.workspace.row()["state"] == state


def test_a_channel_without_memory_is_never_sent_to_twice(engine_room: EngineRoom):
    """A lost answer ends in `uncertain`; only a person lets it out again, and then it goes."""
    engine_room.capabilities = lambda _kind, _options: Capabilities()
    book(engine_room.workspace, 1, entries={"if_late": {"after": "1d", "then": "send"}})
    (permit,) = engine_room.send(DUE)
    engine_room.finish(permit, lost(), DUE)
    row = engine_room.workspace.row()
    assert row["state"] == "uncertain"
    engine_room.workspace.set("r1", state="scheduled", next_at=DUE)  # as a machine might

    assert engine_room.send(DUE + MINUTE) == []
    assert engine_room.workspace.row()["state"] == "uncertain"
    engine_room.workspace.set("r1", state="scheduled", next_at=DUE, key_since=None)  # as `resolve --send` does
    assert len(engine_room.send(DUE + 2 * MINUTE)) == 1


ODD = ["a\x00b", "a\ud800b", "x" * 100_000, "\u202e", "'; DROP TABLE release; --"]


@pytest.mark.parametrize("text", ODD, ids=["NUL", "half a letter", "endless", "a bidi control", "SQL"])
def test_a_channel_may_answer_with_anything(engine_room: EngineRoom, text: str):
    """No answer of a server keeps an outcome from being written."""
    book(engine_room.workspace, 1)
    (permit,) = engine_room.send(DUE)
    engine_room.finish(permit, Ending(Move.ACCEPT, "published", text, receipt=Receipt(text, text, text)))

    assert engine_room.workspace.row()["state"] == "published"
    assert len(engine_room.workspace.row()["remote_id"]) <= 2000


def test_a_damaged_row_does_not_stop_its_batch(engine_room: EngineRoom):
    """One row that cannot be read stays behind, and the others go out."""
    book(engine_room.workspace, 3, apart=timedelta(0))
    held = engine_room.claim(DUE)
    with engine_room.workspace.database.begin() as connection:
        connection.exec_driver_sql("UPDATE release SET findings = '[' WHERE entry = 'r2'")

    assert len(engine_room.begin(held, DUE)) == 2


def test_a_publisher_that_is_gone_keeps_its_releases_waiting(engine_room: EngineRoom):
    """A kind that this version does not know is no reason to stop, or to lose anything."""
    book(engine_room.workspace, 1, channels=[campaigns.channel()])
    from scheduler import roster

    engine_room.capabilities = lambda _kind, options: roster.capabilities("gone", options)

    assert engine_room.send(DUE) == []
    assert engine_room.workspace.row()["state"] == "scheduled"
    assert "no publisher of kind 'gone'" in engine_room.workspace.row()["reason"]


def instant(row: dict) -> datetime:
    return row["next_at"]


def test_what_waits_is_not_looked_at_every_second(engine_room: EngineRoom):
    """A release that the gate keeps back is left alone for a while, with the reason on its row."""
    book(engine_room.workspace, 1)
    held = engine_room.claim(DUE)
    held_by(engine_room.workspace, "all")
    engine_room.begin(held, DUE)
    row = engine_room.workspace.row()

    assert (row["reason"], instant(row)) == ("fr holds all: x", DUE + timedelta(seconds=30))
