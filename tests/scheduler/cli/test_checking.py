"""`check` as a process: what it finds in words and channels beside the documents, and how it sums up."""

import json
from pathlib import Path

import pytest

from tests.builders.commands import process

CAMPAIGN = """\
campaign: voices
title: {en-GB: Voices, fr-FR: Voix}
partners: {uk: {name: {en-GB: UK government, fr-FR: Gouvernement britannique}}}
starts: 2027-01-11
ends: 2027-04-30
audiences: [{id: young, name: {en-GB: Young people}, locales: [en-GB, fr-FR], timezone: Europe/London}]
channels:
  - {id: one, kind: mastodon, issuer: uk, account: "@a", locales: [en-GB, fr-FR]}
  - {id: two, kind: mastodon, issuer: uk, account: "@b", locales: [en-GB]}
messages:
  - id: ground
    audiences: [young]
    wording:
      en-GB: Daesh lost 74 villages.
      fr-FR: Daech a perdu 74 villages.
releases: [{id: launch, message: ground, channels: [one, two], at: 2027-01-12T18:30}]
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Give a folder with a campaign that nothing is wrong with."""
    (tmp_path / "voices.yaml").write_text(CAMPAIGN, "utf-8")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> None:
    assert old in CAMPAIGN
    (folder / "voices.yaml").write_text(CAMPAIGN.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_kind_that_nothing_publishes_is_told_at_its_line(folder: Path, command: str):
    """Who checks and who plans is told where the kind stands, which was meant, and which there are."""
    changed(folder, "kind: mastodon", "kind: mastodn")
    done = process(folder, command, "voices.yaml")
    said = done.stdout + done.stderr

    assert done.returncode == 1
    assert "voices.yaml:8:21" in said
    assert "here is no publisher of kind 'mastodn'" in said
    assert "did you mean 'mastodon'? known kinds: smtp, govuk-notify" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "Daesh lost 74",
            "ISIS lost 74",
            "voices.yaml:14:14 block: forbidden-term: 'ISIS' in the text may not stand there",
            id="a-forbidden-word",
        ),
        pytest.param(
            "perdu 74", "perdu 75", "voices.yaml:15:28 block: number-mismatch: 'ground/fr-FR'", id="another-figure"
        ),
        pytest.param(
            "villages.\n      fr",
            "villages at http://example.org/a\n      fr",
            "voices.yaml:14:40 block: link-not-allowed:",
            id="an-open-link",
        ),
    ],
)
def test_words_that_may_not_go_out_are_told_at_their_line(folder: Path, old: str, new: str, said: str):
    """What `preview` blocks, `check` names once with its place and its channels, and does not end well."""
    changed(folder, old, new)
    done = process(folder, "check", "voices.yaml")

    assert (done.returncode, done.stderr) == (1, "")
    assert said in done.stdout
    assert done.stdout.endswith("Next: cordiale preview voices.yaml --findings\n")
    assert process(folder, "preview", "voices.yaml").returncode == 1


def test_a_waived_finding_keeps_nothing_back(folder: Path):
    """A reason that stands in the file is as good here as it is in `preview`."""
    waived = "villages.\n    waive: [{check: number-mismatch, because: Counted a day later.}]\nrel"
    changed(folder, "perdu 74 villages.\nrel", f"perdu 75 {waived}")
    done = process(folder, "check", "voices.yaml")

    assert (done.returncode, "block" in done.stdout) == (0, False), done.stdout


def test_what_keeps_releases_back_is_summed_apart(folder: Path):
    """A wording that is not there yet is no error, and is not counted among what stops nothing."""
    changed(folder, "      fr-FR: Daech a perdu 74 villages.\n", "")
    done = process(folder, "check", "voices.yaml")
    answer = json.loads(process(folder, "check", "voices.yaml", "--json").stdout)

    assert done.returncode == 1
    assert "block: message 'ground' has no wording in fr-FR, which channel 'one' would send" in done.stdout
    assert "1 campaign, 1 block, which keeps releases back" in done.stdout
    assert answer["campaigns"] == ["voices"]
    assert [each["severity"] for each in answer["complaints"] if "wording" in each["message"]] == ["block"]
