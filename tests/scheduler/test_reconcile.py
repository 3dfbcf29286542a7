"""A restored older backup is noticed, nothing is published over it, and a person settles it."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.audit import log, memory
from campaigns.audit.memory import Memory
from campaigns.audit.merkle import SIZE
from campaigns.audit.seen import FILE
from campaigns.errors import EnvironmentFault, NotTrusted, Refused
from campaigns.store.engine import reading
from scheduler.daemon import Daemon
from scheduler.engine import hold
from scheduler.reconcile import reconcile
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.gate import judge
from scheduler.releases.journal import ClosedJournal
from tests.builders import burst, campaigns, rewriting
from tests.builders.commands import process
from tests.builders.workspaces import Workspace

BECAUSE = "the disk failed; this is the backup of Monday"


def posted(workspace: Workspace) -> list[str]:
    """Return what lies in the outbox."""
    return sorted(str(path) for path in workspace.folder.rglob("message.txt"))


def seen(workspace: Workspace) -> Memory:
    return Memory(workspace.settings.trust)


def settle(workspace: Workspace, **more: object):
    words = {"person": "operator", "key": workspace.folder / "keys" / "operator.key", "because": BECAUSE} | more
    return reconcile(workspace.database, workspace.settings, workspace.trust(), **words)


def back_up(workspace: Workspace) -> Path:
    workspace.database.dispose()
    return Path(shutil.copy(workspace.folder / "cordiale.db", workspace.folder / "backup.db"))


def restore(workspace: Workspace, backup: Path) -> None:
    workspace.database.dispose()
    for rest in ("-wal", "-shm"):
        (workspace.folder / f"cordiale.db{rest}").unlink(missing_ok=True)
    shutil.copy(backup, workspace.folder / "cordiale.db")


@pytest.fixture
def sent(tmp_path) -> tuple[Workspace, Path]:
    """Give a workspace whose daemon published a burst, and a backup from before."""
    made = burst.build(tmp_path / "workspace", 3, "outbox", None, {}, lease=5.0)  # what is not begun waits for its end
    backup = back_up(made)
    done = process(made.folder, "run", "--until-done", "--quiet")
    assert done.returncode == 0, done.stderr
    assert set(made.states().values()) == {"published"}
    return made, backup


def test_a_restored_backup_publishes_nothing_until_a_person_settles_it(sent):
    """The daemon itself: after a restore nothing goes out; once it is settled, what was never sent does."""
    workspace, backup = sent
    before = posted(workspace)
    restore(workspace, backup)
    due = clock.now() + timedelta(seconds=1)
    document = campaigns.campaign(
        1,
        name="later",
        at=due,
        channels=[campaigns.channel("outbox", account="@facts")],
        entries={"if_late": {"after": "30d", "then": "send"}},
        messages=[campaigns.message(1, wording={"en-GB": "Words that were never said before."})],
    )
    workspace.apply(document)
    workspace.approve(campaign="later")

    stopped = process(workspace.folder, "run", "--until-done", "--quiet")
    assert stopped.returncode == EnvironmentFault.exit_code, stopped.stderr
    assert "Publishing is paused while 1 release should go out. Event" in stopped.stderr
    assert "cordiale db reconcile" in stopped.stderr
    assert posted(workspace) == before
    assert workspace.events("release.confirm")[0]["why"].startswith("The send journal of this machine says")
    told = process(workspace.folder, "verify")
    assert (told.returncode, "by what this machine has seen" in told.stdout) == (1, True)
    status = process(workspace.folder, "status")
    assert (status.returncode, "Nothing is published: Event" in status.stdout) == (1, True), status.stdout
    assert 'cordiale db reconcile --as OPERATOR --key FILE --because "…"' in status.stdout
    why = process(workspace.folder, "why", "later:r1/en-GB/uk-outbox", "--json")
    conditions = {each["name"]: each for each in json.loads(why.stdout)["conditions"]}
    assert not conditions["log"]["holds"]
    assert "cordiale db reconcile" in conditions["log"]["cure"]

    settled = process(
        workspace.folder,
        *("db", "reconcile", "--as", "operator", "--key", "keys/operator.key", "--because", BECAUSE),
    )
    assert settled.returncode == 0, settled.stderr
    assert "the log goes on as" in settled.stdout.lower()
    ran = process(workspace.folder, "run", "--until-done", "--quiet")
    assert ran.returncode == 0, ran.stderr
    assert len(posted(workspace)) == len(before) + 1
    assert set(workspace.states().values()) == {"published"}
    [event] = workspace.events("db.reconcile")
    assert (event["actor"], event["why"]) == ("operator", BECAUSE)
    assert event["detail"]["note"].startswith("cordiale restore\n")
    sound = process(workspace.folder, "verify")
    assert sound.returncode == 0, sound.stdout
    assert "Nothing is published" not in process(workspace.folder, "status").stdout


def fault(workspace: Workspace) -> str:
    """Return what the gate says of the log."""
    room = EvidenceRoom(workspace.settings.trust, ClosedJournal(workspace.settings.trust).open())
    with reading(workspace.database) as connection:
        rows = list(workspace.rows().values())
        verdict = judge(rows[0], room.gather(connection, rows, clock.now()), clock.now())
    [condition] = [each for each in verdict.conditions if each.name == "log"]
    assert condition.holds == (not condition.evidence.startswith(("The log", "Event", "What this", "An event")))
    return "" if condition.holds else condition.evidence


def test_a_daemon_says_why_it_publishes_nothing(sent):
    """A running daemon over a restored database names it among what keeps it from publishing."""
    workspace, backup = sent
    restore(workspace, backup)
    service = Daemon(workspace.settings, workspace.database)
    service.room.remember(workspace.database)

    assert [(each.key, "db reconcile" in each.hint) for each in service.obstacles()] == [("log", True)]


def test_a_log_that_grew_again_is_not_the_one_that_was_seen(tmp_path):
    """A restored database that has more events by now is noticed all the same."""
    workspace = burst.build(tmp_path / "workspace", 1, "outbox", None, {})
    backup = back_up(workspace)
    with workspace.transaction() as connection:
        hold.place(
            connection, workspace.settings.trust, scope="all", target="", partner="uk", reason="storm", at=clock.now()
        )
    assert fault(workspace) == ""
    restore(workspace, backup)
    assert "an older copy was restored" in fault(workspace)
    with workspace.transaction() as connection:
        for reason in ("one", "two"):
            where = workspace.settings.trust
            hold.place(connection, where, scope="all", target="", partner="fr", reason=reason, at=clock.now())
    assert "is not the one that this machine has seen" in fault(workspace)
    assert "is not the one that this machine has seen" in fault(workspace)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        pytest.param(b"", "", id="nothing-lost"),
        pytest.param(bytes(SIZE * 3), "", id="zeros-of-a-power-cut"),
        pytest.param(b"\x07" * 11, "", id="half-a-hash"),
        pytest.param(b"\x07" * SIZE, "an older copy was restored", id="an-event-that-is-gone"),
    ],
)
def test_a_power_cut_is_not_a_restore(tmp_path, rest, expected):
    """What a power cut leaves at the end of the file is read again; a hash of an event that is gone is not."""
    workspace = burst.build(tmp_path / "workspace", 1, "outbox", None, {})
    assert fault(workspace) == ""
    path = seen(workspace).path
    known = path.read_bytes()
    path.write_bytes(known + rest)

    assert expected in fault(workspace)
    path.write_bytes(known[:-SIZE])
    assert fault(workspace) == ""
    assert path.read_bytes() == known


def test_events_that_are_gone_are_missed_however_many_they_are(tmp_path, monkeypatch):
    """What is taken in goes from number to number, so that a hole is found, also one that no look reaches across."""
    monkeypatch.setattr(memory, "CHUNK", 4)
    workspace = burst.build(tmp_path / "workspace", 1, "outbox", None, {})
    assert fault(workspace) == ""
    with workspace.transaction() as connection:
        last = connection.exec_driver_sql("SELECT MAX(seq) FROM event").scalar_one()
        log.append(connection, [log.Fact("engine", "release.claim", f"r{n}") for n in range(9)], clock.now())
    with workspace.transaction() as connection:
        rewriting.unguard(connection)
        connection.exec_driver_sql("DELETE FROM event WHERE seq BETWEEN ? AND ?", (last + 1, last + 8))

    assert fault(workspace) == f"The log lacks events after number {last:,}."


def test_a_memory_that_cannot_be_used_keeps_everything_back(tmp_path):
    """The gate fails closed where it cannot be known what was seen."""
    workspace = burst.build(tmp_path / "workspace", 1, "outbox", None, {})
    (workspace.settings.trust / FILE).mkdir(parents=True)

    assert "cannot be read or written" in fault(workspace)
    with pytest.raises(EnvironmentFault, match="cannot be read or written"):
        settle(workspace)


def test_only_a_person_of_the_trust_file_settles_with_a_reason_and_a_cause(sent):
    """A stranger's key, another's name, no reason, and nothing to settle are refused; nothing changes."""
    workspace, backup = sent
    with pytest.raises(Refused, match="nothing to settle"):
        settle(workspace)
    restore(workspace, backup)
    with pytest.raises(NotTrusted, match="not one of uk-officer"):
        settle(workspace, person="uk-officer")
    with pytest.raises(Refused, match="with a reason"):
        settle(workspace, because=" \n")
    assert "an older copy was restored" in fault(workspace)

    done = settle(workspace, person="uk-officer", key=workspace.key("uk"))

    assert (done.seen > done.found, done.sent, fault(workspace)) == (True, 3, "")
    assert done.origin.endswith("/restored-1")
    assert done.kept is not None
    assert len(done.kept.read_bytes()) == done.seen * SIZE
