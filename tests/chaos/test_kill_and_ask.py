"""Channels that can say what they have: after kills, what they show is what the table says, each release once."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from campaigns import clock
from scheduler.releases.ledger import RELEASE
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.servers.mastodon_server import MastodonServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

N = 500
LEASE = 10.0  #: seconds; nobody asks before it is over
FEW = 120  #: statuses; the mock takes its time, and a look-up reads at most 200


def folders_of(outbox: Path) -> list[Path]:
    """Return what the outbox shows: a folder that is being built has a dot."""
    return [each for each in outbox.glob("*") if not each.name.startswith(".")] if outbox.exists() else []


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_an_outbox_has_each_release_once(tmp_path, database_url, seed):
    """A folder comes into being in one step: after kills there is one a release, whole, and none that is half built."""
    with kills.closing(burst.build(tmp_path / "w", N, "outbox", None, {}, database_url=database_url)) as made:
        outbox = made.folder / "outbox"
        killed = kills.kill_again_and_again(made, lambda: len(folders_of(outbox)), seed)
        shown = [json.loads((each / "headers.json").read_text("utf-8")) for each in folders_of(outbox)]
        told = kills.tell(made, killed, Counter(each["key"] for each in shown))
    print(f"\nOutbox, seed {seed}: {told}")  # noqa: T201 (figures)

    assert told.doubled == []
    assert told.keys("published") == set(told.effects)
    assert len(told.effects) == N


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_a_feed_shows_each_release_once(tmp_path, database_url, seed):
    """After kills both feeds are whole files, and the entries they are built from are the published releases."""
    with kills.closing(burst.build(tmp_path / "w", N, "feed", None, {}, database_url=database_url)) as made:
        entries = made.folder / "feed" / "entries"
        killed = kills.kill_again_and_again(made, lambda: len(list(entries.glob("*.json"))), seed)
        told = kills.tell(made, killed, Counter(each.stem for each in entries.glob("*.json")))
        feeds = [feedparser.parse((made.folder / "feed" / f"feed.{kind}.xml").read_bytes()) for kind in ("atom", "rss")]
    print(f"\nFeed, seed {seed}: {told}")  # noqa: T201 (figures)

    assert len(told.keys("published")) == N
    assert len(told.effects) == N
    for feed in feeds:
        ids = [entry["id"] for entry in feed["entries"]]
        assert (feed["bozo"], len(ids), len(set(ids))) == (False, 100, 100)


def forget_the_keys(made: Workspace) -> None:
    """Let 40 minutes pass for what is on the wire: its key is past half its life, so the server must be asked."""
    with made.transaction() as connection:
        aged = (
            RELEASE.update().where(RELEASE.c.state == "sending").values(key_since=clock.now() - timedelta(minutes=40))
        )
        connection.execute(aged)


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_mastodon_is_asked_what_it_has(tmp_path, seed):
    """Where the key is too old to trust, the account is searched; what is there is published, what is not is sent."""
    with (
        MastodonServer(tmp_path) as server,
        kills.closing(burst.build(tmp_path / "w", FEW, "mastodon", server.url, {}, lease=LEASE)) as made,
    ):
        killed = kills.kill_again_and_again(
            made, lambda: _published(made), seed, after_each=lambda: forget_the_keys(made)
        )
        told = kills.tell(made, killed, Counter(_texts(server)))
        looked_up = sum("look-up" in each["why"] for each in made.events())
    print(f"\nMastodon mock, seed {seed}: {told}; {looked_up} settled by a look-up")  # noqa: T201 (figures)

    assert told.doubled == []
    assert len(told.keys("published")) == FEW
    assert len(told.effects) == FEW
    assert looked_up > 0


def _published(made: Workspace) -> int:
    """Return how many the table knows to be published: asking the mock all the time would keep it from its work."""
    return sum(state == "published" for state in made.states().values())


def _texts(server: MastodonServer) -> list[str]:
    """Return the text of every status of the account."""
    me = server.get("/api/v1/accounts/verify_credentials")["id"]
    found: list[str] = []
    older = ""
    while page := server.get(f"/api/v1/accounts/{me}/statuses?limit=40{older}"):
        found += [each["content"] for each in page]
        older = f"&max_id={page[-1]['id']}"
    return found
