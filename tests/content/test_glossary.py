# ruff: noqa: RUF001 (other alphabets have letters and marks that look like ours)
"""The glossary: the joint one, a workspace's own over it, and what is said of a file that is wrong."""

import json
from pathlib import Path

import pytest

from campaigns.errors import InvalidDocument
from campaigns.locales import LOCALES
from campaigns.settings import Settings
from content import glossary, policy, render
from content.checks.forbidden_term import ForbiddenTerm
from content.checks.required_term import RequiredTerm
from tests.builders.commands import process
from tests.builders.renderings import request
from tests.builders.reviews import BLOCK, WARN, findings, seen, written

OWN = """
terms:
  - id: daesh
    because: This campaign says ISIL.
    say: {en-GB: ISIL}
    never: {en-GB: [Daesh]}
  - id: border
    because: The partners agreed on it.
    never: {en-GB: [{term: the Jungle, as_written: true}]}
without: [coalition]
"""


def held(folder: Path, text: str) -> glossary.Glossary:
    """Return the glossary of a workspace whose file says *text*."""
    (folder / glossary.FILE).write_text(text, "utf-8")
    return glossary.load(folder)


def test_the_joint_one_names_daesh_in_every_language() -> None:
    """Whatever language a campaign speaks, the joint glossary knows the word, and what is said instead of it."""
    (daesh,) = [term for term in glossary.shipped().terms if term.id == "daesh"]

    assert set(daesh.say) == set(LOCALES)
    assert (daesh.say["en-GB"], daesh.say["fr-FR"], daesh.say["ar"]) == ("Daesh", "Daech", "داعش")
    assert set(daesh.never) | set(daesh.avoid) == set(LOCALES)


def test_no_term_forbids_what_a_term_says() -> None:
    """Whoever writes what the glossary asks for is not complained of."""
    for term in glossary.shipped().terms:
        for locale, words in term.say.items():
            assert seen(ForbiddenTerm(), locale, f"{words}.") == [], words


def test_a_workspace_without_a_glossary_has_the_joint_one(tmp_path: Path) -> None:
    """Where no file says otherwise, the joint terms hold."""
    assert glossary.load(tmp_path) is glossary.shipped()


def test_a_term_of_the_same_id_takes_the_place_of_the_joint_one(tmp_path: Path) -> None:
    """A workspace's own word for a thing holds there, its other terms stand beside, and `without` takes one out."""
    own = held(tmp_path, OWN)

    assert [term.id for term in own.terms] == ["daesh", "caliphate", "border"]
    assert own.joint == {"caliphate"}
    assert own.terms[0].say == {"en-GB": "ISIL"}
    assert own.so_called == glossary.shipped().so_called


def test_a_check_sees_the_workspace_s_own(tmp_path: Path) -> None:
    """A request of the workspace is held to its terms: what was right elsewhere blocks here."""
    (tmp_path / glossary.FILE).write_text(OWN, "utf-8")
    asked = written("en-GB", "Daesh lost. ISIL lost. The Jungle book, not the Jungle.")
    mine = type(asked)(**{**vars(asked), "policy": policy.load(Settings(root=tmp_path))})

    assert [(each.severity, each.fix) for each in findings(ForbiddenTerm(), mine)] == [(BLOCK, "ISIL"), (BLOCK, None)]


def test_the_same_file_is_read_once(tmp_path: Path) -> None:
    """An unchanged file gives the same object, and one that was written anew is read anew."""
    first = held(tmp_path, OWN)

    assert glossary.load(tmp_path) is first
    again = held(tmp_path, OWN + "# a remark\n")
    assert again is not first
    assert again.digest == first.digest


def test_a_term_that_changes_is_looked_at_in_every_release(tmp_path: Path) -> None:
    """The glossary is part of the policy, and so of what every rendering and finding depends on."""
    before = render.surroundings(Settings(root=tmp_path))
    (tmp_path / glossary.FILE).write_text(OWN, "utf-8")

    assert render.surroundings(Settings(root=tmp_path)) != before


