"""What each kind says of what people read there, against its real server: as signed, changed behind our back, gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from campaigns import clock
from content.facets import facets
from scheduler import roster
from scheduler.publisher import Delivery, Words, alt_place
from scheduler.shown import compare
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Rig, delivery

REAL = {"bluesky", "matrix", "wordpress"}  #: kinds whose real servers `make servers` starts


def kinds(ability: str) -> list[Any]:
    """Return the kinds that declare *ability*, for the fixture `rig`."""
    able = [kind for kind in roster.KINDS if getattr(roster.capabilities(kind), ability)]
    return [pytest.param(kind, marks=[pytest.mark.servers] if kind in REAL else []) for kind in able]


READERS = pytest.mark.parametrize("rig", kinds("can_read"), indirect=True)
METHODS = {"can_read": ("words", "read"), "can_list": ("posts",), "can_measure": ("measure",)}
DECLARED = [(each, ability) for each in roster.PUBLISHERS for ability in METHODS]


@pytest.mark.parametrize(("publisher", "ability"), DECLARED, ids=lambda each: getattr(each, "kind", each))
def test_a_kind_has_what_it_declares_and_nothing_else(publisher: Any, ability: str) -> None:
    """Who declares an ability has its methods; who has the methods declares it."""
    declared = getattr(roster.capabilities(publisher.kind), ability)

    assert {declared} == {hasattr(publisher, name) for name in METHODS[ability]}


def test_who_cannot_be_read_is_known() -> None:
    """Mails, text messages, packs, webhooks and Telegram's channels cannot be read back; all others can."""
    able = {kind for kind in roster.KINDS if roster.capabilities(kind).can_read}

    assert able == {"mastodon", "bluesky", "matrix", "wordpress", "feed", "outbox"}


def long(rig: Rig) -> Delivery:
    """Return a delivery with all that its kind shows: words in Arabic, a link, a picture, a warning."""
    text = f"{ARABIC}/{delivery().outgoing.release[:8]}"
    more: dict[str, Any] = {"facets": tuple(facets(text))} if rig.endpoint["kind"] == "bluesky" else {}
    if rig.endpoint["kind"] in {"mastodon", "wordpress"}:
        more["content_warning"] = "صور حرب"
    now = clock.iso(clock.now())
    return delivery(text, media={"map.png": PNG}, due=now, **more)


def read(rig: Rig, what: Delivery, remote_id: str) -> Words | None:
    found: Words | None = rig.bench.run(rig.publisher.read(what, remote_id))  # type: ignore[attr-defined]
    return found


def told(rig: Rig, what: Delivery, shown: Words | None) -> list[str]:
    assert shown is not None
    signed = rig.publisher.words(what)  # type: ignore[attr-defined]
    return [str(each) for each in compare.differences(rig.publisher.kind, signed, shown)]


