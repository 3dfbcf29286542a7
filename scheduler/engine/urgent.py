"""Urgent releases as they begin: within their rule's limit over a whole batch, and each with its debt on record."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from scheduler.releases import debts
from scheduler.releases.conditions import Condition
from scheduler.releases.gate import Act, Verdict


def within_limits(
    connection: Connection, folder: Path, rows: Sequence[Mapping[str, Any]], verdicts: dict[str, Verdict]
) -> None:
    """Let no more urgent releases begin in a batch than their rule leaves open; the others wait for an answer."""
    asking = [row["id"] for row in rows if verdicts[row["id"]].act is Act.PUBLISH and verdicts[row["id"]].leave]
    if not asking:
        return
    debts.alone(connection)
    standing = debts.standing(connection, folder)
    counted = Counter(debt.rule for debt in standing.values())
    for each in asking:
        verdict = verdicts[each]
        leave = verdict.leave
        if leave is None or (leave.debt.release, leave.debt.digest) in standing:
            continue
        if counted[leave.rule.id] >= leave.rule.open:
            said = f"{counted[leave.rule.id]} releases under the rule {leave.rule.id} wait for the others' word."
            full = Condition("signatures", holds=False, evidence=said, cure="Ask for it: `cordiale urgent list`.")
            verdicts[each] = Verdict(Act.WAIT, (full, *verdict.conditions), verdict.outgoing)
        counted[leave.rule.id] += bool(leave.debt.owed)


def begin(connection: Connection, folder: Path, permitted: Sequence[Verdict], now: datetime) -> None:
    """
    Open the debts of what may now touch the wire.

    Raises:
        EnvironmentFault: If this machine cannot write them down; then nothing leaves.
    """
    opened = [verdict.leave.debt for verdict in permitted if verdict.leave and verdict.leave.debt.owed]
    debts.begin(connection, folder, opened, now)
