# ruff: noqa: E501, RUF001 (one message a line; Arabic digits are meant)
"""A workspace with publications, corrections and retractions, as the register finds them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from campaigns import clock
from campaigns.signoff.trust import Trust
from campaigns.store.engine import writing
from scheduler.register.entries import Entry, Retraction, without_text
from scheduler.register.gather import Gathered, gather
from scheduler.releases import ledger
from scheduler.releases.journal import ClosedJournal, Journal
from scheduler.releases.ledger import Step
from scheduler.releases.states import Move
from tests.builders import campaigns, copies
from tests.builders.engine_room import EngineRoom, accepted
from tests.builders.workspaces import Workspace

SERVER = "https://social.example"
DAY = timedelta(days=1)
WORDS = {
    "en-GB": "Daesh has lost {} of its villages.\n“It will not come back”, a teacher says.",
    "fr-FR": "Daech a perdu {} de ses villages.\n« Il ne reviendra pas », dit une enseignante.",
    "ar": "خسر داعش {} من قراه.\n«لن يعود»، تقول معلمة.",
}
FIGURES = {"en-GB": ("1,500", "1,400"), "fr-FR": ("1 500", "1 400"), "ar": ("١٬٥٠٠", "١٬٤٠٠")}


def document(**changes: Any) -> Any:
    """Return a campaign of a publication in three languages, its correction a day later, and another publication."""
    due = (clock.now() - 2 * DAY).replace(microsecond=0)
    messages = [
        {"id": "m1", "audiences": ["readers"], "wording": {tag: text.format(FIGURES[tag][0]) for tag, text in WORDS.items()}},
        {"id": "m2", "audiences": ["readers"], "wording": {tag: text.format(FIGURES[tag][1]) for tag, text in WORDS.items()}},
        {"id": "m3", "audiences": ["readers"], "wording": {"en-GB": "Amal from Sinjar tells her story on Monday.", "fr-FR": "Amal, de Sinjar, raconte lundi.", "ar": "أمل من سنجار تروي قصتها يوم الاثنين."}},
    ]  # fmt: skip
    late = {"if_late": {"after": "30d", "then": "send"}}
    return campaigns.campaign(
        at=due,
        channels=[campaigns.channel("outbox", locales=list(WORDS), server="outbox")],
        audiences=[{"id": "readers", "locales": list(WORDS), "timezone": "Europe/Paris"}],
        messages=messages,
        releases=[
            campaigns.entry(1, due, zone="UTC", **late),
            campaigns.entry(2, due + DAY, zone="UTC", supersedes="r1", **late),
            campaigns.entry(3, due + DAY, zone="UTC", **late),
        ],
        **changes,
    )


def publish(workspace: Workspace) -> dict[str, str]:
    """Have everything signed and published, with the send journal telling of it; return name -> id."""
    workspace.apply(document(), now=clock.now() - 3 * DAY)
    workspace.approve()
    journal = Journal(workspace.settings.trust).open()
    try:
        room = EngineRoom(workspace, journal)
        for number, permit in enumerate(room.send()):
            room.finish(permit, accepted(f"remote-{number}"))
            journal.write([(permit.claim.id, permit.digest, "published")], clock.now())
    finally:
        journal.close()
    return {f"{row['entry']}/{row['locale']}": row["id"] for row in rows(workspace)}


def few() -> list[Entry]:
    """Return the entries of a small register in three languages, with a correction, two retractions and a thread."""
    made = copies.entries(48)
    [first, second, third, fourth, *_] = [number for number, each in enumerate(made) if each.published[:7] == "2027-02"]
    taken = Retraction("fr", "wrong-fact", "2027-03-01T10:00:00Z", "2027-03-01T10:00:05Z")
    made[first] = replace(made[first], corrected_by=(made[second].id,), warning="Violence")
    made[second] = replace(made[second], corrects=made[first].id)
    made[third] = without_text(replace(made[third], retraction=replace(taken, code="safety")))
    thread = tuple({"headline": head, "text": said} for head, said in (("Facts", "One of two."), (None, "Two of two.")))
    made[fourth] = replace(made[fourth], retraction=taken, parts=thread)
    return made


def rows(workspace: Workspace) -> list[Mapping[str, Any]]:
    """Return all releases."""
    from sqlalchemy import select

    from campaigns.store.engine import reading
    from scheduler.releases.ledger import RELEASE

    with reading(workspace.database) as connection:
        return [dict(row) for row in connection.execute(select(RELEASE)).mappings()]


def take_down(workspace: Workspace, release: str, code: str, *, partner: str = "fr") -> None:
    """Take a release down, as `cordiale retract` does once the channel agreed."""
    said = {"code": code}
    with writing(workspace.database) as connection:
        for move in (Move.RETRACT, Move.VANISH):
            ledger.move(connection, [Step(release, move, partner, "Amal asked for it.", detail=said)], clock.now())


def gathered(
    workspace: Workspace, *, trust: Trust | None = None, earlier: Mapping[str, Entry] | None = None
) -> Gathered:
    """Return the register of *workspace*."""
    from campaigns.store.engine import reading

    journal = ClosedJournal(workspace.settings.trust).open()
    with reading(workspace.database) as connection:
        return gather(connection, trust or workspace.trust(), journal, earlier)
