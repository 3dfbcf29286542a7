"""`verify` finds whatever is done to the database, to the files beside it, or to a bundle of it."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.audit.memory import Memory
from campaigns.audit.merkle import Frontier
from campaigns.audit.verify import Report
from campaigns.errors import InvalidDocument, NotTrusted, Refused
from campaigns.store.engine import reading
from scheduler import checkpoints, proof
from scheduler.releases.journal import Journal
from tests.builders import burst, logs, workspaces
from tests.builders.engine_room import EngineRoom, accepted
from tests.builders.workspaces import Workspace

SILENT = lambda _: None  # noqa: E731 (nobody watches a test)


def told(workspace: Workspace) -> Report:
    with reading(workspace.database) as connection:
        return proof.live(connection, workspace.settings, SILENT)


def sign(workspace: Workspace) -> Path:
    """Let the operator sign a checkpoint and every partner witness it."""
    with reading(workspace.database) as connection:
        made = checkpoints.make(
            connection, workspace.settings, workspace.trust(), workspace.folder / "keys" / "operator.key", SILENT
        )
        given = checkpoints.of_file(made.path)
        for partner in ("uk", "fr"):
            memory = workspace.settings.trust / "local" / f"witness-{partner}.json"
            subtree = checkpoints.in_database(connection, given)
            signed = checkpoints.witnessed(
                given,
                subtree,
                workspace.trust(),
                memory,
                partner=partner,
                key=workspace.key(partner),
                at=clock.now(),
                restored=False,
            )
            made = checkpoints.keep(workspace.settings, signed, workspace.trust())
    assert made.lacking == []
    return made.path


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a workspace in which three releases went out under two checkpoints, and two are signed and wait."""
    folder = tmp_path_factory.mktemp("proof") / "workspace"
    made = burst.build(folder, 5, "outbox", None, {})
    room = EngineRoom(made, Journal(made.settings.trust).open())
    for permit in room.begin(room.claim(limit=3)):
        room.finish(permit, accepted(permit.claim.id))
        room.journal.write([(permit.claim.id, permit.digest, "published")], clock.now())
        if permit.claim.id == max(made.rows().values(), key=lambda row: row["id"])["id"]:
            sign(made)
    sign(made)
    room.journal.close()
    assert told(made).sound
    return made


@pytest.fixture
def workspace(published: Workspace, tmp_path: Path) -> Workspace:
    """Give a copy of `published` of one's own."""
    return workspaces.copy(published, tmp_path / "copy")


def rewrite(workspace: Workspace, *statements: str) -> None:
    """Do *statements* to the database as who owns the file can: without its triggers and foreign keys."""
    workspace.database.dispose()
    with sqlite3.connect(workspace.folder / "cordiale.db") as database:
        for trigger in ("event_no_update", "event_no_delete"):
            database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            database.execute(statement)
    database.close()


INSERTED = (
    "INSERT INTO event (seq, at, actor, act, subject, why, detail, leaf)"
    " SELECT 0, at, 'engine', act, subject, '', '{}', leaf FROM event WHERE seq = 1"
)
SLIPPED_IN = (
    "INSERT INTO approval SELECT 'x' || id, campaign, partner, person, decision, reason, envelope, received_at"
    " FROM approval"
)
RENUMBER = "UPDATE event SET seq = seq - 1 WHERE seq > 7"
DATABASE = {
    "act": (("UPDATE event SET act = 'release.fail' WHERE seq = 7",), 7, "edited"),
    "actor": (("UPDATE event SET actor = 'nobody' WHERE seq = 1",), 1, "edited"),
    "why": (("UPDATE event SET why = 'better', why_salt = '00' WHERE seq = 7",), 7, "edited"),
    "detail": (("UPDATE event SET detail = '{}', detail_salt = NULL WHERE seq = 1",), 1, "edited"),
    "instant": (("UPDATE event SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 3",), 3, "edited"),
    "salt": (("UPDATE event SET actor_salt = detail_salt WHERE seq = 1",), 1, "edited"),
    "salt-gone": (("UPDATE event SET actor_salt = NULL WHERE seq = 2",), 2, "edited"),
    "hash": (("UPDATE event SET leaf = substr(leaf, 3) || '00' WHERE seq = 4",), 4, "edited"),
    "dropped": (("DELETE FROM event WHERE seq = 7",), 7, "dropped"),
    "dropped-and-closed-up": (("DELETE FROM event WHERE seq = 7", RENUMBER), 7, "edited"),
    "truncated": (("DELETE FROM event WHERE seq > 12",), 13, "truncated"),
    "swapped": (
        (
            "UPDATE event SET seq = -1 WHERE seq = 5",
            "UPDATE event SET seq = 5 WHERE seq = 6",
            "UPDATE event SET seq = 6 WHERE seq = -1",
        ),
        5,
        "edited",
    ),
    "inserted": ((INSERTED,), 1, "inserted"),
    "emptied": (("DELETE FROM event",), 1, "truncated"),
}


