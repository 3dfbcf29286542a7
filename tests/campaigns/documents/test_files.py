"""Which files are meant, and files that are not text."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from campaigns.documents import files
from campaigns.documents.dump import to_yaml
from campaigns.documents.load import load
from campaigns.documents.schema import Campaign
from campaigns.errors import InvalidDocument
from tests.builders.documents import put, sound


def write(path: Path, *changes: tuple[str, object]) -> Path:
    """Write the sound document, after *changes*, to *path*."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_yaml(Campaign.model_validate(data)), encoding="utf-8")
    return path


def complaints(*paths: Path) -> list[str]:
    """Return what is said against *paths*."""
    with pytest.raises(InvalidDocument) as refused:
        load(paths)
    return [str(each) for each in refused.value.complaints]


def test_a_folder_means_its_yaml_files_by_name(tmp_path):
    """Both suffixes count, in one order; other, hidden and nested files do not."""
    for name in ("b.yaml", "a.yml", ".hidden.yaml", "notes.txt", "deeper/c.yaml"):
        write(tmp_path / name, ("campaign", f"c-{Path(name).stem.strip('.')}"))

    assert [each.document.campaign for each in load([tmp_path])] == ["c-a", "c-b"]


def test_a_file_named_twice_is_read_once(tmp_path):
    """A folder and a file in it, or a link to it, are not two campaigns."""
    file = write(tmp_path / "a.yaml")
    link = tmp_path / "link.yaml"
    link.symlink_to(file)

    assert len(load([file, tmp_path, link])) == 1


def test_a_byte_order_mark_is_taken(tmp_path):
    """What an editor on another system puts first is not part of the campaign."""
    file = write(tmp_path / "a.yaml")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert load([file])[0].document.campaign == "raqqa-voices"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(b"campaign: caf\xe9\n", ":1:14 not UTF-8: byte 0xe9; save the file as UTF-8", id="latin-1"),
        pytest.param(
            b"a: 1\nb: \xed\xa0\x80\n", ":2:4 not UTF-8: byte 0xed; save the file as UTF-8", id="lone-surrogate"
        ),
        pytest.param("campaign: x\n".encode("utf-16"), ":1:1 the file is UTF-16; save it as UTF-8", id="utf-16"),
        pytest.param("campaign: x\n".encode("utf-16-le"), ":1:1 the file is UTF-16; save it as UTF-8", id="utf-16-le"),
        pytest.param("campaign: x\n".encode("utf-16-be"), ":1:1 the file is UTF-16; save it as UTF-8", id="utf-16-be"),
        pytest.param("campaign: x\n".encode("utf-32"), ":1:1 the file is UTF-32; save it as UTF-8", id="utf-32"),
        pytest.param("campaign: x\n".encode("utf-32-le"), ":1:1 the file is UTF-32; save it as UTF-8", id="utf-32-le"),
        pytest.param("campaign: x\n".encode("utf-32-be"), ":1:1 the file is UTF-32; save it as UTF-8", id="utf-32-be"),
        pytest.param(bytes(4096), ":1:1 a NUL byte; remove it; is this a text file?", id="zeros"),
        pytest.param(
            b"a: 1\rb: caf\xe9\r\n", ":2:7 not UTF-8: byte 0xe9; save the file as UTF-8", id="latin-1-with-lone-cr"
        ),
        pytest.param(b"a: 1\nb: \0\n", ":2:4 a NUL byte; remove it; is this a text file?", id="nul"),
        pytest.param(
            b"#" * 20_000_001, " the file is larger than 20 MB; split it into several campaigns", id="too-large"
        ),
        pytest.param(
            b"", ":1:1 the file is empty; write a campaign; `cordiale init DIR` gives you one to begin with", id="empty"
        ),
    ],
)
def test_what_is_not_text_is_complained_of(tmp_path, raw, said):
    """Bytes that are no UTF-8 text are named with their place and the cure."""
    file = tmp_path / "a.yaml"
    file.write_bytes(raw)

    assert complaints(file) == [f"{file}{said}"]


