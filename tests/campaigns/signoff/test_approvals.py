"""What stands in the database, and how little of it is believed."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from campaigns.errors import NotTrusted
from campaigns.signoff import approvals, envelope, verified
from campaigns.signoff.approvals import APPROVAL, SUBJECT, Signatures
from campaigns.signoff.statement import Subject
from campaigns.store.engine import reading, writing

SECOND = timedelta(seconds=1)
BOTH = {"uk": "ana", "fr": "luc"}


@pytest.fixture
def room(alliance, engine):
    """Record, void and look up, each in a transaction of its own."""
    return Room(alliance, engine)


class Room:
    def __init__(self, alliance, engine):
        self.alliance = alliance
        self.engine = engine

    def record(self, text, at=None):
        decision = envelope.verify(text, self.alliance.load())
        with writing(self.engine) as connection:
            return approvals.record(connection, decision, text, at or self.alliance.now + timedelta(minutes=1))

    def put(self, text, **columns):
        """Write a row as an intruder would: without asking."""
        row = {
            "id": envelope.identify(text),
            "campaign": "raqqa-voices",
            "partner": "fr",
            "person": "luc",
            "decision": "approve",
            "reason": "",
            "envelope": text,
            "received_at": self.alliance.now,
        }
        with writing(self.engine) as connection:
            connection.execute(insert(APPROVAL).values({**row, **columns}))

    def void(self, *ids):
        with writing(self.engine) as connection:
            return approvals.void(connection, ids, "the wording changed", self.alliance.now)

    def load(self, campaign=None):
        with reading(self.engine) as connection:
            return Signatures.load(connection, self.alliance.load(), campaign)

    def partners(self, digest=None, subject=None):
        return self.load().partners_for(subject or self.alliance.release, digest or self.alliance.digest)

    def fresh(self):
        with reading(self.engine) as connection:
            return approvals.fresh(connection)


def test_both_partners_sign_one_digest(room, alliance):
    """Each partner's approval counts from the moment it is recorded, with the person who gave it."""
    assert room.partners() == {}
    assert room.record(alliance.sign("ana", "uk"))
    assert room.partners() == {"uk": "ana"}
    assert room.record(alliance.sign("luc", "fr"))
    assert room.partners() == BOTH


def test_two_persons_of_one_partner_are_one_partner(room, alliance):
    """However many of one government sign, the other has not."""
    room.record(alliance.sign("ana", "uk"))
    room.record(alliance.sign("bea", "uk", at=alliance.now + SECOND))
    assert room.partners() == {"uk": "bea"}


def test_recording_twice_changes_nothing(room, alliance):
    """The same envelope brought back again is recognised."""
    text = alliance.sign("ana", "uk")
    assert room.record(text)
    token = room.fresh()
    assert not room.record(text)
    assert room.fresh() == token
    with reading(room.engine) as connection:
        rows = connection.execute(select(SUBJECT.c.subject, SUBJECT.c.digest, SUBJECT.c.voided_at)).all()
    assert rows == [(alliance.release, alliance.digest, None)]


def test_another_digest_or_release_is_not_approved(room, alliance):
    """A signature covers one release and one digest, and nothing beside."""
    room.record(alliance.sign("ana", "uk"))
    assert room.partners(digest="b" * 64) == {}
    assert room.partners(subject="another-release") == {}


def test_an_edit_voids_the_approvals(room, alliance):
    """Voiding names whose approvals of what are lost, and leaves other releases alone."""
    other = [Subject(alliance.release, alliance.digest), Subject("other", "c" * 64)]
    for who, partner in (("ana", "uk"), ("luc", "fr")):
        room.record(alliance.sign(who, partner, subjects=other))
    assert room.void(alliance.release, "unknown") == [("fr", alliance.release), ("uk", alliance.release)]
    assert room.partners() == {}
    assert room.partners(subject="other", digest="c" * 64) == BOTH
    assert room.void(alliance.release) == []


def test_what_was_voided_can_be_signed_again(room, alliance):
    """A new signature on the same bytes stands, though the old one was voided."""
    room.record(alliance.sign("ana", "uk"))
    room.void(alliance.release)
    room.record(alliance.sign("ana", "uk", at=alliance.now + SECOND))
    assert room.partners() == {"uk": "ana"}


