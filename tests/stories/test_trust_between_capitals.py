"""Two capitals come to trust each other's keys, of which one never leaves its agent, and sign a campaign with them."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import main
from campaigns import clock
from campaigns.documents import dump, schema
from campaigns.settings import Settings
from campaigns.signoff import highest, keys
from tests.builders import campaigns, commands, ssh, workspaces

SECRET = "four words that nobody guesses"
URL = "sqlite:///{}/cordiale.db"
DUE = (clock.now() - timedelta(minutes=1)).replace(microsecond=0)


def document() -> schema.Campaign:
    """Return two releases that were due a minute before the tests were loaded, and go out however long those take."""
    return campaigns.campaign(2, at=DUE, entries={"if_late": {"after": "30d", "then": "send"}})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a workspace without any trust, as the current folder, with a passphrase file and a campaign."""
    made = workspaces.make(tmp_path / "london")
    made.database.dispose()
    for name in ("trust", "keys"):
        shutil.rmtree(made.folder / name)
    monkeypatch.chdir(made.folder)
    for name in [each for each in os.environ if each.startswith(("CORDIALE_", "SSH_"))]:
        monkeypatch.delenv(name)
    secret = made.folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(SECRET + "\n")
    (made.folder / "campaigns" / "voices.yaml").write_text(dump.to_yaml(document()), "utf-8")
    return made.folder


