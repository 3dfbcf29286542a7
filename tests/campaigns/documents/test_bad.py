"""The corpus of bad files in `bad/`: each says in its first lines what is to be said of it."""

from pathlib import Path

import pytest

from campaigns.documents.load import load
from campaigns.errors import InvalidDocument

FILES = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
SAYS = "# says: "


def expected(path: Path) -> list[str]:
    """Return what a file's first lines say that is to be said of it."""
    lines = path.read_text("utf-8").splitlines()
    return [line.removeprefix(SAYS) for line in lines if line.startswith(SAYS)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_bad_file_gets_its_complaints_and_no_others(path):
    """Every fault of a file is told at once, at its line and column, with the cure; nothing else is."""
    with pytest.raises(InvalidDocument) as refused:
        load([path])

    errors = [str(each) for each in refused.value.complaints if each.severity == "error"]
    assert [each.removeprefix(f"{path}:") for each in errors] == expected(path)
    assert all("; " in each or ": " in each for each in errors)  # the cure is said apart, or is what is said


def test_there_are_many_and_each_has_a_fault_of_its_own():
    """The corpus is wide: no two files are the same but for their name."""
    texts = {path.read_text("utf-8") for path in FILES}

    assert len(texts) == len(FILES) >= 40
    assert all(expected(path) for path in FILES)
