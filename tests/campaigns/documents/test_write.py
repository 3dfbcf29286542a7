"""A file is written whole or not at all."""

import subprocess
import sys

import pytest

from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault

FULL_DISK = """
import resource, sys
from pathlib import Path
from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), "x" * 100_000)
except EnvironmentFault as fault:
    print(fault.message)
"""


def test_a_file_is_replaced_with_exactly_the_text(tmp_path):
    """What stood there is gone, the mode stays, and nothing is left beside it."""
    target = tmp_path / "a.yaml"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)

    write_whole(target, "campaign: ضد داعش\n")

    assert target.read_bytes() == "campaign: ضد داعش\n".encode()
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_where_the_disk_is_full_the_old_file_stays(tmp_path):
    """A write that the system cuts off is told with its reason, and leaves no half file."""
    target = tmp_path / "a.yaml"
    target.write_text("old", encoding="utf-8")

    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(target)], capture_output=True, text=True, check=True)

    assert done.stdout == f"{target} was not written: File too large.\n"
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("gone/a.yaml", "was not written: No such file or directory", id="no-such-folder"),
        pytest.param("folder", "is not a file, so it is not replaced", id="a-folder"),
        pytest.param("file/a.yaml", "was not written: Not a directory", id="a-file-for-a-folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_told(tmp_path, name, said):
    """The fault names the place, the reason and the cure."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(EnvironmentFault, match=said) as refused:
        write_whole(tmp_path / name, "text")

    assert refused.value.hint
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


def test_a_device_is_not_replaced_by_a_file(tmp_path):
    """`--to /dev/null` must not put a file in the place of the device."""
    pipe = tmp_path / "pipe"
    subprocess.run(["mkfifo", str(pipe)], check=True)  # noqa: S607 (the system's own)

    with pytest.raises(EnvironmentFault, match="is not a file"):
        write_whole(pipe, "text")
    assert pipe.is_fifo()
