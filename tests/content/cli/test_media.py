"""The commands `media check` and `media clean`."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from campaigns.errors import CordialeError
from content.cli.media import register
from tests.builders.pictures import CAPTIONS, encoded, exif, film, scene
from tests.content.cli.test_preview import CAMPAIGN

SHOWN = """
  - {id: hello, audiences: [young-uk, young-fr], wording: {en-GB: Raqqa speaks., fr-FR: Raqqa parle., ar: الرقة تتكلم.},
     media: [{file: wall.png, alt: {en-GB: Four people mend a wall.}},
             {file: film.mp4, alt: {en-GB: A street.}, captions: {en-GB: film.en.vtt, fr-FR: film.fr.vtt}}]}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """Give the commands, in a workspace with one campaign that shows a picture and a film."""
    said = CAMPAIGN.splitlines()
    lines = [SHOWN.strip("\n") if line.startswith("  - {id: hello") else line for line in said]
    (tmp_path / "c.yaml").write_text("\n".join(lines), "utf-8")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "wall.png").write_bytes(encoded(scene()))
    (tmp_path / "media" / "film.mp4").write_bytes(film())
    (tmp_path / "media" / "film.en.vtt").write_text(CAPTIONS)
    (tmp_path / "media" / "crowd.jpg").write_bytes(encoded(scene(2), "JPEG", exif=exif()))
    monkeypatch.chdir(tmp_path)
    made = typer.Typer()
    register(made)
    made.callback()(lambda: None)
    return made


def test_check_lists_what_a_campaign_shows(app: typer.Typer) -> None:
    """Kind, size, dimensions, words and captions by language, and where it fits."""
    result = CliRunner().invoke(app, ["media", "check", "c.yaml"])

    assert result.exit_code == 0, result.output
    for words in (
        "wall.png  image/png",
        "640 x 480 pixels",
        "5.0 s",
        "alt text en-GB: Four people mend a wall.",
        "captions en-GB: film.en.vtt",
        "captions fr-FR: film.fr.vtt is not there",
        "tells nothing beside what it shows",
        "fits mastodon",
    ):
        assert words in result.output


def test_check_says_it_to_programs_too(app: typer.Typer) -> None:
    """`--json` has stable keys, and the exit code says whether something blocks."""
    result = CliRunner().invoke(app, ["media", "check", "media/crowd.jpg", "--json"])
    (row,) = json.loads(result.output)["media"]

    assert result.exit_code == 1
    assert row.keys() == {
        *("file", "kind", "size", "digest", "width", "height", "seconds", "frames_a_second", "moves", "tells"),
        *("alt", "captions", "networks", "too_much", "blocking", "warnings"),
    }
    assert {"where": "EXIF", "what": "where it was taken", "personal": True} in row["tells"]


def test_check_names_every_bad_row(app: typer.Typer, tmp_path: Path) -> None:
    """Lists are read with it, and each row that protects nobody is said."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.csv").write_text(f"hash_type,hash_value\nmd5,{'0' * 32}\nmd5,x\npdq,y\n")
    result = CliRunner().invoke(app, ["media", "check", "c.yaml"])

    assert "lists/a.csv:3 is no MD5 of 32 hexadecimal digits." in result.output
    assert "lists/a.csv:4 is no PDQ of 64 hexadecimal digits." in result.output
    assert "Compared with 1 digests and 0 pictures" in result.output


def test_clean_writes_a_copy_and_leaves_the_file(app: typer.Typer, tmp_path: Path) -> None:
    """The file stays as it was; the copy tells nothing, and a second one is not written over it."""
    before = (tmp_path / "media" / "crowd.jpg").read_bytes()
    result = CliRunner().invoke(app, ["media", "clean", "media/crowd.jpg"])

    assert result.exit_code == 0, result.output
    assert "removed where it was taken (EXIF)" in result.output
    assert "no pixel changed" in result.output
    assert (tmp_path / "media" / "crowd.jpg").read_bytes() == before
    assert CliRunner().invoke(app, ["media", "check", "media/crowd-clean.jpg"]).exit_code == 0
    again = CliRunner().invoke(app, ["media", "clean", "media/crowd.jpg"])
    assert isinstance(again.exception, CordialeError)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["check", "media/nowhere.png"], "There is no file media/nowhere.png.", id="check-nothing"),
        pytest.param(["clean", "media/nowhere.png"], "cannot be read", id="clean-nothing"),
        pytest.param(["clean", "media/film.en.vtt"], "none of PNG, JPEG, GIF, WebP, MP4", id="clean-captions"),
        pytest.param(["clean", "media/wall.png", "--for", "telex"], "No limits are known for 'telex'", id="network"),
        pytest.param(["clean", "media/wall.png", "--to", "no/where.png"], "could not be written", id="no-folder"),
        pytest.param(["clean", "media/wall.png", "--to", "media/crowd.jpg"], "is a file media/crowd.jpg", id="taken"),
    ],
)
def test_what_cannot_be_done_is_said(app: typer.Typer, words: list[str], says: str) -> None:
    """Every refusal says what, and what to do."""
    result = CliRunner().invoke(app, ["media", *words])

    assert isinstance(result.exception, CordialeError)
    assert says in result.exception.message
    assert result.exception.hint
