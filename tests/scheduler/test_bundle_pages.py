"""The pages of a bundle as they are read: French punctuation, and the order of the drawings."""

import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.bundle import pack as bundles
from scheduler.bundle.pages import words
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import DUE, made_bundle

NAMES = {"en-GB": "Everyone", "fr-FR": "Tout le monde"}


@pytest.fixture(name="pack")
def _pack(workspace: Workspace, tmp_path: Path) -> dict[str, str]:
    """Give the pages of a bundle whose second message goes out first, in French, English and Arabic."""
    said = {"en-GB": "Daesh lost villages.", "fr-FR": "Daech a perdu des villages.", "ar": "خسر تنظيم داعش قرى."}
    document = campaigns.campaign(
        2,
        at=DUE,
        apart=timedelta(hours=-1),
        audiences=[{"id": "readers", "name": NAMES, "locales": [*said], "timezone": "UTC"}],
        channels=[campaigns.channel(locales=[*said])],
        messages=[campaigns.message(number, wording=said) for number in (1, 2)],
    )
    workspace.apply(document)
    path = made_bundle(workspace, tmp_path / "b.zip")
    assert bundles.read(path)[0].audiences == {"readers": NAMES}  # and each page is the one that its bytes make
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist() if name.endswith(".html")}


def test_drawings_stand_in_the_order_in_which_they_are_read(pack: dict[str, str]):
    """What goes out first comes first; in a message, languages stand in their own order, not by their tags."""
    shown = re.findall(r"r(\d)/(en-GB|fr-FR|ar)/uk-outbox</span>", pack["preview.html"])

    assert list(dict.fromkeys(shown)) == [(n, tag) for n in "21" for tag in ("en-GB", "fr-FR", "ar")]


def test_an_audience_is_called_by_its_name(pack: dict[str, str]):
    """In the reader's language where it has one, else in another, and with the id that is signed."""
    signed = '</bdi> <bdi dir="ltr" class="soft">(readers)</bdi>'

    assert f"<bdi>Tout le monde{signed}" in pack["fr.html"]
    assert f"<bdi>Everyone{signed}" in pack["en.html"]
    assert f"<bdi>Everyone{signed}" in pack["ar.html"]


def test_french_puts_no_line_break_before_its_high_marks(pack: dict[str, str]):
    """A colon, in the page's own words, is kept at the word before it, and English has none there."""
    own = [each for each in words("fr").values() if isinstance(each, str)]

    assert not [each for each in own if re.search(r"[ \w\u2019][:;?!]|^[:;?!]", each)]
    assert "<title>Pour signature\u202f: voices</title>" in pack["fr.html"]
    assert "<title>For your signature: voices</title>" in pack["en.html"]