def test_what_the_author_approved_is_passed_over(room, alliance):
    """Nobody approves their own words, however their name is typed, nor hides a colleague's approval by trying to."""
    ask = {"subject": alliance.release, "digest": alliance.digest}
    room.record(alliance.sign("bea", "uk"))
    assert room.load().partners_for(**ask, author="ana") == {"uk": "bea"}
    room.record(alliance.sign("ana", "uk", at=alliance.now + SECOND))
    assert room.load().partners_for(**ask) == {"uk": "ana"}
    assert room.load().partners_for(**ask, author=(" Ana ", "eve")) == {"uk": "bea"}
    assert room.load().partners_for(**ask, author=("ana", "bea")) == {}
    assert room.load().partners_for(**ask, author="") == {"uk": "ana"}


def test_what_the_author_refuses_or_withdraws_counts(room, alliance):
    """Whoever wrote it may still say no: passing over is for approvals alone."""
    ask = {"subject": alliance.release, "digest": alliance.digest}
    room.record(alliance.sign("bea", "uk"))
    room.record(alliance.sign("ana", "uk", "withdraw", at=alliance.now + SECOND))
    assert room.load().partners_for(**ask, author="ana") == {}
    room.record(alliance.sign("bea", "uk", at=alliance.now + 2 * SECOND))
    room.record(alliance.sign("ana", "uk", "refuse", at=alliance.now + 3 * SECOND, reason="no"))
    assert room.load().partners_for(**ask, author="ana") == {}


def test_a_withdrawal_ends_an_approval_and_is_no_refusal(room, alliance):
    """It takes the partner's own word back, and says nothing against anybody else's."""
    room.record(alliance.sign("ana", "uk"))
    room.record(alliance.sign("luc", "fr"))
    room.record(alliance.sign("ana", "uk", "withdraw", at=alliance.now + SECOND, reason="the court ruled"))

    assert room.partners() == {"fr": "luc"}
    assert room.load().refusals(alliance.release, alliance.digest) == {}
    word = room.load().last_word("uk", alliance.release, campaign="raqqa-voices")
    assert (word.answer, word.person, word.reason) == ("withdraw", "ana", "the court ruled")


def test_a_refusal_ends_an_earlier_approval(room, alliance):
    """The later word counts, whoever of the partner says it; and another partner's stands."""
    room.record(alliance.sign("ana", "uk"))
    room.record(alliance.sign("luc", "fr"))
    room.record(alliance.sign("bea", "uk", "refuse", at=alliance.now + SECOND, reason="the map is old"))
    assert room.partners() == {"fr": "luc"}
    (refusal,) = room.load().refusals(alliance.release, alliance.digest).items()
    assert (refusal[0], refusal[1].person, refusal[1].reason) == ("uk", "bea", "the map is old")
    room.record(alliance.sign("ana", "uk", at=alliance.now + 2 * SECOND))
    assert room.partners() == BOTH
    assert room.load().refusals(alliance.release, alliance.digest) == {}


@pytest.mark.parametrize("order", [("approve", "refuse"), ("refuse", "approve")])
def test_arriving_later_is_not_being_later(room, alliance, order):
    """An older approval that arrives after the refusal does not undo it; at one instant the refusal wins."""
    for answer in order:
        room.record(alliance.sign("ana", "uk", answer))
    assert room.partners() == {}
    room.record(alliance.sign("bea", "uk", at=alliance.now - SECOND))
    assert room.partners() == {}


def test_voiding_the_last_word_does_not_bring_back_the_one_before(room, alliance):
    """An approval of old bytes stays superseded when the approval of newer bytes is voided."""
    room.record(alliance.sign("ana", "uk"))
    room.record(alliance.sign("ana", "uk", digest="b" * 64, at=alliance.now + SECOND))
    assert room.partners() == {}
    room.void(alliance.release)
    with writing(room.engine) as connection:
        connection.execute(update(SUBJECT).where(SUBJECT.c.digest == alliance.digest).values(voided_at=None))
    assert room.partners() == {}


