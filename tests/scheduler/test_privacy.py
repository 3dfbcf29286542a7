"""What is held of staff is known column by column, goes after its time or on request, and the log still verifies."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from campaigns import clock
from campaigns.audit.log import EVENT, Fact, append, of
from campaigns.audit.memory import Memory
from campaigns.errors import Refused
from campaigns.settings import Retention
from campaigns.store.engine import reading, writing
from campaigns.store.tables import table
from reports import privacy
from scheduler import proof
from scheduler.engine import hold
from scheduler.privacy import inventory, places
from scheduler.privacy.erase import LAPSED, due, erase, prune
from scheduler.privacy.overwrite import overwrite
from scheduler.releases.journal import Journal
from scheduler.shown.models import Measured, Showing
from tests.builders import burst
from tests.builders.commands import process
from tests.builders.engine_room import EngineRoom, accepted
from tests.builders.workspaces import Workspace
from tests.house.test_layers import models

ANA = "Ana Díaz"
models()  # the tables of every floor
ALL = inventory.INVENTORY | privacy.INVENTORY


@pytest.fixture
def workspace(ground: Path, database_url: str) -> Iterator[Workspace]:
    """Give a workspace in which Ana wrote, held, and is named in others' words; one release is still open."""
    made = burst.build(ground, 2, "outbox", None, {}, database_url=database_url)
    room = EngineRoom(made, Journal(made.settings.trust).open())
    [permit] = room.begin(room.claim(limit=1))
    room.finish(permit, accepted("1"))
    room.journal.write([(permit.claim.id, permit.digest, "published")], clock.now())
    room.journal.close()
    with writing(made.database) as connection:
        for statement in (
            "UPDATE release SET author = :ana, words_by = :ana",
            "UPDATE message SET author = :ana",
            "UPDATE approval SET person = :ana WHERE partner = 'uk'",
        ):
            connection.execute(text(statement), {"ana": ANA})
        hold.place(
            connection,
            made.settings.trust,
            scope="all",
            target="",
            partner="uk",
            reason=f"ana  díaz is away; {ANA} knows",
            at=clock.now(),
        )
        append(connection, [Fact(ANA, "release.late", "r1", why="I say so", detail={"by": ANA})], clock.now())
    with reading(made.database) as connection:
        Memory(made.settings.trust).catch_up(made.database)
        assert proof.live(connection, made.settings, lambda _: None).faults == []
    yield made
    made.database.dispose()


def found(workspace: Workspace, person: str = ANA) -> dict[str, str]:
    with reading(workspace.database) as connection:
        return {each.column: each.stays for each in places.find(connection, ALL, person)}


def erased(workspace: Workspace):
    with writing(workspace.database) as connection:
        listed = places.find(connection, ALL, ANA)
        gone = erase(connection, listed, ANA, actor="luc", because="request 2027-14", at=clock.now())
    overwrite(workspace.database)
    return gone


def test_a_person_is_found_wherever_they_stand(workspace):
    """By name in any case and spacing, in words and in details; not by a part of another name."""
    listed = found(workspace)

    assert {"event.actor", "event.why", "event.detail", "approval.person", "release.author", "hold.reason"} <= set(
        listed
    )
    assert "still needed" in listed["hold.reason"]
    assert "edited" in listed["message.author"]
    assert found(workspace, "ANA   DÍAZ").keys() == listed.keys()
    assert "event.actor" not in found(workspace, "Ana")
    assert found(workspace, "Díaz An") == {}
    assert found(workspace, "Nobody Here") == {}


