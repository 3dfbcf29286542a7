"""Tests for campaigns.workspace: what `init` makes, and what it refuses."""

import base64
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaigns import clock, example, workspace
from campaigns.documents import jsonschema, load
from campaigns.errors import EnvironmentFault, Refused, UsageError
from campaigns.settings import Settings
from campaigns.signoff import trust
from campaigns.store.engine import open_database

NOW = datetime(2027, 1, 12, 14, 0, 0, 250_000, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.fixture(name="joint")
def _joint(tmp_path):
    return workspace.create(tmp_path / "joint", "daesh-lost-ground", NOW + timedelta(seconds=20), NOW)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", example.names())
def test_every_example_makes_a_workspace_that_loads(tmp_path, name):
    """What `init` wrote is read back without an error, under the campaign's own name."""
    made = workspace.create(tmp_path / "new", name, now=NOW)
    [loaded] = load.load([made.folder / "campaigns"])

    assert made.document == Path("campaigns", f"{loaded.document.campaign}.yaml")
    assert made.entries == len(loaded.document.releases)
    assert made.partners == tuple(loaded.document.partners)
    assert made.starts == datetime(2027, 1, 12, 15, 0, 0, tzinfo=UTC), "an hour ahead, in whole seconds"


@pytest.mark.parametrize("name", example.names())
def test_an_editor_finds_the_schema_beside_the_campaign(tmp_path, name):
    """The document's first line names the schema, which lies there; and no folder of campaigns takes it for one."""
    made = workspace.create(tmp_path / "new", name, now=NOW)
    first = (made.folder / made.document).read_text("utf-8").splitlines()[0]

    named = (made.folder / made.document).with_name(first.removeprefix("# yaml-language-server: $schema="))
    assert named.read_bytes() == jsonschema.SHIPPED.read_bytes()
    assert [each.file for each in load.load([made.folder / "campaigns"])] == [str(made.folder / made.document)]


def test_the_smallest_example_is_ten_lines():
    """A first campaign fits on a postcard: the required keys alone, one partner, one channel."""
    text = (example.FOLDER / example.SMALLEST / example.DOCUMENT).read_text("utf-8")
    document = load.loads(example.fill(text, NOW, {})).document

    assert len(text.splitlines()) == 10
    assert re.findall(r"^(\w+):", text, re.MULTILINE) == [
        "campaign",
        "partners",
        "starts",
        "audiences",
        "channels",
        "messages",
        "releases",
    ]
    assert list(document.partners) == ["uk"]
    assert [channel.kind for channel in document.channels] == ["outbox"]


def test_without_an_example_it_is_the_smallest(tmp_path):
    """`cordiale init DIR` alone gives the ten lines, for a folder that need not be there yet."""
    made = workspace.create(tmp_path / "a" / "b", now=NOW)

    assert made.example == "minimal"
    assert made.files[0] == Path(".gitignore")
    assert {path.as_posix() for path in made.files} > {"campaigns/first.yaml", "cordiale.toml", "keys/uk-officer.key"}
    assert all((made.folder / name).is_dir() for name in ("media", "templates", "secrets", "trust"))


def test_keys_and_trust_are_for_rehearsal(joint):
    """A newcomer sees the whole road at once, and cannot leave the machine by accident."""
    found = trust.load(joint.folder / "trust", NOW)

    assert found.rehearsal_only
    made = sorted(path.name for path in (joint.folder / "keys").glob("*.key"))
    assert made == ["fr-officer.key", "operator.key", "uk-officer.key"]


def test_secrets_are_new_and_closed(joint, tmp_path):
    """Each workspace has its own signing keys, which only their owner may read and git never sees."""
    other = workspace.create(tmp_path / "other", "daesh-lost-ground", now=NOW)
    name = Path("secrets", "uk-partners")
    written = (joint.folder / name).read_text("utf-8")

    assert len(base64.b64decode(written.strip().removeprefix("whsec_"), validate=True)) == 24
    assert written != (other.folder / name).read_text("utf-8")
    assert mode(joint.folder / "secrets") == 0o700
    assert mode(joint.folder / name) == 0o600
    assert set((joint.folder / ".gitignore").read_text("utf-8").split()) >= {
        "secrets/",
        "keys/*.key",
        "cordiale.db*",
        "outbox/",
        "trust/local/",
    }


@pytest.mark.parametrize("name", example.names())
def test_every_credential_that_a_channel_names_is_there(tmp_path, name):
    """Each has its file: a key that a webhook's receiver can check, a token for an account."""
    made = workspace.create(tmp_path / "new", name, now=NOW)
    [loaded] = load.load([made.folder / made.document])
    named = {channel.credential: channel.kind for channel in loaded.document.channels if channel.credential}
    written = {path.name: path.read_text("utf-8").strip() for path in (made.folder / "secrets").iterdir()}

    assert sorted(written) == sorted(named)
    assert {name for name, secret in written.items() if secret.startswith("whsec_")} == {
        name for name, kind in named.items() if kind == "webhook"
    }
    assert all(len(secret) >= 38 for secret in written.values())


def test_the_settings_are_the_defaults_written_out(joint, monkeypatch):
    """`cordiale.toml` shows what may be set, and changes nothing."""
    monkeypatch.chdir(joint.folder)
    for name in [name for name in os.environ if name.startswith("CORDIALE_")]:
        monkeypatch.delenv(name)

    written = Settings()
    monkeypatch.chdir(joint.folder / "media")

    assert written == Settings()


def test_the_database_is_ready(joint):
    """The next command can be `plan`."""
    engine = open_database(f"sqlite:///{joint.folder / 'cordiale.db'}")

    assert engine.dialect.name == "sqlite"
    engine.dispose()


def test_addresses_are_the_callers(tmp_path):
    """Two demos on one machine need not share ports."""
    own = {"smtp": "127.0.0.1:3025", "mastodon": "http://127.0.0.1:3098"}
    made = workspace.create(tmp_path / "new", "terror-content-online", now=NOW, substitutions=own)
    [loaded] = load.load([made.folder / made.document])
    servers = {channel.kind: channel.server for channel in loaded.document.channels}

    assert servers["smtp"] == own["smtp"]
    assert servers["mastodon"] == own["mastodon"]
    assert servers["webhook"] == workspace.SUBSTITUTIONS["http"]


def test_a_folder_that_holds_anything_is_left_alone(tmp_path):
    """Nothing is overwritten, not even by a second `init`."""
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(Refused, match="is not empty") as caught:
        workspace.create(tmp_path, now=NOW)

    assert caught.value.hint == "Name a new folder, or empty this one."
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_not_a_folder(tmp_path):
    """The error says what is in the way."""
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(Refused, match="is a file"):
        workspace.create(tmp_path / "notes.txt", now=NOW)


def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path):
    """A folder below a file cannot be made, whoever asks."""
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(EnvironmentFault, match="could not be written") as caught:
        workspace.create(tmp_path / "notes.txt" / "new", now=NOW)

    assert caught.value.exit_code == 3


