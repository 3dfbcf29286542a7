"""`cordiale translations export` and `import`, as people call them."""

from pathlib import Path

import polib
import pytest
import typer
from typer.testing import CliRunner, Result

from campaigns.errors import InvalidDocument, Refused, UsageError
from content.cli.translations import register

CAMPAIGN = """
campaign: raqqa-voices
title: {en-GB: Voices of Raqqa}
partners: [uk]
starts: 2027-01-11
audiences:
  - {id: young, locales: [en-GB, fr-FR], timezone: Europe/London}
channels:
  - {id: feed, kind: feed, issuer: uk, account: News, locales: [en-GB, fr-FR]}
messages:
  - {id: hello, audiences: [young], wording: {en-GB: Raqqa speaks.}}
releases:
  - {id: launch, message: hello, channels: [feed], at: 2027-01-12T18:30}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "c.yaml").write_text(CAMPAIGN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return CliRunner().invoke(app, ["translations", *words])


def test_there_and_back(folder: Path) -> None:
    """Exported, translated and imported; each step says what it did and which comes next."""
    out = run("export", "c.yaml", "--locale", "fr-FR", "--out", "fr.po")
    assert out.output.splitlines() == [
        "Wrote 2 entries in fr-FR to fr.po: 2 open, 0 stale.",
        "Next: cordiale translations import fr.po c.yaml",
    ]
    file = polib.pofile("fr.po")
    file[1].msgstr = "Raqqa parle."
    file.append(polib.POEntry(msgctxt="other/title", msgid="x", msgstr="y"))
    file.save()
    said = run("import", "fr.po", "c.yaml")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "fr.po:31:7 'other/title' is in none of these campaigns; it was left alone.",
        "Wrote 1 text in fr-FR to c.yaml. Left alone: 1 not translated.",
        "Next: cordiale preview c.yaml --locale fr-FR",
    ]
    assert "fr-FR: Raqqa parle." in (folder / "c.yaml").read_text("utf-8")
    over = run("export", "c.yaml", "--locale", "fr-FR", "--out", "fr.po")
    assert isinstance(over.exception, Refused)
    assert "holds 1 translation that the campaigns do not have" in over.exception.message
    again = run("import", "fr.po", "c.yaml")
    assert again.output.splitlines()[-1] == "Nothing new in fr-FR. Left alone: 1 as before, 1 not translated."


def test_without_a_file_the_catalogue_goes_to_standard_output(folder: Path) -> None:
    """What is printed is a PO file and nothing else."""
    assert len(polib.pofile(run("export", "c.yaml", "--locale", "ar").stdout)) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("export", "c.yaml", "--locale", "fr"), "'fr' is no locale", id="locale"),
        pytest.param(("export", "c.yaml", "--locale", "ar", "--from", "de"), "'de' is no locale", id="from"),
        pytest.param(("export", "c.yaml", "--locale", "ar", "--from", "ar"), "into itself", id="itself"),
        pytest.param(
            ("export", "c.yaml", "--locale", "ar", "--from", "tr"), "no text in tr", id="nothing-to-translate"
        ),
        pytest.param(("import", "fr.po", "c.yaml", "--from", "xx"), "'xx' is no locale", id="import-from"),
    ],
)
def test_words_that_make_no_sense_are_a_usage_error(folder: Path, words: tuple[str, ...], says: str) -> None:
    """A language that is not there is said, with those that are."""
    result = run(*words)
    assert isinstance(result.exception, UsageError)
    assert says in result.exception.message
    assert result.exception.hint


def test_a_missing_file_is_told(folder: Path) -> None:
    """There is no traceback for a file that is not there."""
    assert isinstance(run("import", "gone.po", "c.yaml").exception, InvalidDocument)
