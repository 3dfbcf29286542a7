"""The unit files: systemd takes them, they start commands that exist, and their times fit those of the daemon."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import main
from campaigns.settings import Settings
from scheduler import watchdog

UNITS = Path(watchdog.__file__).parent / "systemd"
PROGRAM = "/opt/cordiale/.venv/bin/cordiale"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


def unit(name: str) -> configparser.ConfigParser:
    """Return a unit; of a key that is given twice, the last."""
    read = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    read.optionxform = str
    read.read_string((UNITS / name).read_text())
    return read


def test_systemd_takes_them(tmp_path: Path):
    """`systemd-analyze verify` has nothing to say, where it is installed."""
    analyze = shutil.which("systemd-analyze")
    files = [path for path in UNITS.iterdir() if path.suffix in {".service", ".timer"}]
    for path in files:
        (tmp_path / path.name).write_text(path.read_text().replace(PROGRAM, "/bin/true"))
    said = ""
    if analyze:
        command = [analyze, "verify", "--man=no", *(str(tmp_path / path.name) for path in files)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        said = done.stdout + done.stderr

    assert len(files) == 6
    assert [line for line in said.splitlines() if "cordiale" in line] == []


@pytest.mark.parametrize("name", SERVICES)
def test_they_start_commands_that_exist(name: str):
    """Each command line begins with a command of ours, and asks for no option that it has not."""
    line = unit(name)["Service"]["ExecStart"]
    words = re.search(rf"{PROGRAM} ([a-z -]+)", line)[1].split()
    known = {command for commands in main.OWNERS.values() for command in commands}
    app = main.build(words[0])
    import typer.main

    options = {opt for each in typer.main.get_command(app).commands[words[0]].params for opt in each.opts}

    assert words[0] in known
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("name", SERVICES)
def test_they_are_nobody_and_write_to_little(name: str):
    """A user of its own, no way to become another, and a file system that is read-only but for the workspace."""
    service = unit(name)["Service"]

    assert service["User"] == "cordiale"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["CapabilityBoundingSet"]) == (
        "yes",
        "strict",
        "",
    )
    assert service["ReadWritePaths"].startswith("/srv/cordiale")


@pytest.mark.parametrize("name", ["cordiale.service", "cordiale-worker.service"])
def test_the_times_fit_those_of_the_daemon(name: str):
    """It may finish what is on the wire, and is not started again for what the watchdog only tells of."""
    service = unit(name)["Service"]

    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) >= 2 * watchdog.TOLD
    assert int(service["TimeoutStopSec"]) >= 2 * Settings.model_fields["lease"].default


def test_timers_start_services_that_are_there():
    """A timer starts the service of its name."""
    timers = [path.stem for path in UNITS.glob("*.timer")]

    assert timers
    assert {f"{each}.service" for each in timers} <= set(SERVICES)