def test_erasing_leaves_a_log_that_verifies(workspace):
    """Every leaf stands, the words are gone from the file itself, and the act is logged without a name."""
    before = proof_of(workspace)
    gone = erased(workspace)
    after = proof_of(workspace)

    assert after.faults == []
    assert after.size == before.size + 1
    assert gone.counts["event.actor"] >= 1
    with reading(workspace.database) as connection:
        [event] = of(connection, gone.id)
        actors = list(connection.scalars(EVENT.select().with_only_columns(EVENT.c.actor)))
        kept = connection.execute(text("SELECT COUNT(*) FROM approval WHERE envelope LIKE '%signatures%'")).scalar()
    assert (event["act"], event["actor"], event["why"]) == ("privacy.erase", "luc", "request 2027-14")
    assert ANA not in str(dict(event))
    assert ANA not in actors
    assert kept == 2
    left = found(workspace)
    assert all(left.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_erased_is_not_left_in_the_file(workspace):
    """SQLite's own leavings are written over: the bytes of the name are nowhere but where they have to stay."""
    with writing(workspace.database) as connection:
        connection.execute(text("UPDATE release SET state = 'expired'"))
        connection.execute(text("UPDATE message SET author = 'luc'"))
        connection.execute(text("UPDATE hold SET lifted_at = placed_at"))
    erased(workspace)
    workspace.database.dispose()

    for path in workspace.folder.glob("cordiale.db*"):
        assert ANA.encode() not in path.read_bytes(), path
    assert found(workspace) == {}


def proof_of(workspace: Workspace):
    with reading(workspace.database) as connection:
        return proof.live(connection, workspace.settings, lambda _: None)


@pytest.mark.parametrize("because", ["", "  ", f"{ANA} asked for it"])
def test_a_person_is_erased_for_a_reason_that_names_nobody(workspace, because):
    """The reason is kept, so it says which request, and not whose."""
    with writing(workspace.database) as connection, pytest.raises(Refused, match=r"reason"):
        erase(connection, [], ANA, actor="luc", because=because, at=clock.now())


def test_what_was_kept_long_enough_goes(workspace):
    """Words go after the days of the settings, each table after its own; the log verifies, and says how much went."""
    later = clock.now() + timedelta(days=400)
    with reading(workspace.database) as connection:
        expected = due(connection, Retention(), later)
        assert due(connection, Retention(), clock.now()) == dict.fromkeys(expected, 0)
    assert expected["attempt"] == 1
    with writing(workspace.database) as connection:
        gone = prune(connection, Retention(events=300), actor="luc", at=later)
    with reading(workspace.database) as connection:
        assert due(connection, Retention(events=300), later)["event"] == 0
        assert "luc" in list(connection.scalars(EVENT.select().with_only_columns(EVENT.c.actor)))
    assert gone.counts["event"] > 5
    assert proof_of(workspace).faults == []


@pytest.mark.parametrize(
    ("verdict", "accepted", "looks_again", "stays"),
    [
        pytest.param("changed", None, False, True, id="nobody settled it"),
        pytest.param("changed", "d" * 64, False, False, id="a person let it stand"),
        pytest.param("changed", "e" * 64, False, True, id="another difference was let stand"),
        pytest.param("same", None, False, False, id="it is what was signed again"),
        pytest.param("changed", "d" * 64, True, True, id="it is still looked at"),
        pytest.param("", None, False, False, id="it was never seen"),
    ],
)
def test_words_that_were_shown_go_when_they_are_settled(workspace, verdict, accepted, looks_again, stays):
    """What was read instead of what was signed is kept until it is settled and old; a gap stays a gap."""
    release, now, later = workspace.row("r1")["id"], clock.now(), clock.now() + timedelta(days=400)
    seen = {
        "release": release,
        "channel": "c",
        "published_at": now,
        "looked_at": now if verdict else None,
        "verdict": verdict,
        "since": now,
    }
    words = {
        "difference": "- 74\n+ 47",
        "digest": "d" * 64,
        "accepted": accepted,
        "fault": "It does not answer.",
        "failures": 1,
    }
    with writing(workspace.database) as connection:
        again = now + timedelta(days=1) if looks_again else None
        connection.execute(insert(table(Showing)), {**seen, **words, "next_at": again})
        for hours, counts, gap in ((0, {}, "The server does not answer."), (1, {"likes": 0}, "")):
            at = now + timedelta(hours=hours)
            connection.execute(insert(table(Measured)), {"release": release, "at": at, "counts": counts, "gap": gap})
    with writing(workspace.database) as connection:
        gone = prune(connection, Retention(), actor="luc", at=later)
        ((shown, fault),) = connection.execute(select(table(Showing).c.difference, table(Showing).c.fault)).all()
        gaps = list(connection.scalars(select(table(Measured).c.gap).order_by(table(Measured).c.at)))
        assert due(connection, Retention(), later)["measured"] == 0

    assert (shown, fault) == ((words["difference"], words["fault"]) if stays else ("", ""))
    assert gaps == [LAPSED, ""]
    assert (gone.counts["measured"], gone.counts["showing"]) == (1, not stays)


def test_the_commands_show_before_they_do(workspace):
    """A request is answered in full, shown dry first, then done; verification passes after."""
    folder = workspace.folder
    shown = process(folder, "privacy", "show", "--person", ANA, "--json")
    assert {each["column"] for each in json.loads(shown.stdout)["held"]} == set(found(workspace))
    dry = process(folder, "privacy", "erase", ANA, "--because", "request 7")
    assert "Nothing was changed." in dry.stdout
    assert found(workspace)["event.actor"] == ""
    done = process(folder, "privacy", "erase", ANA, "--because", "request 7", "--yes")
    assert done.returncode == 0, done.stderr
    assert "event.actor" not in found(workspace)
    listing = process(folder, "privacy", "show")
    assert "Nothing is held of recipients" in listing.stdout
    assert process(folder, "privacy", "prune").stdout.endswith("privacy prune --yes\n")
    assert process(folder, "verify").returncode == 0
    trusted = process(folder, "privacy", "show", "--person", "uk-officer")
    assert "The trust files name this person" in trusted.stdout
