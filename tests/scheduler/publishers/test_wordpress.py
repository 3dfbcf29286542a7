"""Posts on a real WordPress site: files with their words, an attempt that goes on, what comes down."""

from dataclasses import replace

import pytest

from scheduler.publisher import Delivery, Refused
from scheduler.publishers.wordpress import _slug
from scheduler.releases.outgoing import OutgoingPart
from tests.builders.pictures import film
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, delivery, wordpress_rig
from tests.scheduler.publishers.test_captions import WORDS, filmed_delivery
from tests.servers.wordpress_server import WordpressServer

DEFINED = {"kind": "wordpress", "server": "https://facts.example.org", "account": "cell", "credential": "site"}
servers = pytest.mark.servers


@pytest.fixture
def rig(bench: Bench, wordpress_server: WordpressServer) -> Rig:
    """Give the publisher with its site."""
    return wordpress_rig(bench, wordpress_server)


def posts(server: WordpressServer, what: Delivery) -> list[dict]:
    """Return the posts of a delivery in any status, the trash apart."""
    query = {"slug": _slug(what), "status": "publish,draft,private,pending,future", "context": "edit"}
    return server.call("GET", "posts", query)


@servers
def test_readers_get_language_direction_and_files_with_their_words(rig: Rig, wordpress_server: WordpressServer) -> None:
    """The public page says `lang` and `dir`, shows the picture with its alternative text, and the file is there."""
    part = OutgoingPart(ARABIC, f'<div lang="ar" dir="rtl"><p>{ARABIC}</p></div>', "خسر داعش أرضه", None)
    what = delivery(parts=(part,), media={"maps/map.png": PNG}, content_warning="صور حرب")
    receipt = rig.publish(what)
    [post] = posts(wordpress_server, what)
    media = wordpress_server.call("GET", "media", {"parent": receipt.remote_id})
    status, page = wordpress_server.page(receipt.url or "")

    assert (str(post["id"]), post["status"], post["title"]["raw"]) == (receipt.remote_id, "publish", "خسر داعش أرضه")
    assert f'<div lang="ar" dir="rtl"><p>{ARABIC}</p></div>' in post["content"]["raw"]
    assert status == 200
    assert '<div lang="ar" dir="rtl">' in page
    assert f'alt="{what.outgoing.media[0].alt}"' in page
    assert "صور حرب" in page
    assert [each["alt_text"] for each in media] == [what.outgoing.media[0].alt]
    assert wordpress_server.page(media[0]["source_url"])[0] == 200


@servers
def test_a_film_carries_its_captions(rig: Rig, wordpress_server: WordpressServer) -> None:
    """The post plays the film with its caption file, in the release's language."""
    what = filmed_delivery()
    rig.publish(what)
    [post] = posts(wordpress_server, what)
    content = post["content"]["raw"]
    files = wordpress_server.call("GET", "media", {"parent": str(post["id"])})

    assert len(files) == 2
    assert all(each["source_url"] in content for each in files)
    assert '<track kind="captions" srclang="ar"' in content
    assert (len(film()), len(WORDS)) > (0, 0)


@servers
def test_an_attempt_that_ended_at_the_draft_goes_on(rig: Rig, wordpress_server: WordpressServer) -> None:
    """A draft is not there yet; the next attempt finishes it, uploads nothing twice, and makes no second post."""
    what = delivery("Here is a map.", media={"map.png": PNG})
    receipt = rig.publish(what)
    wordpress_server.call("POST", f"posts/{receipt.remote_id}", body={"status": "draft"})
    assert rig.bench.run(rig.publisher.look_up(what)) is None
    again = rig.publish(what)

    assert again.remote_id == receipt.remote_id
    assert [each["status"] for each in posts(wordpress_server, what)] == ["publish"]
    assert len(wordpress_server.call("GET", "media", {"parent": receipt.remote_id})) == 1


