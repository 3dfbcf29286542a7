"""Receipts of text messages: a count for each release, whole at any moment, on this machine alone."""

import http.client
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from campaigns.errors import EnvironmentFault, UsageError
from campaigns.store.engine import writing
from scheduler.receipts import Receipts, address
from scheduler.receiver import Receiver
from scheduler.releases.identity import release_id
from scheduler.releases.ledger import RELEASE as RELEASE_TABLE
from scheduler.releases.states import State
from tests.builders import campaigns, workspaces
from tests.builders.commands import process
from tests.house import tree

RELEASE = release_id("raqqa-voices", "launch", "", "ar", "channel")
NOW = datetime(2027, 1, 12, 18, 30, tzinfo=UTC)


def ask(receiver: Receiver, path: str, method: str = "GET") -> int:
    connection = http.client.HTTPConnection(receiver.url.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_receipt_told_twice_is_counted_once_and_read_back(tmp_path: Path) -> None:
    """Parts are counted once each, whoever goes on with the file, an older one too; what failed is counted by how."""
    path = tmp_path / "receipts.csv"
    first = Receipts(path)
    first.tell(RELEASE, 0, 1, NOW)
    first.tell(RELEASE, 0, 1, NOW + timedelta(minutes=1))
    path.write_text(f"release,at,deliveries,receipts\n{RELEASE},2027-01-12T18:30:00.000000Z,1,0=1\n", encoding="utf-8")
    again = Receipts(path)
    again.tell(RELEASE, 1, 16, NOW + timedelta(minutes=2))
    again.tell(RELEASE, 2, 1, NOW + timedelta(minutes=3))

    assert path.read_text().splitlines()[1:] == [f"{RELEASE},2027-01-12T18:33:00.000000Z,2,0,1,0=1 1=16 2=1"]
    assert [each.name for each in tmp_path.iterdir()] == ["receipts.csv"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (address("", RELEASE, 0).replace("%d", "1"), 200),
        (address("", RELEASE, 0).replace("%d", "8"), 404),
        (address("", RELEASE, 0), 404),
        (address("", release_id("x", "y", "", "en-GB", "z"), 0).replace("%d", "1"), 404),
        ("/kannel/../../etc/passwd/0/1", 404),
        ("/", 404),
    ],
)
def test_only_final_words_about_a_release_of_ours_are_kept(tmp_path: Path, path: str, status: int) -> None:
    """Another release, another status and another address leave nothing behind."""
    kept = tmp_path / "receipts.csv"
    with Receiver("127.0.0.1:0", Receipts(kept), lambda name: name == RELEASE) as receiver:
        assert ask(receiver, path) == status
        assert ask(receiver, path, "POST") == 501

    assert kept.exists() is (status == 200)


@pytest.mark.parametrize("where", ["0.0.0.0:9465", "192.0.2.1:9465", "example.org:80", "9465", "127.0.0.1:x"])
def test_nobody_but_this_machine_may_tell(tmp_path: Path, where: str) -> None:
    """An address that others could reach is refused before anything listens."""
    with pytest.raises(UsageError, match="no address of this machine"):
        Receiver(where, Receipts(tmp_path / "receipts.csv"), lambda _: True)


def test_a_taken_address_and_another_file_say_what_to_do(tmp_path: Path) -> None:
    """Neither overwrites what somebody else has."""
    letter = tmp_path / "letter.csv"
    letter.write_text("dear,sir\n")
    with pytest.raises(UsageError, match="no table of receipts"):
        Receipts(letter)
    with Receiver("127.0.0.1:0", Receipts(tmp_path / "r.csv"), lambda _: True) as receiver:
        with pytest.raises(EnvironmentFault, match="cannot be taken") as caught:
            Receiver(receiver.url.removeprefix("http://"), Receipts(tmp_path / "r.csv"), lambda _: True)

        assert "--on" in caught.value.hint
    assert letter.read_text() == "dear,sir\n"


def test_what_the_command_keeps_is_imported_as_readings(tmp_path: Path) -> None:
    """`channels receipts` takes what is told of this workspace's releases, stops cleanly, and its table is a source."""
    made = workspaces.make(tmp_path / "workspace")
    made.apply(campaigns.campaign(at=datetime.now(UTC) + timedelta(days=1)))
    release, out = (
        made.row()["id"],
        {"state": State.PUBLISHED, "published_at": datetime.now(UTC) - timedelta(minutes=1)},
    )
    with writing(made.database) as connection:  # receipts are told of what was sent
        connection.execute(update(RELEASE_TABLE).values(out))
    made.database.dispose()
    program = [sys.executable, tree.ROOT / "main.py", "channels", "receipts", "--on", "127.0.0.1:0"]
    with subprocess.Popen(program, cwd=made.folder, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout
        url = receiver.stdout.readline().split()[4]
        told = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
        told.request("GET", f"/kannel/{release}/0/1")
        assert told.getresponse().status == 200
        told.close()
        receiver.send_signal(signal.SIGTERM)
        assert receiver.wait(60) == 0
    done = process(made.folder, "readings", "import", "receipts.csv", "--campaign", "voices")

    assert done.returncode == 0, done.stderr
    assert "3 new figures" in done.stdout
