"""The captions of a film: signed by their digest, and in the bundle."""

import zipfile
from pathlib import Path

import pytest

from campaigns.errors import NotTrusted
from scheduler.bundle import pack as bundles
from scheduler.engine.parcels import read_media
from scheduler.publisher import Refused
from scheduler.releases.outgoing import canonical, parse
from tests.builders import campaigns
from tests.builders.pictures import CAPTIONS, film
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import document, imported, made_bundle, signed_elsewhere

WORDS = CAPTIONS.encode()


@pytest.fixture
def filmed(workspace: Workspace) -> Workspace:
    """Give a workspace with two drafts, one of them with a film."""
    (workspace.settings.media / "film.mp4").write_bytes(film())
    (workspace.settings.media / "film.en.vtt").write_bytes(WORDS)
    shown = {"file": "film.mp4", "alt": {"en-GB": "Partners sit down together."}, "captions": {"en-GB": "film.en.vtt"}}
    workspace.apply(document(messages=[campaigns.message(1, media=[shown]), campaigns.message(2)]))
    return workspace


def forms(workspace: Workspace) -> set[int]:
    """Return the forms of all releases."""
    return {parse(row["outgoing"]).v for row in workspace.rows().values()}


def test_only_a_release_with_captions_has_the_second_form(filmed: Workspace) -> None:
    """What leaves without captions is signed in the form that it always had."""
    assert forms(filmed) == {1, 2}


def test_other_words_in_captions_are_another_digest(filmed: Workspace) -> None:
    """Whoever changes a caption asks for new signatures; the release without a film keeps its own."""
    before = {name: row["digest"] for name, row in filmed.rows().items()}
    (filmed.settings.media / "film.en.vtt").write_bytes(WORDS.replace(b"lost", b"LOST"))
    shown = {"file": "film.mp4", "alt": {"en-GB": "Partners sit down together."}, "captions": {"en-GB": "film.en.vtt"}}
    filmed.apply(document(messages=[campaigns.message(1, media=[shown]), campaigns.message(2)]))
    after = {name: row["digest"] for name, row in filmed.rows().items()}

    assert len({*before.items()} & {*after.items()}) == len(before) - 1


def test_captions_that_are_not_what_was_signed_do_not_leave(filmed: Workspace) -> None:
    """The sender reads them from disk, and holds them to their digest."""
    outgoing = next(form for row in filmed.rows().values() if (form := parse(row["outgoing"])).v == 2)

    assert WORDS in read_media(filmed.settings.media, outgoing).values()
    (filmed.settings.media / "film.en.vtt").write_bytes(WORDS + b"\n")
    with pytest.raises(Refused, match=r"film\.en\.vtt"):
        read_media(filmed.settings.media, outgoing)


def test_a_bundle_has_them_and_is_refused_with_others(filmed: Workspace, tmp_path: Path) -> None:
    """The other capital reads the captions that it signs."""
    pack = made_bundle(filmed, tmp_path / "for-paris.zip")
    with zipfile.ZipFile(pack) as file:
        files = {name: file.read(name) for name in file.namelist()}
    (name,) = [each for each in files if each.endswith("-film.en.vtt")]

    assert files[name] == WORDS
    assert imported(filmed, signed_elsewhere(filmed, pack, "fr", tmp_path)).stale == 0
    with zipfile.ZipFile(pack, "w") as file:
        for each, data in {**files, name: WORDS + b"\n"}.items():
            file.writestr(each, data)
    with pytest.raises(NotTrusted, match=r"film\.en\.vtt"):
        bundles.read(pack)


def test_what_was_signed_names_the_captions(filmed: Workspace) -> None:
    """The canonical form holds file and digest of the captions."""
    outgoing = next(form for row in filmed.rows().values() if (form := parse(row["outgoing"])).v == 2)

    assert b'"captions":{"digest":"' in canonical(outgoing)
