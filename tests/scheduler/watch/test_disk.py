"""The disk guard: claims stop before the disk is full, and go on by themselves."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from scheduler.watch import disk as disks
from scheduler.watch.disk import MEGABYTE, Disk


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch):
    """Give a function that sets the megabytes that are free; looks are not spaced."""
    monkeypatch.setattr(disks, "ASK_EVERY", 0.0)

    def leave(megabytes: int) -> None:
        free = SimpleNamespace(f_bavail=megabytes * MEGABYTE, f_frsize=1)
        monkeypatch.setattr(os, "statvfs", lambda _: free)

    return leave


def test_it_pauses_below_the_least_and_goes_on_with_some_slack(room, tmp_path: Path):
    """Below the least it pauses; a little above it still does, lest it flutter; well above it goes on."""
    disk, seen = Disk([tmp_path], 200 * MEGABYTE), []
    for megabytes in (1000, 201, 199, 205, 219, 221):
        room(megabytes)
        seen.append(bool(disk.look()))

    assert seen == [False, False, True, True, True, False]
    assert disk.free == 221 * MEGABYTE


def test_it_says_which_disk_and_how_much(room, tmp_path: Path):
    """People read where to make room, and how little there is."""
    room(150)
    disk = Disk([tmp_path], 200 * MEGABYTE)

    assert disk.look() == f"The disk of {tmp_path} has 150 MB left; publishing is paused below 200 MB."


def test_zero_never_pauses(room, tmp_path: Path):
    """Whoever does not want the guard sets the least to 0."""
    room(0)

    assert Disk([tmp_path], 0).look() == ""


def test_a_folder_that_is_gone_is_no_room(tmp_path: Path):
    """A disk that does not answer cannot be written to either."""
    assert "0 MB left" in Disk([tmp_path, tmp_path / "gone"], MEGABYTE).look()


def test_it_asks_the_real_disk_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The guard stands in every round of the timer: it must cost nothing."""
    asked, real = [], os.statvfs
    monkeypatch.setattr(os, "statvfs", lambda folder: asked.append(folder) or real(folder))
    disk = Disk([tmp_path], MEGABYTE)
    for _ in range(50):
        assert disk.look() == ""

    assert len(asked) == 1
    assert disk.free > MEGABYTE
