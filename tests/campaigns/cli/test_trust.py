"""The commands by which two capitals come to trust each other's keys."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from campaigns import clock
from campaigns.cli import keys as key_commands
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
        key_commands.register(self._app)
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
    london.says("keys", "new", "ana", "--no-passphrase")
    paris.says("keys", "new", "luc", "--no-passphrase")
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
    london.says("keys", "new", "eve", "--no-passphrase")
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
        pytest.param(("keys", "new", "ana", "--no-passphrase"), Refused, "already a key", id="key-again"),
        pytest.param(("keys", "new", "eva"), UsageError, "no terminal to ask on", id="nobody-to-ask-for-a-passphrase"),
        pytest.param(
            ("keys", "new", "eva", "--no-passphrase", "--passphrase-file", "x"),
            UsageError,
            "a passphrase or has none",
            id="both-with-and-without",
        ),
        pytest.param(("trust", "rotate"), UsageError, "Nothing is to change", id="rotate-nothing"),
        pytest.param(("trust", "rotate", "--remove", "ana"), NotTrusted, "no trust file", id="rotate-before-founding"),
        pytest.param(("trust", "sign"), UsageError, "what to sign with", id="sign-with-nothing"),
        pytest.param(
            ("trust", "sign", "--key", "keys/ana.key", "--to-sign", "out"), UsageError, "what to sign", id="two-ways"
        ),
        pytest.param((*FOUNDING, "--threshold", "uk"), UsageError, "how many persons", id="threshold-without-number"),
        pytest.param((*FOUNDING, "--threshold", "uk=0"), UsageError, "how many persons", id="threshold-of-nobody"),
        pytest.param((*FOUNDING, "--threshold", "uk=2"), NotTrusted, "2 persons, but has 1", id="threshold-too-high"),
        pytest.param((*FOUNDING, "--key-until", "ana"), UsageError, "when which key ends", id="end-without-day"),
        pytest.param((*FOUNDING, "--key-until", "ana=soon"), UsageError, "when which key ends", id="no-day"),
        pytest.param((*FOUNDING, "--key-until", "eve=2030-01-01"), Refused, "called eve", id="end-of-a-stranger"),
        pytest.param((*FOUNDING, "--operator", "keys/ana.pub"), NotTrusted, "for the operators", id="partner-operates"),
        pytest.param(
            (*FOUNDING, "--partner", "operators=keys/ana.pub"), Refused, "cannot be called operators", id="role-name"
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_a_cure(capitals, words, kind, why):
    """Each refusal is of its kind, says what is wrong, and leaves no draft behind."""
    london, _ = capitals
    with pytest.raises(kind, match=why) as refused:
        london.says(*words)
    assert refused.value.hint
    assert not list((london.folder / "trust").rglob("*.json"))


def test_listings_speak_json(capitals):
    """The keys of the JSON listings are stable."""
    london, paris = capitals
    listed = json.loads(london.says("keys", "list", "--json"))
    assert [sorted(each) for each in listed] == [
        ["expires", "fault", "keyid", "kind", "name", "passphrase", "person", "private_key", "signs_for"]
    ] * 2
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
        "thresholds": {"fr": 1, "uk": 1},
        "keys": sorted(
            (
                {
                    "keyid": each["keyid"],
                    "partner": {"ana": "uk", "luc": "fr"}[each["name"]],
                    "operator": False,
                    "person": each["name"],
                    "kind": "ed25519",
                    "expires": clock.iso(london.trust().expires),
                    "ended": False,
                }
                for each in listed
            ),
            key=lambda each: each["keyid"],
        ),
        "channels": [],
        "urgent": [],
        "unsigned_by": [],
        "draft": None,
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


def test_keys_are_listed_with_person_partner_and_end(capitals):
    """Whose key it is, for whom it signs and until when; what is wrong with its file stands beside it."""
    london, paris = capitals
    said = london.says("keys", "list")
    assert "For whom they sign is not known: There is no trust file" in said
    shutil.copy(paris.folder / "keys" / "luc.key", london.folder / "keys")
    london.says(
        *FOUNDING, "--key", "keys/ana.key", "--key", "keys/luc.key", "--key-until", "luc=2040-01-01", "--days", "3650"
    )
    (london.folder / "keys" / "ana.key").chmod(0o644)
    london.says("keys", "new", "eve", "--no-passphrase")
    lines = {line.split()[0]: line for line in london.says("keys", "list").splitlines() if line.strip()}
    assert "uk" in lines["ana"].split()
    assert "can be read by others" in lines["ana"]
    assert "keys/luc.key (no passphrase)" in lines["luc"]
    found = {each["name"]: each for each in json.loads(london.says("keys", "list", "--json"))}
    assert (found["luc"]["signs_for"], found["eve"]["signs_for"]) == ("fr", None)
    assert found["eve"]["expires"] is None
    assert found["luc"]["expires"] <= clock.iso(london.trust().expires)


def test_show_says_what_a_draft_waits_for(capitals):
    """Beside what is in force stands whether a draft waits, and whose signature it lacks."""
    london, paris = capitals
    shutil.copy(paris.folder / "keys" / "luc.key", london.folder / "keys")
    london.says(*FOUNDING, "--key", "keys/ana.key", "--key", "keys/luc.key")
    assert "draft" not in london.says("trust", "show")
    london.says("trust", "rotate", "--days", "30", "--key", "keys/ana.key")
    said = london.says("trust", "show")
    assert "(364 days)" in said or "(365 days)" in said
    assert "For uk, 1 person must sign, of 1 with a key." in said
    assert "A draft of version 2 waits. Not signed yet by fr." in said
    assert "Signed for uk by ana." in said
    shown = json.loads(london.says("trust", "show", "--json"))
    assert shown["draft"] == {
        "version": 2,
        "rotates": True,
        "unsigned_by": ["fr"],
        "signed_by": {"fr": [], "uk": ["ana"]},
    }


@pytest.mark.parametrize("words", [("keys", "new"), ("keys", "list")])
def test_every_help_opens_with_a_sentence_and_an_example(capitals, words):
    """What a command does in one sentence, and a line to copy."""
    london, _ = capitals
    said = london.says(*words, "--help")
    assert f"Example: cordiale {' '.join(words)}" in said


@pytest.mark.parametrize("word", ["init", "show", "declare", "rotate", "sign"])
def test_every_help_of_trust_has_an_example(capitals, word):
    """What a command does in one sentence, and a line to copy."""
    london, _ = capitals
    assert f"Example: cordiale trust {word}" in london.says("trust", word, "--help")
