"""The trust file is asked at each publication: a key taken out of it, or past its end, sends nothing any more."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.signoff import drafts, keys, trust_files
from campaigns.signoff.rotation import Change, rotated
from scheduler.daemon import Daemon
from scheduler.engine import hold
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

PATIENCE = 120.0  #: seconds that a test waits for what should take one
DUE = timedelta(minutes=1)


def rotate(made: Workspace, change: Change, *more: Path) -> None:
    """Sign *change* with the demo keys and *more*, which puts it in force."""
    folder = made.settings.trust
    root = trust_files.read(folder / trust_files.ROOT, "root")
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    drafts.propose(folder, *rotated(root, targets, change))
    signers = [keys.load_signer(path) for path in (made.key("uk"), made.key("fr"), *more)]
    assert drafts.sign(folder, signers, clock.now()).unsigned_by == ()


@contextmanager
def running(made: Workspace) -> Iterator[Daemon]:
    daemon = Daemon(made.settings, made.database)
    daemon.start()
    try:
        yield daemon
    finally:
        assert daemon.stop()


def wait_until(daemon: Daemon, made: Workspace, entry: str, state: str) -> None:
    timer = threading.Timer(PATIENCE, daemon.stopping.set)
    timer.start()
    try:
        daemon.wait(lambda: made.states()[entry] == state, every=0.05)
    finally:
        timer.cancel()
    assert made.states()[entry] == state


def booked(made: Workspace, *names: str) -> None:
    """Apply a campaign of each name with one release, all due since a minute, in that order."""
    start = (clock.now() - DUE).replace(microsecond=0)
    for number, name in enumerate(names):
        document = campaigns.campaign(
            1,
            name=name,
            at=start + timedelta(seconds=number),
            messages=[campaigns.message(number + 1)],
            releases=[campaigns.entry(number + 1, start + timedelta(seconds=number), id=name)],
        )
        made.apply(document, now=start - timedelta(hours=1))


def test_a_revoked_key_stops_what_it_signed_in_the_running_daemon(workspace: Workspace):
    """Signed by all and due, and then a key is revoked: the daemon that runs all the while does not send it."""
    booked(workspace, "first", "second", "third")
    for name in ("first", "second"):
        workspace.approve(campaign=name)
    with workspace.transaction() as connection:
        placed, _ = hold.place(
            connection,
            workspace.settings.trust,
            scope="campaign",
            target="second",
            partner="fr",
            reason="while keys change hands",
            at=clock.now(),
        )
    with running(workspace) as daemon:
        wait_until(daemon, workspace, "first", "published")
        new = keys.new(workspace.folder / "keys", "uk-second")
        rotate(workspace, Change(add={"uk": [new]}, remove=["uk-officer"]), new.path)
        with workspace.transaction() as connection:
            found = hold.standing(connection, workspace.settings.trust, placed)[0]
            for partner, person in (("uk", "uk-second"), ("fr", "fr-officer")):
                hold.resume(
                    connection,
                    workspace.settings.trust,
                    hold=found,
                    partner=partner,
                    person=person,
                    partners=("uk", "fr"),
                    envelope="",
                    at=clock.now(),
                )
                found = next(iter(hold.standing(connection, workspace.settings.trust, placed)), found)
        workspace.decide("fr", "approve", campaign="third")
        shutil.copy(new.path, workspace.key("uk"))  # from now on uk signs with its new key
        workspace.decide("uk", "approve", campaign="third")
        wait_until(daemon, workspace, "third", "published")

    assert workspace.states() == {"first": "published", "second": "scheduled", "third": "published"}
    sent = list((workspace.folder / "outbox").glob("*/headers.json"))
    assert len(sent) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_key_that_ended_sends_nothing(workspace: Workspace, engine_rooms, when: str):
    """A signature counts at the instant of sending, not of signing: past its key's end it counts no more."""
    booked(workspace, "first")
    workspace.approve(campaign="first")
    end = (clock.now() + timedelta(minutes=5)).replace(microsecond=0)
    rotate(workspace, Change(ends={"uk-officer": end}))
    room: EngineRoom = engine_rooms(workspace)
    moment = end - timedelta(seconds=1) if when == "before" else end

    assert len(room.send(moment)) == (1 if when == "before" else 0)


def test_an_expired_trust_sends_nothing(workspace: Workspace, engine_rooms):
    """Past its date the trust file lets nothing out, though every signature is good."""
    booked(workspace, "first")
    workspace.approve(campaign="first")
    rotate(workspace, Change(expires=clock.now() + timedelta(minutes=5)))
    room: EngineRoom = engine_rooms(workspace)

    assert room.send(clock.now() + timedelta(minutes=6)) == []


def test_an_older_trust_file_put_back_sends_nothing(workspace: Workspace, engine_rooms, tmp_path: Path):
    """Whoever puts the files of before a revocation back stops everything: the machine has seen newer ones."""
    booked(workspace, "first")
    workspace.approve(campaign="first")
    for name in (trust_files.ROOT, trust_files.TARGETS):
        shutil.copy(workspace.settings.trust / name, tmp_path / name)
    new = keys.new(workspace.folder / "keys", "uk-second")
    rotate(workspace, Change(add={"uk": [new]}, remove=["uk-officer"]), new.path)
    for name in (trust_files.ROOT, trust_files.TARGETS):
        shutil.copy(tmp_path / name, workspace.settings.trust / name)
    room: EngineRoom = engine_rooms(workspace)

    assert room.send() == []
