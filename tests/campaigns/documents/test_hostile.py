"""
Files that nobody means well with, beside those of `test_files`, `test_load` and `test_includes`.

Each is a complaint or a campaign; never a traceback, a wait, or more memory than a machine has.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.documents.load import load, loads
from campaigns.errors import InvalidDocument
from campaigns.settings import Settings
from tests.builders.commands import HOUSE

CAMPAIGN = """\
campaign: first
partners: [uk]
starts: 2027-01-11
audiences:
  - {id: readers, locales: [en-GB], timezone: Europe/London}
channels:
  - {id: site, kind: feed, issuer: uk, account: Press office, locales: [en-GB]}
messages:
  - {id: hello, audiences: [readers], wording: {en-GB: Daesh lost its ground.}}
releases:
  - {id: launch, message: hello, channels: [site], at: 2027-01-12T18:30}
"""
MUCH = 10_000_000  #: characters
MEMORY = 3_000_000_000  #: bytes of address space that a large file may take; measured: at most 1.7 GB

#: Reads the text that an expression gives, in little memory, and prints the first complaint.
CHILD = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from campaigns.documents.load import loads
from campaigns.errors import InvalidDocument
MUCH, CAMPAIGN = {MUCH}, {CAMPAIGN!r}
try:
    loads(eval(sys.argv[1]), "c.yaml")
except InvalidDocument as refused:
    sys.stdout.write(f"{{len(refused.complaints)}} {{refused.complaints[0]}}")
else:
    sys.stdout.write("a campaign")
"""


def said(*paths: Path, root: Path = Path()) -> list[str]:
    """Return the errors about *paths*, without hints."""
    with pytest.raises(InvalidDocument) as refused:
        load(paths, Settings(root=root))
    return [str(each).split(";")[0] for each in refused.value.complaints if each.severity == "error"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_every_line_end_means_the_same(end):
    """A file from any system loads, and its complaints name the same lines."""
    bad = CAMPAIGN.replace("issuer: uk", "issuer: us").replace("\n", end)
    with pytest.raises(InvalidDocument) as refused:
        loads(bad, "c.yaml")

    assert loads(CAMPAIGN.replace("\n", end)).document == loads(CAMPAIGN).document
    assert [(str(each.where), each.message) for each in refused.value.complaints if each.severity == "error"] == [
        ("c.yaml:7:36", "unknown partner 'us'")
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/dev/zero", "this is not a file", id="device-without-end"),
        pytest.param("/dev/null", "this is not a file", id="empty-device"),
        pytest.param("/proc/self/mem", "cannot be read: Input/output error", id="not-to-be-read"),
        pytest.param("x" * 5000, "cannot be read: File name too long", id="name-too-long"),
        pytest.param("a\0b.yaml", "cannot be read: embedded null byte", id="nul-in-the-name"),
        pytest.param("circle.yaml", "cannot be read: its links go round in a circle", id="link-to-itself"),
        pytest.param("gone.yaml", "there is no such file", id="link-to-nothing"),
        pytest.param("file.yaml/inside.yaml", "there is no such file", id="file-as-a-folder"),
        pytest.param("~/first.yaml", "there is no such file", id="home-is-not-spelt-out"),
    ],
)
def test_a_path_that_is_no_campaign_is_complained_of(tmp_path, path, expected):
    """Devices, circles and names that cannot be are told apart, and nothing waits for them."""
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "file.yaml").write_text(CAMPAIGN)

    assert said(tmp_path / path) == [f"{tmp_path / path} {expected}"]


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(tmp_path, monkeypatch):
    """What was a file when it was looked at and is a pipe when it is opened is complained of."""
    file = tmp_path / "a.yaml"
    file.write_text(CAMPAIGN)

    opened = os.open

    def swap(name, flags, *more):
        if Path(name) == file:
            file.unlink()
            os.mkfifo(file)
        return opened(name, flags, *more)

    monkeypatch.setattr(os, "open", swap)

    assert said(file) == [f"{file} this is not a file"]


def test_folders_in_a_circle_are_not_walked(tmp_path):
    """A folder that holds itself has its own files and no more."""
    (tmp_path / "first.yaml").write_text(CAMPAIGN)
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "loop.yaml").symlink_to(".")

    assert len(load([tmp_path, tmp_path / "loop", tmp_path / "loop" / "loop"])) == 1


