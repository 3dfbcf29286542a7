"""Text messages by a real Kannel gateway: every letter arrives, nothing is cut in silence, receipts count releases."""

from pathlib import Path

import pytest

from content.counting.gsm import BASIC, EXTENDED, segments
from scheduler.publisher import Busy, OutcomeUnknown, Refused
from scheduler.receipts import Receipts
from scheduler.receiver import Receiver
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, kannel_rig
from tests.servers.http_sink import HttpSink
from tests.servers.kannel_server import PASSWORD, KannelServer

ALPHABET = "".join(sorted(BASIC - {"\r"})) + "".join(sorted(EXTENDED - {"\f"}))
DEFINED = {
    "kind": "kannel",
    "server": "https://gateway.example",
    "account": "CELL",
    "credential": "gateway",
    "options": {"to": "+447700900000", "parts": 6},
}


@pytest.fixture
def rig(bench: Bench, kannel_server: KannelServer) -> Rig:
    """Give the publisher with its gateway."""
    return kannel_rig(bench, kannel_server)


@pytest.fixture
def strange(bench: Bench, http_sink: HttpSink) -> Rig:
    """Give the publisher with a server that answers what it is told to."""
    bench.secret("gateway", f'user = "cell"\npassword = "{PASSWORD}"\n')
    return Rig(bench, {**DEFINED, "server": http_sink.url}, lambda _: [], dict, {})


@pytest.mark.servers
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"x {ALPHABET} y", id="all-of-gsm-7"),
        pytest.param(f"{ALPHABET} and € {'so on ' * 60}.", id="several-parts"),
        pytest.param(f"{ARABIC} — « œuvre » 😀 100% +a&b=c", id="arabic-emoji-signs"),
        pytest.param(f"{ARABIC} {'خسر داعش ' * 20}😀", id="arabic-in-parts"),
    ],
)
def test_every_letter_arrives_in_the_alphabet_it_needs(rig: Rig, kannel_server: KannelServer, text: str) -> None:
    """Sender, number and words are those that were signed, in one part or in several."""
    what = delivery(f"{text} {delivery().outgoing.release}")
    receipt = rig.publish(what)

    assert receipt.detail == "0: Accepted for delivery"
    assert ("CELL", "+447700900000", what.piece.text) in kannel_server.settled()


@pytest.mark.servers
def test_what_the_gateway_would_cut_is_refused(rig: Rig, kannel_server: KannelServer) -> None:
    """A user of one part would send the first 160 letters of a longer text, and say that it was accepted."""
    rig.bench.secret("short", f'user = "short"\npassword = "{PASSWORD}"\n')
    long = delivery("Daesh lost its ground. " * 10)
    narrow = rig.changed({"credential": "short", "options": {"to": "+447700900000", "parts": 1}})
    with pytest.raises(Refused, match="takes 2 parts, and channel sends 1"):
        rig.bench.run(narrow.publish(long))
    assert all(text != long.piece.text[:160] for _, _, text in kannel_server.settled())
    rig.bench.run(rig.changed({"credential": "short"}).publish(long))  # what the option alone keeps from happening

    assert segments(long.piece.text).parts == 2
    assert any(text == long.piece.text[:160] for _, _, text in kannel_server.settled())


@pytest.mark.servers
def test_a_gateway_without_a_network_keeps_it(rig: Rig, kannel_server: KannelServer) -> None:
    """`3: Queued` is a receipt: the gateway has it, and it goes out once when the centre is back."""
    what = delivery(f"Kept. {delivery().outgoing.release}")
    kannel_server.settled()
    kannel_server.close_centre()
    try:
        receipt = rig.publish(what)
    finally:
        kannel_server.open_centre()

    assert receipt.detail == "3: Queued for later delivery"
    assert rig.shown(what) == [what.piece.text]


