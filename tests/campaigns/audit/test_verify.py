"""Whatever is done to a log is found, and the first event that it was done to is named."""

import time
from dataclasses import replace

import pytest

from campaigns.audit.checkpoint import Checkpoint, sign, witness_key
from campaigns.audit.compare import Difference, Way, first_difference
from campaigns.audit.merkle import root_of
from campaigns.audit.note import Note, signed
from campaigns.audit.verify import Account, verify
from tests.builders.logs import FR, KEYS, OPERATOR, ORIGIN, STRANGER, UK, checkpoint, entries, entry

SIZE = 12
LOG = entries(SIZE)
HASHES = [each.hash for each in LOG]
CHECKPOINTS = {"05": checkpoint(LOG[:5]), "12": checkpoint(LOG)}


SEEN = (Account("what this machine has seen", HASHES),)


def look(log, accounts=SEEN, checkpoints=CHECKPOINTS, **more):
    more.setdefault("needs_checkpoint", True)
    return verify(ORIGIN, log, accounts, checkpoints, KEYS, **more)


def test_a_sound_log_is_sound():
    """Nothing is found where nothing was done; all of it is proved."""
    report = look(LOG)

    assert (report.findings, report.notes, report.size, report.proven) == ([], [], SIZE, SIZE)
    assert report.first() is None
    assert look([]).findings != []


def test_what_came_after_the_checkpoint_is_news():
    """A log may grow; what is new is said to be unproved, and is nothing wrong."""
    report = look(entries(SIZE + 3))

    assert (report.findings, report.proven) == ([], SIZE)
    assert report.notes == ["3 events are newer than the newest checkpoint, and not proved by it."]


def moved(log, source, target):
    rest = log[:source] + log[source + 1 :]
    return [*rest[:target], log[source], *rest[target:]]


TAMPERED = {
    "edited": (lambda: [*LOG[:6], entry(7, after="refused"), *LOG[7:]], 7, "Event 7 was edited"),
    "first-edited": (lambda: [entry(1, subject="x"), *LOG[1:]], 1, "Event 1 was edited"),
    "two-edited": (lambda: [*LOG[:3], entry(4, act="x"), *LOG[4:-1], entry(12, act="x")],
                   4, "Event 4 was edited"),
    "dropped": (lambda: LOG[:3] + LOG[4:], 4, "Event 4 was dropped"),
    "three-dropped": (lambda: LOG[:3] + LOG[6:], 4, "Events 4 to 6 were dropped"),
    "truncated": (lambda: LOG[:9], 10, "Events 10 to 12 were truncated"),
    "last-cut": (lambda: LOG[:-1], 12, "Event 12 was truncated"),
    "swapped": (lambda: [*LOG[:4], LOG[5], LOG[4], *LOG[6:]], 5, "Event 5 was reordered: event 6 stands"),
    "moved-forward": (lambda: moved(LOG, 8, 2), 3, "Event 3 was reordered: event 9 stands"),
    "inserted": (lambda: [*LOG[:4], entry(99), *LOG[4:]], 5, "An event was inserted before event 5"),
    "doubled": (lambda: [*LOG[:4], LOG[3], *LOG[4:]], 5, "An event was inserted before event 5"),
    "emptied": (list, 1, "Events 1 to 12 were truncated"),
}  # fmt: skip


@pytest.mark.parametrize("change", TAMPERED)
def test_tampering_is_named_by_its_first_event_and_its_way(change):
    """Against hashes that somebody has seen, the first event that was touched is named exactly."""
    made, number, words = TAMPERED[change]
    report = look(made())

    assert any(each.number == number and each.what.startswith(words) for each in report.findings)
    assert report.first().number == number


@pytest.mark.parametrize("change", TAMPERED)
def test_tampering_is_found_by_checkpoints_alone(change):
    """Without any other account, what was signed still finds it, between two checkpoints or at the end."""
    made, number, _ = TAMPERED[change]
    report = look(made(), accounts=())

    assert not report.sound
    low, high = (1, 5) if number <= 5 else (6, SIZE)
    assert low <= report.first().number <= high
    assert report.proven <= (0 if number <= 5 else 5)


@pytest.mark.parametrize("field", ["actor", "why", "detail"])
def test_changed_words_and_salts_are_found(field):
    """Words are held to the leaf: neither they nor their salts can be exchanged."""
    words = dict(LOG[6].words)
    salt, value = words[field]
    other = words["why" if field != "why" else "actor"][0]
    for changed in ((salt, value + "!"), (other, value), ("zz", value), ("", value)):
        report = look([*LOG[:6], replace(LOG[6], words=words | {field: changed}), *LOG[7:]])
        assert [each.number for each in report.findings] == [7]
        assert f"its {field} is not what was logged" in report.findings[0].what


def test_erased_words_leave_the_log_sound():
    """A leaf without the words beside it still verifies."""
    report = look([replace(each, words={}) for each in LOG])

    assert (report.sound, report.erased) == (True, 3 * SIZE)
    assert look(LOG).erased == 0


