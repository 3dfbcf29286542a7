"""The commands by which two capitals come to trust each other's keys."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from campaigns import clock
from campaigns.cli import trust as commands
from campaigns.errors import EnvironmentFault, NotTrusted, Refused, UsageError
from campaigns.signoff import rehearsal, trust

CAMPAIGN = """\
campaign: raqqa-voices
partners: [uk, fr]
starts: 2027-01-11
audiences:
  - {id: young-fr, locales: [fr-FR], timezone: Europe/Paris}
channels:
  - {id: fr-feed, kind: feed, issuer: fr, account: "[bold] Stop", locales: [fr-FR], server: feeds}
messages:
  - {id: lost, audiences: [young-fr], wording: {fr-FR: Daech a perdu son territoire.}}
releases:
  - {id: launch, message: lost, channels: [fr-feed], at: 2027-01-12T18:30}
"""


class Capital:
    """One partner's machine: a workspace of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._app = typer.Typer()
        commands.register(self._app)
        folder.mkdir()

    def says(self, *words: str) -> str:
        """Run a command there; give what it printed, or raise what it raised."""
        self._monkeypatch.chdir(self.folder)
        result = CliRunner().invoke(self._app, [*words])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    def trust(self) -> trust.Trust:
        return trust.load(self.folder / "trust", clock.now())


@pytest.fixture
def capitals(tmp_path, monkeypatch):
    london, paris = (Capital(tmp_path / name, monkeypatch) for name in ("london", "paris"))
    london.says("keys", "new", "ana")
    paris.says("keys", "new", "luc")
    shutil.copy(paris.folder / "keys" / "luc.pub", london.folder / "keys")
    return london, paris


def send(name, sender, receiver):
    shutil.copytree(sender.folder / "trust" / name, receiver.folder / "trust" / name, dirs_exist_ok=True)


FOUNDING = ("trust", "init", "--partner", "uk=keys/ana.pub", "--partner", "fr=keys/luc.pub")


def test_two_capitals_found_a_trust_on_two_machines(capitals):
    """London proposes and signs, Paris reads and signs: only then is it in force, and no private key travelled."""
    london, paris = capitals
    assert "waits in trust/draft for fr" in london.says(*FOUNDING, "--key", "keys/ana.key")
    with pytest.raises(NotTrusted, match="no trust file"):
        london.trust()
    send("draft", london, paris)
    assert "Not signed yet by fr" in paris.says("trust", "show", "--draft")
    assert "signed by every partner and in force" in paris.says("trust", "sign", "--key", "keys/luc.key")
    assert paris.trust().partners == ("fr", "uk")
    assert not list((paris.folder / "trust" / "draft").iterdir())


def test_channels_are_declared_by_both(capitals):
    """A channel is declared from the moment both have signed it; until then the old trust stays in force."""
    london, paris = capitals
    shutil.copy(paris.folder / "keys" / "luc.key", london.folder / "keys")
    london.says(*FOUNDING, "--key", "keys/ana.key", "--key", "keys/luc.key")
    (london.folder / "campaign.yaml").write_text(CAMPAIGN)
    said = london.says("trust", "declare", "campaign.yaml", "--key", "keys/ana.key")
    assert "[bold] Stop" in said
    assert (london.trust().version, london.trust().channels) == (1, frozenset())
    london.says("trust", "sign", "--key", "keys/luc.key")
    found = london.trust()
    assert found.version == 2
    assert found.declares(id="fr-feed", kind="feed", account="[bold] Stop", issuer="fr", server="feeds")
    assert "[bold] Stop" in london.says("trust", "show")
    assert "declared already" in london.says("trust", "declare", "campaign.yaml", "--key", "keys/ana.key")


def test_a_second_proposal_waits_for_the_first(capitals):
    """While a draft waits for signatures, another one is refused, and says how to go on."""
    london, _ = capitals
    london.says(*FOUNDING)
    with pytest.raises(Refused, match="already waits for signatures") as refused:
        london.says(*FOUNDING)
    assert "trust sign" in refused.value.hint


def test_a_stranger_s_key_signs_no_draft(capitals):
    """A key that the draft does not name is refused, and the draft stays as it was."""
    london, _ = capitals
    london.says(*FOUNDING)
    before = (london.folder / "trust" / "draft" / "targets.json").read_bytes()
    london.says("keys", "new", "eve")
    with pytest.raises(NotTrusted, match="belongs to no partner"):
        london.says("trust", "sign", "--key", "keys/eve.key")
    assert (london.folder / "trust" / "draft" / "targets.json").read_bytes() == before