def test_another_envelope_around_a_voided_statement_stays_void(room, alliance, tmp_path):
    """Adding a signature makes another envelope of the same statement; what was voided stays void in it."""
    from campaigns.signoff import keys

    second = keys.new(tmp_path / "more", "ana")
    alliance.pairs["ana-token"] = second
    alliance.write(*alliance.draft({"uk": ("ana", "ana-token"), "fr": ("luc",)}))
    text = alliance.sign("ana", "uk")
    room.record(text)
    room.void(alliance.release)
    assert room.record(envelope.add_signature(text, keys.load_signer(second.path)))
    assert room.partners() == {}


def test_an_approval_from_the_future_is_not_recorded(room, alliance):
    """A decision signed ahead of the clock could never be overruled, so it is refused."""
    with pytest.raises(NotTrusted, match="later than now") as refused:
        room.record(alliance.sign("ana", "uk", at=alliance.now + timedelta(hours=1)), at=alliance.now)
    assert "clock" in refused.value.hint
    assert room.record(alliance.sign("ana", "uk", at=alliance.now + timedelta(minutes=9)), at=alliance.now)


def test_the_decision_and_its_envelope_belong_together(room, alliance):
    """A decision is stored only with the envelope that it was read from."""
    decision = envelope.verify(alliance.sign("ana", "uk"), alliance.load())
    other = alliance.sign("ana", "uk", digest="b" * 64)
    with writing(room.engine) as connection, pytest.raises(NotTrusted, match="not the one"):
        approvals.record(connection, decision, other, alliance.now)


def test_a_revoked_key_loses_its_approvals(room, alliance):
    """When the trust file drops a key, what it signed counts no more, and is reported."""
    room.record(alliance.sign("bea", "uk"))
    assert room.partners() == {"uk": "bea"}
    root, _ = alliance.draft()
    _, targets = alliance.draft({"uk": ("ana",), "fr": ("luc",)})
    targets.signed.version = 2
    alliance.write(root, targets)
    found = room.load()
    assert found.partners_for(alliance.release, alliance.digest) == {}
    assert ["unknown or revoked" in each.why for each in found.rejected] == [True]


FORGERIES = [
    pytest.param(lambda a: a.sign("eve", "fr"), {}, "unknown or revoked", id="signed-by-a-stranger"),
    pytest.param(lambda a: a.sign("ana", "fr"), {}, "signed with a key of uk", id="signed-by-the-other-partner"),
    pytest.param(lambda _: "{}", {}, "one form", id="no-envelope"),
    pytest.param(lambda _: "", {"id": "0" * 64}, "not the one it was stored with", id="no-text"),
    pytest.param(
        lambda a: a.sign("luc", "fr"), {"id": "0" * 64}, "not the one it was stored with", id="under-another-id"
    ),
]


@pytest.mark.parametrize(("make", "columns", "why"), FORGERIES)
def test_a_forged_row_counts_for_nothing_and_is_reported(room, alliance, make, columns, why):
    """An intruder in the database can write rows; without a key they approve nothing, and are named."""
    room.record(alliance.sign("ana", "uk"))
    room.put(make(alliance), **columns)
    found = room.load()
    assert found.partners_for(alliance.release, alliance.digest) == {"uk": "ana"}
    assert [why in each.why for each in found.rejected] == [True]


def test_the_index_tables_are_not_believed(room, alliance):
    """Changing partner, person, decision, campaign, subject or digest in the tables changes no approval."""
    room.record(alliance.sign("ana", "uk", digest="b" * 64))
    with writing(room.engine) as connection:
        connection.execute(update(APPROVAL).values(partner="fr", person="luc", decision="approve", campaign="other"))
        connection.execute(update(SUBJECT).values(digest=alliance.digest))
    assert room.partners() == {}
    assert room.partners(digest="b" * 64) == {"uk": "ana"}
    assert room.load("other").partners_for(alliance.release, "b" * 64) == {}


