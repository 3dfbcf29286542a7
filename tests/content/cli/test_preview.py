"""The command `preview`."""

import json
import os
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from campaigns.errors import EnvironmentFault, UsageError
from content.cli import preview
from content.cli.preview import register
from tests.builders.commands import process

CAMPAIGN = """
campaign: raqqa-voices
title: &title {en-GB: Voices of Raqqa, fr-FR: Les voix de Raqqa}
partners: {uk: {name: {en-GB: UK government, fr-FR: Gouvernement britannique}}, fr: {name: {en-GB: French government}}}
starts: 2027-01-11
audiences:
  - {id: young-uk, locales: [en-GB], timezone: Europe/London}
  - {id: young-fr, locales: [fr-FR, ar], timezone: Europe/London}
channels:
  - {id: feed, kind: feed, issuer: uk, account: News, locales: [en-GB, fr-FR]}
  - {id: outbox, kind: outbox, issuer: uk, account: "@uk", locales: [en-GB]}
messages:
  - {id: hello, audiences: [young-uk, young-fr], headline: *title, wording: {en-GB: Raqqa speaks., fr-FR: Raqqa parle.}}
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
    made.callback()(lambda: None)  # a lone command would lose its name
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


def picture_missing(text: str) -> str:
    """Return the campaign with a picture that is not there."""
    wanted = "media: [{file: map.png, alt: {en-GB: A map., fr-FR: Une carte., ar: خريطة}}], wording: {en-GB"
    return text.replace("wording: {en-GB", wanted)


def test_findings_alone_come_a_line_each(app: typer.Typer, tmp_path: Path) -> None:
    """With --findings no text is shown: what was found, in which rendering, and the sum."""
    (tmp_path / "c.yaml").write_text(picture_missing(CAMPAIGN), "utf-8")
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--findings"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].startswith("launch/en-GB/feed: Blocks (missing-media): The file media/map.png is not there.")
    assert len(lines) == 4
    assert lines[-1] == "3 renderings: 3 may not go out as they are."


@pytest.mark.parametrize("text", [CAMPAIGN, picture_missing(CAMPAIGN)], ids=["nothing found", "something found"])
def test_findings_and_sums_as_json(app: typer.Typer, tmp_path: Path, text: str) -> None:
    """The object has its keys whatever was found."""
    (tmp_path / "c.yaml").write_text(text, "utf-8")
    found = json.loads(CliRunner().invoke(app, ["preview", "c.yaml", "--json"]).output)
    assert found["renderings"] == 3
    assert found["ready"] + found["look"] + found["blocked"] == 3
    assert len(found["findings"]) == found["blocked"]
    for each in found["findings"]:
        assert {"release", "campaign", "locale", "channel", "verdict", "check", "message", "remedy"} <= set(each)
        assert each.keys() >= {"part", "span", "fix", "waived"}


def test_a_page_of_what_has_findings(app: typer.Typer, tmp_path: Path) -> None:
    """With --findings a page shows only what somebody must look at; where there is nothing, there is no page."""
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--findings", "--html", "p.html"])
    assert result.output == "Nothing was found, so there is no page. 3 renderings: 3 ready.\n"
    assert not (tmp_path / "p.html").exists()


def test_more_than_anybody_reads_is_refused_with_a_way_out(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A page holds so many previews; beyond, the command says how to see less or to list what was found."""
    monkeypatch.setattr(preview, "MOST", 2)
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--html", "p.html"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.message.startswith("3 renderings are too many for one page: it holds 2")
    assert "cordiale preview c.yaml --findings" in result.exception.hint
    assert not (tmp_path / "p.html").exists()


def test_json_and_a_page_are_not_asked_for_at_once(app: typer.Typer) -> None:
    """One call does one of them."""
    result = CliRunner().invoke(app, ["preview", "c.yaml", "--json", "--open"])
    assert isinstance(result.exception, UsageError)


@pytest.mark.parametrize(
    ("options", "page"), [((), "preview.html"), (("--html", "other.html"), "other.html")], ids=["alone", "with a file"]
)
def test_open_shows_the_page_in_the_browser(
    app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], page: str
) -> None:
    """The page is written, into the workspace where no file is named, and the reader's browser gets its address."""
    browser = tmp_path / "browser"
    browser.write_text(f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'asked')!r}, 'w').write(sys.argv[1])\n")
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    done = process(tmp_path, "preview", "c.yaml", "--open", *options)
    assert done.returncode == 0, done.stderr
    assert f"Opened {page} in the browser." in done.stdout
    assert (tmp_path / "asked").read_text() == (tmp_path / page).as_uri()


def test_without_a_browser_the_page_is_named(app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without one, the whole path is printed, and nothing fails."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", os.devnull)
    done = process(tmp_path, "preview", "c.yaml", "--open")
    assert done.returncode == 0, done.stderr
    assert f"Open this page in one: {tmp_path / 'preview.html'}" in done.stdout


def test_a_pipe_gets_no_bar(app: typer.Typer, tmp_path: Path) -> None:
    """What is not a terminal is told nothing of progress."""
    done = process(tmp_path, "preview", "c.yaml", "--findings")
    assert done.stderr == ""
    assert done.stdout == "3 renderings: 3 ready.\n"
