"""`cordiale register`: export, and check with an exit code that scripts can use."""

import json
from pathlib import Path

import pytest

from tests.builders.commands import process
from tests.builders.workspaces import Workspace

OFFICIAL = (
    "Daesh has lost 1,400 of its villages.\n“It will not come back”, a teacher says.\n\n"
    "Issued by: UK Government. With: French Government.\nHelp and advice: 0800 011 3764, 24/7"
)


@pytest.fixture(name="public")
def _public(published: Workspace) -> Path:
    """Give a workspace with an exported register."""
    done = process(published.folder, "register", "export", "--to", "public", "--key", "keys/operator.key")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 entries, of which 0 taken down and 3 corrected" in done.stdout
    return published.folder / "public"


def test_a_text_is_checked_offline(public: Path, tmp_path: Path):
    """On a copy of the folder and a key alone: official, altered with the difference, withdrawn, or unknown."""
    said = [
        (OFFICIAL, 0, "OFFICIAL. Word for word"),
        (OFFICIAL.replace("1,400", "1,300"), 1, "changed: \u2068“1,300”\u2069 instead of \u2068“1,400”\u2069"),
        (OFFICIAL.replace("1,400", "1,500"), 6, "WITHDRAWN. It was official"),
        ("Daesh has lost 1,400 of its villages.", 4, "PART OF AN OFFICIAL TEXT"),
        ("The weather is fine.", 5, "NOT IN REGISTER"),
    ]
    pair = json.loads((public.parent / "keys" / "operator.pub").read_text("utf-8"))
    for text, code, words in said:
        done = process(tmp_path, "register", "check", text, "--register", str(public), "--key", pair["keyid"])
        assert (done.returncode, words in done.stdout) == (code, True), done.stdout + done.stderr


def test_an_answer_is_json_where_asked(public: Path):
    """With the verdict, the entries, what changed, and the register it comes from; the text from a file."""
    (public.parent / "copied.txt").write_text(OFFICIAL.replace("teacher", "tеacher"), "utf-8")  # noqa: RUF001
    done = process(public.parent, "register", "check", "copied.txt", "--register", "public", "--json")
    found = json.loads(done.stdout)

    assert (done.returncode, found["verdict"]) == (1, "altered")
    assert found["entries"][0]["name"] == "r2/en-GB/uk-outbox"
    assert [(each["what"], each["note"]) for each in found["changes"]] == [
        ("look-alike letters", "U+0435 CYRILLIC SMALL LETTER IE")
    ]
    assert (found["register"]["by"], found["register"]["entries"], found["register"]["rehearsal"]) == (
        "operators",
        9,
        True,
    )


def test_the_workspace_answers_without_an_export(published: Workspace):
    """From the database, everything verified again."""
    done = process(published.folder, "register", "check", OFFICIAL)

    assert done.returncode == 0, done.stderr
    assert "signed by this workspace" in done.stdout


def test_what_does_not_hold_is_named_and_left_out(published: Workspace):
    """The export goes on without it, and ends with 1."""
    path = published.settings.trust / "local" / "journal.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    last = json.loads(lines[-1])["r"]
    path.write_text("".join(line for line in lines if last not in line), "utf-8")
    done = process(published.folder, "register", "export", "--to", "public", "--key", "keys/operator.key")

    assert done.returncode == 1
    assert "Left out: voices:r" in done.stderr
    assert "does not know that it went out" in done.stderr
    assert "8 entries" in done.stdout


def test_the_folder_is_verified_without_a_text(public: Path):
    """Every file is held against the signature; a changed page is named."""
    assert process(public.parent, "register", "check", "--register", "public").returncode == 0
    page = public / "fr" / "index.html"
    page.write_text(page.read_text("utf-8").replace("publications", "mensonges"), "utf-8")
    done = process(public.parent, "register", "check", "--register", "public")

    assert done.returncode == 1
    assert "The file fr/index.html is not the one that was signed." in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["check"], 2, "There is no text to check.", id="no-text"),
        pytest.param(["check", " \n"], 2, "There is no word in the text.", id="blank"),
        pytest.param(["check", "x", "--key", "k.pub"], 2, "Name it with --register DIR.", id="key-without-register"),
        pytest.param(
            ["check", "x", "--register", "nowhere"], 1, "There is no register.dsse.json in nowhere.", id="none"
        ),
        pytest.param(["export", "--to", "p", "--key", "keys/nobody.key"], 3, "cannot be read", id="no-key"),
    ],
)
def test_what_cannot_be_done_is_said(workspace: Workspace, words, code, said):
    """With a cure, and an exit code that is no verdict."""
    done = process(workspace.folder, "register", *words)

    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