def test_a_changed_envelope_is_noticed_after_it_was_known(room, alliance):
    """An envelope that verified once is known by its own text; another text under its id gains nothing."""
    text = alliance.sign("ana", "uk")
    room.record(text)
    assert room.partners() == {"uk": "ana"}
    forged = json.dumps(
        {**json.loads(text), "payload": json.loads(alliance.sign("eve", "uk", digest="b" * 64))["payload"]}
    )
    with writing(room.engine) as connection:
        connection.execute(update(APPROVAL).values(envelope=forged))
    assert room.partners(digest="b" * 64) == {}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_the_tables_adds_an_approval(room, alliance, data):
    """Whatever is written, moved or deleted in both tables, nobody approves what they did not sign."""
    signed = [("ana", "uk", "a" * 64), ("luc", "fr", "b" * 64), ("bea", "uk", "c" * 64)]
    with writing(room.engine) as connection:
        connection.execute(delete(SUBJECT))
        connection.execute(delete(APPROVAL))
    for number, (who, partner, digest) in enumerate(signed):
        room.record(alliance.sign(who, partner, digest=digest, subjects=[Subject(f"r{number}", digest)]))
    texts = [alliance.sign("eve", "uk"), "", "{}"]
    value = st.sampled_from(["uk", "fr", "approve", "r0", "r1", "a" * 64, "b" * 64, *texts])
    for _ in range(data.draw(st.integers(1, 6))):
        table = data.draw(st.sampled_from([APPROVAL, SUBJECT]))
        names = [c.name for c in table.columns if c.name not in {"received_at", "voided_at", "id", "approval"}]
        column = data.draw(st.sampled_from(names))
        statement = delete(table) if data.draw(st.booleans()) and table is SUBJECT else None
        if statement is None:
            chosen = data.draw(value)
            statement = update(table).values({column: chosen})
            if column == "subject":
                statement = statement.where(SUBJECT.c.digest == data.draw(st.sampled_from([d for _, _, d in signed])))
        with writing(room.engine) as connection:
            connection.execute(statement)
    found = room.load()
    for number, (who, partner, digest) in enumerate(signed):
        for other in "abc":
            got = found.partners_for(f"r{number}", other * 64)
            assert got.items() <= ({partner: who} if other * 64 == digest else {}).items()


def test_a_campaign_sees_its_own_signatures(room, alliance):
    """Loading one campaign gives its approvals, as the envelopes name it."""
    room.record(alliance.sign("ana", "uk"))
    subject = (alliance.release, alliance.digest)
    assert room.load("raqqa-voices").partners_for(*subject) == {"uk": "ana"}
    assert room.load("another").partners_for(*subject) == {}


def test_the_token_changes_with_every_decision_and_every_void(room, alliance):
    """The daemon reloads when something was recorded or voided, and only then."""
    seen = [room.fresh()]
    room.record(alliance.sign("ana", "uk"))
    seen.append(room.fresh())
    room.record(alliance.sign("luc", "fr"))
    seen.append(room.fresh())
    room.void(alliance.release)
    seen.append(room.fresh())
    assert len(set(seen)) == len(seen)
    assert room.fresh() == seen[-1]


def test_ten_thousand_releases_are_signed_at_once(room, alliance):
    """One act signs a whole campaign; each of its releases is found, and no other."""
    subjects = [Subject(f"release-{n}", f"{n:064x}") for n in range(10_000)]
    room.record(alliance.sign("ana", "uk", subjects=subjects))
    found = room.load()
    assert all(found.partners_for(each.id, each.digest) == {"uk": "ana"} for each in subjects)
    assert found.partners_for("release-1", subjects[2].digest) == {}
    assert len(room.void(*(each.id for each in subjects))) == len(subjects)
    assert room.partners(subjects[0].digest, subjects[0].id) == {}


def test_old_envelopes_are_let_go_when_subjects_grow_too_many(room, alliance, monkeypatch):
    """What is kept in memory is bounded, and what was let go is verified again when asked for."""
    monkeypatch.setattr(verified, "_KEPT", 25)
    monkeypatch.setattr(verified, "_CACHE", verified._Cache())
    for n in range(5):
        room.record(alliance.sign("ana", "uk", subjects=[Subject(f"{n}-{m}", "d" * 64) for m in range(10)]))
    for _ in range(2):
        assert [room.partners("d" * 64, f"{n}-0") for n in range(5)] == [{"uk": "ana"}] * 5
    assert verified._CACHE._weight <= 25
    assert len(verified._CACHE._kept) == 2
