"""A day of an operator: a bundle for the other capital, a hold, two keys to lift it, and an answer for what is late."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import main
from campaigns import clock
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace

NAME = "r1/en-GB/uk-outbox"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Give a workspace, as the current folder, with two unsigned releases that were due an hour ago."""
    made = workspaces.make(tmp_path / "london")
    due = clock.now() - timedelta(hours=1)
    made.apply(campaigns.campaign(2, at=due), now=due - timedelta(hours=1))
    for name in [each for each in os.environ if each.startswith("CORDIALE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(made.folder)
    yield made
    made.database.dispose()


@pytest.fixture
def cordiale(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give a function that runs a command which must succeed, and returns what it printed."""

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["cordiale", *words])
        capsys.readouterr()
        code = main.main()
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    return run


def test_paris_reads_and_signs_without_a_database(place: Workspace, cordiale, monkeypatch: pytest.MonkeyPatch):
    """`review --bundle`, then in another folder `review FILE` and `approve FILE`, then `signatures import`."""
    paris = place.folder.parent / "paris"
    paris.mkdir()
    assert "2 releases" in cordiale("review", "voices", "--bundle", str(paris / "for-paris.zip"))
    (paris / "mine.key").write_bytes(place.key("fr").read_bytes())
    (paris / "mine.key").chmod(0o600)
    monkeypatch.chdir(paris)
    shown = cordiale("review", "for-paris.zip")
    signed = cordiale("approve", "for-paris.zip", "--as", "fr", "--key", "mine.key")

    assert "Daesh has lost one of its villages." in shown
    assert "Next: cordiale approve for-paris.zip" in shown
    assert "signature is in for-paris.fr.dsse.json" in signed
    assert sorted(path.name for path in paris.iterdir()) == ["for-paris.fr.dsse.json", "for-paris.zip", "mine.key"]
    monkeypatch.chdir(place.folder)
    told = cordiale("signatures", "import", str(paris / "for-paris.fr.dsse.json"))
    assert "fr-officer signed for fr: 0 releases now scheduled, 2 waiting for another partner." in told
    assert "Next: cordiale review voices" in told
    told = cordiale("approve", "voices", "--as", "uk", "--key", "keys/uk-officer.key")
    assert "2 releases now scheduled" in told
    assert set(place.states().values()) == {"scheduled"}


def test_a_bundle_is_signed_with_no_other_partners_key(place: Workspace, monkeypatch: pytest.MonkeyPatch, capsys):
    """Where the trust file is at hand, a key that is not the partner's is refused by name, and nothing is written."""
    for name in ("review voices --bundle b.zip", "approve b.zip --as fr --key keys/uk-officer.key"):
        monkeypatch.setattr(sys, "argv", ["cordiale", *name.split()])
        code = main.main()

    said = capsys.readouterr().err
    assert code == 1
    assert "speaks for fr, but is signed with a key of uk, uk-officer's" in said
    assert "Have it signed with a key of fr" in said
    assert not list(place.folder.glob("*.dsse.json"))


def test_a_second_word_on_a_bundle_leaves_the_first(place: Workspace, cordiale):
    """An approval that was signed is not lost to a refusal that follows it: each stands in a file of its own."""
    cordiale("review", "voices", "--bundle", "b.zip")
    cordiale("approve", "b.zip", "--as", "fr", "--key", str(place.key("fr")))
    first = (place.folder / "b.fr.dsse.json").read_bytes()
    told = cordiale("refuse", "b.zip", "--as", "fr", "--key", str(place.key("fr")), "--because", "out of date")

    assert "signature is in b.fr.2.dsse.json" in told
    assert (place.folder / "b.fr.dsse.json").read_bytes() == first
    assert "refused" in cordiale("signatures", "import", "b.fr.2.dsse.json")


def test_both_partners_lift_a_hold(place: Workspace, cordiale):
    """Any one partner holds; the first resumption names the partner that is missing, the second one lifts it."""
    place.approve()
    held = cordiale("hold", "--as", "fr", "--reason", "attack in Nice", "--campaign", "voices")
    assert "Campaign voices is held by fr" in held
    assert "NO   hold       fr holds campaign voices: attack in Nice" in cordiale("why", NAME)
    listed = cordiale("hold", "list")
    assert "campaign voices" in listed
    assert "attack in Nice" in listed
    shown = cordiale("resume", "--as", "uk", "--dry-run")
    assert "Overdue under it, if it is lifted now:" in shown
    assert f"{NAME}  due" in shown
    assert "-0.0" not in shown
    told = json.loads(cordiale("resume", "--as", "uk", "--dry-run", "--json"))
    assert [(each["send"], each["ask"], each["minutes"]) for each in told["groups"]] == [(0, 2, 0.0)]
    first = cordiale("resume", "--as", "fr", "--key", "keys/fr-officer.key")
    last = cordiale("resume", "--as", "uk", "--key", "keys/uk-officer.key")

    assert "fr agrees to resume. Waiting for uk." in first
    assert "the hold is lifted" in last
    assert "yes  hold       no hold on it" in cordiale("why", NAME)


def test_what_is_late_is_answered(place: Workspace, cordiale):
    """After a long hold a release asks; `why` names the command, and the command sends or ends it."""
    place.approve()
    asked = cordiale("why", NAME)
    assert "late, and its policy is to ask." in asked
    assert f"Answer with `cordiale late {NAME} --send` or `--skip`." in asked
    sent = cordiale("late", NAME, "--send", "--as", "ana")
    skipped = cordiale("late", "r2", "--skip", "--as", "ana")

    assert "goes out as soon as the gate lets it through" in sent
    assert "will not be sent" in skipped
    assert "yes  lateness" in cordiale("why", NAME)
    assert place.states() == {"r1": "scheduled", "r2": "expired"}
