"""
The contract that every publisher keeps, against a real server on loopback.

Mastodon's server is a mock of its API (`mastodon_mock`): no real one installs from a package registry. Telegram's is a
fake of ours, strict by the published reference, and so is GOV.UK Notify's: nobody else can run a real one.
"""

import contextlib
import logging
import traceback

import pytest

from campaigns import clock
from scheduler import roster
from scheduler.credentials import HIDDEN
from scheduler.publisher import Capabilities, HandedOver, PublishFault, Receipt, Refused, Unreachable
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Rig, delivery


def unique(text: str = "Daesh lost its ground.") -> str:
    """Return a text that no other test posts: the mock of Mastodon is shared."""
    return f"{text} {delivery().outgoing.release}"


def remote(answer: Receipt | HandedOver) -> str:
    """Return what a channel calls a release, or where a person finds it."""
    return answer.where if isinstance(answer, HandedOver) else answer.remote_id


def test_publishes_once_and_gives_a_receipt(rig: Rig) -> None:
    """One call to publish is one thing that people see, and a receipt with an id, or word of who posts it."""
    what = delivery(unique())
    receipt = rig.publish(what)
    if isinstance(receipt, HandedOver):
        assert receipt.where
    else:
        assert isinstance(receipt, Receipt)
        assert receipt.remote_id
    assert rig.shown(what) == [what.piece.text]


def test_the_same_key_twice_is_one_effect_where_declared(rig: Rig) -> None:
    """A channel that declares `absorbs_key` shows one thing for two calls, and gives the same receipt."""
    what = delivery(unique())
    first, second = rig.publish(what), rig.publish(what)
    if rig.capabilities.absorbs_key is None and not rig.looks_first:
        assert len(rig.shown(what)) == 2
    else:
        assert rig.shown(what) == [what.piece.text]
        assert remote(first) == remote(second)


def test_look_up_finds_what_is_there_and_not_what_is_not(rig: Rig) -> None:
    """A look-up gives the receipt of what was published and None for what was not; who cannot look says so."""
    now = clock.iso(clock.now())
    there, absent = delivery(unique(), due=now), delivery(unique(), due=now)
    receipt = rig.publish(there)
    if not rig.capabilities.can_look_up:
        with pytest.raises(Refused, match="cannot be asked"):
            rig.bench.run(rig.publisher.look_up(there))
        return
    found = rig.bench.run(rig.publisher.look_up(there))
    assert found is not None
    assert found.remote_id == receipt.remote_id
    assert rig.bench.run(rig.publisher.look_up(absent)) is None


def test_retract_takes_down_and_again_is_fine(rig: Rig) -> None:
    """After a retraction nobody sees it, and retracting what is gone is no error; who cannot says so."""
    what, other = delivery(unique()), delivery(unique())
    receipt = rig.publish(what)
    rig.publish(other)
    if not rig.capabilities.can_retract:
        with pytest.raises(Refused):
            rig.bench.run(rig.publisher.retract(what, remote(receipt)))
        return
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))
    assert rig.shown(what) == []
    assert rig.shown(other) == [other.piece.text]
    if rig.capabilities.can_look_up:
        assert rig.bench.run(rig.publisher.look_up(what)) is None


def test_a_channel_that_says_no_is_refused(rig: Rig) -> None:
    """A refusal raises Refused with words for people, and nobody sees anything."""
    what = delivery(unique())
    publisher = rig.changed(rig.refusing())
    with pytest.raises(Refused) as caught:
        rig.bench.run(publisher.publish(what))
    assert caught.value.message.endswith(".")
    if rig.endpoint["kind"] not in {"feed", "partner-pack", "outbox"}:
        assert rig.shown(what) == []


def test_a_channel_out_of_reach_is_unreachable(rig: Rig) -> None:
    """Where nothing could leave, the outcome is Unreachable: it may be tried again."""
    with pytest.raises(Unreachable) as caught:
        rig.bench.run(rig.changed(rig.unreachable).publish(delivery(unique())))
    assert caught.value.hint


def test_the_secret_is_nowhere_to_be_read(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """No log line at DEBUG, repr, receipt, error or traceback holds a secret, whatever the channel answers."""
    caplog.set_level(logging.DEBUG)
    rig.bench.runner.get_loop().set_debug(enabled=True)
    heard = [repr(rig.publisher), str(vars(rig.publisher)), repr(rig.publish(delivery(unique())))]
    heard.append(rig.bench.run(rig.publisher.test()))
    for changes in (rig.unreachable, rig.refusing(), {"credential": "missing"}):
        try:
            heard.append(repr(rig.bench.run(rig.changed(changes).publish(delivery(unique())))))
        except PublishFault as fault:
            heard += [repr(fault), str(fault), fault.hint, "".join(traceback.format_exception(fault))]
    heard += [record.getMessage() for record in caplog.records]
    everything = "\n".join(heard)
    assert everything
    assert bool(rig.canaries) == ("credential" in rig.endpoint)  # who has a secret has a canary
    assert HIDDEN not in everything  # nothing even tried
    for canary in rig.canaries:
        assert canary not in everything


def test_arabic_survives_letter_for_letter(rig: Rig) -> None:
    """Arabic text with isolates, joiners and its own punctuation arrives as it was signed, but for known changes."""
    what = delivery(f"{ARABIC}/{delivery().outgoing.release[:8]}")
    rig.publish(what)
    assert rig.shown(what) == [rig.alters(what.piece.text)]


def test_a_missing_media_file_is_refused_before_anything_leaves(rig: Rig) -> None:
    """Media whose bytes were not handed over refuse the delivery; a post without its picture is another post."""
    whole = delivery(unique(), media={"map.png": PNG})
    what = type(whole)(outgoing=whole.outgoing, key=whole.key, digest=whole.digest)
    with pytest.raises(Refused, match=r"map\.png"):
        rig.publish(what)
    with contextlib.suppress(FileNotFoundError):  # no feed was ever written
        assert rig.shown(what) == []


def test_the_login_is_proved_without_posting(rig: Rig) -> None:
    """`test` answers in a sentence and posts nothing."""
    what = delivery(unique())
    said = rig.bench.run(rig.publisher.test())
    assert said.endswith(".")
    assert rig.shown(what) == []


def test_each_kind_says_how_to_get_its_credential(rig: Rig) -> None:
    """Every publisher has help in plain words, and its capabilities are those of the roster."""
    assert roster.help_for(rig.publisher.kind).endswith(".")
    assert isinstance(rig.capabilities, Capabilities)
    assert rig.publisher.kind == rig.endpoint["kind"]


def test_every_kind_is_held_to_the_contract(request: pytest.FixtureRequest) -> None:
    """A kind of the roster without a rig fails here: the contract and its search for secrets run over all of them."""
    (definition,) = request.session._fixturemanager.getfixturedefs("rig", request.node)[-1:]
    named = {getattr(each, "values", (each,))[0] for each in definition.params or ()}

    assert named == set(roster.KINDS)