def test_a_draft_that_was_overtaken_is_not_put_in_force(capitals):
    """A draft of a version that is in force already is refused when its last signature comes."""
    london, paris = capitals
    shutil.copy(paris.folder / "keys" / "luc.key", london.folder / "keys")
    both = ("--key", "keys/ana.key", "--key", "keys/luc.key")
    london.says(*FOUNDING, *both)
    (london.folder / "campaign.yaml").write_text(CAMPAIGN)
    london.says("trust", "declare", "campaign.yaml")
    shutil.copytree(london.folder / "trust" / "draft", london.folder / "kept")
    london.says("trust", "sign", *both)
    shutil.copytree(london.folder / "kept", london.folder / "trust" / "draft", dirs_exist_ok=True)
    with pytest.raises(NotTrusted, match="draft is version 2, but version 2 is in force"):
        london.says("trust", "sign", *both)


@pytest.mark.parametrize(
    ("words", "kind", "why"),
    [
        pytest.param(("trust", "init", "--partner", "uk"), UsageError, "does not name", id="partner-without-key"),
        pytest.param(
            ("trust", "init", "--partner", "=keys/ana.pub"), UsageError, "does not name", id="key-without-partner"
        ),
        pytest.param(
            ("trust", "init", "--partner", "uk=nobody.pub"), EnvironmentFault, "cannot be read", id="no-such-key"
        ),
        pytest.param(
            ("trust", "init", "--partner", "uk=keys/ana.key"), NotTrusted, "not a public key", id="private-key"
        ),
        pytest.param(
            ("trust", "init", "--partner", "root=keys/ana.pub"), Refused, "cannot be called root", id="tuf-name"
        ),
        pytest.param(
            (*FOUNDING[:4], "--partner", "fr=keys/ana.pub"), NotTrusted, "one key to two", id="one-key-for-two"
        ),
        pytest.param(("trust", "sign", "--key", "keys/ana.key"), NotTrusted, "no draft", id="nothing-to-sign"),
        pytest.param(("trust", "show"), NotTrusted, "no trust file", id="nothing-to-show"),
        pytest.param(("keys", "new", "ana"), Refused, "already a key", id="key-again"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_cure(capitals, words, kind, why):
    """Each refusal is of its kind, says what is wrong, and leaves no draft behind."""
    london, _ = capitals
    with pytest.raises(kind, match=why) as refused:
        london.says(*words)
    assert refused.value.hint
    assert not (london.folder / "trust").exists()


def test_listings_speak_json(capitals):
    """The keys of the JSON listings are stable."""
    london, paris = capitals
    listed = json.loads(london.says("keys", "list", "--json"))
    assert [(each["name"], each["private_key"]) for each in listed] == [("ana", "keys/ana.key"), ("luc", None)]
    shutil.copy(paris.folder / "keys" / "luc.key", london.folder / "keys")
    london.says(*FOUNDING, "--key", "keys/ana.key", "--key", "keys/luc.key")
    shown = json.loads(london.says("trust", "show", "--json"))
    assert shown == {
        "version": 1,
        "expires": clock.iso(london.trust().expires),
        "rehearsal_only": False,
        "digest": london.trust().digest,
        "partners": ["fr", "uk"],
        "keys": sorted(
            (
                {"keyid": each["keyid"], "partner": {"ana": "uk", "luc": "fr"}[each["name"]], "person": each["name"]}
                for each in listed
            ),
            key=lambda each: each["keyid"],
        ),
        "channels": [],
        "unsigned_by": [],
    }


def test_a_rehearsal_declares_nothing_more(tmp_path, monkeypatch):
    """A rehearsal's trust has every channel already, and is not turned into a real one."""
    place = Capital(tmp_path / "place", monkeypatch)
    rehearsal.make(place.folder / "trust", place.folder / "keys", ["uk", "fr"])
    (place.folder / "campaign.yaml").write_text(CAMPAIGN)
    assert "for rehearsal only" in place.says("trust", "show")
    with pytest.raises(Refused, match="declares every channel"):
        place.says("trust", "declare", "campaign.yaml", "--key", "keys/uk-officer.key")


def test_a_folder_without_keys_says_how_to_make_one(tmp_path, monkeypatch):
    """An empty listing names the next command."""
    place = Capital(tmp_path / "place", monkeypatch)
    assert "cordiale keys new NAME" in place.says("keys", "list")
    assert json.loads(place.says("keys", "list", "--json")) == []
