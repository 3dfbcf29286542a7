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
    b'{"r":"b","d":"d","o":"part","ids":7,"at":""}\n',
]


@pytest.mark.parametrize(
    "line",
    DAMAGE,
    ids=["no JSON", "no outcome", "no id", "an unknown outcome", "a list", "no text", "no list of parts"],
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


WORDS = [
    pytest.param([("", "begun"), ("b", "begun"), ("b", "published")], "published", 2, id="another published it"),
    pytest.param([("b", "begun"), ("b", "published"), ("", "begun"), ("", "not")], "published", 2, id="ours did not"),
    pytest.param([("b", "begun"), ("", "begun"), ("", "not")], "begun", 2, id="another may have it on the wire"),
    pytest.param([("b", "begun"), ("b", "not")], "not", 1, id="another tried"),
    pytest.param([], None, 0, id="nobody"),
]


@pytest.mark.parametrize(("words", "outcome", "begun"), WORDS)
def test_journals_beside_each_other_know_of_each_other(tmp_path: Path, words, outcome: str | None, begun: int):
    """Several processes of one machine have a journal each, and ask all of them; the gravest word counts."""
    ours, theirs = Journal(tmp_path).open(), Journal(tmp_path, "b").open()
    for name, word in words:
        (theirs if name else ours).write([("a", "d", word)], NOW)
    for each in (ours, theirs):
        each.catch_up()
        each.catch_up()
        assert (each.outcome("a"), each.begun("a")) == (outcome, begun)
        each.close()

    assert ClosedJournal(tmp_path).open().outcome("a") == outcome


def test_half_a_line_of_another_is_read_when_it_is_whole(tmp_path: Path):
    """Another process may be in the middle of writing: what is not a line yet is left for the next look."""
    ours, path = Journal(tmp_path).open(), tmp_path / "local" / "journal-b.jsonl"
    line = '{"r": "a", "d": "d", "o": "begun", "at": "2027-01-01T00:00:00Z"}\n'
    path.write_text(line[:20])
    ours.catch_up()
    assert ours.outcome("a") is None
    path.write_text(line)
    ours.catch_up()

    assert ours.outcome("a") == "begun"
    ours.close()