def test_nothing_is_made_for_an_example_that_is_not_there(tmp_path):
    """The words are checked before the disk is touched."""
    with pytest.raises(UsageError):
        workspace.create(tmp_path / "new", "maximal", now=NOW)

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("now", 0, id="now"),
        pytest.param("now+20s", 20, id="seconds"),
        pytest.param("now+15m", 900, id="minutes"),
        pytest.param("now+2h", 7200, id="hours"),
        pytest.param("now+3d", 259_200, id="days"),
        pytest.param("2027-01-12T15:00:00.25+01:00", 0, id="wall time with its offset"),
        pytest.param("2027-01-12T14:01:00.25Z", 60, id="UTC"),
    ],
)
def test_start_instant(text, seconds):
    """A start is so long from now, or an instant that says its offset."""
    assert workspace.start_instant(text, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "now+20", "now-20s", "now + 20s", "2027-01-12T15:00", "2027-13-12T15:00Z"]
)
def test_a_start_that_could_mean_two_things_is_refused(text):
    """Nothing is guessed: wall time without an offset has no instant."""
    with pytest.raises(UsageError) as caught:
        workspace.start_instant(text, NOW)

    assert "now+20s" in caught.value.hint
    assert caught.value.exit_code == 2


def test_the_files_of_a_workspace_say_their_dates(joint):
    """No token is left in anything that was written."""
    texts = [path.read_text("utf-8") for path in joint.folder.rglob("*") if path.suffix in {".yaml", ".csv", ".toml"}]

    assert len(texts) == 5
    assert not any("@{" in text for text in texts)


def test_the_start_is_the_first_instant_of_the_wave(joint):
    """The first release leaves exactly when the command said."""
    text = (joint.folder / joint.document).read_text("utf-8")

    assert clock.iso(joint.starts) == "2027-01-12T14:00:20Z"
    assert "id: launch-uk, message: lost-ground, channels: [uk-press, uk-partners], at: 2027-01-12T14:00:20" in text
    assert "at: 2027-01-12T15:00:24, zone: Europe/Paris" in text
