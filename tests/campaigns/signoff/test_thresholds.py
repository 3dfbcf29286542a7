"""A partner whose role asks for two persons: what adds up to its word, and what does not."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from campaigns.errors import NotTrusted
from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.signoff import approvals, envelope, keys
from campaigns.signoff.approvals import Signatures
from campaigns.store.engine import reading, writing
from campaigns.store.tables import table

CAMPAIGN = "raqqa-voices"
D, E = "a" * 64, "b" * 64


@pytest.fixture
def alliance(alliance, tmp_path):
    """Give an alliance in which two persons of uk sign: ana (who has two keys), bea or eve."""
    second = keys.new(tmp_path / "more", "ana")
    alliance.pairs["ana-token"] = second
    alliance.signers["ana-token"] = keys.load_signer(second.path)
    root, targets = alliance.draft({"uk": ("ana", "ana-token", "bea", "eve"), "fr": ("luc",)})
    targets.signed.delegations.roles["uk"].threshold = 2
    alliance.write(root, targets, by=("ana", "bea", "luc"))
    return alliance


class Desk:
    """What arrives, one after the other, a minute apart."""

    def __init__(self, alliance, engine) -> None:
        self.alliance = alliance
        self.engine = engine
        self.minute = 0
        with writing(engine) as connection:
            for model in (ApprovalSubject, Approval):
                connection.execute(delete(table(model)))

    def does(self, act: str) -> None:
        self.minute += 1
        at = self.alliance.now + timedelta(minutes=self.minute)
        if act == "void":
            with writing(self.engine) as connection:
                approvals.void(connection, [self.alliance.release], "edited", at)
            return
        who, _, what = act.partition(" ")
        names, answer = who.split("+"), {"no": "refuse", "away": "withdraw"}.get(what, "approve")
        digest = E if what == "other" else D
        text = self.alliance.sign(names[0], "fr" if who == "luc" else "uk", answer, digest, at)
        for name in names[1:]:
            text = envelope.add_signature(text, self.alliance.signers[name])
        decision = envelope.verify(text, self.alliance.at_first)
        with writing(self.engine) as connection:
            approvals.record(connection, decision, text, at)

    def partners(self, author=()) -> dict[str, str]:
        with reading(self.engine) as connection:
            found = Signatures.load(connection, self.alliance.at_first, CAMPAIGN)
        return found.partners_for(self.alliance.release, D, campaign=CAMPAIGN, author=author)


@pytest.fixture
def desk(alliance, engine):
    return Desk(alliance, engine)


@pytest.mark.parametrize(
    ("acts", "author", "expected"),
    [
        pytest.param("ana", "", "", id="one-person"),
        pytest.param("ana, ana-token", "", "", id="two-keys-of-one-person"),
        pytest.param("ana+ana-token", "", "", id="two-keys-of-one-person-on-one-envelope"),
        pytest.param("ana, ana", "", "", id="one-person-twice"),
        pytest.param("ana, bea", "", "ana and bea", id="two-envelopes"),
        pytest.param("ana+bea", "", "ana and bea", id="two-signatures-on-one-envelope"),
        pytest.param("ana+bea, eve", "", "ana and bea and eve", id="three"),
        pytest.param("ana, luc", "", "", id="another-partner-s-person"),
        pytest.param("ana, bea other", "", "", id="the-second-of-other-bytes"),
        pytest.param("ana other, bea", "", "", id="the-first-of-other-bytes"),
        pytest.param("ana, bea other, bea", "", "", id="begun-again-by-one"),
        pytest.param("ana, bea other, bea, ana", "", "ana and bea", id="begun-again-by-both"),
        pytest.param("ana, bea no", "", "", id="the-second-refuses"),
        pytest.param("ana, bea no, bea", "", "", id="a-refusal-ends-what-was-said-before-it"),
        pytest.param("ana, bea no, bea, eve", "", "bea and eve", id="two-after-a-refusal"),
        pytest.param("ana, bea, eve no", "", "", id="a-third-refuses"),
        pytest.param("ana, bea, ana away", "", "", id="withdrawn-by-one"),
        pytest.param("ana, void, bea", "", "", id="the-first-was-voided"),
        pytest.param("ana, bea, void", "", "", id="both-were-voided"),
        pytest.param("ana, bea, void, ana, eve", "", "ana and eve", id="signed-again-after-a-void"),
        pytest.param("ana, bea", "bea", "", id="the-author-is-one-of-two"),
        pytest.param("ana+bea", "Bea ", "", id="the-author-on-one-envelope-typed-differently"),
        pytest.param("ana, bea, eve", "bea", "ana and eve", id="two-beside-the-author"),
        pytest.param("ana, eve, bea other", "bea", "ana and eve", id="the-author-approves-something-else"),
        pytest.param("ana, eve, bea no", "bea", "", id="the-author-refuses"),
    ],
)
def test_persons_are_counted(desk, acts, author, expected):
    """A partner that asks for two persons has signed once two of them approved the same bytes, and nobody undid it."""
    for act in acts.split(", "):
        desk.does(act)
    assert desk.partners(author).get("uk", "") == expected


def test_a_partner_that_asks_for_one_is_not_slowed(desk):
    """The threshold is each partner's own."""
    desk.does("luc")
    assert desk.partners() == {"fr": "luc"}


@pytest.mark.parametrize("asked", [3, 4])
def test_more_persons_than_a_partner_has_cannot_be_asked_for(alliance, asked):
    """A threshold that could never be met is refused when the trust file is read: persons count, not keys."""
    root, targets = alliance.draft({"uk": ("ana", "ana-token", "bea"), "fr": ("luc",)})
    targets.signed.delegations.roles["uk"].threshold = asked
    alliance.write(root, targets)
    with pytest.raises(NotTrusted, match=f"{asked} persons, but has 2"):
        alliance.load()


@pytest.mark.parametrize(
    ("by", "lacking"),
    [
        pytest.param(("ana", "luc"), "uk", id="one-of-two"),
        pytest.param(("ana", "ana-token", "luc"), "uk", id="two-keys-of-one"),
        pytest.param(("ana", "bea"), "fr", id="the-other-partner-not-at-all"),
    ],
)
def test_the_trust_itself_takes_two_persons(alliance, by, lacking):
    """Who asks for two persons asks for them when the trust changes as well: one cannot lower it alone."""
    root, targets = alliance.draft({"uk": ("ana", "ana-token", "bea"), "fr": ("luc",)})
    targets.signed.delegations.roles["uk"].threshold = 2
    alliance.write(root, targets, by=by)
    with pytest.raises(NotTrusted, match=f"not signed by {lacking}"):
        alliance.load()


def test_one_person_cannot_lower_the_threshold(alliance):
    """A new version that asks for one person is accepted only with the two that the version before asks for."""
    alliance.load()
    root, targets = alliance.draft({"uk": ("ana", "ana-token", "bea", "eve"), "fr": ("luc",)})
    targets.signed.version = 2
    alliance.write(root, targets, by=("ana", "luc"))
    with pytest.raises(NotTrusted, match="Version 2 of the trust file is not signed by uk as version 1 asks for"):
        alliance.load()
    alliance.write(root, targets, by=("ana", "eve", "luc"))
    assert dict(alliance.load().thresholds) == {"fr": 1, "uk": 1}
