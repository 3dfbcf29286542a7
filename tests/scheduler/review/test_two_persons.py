"""A partner whose role asks for two persons: the first one's signature counts, and waits for the second's."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.signoff import keys, trust_files
from scheduler.cli import deciding
from scheduler.review import decide
from scheduler.review.decide import Effect
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace


@pytest.fixture
def two_of_uk(ground: Path) -> Workspace:
    """Give a workspace with two releases; two persons have to sign for uk, uk-officer and bea, and one for fr."""
    made = workspaces.make(ground)
    keys.new(made.folder / "keys", "bea")
    names = {"uk": ("uk-officer", "bea"), "fr": ("fr-officer",)}
    who = {
        partner: [keys.read_public(made.folder / "keys" / f"{name}.pub") for name in several]
        for partner, several in names.items()
    }
    until = clock.now() + timedelta(days=90)
    every = trust_files.found(who, "*", until, rehearsal_only=True, thresholds={"uk": 2})
    shutil.rmtree(made.settings.trust / "local")
    (made.settings.trust / "local").mkdir()
    for name, metadata in zip((trust_files.ROOT, trust_files.TARGETS), every, strict=True):
        signers = [keys.load_signer(made.folder / "keys" / f"{each}.key") for each in sum(names.values(), ())]
        trust_files.sign(metadata, signers)
        trust_files.write(made.settings.trust / name, metadata)
    made.apply(campaigns.campaign(2, at=clock.now() + timedelta(days=2)))
    return made


def signed_by(workspace: Workspace, partner: str, person: str) -> Effect:
    effect, _ = decide.decide(
        workspace.database,
        workspace.settings.trust,
        campaign="voices",
        partner=partner,
        key=workspace.folder / "keys" / f"{person}.key",
        decision="approve",
        reason="",
    )
    return effect


def test_what_waits_for_a_second_person_is_told_apart(two_of_uk: Workspace, capsys: pytest.CaptureFixture[str]):
    """Who signs first is told that a colleague has to sign as well; the other partner, that it waits for this one."""
    first = signed_by(two_of_uk, "uk", "uk-officer")
    other = signed_by(two_of_uk, "fr", "fr-officer")
    second = signed_by(two_of_uk, "uk", "bea")
    deciding.tell(first)

    assert first == Effect("voices", "uk", "uk-officer", short=2)
    assert other == Effect("voices", "fr", "fr-officer", waiting=2)
    assert second == Effect("voices", "uk", "bea", scheduled=2)
    assert "2 releases: waiting for another person of uk as well." in capsys.readouterr().out