@pytest.mark.parametrize("change", DATABASE)
def test_every_change_to_the_table_is_found_and_named(workspace, change):
    """Whoever holds the database can change an event, but not unseen: the first one is named."""
    statements, number, way = DATABASE[change]
    rewrite(workspace, *statements)
    report = told(workspace)

    assert not report.sound
    assert report.first().number == number
    assert any(each.number == number and way in each.what for each in report.findings), report.findings


BESIDE = {
    "head": (("UPDATE tree_head SET frontier = substr(frontier, 1, 62) || '00' || substr(frontier, 65)",), "head"),
    "head-gone": (("DELETE FROM tree_head",), "head"),
    "release-state": (
        ("UPDATE release SET state = 'published' WHERE state = 'scheduled'",),
        "is published in the table",
    ),
    "release-forgotten": (("UPDATE release SET state = 'scheduled' WHERE state = 'published'",), "the log left it"),
    "decision-gone": (("DELETE FROM approval_subject", "DELETE FROM approval"), "is gone"),
    "decision-changed": (("UPDATE approval SET envelope = envelope || ' '",), "envelope of the decision"),
    "decision-slipped-in": ((SLIPPED_IN,), "was changed"),
}


@pytest.mark.parametrize("change", BESIDE)
def test_every_change_beside_the_log_is_found(workspace, change):
    """Releases, decisions and the tree's head are held against the log."""
    statements, words = BESIDE[change]
    rewrite(workspace, *statements)

    assert any(words in each.what for each in told(workspace).findings)


def test_a_consistently_rewritten_log_is_found(workspace):
    """Whoever recomputes every hash and the head still meets what this machine saw, and what partners signed."""
    rewrite(workspace, "UPDATE event SET act = 'release.fail' WHERE seq = 7")
    frontier = Frontier()
    with sqlite3.connect(workspace.folder / "cordiale.db") as database, reading(workspace.database) as connection:
        for each in proof.of_table(connection):
            database.execute("UPDATE event SET leaf = ? WHERE seq = ?", (each.hash.hex(), each.number))
            frontier.add(each.hash)
        edge = b"".join(frontier.nodes).hex()
        database.execute("UPDATE tree_head SET frontier = ?", (edge,))
    database.close()
    by_memory = told(workspace)
    Memory(workspace.settings.trust).path.unlink()
    by_checkpoints = told(workspace)

    assert by_memory.first().number == 7
    assert "Event 7 was edited, by what this machine has seen" in by_memory.first().what
    assert any("The log was rewritten" in each.what for each in by_checkpoints.findings)


def test_a_journal_that_knows_more_is_believed(workspace):
    """What the send journal knows as published and the log does not is found."""
    [path] = proof.journals(workspace.settings.trust)
    path.write_bytes(path.read_bytes() + b'{"r":"r-x","d":"","o":"published","at":"2027-01-11T09:00:00Z"}\n')

    assert any("knows release r-x as published" in each.what for each in told(workspace).findings)


