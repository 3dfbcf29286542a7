"""Media files."""

import hashlib
from pathlib import Path

import pytest

from campaigns.documents import schema
from content import media
from content.errors import MediaFault

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def one(root: Path, file: str, locale: str = "en-GB") -> media.MediaFile:
    """Return the media file of that name."""
    return media.read(root, [schema.Media.model_construct(file=file, alt={"en-GB": "A map."})], locale)[0]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        pytest.param(PNG, "image/png", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg", id="jpeg"),
        pytest.param(b"GIF89a" + b"\0" * 20, "image/gif", id="gif"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", id="webp"),
        pytest.param(b"\0\0\0\x18ftypmp42" + b"\0" * 8, "video/mp4", id="mp4"),
        pytest.param(b"<svg xmlns=", media.UNKNOWN, id="svg"),
        pytest.param(b"MZ", media.UNKNOWN, id="program"),
        pytest.param(b"", media.UNKNOWN, id="empty"),
    ],
)
def test_the_bytes_tell_the_kind(tmp_path: Path, head: bytes, kind: str) -> None:
    """A file is what its first bytes say, whatever its name."""
    (tmp_path / "file.png").write_bytes(head)
    found = one(tmp_path, "file.png")
    assert (found.kind, found.size, found.digest) == (kind, len(head), hashlib.sha256(head).hexdigest())


def test_words_are_those_of_the_locale(tmp_path: Path) -> None:
    """Alt text comes in the rendering's locale, or not at all."""
    (tmp_path / "map.png").write_bytes(PNG)
    assert one(tmp_path, "map.png").alt == "A map."
    assert one(tmp_path, "map.png", "ar").alt == ""


def test_a_missing_file_has_no_digest(tmp_path: Path) -> None:
    """A missing file does not raise: a check says it."""
    assert one(tmp_path, "map.png").digest == ""
    assert one(tmp_path / "nowhere", "map.png").digest == ""


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """The digest follows the bytes."""
    path = tmp_path / "map.png"
    path.write_bytes(PNG)
    before = one(tmp_path, "map.png").digest
    path.write_bytes(PNG + b"more")
    assert one(tmp_path, "map.png").digest != before


@pytest.mark.parametrize("name", ["../secret.png", "sub/../../secret.png", "link.png", "folder/secret.png"])
def test_no_way_leads_out(tmp_path: Path, name: str) -> None:
    """Neither dots nor links lead out of the media folder."""
    root = tmp_path / "media"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PNG)
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "folder").symlink_to(tmp_path)
    with pytest.raises(MediaFault, match="outside the media folder"):
        one(root, name)


def test_links_in_a_circle_are_a_fault(tmp_path: Path) -> None:
    """A link to itself is refused, not followed for ever."""
    (tmp_path / "a.png").symlink_to(tmp_path / "a.png")
    with pytest.raises(MediaFault):
        one(tmp_path, "a.png")


def test_a_link_inside_the_folder_is_fine(tmp_path: Path) -> None:
    """A link that stays inside may be used."""
    (tmp_path / "map.png").write_bytes(PNG)
    (tmp_path / "same.png").symlink_to(tmp_path / "map.png")
    assert one(tmp_path, "same.png").kind == "image/png"
