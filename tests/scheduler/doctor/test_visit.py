"""What the doctor finds in a workspace, and what it says about it."""

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from campaigns.documents import dump
from campaigns.signoff import drafts, trust_files
from campaigns.signoff.keys import load_signer, new
from campaigns.signoff.rotation import Change, rotated
from scheduler.doctor.finding import Finding, worst
from scheduler.doctor.visit import SCHEMA, examine
from tests.builders import campaigns, workspaces
from tests.builders.commands import HOUSE, started
from tests.builders.workspaces import SIGNING_KEY, Workspace

CHANNELS = (
    campaigns.channel(),
    campaigns.channel("webhook", server="http://127.0.0.1:9/hook", credential="uk-webhook"),
)
MEDIA = [campaigns.message(1, media=[{"file": "map.png", "alt": {"en-GB": "A map."}}])]
#: What depends on the machine that runs the tests.
OF_THE_MACHINE = {"time zones", "disk"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a workspace in which nothing is missing."""
    made = workspaces.make(tmp_path_factory.mktemp("doctor") / "workspace", secrets={"uk-webhook": SIGNING_KEY})
    document = campaigns.campaign(channels=CHANNELS, messages=MEDIA)
    (made.folder / "campaigns" / "voices.yaml").write_text(dump.to_yaml(document), "utf-8")
    (made.folder / "media" / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return made


@pytest.fixture
def place(sound: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a copy of it, as the current folder."""
    made = workspaces.copy(sound, tmp_path / "workspace")
    for name in [each for each in os.environ if each.startswith(("CORDIALE_", "CREDENTIALS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(made.folder)
    yield made.folder
    made.database.dispose()


def findings(days: int = 0) -> dict[str, Finding]:
    """Return what is found *days* from now, by what it is about, without what is the machine's."""
    found = examine(clock.now() + timedelta(days=days))
    return {each.what: each for each in found if each.what not in OF_THE_MACHINE}


def wrong(days: int = 0) -> list[Finding]:
    """Return what is not as it should be."""
    return [each for each in findings(days).values() if each.state != "ok"]


def test_a_sound_workspace_lacks_nothing(place):
    """Everything is looked at, in one order, and the rehearsal is said to be one."""
    found = findings()

    assert wrong() == []
    assert [name for name in found if not name.startswith("extra ")] == [
        *(
            "python",
            "packages",
            "settings",
            "database",
            "trust",
            "keys",
            "campaigns",
            "channels",
            "media",
            "signers",
            "templates",
            "alerts",
        )
    ]
    assert "for rehearsal only" in found["trust"].message
    assert found["campaigns"].message.startswith("1 campaign in 1 file")


def test_looking_changes_nothing(place):
    """No file is written, made or removed, not even what this machine remembers of the trust."""
    (place / "trust" / "local" / "highest.json").unlink()

    def seen() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in place.rglob("*") if path.is_file()}

    before = seen()
    findings()

    assert seen() == before


def replace(name: str, old: str, new: str) -> Callable[[Path], Any]:
    def change(place: Path) -> None:
        path = place / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change


def put(name: str, text: str) -> Callable[[Path], Any]:
    def change(place: Path) -> None:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")

    return change


def statement(text: str) -> Callable[[Path], Any]:
    def change(place: Path) -> None:
        with closing(sqlite3.connect(place / "cordiale.db")) as database:
            database.executescript(text)

    return change


READ_ONLY = "CREATE TRIGGER closed BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'closed'); END;"
CAMPAIGN = "campaigns/voices.yaml"
CASES = [
    pytest.param(
        lambda place: (place / "cordiale.db").unlink(), "database", 3, "no database", "db upgrade", id="no-database"
    ),
    pytest.param(
        put("cordiale.db", "x" * 4096), "database", 3, "not a SQLite database", "restore", id="no-database-file"
    ),
    pytest.param(
        statement("UPDATE alembic_version SET version_num = '0001'"),
        "database",
        3,
        "at version 0001",
        "db upgrade",
        id="old",
    ),
    pytest.param(statement(READ_ONLY), "database", 3, "may not be written: closed", "right to write", id="read-only"),
    pytest.param(
        lambda place: (place / "trust" / "root.json").unlink(), "trust", 1, "no trust file", "trust init", id="no-trust"
    ),
    pytest.param(
        replace("trust/targets.json", '"rehearsal_only": true', '"rehearsal_only": false'),
        "trust",
        1,
        "",
        "",
        id="forged-trust",
    ),
    pytest.param(
        lambda place: (place / "keys" / "uk-officer.key").chmod(0o644),
        "key uk-officer",
        1,
        "by others",
        "chmod 600",
        id="open-key",
    ),
    pytest.param(
        lambda place: (place / "keys" / "uk-officer.key").write_text("no key"),
        "key uk-officer",
        1,
        "is not a private key",
        "keys new",
        id="no-key",
    ),
    pytest.param(
        lambda place: (place / "secrets" / "uk-webhook").unlink(),
        "channel uk-webhook",
        3,
        "not found",
        "whsec_",
        id="no-secret",
    ),
    pytest.param(
        lambda place: (place / "secrets" / "uk-webhook").chmod(0o640),
        "channel uk-webhook",
        3,
        "Others may read",
        "chmod",
        id="open-secret",
    ),
    pytest.param(
        replace(CAMPAIGN, "http://127.0.0.1:9/hook", "https://"),
        "channel uk-webhook",
        1,
        "",
        "https://",
        id="no-address",
    ),
    pytest.param(
        replace(CAMPAIGN, "kind: outbox", "kind: outbx"), "channel uk-outbox", 1, "no publisher", "outbox", id="no-kind"
    ),
    pytest.param(
        lambda place: (place / "media" / "map.png").unlink(), "media map.png", 1, "no file", "Put it", id="no-media"
    ),
    pytest.param(
        lambda place: (
            (place / "media" / "map.png").rename(place / "map.png")
            and (place / "media" / "map.png").symlink_to("../map.png")
        ),
        "media map.png",
        1,
        "outside the media folder",
        "Copy",
        id="media-outside",
    ),
    pytest.param(
        replace(CAMPAIGN, "issuer: uk", "issuer: us"),
        "campaigns",
        1,
        "unknown partner 'us'",
        "check",
        id="bad-campaign",
    ),
    pytest.param(
        lambda place: (place / CAMPAIGN).unlink(), "campaigns", 1, "holds no campaign", "put a .yaml", id="no-campaign"
    ),
    pytest.param(
        lambda place: (place / CAMPAIGN).unlink() or (place / "campaigns").rmdir(),
        "campaigns",
        1,
        "no folder",
        "init",
        id="no-folder",
    ),
    pytest.param(
        put("templates/post/text.j2", "{{ text"),
        "template post/text.j2",
        1,
        "cannot be read as a template",
        "Allowed",
        id="bad-template",
    ),
    pytest.param(
        put("templates/post/txt.j2", "x"), "template post/txt.j2", 1, "No channel", "post/text.j2", id="stray-template"
    ),
    pytest.param(
        put("templates/bluesky/text.j2", "x"),
        "template bluesky/text.j2",
        1,
        "No channel",
        "post/text.j2",
        id="template-of-a-kind-that-no-channel-is",
    ),
    pytest.param(put("cordiale.toml", "languge = 'fr'"), "settings", 1, "languge", "mend", id="bad-settings"),
]


@pytest.mark.parametrize(("change", "what", "code", "said", "cure"), CASES)
def test_what_is_missing_is_told_with_its_cure(place, change, what, code, said, cure):
    """One thing is wrong, one finding says so, with what mends it and the exit code of its kind."""
    change(place)
    (found,) = wrong()

    assert (found.what, found.exit_code) == (what, code)
    assert said in found.message
    assert cure in found.cure


def test_the_days_of_the_trust_are_counted(place):
    """From thirty days before it ends it is warned of; then it is missing."""
    assert wrong(330) == []
    (warned,) = wrong(340)
    (over,) = wrong(366)

    assert (warned.what, warned.state, over.state) == ("trust", "warning", "missing")
    assert re.search(r": \d\d days are left\.", warned.message)
    assert "expired" in over.message


def test_a_trust_that_goes_back_is_found(place):
    """What the daemon would refuse, the doctor finds: this machine has seen other files."""
    memory = place / "trust" / "local" / "highest.json"
    memory.write_text(json.dumps(json.loads(memory.read_text()) | {"version": 7}))
    (found,) = wrong()

    assert (found.what, found.state) == ("trust", "missing")
    assert "already used version 7" in found.message


@pytest.mark.parametrize("text", [pytest.param("{}", id="of-another-version"), pytest.param("{", id="no-json")])
def test_an_old_schema_is_told_of(place, tmp_path, monkeypatch, text):
    """The schema that editors read beside the campaigns is that of this version, or is warned of."""
    package = tmp_path / "package"
    (package / "documents").mkdir(parents=True)
    (package / "documents" / SCHEMA).write_text('{"title": "Campaign"}')
    monkeypatch.setattr("scheduler.doctor.visit.files", lambda _: package)
    (place / "campaigns" / SCHEMA).write_text('{ "title": "Campaign" }')
    assert findings()["schema"].state == "ok"
    (place / "campaigns" / SCHEMA).write_text(text)

    assert findings()["schema"].state == "warning"


def test_no_finding_shows_a_secret(place):
    """Whatever is wrong with a credential, its words stay in its file."""
    for text, mode in ((SIGNING_KEY, 0o644), (f"key = '{SIGNING_KEY.strip()}", 0o600), (f"{SIGNING_KEY}x\ny", 0o600)):
        path = place / "secrets" / "uk-webhook"
        path.write_text(text)
        path.chmod(mode)
        found = wrong()

        assert [each.what for each in found] == ["channel uk-webhook"]
        assert SIGNING_KEY.strip()[6:] not in str(found)


@pytest.mark.parametrize(
    ("codes", "worse"),
    [pytest.param((), 0, id="nothing"), pytest.param((0, 1), 1, id="warned"), pytest.param((3, 1, 0), 3, id="broken")],
)
def test_the_worst_finding_decides(codes, worse):
    """0 all is fine, 1 something is to be done, 3 the environment is broken."""
    assert worst(Finding("x", "ok", "", "", code) for code in codes) == worse


def test_the_command_tells_it_in_lines_and_in_json(place, monkeypatch):
    """As a process: states first, cures below, a verdict last; the same as JSON with stable keys."""
    monkeypatch.setenv("PYTHONTZPATH", "")
    fine = started(place, "doctor")
    (place / "cordiale.db").unlink()
    lacking, listed = started(place, "doctor"), started(place, "doctor", "--json")
    told = json.loads(listed.stdout)

    assert (fine.returncode, fine.stderr, fine.stdout.splitlines()[-1]) == (0, "", "Nothing is missing.")
    assert (lacking.returncode, lacking.stderr) == (3, "")
    assert "\nmissing  database" in lacking.stdout
    assert lacking.stdout.splitlines()[-1] == "1 thing missing."
    assert (listed.returncode, told["healthy"]) == (3, False)
    assert {tuple(each) for each in told["findings"]} == {("what", "state", "message", "cure", "exit_code")}
    assert (HOUSE / "cordiale.db").exists() is False


def test_a_key_that_ends_is_warned_of_ahead(place):
    """From thirty days before a key ends it is warned of; a partner left without a key is missing."""
    folder = place / "trust"
    root, targets = trust_files.read(folder / "root.json", "root"), trust_files.read(folder / "targets.json", "targets")
    end = clock.now() + timedelta(days=60)
    drafts.propose(folder, *rotated(root, targets, Change(ends={"uk-officer": end})))
    signers = [load_signer(place / "keys" / f"{partner}-officer.key") for partner in ("uk", "fr")]
    assert drafts.sign(folder, signers, clock.now()).unsigned_by == ()

    assert wrong() == []
    (warned,) = wrong(40)
    assert (warned.what, warned.state) == ("key of uk-officer", "warning")
    assert "ends in 19 days" in warned.message or "ends in 20 days" in warned.message
    assert "cordiale trust rotate --key-until" in warned.cure
    ended, alone = wrong(61)
    assert "ended at" in ended.message
    assert (alone.what, alone.state) == ("partner uk", "missing")
    assert "asks for 1 person, and 0 of it still have a key" in alone.message


def test_a_key_with_a_passphrase_is_looked_at_without_it(place):
    """Nobody is asked for a passphrase by the doctor, and a key that has one is sound."""
    new(place / "keys", "eve", b"four words that nobody guesses")

    assert wrong() == []
