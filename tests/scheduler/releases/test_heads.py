"""`heads` gives `move` all that it needs of a row, and nothing of a row that cannot be trusted."""

from campaigns import clock
from scheduler.releases import ledger
from scheduler.releases.ledger import Step
from scheduler.releases.states import Move
from tests.builders import campaigns
from tests.builders.workspaces import Workspace


def test_a_move_by_heads_is_the_same_move(workspace: Workspace):
    """Whether `move` reads the rows itself or is given their heads, the table and the log say the same."""
    workspace.apply(campaigns.campaign(2))
    rows = workspace.rows()
    with workspace.transaction() as connection:
        heads = ledger.heads(connection, [row["id"] for row in rows.values()])
        ledger.move(connection, [Step(rows["r1"]["id"], Move.CANCEL, why="ours")], clock.now(), locked=heads)
        ledger.move(connection, [Step(rows["r2"]["id"], Move.CANCEL, why="ours")], clock.now())

    assert workspace.states() == {"r1": "cancelled", "r2": "cancelled"}
    facts = [
        (each["before"], each["after"], each["campaign"], each["why"]) for each in workspace.events("release.cancel")
    ]
    assert facts == [("draft", "cancelled", "voices", "ours")] * 2


def test_a_damaged_row_harms_no_other(workspace: Workspace):
    """A state that is no state leaves its row where it is, and the others move."""
    workspace.apply(campaigns.campaign(2))
    workspace.set("r1", state="gone")
    ids = [row["id"] for row in workspace.rows().values()]
    with workspace.transaction() as connection:
        heads = ledger.heads(connection, ids)
        moved = ledger.move(connection, [Step(each, Move.CANCEL) for each in ids], clock.now(), locked=heads)

    assert workspace.states() == {"r1": "gone", "r2": "cancelled"}
    assert len(moved.stale) == 1