@pytest.mark.servers
def test_receipts_are_counted_by_release_and_name_nobody(rig: Rig, kannel_server: KannelServer, tmp_path: Path) -> None:
    """The gateway tells on loopback what came of a release; what is kept has its id, an instant and a count."""
    what, other = delivery(f"A {delivery().outgoing.release}"), delivery(f"B {delivery().outgoing.release}")
    path = tmp_path / "receipts.csv"
    kept = _Heard(path)
    with Receiver("127.0.0.1:0", kept, lambda name: name == what.outgoing.release) as receiver:
        options = {**rig.endpoint["options"], "receipts": receiver.url}
        for each in (other, what):
            rig.bench.run(rig.changed({"options": options}).publish(each))
        assert kept.heard.wait(30)
    heading, row = path.read_text().splitlines()

    assert heading == "release,at,deliveries,permanent_failures,technical_failures,receipts"
    assert row.split(",")[::2] == [what.outgoing.release, "1", "0"]
    assert "447700900000" not in path.read_text()
    assert kannel_server.settled()


class _Heard(Receipts):
    """Says when something was told."""

    def __init__(self, path: Path) -> None:
        import threading

        super().__init__(path)
        self.heard = threading.Event()

    def tell(self, *told: object) -> None:
        super().tell(*told)  # type: ignore[arg-type]
        self.heard.set()


@pytest.mark.parametrize(
    ("status", "words", "outcome", "credential"),
    [
        (202, "5: Temporal failure", OutcomeUnknown, None),
        (200, "<html>a portal</html>", OutcomeUnknown, None),
        (503, "Temporal failure, try again later.", Busy, None),
        (403, "Authorization failed for sendsms", Refused, True),
        (403, "Not routable. Do not try again.", Refused, False),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", Refused, False),
        (500, "", OutcomeUnknown, None),
    ],
)
def test_each_answer_has_its_outcome(
    strange: Rig, http_sink: HttpSink, status: int, words: str, outcome: type[Exception], credential: bool | None
) -> None:
    """Kannel's own words decide; what it never says leaves the outcome unknown, and only a login opens the breaker."""
    http_sink.answer("POST", "/cgi-bin/sendsms", (status, {"Content-Type": "text/html"}, words.encode()))
    with pytest.raises(outcome) as caught:
        strange.publish(delivery())

    assert type(caught.value) is outcome
    assert getattr(caught.value, "credential", None) is credential
    assert len(http_sink.requests) == 1


@pytest.mark.parametrize("fault", ["timeout-after", "reset-after"])
def test_a_lost_answer_is_unknown_and_cannot_be_asked(strange: Rig, http_sink: HttpSink, fault: str) -> None:
    """No key is absorbed and nothing can be asked: a person looks into the gateway's log, for the key that is named."""
    http_sink.misbehave(fault, times=1)
    what = delivery()
    with pytest.raises(OutcomeUnknown):
        strange.publish(what)
    with pytest.raises(Refused, match="cannot be asked") as caught:
        strange.bench.run(strange.publisher.look_up(what))

    assert what.key in caught.value.hint
    assert strange.capabilities.absorbs_key is None


def test_files_are_refused(strange: Rig, http_sink: HttpSink) -> None:
    """A text message without its picture is another message."""
    with pytest.raises(Refused, match="text alone"):
        strange.publish(delivery(media={"map.png": PNG}))

    assert http_sink.requests == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"options": {"parts": 6}}, "names no number"),
        ({"options": {"to": "+447700900000 +447700900001", "parts": 6}}, "names no number"),
        ({"options": {"to": "+447700900000"}}, "how many parts"),
        ({"options": {"to": "+447700900000", "parts": True}}, "how many parts"),
        ({"options": {**DEFINED["options"], "receipts": "http://gateway.example:80"}}, "no address of this machine"),
        ({"options": {**DEFINED["options"], "receipts": "http://127.0.0.1"}}, "no address of this machine"),
        ({"account": "Cellule commune"}, "cannot be the sender"),
        ({"account": "Cell\r\nX-Kannel-To: 1"}, "cannot be the sender"),
        ({"server": None}, "has no server"),
        ({"credential": None}, "names no credential"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict, said: str) -> None:
    """What is missing is named, with the line to write; one number alone, for Cellule and list."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(Refused, match=said) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint
