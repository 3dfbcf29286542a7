"""What servers declared, as it is kept in the workspace."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.documents import schema
from campaigns.errors import InvalidDocument
from campaigns.settings import Settings
from content import render, servers
from content.check import Context
from content.checklist import blocking, review
from content.preview import prepared
from content.rendering import Request
from content.servers import NAMES, Declared
from tests.builders.renderings import request

DAY = date(2026, 11, 26)
SERVER = "https://social.example"


@pytest.fixture
def workspace(tmp_path: Path) -> Settings:
    """Give a workspace whose one server allows 100 characters."""
    made = Settings(root=tmp_path)
    keep(made, {"text": 100, "link": 30})
    return made


def keep(workspace: Settings, limits: dict[str, int], day: date = DAY) -> None:
    (workspace.root / servers.FILE).write_text(servers.written({SERVER: Declared(SERVER, limits, day)}), "utf-8")


def channel(server: str | None) -> schema.Channel:
    return schema.Channel(id="fr", kind="mastodon", issuer="fr", account="@a", locales=["ar"], server=server)


@given(
    st.dictionaries(
        st.sampled_from([SERVER, "http://127.0.0.1:3000", "https://x.example/ü"]),
        st.dictionaries(st.sampled_from(sorted(NAMES)), st.integers(1, servers.LARGEST), max_size=4),
    ),
    st.dates(date(2020, 1, 1), date(2100, 1, 1)),
)
def test_what_is_written_is_read(tmp_path_factory, said, day) -> None:
    """Limits and day come back as they were, and the file is the same for the same."""
    workspace = Settings(root=tmp_path_factory.mktemp("servers"))
    declared = {name: Declared(name, limits, day) for name, limits in said.items()}
    text = servers.written(declared)
    (workspace.root / servers.FILE).write_text(text, "utf-8")

    assert dict(servers.load(workspace)) == declared
    assert servers.written(dict(reversed(declared.items()))) == text


@pytest.mark.parametrize(
    ("server", "limits"),
    [
        pytest.param(SERVER, {"text": 100, "link": 30}, id="as-it-is"),
        pytest.param("https://Social.Example/", {"text": 100, "link": 30}, id="written-otherwise"),
        pytest.param("https://another.example", {}, id="never-asked"),
        pytest.param(None, {}, id="no-server"),
    ],
)
def test_limits_of_a_channel(workspace: Settings, server: str | None, limits: dict[str, int]) -> None:
    """A channel has the limits of its server, however its address is written."""
    assert servers.limits_of(channel(server), workspace) == limits


@pytest.mark.parametrize(("parts", "limits"), [(1, {"text": 1}), (6, {"text": 6}), (0, {}), (True, {}), (None, {})])
def test_a_gateway_is_held_to_the_parts_that_its_channel_declares(
    workspace: Settings, parts: int | None, limits: dict[str, int]
) -> None:
    """Kannel cannot be asked, and cuts what is longer: a text that takes more parts is stopped before it is signed."""
    options = {"to": "+447700900000", "parts": parts}
    gateway = channel("https://gateway.example").model_copy(update={"kind": "kannel", "options": options})
    assert servers.limits_of(gateway, workspace) == limits


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no-json"),
        pytest.param("[]", id="no-object"),
        pytest.param('{"https://a": []}', id="no-server"),
        pytest.param('{"https://a": {"limits": {"text": 5}}}', id="no-day"),
        pytest.param('{"https://a": {"limits": {"text": 0}, "asked_on": "2026-11-26"}}', id="nothing-fits"),
        pytest.param('{"https://a": {"limits": {"text": true}, "asked_on": "2026-11-26"}}', id="no-number"),
        pytest.param('{"https://a": {"limits": {"txt": 5}, "asked_on": "2026-11-26"}}', id="no-such-limit"),
        pytest.param('{"https://a": {"limits": {"text": 5}, "asked_on": "26/11/2026"}}', id="no-date"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_broken_file_is_told(workspace: Settings, text: str) -> None:
    """Whatever stands in the file, the complaint names it and says how to mend it."""
    (workspace.root / servers.FILE).write_text(text, "utf-8")
    with pytest.raises(InvalidDocument) as told:
        servers.load(workspace)
    [complaint] = told.value.complaints
    assert (complaint.where.file, "doctor" in complaint.hint) == (servers.FILE, True)


def test_a_file_that_is_no_file_is_told(tmp_path: Path) -> None:
    """A folder of that name is no file."""
    (tmp_path / servers.FILE).mkdir()
    with pytest.raises(InvalidDocument):
        servers.load(Settings(root=tmp_path))


def test_what_was_said_long_ago_is_stale() -> None:
    """After 180 days a server should be asked again."""
    declared = Declared(SERVER, {}, DAY)
    assert not declared.stale(DAY + timedelta(days=180))
    assert declared.stale(DAY + timedelta(days=181))


def test_a_changed_limit_changes_what_renderings_depend_on(workspace: Settings) -> None:
    """Another limit is another fingerprint; another day is not."""

    def marks() -> tuple[str, str]:
        asked = request("en-GB")
        whole = Request(**{**vars(asked), "server_limits": servers.limits_of(channel(SERVER), workspace)})
        return render.fingerprint(whole), render.surroundings(workspace)

    before = marks()
    keep(workspace, {"link": 30, "text": 100}, DAY + timedelta(days=9))
    later = marks()
    keep(workspace, {"text": 101, "link": 30})
    changed = marks()

    assert later == before
    assert all(new != old for new, old in zip(changed, before, strict=True))


def test_preview_reckons_with_the_server() -> None:
    """The count and the findings of a preview are those of the server."""
    asked = request("en-GB")
    strict = Request(**{**vars(asked), "server_limits": {"text": 100}})
    shown = prepared.prepare("launch", strict)
    [(_, measured)] = prepared.measures(shown)

    assert (measured.limit, blocking(shown.findings)) == (100, True)
    assert not blocking(review(asked, render.render(asked), Context()))
