"""What ended an approval is remembered beside the trust files, whatever the database says later."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from campaigns.errors import EnvironmentFault
from campaigns.signoff import approvals, ended, envelope, voids
from campaigns.signoff.approvals import APPROVAL, SUBJECT, Signatures
from campaigns.signoff.ended import Ended, No, Void
from campaigns.store.engine import reading, writing

SECOND = timedelta(seconds=1)
CAMPAIGN = "raqqa-voices"


class Room:
    def __init__(self, alliance, engine):
        self.alliance, self.engine = alliance, engine

    def record(self, *texts):
        for text in texts:
            decision = envelope.verify(text, self.alliance.load())
            with writing(self.engine) as connection:
                approvals.record(connection, decision, text, self.alliance.now + timedelta(minutes=1))

    def sql(self, statement):
        with writing(self.engine) as connection:
            connection.execute(statement)

    def load(self):
        with reading(self.engine) as connection:
            return Signatures.load(connection, self.alliance.load())

    def partners(self, digest=None, **more):
        return self.load().partners_for(self.alliance.release, digest or self.alliance.digest, **more)


@pytest.fixture
def room(alliance, engine):
    return Room(alliance, engine)


@pytest.mark.parametrize("answer", ["refuse", "withdraw"])
def test_a_deleted_refusal_stays_a_refusal(room, alliance, answer):
    """Whoever deletes a no from the database does not bring the yes before it back, in this process or another."""
    room.record(alliance.sign("ana", "uk"), alliance.sign("ana", "uk", answer, at=alliance.now + SECOND))
    assert room.partners() == {}
    for table, column in ((SUBJECT, SUBJECT.c.approval), (APPROVAL, APPROVAL.c.id)):
        no = envelope.identify(alliance.sign("ana", "uk", answer, at=alliance.now + SECOND))
        room.sql(delete(table).where(column == no))
    ended._KNOWN.clear()

    assert room.partners() == {}
    said = room.load().forgotten(alliance.release, alliance.digest, campaign=CAMPAIGN)
    assert said == {"uk": "2027-01-11T09:00:01.000000Z"}


def test_a_later_approval_lifts_a_remembered_refusal(room, alliance):
    """A partner may change its mind: what it signs after its refusal counts."""
    room.record(alliance.sign("ana", "uk", "refuse"))
    assert room.partners() == {}
    room.sql(delete(SUBJECT))
    room.sql(delete(APPROVAL))
    room.record(alliance.sign("bea", "uk", at=alliance.now + SECOND))

    assert room.partners() == {"uk": "bea"}


def test_a_deleted_void_stays_a_void(room, alliance):
    """An approval that an edit ended does not come back with its mark wiped off."""
    room.record(alliance.sign("ana", "uk"))
    with writing(room.engine) as connection:
        approvals.void(connection, [alliance.release], "the wording changed", alliance.now)
    with reading(room.engine) as connection:
        voids.remember(connection, alliance.trust_folder, [alliance.release])
    room.sql(update(SUBJECT).values(voided_at=None))
    ended._KNOWN.clear()

    assert room.partners() == {}
    room.record(alliance.sign("ana", "uk", at=alliance.now + SECOND))
    assert room.partners() == {"uk": "ana"}


def test_a_void_that_a_crash_kept_from_the_file_is_written_by_the_next_reader(room, alliance):
    """Nobody has to remember in time: whoever reads the signatures writes down what ended them."""
    room.record(alliance.sign("ana", "uk"))
    with writing(room.engine) as connection:
        approvals.void(connection, [alliance.release], "the wording changed", alliance.now)
    room.load()
    room.sql(update(SUBJECT).values(voided_at=None))

    assert room.partners() == {}


def test_a_statement_of_another_campaign_says_nothing_here(room, alliance):
    """An approval and a refusal count for the campaign that they name, and for no other."""
    room.record(alliance.sign("ana", "uk"))

    assert room.partners(campaign=CAMPAIGN) == {"uk": "ana"}
    assert room.partners(campaign="another") == {}
    assert room.load().refusals(alliance.release, alliance.digest, campaign="another") == {}


def test_the_file_only_grows(tmp_path: Path, alliance):
    """What is known is not written twice, and two processes add to one another."""
    one, other = Ended(tmp_path / "local" / "ended.jsonl"), Ended(tmp_path / "local" / "ended.jsonl")
    no, void = No(CAMPAIGN, "uk", "r1", "a" * 64, alliance.now), Void("b" * 64, "r1", "a" * 64)
    one.remember([no], [])
    other.remember([no], [void])
    one.remember([no], [void])

    assert one.path.read_bytes().count(b"\n") == 2
    assert one.overrules(CAMPAIGN, "uk", "r1", alliance.now)
    assert not one.overrules(CAMPAIGN, "uk", "r1", alliance.now + SECOND)
    assert not one.overrules("another", "uk", "r1", alliance.now)
    assert one.voids == other.voids == {("b" * 64, "r1")}


def test_what_this_process_knows_survives_its_file(tmp_path: Path, alliance):
    """A file that was cut or removed takes nothing from a process that has read it."""
    known = Ended(tmp_path / "local" / "ended.jsonl")
    known.remember([No(CAMPAIGN, "uk", "r1", "a" * 64, alliance.now)], [])
    known.path.write_bytes(b"")
    known.remember([No(CAMPAIGN, "fr", "r1", "a" * 64, alliance.now)], [])

    assert known.overrules(CAMPAIGN, "uk", "r1", alliance.now)
    assert known.overrules(CAMPAIGN, "fr", "r1", alliance.now)


def test_another_file_under_the_same_inode_is_read_whole(tmp_path: Path, alliance):
    """A file that was made anew is not taken for more of the old one, however much longer it is."""
    known, other = Ended(tmp_path / "local" / "ended.jsonl"), Ended(tmp_path / "other" / "ended.jsonl")
    known.remember([No(CAMPAIGN, "uk", "r1", "a" * 64, alliance.now)], [])
    other.remember([No(CAMPAIGN, "france", each, "b" * 64, alliance.now) for each in ("r2", "r3", "r4")], [])
    known.path.write_bytes(other.path.read_bytes())
    known.remember([], [])

    assert set(known.last) == {(CAMPAIGN, "uk", "r1"), *((CAMPAIGN, "france", each) for each in ("r2", "r3", "r4"))}


def test_a_torn_last_line_is_dropped(tmp_path: Path, alliance):
    """A power cut in the middle of a line costs that line, and damages no other."""
    known = Ended(tmp_path / "local" / "ended.jsonl")
    known.remember([No(CAMPAIGN, "uk", "r1", "a" * 64, alliance.now)], [])
    with known.path.open("ab") as file:
        file.write(b'{"a":"refuse","at":"2027')
    fresh = Ended(known.path)
    fresh.remember([No(CAMPAIGN, "fr", "r1", "a" * 64, alliance.now)], [])

    again = Ended(known.path)
    again.remember([], [])
    assert set(again.last) == {(CAMPAIGN, "uk", "r1"), (CAMPAIGN, "fr", "r1")}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("{}", id="nothing said"),
        pytest.param("no JSON", id="no JSON"),
        pytest.param('{"a":"void","d":"","s":1,"st":"x"}', id="a subject that is none"),
        pytest.param('{"a":"refuse","at":"soon","c":"c","d":"","p":"uk","s":"r"}', id="no instant"),
        pytest.param('{"a":"accept","at":"2027-01-11T09:00:01.000000Z","c":"c","p":"uk","s":"r"}', id="another act"),
        pytest.param("[" * 100_000, id="nested without end"),
    ],
)
def test_a_damaged_line_stops_everything(room, alliance, line):
    """What cannot be read may be a refusal: nothing is signed until a person has looked."""
    path = alliance.trust_folder / ended.FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n")
    with pytest.raises(EnvironmentFault, match="damaged") as refused:
        room.load()
    assert "mend it" in refused.value.hint


def test_a_folder_in_its_place_stops_everything(room, alliance):
    """A memory that cannot be opened is no memory, and no leave either."""
    (alliance.trust_folder / ended.FILE).mkdir(parents=True)
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        room.load()
