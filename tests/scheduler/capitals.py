"""Two capitals: a bundle is made where the database is, and signed in a folder that holds the bundle and a key."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from campaigns import clock
from scheduler import bundle, review
from scheduler.engine.sending import read_media
from scheduler.review import Effect
from scheduler.review_preview import page
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
DUE = (clock.now() + 48 * HOUR).replace(microsecond=0)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "000000050001a5f645400000000049454e44ae426082"
)
OTHER_WORDS = {"wording": {"en-GB": "Daesh lost other villages as well."}}
EDITED = [campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]


def document(**changes: Any):
    return campaigns.campaign(2, at=DUE, apart=HOUR, **changes)


def made_bundle(workspace: Workspace, path: Path) -> Path:
    """Write the bundle of all that waits, as the command does."""
    with workspace.transaction() as connection:
        found = review.items(connection, workspace.trust(), "voices")
        waiting = [item for item in found if item.state == "draft"]
        preview = page(connection, workspace.settings, "voices", waiting)
    media = {
        bundle.media_name(entry): read_media(workspace.settings.media, item.outgoing)[entry.digest]
        for item in waiting
        for entry in item.outgoing.media
    }
    bundle.write(path, "voices", waiting, preview, media)
    return path


def signed_elsewhere(workspace: Workspace, pack: Path, partner: str, tmp_path: Path, answer: Any = "approve") -> str:
    """Sign *pack* in a folder that holds the bundle and a key, and nothing else."""
    capital = tmp_path / f"capital-of-{partner}"
    capital.mkdir()
    shutil.copy(pack, capital / "bundle.zip")
    shutil.copy(workspace.key(partner), capital / "mine.key")
    return bundle.sign(bundle.read(capital / "bundle.zip"), partner, capital / "mine.key", answer, "seen")


def imported(workspace: Workspace, signed: str) -> Effect:
    return review.record(workspace.database, workspace.trust(), signed, clock.now())
