"""
When something is wrong, a command says what happened to whose thing, and what to do about it.

It leaves with 1 after a refused act or findings, 2 after words that make no sense, 3 where the environment fails.
"""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import main
from campaigns import clock
from campaigns.documents import dump
from campaigns.signoff import keys
from campaigns.store import engine
from campaigns.store.head import HEAD
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace

HOUSE = Path(__file__).resolve().parents[2]
NAME = "r1/en-GB/uk-outbox"
DUE = (clock.now() + timedelta(hours=24)).replace(microsecond=0)
Change = Callable[[Path], Any]


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a workspace with two applied releases that nobody has signed."""
    made = workspaces.make(tmp_path_factory.mktemp("refusals") / "workspace")
    document = campaigns.campaign(2, at=DUE)
    (made.folder / "campaigns" / "voices.yaml").write_text(dump.to_yaml(document), "utf-8")
    made.apply(document)
    return made


@pytest.fixture
def place(started: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a copy of it, as the current folder."""
    made = workspaces.copy(started, tmp_path / "workspace")
    for name in [each for each in os.environ if each.startswith("CORDIALE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(made.folder)
    yield made.folder
    made.database.dispose()


@pytest.fixture
def cordiale(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Give a function that runs a command through the front door."""

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["cordiale", *words])
        capsys.readouterr()
        code = main.main()
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


def nothing(place: Path) -> None:
    """Leave the workspace as it is."""


def no_database(place: Path) -> None:
    for path in place.glob("cordiale.db*"):
        path.unlink()


def empty_database(place: Path) -> None:
    no_database(place)
    sqlite3.connect(place / "cordiale.db").close()


def not_a_database(place: Path) -> None:
    no_database(place)
    (place / "cordiale.db").write_text("These are notes, and no database.\n" * 100)


def sql(statement: str) -> Change:
    def change(place: Path) -> None:
        with sqlite3.connect(place / "cordiale.db") as database:
            database.execute(statement)
        database.close()

    return change


def setting(line: str) -> Change:
    return lambda place: (place / "cordiale.toml").write_text(line + "\n")


def yaml(text: str) -> Change:
    return lambda place: (place / "campaigns" / "voices.yaml").write_text(text)


def local(name: str, text: str) -> Change:
    def change(place: Path) -> None:
        (place / "trust" / "local").mkdir(exist_ok=True)
        (place / "trust" / "local" / name).write_text(text)

    return change


def no_trust(place: Path) -> None:
    for path in (place / "trust").glob("*.json"):
        path.unlink()


def stranger(place: Path) -> None:
    keys.new(place / "keys", "eve")


def case(name: str, change: Change, words: str, code: int, *said: str) -> Any:
    return pytest.param(change, words.split(), code, said, id=name)


UK, FR = "keys/uk-officer.key", "keys/fr-officer.key"
NEWER = sql("UPDATE alembic_version SET version_num = '9999'")
OLDER = sql("UPDATE alembic_version SET version_num = '0000'")
OFFLINE = setting('database_url = "postgresql://postgres@127.0.0.1:9/none"')
CASES = [
    # The database
    case("no database", no_database, "status", 3, "There is no database at", "cordiale db upgrade"),
    case(
        "no database to apply to", no_database, "apply campaigns", 3, "There is no database at", "cordiale db upgrade"
    ),
    case("a database without tables", empty_database, "status", 3, "has no Cordiale tables", "cordiale db upgrade"),
    case("a newer database", NEWER, "status", 3, "newer than this code", "Update Cordiale"),
    case("a newer database to upgrade", NEWER, "db upgrade", 3, "newer than this code", "Update Cordiale"),
    case("an older database", OLDER, "apply campaigns", 3, f"this code needs {HEAD}", "cordiale db upgrade"),
    case("an older database to look at", OLDER, "releases", 3, f"this code needs {HEAD}", "cordiale db upgrade"),
    case("a file that is no database", not_a_database, "status", 3, "is not a SQLite database", "restore a backup"),
    case("a file that is no database to check", not_a_database, "db check", 3, "is not a SQLite database"),
    case("a server that is not there", OFFLINE, "status", 3, "does not answer", "CORDIALE_DATABASE_URL"),
    case("a server that is not there to apply to", OFFLINE, "apply campaigns", 3, "does not answer"),
    case("a database URL that is none", setting('database_url = "notes"'), "status", 3, "cannot be read", "sqlite:///"),
    case("an unknown kind of database", setting('database_url = "access:///x"'), "status", 3, "cannot be read"),
    case("nearly a setting", setting('lang = "x"'), "status", 1, "unknown setting 'lang'", "did you mean 'language'?"),
    case("an unknown setting", setting('databse_url = "x"'), "status", 1, "databse_url", "mend cordiale.toml"),
    case("a damaged row", sql("UPDATE release SET outgoing = '{}'"), "review voices", 1, "canonical form", "pply"),
    # Files
    case("a missing file", nothing, "apply campaigns/other.yaml", 1, "campaigns/other.yaml"),
    case("a missing folder", nothing, "plan elsewhere", 1, "elsewhere"),
    case("bad YAML", yaml("campaign: [voices\n"), "apply campaigns", 1, "voices.yaml:"),
    case("no YAML", yaml("\x00\x01"), "plan campaigns", 1, "voices.yaml"),
    case(
        "an unknown key", yaml("campain: voices\n"), "apply campaigns", 1, "voices.yaml:1:1", "did you mean 'campaign'"
    ),
    case("a missing bundle", nothing, "approve for-paris.zip --as fr --key " + FR, 1, "for-paris.zip", "bundle"),
    case("a missing envelope", nothing, "signatures import nothing.json", 1, "nothing.json cannot be read"),
    case("an envelope that is none", nothing, "signatures import cordiale.toml", 1, "error:", "hint:"),
    case("a missing history", nothing, "apply campaigns --history past.csv", 1, "past.csv cannot be read"),
    case("a damaged journal", local("journal.jsonl", "{}\n"), f"why {NAME}", 3, "Line 1 of the send journal", "mend"),
    case(
        "a folder that is not there for a bundle",
        nothing,
        "review voices --bundle no/where.zip",
        3,
        "cannot be written",
    ),
    # Signatures
    case("another partner's key", nothing, f"approve voices --as fr --key {UK}", 1, "error:", "hint:"),
    case("a stranger's key", stranger, "approve voices --as fr --key keys/eve.key", 1, "error:", "hint:"),
    case("a key that is not there", nothing, "approve voices --as fr --key keys/none.key", 3, "keys/none.key", "hint:"),
    case("a key that is none", nothing, "approve voices --as fr --key cordiale.toml", 1, "cordiale.toml", "hint:"),
    case(
        "a partner that is none",
        nothing,
        f"approve voices --as de --key {UK}",
        1,
        "waits for de, who is no partner",
        "Partners here: fr and uk",
        "cordiale review",
    ),
    case("a campaign that is none", nothing, f"approve voice --as uk --key {UK}", 1, "There is no campaign voice"),
    case("no trust file", no_trust, f"approve voices --as uk --key {UK}", 1, "There is no trust file", "cordiale init"),
    case(
        "nothing to bundle",
        sql("UPDATE release SET state = 'cancelled'"),
        "review voices --bundle a.zip",
        1,
        "no bundle",
    ),
    # Acts that the rules do not allow
    case(
        "an unsigned release to retry",
        nothing,
        f"retry {NAME}",
        1,
        "is draft; there is nothing to retry",
        "cordiale why",
    ),
    case("an unsigned release to send late", nothing, f"late {NAME} --send", 1, "is draft", "cordiale why"),
    case("an unsigned release to settle", nothing, f"resolve {NAME} --published", 1, "is draft", "cordiale why"),
    case("an unsigned release to take down", nothing, f"retract {NAME} --as uk --code other --reason x", 1, "is draft"),
    case("a stranger's hold", nothing, "hold --as de --reason x", 1, "de is not a partner", "Partners are"),
    case("a hold on nothing", nothing, "hold --as uk --reason x --campaign voice", 1, "nothing was held", "voices"),
    case("nothing to resume", nothing, f"resume --as uk --key {UK}", 1, "Nothing is held", "cordiale status"),
    case("a release that is none", nothing, "why r1/en-GB/uk-outbux", 1, "There is no release", NAME),
    # Words that make no sense
    case(
        "two scopes",
        nothing,
        "hold --as uk --reason x --campaign voices --channel uk-outbox",
        2,
        "one scope",
        "Give one",
    ),
    case("neither send nor skip", nothing, f"late {NAME}", 2, "Say what to do", "--send or --skip"),
    case("two outcomes", nothing, f"resolve {NAME} --published --absent", 2, "Say what you saw", "--absent"),
    case("an unknown state", nothing, "releases --state sent", 2, "There is no state 'sent'", "published"),
    case("an unknown command", nothing, "launch", 2, "No such command"),
    case("an unknown option", nothing, "status --loud", 2, "No such option"),
    case("a missing argument", nothing, "why", 2, "Missing argument"),
    case(
        "a campaign that is not there to export", nothing, "export voice", 2, "There is no campaign 'voice'", "voices"
    ),
]


@pytest.mark.parametrize(("change", "words", "code", "said"), CASES)
def test_a_refusal_says_what_and_what_to_do(
    place: Path, cordiale: Callable[..., Said], change: Change, words: list[str], code: int, said: tuple[str, ...]
):
    """Message and hint on standard error, the code of its kind, and nothing that only a programmer could read."""
    change(place)
    found = cordiale(*words)

    assert found.code == code, found.err
    for each in said:
        assert each in found.err, found.err
    assert "Traceback" not in found.err + found.out


def test_a_locked_database_is_said_to_be_locked(place: Path, cordiale, monkeypatch: pytest.MonkeyPatch):
    """Another process writes: the command waits a little, changes nothing, and says what to do."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(place / "cordiale.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        for words in (["apply", "campaigns"], ["late", NAME, "--skip"]):
            found = cordiale(*words)
            assert (found.code, "is locked by another process" in found.err) == (3, True), found.err
            assert "nothing was changed" in found.err
        assert cordiale("status").code == 0  # looking needs no turn
    finally:
        other.close()
    assert cordiale("apply", "campaigns").code == 0
