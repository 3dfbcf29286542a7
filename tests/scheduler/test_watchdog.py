"""What stands still is told, then ends the process; systemd hears of what goes round."""

import socket
from pathlib import Path

import pytest

from scheduler import service_manager
from scheduler.engine.heart import Heart
from scheduler.watchdog import Watchdog


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a socket that listens as systemd does."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(path))
        wire.settimeout(5.0)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield wire


def aged(heart: Heart, seconds: float) -> None:
    heart.beat()
    heart._last -= seconds


def test_a_heart_that_stops_is_told_then_ends_the_process(caplog: pytest.LogCaptureFixture):
    """Told after one bound, a fault after the second, and the last resort after the third; all undone by a beat."""
    heart, other, last = Heart("the timer"), Heart("the publishing loop"), []
    dog = Watchdog((other, heart), told=30, ended=120, grace=15, last=last.append)
    seen = []
    for age in (10, 40, 121, 136, 0):
        aged(heart, age)
        dog.look()
        seen.append((bool(dog.still), bool(dog.fault), len(last)))

    assert seen == [(False, False, 0), (True, False, 0), (True, True, 0), (True, True, 1), (False, False, 1)]
    assert last == ["The timer has stood still for 136 s."]


def test_it_looks_by_itself():
    """The thread looks without being asked, and ends when it is told to."""
    from threading import Event

    heart, done = Heart("the timer"), Event()
    aged(heart, 1000)
    dog = Watchdog((heart,), look=0.01, last=lambda _: done.set())
    dog.start()

    assert done.wait(120)
    dog.stop()
    assert not dog._thread.is_alive()


def test_systemd_hears_of_life_while_everything_goes_round(manager: socket.socket):
    """A unit with WatchdogSec is kept alive by beats alone: what stands still sends nothing."""
    heart = Heart("the timer")
    dog = Watchdog((heart,), told=30)
    dog.look()
    first = manager.recv(100)
    aged(heart, 40)
    dog.look()
    service_manager.tell("STOPPING=1")

    assert (first, manager.recv(100)) == (b"WATCHDOG=1", b"STOPPING=1")


@pytest.mark.parametrize("address", ["", "relative", "/nowhere/at/all"])
def test_nobody_who_listens_is_no_fault(monkeypatch: pytest.MonkeyPatch, address: str):
    """Without systemd, or with one that has gone, nothing is sent and nothing raises."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    assert service_manager.tell("READY=1") is False