FAULTS = {
    "unknown-key": (
        "terms:\n  - id: x\n    because: y\n    nevr: {en-GB: [z]}\n",
        ["4:5 unknown key 'nevr'; did you mean 'never'?"],
    ),
    "unknown-key-of-a-form": (
        "terms:\n  - id: x\n    because: y\n    never:\n      en-GB: [{term: z, as_writen: true}]\n",
        ["5:25 unknown key 'as_writen'; did you mean 'as_written'?"],
    ),
    "several-at-once": (
        "terms:\n  - id: X\n    because: y\n    say: {en: z}\nwithout: [daeesh]\n",
        ["2:9 'id': 'X' cannot stand here", "4:11 unknown locale 'en'"],
    ),
    "nothing-to-take-out": (
        "without: [daeesh]\n",
        ["1:11 the joint glossary has no term 'daeesh'; did you mean 'daesh'?"],
    ),
    "twice": (
        "terms:\n  - {id: x, because: y}\n  - {id: x, because: y}\n",
        ["3:10 term 'x' is there twice; make them one"],
    ),
    "no-letter": (
        "terms:\n  - {id: x, because: y, never: {en-GB: ['**']}}\n",
        ["2:41 '**' has no letter; write the words that are meant"],
    ),
    "reason-missing": ("terms:\n  - id: x\n", ["2:5 required key 'because' is missing"]),
    "a-list": ("- x\n", ["1:1 a glossary is a mapping; begin with a line such as terms:"]),
    "no-yaml": ("terms: [\n", ["2:1 not YAML"]),
    "not-utf-8": (b"terms: \xff\n", ["1:8 not UTF-8"]),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_every_fault_is_said_with_its_place(tmp_path: Path, text: str | bytes, said: list[str]) -> None:
    """A glossary is read like a campaign: all that is wrong at once, with file, line, column and the cure."""
    path = tmp_path / glossary.FILE
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidDocument) as caught:
        glossary.load(tmp_path)

    told = [str(each).removeprefix(f"{path}:") for each in caught.value.complaints]
    assert len(told) == len(said)
    assert all(each.startswith(begins) for each, begins in zip(told, said, strict=True)), told


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    """A file of remarks alone leaves the joint terms as they are."""
    assert held(tmp_path, "# nothing yet\n").terms == glossary.shipped().terms


def test_a_folder_of_that_name_is_said(tmp_path: Path) -> None:
    """What cannot be read is an error with its place, never a traceback."""
    (tmp_path / glossary.FILE).mkdir()
    with pytest.raises(InvalidDocument, match="this is not a file"):
        glossary.load(tmp_path)


REQUIRED = {
    "left-out": ("fr-FR", {"en-GB": "Daesh lost.", "fr-FR": "Ils ont perdu."}, [WARN]),
    "left-out-in-arabic": ("ar", {"en-GB": "Daesh lost.", "ar": "خسروا أرضهم."}, [WARN]),
    "left-out-in-sorani": ("ckb", {"ar": "خسر داعش أرضه.", "ckb": "خاکی خۆیان لەدەست دا."}, [WARN]),
    "said": ("fr-FR", {"en-GB": "Daesh lost.", "fr-FR": "Daech a perdu."}, []),
    "said-with-what-is-written-onto-it": ("ar", {"en-GB": "Daesh lost.", "ar": "لا مكان لداعش هنا."}, []),
    "said-in-a-possessive": ("en-GB", {"en-GB": "Daesh’s claims.", "fr-FR": "Daech ment."}, []),
    "said-inflected": ("ru", {"en-GB": "Daesh lost.", "ru": "ДАИШ потерял."}, []),
    "nobody-says-it": ("fr-FR", {"en-GB": "They lost.", "fr-FR": "Ils ont perdu."}, []),
    "alone": ("fr-FR", {"fr-FR": "Ils ont perdu."}, []),
    "a-part-of-a-word": ("fr-FR", {"en-GB": "Daeshes lost.", "fr-FR": "Ils ont perdu."}, []),
}


@pytest.mark.parametrize(("locale", "wording", "severities"), REQUIRED.values(), ids=REQUIRED)
def test_a_required_term_is_said_in_every_language(
    locale: str, wording: dict[str, str], severities: list[object]
) -> None:
    """What one language calls by its name the others do too, in whatever form."""
    asked = request(locale, wording=wording, values={}, link=None, headline={})

    assert [each.severity for each in findings(RequiredTerm(), asked)] == severities


def test_the_command_shows_what_holds(tmp_path: Path) -> None:
    """`cordiale glossary` lists the workspace's terms, and says which are its own."""
    (tmp_path / glossary.FILE).write_text(OWN, "utf-8")
    rows = json.loads(process(tmp_path, "glossary", "--json", "--locale", "en-GB").stdout)

    assert [(row["id"], row["joint"], row["say"]) for row in rows] == [
        ("daesh", False, "ISIL"),
        ("caliphate", True, None),
        ("border", False, None),
    ]
    assert "daesh: This campaign says ISIL." in process(tmp_path, "glossary").stdout


def test_an_unknown_locale_is_said(tmp_path: Path) -> None:
    """A locale that is none is an error with the nearest one."""
    done = process(tmp_path, "glossary", "--locale", "fr-FF")

    assert done.returncode == 2
    assert "Did you mean 'fr-FR'?" in done.stderr
