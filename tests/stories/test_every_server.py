"""One campaign on every server that runs here: published through a kill, counted, taken down where it can be."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from campaigns import clock
from campaigns.store.engine import reading
from tests.builders import campaigns, workspaces
from tests.builders.commands import process
from tests.builders.workspaces import Workspace
from tests.house import tree
from tests.servers import kannel_server as kannel
from tests.servers import mastodon_server as mastodon
from tests.servers import pds_server as pds
from tests.servers import postfix_server as postfix
from tests.servers import synapse_server as synapse
from tests.servers import telegram_server as telegram
from tests.servers.http_sink import HttpSink

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]
WORDS = "Daesh has lost one of its villages."
SIGNING_KEY = "whsec_Y2FuYXJ5LW9mLXRoZS13ZWJob29rLXJlY2VpdmVy"


@dataclass(frozen=True)
class There:
    """One channel, its secret, and how many copies its readers find."""

    channel: dict[str, Any]
    secret: str
    copies: Callable[[], int]
    comes_down: bool
    answer: Callable[[str], object] | None = None  #: lets a reader answer the post of an id, so that there is a count
    counts: tuple[str, ...] = ()  #: what then is one


def login(user: str, password: str) -> str:
    return f'user = "{user}"\npassword = "{password}"\n'


@pytest.fixture
def servers(request: pytest.FixtureRequest, http_sink: HttpSink, tmp_path: Path) -> dict[str, There]:
    """Give every channel by its kind: a mock is behind Mastodon's, a fake behind Telegram's, the rest is real."""
    get = request.getfixturevalue
    site, room, network = get("wordpress_server"), get("synapse_server"), get("pds_server")
    gateway, mail, social, bot = (
        get("kannel_server"),
        get("postfix_server"),
        get("mastodon_server"),
        get("telegram_server"),
    )
    feed = tmp_path / "workspace" / "public" / "feed" / "feed.atom.xml"

    def channel(kind: str, server: str | None, account: str, **options: Any) -> dict[str, Any]:
        return campaigns.channel(kind, server=server, account=account, credential=f"for-{kind}", options=options)

    def react(event: str) -> None:
        path, about = f"/_matrix/client/v3/rooms/{quote(room.rooms['news'])}", {"event_id": event, "key": "+"}
        room.call("POST", f"{path}/join", {}, user="admin")
        said = {"m.relates_to": {"rel_type": "m.annotation", **about}}
        room.call("PUT", f"{path}/send/m.reaction/story", said, user="admin")

    def like(uri: str) -> None:
        network.act(uri, "like")
        network.counted(uri, likeCount=1)

    def of_the_sink() -> int:
        acts = [each.json() for each in http_sink.effects]
        return sum(each["act"] == "publish" for each in acts) - sum(each["act"] == "retract" for each in acts)

    return {
        "smtp": There(
            channel("smtp", mail.address, postfix.BOXES["cell"], to=postfix.BOXES["list"], notices=True),
            login("cell", postfix.PASSWORD),
            lambda: sum(WORDS in str(each.get_body(("plain",)).get_content()) for each in mail.messages()),
            False,
        ),
        "kannel": There(
            channel("kannel", gateway.url, "CELL", to="+447700900000", parts=6),
            login("cell", kannel.PASSWORD),
            lambda: sum(WORDS in text for _, _, text in gateway.settled()),
            False,
        ),
        "webhook": There(
            channel("webhook", f"{http_sink.url}/hook", "@facts", deduplicates=True, retracts=True),
            SIGNING_KEY,
            of_the_sink,
            True,
        ),
        "mastodon": There(
            channel("mastodon", social.url, mastodon.ACCOUNT),
            mastodon.TOKEN,
            lambda: sum(WORDS in each["content"] for each in social.statuses()),
            True,
            lambda status: social.call("POST", f"/api/v1/statuses/{status}/favourite"),
            ("likes",),
        ),
        "bluesky": There(
            channel("bluesky", network.url, f"@{pds.HANDLES['cell']}"),
            pds.PASSWORD,
            lambda: sum(WORDS in each["value"]["text"] for each in network.posts()),
            True,
            like,
            ("likes",),
        ),
        "matrix": There(
            channel("matrix", room.url, f"@cell:{synapse.NAME}", room=f"#news:{synapse.NAME}"),
            room.tokens["cell"],
            lambda: sum(WORDS in each["content"].get("body", "") for each in room.shown("news")),
            True,
            react,
            ("likes",),
        ),
        "telegram": There(
            channel("telegram", bot.url, "@facts"),
            telegram.TOKEN,
            lambda: sum(WORDS in each.get("text", "") for each in bot.told()),
            True,
        ),
        "wordpress": There(
            channel("wordpress", site.url, "cell"),
            login("cell", site.passwords["cell"]),
            lambda: sum(WORDS in each["content"]["raw"] for each in site.call("GET", "posts", {"context": "edit"})),
            True,
            lambda post: site.call("POST", "comments", body={"post": int(post), "content": "Thank you for this."}),
            ("comments",),
        ),
        "feed": There(
            {**channel("feed", "public/feed", "Facts"), "credential": None},
            "",
            lambda: feed.read_text("utf-8").count(f"{WORDS}</") if feed.is_file() else 0,
            True,
        ),
    }


@pytest.fixture
def place(tmp_path: Path, servers: dict[str, There]) -> Iterator[Workspace]:
    """Give a workspace whose nine releases, signed by both, were due a minute ago."""
    secrets = {f"for-{kind}": each.secret for kind, each in servers.items() if each.secret}
    made = workspaces.make(tmp_path / "workspace", secrets=secrets)
    with (made.folder / "cordiale.toml").open("a") as file:
        file.write("lease = 3.0\n")
    due = clock.now() - timedelta(minutes=1)
    made.apply(
        campaigns.campaign(at=due, channels=[each.channel for each in servers.values()]), now=due - timedelta(hours=1)
    )
    made.approve()
    yield made
    made.database.dispose()


def states(place: Workspace) -> dict[str, str]:
    """Return the state of each release by the kind of its channel."""
    with reading(place.database) as connection:
        found = connection.execute(text("SELECT channel, state FROM release")).all()
    return {channel.removeprefix("uk-"): state for channel, state in found}


def counted(place: Workspace) -> dict[str, dict[str, float]]:
    """Return what is not nought among the readings of each kind of channel: metric -> value."""
    found: dict[str, dict[str, float]] = {}
    with reading(place.database) as connection:
        rows = connection.execute(
            text(
                "SELECT o.channel, s.metric, r.value FROM reading r JOIN reading_series s ON s.id = r.series"
                " JOIN release o ON o.id = s.subject"
            )
        ).all()
    for channel, metric, value in rows:
        if value:
            found.setdefault(channel.removeprefix("uk-"), {})[metric] = value
    return found


def measured(place: Workspace, servers: dict[str, There]) -> list[str]:
    """Let readers answer where a server counts, look and collect; return what the commands said."""
    with reading(place.database) as connection:
        posts = connection.execute(text("SELECT channel, remote_id FROM release")).all()
    for channel, remote_id in posts:
        if (answer := servers[channel.removeprefix("uk-")].answer) is not None:
            answer(remote_id)
    names = [f"r1/en-GB/uk-{kind}" for kind in servers]
    looked, gathered = process(place.folder, "shown", "look", *names), process(place.folder, "collect", "voices")
    assert gathered.returncode == 0, gathered.stderr
    assert "gave no figure" not in gathered.stdout, gathered.stdout
    assert counted(place) == {kind: dict.fromkeys(each.counts, 1) for kind, each in servers.items() if each.counts}
    return [f"cordiale {what}: {' '.join(done.stdout.split())}" for what, done in
            (("shown look", looked), ("collect voices", gathered))]  # fmt: skip


def test_one_campaign_on_every_server(place: Workspace, servers: dict[str, There], http_sink: HttpSink):
    """Killed while one is on the wire, the daemon leaves each server one copy, counts it, and later takes it down."""
    told = ["# One campaign on every server", ""]
    before = {kind: each.copies() for kind, each in servers.items()}
    http_sink.misbehave("timeout-after")
    daemon = subprocess.Popen(
        [sys.executable, tree.ROOT / "main.py", "run", "--quiet"],
        cwd=place.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _until(daemon, lambda: [*states(place).values()].count("published") == len(servers) - 1 and http_sink.effects)
        assert states(place)["webhook"] == "sending"
    finally:
        daemon.send_signal(signal.SIGKILL)
        _, said = daemon.communicate()
    told += [f"Killed with one on the wire: {states(place)}"]
    http_sink.misbehave(None)
    process(place.folder, "run", "--until-done", "--quiet")

    assert states(place) == dict.fromkeys(servers, "published"), said
    copies = {kind: each.copies() - before[kind] for kind, each in servers.items()}
    told += [f"Started again: {states(place)}", f"Copies that readers find: {copies}"]
    assert copies == dict.fromkeys(servers, 1)
    told += measured(place, servers)
    for kind, each in servers.items():
        name, words = f"r1/en-GB/uk-{kind}", ("--as", "fr", "--code", "wrong-fact", "--reason", "one village more")
        done = process(place.folder, "retract", name, *words)
        assert ("cannot be retracted" in done.stderr) is not each.comes_down
        told += [f"cordiale retract {name}: {' '.join((done.stdout + done.stderr).split())}"]
    process(place.folder, "run", "--until-done", "--quiet")
    left = {kind: each.copies() - before[kind] for kind, each in servers.items()}
    told += [f"Taken down: {states(place)}", f"Copies that readers find: {left}"]
    transcript = tree.ROOT / "build" / "stories" / "every-server.md"
    transcript.parent.mkdir(parents=True, exist_ok=True)
    transcript.write_text("\n\n".join(told) + "\n")

    assert left == {kind: 0 if each.comes_down else 1 for kind, each in servers.items()}
    assert {kind: state == "retracted" for kind, state in states(place).items()} == {
        kind: each.comes_down for kind, each in servers.items()
    }


def _until(daemon: subprocess.Popen[bytes], ready: Callable[[], Any]) -> None:
    """Wait until *ready*, while the daemon runs."""
    import time

    until = time.monotonic() + 300
    while time.monotonic() < until and daemon.poll() is None:
        if ready():
            return
        time.sleep(0.1)  # the table tells nobody
    message = "the daemon did not come so far"
    raise RuntimeError(message)