@pytest.fixture
def cordiale(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give a function that runs a command and returns what it printed; `code=` is how it must end."""

    def run(words: str, *more: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["cordiale", *words.split(), *more])
        capsys.readouterr()
        found = main.main()
        said = capsys.readouterr()
        assert found == code, said.err
        assert SECRET not in said.out + said.err
        return said.out + said.err

    return run


def test_from_the_first_key_to_the_first_publication(place: Path, cordiale):
    """Keys with passphrases, a threshold of two, a key of OpenSSH that signs elsewhere, channels, and a campaign."""
    cordiale("keys new ana --passphrase-file secret")
    for name in ("bea", "ops"):
        assert "it has no passphrase" in cordiale(f"keys new {name} --no-passphrase")
    ssh.make_key(place / "id_ed25519", comment="luc@paris")  # Paris keeps it; only its public half is given away
    founded = cordiale(
        "trust init --partner uk=keys/ana.pub --partner uk=keys/bea.pub --partner fr=luc=id_ed25519.pub"
        " --operator keys/ops.pub --threshold uk=2 --key keys/ana.key --passphrase-file secret"
    )
    assert "waits in trust/draft for fr, uk" in founded
    assert "Signed so far: uk (ana)." in founded
    shown = cordiale("trust show --draft")
    assert "For uk, 2 of its persons must sign, instead of 1." in shown
    assert "luc signs for fr" in shown
    assert "Not signed yet by fr, uk" in shown
    cordiale("trust sign --key keys/bea.key")
    told = cordiale("trust sign --to-sign out")
    assert "ssh-keygen -Y sign -n cordiale" in told
    signed = [ssh.sign(place / "id_ed25519", each) for each in sorted((place / "out").glob("*.tosign"))]
    assert "in force" in cordiale("trust sign", *(word for each in signed for word in ("--signature", str(each))))

    # The channels, for which Paris names the file of its key.
    cordiale("trust declare campaigns --key keys/ana.key --key keys/bea.key --passphrase-file secret")
    assert "The channel uk-outbox is declared: outbox @facts, issued by uk." in cordiale("trust show --draft")
    assert "in force" in cordiale("trust sign --key id_ed25519")

    began = clock.now() - timedelta(hours=1)
    workspaces.Workspace(Settings(root=place), workspaces.opened(URL.format(place))).apply(document(), now=began)
    first = cordiale("signatures prepare voices --as fr --to-sign words")
    assert "fr would approve 2 releases of voices" in first
    ssh.sign(place / "id_ed25519", place / "words")
    assert "luc signed for fr" in cordiale("signatures import words.sig")
    os.environ["CORDIALE_PASSPHRASE_FILE"] = "secret"
    try:
        cordiale("approve voices --as uk --key keys/ana.key")
        assert "another person of uk (besides ana)" in cordiale("review voices")
        assert "ana of uk did, and its role in the trust file asks for more persons" in cordiale(
            "why r1/en-GB/uk-outbox"
        )
        assert "2 releases now scheduled" in cordiale("approve voices --as uk --key keys/bea.key")
    finally:
        del os.environ["CORDIALE_PASSPHRASE_FILE"]
    with (place / "cordiale.toml").open("a", encoding="utf-8") as file:
        file.write("\ncatch_up = 0\n")  # what is overdue goes at once
    done = commands.process(place, "run", "--until-done")
    assert done.returncode == 0, done.stderr
    assert len(list((place / "outbox").glob("*/headers.json"))) == 2
    assert SECRET not in done.stdout + done.stderr


def test_a_key_in_an_agent_signs(place: Path, cordiale, monkeypatch: pytest.MonkeyPatch):
    """In place of a private key its public half is named, and ssh-keygen asks the agent; without it, it says so."""
    cordiale("keys new ana --no-passphrase")
    key = ssh.make_key(place / "id_ed25519", comment="luc")
    with ssh.agent(key) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", agent.socket)
        key.unlink()
        cordiale("trust init --partner uk=keys/ana.pub --partner fr=id_ed25519.pub --key keys/ana.key")
        assert "in force" in cordiale("trust sign --key id_ed25519.pub")
        agent.forget()
        cordiale("trust rotate --days 30")
        said = cordiale("trust sign --key id_ed25519.pub", code=1)
    assert "ssh-keygen did not sign with id_ed25519.pub" in said
    assert "ssh-add" in said


def test_keys_change_hands_and_never_back(place: Path, cordiale, tmp_path: Path):
    """A rotation takes old and new keys of each partner; the old files are refused ever after."""
    for name in ("ana", "luc", "eva"):
        cordiale(f"keys new {name} --no-passphrase")
    cordiale("trust init --partner uk=keys/ana.pub --partner fr=keys/luc.pub --key keys/ana.key --key keys/luc.key")
    shutil.copytree(place / "trust", tmp_path / "kept")
    said = cordiale(
        "trust rotate --add fr=keys/eva.pub --remove luc --days 90 --key-until ana=2040-01-01 --key keys/ana.key"
    )
    assert "waits in trust/draft for fr" in said
    shown = cordiale("trust show --draft")
    for sentence in ("eva signs for fr", "of luc signs no more for fr", "of ana ends at 2040-01-01T00:00:00Z"):
        assert sentence in shown
    assert "waits in trust/draft for fr" in cordiale("trust sign --key keys/eva.key")  # the new key alone
    assert "in force" in cordiale("trust sign --key keys/luc.key")  # and the old one
    listed = json.loads(cordiale("trust show --json"))
    assert sorted((each["person"], each["partner"]) for each in listed["keys"]) == [("ana", "uk"), ("eva", "fr")]
    for name in ("root.json", "targets.json"):
        shutil.copy(tmp_path / "kept" / name, place / "trust" / name)
    assert "has already used version 2" in cordiale("trust show", code=1)
    seen = highest.read(place / "trust")
    assert seen is not None
    assert seen.version == 2


def test_a_passphrase_is_asked_for_twice_on_a_terminal(place: Path):
    """On a real terminal: typed twice, never shown; typed differently, no key is made."""
    pty = pytest.importorskip("pty")

    def typed(*answers: str) -> tuple[int, str]:
        child, terminal = pty.fork()
        if child == 0:  # pragma: no cover (another process)
            os.execv(sys.executable, [sys.executable, "-c", commands.START, "keys", "new", "ana"])  # noqa: S606
        shown, left = "", list(answers)
        while True:
            try:
                got = os.read(terminal, 4096).decode(errors="replace")
            except OSError:  # the other end is closed
                break
            if not got:
                break
            shown += got
            if left and shown.endswith(": "):  # a prompt, and nothing after it
                os.write(terminal, f"{left.pop(0)}\n".encode())
                shown += "|"
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown

    code, shown = typed(SECRET, SECRET + " ")
    assert (code, "two passphrases differ" in shown) == (1, True), shown
    code, shown = typed(SECRET, SECRET)
    assert code == 0, shown
    assert SECRET not in shown
    assert keys.locked(place / "keys" / "ana.key")
    assert (
        keys.load_signer(place / "keys" / "ana.key", SECRET.encode()).public_key.keyid
        in (place / "keys" / "ana.pub").read_text()
    )
