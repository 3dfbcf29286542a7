"""Messages in a room, on a real homeserver: files and their words, an attempt that goes on, what comes down."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from scheduler.publisher import Busy, Refused
from scheduler.publishers import matrix
from tests.scheduler.publishers.deliveries import PNG, Bench, Rig, delivery, matrix_rig
from tests.servers import synapse_server as synapse
from tests.servers.synapse_server import SynapseServer

pytestmark = pytest.mark.servers

DEFINED = {
    "kind": "matrix",
    "server": "https://matrix.example.org",
    "account": "@cell:example.org",
    "credential": "matrix",
    "options": {"room": "#news:example.org"},
}


@pytest.fixture
def rig(bench: Bench, synapse_server: SynapseServer) -> Rig:
    """Give the publisher with its homeserver."""
    return matrix_rig(bench, synapse_server)


def of(server: SynapseServer, key: str) -> list[dict]:
    """Return the contents of the messages whose key begins with *key*, oldest first."""
    found = [each["content"] for each in server.shown("news")]
    return [each for each in found if str(each.get(matrix.KEY, "")).startswith(key)]


def test_files_go_before_the_text_with_their_words(rig: Rig, synapse_server: SynapseServer):
    """Readers see the picture, its alternative text where it is not shown, then the text; the bytes arrive whole."""
    what = delivery("Here is a map.", media={"maps/map.png": PNG})
    rig.publish(what)
    picture, text = of(synapse_server, what.piece_key)

    assert (picture["msgtype"], picture["filename"], picture["info"]) == (
        "m.image",
        "map.png",
        {"mimetype": "image/png"},
    )
    assert picture["body"] == what.outgoing.media[0].alt
    assert text["body"] == "Here is a map."


def test_an_attempt_that_ended_between_two_messages_goes_on(rig: Rig, synapse_server: SynapseServer):
    """Another login, whose transaction ids the server has never seen, finds the file in the room and adds the text."""
    what = delivery("Here is a map.", media={"map.png": PNG})
    rig.publish(what)
    text = [each for each in synapse_server.shown("news") if each["content"].get(matrix.KEY) == what.piece_key]
    room = quote(synapse_server.rooms["news"])
    synapse_server.call("PUT", f"/_matrix/client/v3/rooms/{room}/redact/{quote(text[0]['event_id'])}/gone", {})
    rig.bench.secret("matrix", synapse_server.log_in("cell"))
    rig.bench.run(rig.changed({}).publish(what))

    assert [each["msgtype"] for each in of(synapse_server, what.piece_key)] == ["m.image", "m.text"]


def test_a_retraction_takes_the_files_as_well(rig: Rig, synapse_server: SynapseServer):
    """Text and picture are gone for every reader, and reading back says so."""
    what = delivery("Here is a map.", media={"map.png": PNG})
    receipt = rig.publish(what)
    assert rig.bench.run(rig.publisher.remains(receipt.remote_id)) is True
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))

    assert of(synapse_server, what.piece_key) == []
    assert rig.bench.run(rig.publisher.remains(receipt.remote_id)) is False


def test_parts_answer_each_other(rig: Rig, synapse_server: SynapseServer):
    """The second part follows the first, found in the room where its id is not at hand."""
    part = delivery("One.").outgoing.parts[0]
    first = delivery(parts=(part, replace(part, text="Two.")))
    receipt = rig.publish(first)
    rig.publish(replace(first, part=1))
    one, two = of(synapse_server, first.key)

    assert "m.relates_to" not in one
    assert two["m.relates_to"] == {"m.in_reply_to": {"event_id": receipt.remote_id}}


def test_too_fast_is_told_with_the_time_to_wait(rig: Rig, synapse_server: SynapseServer):
    """The homeserver's own limit answers 429; what it asks to wait is passed on, and nothing is lost."""
    rig.bench.secret("hasty", synapse_server.tokens["hasty"])
    publisher = rig.changed({"account": f"@hasty:{synapse.NAME}", "credential": "hasty"})
    sent: list[str] = []

    def flood() -> None:
        for number in range(40):
            what = delivery(f"Message {number}.")
            rig.bench.run(publisher.publish(what))
            sent.append(what.piece_key)

    with pytest.raises(Busy) as caught:
        flood()

    assert 0 < (caught.value.retry_after or 0) < 60
    said = [each["content"][matrix.KEY] for each in synapse_server.shown("news") if each["sender"].startswith("@hasty")]
    assert said[-len(sent) :] == sent


def test_nothing_is_sent_from_another_account(rig: Rig, synapse_server: SynapseServer):
    """A token of somebody else opens the channel's breaker: the message names both accounts."""
    rig.bench.secret("hasty", synapse_server.tokens["hasty"])
    what = delivery("Not mine.")
    with pytest.raises(Refused, match=rf"that of @hasty:{synapse.NAME}, not of @cell:{synapse.NAME}") as caught:
        rig.bench.run(rig.changed({"credential": "hasty"}).publish(what))

    assert caught.value.credential
    assert rig.shown(what) == []


def test_a_room_that_it_is_not_in_is_told_before_anything_is_due(rig: Rig, synapse_server: SynapseServer):
    """`channels test` sees that nobody has let the account in."""
    with pytest.raises(Refused, match=r"is not in"):
        rig.bench.run(rig.changed({"options": {"room": synapse_server.rooms["admins"]}}).test())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"server": None}, "has no server"),
        ({"options": {}}, "names no room"),
        ({"options": {"room": "news"}}, "names no room"),
        ({"account": "@cell"}, "is no Matrix user"),
        ({"credential": None}, "names no credential"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict, said: str):
    """What is missing is named, with the line to write."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(Refused, match=said) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint
