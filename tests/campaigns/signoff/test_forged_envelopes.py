"""Nothing that is not an envelope as its partner signed it is taken for one: every bit turned, and forgeries."""

import base64
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from campaigns.errors import NotTrusted
from campaigns.signoff import envelope, statement
from campaigns.signoff.statement import Subject
from campaigns.signoff.trust import Trust
from tests.builders import forgeries

N = 2_000


@pytest.fixture
def trust(alliance) -> Trust:
    return alliance.load()


@pytest.fixture
def originals(alliance) -> list[str]:
    """Give envelopes of both partners and of each kind, no two about the same."""
    second = timedelta(seconds=1)
    usual = [
        alliance.sign(who, partner, answer, digest=letter * 64, at=alliance.now + number * second)
        for number, (who, partner, answer, letter) in enumerate(
            (who, partner, answer, letter)
            for who, partner in (("ana", "uk"), ("bea", "uk"), ("luc", "fr"))
            for answer in ("approve", "refuse", "withdraw", "resume")
            for letter in "ab"
        )
    ]
    subjects = [Subject(alliance.release, "d" * 64)]
    urgent = statement.make_urgent("raqqa-voices", "uk", "rebuttal", "a lie", subjects, alliance.now)
    return [*usual, envelope.sign(urgent, alliance.signers["ana"])]


def accepted(text: str, trust: Trust) -> bool:
    try:
        envelope.verify(text, trust)
    except NotTrusted:
        return False
    return True


def every_flip(raw: bytes) -> list[bytes]:
    """Return *raw* with each of its bits turned, one at a time."""
    return [raw[:at] + bytes([raw[at] ^ (1 << bit)]) + raw[at + 1 :] for at in range(len(raw)) for bit in range(8)]


def test_the_originals_are_taken(originals: list[str], trust: Trust):
    """What the tests below damage is sound: a check that refused everything would pass them."""
    assert all(accepted(text, trust) for text in originals)


@pytest.mark.parametrize("which", [0, -1], ids=["a decision", "an urgent one"])
def test_every_bit_of_a_statement_counts(originals: list[str], trust: Trust, which: int):
    """Whichever bit of what was signed is turned, nobody has signed it."""
    form, _ = forgeries.opened(originals[which])
    payload = base64.b64decode(form["payload"])

    assert [each for each in every_flip(payload) if accepted(forgeries.closed(form, each), trust)] == []


def test_every_bit_of_an_envelope_counts(originals: list[str], trust: Trust):
    """Whichever bit of the envelope's text is turned, it is no envelope of ours."""
    damaged = [each.decode("utf-8", "surrogateescape") for each in every_flip(originals[0].encode())]

    assert [each for each in damaged if accepted(each, trust)] == []


def test_every_end_of_an_envelope_counts(originals: list[str], trust: Trust):
    """However much is missing at its end or at its beginning, it is no envelope."""
    text = originals[0]
    parts = [piece for at in range(1, len(text)) for piece in (text[:at], text[at:])]

    assert [each for each in parts if accepted(each, trust)] == []


def test_no_forgery_is_taken(originals: list[str], trust: Trust):
    """Whatever way we know to damage or forge one: refused, in words, without a traceback."""
    chance = random.Random(5)  # noqa: S311 (the same forgeries each time)
    made: Counter[str] = Counter()
    wrong = []
    for _ in range(N):
        text, way = forgeries.forged(chance, originals)
        made[way] += 1
        if accepted(text, trust):
            wrong.append((way, text))

    assert wrong == []
    assert len(made) == len(forgeries.WAYS)


Change = Callable[[dict], object]
STRICT = [
    pytest.param(lambda raw: raw.replace(b'{"_type"', b'{"_type":"x","_type"', 1), id="a key twice"),
    pytest.param(lambda raw: raw[:-1] + b',"zzz":""}', id="a key too many"),
    pytest.param(lambda raw: raw.replace(b":", b": ", 1), id="a space"),
    pytest.param(lambda raw: raw + b"\n", id="a trailing byte"),
    pytest.param(lambda raw: raw.replace(b"raqqa", b"\\u0072aqqa"), id="an escape"),
    pytest.param(lambda raw: raw.replace(b"decision/v1", b"decision/v2"), id="another version"),
    pytest.param(lambda raw: raw.replace(b"decision/v1", b"urgent/v1"), id="a decision called urgent"),
    pytest.param(lambda raw: raw.decode().encode("utf-16"), id="another encoding"),
]


@pytest.mark.parametrize("change", STRICT)
def test_a_statement_has_one_spelling_even_when_it_is_signed(alliance, trust: Trust, change: Callable[[bytes], bytes]):
    """A partner's valid signature over bytes that are not the canonical form of exactly our fields is worth nothing."""
    from securesystemslib.dsse import Envelope

    form, _ = forgeries.opened(alliance.sign("ana", "uk"))
    other = Envelope(change(base64.b64decode(form["payload"])), envelope.PAYLOAD_TYPE, {})
    other.sign(alliance.signers["ana"])

    assert not accepted(envelope._text(other), trust)


def test_another_payload_type_is_refused_even_when_it_is_signed(alliance, trust: Trust):
    """The type is part of what is signed, and only ours is a statement."""
    from securesystemslib.dsse import Envelope

    form, _ = forgeries.opened(alliance.sign("ana", "uk"))
    other = Envelope(base64.b64decode(form["payload"]), "application/json", {})
    other.sign(alliance.signers["ana"])

    assert not accepted(envelope._text(other), trust)


def test_neither_kind_is_taken_for_the_other(alliance, trust: Trust):
    """An urgent statement decides nothing, and a decision names no rule."""
    subjects = [Subject(alliance.release, alliance.digest)]
    payload = statement.make_urgent("raqqa-voices", "uk", "rebuttal", "", subjects, alliance.now)
    urgent = envelope.verify(envelope.sign(payload, alliance.signers["ana"]), trust)
    usual = envelope.verify(alliance.sign("ana", "uk"), trust)

    assert (urgent.decision, urgent.rule) == ("urgent", "rebuttal")
    assert (usual.decision, usual.rule) == ("approve", "")