@servers
def test_two_drafts_of_one_release_become_one_post(rig: Rig, wordpress_server: WordpressServer) -> None:
    """A request that was given up and came through late leaves a draft that no reader sees; the eldest is published."""
    what = delivery("Here is a text.")
    elder, younger = (
        wordpress_server.call("POST", "posts", body={"slug": _slug(what), "status": "draft", "title": "x", "author": 2})
        for _ in range(2)
    )
    receipt = rig.publish(what)

    assert receipt.remote_id == str(elder["id"])
    assert wordpress_server.call("GET", f"posts/{younger['id']}", {"context": "edit"})["status"] == "draft"
    found = rig.bench.run(rig.publisher.look_up(what))
    assert found is not None
    assert found.remote_id == receipt.remote_id


@servers
def test_a_retraction_takes_the_files_as_well(rig: Rig, wordpress_server: WordpressServer) -> None:
    """Post and picture are gone for every reader, and reading back says so; an editor finds the post in the trash."""
    what = delivery("Here is a map.", media={"map.png": PNG})
    receipt = rig.publish(what)
    [picture] = wordpress_server.call("GET", "media", {"parent": receipt.remote_id})
    assert rig.bench.run(rig.publisher.remains(receipt.remote_id)) is True
    rig.bench.run(rig.publisher.retract(what, receipt.remote_id))

    assert rig.bench.run(rig.publisher.remains(receipt.remote_id)) is False
    assert wordpress_server.page(receipt.url or "")[0] == 404
    assert wordpress_server.page(picture["source_url"])[0] == 404
    assert wordpress_server.call("GET", f"posts/{receipt.remote_id}", {"context": "edit"})["status"] == "trash"


@servers
def test_a_private_post_is_not_for_every_reader(rig: Rig, wordpress_server: WordpressServer) -> None:
    """`private` is WordPress's own; other visibilities are refused before anything is made."""
    what = delivery("For the cell.", visibility="private")
    receipt = rig.publish(what)
    assert wordpress_server.page(receipt.url or "")[0] == 404
    other = delivery("Nobody.", visibility="unlisted")
    with pytest.raises(Refused, match="no visibility 'unlisted'"):
        rig.publish(other)
    assert posts(wordpress_server, other) == []


@servers
def test_who_may_not_post_is_told_before_anything_is_due(rig: Rig, wordpress_server: WordpressServer) -> None:
    """A subscriber's password is right and not enough: `channels test` names what is missing."""
    rig.bench.secret("reader", f'user = "reader"\npassword = "{wordpress_server.passwords["reader"]}"\n')
    changed = {"account": "reader", "credential": "reader"}
    with pytest.raises(Refused, match="publish_posts") as caught:
        rig.bench.run(rig.changed(changed).test())
    assert caught.value.credential
    with pytest.raises(Refused) as refused:
        rig.bench.run(rig.changed(changed).publish(delivery("Not mine.")))
    assert refused.value.credential


@servers
def test_nothing_is_posted_from_another_account(rig: Rig, wordpress_server: WordpressServer) -> None:
    """A password of somebody else opens the channel's breaker: the message names both accounts."""
    what = delivery("Not mine.")
    with pytest.raises(Refused, match="that of cell, not of editor") as caught:
        rig.bench.run(rig.changed({"account": "editor"}).publish(what))

    assert caught.value.credential
    assert posts(wordpress_server, what) == []


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("launch/fr-FR/site", "launch-fr-fr-site-"),
        ("علي/ar/site", "ar-site-"),
        ("على", ""),
        ("x" * 300, f"{'x' * 80}-"),
    ],
)
def test_an_address_reads_like_its_release_and_ends_in_its_key(name: str, begins: str) -> None:
    """The slug is ASCII, short enough, and another one for each release, digest and part."""
    what = delivery("x", name=name)

    assert _slug(what) == f"{begins}{what.key[:16]}"
    assert _slug(replace(what, part=1)) == f"{begins}{what.key[:16]}-1"


@pytest.mark.parametrize(
    ("changed", "said"), [({"server": None}, "has no server"), ({"credential": None}, "names no credential")]
)
def test_a_definition_that_cannot_work_is_refused_when_it_is_planned(bench: Bench, changed: dict, said: str) -> None:
    """What is missing is named, with the line to write."""
    bench.publisher(**DEFINED).vet()
    with pytest.raises(Refused, match=said) as caught:
        bench.publisher(**{**DEFINED, **changed}).vet()

    assert caught.value.hint