def test_nothing_unsound_is_signed_or_witnessed(workspace):
    """An operator vouches for what was looked at, and a partner for what it sees."""
    path = next(iter(sorted(workspace.settings.checkpoints.glob("*"))))
    given = checkpoints.of_file(path)
    rewrite(workspace, "UPDATE event SET act = 'release.fail' WHERE seq = 7")
    with pytest.raises(Refused, match="not sound"):
        sign(workspace)
    with reading(workspace.database) as connection, pytest.raises(NotTrusted, match="none of fr"):
        checkpoints.witnessed(
            given,
            checkpoints.in_database(connection, given),
            workspace.trust(),
            workspace.folder / "w.json",
            partner="fr",
            key=workspace.key("uk"),
            at=clock.now(),
            restored=False,
        )


def test_only_an_operator_signs(workspace):
    """A partner's key makes no checkpoint."""
    with reading(workspace.database) as connection, pytest.raises(NotTrusted, match="none of an operator"):
        checkpoints.make(connection, workspace.settings, workspace.trust(), workspace.key("uk"), SILENT)


@pytest.fixture(scope="module")
def bundle(published: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "log.zip"
    with reading(published.database) as connection:
        proof.export(connection, published.settings, path, "test")
    return path


def test_a_bundle_is_verified_far_from_its_database(bundle, monkeypatch, tmp_path):
    """A bundle carries all that it takes: no database, no workspace, no trust folder."""
    monkeypatch.chdir(tmp_path)
    report, trust = proof.of_bundle(bundle, None, SILENT)

    assert report.sound
    assert report.proven == report.size > 20
    assert trust.partners == ("fr", "uk")


def lines(name, change):
    """Return a change of one part of a bundle, by its lines."""

    def made(parts):
        listed = parts[name].splitlines(keepends=True)
        parts[name] = b"".join(change(listed) or listed)

    return made


def edited(parts):
    parts["leaves.jsonl"] = parts["leaves.jsonl"].replace(b'"act":"release.sign"', b'"act":"release.void"', 1)


def swapped(listed):
    listed[4], listed[5] = listed[5], listed[4]


def salts(listed):
    held = json.loads(listed[0])
    held["actor"][0], held["detail"][0] = held["detail"][0], held["actor"][0]
    listed[0] = json.dumps(held).encode() + b"\n"


def stripped(parts):
    for name, note in parts.items():
        if name.startswith("checkpoints/"):
            kept = [line for line in note.decode().splitlines(keepends=True) if "cordiale.witness/fr" not in line]
            parts[name] = "".join(kept).encode()


def no_checkpoints(parts):
    return {name: data for name, data in parts.items() if not name.startswith("checkpoints/")}


def cut(parts):
    for name in ("leaves.jsonl", "hashes"):
        parts[name] = b"".join(parts[name].splitlines(keepends=True)[:10])
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | {"size": 10}).encode()


def resized(parts):
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | {"size": 3}).encode()


def rehashed(parts):
    """Edit an event, and its hash in the bundle's own list with it."""
    listed = parts["leaves.jsonl"].splitlines()
    listed[6] = listed[6].replace(b'"campaign":"burst"', b'"campaign":"burnt"')
    parts["leaves.jsonl"] = b"\n".join(listed) + b"\n"
    hashes = parts["hashes"].splitlines()
    hashes[6] = logs.leaf_hash(listed[6]).hex().encode()
    parts["hashes"] = b"\n".join(hashes) + b"\n"


BUNDLE = {
    "edited": (edited, 0, "was edited"),
    "dropped": (lines("leaves.jsonl", lambda listed: listed.pop(6) and None), 7, "Event 7 was dropped"),
    "reordered": (lines("leaves.jsonl", swapped), 5, "Event 5 was reordered"),
    "truncated": (lines("leaves.jsonl", lambda listed: listed[:12]), 13, "were truncated"),
    "truncated-throughout": (cut, 11, "The log was truncated"),
    "inserted": (lines("leaves.jsonl", lambda listed: listed.insert(3, listed[9])), 4, "was inserted before event 4"),
    "garbage": (lines("leaves.jsonl", lambda listed: listed.insert(3, b"[]\n")), 4, "was inserted before event 4"),
    "words": (lambda parts: parts.update({"words.jsonl": parts["words.jsonl"].replace(b"amina", b"other", 1)}), 1,
              "its actor is not"),
    "swapped-salts": (lines("words.jsonl", salts), 1, "its actor is not"),
    "rehashed": (rehashed, 0, "The log was rewritten"),
    "hash-edited": (lines("hashes", swapped), 5, "Event 5"),
    "resized": (resized, 4, "says that it holds 3 events"),
    "stripped-witness": (stripped, 0, "not witnessed by fr"),
    "no-checkpoints": (no_checkpoints, 0, "No checkpoint is there"),
    "journal": (lambda parts: parts.update({"journal.jsonl": parts["journal.jsonl"].replace(b'"r":"', b'"r":"x')}), 0,
                "the log does not"),
    "envelopes-gone": (lambda parts: parts.update({"envelopes.jsonl": b""}), 0, "is gone"),
}  # fmt: skip


