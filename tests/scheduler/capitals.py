"""Two capitals: a bundle is made where the database is, and signed in a folder that holds the bundle and a key."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from campaigns import clock
from scheduler.bundle import pack
from scheduler.cli.bundling import collect
from scheduler.review import changes, comments
from scheduler.review.decide import Effect, record
from scheduler.review.docket import items
from scheduler.review.selection import EVERYTHING, Selection
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


def made_bundle(workspace: Workspace, path: Path, pick: Selection = EVERYTHING) -> Path:
    """Write the bundle of all that waits and that *pick* picks, as the command does."""
    with workspace.transaction() as connection:
        found = items(connection, workspace.trust(), "voices", pick)
        said = comments.read(connection, "voices")
        remarks = {item.id: said.get((item.outgoing.message, item.outgoing.locale), []) for item in found}
        changed = changes.since(connection, found)
        packed = collect(connection, workspace.settings, "voices", found, changed, remarks)
    pack.write(path, *packed)
    return path


def signed_elsewhere(workspace: Workspace, bundle: Path, partner: str, tmp_path: Path, answer: Any = "approve") -> str:
    """Sign *bundle* in a folder that holds the bundle and a key, and nothing else."""
    capital = tmp_path / f"capital-of-{partner}"
    capital.mkdir()
    shutil.copy(bundle, capital / "bundle.zip")
    shutil.copy(workspace.key(partner), capital / "mine.key")
    return pack.sign(pack.read(capital / "bundle.zip")[0], partner, capital / "mine.key", answer, "seen")


def imported(workspace: Workspace, signed: str) -> Effect:
    return record(workspace.database, workspace.trust(), signed, clock.now())
