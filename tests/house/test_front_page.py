"""What is documented exists, and what exists is documented."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders.commands import process
from tests.house import tree

README = (tree.ROOT / "README.md").read_text("utf-8")
MAKEFILE = (tree.ROOT / "Makefile").read_text("utf-8")
LOCKS = ("requirements.lock", "requirements-dev.lock")
FENCED = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"[a-z][a-z-]*")


def shown_commands(program: str) -> list[tuple[str, ...]]:
    """Return the commands of *program* in the README's code blocks: the words that come before any option or name."""
    found = set()
    for block in FENCED.findall(README):
        for line in re.split(r"\n|&&", block):
            words = shlex.split(line.removeprefix("$ ").split(" #")[0].strip(), posix=False) if program in line else []
            if words[:1] == [program]:
                plain = [word for word in words[1:3] if WORD.fullmatch(word)]
                found.add(tuple(plain if plain and plain[0] == words[1] else []))
    return sorted(found)


def test_the_readme_shows_commands():
    """A newcomer is told what to type."""
    assert shown_commands("cordiale")
    assert shown_commands("make")


@pytest.mark.parametrize("words", shown_commands("cordiale") or [()], ids=" ".join)
def test_commands_in_the_readme_exist(words):
    """Each command answers `--help`, which an unknown one does not."""
    done = process(tree.ROOT, *words, "--help")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", shown_commands("make") or [()], ids=" ".join)
def test_targets_in_the_readme_exist(words):
    """Each `make` word is a target."""
    assert set(words) <= set(targets())


def targets() -> list[str]:
    """Return the Makefile's targets that are words to type."""
    declared = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert declared
    return declared[1].split()


def test_make_help_lists_every_target():
    """`make` alone prints what can be made, one line each."""
    make = shutil.which("make")
    assert make
    printed = subprocess.run(
        [make, "--no-print-directory", "help"], cwd=tree.ROOT, capture_output=True, text=True, timeout=240, check=True
    ).stdout
    listed = [line.split()[1] for line in printed.splitlines()]
    rules = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)

    assert sorted(listed) == sorted(targets()) == sorted(rules)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_every_file_and_name_no_index(lock):
    """A lock holds versions and hashes; where the files come from is the machine's business."""
    text = (tree.ROOT / lock).read_text("utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert pins
    assert [pin for pin in pins if not re.match(r"[A-Za-z0-9._-]+==\S+", pin)] == []
    assert re.findall(r"^\s*-(?!-hash=sha256:).*|://", text, re.MULTILINE) == []
    assert text.count("--hash=sha256:") >= len(pins)


def test_both_locks_agree():
    """What runs is what was tested."""
    run, dev = (
        dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (tree.ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in LOCKS
    )

    assert {name: (pin, dev.get(name)) for name, pin in run.items() if dev.get(name) != pin} == {}


def test_the_changelog_tells_of_this_version():
    """The newest heading of the changelog is the version that `--version` prints."""
    version = re.search(r'VERSION = "([^"]+)"', (tree.ROOT / "main.py").read_text("utf-8"))
    headings = re.findall(r"^## (\S+)", (tree.ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)

    assert version
    assert headings[0] == version[1]


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md"])
def test_paths_that_a_page_names_exist(page):
    """A path in code marks is one of this checkout; capitals stand for a name to choose."""
    text = (tree.ROOT / page).read_text("utf-8")
    here = {path.relative_to(tree.ROOT) for path in tree.files()}
    here |= {parent for path in here for parent in path.parents}
    tops = {path.parts[0] for path in here if len(path.parts) > 1}
    named = [word for word in re.findall(r"`([\w./-]+)`", text) if word.split("/")[0] in tops]
    gone = [word for word in named if not re.search(r"[A-Z]{4}", word) and Path(word) not in here]

    assert gone == []


def test_ordered_lists_that_contributing_names_exist():
    """Where a plugin is listed is where the page says."""
    text = (tree.ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`([A-Z_]+)`\s+in\s+`([\w/]+\.py)`", text)

    assert len(named) == 5
    assert [
        pair
        for pair in named
        if not re.search(rf"^{pair[0]}\b", (tree.ROOT / pair[1]).read_text("utf-8"), re.MULTILINE)
    ] == []
