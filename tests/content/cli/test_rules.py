"""The commands `limits` and `glossary`."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from campaigns.errors import UsageError
from campaigns.settings import Settings
from content import listing, servers
from content.cli.rules import register
from content.formats import FORMATS
from content.limits import LIMITS


@pytest.fixture
def app() -> typer.Typer:
    """Give the command."""
    made = typer.Typer()
    made.callback()(lambda: None)  # a lone command would lose its name
    register(made)
    return made


def test_limits_lists_every_row(app: typer.Typer) -> None:
    """As JSON every limit has its value, unit, source, day and whether it is stale; kinds of file follow."""
    result = CliRunner().invoke(app, ["limits", "--json"])
    rows = json.loads(result.output)
    assert len([row for row in rows if row["field"] != "files"]) == len(LIMITS)
    assert len([row for row in rows if row["field"] == "files"]) == len(FORMATS)
    assert all(
        set(row) == {"kind", "field", "value", "unit", "source", "checked_on", "firmness", "stale"} for row in rows
    )
    assert next(row for row in rows if row["field"] == "files" and row["kind"] == "instagram")["value"] == [
        "image/jpeg",
        "video/mp4",
    ]


def test_limits_prints_a_table(app: typer.Typer) -> None:
    """Without JSON there is a table; in a pipe each row has its source beside it."""
    result = CliRunner().invoke(app, ["limits"])
    assert result.exit_code == 0
    [line] = [each for each in result.output.splitlines() if "weighted characters" in each]
    assert line.split()[:4] == ["x", "text", "280", "weighted"]
    assert line.rstrip().endswith("docs.x.com, counting characters; twitter-text v3")


def test_limits_of_one_kind(app: typer.Typer) -> None:
    """`--kind` narrows the table, and a kind that nothing is known of is a usage error that names those there are."""
    result = CliRunner().invoke(app, ["limits", "--kind", "instagram", "--json"])
    assert {row["kind"] for row in json.loads(result.output)} == {"instagram"}
    wrong = CliRunner().invoke(app, ["limits", "--kind", "instagrm"])
    assert isinstance(wrong.exception, UsageError)
    assert wrong.exception.message == "No limits are known of 'instagrm'."
    assert "instagram" in wrong.exception.hint


@pytest.mark.parametrize("width", [pytest.param(100, id="a-terminal"), pytest.param(180, id="a-wide-one")])
def test_the_table_fits_its_terminal(tmp_path: Path, width: int) -> None:
    """No line is longer than the terminal; where sources have no room they are numbered and listed below."""
    (tmp_path / servers.FILE).write_text(
        '{"https://social.example": {"asked_on": "2026-03-01", "limits": {"text": 1000, "link": 23}}}', "utf-8"
    )
    today = date(2026, 11, 26)
    rows = listing.rows(Settings(root=tmp_path))
    console = Console(width=width, file=StringIO(), highlight=False)
    console.print(listing.table(rows, today, width))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # a StringIO

    assert max(map(len, lines)) <= width
    assert ("Sources" in lines) is (width == 100)
    assert all(any(row.source in line for line in lines) for row in rows)
    assert [line.split()[:2] for line in lines if "2026-03-01, old" in line] == [["mastodon", "text"], ["link", "23"]]
