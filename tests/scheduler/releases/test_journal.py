"""The send journal: what this machine put on a wire is known after every crash, or nothing is sent."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.errors import EnvironmentFault
from scheduler.releases.journal import ClosedJournal, Journal

NOW = clock.now()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path).open()
    yield made
    made.close()


@contextmanager
def again(journal: Journal) -> Iterator[Journal]:
    """Close *journal*, and give it as the next process opens it."""
    journal.close()
    reopened = Journal(journal.path.parent.parent).open()
    yield reopened
    reopened.close()


def test_what_was_written_is_known_after_a_restart(journal: Journal):
    """The last outcome of each release, and how often it was begun."""
    journal.write([("a", "d", "begun"), ("b", "d", "begun")], NOW)
    journal.write([("a", "d", "not"), ("a", "d", "begun"), ("a", "d", "published")], NOW)

    with again(journal) as reopened:
        assert [reopened.outcome(each) for each in "abc"] == ["published", "begun", None]
        assert [reopened.begun(each) for each in "abc"] == [2, 1, 0]


def test_a_torn_last_line_is_dropped(journal: Journal):
    """A power cut in the middle of a line: nothing was sent on the strength of it."""
    journal.write([("a", "d", "begun")], NOW)
    with journal.path.open("ab") as file:
        file.write(b'{"r":"b","d":"d","o":"be')

    with again(journal) as reopened:
        reopened.write([("c", "d", "begun")], NOW)
        assert [reopened.outcome(each) for each in "abc"] == ["begun", None, "begun"]
        with again(reopened) as last:
            assert last.outcome("c") == "begun"


DAMAGE = [
    b"not JSON\n",
    b'{"r":"a"}\n',
    b'{"r":1,"d":"d","o":"begun"}\n',
    b'{"r":"a","d":"d","o":"sent"}\n',
    b"[]\n",
    b"\xff\n",
]


@pytest.mark.parametrize(
    "line", DAMAGE, ids=["no JSON", "no outcome", "no id", "an unknown outcome", "a list", "no text"]
)
@pytest.mark.parametrize("reader", [Journal, ClosedJournal], ids=["the daemon", "a command"])
def test_a_damaged_line_keeps_publishing_off(tmp_path: Path, line: bytes, reader: type[Journal]):
    """Whoever reads it is told which line it is; a refused opening leaves no lock behind."""
    path = tmp_path / "local" / "journal.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'{"r":"a","d":"d","o":"begun","at":""}\n' + line)
    with pytest.raises(EnvironmentFault, match="Line 2 of the send journal"):
        reader(tmp_path).open()
    path.write_bytes(b"")

    Journal(tmp_path).open().close()


def test_one_process_holds_it(journal: Journal):
    """A second publisher of this workspace is refused; a command that only looks is not."""
    journal.write([("a", "d", "published")], NOW)
    with pytest.raises(EnvironmentFault, match="Another process"):
        Journal(journal.path.parent.parent).open()

    assert ClosedJournal(journal.path.parent.parent).open().outcome("a") == "published"


def test_a_disk_that_takes_half_a_line_spoils_nothing(journal: Journal, monkeypatch: pytest.MonkeyPatch):
    """A group is there whole or not at all: a full disk leaves no torn line for the next one to be glued to."""
    journal.write([("a", "d", "begun")], NOW)
    before = journal.path.read_bytes()

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault, match="No space left"):
        journal.write([("b", "d", "begun"), ("c", "d", "begun")], NOW)
    monkeypatch.undo()

    assert journal.path.read_bytes() == before
    assert journal.outcome("b") is None
    journal.write([("b", "d", "begun")], NOW)
    with again(journal) as reopened:
        assert reopened.outcome("b") == "begun"


def test_nothing_is_written_while_it_is_closed(tmp_path: Path):
    """Whoever did not take the lock writes nothing."""
    with pytest.raises(EnvironmentFault, match="not open"):
        Journal(tmp_path).write([("a", "d", "begun")], NOW)


def test_a_workspace_without_a_journal_has_published_nothing(tmp_path: Path):
    """A command may look before the first daemon ran, and makes no file."""
    assert ClosedJournal(tmp_path).open().outcome("a") is None
    assert list(tmp_path.iterdir()) == []
