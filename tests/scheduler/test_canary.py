"""
No secret gets out: one is planted in every credential, every fault is provoked, and everything written is searched.

The canaries have quotes, backslashes and letters outside ASCII, as passwords have: whoever writes them as JSON, in a
URL, in a traceback or in base64 writes something else than what is searched for in plain text.
"""

import base64
import json
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import inspect, text

from campaigns import clock, logs
from campaigns.settings import Alerts, Mail
from campaigns.store.engine import reading
from scheduler import credentials, progress
from scheduler.daemon import Daemon
from scheduler.watch.metrics import Metrics
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.servers.http_sink import HttpSink
from tests.servers.smtp_server import SmtpServer

PASSWORD = 'canary "of\\the" mïne&<1>'
TOKEN = "whsec_" + base64.b64encode(b"canary-key-of-the-mine-0123").decode()
KEY = TOKEN.removeprefix("whsec_")
FORMS = {
    PASSWORD,
    json.dumps(PASSWORD)[1:-1],
    json.dumps(PASSWORD, ensure_ascii=False)[1:-1],
    repr(PASSWORD)[1:-1],
    json.dumps(repr(PASSWORD)[1:-1], ensure_ascii=False)[1:-1],
    quote(PASSWORD),
    quote(PASSWORD, safe=""),
    base64.b64encode(PASSWORD.encode()).decode(),
    TOKEN,
    KEY,
}


def found_in(what: str) -> list[str]:
    return [form for form in FORMS if form in what]


def rows(workspace: Workspace) -> str:
    """Return every cell of every table as text."""
    with reading(workspace.database) as connection:
        names = inspect(connection).get_table_names()
        return repr([connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in names])  # noqa: S608


def plant(workspace: Workspace) -> None:
    """Put the canaries where the secrets are."""
    for name, value in (("burst", TOKEN), ("post", f"user = 'cell'\npassword = {json.dumps(PASSWORD)}\n")):
        path = workspace.folder / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(value)


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]):
    """Configure the real logs, as JSON, and undo it at the end."""
    import logging

    import structlog

    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = list(root.handlers), root.level
    structlog.reset_defaults()
    logs.configure(as_json=True, redact=credentials.redact)
    yield capfd
    root.handlers, root.level = before
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()


def raises(said: str) -> None:
    raise RuntimeError(said)


def test_no_canary_gets_out(ground: Path, http_sink: HttpSink, logged: pytest.CaptureFixture[str]):
    """Logs, tables, events, files beside the trust, tracebacks, metrics, alerts and receivers' echoes are clean."""
    made = burst.build(ground, 6, "webhook", f"{http_sink.url}/hook", {})
    plant(made)
    echo = {"error": f"bad key {TOKEN}, password {PASSWORD}"}
    http_sink.answer("POST", "/hook", (422, {}, echo), (200, {}, {"id": TOKEN, "url": f"https://x/?k={KEY}"}))
    with SmtpServer(user="cell", password="another") as post:
        alerts = Alerts(to=("duty@example.org",), webhook=f"{http_sink.url}/alerts", webhook_credential="burst", gap=0)
        mail = Mail(server=post.address, sender="c@example.org", credential="post")
        daemon = Daemon(made.settings.model_copy(update={"alerts": alerts, "mail": mail}), made.database)
        credentials.find("post", daemon.settings)  # what this process has not read, it cannot know
        daemon.start()
        try:
            daemon.wait(lambda: not made.under_way(), every=0.05)
            daemon.tally.fault("database", f"password authentication failed for {PASSWORD}")
            daemon.watch.counter._not_before = 0.0
            daemon.watch.count()
            daemon.watch._tell()
            daemon.watch.sign()
            metrics = Metrics(daemon.vitals, "1").text().decode() + str(daemon.vitals().unready())
        finally:
            assert daemon.stop()
    thread = threading.Thread(target=raises, args=[f"login with {PASSWORD!r} at https://u:{quote(PASSWORD)}@x failed"])
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError(f"key {KEY} and {PASSWORD}"), None)
    written = logged.readouterr()
    told = "".join(each.body.decode() for each in http_sink.requests if each.path == "/alerts")
    local = [each for each in (made.settings.trust / "local").iterdir() if each.is_file()]
    files = "".join(each.read_text("utf-8", "replace") for each in local)
    counts, tables = progress.counts(made.database), rows(made)
    made.database.dispose()

    assert (counts["failed"], counts["published"]) == (1, 5)
    assert "a thread ended" in written.err
    assert "nobody foresaw this" in written.err
    assert told
    for name, what in {
        "logs": written.err + written.out,
        "tables": tables,
        "files": files,
        "metrics": metrics,
        "alerts": told,
    }.items():
        assert (name, found_in(what)) == (name, [])
    assert all(json.loads(line) for line in written.err.splitlines())


def test_the_search_would_find_one():
    """The test above could fail: a canary that is written in any of these ways is found."""
    assert all(found_in(f"x{form}y") for form in FORMS)
    assert found_in(json.dumps({"m": PASSWORD}))


def test_a_process_that_dies_says_no_secret(ground: Path):
    """`run --log-json` against a database whose URL has the canary as its password: message and hint, no canary."""
    made = burst.build(ground, 1, "outbox", None, {})
    made.database.dispose()
    url = f"postgresql://user:{quote(PASSWORD, safe='')}@127.0.0.1:9/none"
    program = Path(__file__).parents[2] / "main.py"
    said = subprocess.run(
        [sys.executable, program, "run", "--log-json"],
        cwd=made.folder,
        env={"CORDIALE_DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert said.returncode == 3
    assert "does not answer" in said.stderr
    assert found_in(said.stdout + said.stderr) == []


def test_a_line_that_cannot_be_written_is_not_quoted(logged: pytest.CaptureFixture[str]):
    """Logging itself would print such a line as it is: `%d` of a text, or a value that cannot be shown."""
    import logging

    ours = next(each for each in logging.getLogger().handlers if isinstance(each, logs._ToStandardError))
    ours.handle(logging.LogRecord("canary", logging.ERROR, "x.py", 1, "%d", (PASSWORD,), None))
    said = logged.readouterr().err

    assert said == "a log line of canary could not be written\n"


def test_human_logs_are_redacted_too(logged: pytest.CaptureFixture[str]):
    """The other way of writing a line hides the same."""
    import structlog

    credentials.conceal(PASSWORD)
    logs.configure(redact=credentials.redact)
    structlog.get_logger("canary").error("login failed", password=PASSWORD, at=clock.now())
    said = logged.readouterr().err

    assert "login failed" in said
    assert credentials.HIDDEN in said
    assert found_in(said) == []


def test_what_the_front_door_shows_is_redacted(capsys: pytest.CaptureFixture[str]):
    """An error nobody foresaw is shown with its traceback, and without the secrets that the command has read."""
    import main

    credentials.conceal(PASSWORD)
    try:
        raises(f"login with {PASSWORD} failed")
    except RuntimeError as error:
        main._uncaught(type(error), error, error.__traceback__)
    said = capsys.readouterr().err

    assert "Traceback" in said
    assert f"RuntimeError: login with {credentials.HIDDEN} failed" in said
    assert found_in(said) == []
