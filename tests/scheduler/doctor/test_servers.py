"""What the doctor hears from Mastodon servers about their limits, keeps, and says when it hears nothing."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.documents import dump, schema
from campaigns.settings import Settings
from content import servers as kept
from content.servers import Declared
from scheduler.doctor import servers
from scheduler.doctor.finding import Finding
from scheduler.doctor.visit import examine
from tests.builders import campaigns, workspaces
from tests.builders.commands import process
from tests.servers.http_sink import HttpSink
from tests.servers.mastodon_server import MastodonServer

DAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
INSTANCE = {
    "configuration": {
        "statuses": {"max_characters": 1000, "characters_reserved_per_url": 30, "max_media_attachments": 6},
        "media_attachments": {"image_size_limit": 1_000_000, "video_size_limit": 9_000_000, "description_limit": 900},
    }
}
SAID = {"text": 1000, "link": 30, "alt": 900, "media": 6, "image": 1_000_000, "video": 9_000_000}
REFUSED = "http://127.0.0.1:9"  #: nothing listens there


def channel(server: str, name: str = "fr-mastodon", kind: str = "mastodon") -> schema.Channel:
    return schema.Channel(id=name, kind=kind, issuer="fr", account="@a", locales=["ar"], server=server)


def visit(root: Path, *names: str, day: date = DAY, offline: bool = False, loopback_only: bool = True) -> list[Finding]:
    channels = [channel(each, f"c{number}") for number, each in enumerate(names)]
    return list(servers.visit(channels, Settings(root=root), day, loopback_only=loopback_only, offline=offline))


def known(root: Path) -> dict[str, tuple[dict[str, int], date]]:
    return {name: (dict(each.limits), each.asked_on) for name, each in kept.load(Settings(root=root)).items()}


def remember(root: Path, server: str, limits: dict[str, int], day: date = DAY) -> None:
    (root / kept.FILE).write_text(kept.written({kept.key(server): Declared(kept.key(server), limits, day)}), "utf-8")


def says(sink: HttpSink, body: Any, status: int = 200) -> str:
    sink.answer("GET", servers.PATH, (status, {}, body))
    return sink.url


def test_a_server_that_speaks_the_api_is_heard(tmp_path: Path, mastodon_server: MastodonServer) -> None:
    """The limits of a running server are kept with the day, and told."""
    [found] = visit(tmp_path, mastodon_server.url)
    declared = mastodon_server.get(servers.PATH)["configuration"]
    [(limits, day)] = known(tmp_path).values()

    assert found.state == "ok"
    assert f"text {declared['statuses']['max_characters']:,}" in found.message
    assert limits["text"] == declared["statuses"]["max_characters"]
    assert limits["image"] == declared["media_attachments"]["image_size_limit"]
    assert day == DAY


def test_no_credential_goes_with_the_question(tmp_path: Path, http_sink: HttpSink) -> None:
    """One question a server, however many channels it has, without a token."""
    url = says(http_sink, INSTANCE)
    visit(tmp_path, url, f"{url}/")

    assert [(each.method, each.path) for each in http_sink.requests] == [("GET", servers.PATH)]
    assert "authorization" not in http_sink.requests[0].headers
    assert known(tmp_path) == {url: (SAID, DAY)}


@pytest.mark.parametrize(
    ("configuration", "limits"),
    [
        pytest.param(INSTANCE["configuration"], SAID, id="all"),
        pytest.param({"statuses": {"max_characters": 5000}}, {"text": 5000}, id="some"),
        pytest.param({"statuses": {"max_characters": "5000"}}, {}, id="words"),
        pytest.param({"statuses": {"max_characters": -1}}, {}, id="below-nothing"),
        pytest.param({"statuses": {"max_characters": True}}, {}, id="no-number"),
        pytest.param({"statuses": {"max_characters": 10**30}}, {}, id="beyond-belief"),
        pytest.param({"statuses": {"max_characters": 1.5}}, {}, id="a-fraction"),
        pytest.param({"statuses": [500]}, {}, id="a-list"),
        pytest.param(None, {}, id="nothing"),
        pytest.param([], {}, id="no-configuration"),
    ],
)
def test_only_numbers_that_can_be_limits_are_believed(configuration: Any, limits: dict[str, int]) -> None:
    """What is missing, negative, or no whole number is left out; nothing a server says is a traceback."""
    assert servers.declared({"configuration": configuration}) == limits


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["configuration", "statuses"]), _JSON), _JSON, _JSON)
def test_any_answer_is_read(answer: dict[str, Any], statuses: Any, media: Any) -> None:
    """Whatever JSON comes, what is kept can be kept."""
    answer = {**answer, "configuration": {"statuses": statuses, "media_attachments": media}}
    assert all(name in kept.NAMES and kept.possible(value) for name, value in servers.declared(answer).items())


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        pytest.param(None, 404, {"error": "not found"}, id="404"),
        pytest.param(None, 500, {}, id="500"),
        pytest.param(None, 200, b"<!doctype html>", id="a-page"),
        pytest.param(None, 200, [1], id="a-list"),
        pytest.param("reset-before", 200, INSTANCE, id="cut-off"),
        pytest.param("302", 200, INSTANCE, id="elsewhere"),
    ],
)
def test_a_server_that_cannot_be_asked_changes_nothing(
    tmp_path: Path, http_sink: HttpSink, fault: str | None, status: int, body: Any
) -> None:
    """What it said last holds, and the finding says since when, why, and what to do."""
    url = says(http_sink, body, status)
    http_sink.misbehave(fault)
    remember(tmp_path, url, {"text": 700}, DAY - timedelta(days=3))
    [found] = visit(tmp_path, url)

    assert (found.state, found.exit_code) == ("warning", 1)
    assert found.message.startswith(
        "It could not be asked for its limits; what it said on 2026-11-23 holds. 127.0.0.1:"
    )
    assert found.cure
    assert known(tmp_path) == {url: ({"text": 700}, DAY - timedelta(days=3))}


def test_a_server_that_was_never_heard(tmp_path: Path) -> None:
    """Where nothing listens, the limits of its kind hold, and no file is made."""
    [found] = visit(tmp_path, REFUSED)

    assert found.message.startswith("It could not be asked for its limits; the limits of `cordiale limits` hold.")
    assert not (tmp_path / kept.FILE).exists()


def test_a_server_that_declares_nothing(tmp_path: Path, http_sink: HttpSink) -> None:
    """Another program may answer without limits: no warning, and nothing is kept."""
    [found] = visit(tmp_path, says(http_sink, {"title": "A small server"}))

    assert (found.state, found.message) == (
        "ok",
        "does not say its limits at /api/v2/instance; the limits of `cordiale limits` hold",
    )
    assert known(tmp_path) == {}


def test_a_changed_limit_is_told_once(tmp_path: Path, http_sink: HttpSink) -> None:
    """The change is told with both figures and what to do; the next time it is no news."""
    url = says(http_sink, INSTANCE)
    remember(tmp_path, url, {**SAID, "text": 500, "media": 4})
    [changed], [same] = visit(tmp_path, url), visit(tmp_path, url)

    assert (changed.state, changed.exit_code) == ("warning", 1)
    assert changed.message == "Its limits changed: characters of a post 500 to 1,000, files of a post 4 to 6."
    assert "cordiale plan" in changed.cure
    assert same.state == "ok"


def test_what_other_servers_said_stays(tmp_path: Path, http_sink: HttpSink) -> None:
    """Asking one server forgets no other."""
    remember(tmp_path, "https://other.example", {"text": 600})
    url = says(http_sink, INSTANCE)
    visit(tmp_path, url)

    assert known(tmp_path) == {"https://other.example": ({"text": 600}, DAY), url: (SAID, DAY)}


@pytest.mark.parametrize(
    ("days", "offline", "state", "said"),
    [
        pytest.param(10, True, "ok", "not asked; what it said on 2026-11-16 holds", id="offline"),
        pytest.param(
            181,
            True,
            "warning",
            "not asked; what it said on 2026-05-29, more than 180 days ago, holds",
            id="offline-and-old",
        ),
        pytest.param(
            10,
            False,
            "ok",
            "not asked, because a rehearsal stays on this machine; what it said on 2026-11-16 holds",
            id="rehearsal",
        ),
    ],
)
def test_a_server_that_is_not_asked(tmp_path: Path, days: int, offline: bool, state: str, said: str) -> None:
    """Neither offline nor in a rehearsal does a question leave the machine; what is old is warned of."""
    remember(tmp_path, "https://social.example", {"text": 500}, DAY - timedelta(days=days))
    [found] = visit(tmp_path, "https://social.example", offline=offline)

    assert (found.state, found.message) == (state, said)


@pytest.mark.parametrize("server", ["https://", "http://[", "outbox", "ftp://a.example"])
def test_an_address_that_cannot_be_dialled_is_not_asked(server: str) -> None:
    """Other looks complain about it."""
    assert servers.askable([channel(server)]) == ()
    assert servers.askable([channel("https://a.example", kind="webhook")]) == ()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, http_sink: HttpSink) -> Iterator[Path]:
    """Give a sound workspace with a Mastodon channel, as the current folder."""
    made = workspaces.make(tmp_path / "workspace", secrets={"uk-mastodon": "token\n"})
    one = campaigns.channel("mastodon", server=says(http_sink, INSTANCE), credential="uk-mastodon")
    (made.folder / "campaigns" / "voices.yaml").write_text(dump.to_yaml(campaigns.campaign(channels=[one])), "utf-8")
    for name in [each for each in os.environ if each.startswith(("CORDIALE_", "CREDENTIALS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(made.folder)
    yield made.folder
    made.database.dispose()


def test_the_doctor_asks_what_campaign_files_name(place: Path, http_sink: HttpSink) -> None:
    """A channel that was not applied yet is asked for too; a broken file is a finding, and not a traceback."""
    found = {each.what: each for each in examine(NOW)}
    what = f"server {http_sink.url.removeprefix('http://')}"
    (place / kept.FILE).write_text("{", "utf-8")
    broken = {each.what: each for each in examine(NOW)}

    assert found[what].state == "ok"
    assert (broken["servers"].state, kept.FILE in broken["servers"].message) == ("missing", True)


def test_the_commands_agree(place: Path, http_sink: HttpSink) -> None:
    """As processes: `--offline` asks nobody, `doctor` asks and keeps, `limits` shows the server's own rows."""
    offline = process(place, "doctor", "--offline")
    unasked = len(http_sink.requests)
    asked = process(place, "doctor")
    listed = json.loads(process(place, "limits", "--kind", "mastodon", "--json").stdout)
    own = [each for each in listed if each["source"] == f"{http_sink.url} itself"]

    assert (unasked, "not asked" in offline.stdout) == (0, True)
    assert "declares text 1,000" in asked.stdout
    assert {each["field"]: each["value"] for each in own} == SAID
    assert all(each["stale"] is False and each["firmness"] == "hard" for each in own)