def test_what_is_not_there_is_complained_of_together(tmp_path):
    """A missing file, a folder without campaigns and a pipe are each told, in one go with the faults of others."""
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    bad = write(tmp_path / "bad.yaml", ("channels.0.issuer", "us"))

    assert complaints(tmp_path / "empty", tmp_path / "gone.yaml", tmp_path / "pipe", bad) == [
        f"{bad}:31:13 unknown partner 'us'; known here: uk or fr",
        f"{tmp_path}/empty the folder holds no campaign; put a .yaml file in it, or name another folder",
        f"{tmp_path}/gone.yaml there is no such file; check the path",
        f"{tmp_path}/pipe this is not a file; name a YAML file or a folder of them",
    ]


def saves(path: Path, times: int) -> Callable[[str, int], int]:
    """Return an opener in whose first *times* calls somebody saves *path* just after it was opened."""
    left = iter(range(times))

    def opener(name: str, flags: int) -> int:
        handle = os.open(name, flags)
        if next(left, None) is not None:
            path.write_text(path.read_text("utf-8") + "# saved\n", "utf-8")
        return handle

    return opener


def test_a_file_that_is_saved_meanwhile_is_read_again(tmp_path, monkeypatch):
    """What is loaded is the file as it was at one moment, the last of them."""
    file = write(tmp_path / "a.yaml")
    monkeypatch.setattr(files, "_at_once", saves(file, files.TRIES - 1))
    found = files.read(file)

    assert found.text == file.read_text("utf-8")
    assert found.text.endswith("# saved\n" * (files.TRIES - 1))


def test_a_file_that_does_not_keep_still_is_complained_of(tmp_path, monkeypatch):
    """After some tries it is not read at all: half of one version and half of the next is nobody's campaign."""
    file = write(tmp_path / "a.yaml")
    monkeypatch.setattr(files, "_at_once", saves(file, 100))

    assert complaints(file) == [f"{file} the file changes while it is read; save it, then check again"]


def test_a_file_that_is_replaced_meanwhile_is_read_again(tmp_path, monkeypatch):
    """An editor that writes beside and renames changes nothing but the name's file; that is noticed too."""
    file, other = write(tmp_path / "a.yaml"), tmp_path / "other"
    text = file.read_text("utf-8").replace("raqqa-voices", "mosul-voices")
    other.write_text(text, "utf-8")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))

    def opener(name: str, flags: int) -> int:
        handle = os.open(name, flags)
        if other.exists():
            other.replace(file)
        return handle

    monkeypatch.setattr(files, "_at_once", opener)

    assert load([file])[0].document.campaign == "mosul-voices"


def test_one_id_for_two_campaigns_is_told_at_both(tmp_path):
    """Neither file is the right one by itself."""
    one, two = write(tmp_path / "a.yaml"), write(tmp_path / "b.yaml")

    cure = "one file holds one campaign: rename one of them"
    assert complaints(tmp_path) == [
        f"{one}:2:11 campaign 'raqqa-voices' is written at {two}:2:11 too; {cure}",
        f"{two}:2:11 campaign 'raqqa-voices' is written at {one}:2:11 too; {cure}",
    ]


def test_one_channel_defined_two_ways_is_told_at_both(tmp_path):
    """Channels belong to the workspace; which keys differ is said."""
    one = write(tmp_path / "a.yaml")
    two = write(tmp_path / "b.yaml", ("campaign", "other"), ("channels.0.rate", "5/h"), ("channels.0.account", "@x"))

    assert [each.split(";")[0] for each in complaints(tmp_path)] == [
        f"{one}:29:5 channel 'fr-mastodon' is defined otherwise (account, rate) at {two}:29:5 too",
        f"{two}:29:5 channel 'fr-mastodon' is defined otherwise (account, rate) at {one}:29:5 too",
    ]


def test_one_channel_may_serve_many_campaigns(tmp_path):
    """The same definition in two files is one channel."""
    write(tmp_path / "a.yaml")
    write(tmp_path / "b.yaml", ("campaign", "other"))

    assert len(load([tmp_path])) == 2
