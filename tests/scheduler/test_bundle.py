"""The review bundle: whole, exact, and refused when anything in it is not what would go out."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from campaigns.errors import CordialeError, InvalidDocument, NotTrusted
from scheduler import bundle
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import PNG, document, imported, made_bundle, signed_elsewhere


@pytest.fixture
def booked(workspace: Workspace) -> Workspace:
    """Give a workspace with two drafts."""
    workspace.apply(document())
    return workspace


def test_the_preview_shows_what_is_signed(booked: Workspace, tmp_path: Path):
    """The page in the bundle has the words of every release, and the bundle has their exact bytes."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    with zipfile.ZipFile(pack) as file:
        preview = file.read("preview.html").decode()
    found = bundle.read(pack)

    assert {digest for _, digest in found.releases} == {row["digest"] for row in booked.rows().values()}
    assert all(outgoing.parts[0].text.splitlines()[0] in preview for outgoing, _ in found.releases)


def test_a_bundle_is_nothing_to_a_partner_it_does_not_ask(booked: Workspace, tmp_path: Path):
    """A signature that nobody asked for is not made."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    with pytest.raises(NotTrusted, match="asks de for a signature"):
        bundle.sign(bundle.read(pack), "de", booked.key("fr"), "approve", "")


def rewritten(pack: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Rewrite the files of a bundle."""
    with zipfile.ZipFile(pack) as file:
        files = {name: file.read(name) for name in file.namelist()}
    change(files)
    with zipfile.ZipFile(pack, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return pack


def other_words(files: dict[str, bytes]) -> None:
    files["bundle.json"] = files["bundle.json"].replace(b"villages", b"cities!!")


def other_campaign(files: dict[str, bytes]) -> None:
    index = json.loads(files["bundle.json"])
    files["bundle.json"] = json.dumps({**index, "campaign": "others"}).encode()


def other_spelling(files: dict[str, bytes]) -> None:
    index = json.loads(files["bundle.json"])
    index["releases"] = [json.dumps(json.loads(form)) for form in index["releases"]]
    files["bundle.json"] = json.dumps(index).encode()


def another_picture(files: dict[str, bytes]) -> None:
    name = next(each for each in files if each.startswith("media/"))
    files[name] = PNG + b"another"


def no_picture(files: dict[str, bytes]) -> None:
    del files[next(each for each in files if each.startswith("media/"))]


def no_index(files: dict[str, bytes]) -> None:
    del files["bundle.json"]


def other_version(files: dict[str, bytes]) -> None:
    files["bundle.json"] = files["bundle.json"].replace(b'"v": 1', b'"v": 2', 1)


REFUSED = [
    pytest.param(other_campaign, NotTrusted, id="another campaign's name"),
    pytest.param(other_spelling, NotTrusted, id="the same releases spelt otherwise"),
    pytest.param(another_picture, NotTrusted, id="another picture"),
    pytest.param(no_picture, NotTrusted, id="no picture"),
    pytest.param(no_index, InvalidDocument, id="no index"),
    pytest.param(other_version, InvalidDocument, id="another version"),
]


@pytest.fixture
def pictured(workspace: Workspace) -> Workspace:
    """Give a workspace with two drafts, one of them with a picture."""
    (workspace.settings.media / "map.png").write_bytes(PNG)
    picture = {"media": [{"file": "map.png", "alt": {"en-GB": "A map of the lost villages."}}]}
    workspace.apply(document(messages=[campaigns.message(1, **picture), campaigns.message(2)]))
    return workspace


@pytest.mark.parametrize(("change", "error"), REFUSED)
def test_a_tampered_bundle_is_refused(
    pictured: Workspace, tmp_path: Path, change: Callable[[dict[str, bytes]], None], error: type[CordialeError]
):
    """A bundle is signed whole and as it was made, or not at all."""
    pack = rewritten(made_bundle(pictured, tmp_path / "for-paris.zip"), change)
    with pytest.raises(error):
        bundle.read(pack)


def test_other_words_in_a_bundle_are_other_digests(booked: Workspace, tmp_path: Path):
    """Whoever changes the words in a bundle gets a signature over words that nobody will send."""
    pack = rewritten(made_bundle(booked, tmp_path / "for-paris.zip"), other_words)
    effect = imported(booked, signed_elsewhere(booked, pack, "fr", tmp_path))

    assert (effect.stale, effect.waiting, effect.scheduled) == (2, 0, 0)
    assert set(booked.states().values()) == {"draft"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="absent"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04 not really", id="half a zip"),
        pytest.param(b"campaign: voices\n", id="a YAML file"),
    ],
)
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, content: bytes | None):
    """A wrong file is named with what to do, whatever is in it."""
    path = tmp_path / "for-paris.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidDocument) as refused:
        bundle.read(path)

    assert "for-paris.zip" in str(refused.value.complaints[0])
    assert refused.value.complaints[0].hint


def test_a_changed_template_spoils_no_bundle_unseen(booked: Workspace, tmp_path: Path):
    """A preview that would show other words than are signed is not made."""
    picture = booked.settings.media / "map.png"
    picture.write_bytes(PNG)
    with_picture = {"media": [{"file": "map.png", "alt": {"en-GB": "A map."}}]}
    booked.apply(document(messages=[campaigns.message(1, **with_picture), campaigns.message(2)]))
    picture.write_bytes(PNG + b"changed")

    with pytest.raises(CordialeError):
        made_bundle(booked, tmp_path / "for-paris.zip")
    assert not (tmp_path / "for-paris.zip").exists()