def test_very_many_files_are_all_told_of(tmp_path):
    """Two thousand broken files give two thousand complaints, in order."""
    for number in range(2_000):
        (tmp_path / f"{number:04}.yaml").write_text("campaign: [")
    found = said(tmp_path)

    assert len(found) == 2_000
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("text", "complaints", "first"),
    [
        pytest.param(
            "messages: [" + "{}," * 10_000 + "]", 501, "more complaints about this file are not shown", id="items"
        ),
        pytest.param("".join(f"k{n}: 1\n" for n in range(2_000)), 501, "more complaints about", id="unknown-keys"),
        pytest.param("a: [" + "!x y," * 10_000 + "]", 501, "tag '!x'", id="tags"),
        pytest.param("a: 1\n" * 10_000, 501, "key 'a' a second time", id="double-keys"),
        pytest.param('a: ["' + '", "'.join(["\\a"] * 5_000) + '"]', 501, "more complaints about", id="controls"),
        pytest.param(
            "x:\n" + "".join(f"  k{n}: 1\n" for n in range(20_000)), None, "more than 20,000 values", id="full"
        ),
        pytest.param(
            "a: &a [" + "{}," * 5_000 + "]\nm: [" + "*a," * 100 + "]", 1, "the aliases swell", id="swelling-items"
        ),
    ],
)
def test_what_is_wrong_a_thousand_times_is_told_some_times(text, complaints, first):
    """Nobody reads ten thousand complaints; the first ones are told, and that there are more."""
    with pytest.raises(InvalidDocument) as refused:
        loads(text, "c.yaml")
    told = refused.value.complaints

    assert any(each.message.startswith(first) for each in told)
    assert complaints is None or len(told) == complaints


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("'a: ' + '[' * MUCH", "1 c.yaml:1:103 more than 100 levels deep", id="brackets"),
        pytest.param("'{a: ' * (MUCH // 4)", "1 c.yaml:1:401 more than 100 levels deep", id="braces"),
        pytest.param(
            "'{a: \"}\", b: ' * (MUCH // 12)", "1 c.yaml:1:1201 more than 100 levels", id="braces-closed-in-quotes"
        ),
        pytest.param("'{a: ' + '{\"}\": ' * (MUCH // 6)", "1 c.yaml:1:599 more than 100 levels", id="braces-in-keys"),
        pytest.param("'- ' * (MUCH // 2)", "1 c.yaml:1:201 more than 100 levels deep", id="dashes"),
        pytest.param("'? ' * (MUCH // 2)", "1 c.yaml:1:201 more than 100 levels deep", id="question-marks"),
        pytest.param("''.join(' ' * n + 'a:\\n' for n in range(4400))", "1 c.yaml:101:101 more than 100", id="stairs"),
        pytest.param("'messages: [' + '{},' * (MUCH // 30) + ']'", "501 c.yaml:1:1 more complaints", id="empty-items"),
        pytest.param("'a: x' + ' *' * (MUCH // 2)", "8 c.yaml:1:1 required key", id="stars"),
        pytest.param("'a: x' + ' ' * MUCH + '*'", "8 c.yaml:1:1 required key", id="blanks"),
        pytest.param("CAMPAIGN + '\\n' * MUCH", "a campaign", id="empty-lines"),
        pytest.param("CAMPAIGN + '#' * MUCH", "a campaign", id="a-long-comment"),
        pytest.param("CAMPAIGN.replace('Daesh', 'x' * MUCH)", "1 c.yaml:9:56 'en-GB': the text has", id="a-long-line"),
        pytest.param("'k' * MUCH + ': x'", "1 c.yaml:1:10000001 not YAML", id="a-long-key"),
        pytest.param("'a: ' + '9' * MUCH", "8 c.yaml:1:1 required key", id="a-long-number"),
        pytest.param("'---\\n' * (MUCH // 4)", "1 c.yaml:2:1 a second document", id="documents"),
    ],
)
def test_ten_megabytes_of_malice_are_bounded(expression, expected):
    """A large hostile file is a complaint in bounded memory, and in seconds where it once was hours."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, expression], cwd=HOUSE, capture_output=True, text=True, timeout=240, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(expected)
