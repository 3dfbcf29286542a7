"""The commands `preview` and `limits`."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from campaigns.errors import EnvironmentFault, UsageError
from content.cli import register
from content.limits import LIMITS

CAMPAIGN = """
campaign: raqqa-voices
title: {en-GB: Voices of Raqqa, fr-FR: Les voix de Raqqa}
partners: {uk: {name: {en-GB: UK government, fr-FR: Gouvernement britannique}}, fr: {name: {en-GB: French government}}}
starts: 2027-01-11
audiences:
  - {id: young-uk, locales: [en-GB], timezone: Europe/London}
  - {id: young-fr, locales: [fr-FR, ar], timezone: Europe/London}
channels:
  - {id: feed, kind: feed, issuer: uk, account: News, locales: [en-GB, fr-FR]}
  - {id: outbox, kind: outbox, issuer: uk, account: "@uk", locales: [en-GB]}
messages:
  - {id: hello, audiences: [young-uk, young-fr], wording: {en-GB: Raqqa speaks., fr-FR: Raqqa parle., ar: الرقة تتكلم.}}
releases:
  - {id: launch, message: hello, channels: [feed, outbox], at: 2027-01-12T18:30}
  - {id: again, message: hello, channels: [feed], at: 2027-01-19T18:30}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """Give the commands, in a workspace with one campaign."""
    (tmp_path / "c.yaml").write_text(CAMPAIGN, "utf-8")
    monkeypatch.chdir(tmp_path)
    made = typer.Typer()
    register(made)
    return made


def test_preview_shows_each_release_in_each_language_read(app: typer.Typer) -> None:
    """Every message, channel and locale that an audience reads is shown once."""
    result = CliRunner().invoke(app, ["preview", "c.yaml"])
    assert result.exit_code == 0, result.output
    for name in ("launch/en-GB/feed", "launch/fr-FR/feed", "launch/en-GB/outbox"):
        assert result.output.count(name) == 1
    assert "Publié par\xa0: Gouvernement britannique. Avec\xa0: FR." in result.output


def test_preview_takes_a_part(app: typer.Typer) -> None:
    """Options narrow what is shown."""
    result = CliRunner().invoke(
        app, ["preview", "c.yaml", "--locale", "fr-FR", "--message", "hello", "--channel", "feed"]
    )
    assert "launch/fr-FR/feed" in result.output
    assert "en-GB/feed" not in result.output


def test_preview_of_nothing_is_a_usage_error(app: typer.Typer) -> None:
    """What matches nothing is said, with what was asked."""
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--locale", "tr"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == "No release matches --locale tr."


def test_preview_writes_a_page(app: typer.Typer, tmp_path: Path) -> None:
    """One page holds all previews."""
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--html", "p.html"])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "p.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count("<article") == 3


def test_a_page_that_cannot_be_written_is_the_environments_fault(app: typer.Typer) -> None:
    """A folder that is not there is said, without a traceback."""
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--html", "nowhere/p.html"])
    assert isinstance(result.exception, EnvironmentFault)


def test_blocking_findings_exit_with_1(app: typer.Typer, tmp_path: Path) -> None:
    """A release that may not go out makes the command fail, and says why."""
    text = CAMPAIGN.replace(
        "wording: {en-GB",
        "media: [{file: map.png, alt: {en-GB: A map., fr-FR: Une carte., ar: خريطة}}], wording: {en-GB",
    )
    (tmp_path / "c.yaml").write_text(text, "utf-8")
    result = CliRunner().invoke(app, ["preview", "c.yaml"])
    assert result.exit_code == 1
    assert "Blocks (missing-media): The file media/map.png is not there." in result.output


def test_limits_lists_every_row(app: typer.Typer) -> None:
    """As JSON every row has its value, unit, source, day and whether it is stale."""
    result = CliRunner().invoke(app, ["limits", "--json"])
    rows = json.loads(result.output)
    assert len(rows) == len(LIMITS)
    assert set(rows[0]) == {"kind", "field", "value", "unit", "source", "checked_on", "firmness", "stale"}


def test_limits_prints_a_table(app: typer.Typer) -> None:
    """Without JSON there is a table."""
    result = CliRunner().invoke(app, ["limits"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Mastodon characters" in result.output
