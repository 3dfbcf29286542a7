"""`cordiale apply` is killed at random moments; what it leaves is the campaign before it, or the one after it."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from campaigns import clock
from campaigns.documents import schema
from campaigns.documents.dump import to_yaml
from campaigns.plan import stored
from campaigns.signoff.approvals import SUBJECT
from campaigns.store.engine import reading
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import AUTHOR, Workspace
from tests.chaos import kills
from tests.chaos.processes import BOUND, LOOK, ROOT

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

N = 240  #: releases of each edition
TURNOVER = 30  #: releases that each edition drops, and as many that it adds
KILLS = 5 if os.environ.get("CORDIALE_CHAOS") == "short" else 12
WRITES = (0.7, 1.05)  #: the part of its transaction in which an apply writes; before that it renders
DUE = (clock.now() + timedelta(days=30)).replace(microsecond=0)  #: long after the last edition: none is under way


def edition(number: int) -> schema.Campaign:
    """Return the campaign as its *number*-th edition has it: some releases went, some came, a third reads otherwise."""
    ids = range(number * TURNOVER + 1, number * TURNOVER + N + 1)
    messages = [
        campaigns.message(each, wording={"en-GB": f"{campaigns.in_words(each)}, {campaigns.in_words(number)}."})
        if each % 3 == number % 3
        else campaigns.message(each)
        for each in ids
    ]
    entries = [campaigns.entry(each, DUE + timedelta(minutes=each)) for each in ids]
    return campaigns.campaign(name="editions", at=DUE, messages=messages, releases=entries, owner=f"Edition {number}")


@dataclass(frozen=True)
class Found:
    """All that an apply writes, as it can be seen from outside."""

    export: str
    releases: dict[str, tuple[str, str, str]]  #: id -> state, digest, author
    events: Counter[tuple[str, str]]  #: act, what it was done to
    voided: int

    @classmethod
    def of(cls, made: Workspace) -> "Found":
        with reading(made.database) as connection:
            document = stored.read(connection, "editions")
            voided = connection.scalar(select(func.count()).where(SUBJECT.c.voided_at.is_not(None))) or 0
        assert document is not None
        events = Counter((each["act"], each["subject"]) for each in made.events())
        releases = {row["id"]: (row["state"], row["digest"], row["author"]) for row in made.rows().values()}
        return cls(to_yaml(document), releases, events, voided)


def begin(made: Workspace) -> None:
    """Apply the first edition, and have both partners sign all of it."""
    made.apply(edition(0))
    made.approve(campaign="editions")


def expected(folder: Path) -> list[Found]:
    """Return what each edition leaves where nobody kills anything, one after the other."""
    made = workspaces.make(folder)
    with kills.closing(made):
        begin(made)
        found = [Found.of(made)]
        for number in range(1, KILLS + 3):
            made.apply(edition(number))
            found.append(Found.of(made))
    return found


def started(made: Workspace, number: int) -> subprocess.Popen[str]:
    """Start `cordiale apply` on an edition, as a process."""
    (made.folder / "campaigns" / "editions.yaml").write_text(to_yaml(edition(number)), "utf-8")
    words = [sys.executable, ROOT / "main.py", "apply", "campaigns", "--as", AUTHOR]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CORDIALE_")}
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, cwd=made.folder, env=environment, text=True, **pipes)


def writing_now(made: Workspace) -> bool:
    """Return whether somebody is inside the transaction of an apply."""
    if made.database.dialect.name == "postgresql":
        mine = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        with reading(made.database) as connection:
            held = connection.scalar(text(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND {mine}"))  # noqa: S608 (our own words)
        return bool(held)
    other = sqlite3.connect(made.folder / "cordiale.db", timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
    return False


def until(happened: Any) -> None:
    deadline = time.monotonic() + BOUND
    while not happened():
        assert time.monotonic() < deadline, f"nothing happened for {BOUND:g} s"
        time.sleep(LOOK)


def finish(process: "subprocess.Popen[str]") -> None:
    """Let an apply end by itself, well."""
    _, said = process.communicate(timeout=BOUND)
    assert process.returncode == 0, said


def undisturbed(made: Workspace, number: int) -> tuple[float, float]:
    """Apply an edition whole, and return the seconds it takes to come to its transaction, and to commit it."""
    begun = time.monotonic()
    process = started(made, number)
    until(lambda: writing_now(made) or process.poll() is not None)
    inside = time.monotonic()
    until(lambda: not writing_now(made))
    over = time.monotonic()
    finish(process)
    return inside - begun, over - inside


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_a_killed_apply_leaves_before_or_after(tmp_path, database_url, seed):
    """Campaign, releases, events and voided approvals are those of one edition, never of two; the next apply works."""
    chance = random.Random(seed)  # noqa: S311 (a seed that a failure can name)
    wanted = expected(tmp_path / "undisturbed")
    told: Counter[str] = Counter()
    with kills.closing(workspaces.make(tmp_path / "killed", database_url=database_url)) as made:
        begin(made)
        lead, span = undisturbed(made, 1)
        at = 1  #: the edition that is there
        assert Found.of(made) == wanted[at]
        for _ in range(KILLS):
            process = started(made, at + 1)
            if chance.random() < kills.STARTING:
                time.sleep(chance.uniform(0, lead))
            else:
                until(lambda process=process: writing_now(made) or process.poll() is not None)
                time.sleep(span * chance.uniform(*chance.choice([(0, 1), WRITES])))
            told["inside the transaction" if writing_now(made) else "outside it"] += 1
            process.kill()
            process.communicate()
            until(lambda: not writing_now(made))
            found = Found.of(made)
            assert found in (wanted[at], wanted[at + 1]), f"neither edition {at} nor {at + 1}"
            at += found == wanted[at + 1]
        finish(started(made, at + 1))
        assert Found.of(made) == wanted[at + 1]
    print(f"\nApply of {N} releases, seed {seed}: {KILLS} kills {dict(told)}, {at - 1} of them too late")  # noqa: T201 (figures)
    assert told["inside the transaction"] > 0
