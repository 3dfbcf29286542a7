"""A communications officer's editor: the YAML language server completes, explains and underlines with our schema."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns import workspace
from campaigns.documents import dump
from scheduler import roster
from tests.builders.editor import Editor

HOUSE = Path(__file__).parents[2]
SERVER = "CORDIALE_TEST_YAML_LANGUAGE_SERVER"
INSTALLED = HOUSE / "build/editor/node_modules/.bin/yaml-language-server"
WANTED = (
    f"needs the YAML language server: npm install --prefix build/editor --no-save yaml-language-server@1.25.0 "
    f"(and Node.js), or {SERVER}"
)

KINDS = ", ".join(f'"{kind}"' for kind in roster.KINDS)
DRAFT = f"""\
{dump.HEADER}campaign: first
partners: [uk]
starts: 2027-01-11
audiences:
  - id: readers
    locales: [en-GB]
    timezone: Europe/London
    size: {{value: 250_000}}
channels:
  - {{id: site, kind: feed, issuer: uk, account: Press office, locales: [en-GB]}}
messages:
  - id: hello
    audiences: [readers]
    link: https://example.org/daesh
    wording:
      en-GB: Daesh lost its ground.
releases:
  - id: launch
    message: hello
    channels: [site]
    at: 2027-01-12T18:30
    if_late:
      after: 15m
"""


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory) -> Path:
    """Give the campaigns folder of a workspace as `init` makes it."""
    made = workspace.create(tmp_path_factory.mktemp("editor") / "joint", "daesh-lost-ground")
    return made.folder / "campaigns"


@pytest.fixture(scope="module", name="editor")
def _editor(folder: Path) -> Iterator[Editor]:
    """Give an editor with that folder open."""
    command = os.environ.get(SERVER) or str(INSTALLED)
    if not shutil.which(command):
        pytest.skip(WANTED)
    with Editor([command, "--stdio"], folder) as editor:
        yield editor


@pytest.fixture(name="name")
def _name(request) -> str:
    """Give a file's name that no other test uses, so that nothing said of another is taken for its own."""
    return f"{re.sub(r'[^a-z-]+', '-', request.node.name)}.yaml"


def place(text: str) -> tuple[str, int, int]:
    """Return *text* without its cursor ‸, and the cursor's line and column, from 0."""
    before, _, after = text.partition("‸")
    return before + after, before.count("\n"), len(before) - before.rfind("\n") - 1


def test_what_init_writes_has_no_red_line(editor, folder, name):
    """The example of a new workspace is found with its schema and nothing in it is underlined."""
    text = (folder / "daesh-lost-ground.yaml").read_text("utf-8")

    assert editor.open("daesh-lost-ground.yaml", text) == []
    assert editor.open(name, DRAFT) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("kind: feed", "kind: feed, ‸chanel: x", "Property chanel is not allowed.", id="unknown-key"),
        pytest.param(
            "[uk]", "[‸UK]", "Write an id: lower-case letters, digits, - and _, at most 63.", id="id-with-capitals"
        ),
        pytest.param("Europe/London", "‸Europe/Londn", "Write an IANA name such as Europe/Paris.", id="unknown-zone"),
        pytest.param("18:30", "18:30Z", "Write wall time as 2027-01-12T18:30, without offset.", id="offset"),
        pytest.param("15m", "‸soon", "Write a duration as 90s, 15m, 2h or 1d, at most 366 days.", id="duration"),
        pytest.param(
            "kind: feed",
            "kind: ‸fed",
            f"Value is not accepted. Valid values: {KINDS}.",
            id="unknown-kind",
        ),
        pytest.param("    audiences: [readers]\n", "", 'Missing property "audiences".', id="missing-key"),
        pytest.param("250_000", "‸40", "Value is below the minimum of 100.", id="a-handful-of-people"),
        pytest.param("      en-GB: D", "      ‸en-UK: D", "Write one text a locale, of those", id="unknown-locale"),
    ],
)
def test_a_fault_is_underlined_while_it_is_typed(editor, name, old, new, expected):
    """The red line stands under what is wrong and teaches in our words, where the server lets us."""
    assert DRAFT.count(old)
    torn, line, column = place(DRAFT.replace(old, new, 1))

    [fault] = editor.open(name, torn)

    assert fault["message"].startswith(expected)
    if "‸" in new:
        assert fault["range"]["start"] == {"line": line, "character": column}


def test_a_shared_file_has_red_lines_of_its_own(editor, name):
    """A file that campaigns include is checked as such: nothing is missing in it, and what cannot be shared is told."""
    header = dump.HEADER.replace(".json", ".json#/$defs/Shared")
    text = f"{header}audiences:\n  - {{id: readers, locales: [en-GB], timezone: Europe/London}}\n"

    assert editor.open(name, text) == []
    [fault] = editor.open(f"more-{name}", f"{text}messages: []\n")
    assert fault["message"] == "Property messages is not allowed."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{DRAFT}‸",
            {
                "policy_aim": "The policy that it serves: what should be different in the end, and for whom.",
                "blackouts": "Spans in which a partner says nothing, such as before an election.",
            },
            id="keys-of-the-campaign",
        ),
        pytest.param(
            f"{DRAFT}    ‸",
            {"repeat": "How it repeats, as an RFC 5545 rule.", "variant": None, "not_after": None},
            id="keys-of-a-release",
        ),
        pytest.param(
            DRAFT.replace("      en-GB: Daesh lost its ground.\n", "      en-GB: Daesh lost its ground.\n      ‸\n"),
            {"fr-FR": "French (France).", "ar": "Arabic.", "ckb": "Central Kurdish (Sorani)."},
            id="locales-of-a-wording",
        ),
        pytest.param(f"{DRAFT}      then: ‸\n", {"send": None, "skip": None, "ask": None}, id="what-to-do-when-late"),
        pytest.param(
            DRAFT.replace("kind: feed", "kind: ‸"),
            {"mastodon": "Statuses with media, language and content warning.", "outbox": None},
            id="kinds-of-channel",
        ),
        pytest.param(
            DRAFT.replace("Europe/London", "Eur‸"), {"Europe/Paris": None, "Asia/Baghdad": None}, id="time-zones"
        ),
    ],
)
def test_keys_and_values_are_proposed_with_what_they_mean(editor, name, text, expected):
    """Whoever types sees what may stand there, and in a sentence what it is for."""
    plain, line, column = place(text)
    editor.open(name, plain)

    found = editor.complete(name, line, column)

    assert found.keys() >= expected.keys()
    assert {key: found[key] for key, said in expected.items() if said} == {k: v for k, v in expected.items() if v}


def test_a_key_under_the_mouse_is_explained(editor, name):
    """Resting on a key shows what it is for, in the words of the model."""
    plain, line, column = place(DRAFT.replace("if_late", "if‸_late"))
    editor.open(name, plain)

    assert "What happens if it could not go out in time; by default a person is asked." in editor.hover(
        name, line, column
    )