@pytest.mark.parametrize("change", BUNDLE)
def test_every_change_to_a_bundle_is_found(bundle, tmp_path, change):
    """Whatever is edited, dropped, moved, added, cut, swapped or stripped in a bundle is found, offline."""
    made, number, words = BUNDLE[change]
    report, _ = proof.of_bundle(logs.rewritten(bundle, tmp_path / "other.zip", made), None, SILENT)

    assert not report.sound
    assert any(words in each.what for each in report.findings), report.findings
    assert not number or report.first().number == number, report.findings


@pytest.mark.parametrize("name", ["leaves.jsonl", "words.jsonl", "hashes", "manifest.json", "trust/root.json"])
def test_a_bundle_without_a_part_is_none(bundle, tmp_path, name):
    """A bundle is whole."""
    other = logs.rewritten(bundle, tmp_path / "other.zip", lambda parts: parts.pop(name) and None)
    with pytest.raises((InvalidDocument, NotTrusted), match=r"bundle"):
        proof.of_bundle(other, None, SILENT)


def test_what_is_no_bundle_says_so(tmp_path, bundle):
    """Any other file, and a bundle that was cut, are named with the way to a sound one."""
    text, half = tmp_path / "text.zip", tmp_path / "half.zip"
    text.write_text("no zip")
    half.write_bytes(bundle.read_bytes()[:500])
    for path in (text, half, tmp_path / "absent.zip"):
        with pytest.raises(InvalidDocument, match=r"bundle|cannot be read"):
            proof.of_bundle(path, None, SILENT)


def test_an_older_bundle_is_noticed_where_more_was_seen(bundle, workspace, tmp_path):
    """A bundle that was cut back to an older, sound state is found by who has seen more."""
    older = logs.rewritten(bundle, tmp_path / "older.zip", cut_back)
    report, _ = proof.of_bundle(older, None, SILENT)
    assert not report.sound or report.proven < 20

    path = Memory(workspace.settings.trust).path
    hashes = path.read_bytes()
    path.write_bytes(hashes[: 6 * 32] + bytes(31) + b"\1" + hashes[7 * 32 :])
    report, _ = proof.of_bundle(bundle, workspace.settings.trust, SILENT)
    assert report.first().number == 7
    assert "by what this machine has seen" in report.first().what


def cut_back(parts):
    newest = max(name for name in parts if name.startswith("checkpoints/"))
    return {name: data for name, data in parts.items() if name != newest}


def test_a_witness_far_away_signs_a_bundle(bundle, published, tmp_path):
    """A partner without the database verifies a bundle, witnesses its newest checkpoint, and sends it home."""
    given, subtree = checkpoints.of_bundle(bundle, published.trust(), SILENT, None)
    signed = checkpoints.witnessed(
        given,
        subtree,
        published.trust(),
        tmp_path / "fr.json",
        partner="fr",
        key=published.key("fr"),
        at=clock.now(),
        restored=False,
    )
    home = published.settings.model_copy(update={"root": tmp_path})

    assert checkpoints.keep(home, signed, published.trust()).lacking == []
    spoilt = logs.rewritten(bundle, tmp_path / "other.zip", edited)
    with pytest.raises(Refused, match="not sound"):
        checkpoints.of_bundle(spoilt, published.trust(), SILENT, None)


def test_a_copy_is_a_workspace_of_its_own(workspace):
    """The tests above change copies, never what they copy."""
    assert told(workspace).sound
    shutil.rmtree(workspace.folder)
