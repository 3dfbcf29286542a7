"""What is judged of a machine, given what was seen of it."""

import tomllib
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.store.engine import reading
from scheduler.doctor import machine
from scheduler.doctor.visit import Visit
from tests.builders import workspaces
from tests.house.tree import ROOT


@pytest.mark.parametrize(
    ("version", "code"),
    [
        pytest.param((3, 11, 0), 0, id="oldest"),
        pytest.param((3, 14, 2), 0, id="newer"),
        pytest.param((3, 10, 9), 3, id="too-old"),
    ],
)
def test_an_old_python_is_a_broken_environment(version, code):
    """What the code was not written for is refused with what to install."""
    found = machine.python(version)

    assert found.exit_code == code
    assert bool(found.cure) == bool(code)


@pytest.mark.parametrize(("autovacuum", "code"), [("on", 0), ("off", 1)])
def test_a_server_that_never_cleans_up_is_warned_of(autovacuum, code):
    """Dead rows of claims and leases are read by every later claim; the cure names the server's setting."""
    found = machine.upkeep(autovacuum)

    assert found.exit_code == code
    assert ("autovacuum = on" in found.cure) == bool(code)


@pytest.mark.postgres
def test_a_server_is_asked_how_it_keeps_its_tables(ground, postgres_url):
    """The doctor tells what the server itself says."""
    made = workspaces.make(ground, database_url=postgres_url)
    with reading(made.database) as connection:
        said = connection.exec_driver_sql("SHOW autovacuum").scalar()
    found = [each.what for each in Visit(made.settings, clock.now(), offline=True).database()]
    last = list(Visit(made.settings, clock.now(), offline=True).database())[-1]
    made.database.dispose()

    assert found == ["database", "upkeep"]
    assert last == machine.upkeep(str(said))


@pytest.mark.parametrize(
    ("system", "state", "said"),
    [
        pytest.param(None, "ok", "version 2026f, of the package tzdata", id="none"),
        pytest.param("", "ok", "version unknown, of the system", id="does-not-say"),
        pytest.param("2026f", "ok", "version 2026f, of the system", id="same"),
        pytest.param("2027a", "ok", "version 2027a, of the system", id="newer"),
        pytest.param("2025b", "warning", "The system's time zones, version 2025b, are read before", id="older"),
    ],
)
def test_old_time_zones_are_warned_of(system, state, said):
    """The system's zones hide the package's; where they are older, a country's clocks may have changed since."""
    found = machine.zones(system, "2026f")

    assert (found.state, found.exit_code, bool(found.cure)) == (state, int(state != "ok"), state != "ok")
    assert found.message.startswith(said)


@pytest.mark.parametrize(
    ("first", "version"),
    [
        pytest.param("# version 2025b\n# This zic input file\n", "2025b", id="said"),
        pytest.param("# This zic input file\n", "", id="not-said"),
        pytest.param(None, "", id="no-such-file"),
    ],
)
def test_the_systems_zones_say_their_version(tmp_path, first, version):
    """The first folder that holds zones is the one that Python reads; only its own file speaks for it."""
    zones = tmp_path / "zoneinfo"
    (zones / "Europe").mkdir(parents=True)
    (zones / "Europe" / "Paris").write_bytes(b"TZif")
    if first is not None:
        (zones / "tzdata.zi").write_text(first)

    assert machine.of_the_system((str(tmp_path / "none"), str(zones))) == version
    assert machine.of_the_system((str(tmp_path / "none"),)) is None


@pytest.mark.parametrize(
    ("free", "state"),
    [pytest.param(2**30, "ok", id="enough"), pytest.param(2**30 - 1, "warning", id="too-little")],
)
def test_a_full_disk_is_warned_of(free, state):
    """Below one GiB somebody should make room."""
    assert machine.disk(free).state == state


def test_a_package_that_is_not_there_is_named():
    """Versions are told; one that is missing is a broken environment."""
    assert machine.packages().message.startswith("tzdata 20")
    found = machine.packages(("tzdata", "no-such-package"))

    assert (found.state, found.exit_code) == ("missing", 3)
    assert "no-such-package" in found.message


@pytest.mark.parametrize("name", machine.EXTRAS)
def test_an_extra_tells_how_to_get_it_and_is_not_asked_for(name):
    """Nobody has to have one, so that its absence is no finding."""
    there, absent = machine.optional(name, installed=True), machine.optional(name, installed=False)

    assert (there.exit_code, absent.exit_code) == (0, 0)
    assert absent.cure == f"Install it with: pip install 'cordiale[{name}]'"


def test_every_extra_is_known():
    """What `pyproject.toml` offers is what the doctor speaks of, with a module that it brings."""
    offered = tomllib.loads(Path(ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    assert {name: module for name, (module, _) in machine.EXTRAS.items()} == {
        name: wanted[0].partition("[")[0].partition(">")[0] for name, wanted in offered.items()
    }