def resigned(log, **more):
    """Return a checkpoint over another history, as one side could make it alone."""
    return {"05": checkpoint(log[:5], **more), "12": checkpoint(log, **more)}


REWRITTEN = [*LOG[:6], entry(7, after="refused"), *LOG[7:]]
SPOILT = {
    "no-checkpoint": ({}, LOG, "No checkpoint is there"),
    "stripped-witness": ({"12": checkpoint(LOG, witnesses=[("uk", UK)])}, LOG, "not witnessed by fr"),
    "stripped-of-both": ({"12": checkpoint(LOG, witnesses=[])}, LOG, "not witnessed by uk and fr"),
    "witness-of-a-stranger": (
        {"12": checkpoint(LOG, witnesses=[("uk", UK), ("fr", STRANGER)])}, LOG, "not witnessed by fr"),
    "witness-of-the-other": ({"12": checkpoint(LOG, witnesses=[("uk", UK), ("fr", UK)])}, LOG, "not witnessed by fr"),
    "signed-by-a-stranger": (resigned(LOG, by=STRANGER), LOG, "not signed by an operator"),
    "signed-by-a-partner": (resigned(LOG, by=UK), LOG, "not signed by an operator"),
    "operator-rewrites": (resigned(REWRITTEN, witnesses=[]), REWRITTEN, "not witnessed by uk and fr"),
    "operator-and-uk-rewrite": (resigned(REWRITTEN, witnesses=[("uk", UK)]), REWRITTEN, "not witnessed by fr"),
    "witness-line-of-another": (
        {"12": Note(checkpoint(REWRITTEN).text, CHECKPOINTS["12"].signatures)}, REWRITTEN, "was changed"),
    "replaced-by-a-longer": (
        {"12": checkpoint(entries(SIZE + 1))}, LOG, "an operator and fr and uk signed 13 events"),
    "replaced-by-another": ({"12": checkpoint(REWRITTEN)}, LOG, "The log was rewritten"),
    "other-log": (
        {"12": sign(Checkpoint("cordiale.log/ff", 12, root_of(HASHES)), OPERATOR.public, OPERATOR.sign)},
        LOG, "of another log"),
    "no-checkpoint-at-all": (
        {"12": signed(Note("words\n"), witness_key("fr", FR.public), FR.sign, 1)}, LOG, "not a checkpoint"),
}  # fmt: skip


@pytest.mark.parametrize("change", SPOILT)
def test_spoilt_checkpoints_are_found(change):
    """A checkpoint that is gone, replaced, stripped or signed by one side alone proves nothing."""
    checkpoints, log, words = SPOILT[change]
    report = look(log, accounts=(), checkpoints=checkpoints)

    assert any(words in each.what for each in report.findings)
    assert report.proven == 0


def test_both_partners_and_an_operator_prove_a_log():
    """What all of them sign is the log, as far as signatures can say: that is what the witnesses are for."""
    assert look(REWRITTEN, accounts=(), checkpoints=resigned(REWRITTEN)).sound


def test_what_waits_for_a_signature_is_no_fault_of_the_log():
    """A missing witness is told apart from a changed log."""
    report = look(LOG, checkpoints={"12": checkpoint(LOG, witnesses=[("uk", UK)])})

    assert (report.sound, report.faults) == (False, [])
    assert look(LOG, checkpoints={}, needs_checkpoint=False).sound


def test_events_that_number_themselves_otherwise_are_found():
    """Without any account at all, an event that is out of its place says so itself."""
    gap = look(LOG[:3] + LOG[4:], accounts=(), checkpoints={}, needs_checkpoint=False)

    assert gap.first().number == 4
    assert "events before it are missing" in gap.first().what


@pytest.mark.parametrize(
    ("found", "believed", "expected"),
    [
        pytest.param("abc", "abc", None, id="equal"),
        pytest.param("abcd", "abc", Difference(4, Way.INSERTED), id="longer"),
        pytest.param("", "", None, id="empty"),
        pytest.param("axc", "abc", Difference(2, Way.EDITED), id="edited"),
        pytest.param("xbc", "abc", Difference(1, Way.EDITED), id="first"),
        pytest.param("abd", "abcd", Difference(3, Way.DROPPED), id="dropped"),
        pytest.param("cab", "abc", Difference(1, Way.REORDERED, other=3), id="rotated"),
        pytest.param("xyabc", "abc", Difference(1, Way.INSERTED, 2), id="inserted-at-the-start"),
    ],
)
def test_the_first_difference(found, believed, expected):
    """Two accounts part at one event, in one way."""
    assert first_difference([*found.encode()], [*believed.encode()]) == expected


def test_a_hundred_thousand_events_take_seconds():
    """Verification of a large log is a matter of seconds, on a busy machine too."""
    log = [replace(LOG[0], number=number) for number in range(1, 100_001)]
    started = time.process_time()  # what others do meanwhile is not counted
    report = look(log, accounts=(), checkpoints={}, needs_checkpoint=False)

    assert report.size == 100_000
    assert time.process_time() - started < 20
