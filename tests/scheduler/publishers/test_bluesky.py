"""Posts on a real server of the AT Protocol: facets, files with their words, one record a release, what comes down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns import clock
from content.facets import facets
from scheduler.publisher import Busy, OutcomeUnknown, Refused
from scheduler.publishers import bluesky
from scheduler.publishers.bluesky import record_key
from scheduler.releases.outgoing import OutgoingPart
from scheduler.shown import compare
from tests.scheduler.publishers.deliveries import ARABIC, PASSWORD, PNG, Bench, Rig, bluesky_rig, delivery
from tests.scheduler.publishers.test_captions import WORDS, filmed_delivery
from tests.servers.http_sink import HttpSink
from tests.servers.pds_server import HANDLES, PdsServer

DEFINED = {"kind": "bluesky", "account": "@cell.example.org", "credential": "bluesky"}
LOGIN = "/xrpc/com.atproto.server.createSession"
CREATE = "/xrpc/com.atproto.repo.createRecord"
GET = "/xrpc/com.atproto.repo.getRecord"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
servers = pytest.mark.servers


@pytest.fixture
def rig(bench: Bench, pds_server: PdsServer) -> Rig:
    """Give the publisher with its server."""
    return bluesky_rig(bench, pds_server)


@pytest.fixture
def scripted(bench: Bench, http_sink: HttpSink) -> Rig:
    """Give the publisher with a server that logs in and answers as it is told."""
    bench.secret("bluesky", PASSWORD)
    session = {"did": DID, "handle": "cell.example.org", "accessJwt": "canary-of-the-token", "refreshJwt": "canary-too"}
    http_sink.answer("POST", LOGIN, (200, {}, session))
    return Rig(bench, {**DEFINED, "server": http_sink.url}, lambda _: [], dict, {})


def record(server: PdsServer, uri: str) -> dict:
    """Return what the repository holds under *uri*."""
    query = {"repo": uri.split("/")[2], "collection": bluesky.POST, "rkey": uri.rpartition("/")[2]}
    found = server.call("GET", "com.atproto.repo.getRecord", query)["value"]
    assert isinstance(found, dict)
    return found


@servers
def test_links_mentions_and_tags_stand_where_they_were_signed(rig: Rig, pds_server: PdsServer) -> None:
    """Facets keep their octets behind Arabic and emoji; a mention names the account's id; the language is said."""
    text = "🇫🇷 خسر داعش أرضه #داعش @other.blue\n\nhttps://example.org/daesh"
    found = [{"index": each["index"], "features": list(each["features"])} for each in facets(text)]
    for each in found:  # the name that the server knows the account by ends in .test, which no text would link
        each["features"] = [{**f, "handle": HANDLES["other"]} if "handle" in f else f for f in each["features"]]
    what = delivery(text, facets=tuple(found))
    receipt = rig.publish(what)
    said = record(pds_server, receipt.remote_id)
    octets = said["text"].encode()
    shown = {
        octets[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode(): each["features"][0]
        for each in said["facets"]
    }

    assert said["langs"] == ["ar"]
    assert shown["#داعش"]["tag"] == "داعش"
    assert shown["@other.blue"]["did"] == pds_server.dids["other"]
    assert shown["https://example.org/daesh"]["uri"] == "https://example.org/daesh"
    assert receipt.url == f"https://bsky.app/profile/joint-cell.test/post/{record_key(what)}"


@servers
def test_a_mention_of_nobody_is_refused_before_anything_leaves(rig: Rig) -> None:
    """A post whose mention leads nowhere is another post than was signed."""
    facet = {"index": {"byteStart": 0, "byteEnd": 10}}
    feature = {"$type": "app.bsky.richtext.facet#mention", "handle": "gone.test"}
    what = delivery("@gone.test", facets=({**facet, "features": [feature]},))
    with pytest.raises(Refused, match=r"no account @gone\.test"):
        rig.publish(what)

    assert rig.shown(what) == []


@servers
def test_pictures_go_with_their_alternative_texts(rig: Rig, pds_server: PdsServer) -> None:
    """Bytes and words arrive whole, in order; a content warning hides them as graphic."""
    what = delivery(ARABIC, media={"a.png": PNG, "b.png": PNG + b"b"}, content_warning="War")
    said = record(pds_server, rig.publish(what).remote_id)
    images = said["embed"]["images"]

    assert [each["alt"] for each in images] == [each.alt for each in what.outgoing.media]
    for each, content in zip(images, (PNG, PNG + b"b"), strict=True):
        query = {"did": pds_server.dids["cell"], "cid": each["image"]["ref"]["$link"]}
        assert pds_server.fetch("GET", "com.atproto.sync.getBlob", query) == (200, content)
    assert said["labels"]["values"] == [{"val": "graphic-media"}]


@servers
def test_a_film_goes_alone_with_its_captions(rig: Rig, pds_server: PdsServer) -> None:
    """Film, alternative text and caption file in the release's language are one embed."""
    said = record(pds_server, rig.publish(filmed_delivery()).remote_id)
    [captions] = said["embed"]["captions"]
    query = {"did": pds_server.dids["cell"], "cid": captions["file"]["ref"]["$link"]}

    assert said["embed"]["$type"] == "app.bsky.embed.video"
    assert captions["lang"] == "ar"
    assert pds_server.fetch("GET", "com.atproto.sync.getBlob", query) == (200, WORDS)


@servers
def test_parts_answer_each_other_and_name_where_the_thread_begins(rig: Rig, pds_server: PdsServer) -> None:
    """The third part answers the second and names the first as root, found by their keys alone."""
    part = OutgoingPart("One.", None, None, None)
    first = delivery(parts=(part, replace(part, text="Two."), replace(part, text="Three.")))
    one, two, three = (rig.publish(replace(first, part=number)).remote_id for number in range(3))
    said = record(pds_server, three)["reply"]

    assert (said["root"]["uri"], said["parent"]["uri"]) == (one, two)
    assert "reply" not in record(pds_server, one)


@servers
def test_a_link_goes_with_the_card_that_was_signed(rig: Rig, pds_server: PdsServer) -> None:
    """Readers see the card with the signed title; whoever changes where it leads is found out."""
    link = "https://example.org/facts?utm_source=uk-bluesky"
    what = delivery(parts=(OutgoingPart(f"Read.\n\n{link}", None, "خسر داعش أرضه", link),), kind="bluesky")
    uri = rig.publish(what).remote_id
    seen = pds_server.counted(uri, likeCount=0)["embed"]["external"]
    signed, shown = rig.publisher.words(what), rig.bench.run(rig.publisher.read(what, uri))  # type: ignore[attr-defined]
    value = record(pds_server, uri)
    value["embed"]["external"]["uri"] = "https://example.org/elsewhere"
    said = {"repo": pds_server.dids["cell"], "collection": bluesky.POST, "rkey": uri.rpartition("/")[2]}
    pds_server.call("POST", "com.atproto.repo.putRecord", body={**said, "record": value}, user="cell")
    changed = rig.bench.run(rig.publisher.read(what, uri))  # type: ignore[attr-defined]

    assert (seen["title"], seen["uri"]) == ("خسر داعش أرضه", link)
    assert shown == signed
    assert {name for name in signed if changed[name] != signed[name]} == {"card"}
    assert any("elsewhere" in str(line) for line in compare.differences(rig.publisher.kind, signed, changed))


@servers
def test_another_text_under_the_key_is_for_a_person(rig: Rig, pds_server: PdsServer) -> None:
    """What somebody else wrote under the key is neither counted as ours nor written over."""
    what = delivery("Ours.")
    other = {"$type": bluesky.POST, "text": "Theirs.", "createdAt": "2026-01-12T17:30:00Z"}
    said = {"repo": pds_server.dids["cell"], "collection": bluesky.POST, "rkey": record_key(what), "record": other}
    pds_server.call("POST", "com.atproto.repo.createRecord", body=said, user="cell")
    with pytest.raises(Refused, match="Another text stands"):
        rig.publish(what)

    assert rig.shown(what) == ["Theirs."]


@servers
def test_the_servers_own_limit_is_told_in_its_words(rig: Rig) -> None:
    """301 graphemes fail this release alone; 300 go out."""
    with pytest.raises(Refused, match="300") as caught:
        rig.publish(delivery("خ" * 301))

    assert not caught.value.credential
    rig.publish(delivery("خ" * 300))


@servers
def test_read_back_says_what_is_gone(rig: Rig) -> None:
    """A retraction is proved by asking for the record; the record of another account is nobody's to delete."""
    what = delivery("Here is a text.")
    receipt = rig.publish(what)
    assert rig.bench.run(rig.publisher.remains(receipt.remote_id)) is True
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))

    assert rig.bench.run(rig.publisher.remains(receipt.remote_id)) is False
    with pytest.raises(Refused, match="is no post of this account"):
        rig.bench.run(rig.publisher.retract(what, f"at://{DID}/{bluesky.POST}/3l"))


