"""A channel that no program may post to: the pack is laid out at its instant, a person posts it and says where."""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from tests.builders import campaigns, workspaces
from tests.builders.commands import process
from tests.builders.workspaces import Workspace

NAME = "r1/en-GB/uk-partner-pack"
URL = "https://whatsapp.example/channel/1"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    """Give a workspace whose only release, signed by both, was due a minute ago."""
    made = workspaces.make(tmp_path / "workspace")
    due = clock.now() - timedelta(minutes=1)
    pack = campaigns.channel("partner-pack", server="packs", options={"network": "whatsapp"})
    made.apply(campaigns.campaign(at=due, channels=[pack]), now=due - timedelta(hours=1))
    made.approve()
    yield made
    made.database.dispose()


def test_a_pack_waits_for_its_person_and_then_is_published(place: Workspace):
    """The daemon ends; `status` and `why` say what is to be done; `resolve` records the link, and nobody asks again."""
    run = process(place.folder, "run", "--until-done", "--quiet")
    assert "Traceback" not in run.stderr
    [pack] = (place.folder / "packs").glob("*.zip")
    text = zipfile.ZipFile(pack).read("en-GB/text.txt").decode()
    assert text.startswith("Daesh has lost one of its villages.")
    status, why = process(place.folder, "status"), process(place.folder, "why", NAME)

    assert status.returncode == 1
    assert f"cordiale resolve {NAME} --published --url URL" in " ".join(status.stdout.split())
    assert f"packs/{pack.name}" in "".join(why.stdout.split())
    done = process(place.folder, "resolve", NAME, "--published", "--url", URL)
    assert done.returncode == 0, done.stderr
    assert place.states() == {"r1": "published"}
    assert URL in process(place.folder, "why", NAME).stdout
    assert process(place.folder, "status").returncode == 0


def test_a_killed_daemon_lays_the_same_pack_out_again(place: Workspace):
    """A pack whose outcome was not written is laid out again under its name: one file, and one release that waits."""
    process(place.folder, "run", "--until-done", "--quiet")
    [pack] = (place.folder / "packs").glob("*.zip")
    kept = pack.read_bytes()
    past = clock.now() - timedelta(hours=1)
    place.set("r1", state="sending", lease_until=past, key_since=past)
    process(place.folder, "run", "--until-done", "--quiet")

    assert [each.read_bytes() for each in (place.folder / "packs").glob("*.zip*")] == [kept]
    assert place.states() == {"r1": "handed_over"}


def test_it_cannot_be_taken_down_and_says_so(place: Workspace):
    """A retraction is refused with who can do it, and the release stays published."""
    process(place.folder, "run", "--until-done", "--quiet")
    process(place.folder, "resolve", NAME, "--published", "--url", URL)
    told = process(place.folder, "retract", NAME, "--as", "uk", "--code", "wrong-fact", "--reason", "x")

    assert told.returncode == 1
    assert "stays published" in told.stderr
    assert place.states() == {"r1": "published"}


def test_a_rehearsal_lays_it_out_on_the_stage(place: Workspace):
    """A rehearsal goes as far as a machine goes, counts it as done, and leaves the workspace alone."""
    played = process(place.folder, "run", "--rehearsal")

    assert played.returncode == 0, played.stderr
    assert not (place.folder / "packs").exists()
    assert len(list((place.folder / "rehearsal").rglob("packs/*.zip"))) == 1
