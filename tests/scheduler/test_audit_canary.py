"""P7: no secret in the log, a table, a bundle, a checkpoint, a page of output or a traceback."""

import sqlite3
import traceback
import zipfile
from pathlib import Path

import pytest

from campaigns.errors import CordialeError
from campaigns.signoff import keys
from tests.builders import burst
from tests.builders.commands import process
from tests.servers.http_sink import HttpSink

PHRASE = "canary-phrase-7f3a"


def test_no_secret_is_in_anything_that_is_kept_or_shown(tmp_path: Path, http_sink: HttpSink):
    """Signing secrets, private keys and their passphrase are nowhere but in their own files."""
    made = burst.build(tmp_path / "workspace", 2, "webhook", f"{http_sink.url}/refuse", {})
    folder = made.folder
    secret = (folder / "secrets" / "burst").read_text().strip()
    private = [
        "".join(line for line in path.read_text().splitlines() if not line.startswith("-----"))
        for path in (folder / "keys").glob("*.key")
    ]
    canaries = [secret, secret.removeprefix("whsec_"), *private]
    made.database.dispose()
    operator = ("--key", "keys/operator.key")
    said = [
        process(folder, *words)
        for words in (
            ("run", "--until-done"),
            ("audit", "checkpoint", *operator),
            ("verify", "--export", "log.zip"),
            ("verify",),
            ("verify", "log.zip", "--json"),
            ("privacy", "show", "--person", "amina", "--json"),
            ("db", "reconcile", "--as", "operator", *operator, "--because", "nothing"),
            ("audit", "checkpoint", "--key", "secrets/burst"),
            ("audit", "witness", "secrets/burst", "--as", "uk", "--key", "keys/operator.key"),
        )
    ]
    shown = "".join(each.stdout + each.stderr for each in said)
    assert "log.zip" in shown
    with sqlite3.connect(folder / "cordiale.db") as database:
        tables = "\n".join(database.iterdump())
    database.close()
    with zipfile.ZipFile(folder / "log.zip") as pack:
        bundle = "".join(pack.read(name).decode() for name in pack.namelist())
    kept = "".join(path.read_text() for path in folder.glob("checkpoints/*"))
    journal = (folder / "trust" / "local" / "journal.jsonl").read_text()

    for canary in canaries:
        for name, where in {"output": shown, "tables": tables, "bundle": bundle, "files": kept + journal}.items():
            assert canary not in where, name


@pytest.mark.parametrize("wrong", ["absent", "open", "none", "passphrase"])
def test_no_private_key_is_in_a_traceback(tmp_path, wrong):
    """An error about a key names its file, and nothing of what is in it."""
    path = keys.new(tmp_path, "ana", PHRASE.encode() if wrong == "passphrase" else None).path
    inside = path.read_text()
    if wrong == "absent":
        path.rename(tmp_path / "elsewhere")
    elif wrong == "open":
        path.chmod(0o644)
    elif wrong == "none":
        path.write_text(inside.replace("PRIVATE", "PRIVY"))
    with pytest.raises(CordialeError) as caught:
        keys.load_signer(path)
    assert PHRASE not in str(caught.value)
    told = "".join(traceback.format_exception(caught.value)) + caught.value.message + caught.value.hint

    for line in inside.splitlines()[1:-1]:
        assert line not in told
