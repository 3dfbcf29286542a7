"""The servers that the chaos test and the demo start as processes, past pytest."""

import json
import smtplib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVERS = Path(__file__).parents[1] / "servers"


@contextmanager
def running(script: str, *options: str) -> Iterator[int]:
    """Start a server and give the port that it prints."""
    with subprocess.Popen(
        [sys.executable, str(SERVERS / script), *options], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()
            assert server.wait(timeout=120) == 0


def test_the_http_sink_runs_as_a_process(tmp_path: Path) -> None:
    """It prints its port, keeps an fsynced ledger with one line a key, takes orders, and stops at SIGTERM."""
    ledger = tmp_path / "ledger.jsonl"
    with running("http_sink.py", "--ledger", str(ledger), "--deduplicates") as port:
        for key in ("a", "b", "a"):
            post(port, "/hook", b"{}", key)
        assert post(port, "/_control", b'{"fault": "500-posted", "times": 1}') == {"requests": 3, "effects": 2}
    assert [json.loads(line)["key"] for line in ledger.read_text().splitlines()] == ["a", "b"]


def test_the_smtp_server_runs_as_a_process(tmp_path: Path) -> None:
    """It prints its port, takes mail, and writes Message-ID and subject to its ledger."""
    ledger = tmp_path / "ledger.jsonl"
    mail = "Message-ID: <1@b.example>\r\nSubject: news\r\n\r\nx\r\n"
    start = running("smtp_server.py", "--plain", "--ledger", str(ledger))
    with start as port, smtplib.SMTP("127.0.0.1", port, timeout=120) as client:
        client.sendmail("a@b.example", ["c@d.example"], mail)
    [line] = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert (line["message_id"], line["subject"]) == ("<1@b.example>", "news")


def post(port: int, path: str, body: bytes, key: str | None = None) -> object:
    """Post to the sink as anybody would."""
    headers = {"webhook-id": key} if key else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 (loopback)
        return json.load(answer)