@pytest.fixture
def edit(request: pytest.FixtureRequest, rig: Rig) -> Callable[[Delivery, str, str], None]:
    """Give a function that puts other words in the place of a post's, past the publisher: `edit(what, id, words)`."""
    kind, root = rig.publisher.kind, rig.bench.settings.root

    def mastodon(what: Delivery, remote_id: str, words: str) -> None:
        server = request.getfixturevalue("mastodon_server")
        server.call("PUT", f"/api/v1/statuses/{remote_id}", {"status": words, "spoiler_text": "صور حرب"})

    def wordpress(what: Delivery, remote_id: str, words: str) -> None:
        server = request.getfixturevalue("wordpress_server")
        content = server.call("GET", f"posts/{remote_id}", {"context": "edit"})["content"]["raw"]
        server.call("POST", f"posts/{remote_id}", body={"content": content.replace("Cordiale 74", words)})

    def matrix(what: Delivery, remote_id: str, words: str) -> None:
        server = request.getfixturevalue("synapse_server")
        new = {"msgtype": "m.text", "body": words}
        said = {**new, "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": remote_id}}
        path = f"/_matrix/client/v3/rooms/{quote(server.rooms['news'])}/send/m.room.message/edit-{what.key}"
        server.call("PUT", path, said)

    def bluesky(what: Delivery, remote_id: str, words: str) -> None:
        server = request.getfixturevalue("pds_server")
        (record,) = [each for each in server.posts() if each["uri"] == remote_id]
        said = {"repo": server.dids["cell"], "collection": "app.bsky.feed.post", "rkey": remote_id.rpartition("/")[2]}
        value = {**record["value"], "text": words}
        value.pop("facets", None)
        server.call("POST", "com.atproto.repo.putRecord", body={**said, "record": value}, user="cell")

    def feed(what: Delivery, remote_id: str, words: str) -> None:
        path = root / "public" / "feed" / "feed.atom.xml"
        path.write_text(path.read_text("utf-8").replace("Cordiale 74", words), "utf-8")

    def outbox(what: Delivery, remote_id: str, words: str) -> None:
        (root / "outbox" / remote_id / "message.txt").write_text(words, "utf-8")

    kinds = {"mastodon": mastodon, "wordpress": wordpress, "matrix": matrix, "bluesky": bluesky}
    return {**kinds, "feed": feed, "outbox": outbox}[kind]


@READERS
def test_what_is_shown_is_what_was_signed(rig: Rig) -> None:
    """Text, warning, links and alternative texts come back as they were signed, in Arabic, nothing left out."""
    what = long(rig)
    receipt = rig.publish(what)
    shown = read(rig, what, receipt.remote_id)

    assert told(rig, what, shown) == []
    assert shown is not None
    assert shown[alt_place(1)] == what.outgoing.media[0].alt
    assert "Cordiale 74" in shown["text"]


@READERS
def test_what_was_changed_behind_our_back_is_seen(rig: Rig, edit: Callable[[Delivery, str, str], None]) -> None:
    """Whoever edits a post on its platform is found out, with the words of both sides."""
    what = long(rig)
    receipt = rig.publish(what)
    edit(what, receipt.remote_id, "Cordiale 47")
    found = told(rig, what, read(rig, what, receipt.remote_id))

    assert any("74" in line and "{+" in line and "47" in line for line in found), found


@READERS
def test_what_came_down_is_not_there(rig: Rig) -> None:
    """After a retraction there is nothing to read, and nothing is made up."""
    what = long(rig)
    receipt = rig.publish(what)
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))

    assert read(rig, what, receipt.remote_id) is None


@pytest.mark.parametrize("rig", kinds("can_list"), indirect=True)
def test_what_an_account_posted_is_listed_without_a_credential(rig: Rig) -> None:
    """Anybody may ask what a declared account posted: what we published is among it, under its receipt's id."""
    what = long(rig)
    receipt = rig.publish(what)
    anybody = rig.changed({"credential": None})
    since = clock.now() - timedelta(hours=1)
    found = rig.bench.run(anybody.posts(since))  # type: ignore[attr-defined]

    assert receipt.remote_id in {each.remote_id for each in found}
    assert all(since <= each.at <= clock.now() + timedelta(minutes=1) for each in found)
    assert rig.bench.run(anybody.posts(clock.now() + timedelta(days=1))) == []  # type: ignore[attr-defined]


ACTS = [each for each in kinds("can_measure") if each.values != ("govuk-notify",)]  # which counts no acts of readers


@pytest.mark.parametrize("rig", ACTS, indirect=True)
def test_counts_are_those_that_are_declared(rig: Rig, request: pytest.FixtureRequest) -> None:
    """What was just published has zero of what is declared; what cannot be counted is no zero."""
    what = long(rig)
    receipt = rig.publish(what)
    if rig.publisher.kind == "bluesky":  # its AppView hears of a post a moment later
        request.getfixturevalue("pds_server").counted(receipt.remote_id, likeCount=0)
    counts = rig.bench.run(rig.publisher.measure(what, receipt.remote_id))  # type: ignore[attr-defined]

    assert counts == dict.fromkeys(rig.capabilities.measures, 0)
