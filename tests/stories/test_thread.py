"""A thread on real parts: killed between two posts, it is there once and in order; read back, and taken down whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from tests.builders import threads, workspaces
from tests.builders.commands import process
from tests.builders.workspaces import Workspace
from tests.chaos.processes import Daemon
from tests.servers import mastodon_server as mastodon
from tests.servers import pds_server as pds
from tests.servers import telegram_server as telegram

pytestmark = pytest.mark.timeout(600)
Post = tuple[Any, Any, str]  #: id, the id it answers, its words


@dataclass(frozen=True)
class Account:
    """A channel that threads, its secret, and what stands on it, oldest first."""

    channel: dict[str, Any]
    secret: str
    posts: Callable[[], list[Post]]


def on_mastodon(get: Callable[[str], Any]) -> Account:
    server = get("mastodon_server")

    def posts() -> list[Post]:
        found = [(each["id"], each["in_reply_to_id"], each["content"]) for each in reversed(server.statuses())]
        return [each for each in found if "and left it" in each[2]]

    return Account(threads.channel("mastodon", server=server.url, account=mastodon.ACCOUNT), mastodon.TOKEN, posts)


def on_bluesky(get: Callable[[str], Any]) -> Account:
    server = get("pds_server")

    def posts() -> list[Post]:
        found = [(each["uri"], each["value"].get("reply"), each["value"]) for each in server.posts()]
        mine = [each for each in found if "and left it" in each[2]["text"]]
        mine.sort(key=lambda each: str(each[2]["text"])[-3:])  # its number; the instant has whole seconds
        assert {reply["root"]["uri"] for _, reply, _ in mine if reply} <= {uri for uri, _, _ in mine[:1]}
        return [(uri, reply and reply["parent"]["uri"], value["text"]) for uri, reply, value in mine]

    return Account(
        threads.channel("bluesky", server=server.url, account=f"@{pds.HANDLES['cell']}"), pds.PASSWORD, posts
    )


def on_telegram(get: Callable[[str], Any]) -> Account:
    server = get("telegram_server")

    def posts() -> list[Post]:
        return sorted((each["message_id"], each.get("reply_to"), each["text"]) for each in server.told())

    return Account(threads.channel("telegram", server=server.url, account="@facts"), telegram.TOKEN, posts)


ACCOUNTS = {"mastodon": on_mastodon, "bluesky": on_bluesky, "telegram": on_telegram}
SERVERS = [
    "mastodon",
    "telegram",
    pytest.param("bluesky", marks=pytest.mark.servers),
]


@pytest.fixture(params=SERVERS)
def account(request: pytest.FixtureRequest) -> Account:
    return ACCOUNTS[request.param](request.getfixturevalue)


@pytest.fixture
def place(tmp_path: Path, account: Account) -> Iterator[Workspace]:
    """Give a workspace whose one thread of three parts, signed by both, was due a minute ago."""
    made = workspaces.make(tmp_path / "workspace", secrets={"account": account.secret}, lease=3.0)
    due = clock.now() - timedelta(minutes=1)
    made.apply(threads.campaign(due, {**account.channel, "credential": "account"}), now=due - timedelta(hours=1))
    made.approve()
    yield made
    made.database.dispose()


def test_a_thread_is_there_once_through_a_kill_and_comes_down_whole(place: Workspace, account: Account):
    """Killed when its first post is there, it goes on; each post answers the one before; a retraction leaves none."""
    name = f"r1/en-GB/{account.channel['id']}"
    keeps = account.channel["kind"] != "telegram"  # what was in the air there, nobody can say
    if keeps:
        with Daemon(place.folder) as daemon:
            assert daemon.until(lambda: bool(account.posts())), daemon.said()
            daemon.kill()
    done = process(place.folder, "run", "--until-done", "--quiet")

    assert place.row()["state"] == "published", done.stderr
    posts = account.posts()
    assert [answers for _, answers, _ in posts] == [None, posts[0][0], posts[1][0]]
    assert [f"{number}/3" in words for number, (_, _, words) in enumerate(posts, 1)] == [True] * threads.PARTS
    said = process(place.folder, "why", name).stdout
    assert [f"Part {number} of 3: published" in said for number in (1, 2, 3)] == [True] * 3, said
    if keeps:
        assert "as signed" in process(place.folder, "shown", "look", name).stdout

    process(place.folder, "retract", name, "--as", "fr", "--code", "wrong-fact", "--reason", "x", "--wait", "0")
    done = process(place.folder, "run", "--until-done", "--quiet")
    assert place.row()["state"] == "retracted", done.stderr
    assert account.posts() == []