@servers
@pytest.mark.parametrize("asked", ["the account's server", "the AppView"])
def test_what_readers_do_is_counted(rig: Rig, pds_server: PdsServer, asked: str) -> None:
    """Likes, reposts and replies come from the network's AppView: through the account's server, or asked by name."""
    what = delivery()
    receipt = rig.publish(what)
    for act in ("like", "repost", "reply"):
        pds_server.act(receipt.remote_id, act)
    pds_server.counted(receipt.remote_id, likeCount=1, repostCount=1, replyCount=1)
    more = {} if asked == "the account's server" else {"options": {"appview": pds_server.view}, "credential": None}
    counts = rig.bench.run(rig.changed(more).measure(what, receipt.remote_id))  # type: ignore[attr-defined]

    assert counts == {"likes": 1, "reshares": 1, "comments": 1}


@servers
def test_of_what_came_down_nothing_is_counted(rig: Rig, pds_server: PdsServer) -> None:
    """Readers see a post come down in the AppView as well; what is gone has no figure, and none is made up."""
    what = delivery()
    receipt = rig.publish(what)
    pds_server.counted(receipt.remote_id, likeCount=0)
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))
    pds_server.counted(receipt.remote_id)

    assert rig.bench.run(rig.publisher.measure(what, receipt.remote_id)) == {}  # type: ignore[attr-defined]


