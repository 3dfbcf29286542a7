"""Hold and resume: after `place` returns nothing begins, and only all partners together let it go on."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.errors import Refused
from campaigns.store.engine import writing
from scheduler.engine import hold
from scheduler.releases.evidence import held_file
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
DUE = (clock.now() + HOUR).replace(microsecond=0)
TRIALS = 12


def place(workspace: Workspace, scope: str = "all", target: str = "", partner: str = "fr") -> tuple[str, list]:
    with writing(workspace.database) as connection:
        return hold.place(
            connection,
            workspace.settings.trust,
            scope=scope,
            target=target,
            partner=partner,
            reason="a reason",
            at=clock.now(),
        )


def standing(workspace: Workspace) -> list[dict]:
    with writing(workspace.database) as connection:
        return [dict(row) for row in hold.standing(connection, workspace.settings.trust)]


def resume(workspace: Workspace, partner: str, partners: Sequence[str] = ("fr", "uk")) -> list[str]:
    with writing(workspace.database) as connection:
        (row,) = hold.standing(connection, workspace.settings.trust)
        return hold.resume(
            connection,
            workspace.settings.trust,
            hold=row,
            partner=partner,
            person=f"{partner}-officer",
            partners=partners,
            envelope="{}",
            at=clock.now(),
        )


@pytest.fixture
def booked(shared: Workspace) -> Workspace:
    """Give a workspace with twenty signed releases."""
    shared.apply(campaigns.campaign(20, at=DUE))
    shared.approve()
    return shared


def test_after_place_returns_no_release_begins(booked: Workspace, engine_rooms):
    """Two senders begin as fast as they can while a hold is placed: what begins had begun before, and is listed."""
    room = engine_rooms(booked)
    other = EngineRoom(booked, room.journal, token="two")
    for _ in range(TRIALS):
        with writing(booked.database) as connection:
            connection.execute(hold.HOLD.delete())
            release = hold.RELEASE
            connection.execute(release.update().values(state="scheduled", next_at=DUE, tries=0, key_since=None))
        held_file(booked.settings.trust).unlink(missing_ok=True)
        begun, started = [], threading.Event()

        def send(each: EngineRoom, begun: list[set[str]] = begun, started: threading.Event = started) -> None:
            for _ in range(4):
                permits = each.begin(each.claim(DUE, limit=3), DUE, journal=False)
                begun.append({permit.claim.id for permit in permits})
                started.set()

        threads = [threading.Thread(target=send, args=(each,)) for each in (room, other)]
        for thread in threads:
            thread.start()
        started.wait(120)
        _, listed = place(booked)
        wire = {row["id"] for row in listed}
        for thread in threads:
            thread.join()

        assert set().union(*begun) == wire


@pytest.mark.parametrize(
    ("scope", "target", "listed"),
    [
        pytest.param("all", "", 2, id="everything"),
        pytest.param("campaign", "voices", 2, id="its campaign"),
        pytest.param("channel", "fr-outbox", 1, id="its channel"),
        pytest.param("partner", "uk", 1, id="its issuer"),
    ],
)
def test_what_is_on_the_wire_is_listed_by_scope(engine_room: EngineRoom, scope: str, target: str, listed: int):
    """A hold says which releases of its scope it came too late for."""
    channels = [campaigns.channel(), campaigns.channel(id="fr-outbox", issuer="fr", account="@faits")]
    releases = [campaigns.entry(1, DUE), campaigns.entry(2, DUE, channels=["fr-outbox"])]
    engine_room.workspace.apply(campaigns.campaign(2, channels=channels, releases=releases))
    engine_room.workspace.approve()
    engine_room.send(DUE)

    assert len(place(engine_room.workspace, scope, target)[1]) == listed


NOTHING = [
    pytest.param("campaign", "voice", "voices", id="a campaign misspelt"),
    pytest.param("channel", "uk-outbx", "uk-outbox", id="a channel misspelt"),
    pytest.param("partner", "fr", "uk", id="a partner that issues nothing"),
    pytest.param("campaign", "", "", id="no campaign"),
    pytest.param("all", "voices", "", id="everything, and something"),
    pytest.param("planet", "earth", "", id="an unknown scope"),
]


@pytest.mark.parametrize(("scope", "target", "known"), NOTHING)
def test_a_hold_on_nothing_is_refused(booked: Workspace, scope: str, target: str, known: str):
    """Nobody is told that something is held when nothing is."""
    with pytest.raises(Refused) as refused:
        place(booked, scope, target)

    assert known in refused.value.hint
    assert standing(booked) == []


def test_a_hold_is_lifted_by_the_last_partner(booked: Workspace, engine_rooms):
    """Each partner agrees once, in any order; until the last one has, nothing is claimed."""
    room = engine_rooms(booked)
    place(booked)

    assert resume(booked, "uk") == ["fr"]
    assert resume(booked, "uk") == ["fr"]
    assert room.claim(DUE) == []
    assert resume(booked, "fr") == []
    assert len(room.claim(DUE)) == 20
    assert [each["act"] for each in booked.events() if each["act"].startswith("hold")] == [
        "hold.place",
        "hold.resume",
        "hold.resume",
        "hold.lift",
    ]


def test_a_stranger_resumes_nothing(booked: Workspace):
    """Only partners of the trust file have a say."""
    place(booked)
    with pytest.raises(Refused, match="de is not a partner"):
        resume(booked, "de")


def test_two_holds_are_lifted_one_by_one(booked: Workspace):
    """Lifting one hold leaves the other where it is, in the table and in the held-file."""
    place(booked, "campaign", "voices")
    (first,) = standing(booked)
    place(booked, partner="uk")
    with writing(booked.database) as connection:
        for partner in ("uk", "fr"):
            (row,) = hold.standing(connection, booked.settings.trust, first["id"])
            hold.resume(
                connection,
                booked.settings.trust,
                hold=row,
                partner=partner,
                person=partner,
                partners=("fr", "uk"),
                envelope="{}",
                at=clock.now(),
            )

    assert [each["scope"] for each in standing(booked)] == ["all"]
    assert first["id"] not in held_file(booked.settings.trust).read_text()


def forget(workspace: Workspace) -> None:
    with writing(workspace.database) as connection:
        connection.execute(hold.HOLD.delete())


def test_a_forgotten_hold_comes_back_into_the_table(booked: Workspace):
    """A hold that only the held-file remembers is written back, and the log says so."""
    placed, _ = place(booked)
    forget(booked)

    assert [each["id"] for each in standing(booked)] == [placed]
    assert [each["subject"] for each in booked.events("hold.adopt")] == [placed]
    assert resume(booked, "uk") == ["fr"]


def test_a_new_hold_does_not_lose_a_forgotten_one(booked: Workspace):
    """Placing a hold writes the held-file anew: what stood there alone stands there still."""
    placed, _ = place(booked)
    forget(booked)
    place(booked, "campaign", "voices", partner="uk")

    assert placed in held_file(booked.settings.trust).read_text()
    assert placed in [each["id"] for each in standing(booked)]


def test_a_hold_can_be_placed_over_a_damaged_held_file(booked: Workspace):
    """Stopping always works; the damaged file, which holds everything, is left for people to look at."""
    path = held_file(booked.settings.trust)
    path.parent.mkdir(exist_ok=True)
    path.write_text("[{")
    place(booked, "campaign", "voices")

    assert path.read_text() == "[{"
    with pytest.raises(Refused, match="damaged"):
        standing(booked)


def test_partners_who_resume_at_once_are_both_heard(booked: Workspace):
    """Two capitals agree in the same second: neither's word is lost."""
    place(booked)
    threads = [threading.Thread(target=resume, args=(booked, partner)) for partner in ("uk", "fr")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert standing(booked) == []


def test_a_hold_that_the_table_turned_aside_is_put_right(shared: Workspace):
    """Whoever points a hold's row at something else lifts nothing: the held-file's words come back to the table."""
    from sqlalchemy import text

    folder = shared.settings.trust
    with shared.transaction() as connection:
        hold_id, _ = hold.place(
            connection, folder, scope="all", target="", partner="fr", reason="an attack", at=clock.now()
        )
    with shared.transaction() as connection:
        connection.execute(text("UPDATE hold SET scope = 'channel', target = 'another'"))
    with shared.transaction() as connection:
        (found,) = hold.standing(connection, folder, hold_id)
    assert (found["scope"], found["target"]) == ("all", "")
