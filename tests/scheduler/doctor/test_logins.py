"""What the doctor says of credentials: when they end, and whether a login was refused or nobody answered."""

import socket
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.documents import schema
from campaigns.settings import Settings
from scheduler import credentials
from scheduler.doctor import logins
from scheduler.doctor.finding import Finding
from scheduler.errors import CredentialFault
from tests.builders import campaigns
from tests.servers.mastodon_server import ACCOUNT, TOKEN, MastodonServer

TODAY = date(2027, 1, 12)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give a workspace with a folder for secrets."""
    (tmp_path / "secrets").mkdir(mode=0o700)
    return Settings(root=tmp_path)


def secret(settings: Settings, text: str, name: str = "mastodon") -> None:
    path = settings.secrets / name
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def channel(kind: str, **changes: Any) -> schema.Channel:
    return schema.Channel(**campaigns.channel(kind, **changes))


def ended(settings: Settings, text: str) -> list[Finding]:
    secret(settings, text)
    used = channel("mastodon", server="https://social.example.org", credential="mastodon")
    return list(logins.ends([used], settings, TODAY))


@pytest.mark.parametrize(
    ("days", "state"),
    [
        pytest.param(-1, "missing", id="yesterday"),
        pytest.param(0, "warning", id="today"),
        pytest.param(30, "warning", id="thirty days ahead"),
        pytest.param(31, None, id="later"),
    ],
)
def test_the_end_of_a_credential_is_told_thirty_days_ahead(settings: Settings, days: int, state: str | None):
    """A credential that says when it ends is told in time, by its name and its channels, with how to get another."""
    found = ended(settings, f'token = "a-long-token"\nexpires = {TODAY + timedelta(days=days)}\n')

    assert [each.state for each in found] == ([] if state is None else [state])
    for each in found:
        assert "uk-mastodon" in each.message
        assert each.cure.endswith(".")
        assert each.exit_code == 1


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param("a-long-token", [], id="one that does not say"),
        pytest.param('token = "a-long-token"\nexpires = "2027-01-13"', ["warning"], id="a day in quotes"),
        pytest.param('token = "a-long-token"\nexpires = "in spring"', ["warning"], id="no day"),
    ],
)
def test_the_end_is_read_as_it_is_written(settings: Settings, text: str, state: list[str]):
    """A day may stand bare or in quotes; one that cannot be read is told, and nothing is told of none."""
    assert [each.state for each in ended(settings, text)] == state


def test_the_day_is_no_secret_and_the_token_is_one(settings: Settings):
    """The day may be shown to people; the token beside it is hidden as ever."""
    secret(settings, 'token = "canary-beside-a-day"\nexpires = 2027-03-01\n')
    found = credentials.find("mastodon", settings)

    assert (found.get("expires"), found.need("token")) == ("2027-03-01", "canary-beside-a-day")
    assert credentials.redact("canary-beside-a-day until 2027-03-01") == f"{credentials.HIDDEN} until 2027-03-01"


def test_a_time_of_day_is_no_day(settings: Settings):
    """Other values than texts and days are refused without being quoted."""
    secret(settings, 'token = "a-long-token"\nexpires = 2027-03-01T10:00:00Z\n')
    with pytest.raises(CredentialFault, match="looks like TOML"):
        credentials.find("mastodon", settings)


@pytest.fixture
def nobody() -> Iterator[str]:
    """Give an address of this machine at which nobody answers: the port is taken, and nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_revoked_login_and_a_silent_server_are_two_things(
    settings: Settings, mastodon_server: MastodonServer, nobody: str
):
    """What the server refuses is missing here; where nobody answers, no credential is blamed; nothing is posted."""
    secret(settings, TOKEN)
    secret(settings, "a-token-that-was-revoked", "revoked")
    here = {"account": ACCOUNT, "server": mastodon_server.url}
    channels = [
        channel("mastodon", id="sound", credential="mastodon", **here),
        channel("mastodon", id="ended", credential="revoked", **here),
        channel("mastodon", id="silent", credential="mastodon", account=ACCOUNT, server=nobody),
        channel("mastodon", id="far", credential="mastodon", server="https://social.example.org"),
    ]
    before = len(mastodon_server.statuses())
    found = {each.what: each for each in logins.tried(channels, settings, loopback_only=True)}

    assert {name: each.state for name, each in found.items()} == {
        "login sound": "ok",
        "login ended": "missing",
        "login silent": "warning",
        "login far": "ok",
    }
    assert "does not hold" in found["login ended"].message
    assert "says nothing of its credential" in found["login silent"].message
    assert "rehearsal" in found["login far"].message
    assert len(mastodon_server.statuses()) == before
    for each in found.values():
        assert "a-token-that-was-revoked" not in f"{each.message} {each.cure}"