def test_a_server_that_counts_nothing_gives_no_nought(scripted: Rig, http_sink: HttpSink) -> None:
    """A server without an AppView says so in its own words; there is no figure then, and no zero."""
    said = {"error": "InvalidRequest", "message": "No service configured for app.bsky.feed.getPosts"}
    http_sink.answer("GET", "/xrpc/app.bsky.feed.getPosts", (400, {}, said))
    with pytest.raises(Refused, match="No service configured"):
        scripted.bench.run(scripted.publisher.measure(delivery(), f"at://{DID}/{bluesky.POST}/3l"))  # type: ignore[attr-defined]


def test_a_key_is_one_and_the_same_for_a_release(bench: Bench) -> None:
    """A TID of 13 digits that begins with the due instant; other releases of that second and other parts differ."""
    what = delivery("x")
    many = {record_key(delivery(f"text {number}")) for number in range(200)} | {record_key(replace(what, part=1))}

    assert record_key(what) == record_key(replace(what, now=None))
    assert len(many) == 201
    assert all(len(each) == 13 and each[:1] in "234567abcdefghij" for each in many)
    assert len({each[:6] for each in many}) == 1
    assert record_key(what) < record_key(replace(what, outgoing=replace(what.outgoing, due="2026-01-12T17:30:01Z")))


@pytest.mark.parametrize("status", [500, 502])
def test_a_fault_of_the_server_that_a_look_up_does_not_explain_is_unknown(
    scripted: Rig, http_sink: HttpSink, status: int
) -> None:
    """It may be written yet: one request to create, and the engine decides; the same key lets it send again."""
    http_sink.answer("POST", CREATE, (status, {}, {"error": "InternalServerError"}))
    http_sink.answer("GET", GET, (400, {}, {"error": "RecordNotFound"}))
    with pytest.raises(OutcomeUnknown):
        scripted.publish(delivery())

    assert [each.path for each in http_sink.requests].count(CREATE) == 1
    assert scripted.capabilities.absorbs_key == timedelta.max


def test_too_many_is_told_with_the_time_to_wait(scripted: Rig, http_sink: HttpSink) -> None:
    """The instant at which the account may speak again stands in `ratelimit-reset`; it is passed on."""
    reset = int(clock.now().timestamp()) + 7200
    http_sink.answer("POST", CREATE, (429, {"ratelimit-reset": str(reset)}, {"error": "RateLimitExceeded"}))
    with pytest.raises(Busy) as caught:
        scripted.publish(delivery())

    assert (caught.value.retry_after or 0) > 3600


def test_a_login_that_is_over_is_made_anew(scripted: Rig, http_sink: HttpSink) -> None:
    """An expired token is no refusal of the release: it waits a moment, and the next attempt logs in."""
    fine = {"uri": f"at://{DID}/{bluesky.POST}/3l", "cid": "bafy"}
    http_sink.answer("POST", CREATE, (400, {}, {"error": "ExpiredToken"}), (200, {}, fine))
    http_sink.answer("GET", GET, (400, {}, {"error": "RecordNotFound"}))
    with pytest.raises(Busy):
        scripted.publish(delivery())
    receipt = scripted.publish(delivery())

    assert receipt.remote_id == fine["uri"]
    assert [each.path for each in http_sink.requests].count(LOGIN) == 2
    assert "canary" not in str(vars(scripted.publisher))


def test_one_login_serves_many_posts(scripted: Rig, http_sink: HttpSink) -> None:
    """Servers count logins; posts that leave together share one."""
    http_sink.answer("POST", CREATE, (200, {}, {"uri": f"at://{DID}/{bluesky.POST}/3l", "cid": "bafy"}))
    for _ in range(3):
        scripted.publish(delivery())

    assert [each.path for each in http_sink.requests].count(LOGIN) == 1


def test_nothing_is_posted_from_another_account(scripted: Rig, http_sink: HttpSink) -> None:
    """A password of somebody else opens the channel's breaker: the message names both accounts."""
    with pytest.raises(Refused, match=r"that of @cell.example.org, not of @facts.example.org") as caught:
        scripted.bench.run(scripted.changed({"account": "@facts.example.org"}).publish(delivery()))

    assert caught.value.credential
    assert CREATE not in [each.path for each in http_sink.requests]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": "@cell"}, "is no handle"),
        ({"server": "pds.example.org"}, "has no server"),
        ({"credential": None}, "names no credential"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict, said: str) -> None:
    """What is missing is named, with the line to write; Bluesky's own server need not be."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(Refused, match=said) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint
