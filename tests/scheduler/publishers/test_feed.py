"""What feed readers get, read with feedparser."""

import asyncio
import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import feedparser
import pytest

from scheduler.publisher import Receipt, Refused
from scheduler.publishers.feed import NEWEST
from scheduler.releases.outgoing import OutgoingPart
from tests.scheduler.publishers.deliveries import ARABIC, PNG, Bench, Rig, atom_texts, delivery, feed_rig

FEEDS = ["feed.atom.xml", "feed.rss.xml"]


@pytest.fixture
def feed(bench: Bench) -> Rig:
    """Give the feed publisher."""
    return feed_rig(bench)


@pytest.fixture
def folder(bench: Bench) -> Path:
    """Give the folder it writes to."""
    return bench.settings.root / "public" / "feed"


@pytest.mark.parametrize("name", FEEDS)
def test_readers_see_title_link_words_and_direction(feed: Rig, folder: Path, name: str) -> None:
    """Both feeds parse without complaint and carry id, title, link, author, text, language and direction."""
    part = OutgoingPart(text=ARABIC, html=None, headline="أصوات الرقة", link="https://example.org/?a=1&b=2")
    what = delivery(parts=(part,))
    receipt = feed.publish(what)
    parsed = feedparser.parse(folder / name)
    assert not parsed.bozo
    assert parsed.feed.title == "أصوات الرقة"
    [entry] = parsed.entries
    assert entry.id == receipt.remote_id == f"urn:uuid:{what.outgoing.release}"
    assert (entry.title, entry.link, entry.author) == (part.headline, part.link, "fr")
    assert "خسر داعش أرضه" in entry.summary
    assert 'dir="rtl"' in entry.summary
    assert entry.published_parsed


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        pytest.param("<p>one</p><p>two &amp; three</p>", "application/xhtml+xml", id="well-formed"),
        pytest.param("<p>one<br>two &nbsp; three", "text/html", id="html-that-is-not-xml"),
        pytest.param('<svg xmlns="http://www.w3.org/2000/svg"/>one', "text/html", id="other-namespace"),
        pytest.param("]]></div><script>alert(1)</script>one", "text/html", id="closes-the-block"),
    ],
)
def test_html_goes_as_xhtml_where_it_can(feed: Rig, folder: Path, html: str, kind: str) -> None:
    """HTML that is XML goes as XHTML, any other as escaped HTML; the file stays well-formed either way."""
    feed.publish(delivery(parts=(OutgoingPart(text="x", html=html, headline="x", link=None),)))
    parsed = feedparser.parse(folder / "feed.atom.xml")
    assert not parsed.bozo
    assert parsed.entries[0].content[0].type == kind
    assert "one" in parsed.entries[0].content[0].value


def test_an_entry_is_replaced_not_repeated(feed: Rig, folder: Path) -> None:
    """The same release under another key replaces its entry; under the same key it keeps its date."""
    first = delivery("before")
    feed.publish(first)
    published = feedparser.parse(folder / FEEDS[0]).entries[0].published
    feed.publish(first)
    assert feedparser.parse(folder / FEEDS[0]).entries[0].published == published
    feed.publish(delivery("after", release=first.outgoing.release))
    assert [text for _, text in atom_texts(folder / FEEDS[0])] == ["after"]


def test_media_are_files_and_enclosures(bench: Bench, folder: Path) -> None:
    """A picture is written under its digest; with `url` both feeds name it absolutely, with its length and words."""
    publisher = bench.publisher(
        kind="feed", server="public/feed", account="Voices", options={"url": "https://example.org/feed/"}
    )
    receipt = bench.run(publisher.publish(delivery(media={"map.png": PNG})))
    assert receipt.url == "https://example.org/feed/feed.atom.xml"
    for name in FEEDS:
        [enclosure] = feedparser.parse(folder / name).entries[0].enclosures
        assert enclosure.href.startswith("https://example.org/feed/media/")
        assert (enclosure.type, int(enclosure.length)) == ("image/png", len(PNG))
        assert (folder / "media" / enclosure.href.rpartition("/")[2]).read_bytes() == PNG
    assert "خريطة map.png" in (folder / FEEDS[0]).read_text()


def test_a_feed_shows_the_newest_hundred_and_keeps_all(feed: Rig, folder: Path) -> None:
    """Concurrent publications lose nothing: each is in the journal, and the feeds hold the newest hundred."""
    many = [delivery(f"text {number}") for number in range(NEWEST + 30)]

    async def all_at_once() -> list[Receipt]:
        return await asyncio.gather(*(feed.publisher.publish(each) for each in many))

    receipts = feed.bench.run(all_at_once())
    assert len({receipt.remote_id for receipt in receipts}) == len(many)
    assert len(list((folder / "entries").iterdir())) == len(many)
    for name in FEEDS:
        assert len(feedparser.parse(folder / name).entries) == NEWEST


def test_one_key_at_the_same_time_is_one_entry(feed: Rig) -> None:
    """Callers that race with one delivery get one receipt, and people see one entry."""
    what = delivery("raced")

    async def race() -> list[Receipt]:
        return await asyncio.gather(*(feed.publisher.publish(what) for _ in range(5)))

    assert len({receipt.remote_id for receipt in feed.bench.run(race())}) == 1
    assert feed.shown(what) == ["raced"]


def test_two_channels_may_share_a_folder(feed: Rig, bench: Bench, folder: Path) -> None:
    """Publishers that know nothing of each other lose no entry of each other's."""
    other = bench.publisher(kind="feed", server="public/feed", account="أصوات الرقة", channel="other")

    async def both() -> None:
        mine = (feed.publisher.publish(delivery("mine")) for _ in range(10))
        theirs = (other.publish(delivery("theirs")) for _ in range(10))
        await asyncio.gather(*mine, *theirs)

    bench.run(both())
    assert sorted(text for _, text in atom_texts(folder / FEEDS[0])) == ["mine"] * 10 + ["theirs"] * 10


WRITER = """
import asyncio, sys
from pathlib import Path
from campaigns.settings import Settings
from scheduler import roster
from scheduler.publisher import Endpoint
from tests.scheduler.publishers.deliveries import delivery

async def main():
    endpoint = Endpoint(channel="c", kind="feed", account="Voices", server="public/feed", credential=None)
    publisher = roster.publisher_for(endpoint, None, Settings(root=Path(sys.argv[1])))
    await asyncio.gather(*(publisher.publish(delivery("other process")) for _ in range(10)))

asyncio.run(main())
"""


def test_two_processes_may_share_a_folder(feed: Rig, folder: Path) -> None:
    """The lock is the file system's: another process's entries are kept too."""
    command = [sys.executable, "-c", WRITER, str(feed.bench.settings.root)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3]) as other:
        for number in range(20):
            feed.publish(delivery(f"ours {number}"))
        assert other.wait(timeout=240) == 0
    assert len(atom_texts(folder / FEEDS[0])) == 30


def test_a_folder_that_is_held_is_waited_for(feed: Rig, folder: Path) -> None:
    """While anybody holds the lock nothing is written; once it is free the publication goes on."""
    feed.publish(delivery("before"))

    async def wait() -> None:
        with (folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            going = asyncio.ensure_future(feed.publisher.publish(delivery("after")))
            await asyncio.wait([going], timeout=0.3)
            assert not going.done()
            assert len(list((folder / "entries").iterdir())) == 1
        await going

    feed.bench.run(wait())
    assert sorted(text for _, text in atom_texts(folder / FEEDS[0])) == ["after", "before"]


def test_a_crash_between_entry_and_feed_is_mended_by_the_next_call(feed: Rig, folder: Path) -> None:
    """The journal is the truth: a feed that misses an entry shows it after a look-up or a second attempt."""
    what = delivery("half done")
    feed.publish(what)
    for name in FEEDS:
        (folder / name).write_text("cut off")
    assert feed.bench.run(feed.publisher.look_up(what)) is not None
    assert feed.shown(what) == ["half done"]


@pytest.mark.parametrize("junk", ["", "{", "[]", '{"id": 1}', "null"])
def test_a_journal_file_that_a_person_spoilt_harms_only_itself(feed: Rig, folder: Path, junk: str) -> None:
    """An entry past reading is left out of the feeds, and the others stay."""
    what = delivery("fine")
    feed.publish(what)
    (folder / "entries" / "spoilt.json").write_text(junk)
    feed.publish(delivery("fine too"))
    assert len(atom_texts(folder / FEEDS[0])) == 2


def test_a_character_that_xml_cannot_hold_is_refused(feed: Rig, folder: Path) -> None:
    """A control character would spoil the whole feed; the release is refused and the feed stays as it was."""
    feed.publish(delivery("fine"))
    with pytest.raises(Refused, match=r"U\+0007"):
        feed.publish(delivery("bell \x07"))
    assert [text for _, text in atom_texts(folder / FEEDS[0])] == ["fine"]


def test_nothing_temporary_is_left(feed: Rig, folder: Path) -> None:
    """After publications and retractions only the documented files stand in the folder."""
    what = delivery("fine", media={"map.png": PNG})
    feed.publish(what)
    feed.bench.run(feed.publisher.retract(what, "x"))
    names = {path.name for path in folder.iterdir()}
    assert names == {"entries", "media", ".lock", "feed.json", *FEEDS}
    assert list((folder / "entries").iterdir()) == []


@pytest.mark.parametrize(
    "server", [None, "..", "../other", "/srv/feed", "a/../../b", "trust", "trust/feed", "secrets/feed"]
)
def test_a_folder_outside_the_workspace_is_refused(bench: Bench, server: str | None) -> None:
    """A channel writes below the workspace alone, and never where keys are kept."""
    publisher = bench.publisher(kind="feed", server=server)
    with pytest.raises(Refused, match="may not write"):
        bench.run(publisher.publish(delivery()))


def test_a_link_out_of_the_workspace_is_refused(bench: Bench, tmp_path: Path) -> None:
    """A symbolic link does not lead outside either."""
    (tmp_path / "outside").mkdir()
    (bench.settings.root / "inside").symlink_to(tmp_path / "outside")
    with pytest.raises(Refused, match="may not write"):
        bench.run(bench.publisher(kind="feed", server="inside/feed").publish(delivery()))
    assert list((tmp_path / "outside").iterdir()) == []


def test_the_journal_is_plain(feed: Rig, folder: Path) -> None:
    """One JSON file an entry, named after the release, with the letters as they are."""
    what = delivery(ARABIC)
    feed.publish(what)
    raw = (folder / "entries" / f"{what.outgoing.release}.json").read_text()
    entry: dict[str, Any] = json.loads(raw)
    assert entry["text"] == ARABIC
    assert "خسر" in raw


def test_a_json_feed_says_the_same(bench: Bench, folder: Path) -> None:
    """JSON Feed 1.1: the entries of the Atom feed in its order, words plain and as HTML with direction, and files."""
    publisher = bench.publisher(
        kind="feed", server="public/feed", account="أصوات", options={"url": "https://example.org/feed/"}
    )
    part = OutgoingPart(text=ARABIC, html=None, headline="خسر", link="https://example.org/?a=1&b=2")
    for what in (delivery("older", locale="en-GB", direction="ltr"), delivery(parts=(part,), media={"map.png": PNG})):
        bench.run(publisher.publish(what))
    said = json.loads((folder / "feed.json").read_bytes())
    atom = feedparser.parse(folder / FEEDS[0])
    ours = next(each for each in said["items"] if each["title"] == "خسر")

    assert said["version"] == "https://jsonfeed.org/version/1.1"
    assert (said["title"], said["feed_url"]) == ("أصوات", "https://example.org/feed/feed.json")
    assert [each["id"] for each in said["items"]] == [each.id for each in atom.entries]
    assert "language" not in said  # entries have two
    assert (ours["content_text"], ours["url"], ours["language"]) == (ARABIC, part.link, "ar")
    assert ours["content_html"].startswith('<div dir="rtl" lang="ar">')
    assert ours["authors"] == [{"name": "fr"}, {"name": "uk"}]
    [attached] = ours["attachments"]
    assert attached["url"].startswith("https://example.org/feed/media/")
    assert attached | {"url": ""} == {
        "url": "",
        "mime_type": "image/png",
        "title": "خريطة map.png",
        "size_in_bytes": len(PNG),
    }
    assert (folder / "media" / attached["url"].rpartition("/")[2]).read_bytes() == PNG


def test_an_empty_json_feed_is_whole(feed: Rig, folder: Path) -> None:
    """A feed that nothing was published to, served from nowhere yet, is still a feed."""
    feed.bench.run(feed.publisher.test())
    said = json.loads((folder / "feed.json").read_bytes())

    assert said == {"version": "https://jsonfeed.org/version/1.1", "title": "أصوات الرقة", "items": []}
