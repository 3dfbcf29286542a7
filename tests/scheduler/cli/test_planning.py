"""`plan` and `apply`: what they print, write and exit with."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import main
from campaigns import clock
from campaigns.documents import dump, schema
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace

DUE = (clock.now() + timedelta(hours=48)).replace(microsecond=0)
NAME = "r1/en-GB/uk-outbox"


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Give a workspace with a campaign file that nobody has applied, as the current folder."""
    for name in [each for each in os.environ if each.startswith("CORDIALE_")]:
        monkeypatch.delenv(name)
    made = workspaces.make(tmp_path / "workspace")
    monkeypatch.chdir(made.folder)
    write(campaigns.campaign(2, at=DUE))
    yield made
    made.database.dispose()


@pytest.fixture
def cordiale(place: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a function that runs a command through the front door."""

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["cordiale", *words])
        capsys.readouterr()
        code = main.main()
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


Run = Callable[..., Said]


def write(document: schema.Campaign) -> None:
    Path("campaigns/voices.yaml").write_text(dump.to_yaml(document), "utf-8")


def test_a_plan_goes_through_a_file(place: Workspace, cordiale: Run):
    """`plan --out` then `apply FILE`, whatever its name: what was looked at is booked, in its author's name."""
    planned = cordiale("plan", "campaigns", "--as", "benoit", "--out", "monday.yaml")
    write(campaigns.campaign(1, at=DUE))  # what the files say since is not what was looked at
    applied = cordiale("apply", "monday.yaml")

    assert planned.code == 0
    assert planned.out.endswith("Wrote the plan to monday.yaml.\nNext: cordiale apply monday.yaml\n")
    assert (applied.code, "Applied as benoit." in applied.out) == (0, True), applied.err
    assert {row["author"] for row in place.rows().values()} == {"benoit"}
    assert place.states() == {"r1": "draft", "r2": "draft"}


def test_what_a_plan_was_made_with_is_in_the_next_command(place: Workspace, cordiale: Run):
    """Followed as it stands, the next command does what the plan showed: by the same table, in the same name."""
    write(campaigns.campaign(1, at=clock.now() - timedelta(days=1)))
    refused = cordiale("plan", "campaigns")
    Path("before us.csv").write_text(
        "entry,locale,channel,published_at,url\nr1,en-GB,uk-outbox,2026-01-05T10:00:00Z,https://example.org/1\n",
        "utf-8",
    )
    planned = cordiale("plan", "campaigns", "--as", "amina", "--history", "before us.csv")
    command = planned.out.splitlines()[-1].removeprefix("Next: cordiale ")
    applied = cordiale(*shlex.split(command))

    assert "`--history FILE`" in refused.err
    assert command == "apply campaigns --as amina --history 'before us.csv'"
    assert (applied.code, place.states()) == (0, {"r1": "published"}), applied.err


def test_where_checks_block_everything_the_next_step_is_to_mend(place: Workspace, cordiale: Run):
    """Nobody is sent to apply or to sign what cannot be signed; as soon as one release can be, they are."""
    long = campaigns.message(1, wording={"en-GB": "Daesh lost. " * 200})
    mastodon = campaigns.channel("mastodon", server="https://social.example", credential="x")
    write(campaigns.campaign(1, at=DUE, channels=[mastodon], messages=[long]))
    planned, applied = cordiale("plan", "campaigns"), cordiale("apply", "campaigns", "--as", "amina")
    write(campaigns.campaign(2, at=DUE, channels=[mastodon], messages=[long, campaigns.message(2)]))
    mended = cordiale("plan", "campaigns", "--as", "amina")

    assert planned.out.endswith("Next: mend what they say above, then cordiale plan campaigns\n")
    assert applied.out.endswith("then cordiale apply campaigns --as amina\n")
    assert "Checks block all of voices: nobody can sign it." in applied.out
    assert "Next: cordiale review" not in applied.out
    assert mended.out.endswith("Next: cordiale apply campaigns --as amina\n")


def test_a_stale_plan_is_refused_line_by_line(place: Workspace, cordiale: Run):
    """On standard error: that it no longer fits, each thing that moved, and how to make another one."""
    cordiale("apply", "campaigns", "--as", "amina")
    write(campaigns.campaign(1, at=DUE))
    cordiale("plan", "campaigns", "--out", "a.plan")
    place.set("r2", state="published")
    refused = cordiale("apply", "a.plan")

    assert refused.code == 1
    assert (
        "no longer fits, so nothing was changed:\n  release r2/en-GB/uk-outbox was draft, is published\n" in refused.err
    )
    assert "hint: Make a new plan, look at it, and apply that: `cordiale plan PATH... --out a.plan`." in refused.err


def cut(text: str) -> str:
    return text[: len(text) // 2]


def edited(text: str) -> str:
    return text.replace("villages", "towns")


CASES = [
    pytest.param(
        "apply a.plan --as eve", None, 2, "was made by amina, not by eve", "Leave --as out", id="another author"
    ),
    pytest.param("apply a.plan campaigns", None, 2, "a.plan is a plan", "cordiale apply a.plan", id="with more files"),
    pytest.param("apply a.plan --history x.csv", None, 2, "a.plan is a plan", "Apply it alone", id="with a history"),
    pytest.param("plan a.plan", None, 2, "a.plan is a plan already", "cordiale apply a.plan", id="planned again"),
    pytest.param("apply a.plan", cut, 1, "a.plan: The plan file is damaged", "cordiale plan", id="cut off"),
    pytest.param("apply a.plan", edited, 1, "was changed since it was written", "cordiale plan", id="edited by hand"),
    pytest.param(
        "plan campaigns --out campaigns/voices.yaml",
        None,
        2,
        "is a campaign file",
        "another file",
        id="over a campaign",
    ),
    pytest.param(
        "plan campaigns --out no/where.plan", None, 3, "was not written", "a folder that exists", id="nowhere"
    ),
]


@pytest.mark.parametrize(("words", "change", "code", "said", "cure"), CASES)
def test_a_plan_file_that_cannot_be_used_is_refused(
    place: Workspace, cordiale: Run, words: str, change: Callable[[str], str] | None, code: int, said: str, cure: str
):
    """Message and cure on standard error, the code of its kind; nothing is booked and no file is touched."""
    cordiale("plan", "campaigns", "--as", "amina", "--out", "a.plan")
    file = Path("a.plan")
    if change:
        file.write_text(change(file.read_text("utf-8")), "utf-8")
    before = file.read_bytes(), Path("campaigns/voices.yaml").read_bytes()
    found = cordiale(*words.split())

    assert (found.code, said in found.err, cure in found.err) == (code, True, True), found.err
    assert (file.read_bytes(), Path("campaigns/voices.yaml").read_bytes()) == before
    assert place.rows() == {}


def test_what_is_no_text_is_no_plan(place: Workspace, cordiale: Run):
    """A plan with bytes that are not UTF-8 is a damaged one."""
    Path("a.plan").write_bytes(b'{"cordiale_plan":1,"made_at":"\xff"}')
    found = cordiale("apply", "a.plan")

    assert (found.code, "a.plan: The plan file is damaged" in found.err) == (1, True)


def test_the_same_plan_is_the_same_file(place: Workspace, cordiale: Run, monkeypatch: pytest.MonkeyPatch):
    """Made twice at one instant, a plan has the same bytes: two people can compare what they looked at."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for name in ("one", "two"):
        cordiale("plan", "campaigns", "--as", "amina", "--out", name)

    assert Path("one").read_bytes() == Path("two").read_bytes()


def test_the_exit_code_says_whether_something_would_change(place: Workspace, cordiale: Run):
    """4 when something would, 0 when nothing would or nobody asked, 1 when the plan may not be applied."""
    assert [cordiale("plan", "campaigns", *more).code for more in ([], ["--exit-code"])] == [0, 4]
    cordiale("apply", "campaigns", "--as", "amina")
    assert cordiale("plan", "campaigns", "--exit-code").code == 0
    assert cordiale("plan", "campaigns", "--exit-code", "--json").code == 0
    write(campaigns.campaign(2, at=clock.now() - timedelta(days=1)))
    refused = cordiale("plan", "campaigns", "--exit-code", "--out", "a.plan")

    assert (refused.code, "which is past" in refused.err) == (1, True)
    assert not Path("a.plan").exists()


def test_json_has_stable_keys(place: Workspace, cordiale: Run):
    """Whoever reads plans by machine finds the same keys in a plan of something, of nothing, and in a refused one."""
    some = json.loads(cordiale("plan", "campaigns", "--json").out)
    cordiale("apply", "campaigns", "--as", "amina")
    nothing = json.loads(cordiale("plan", "campaigns", "--json").out)
    write(campaigns.campaign(2, at=clock.now() - timedelta(days=1)))
    refused = cordiale("plan", "campaigns", "--json")
    past = json.loads(refused.out)

    assert {tuple(each) for each in (some, nothing, past)} == {
        ("empty", "campaigns", "releases", "notices", "kept", "refusals")
    }
    assert tuple(some["campaigns"][0]) == ("campaign", "revision", "changes")
    assert tuple(some["campaigns"][0]["changes"][0]) == ("kind", "noun", "id", "fields")
    assert tuple(some["releases"][0]) == (
        *("kind", "id", "name", "campaign", "due", "wall", "zone", "state", "digest", "why", "moves", "voids"),
        *("findings", "before"),
    )
    assert (some["empty"], some["kept"], next(each["name"] for each in some["releases"])) == (False, 0, NAME)
    assert (nothing["empty"], nothing["kept"], nothing["releases"]) == (True, 2, [])
    assert "which is past" in past["refusals"][0]["message"]
    assert refused.code == 1


@pytest.mark.parametrize(
    ("command", "words"),
    [
        pytest.param(
            "plan",
            ["--out", "--json", "kept and refusals", "--exit-code", "Exit with 4 when something", "Exits with 1"],
            id="plan",
        ),
        pytest.param("apply", ["or one plan file", "refused with all that moved"], id="apply"),
    ],
)
def test_help_tells_of_it(cordiale: Run, command: str, words: list[str]):
    """What a command writes and exits with stands in its help."""
    told = " ".join(cordiale(command, "--help").out.replace("│", " ").split())

    assert [each for each in words if each not in told] == []
