"""
The golden audit bundle of this version: made once at a release, committed, and verified for ever after.

    python -m tests.builders.golden_log
"""

import tempfile
from pathlib import Path

import main
from campaigns import clock
from campaigns.store.engine import reading
from scheduler import checkpoints, proof
from scheduler.engine import hold
from scheduler.releases.journal import Journal
from tests.builders import burst
from tests.builders.engine_room import EngineRoom, accepted, lost
from tests.builders.workspaces import Workspace

FOLDER = Path(__file__).parents[1] / "campaigns" / "audit" / "golden"


def make(target: Path, folder: Path) -> None:
    """Write to *target* the bundle of a log with every kind of event that takes no outside server."""
    made = burst.build(folder, 6, "outbox", None, {})
    room = EngineRoom(made, Journal(made.settings.trust).open())
    trust, settings = made.settings.trust, made.settings
    permits = room.begin(room.claim(limit=3))
    for permit, end in zip(permits, (accepted("1"), accepted("2"), lost()), strict=True):
        room.finish(permit, end)
        room.journal.write([(permit.claim.id, permit.digest, "published" if end.receipt else "unknown")], clock.now())
    witnessed(made)
    made.decide("fr", "refuse", campaign="burst", reason="Ces mots ne sont plus à jour.")
    with made.transaction() as connection:
        hold.place(connection, trust, scope="all", target="", partner="uk", reason="an hour", at=clock.now())
    witnessed(made)
    room.journal.close()
    with reading(made.database) as connection:
        proof.export(connection, settings, target, main.VERSION)
    made.database.dispose()


def witnessed(made: Workspace) -> None:
    """Let the operator sign a checkpoint, and both partners witness it."""
    trust = made.trust()
    with reading(made.database) as connection:
        key = made.folder / "keys" / "operator.key"
        given = checkpoints.make(connection, made.settings, trust, key, lambda _: None)
        note = checkpoints.of_file(given.path)
        for partner in ("uk", "fr"):
            signed = checkpoints.witnessed(
                note,
                checkpoints.in_database(connection, note),
                trust,
                made.settings.trust / "local" / f"witness-{partner}.json",
                partner=partner,
                key=made.key(partner),
                at=clock.now(),
                restored=False,
            )
            checkpoints.keep(made.settings, signed, trust)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        make(FOLDER / f"{main.VERSION}.zip", Path(place) / "workspace")
