"""`cordiale check` and `cordiale export`, as a process."""

import json
from datetime import UTC, datetime

import pytest

from campaigns.documents.dump import to_yaml
from campaigns.documents.load import load
from campaigns.documents.schema import Campaign
from campaigns.plan import apply
from campaigns.plan.diff import diff
from campaigns.store.engine import open_database, writing
from campaigns.store.upgrade import upgrade
from tests.builders.commands import process as cordiale
from tests.builders.documents import put, sound


@pytest.fixture(name="folder")
def _folder(tmp_path):
    """Give a workspace with one sound campaign file."""
    (tmp_path / "voices.yaml").write_text(to_yaml(Campaign.model_validate(sound())), encoding="utf-8")
    return tmp_path


@pytest.fixture(name="applied")
def _applied(folder):
    """Give a workspace whose database holds the sound campaign."""
    url = f"sqlite:///{folder / 'cordiale.db'}"
    upgrade(url)
    engine, document = open_database(url), Campaign.model_validate(sound())
    with writing(engine) as connection:
        apply.write(connection, diff(None, document, 0), document, "claire", datetime(2027, 1, 2, tzinfo=UTC))
    engine.dispose()
    return folder


def test_a_sound_file_has_no_complaints(folder):
    """All is well in one line, and the next useful command is named."""
    done = cordiale(folder, "check", "voices.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 campaign, no complaints.\nNext: cordiale plan voices.yaml\n"


def test_one_warning_stops_nothing(folder):
    """A file with a warning alone is sound: exit 0, and the sentence is English for one as for several."""
    data = sound()
    data["ends"] = None
    (folder / "voices.yaml").write_text(to_yaml(Campaign.model_validate(data)), encoding="utf-8")

    done = cordiale(folder, "check", "voices.yaml")

    assert (done.returncode, "1 campaign, 1 warning, which stops nothing.\n" in done.stdout) == (0, True), done.stdout


def test_faults_are_listed_with_their_places(folder):
    """Errors and warnings of every file stand together, file:line:column first, and the exit code is 1."""
    data = put(put(sound(), "campaign", "other"), "channels.0.issuer", "us")
    data["ends"] = None
    (folder / "other.yaml").write_text(to_yaml(Campaign.model_validate(data)), encoding="utf-8")

    done = cordiale(folder, "check", ".", "missing.yaml")

    cure = "the workspace shares its channels: make both the same, or rename one"
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "missing.yaml: there is no such file; check the path",
        "other.yaml:2:11 warning: the campaign has no ends; say its last day; late releases are dropped after it",
        f"other.yaml:28:5 channel 'fr-mastodon' is defined otherwise (issuer) at voices.yaml:29:5 too; {cure}",
        "other.yaml:30:13 unknown partner 'us'; known here: uk or fr",
        f"voices.yaml:29:5 channel 'fr-mastodon' is defined otherwise (issuer) at other.yaml:28:5 too; {cure}",
        "4 errors and 1 warning. Nothing was changed; mend the file and check again.",
    ]


def test_json_has_stable_keys(folder):
    """A program reads the same complaints; what is not known is null."""
    done = cordiale(folder, "check", "voices.yaml", "missing.yaml", "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "campaigns": [],
        "complaints": [
            {
                "severity": "error",
                "file": "missing.yaml",
                "line": None,
                "column": None,
                "message": "there is no such file",
                "hint": "check the path",
            }
        ],
    }


def test_the_help_names_every_key_of_the_json(folder):
    """Whoever writes a program against `check --json` finds its keys in the command's help."""
    (folder / "voices.yaml").write_text("campaign: 7\n", encoding="utf-8")

    answer = json.loads(cordiale(folder, "check", "voices.yaml", "--json").stdout)
    told = cordiale(folder, "check", "--help").stdout

    assert list(answer) == ["campaigns", "complaints"]
    assert {tuple(each) for each in answer["complaints"]} == {("severity", "file", "line", "column", "message", "hint")}
    assert all(key in told for key in (*answer, *answer["complaints"][0]))


def test_an_exported_campaign_is_the_applied_one(applied):
    """What the database holds comes out as a file that loads to the same document; standard output says the same."""
    done = cordiale(applied, "export", "raqqa-voices", "--to", "out.yaml")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Wrote campaign raqqa-voices to out.yaml.\nNext: cordiale plan out.yaml\n"
    assert load([applied / "out.yaml"])[0].document == Campaign.model_validate(sound())
    shown = cordiale(applied, "export", "raqqa-voices")
    assert shown.stdout == (applied / "out.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["raqa-voices"], 2, "did you mean 'raqqa-voices'?", id="a-slip-of-the-pen"),
        pytest.param(["quite-another"], 2, "Known: raqqa-voices.", id="another-name"),
        pytest.param(
            ["raqqa-voices", "--to", "gone/out.yaml"], 3, "gone/out.yaml was not written", id="no-such-folder"
        ),
    ],
)
def test_what_cannot_be_exported_is_told_with_a_cure(applied, words, code, said):
    """Message and hint on standard error, the right exit code, and no file."""
    done = cordiale(applied, "export", *words)

    assert done.returncode == code
    assert said.lower() in done.stderr.lower()
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (applied / "out.yaml").exists()


def test_without_a_database_the_cure_is_to_make_one(folder):
    """An empty workspace is no crash."""
    done = cordiale(folder, "export", "raqqa-voices")

    assert done.returncode == 3
    assert "cordiale db upgrade" in done.stderr
