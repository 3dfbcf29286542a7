"""The doctor tries the ways on which troubles are told: a wrong password is found before the first trouble."""

import json
from pathlib import Path

import pytest

from campaigns.settings import Alerts, Mail, Settings
from scheduler.doctor import alerting
from tests.builders.workspaces import SIGNING_KEY
from tests.servers.http_sink import HttpSink
from tests.servers.smtp_server import SmtpServer


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Give a folder with the secrets that alerts need."""
    (tmp_path / "secrets").mkdir()
    for name, value in (("hook", SIGNING_KEY), ("post", "user = 'cell'\npassword = 'open sesame'\n")):
        path = tmp_path / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(value)
    return tmp_path


def test_nobody_is_told_is_said(place: Path):
    """Without a way, the doctor says how to get one, and complains of nothing."""
    found = alerting.said(Settings(root=place))

    assert (found.state, found.exit_code) == ("ok", 0)
    assert "[alerts]" in found.cure


def test_each_way_is_tried(place: Path, http_sink: HttpSink):
    """A webhook that answers is ok; a mail server that refuses the login is missing, with what it said."""
    with SmtpServer(user="cell", password="another") as post:
        alerts = Alerts(to=("duty@example.org",), webhook=f"{http_sink.url}/alerts", webhook_credential="hook")
        mail = Mail(server=post.address, sender="c@example.org", credential="post")
        settings = Settings(root=place, alerts=alerts, mail=mail)
        found = {each.what: each for each in alerting.tried(settings, rehearsal=True)}
    (request,) = http_sink.requests

    assert (found["alert by webhook"].state, found["alert by mail"].state) == ("ok", "missing")
    assert "535" in found["alert by mail"].message
    assert json.loads(request.body)["data"]["new"][0]["key"] == "test"
    assert "--send-alert" in alerting.said(settings).message
