"""The smallest campaign, as the README tells it: ten lines, one partner, one channel, five commands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

HOUSE = Path(__file__).resolve().parents[2]
README = (HOUSE / "README.md").read_text("utf-8")


def cordiale(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CORDIALE_")}
    command = [sys.executable, str(HOUSE / "main.py"), *words]
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def planned_in_time(folder: Path) -> Path:
    """Give a workspace with the first campaign applied, as soon before its release as this machine manages."""
    for seconds in (5, 20, 60):
        made = cordiale("init", "hello", "--starting", f"now+{seconds}s", cwd=folder)
        assert made.returncode == 0, made.stderr
        done = cordiale("apply", "campaigns", "--as", "amina", cwd=folder / "hello")
        if done.returncode == 0:
            return folder / "hello"
        assert "which is past" in done.stderr
        shutil.rmtree(folder / "hello")
    raise AssertionError(done.stderr)


def test_the_ten_lines_of_the_readme_are_those_that_init_writes(tmp_path):
    """What the README shows is what a newcomer finds, but for the dates."""
    shown = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    made = cordiale("init", "hello", cwd=tmp_path)
    assert made.returncode == 0, made.stderr

    written = yaml.safe_load((tmp_path / "hello/campaigns/first.yaml").read_text("utf-8"))
    read = yaml.safe_load(shown[1])

    assert len(shown[1].strip().splitlines()) == 10
    for document in (written, read):
        document["starts"] = document["releases"][0]["at"] = None
    assert read == written


def test_five_commands_lead_from_nothing_to_published(tmp_path):
    """init, apply, approve, run, why: the words are in the outbox, once, with their issuer."""
    hello = planned_in_time(tmp_path)
    for words in (
        ("approve", "first", "--as", "uk", "--key", "keys/uk-officer.key"),
        ("run", "--until-done"),
        ("why", "first/en-GB/outbox"),
    ):
        done = cordiale(*words, cwd=hello)
        assert done.returncode == 0, f"{words}: {done.stderr}"

    told = done.stdout
    texts = list((hello / "outbox").glob("*/message.txt"))

    assert len(texts) == 1
    assert texts[0].read_text("utf-8").startswith("Daesh has lost a lot of ground. The job is not yet done.")
    assert "Issued by" in texts[0].read_text("utf-8")
    assert "first/en-GB/outbox is published" in told


def test_the_author_may_not_sign_alone(tmp_path):
    """The person who wrote it signs it: it stays a draft, and the command says why."""
    cordiale("init", "hello", "--starting", "now+1h", cwd=tmp_path)
    cordiale("apply", "campaigns", "--as", "uk-officer", cwd=tmp_path / "hello")
    done = cordiale("approve", "first", "--as", "uk", "--key", "keys/uk-officer.key", cwd=tmp_path / "hello")

    assert "somebody else must sign" in done.stdout
    assert '"draft"' in cordiale("status", "--json", cwd=tmp_path / "hello").stdout
