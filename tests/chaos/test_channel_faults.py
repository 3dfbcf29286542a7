"""
Every way in which a channel may fail, for each class of channels, through the whole daemon: how the release ends.

Each channel is struck once by its fault and behaves from then on. The sink counts what it was asked and what it did;
on the channels that absorb no key it would do the same thing twice, were it asked twice.
"""

import socket
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns import clock
from campaigns.store.engine import reading
from scheduler import roster
from scheduler.daemon import Daemon
from scheduler.releases.ledger import RELEASE
from tests.builders import campaigns, workspaces
from tests.chaos.askable import ASKED, Askable
from tests.servers.http_sink import FAULTS, HttpSink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

REFUSED = "connection-refused"  #: nobody listens there
LEASE = 3.0  #: seconds; a channel that hangs is given up on before it ends
PATIENCE = 120.0  #: seconds until everything must have ended
CLASSES = {"absorbs": {"deduplicates": True}, "asked": ASKED, "neither": {}}

#: fault -> how a release ends on a channel that absorbs keys, on one that can be asked, on one that can do neither;
#: and after that, how often it took effect and how often it was posted, for each of them.
AGAIN = (("published",) * 3, (1, 1, 1), (2, 2, 2))  #: the channel took nothing, and says when to come again
LOST = (("published", "published", "uncertain"), (1, 1, 0), (2, 2, 1))  #: no answer, and nothing had happened
LOST_AFTER = (("published", "published", "uncertain"), (1, 1, 1), (2, 1, 1))  #: no answer, and it had happened
NO = (("failed",) * 3, (0, 0, 0), (1, 1, 1))  #: the channel does not take this release
BARRED = (("scheduled",) * 3, (0, 0, 0), (1, 1, 1))  #: it takes none with this credential: all of them wait
SILENT = (("scheduled",) * 3, (0, 0, 0), (0, 0, 0))  #: nobody is there: it is tried again
ENDS = {
    "429-seconds": AGAIN,
    "429-date": AGAIN,
    "503-retry-after": AGAIN,
    "500-not-posted": LOST,
    "500-posted": LOST_AFTER,
    "timeout-before": LOST,
    "timeout-after": LOST_AFTER,
    "reset-before": LOST,
    "reset-after": LOST_AFTER,
    "truncated-json": LOST_AFTER,
    "malformed-json": LOST_AFTER,
    "html": LOST_AFTER,
    "302": NO,
    "401": BARRED,
    "422": NO,
    REFUSED: SILENT,
}


def nobody() -> str:
    """Return an address of loopback where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def states(made: workspaces.Workspace) -> Mapping[str, str]:
    """Return channel -> the state of its release; a retry that comes soon is no state to stay in."""
    with reading(made.database) as connection:
        rows = connection.execute(select(RELEASE.c.channel, RELEASE.c.state, RELEASE.c.tries, RELEASE.c.next_at)).all()
    soon = clock.now() + timedelta(minutes=1)
    return {
        row.channel: "soon" if row.state == "scheduled" and row.next_at < soon and REFUSED not in row.channel
        else "due" if row.state == "scheduled" and not row.tries
        else row.state
        for row in rows
    }  # fmt: skip


def test_the_table_is_whole():
    """Each fault of the sink is in it, and there are more than the thirteen that the design tells of."""
    assert set(ENDS) == {*FAULTS, REFUSED}
    assert len(ENDS) > 13


def test_every_fault_ends_as_the_channel_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What may have happened is sent again under its key, looked up, or left to a person; never twice, never lost."""
    monkeypatch.setitem(roster._BY_KIND, "webhook", Askable)
    names = [(kind, fault) for kind in CLASSES for fault in ENDS]
    with ExitStack() as stack:
        sinks = {kind: stack.enter_context(HttpSink(deduplicates=kind == "absorbs")) for kind in CLASSES}
        made = workspaces.make(tmp_path / "w", secrets={"key": workspaces.SIGNING_KEY}, lease=LEASE, catch_up=0)
        stack.callback(made.database.dispose)
        channels = [
            campaigns.channel(
                "webhook",
                id=f"{kind}-{fault}",
                account=f"@{kind}-{fault}",
                server=f"{nobody() if fault == REFUSED else sinks[kind].url}/{fault}",
                credential="key",
                options=CLASSES[kind],
            )
            for kind, fault in names
        ]
        for kind, fault in names:
            if fault != REFUSED:
                sinks[kind].misbehave_at(f"/{fault}", fault)
        due = clock.now() - timedelta(seconds=2)
        late = {"if_late": {"after": "30d", "then": "send"}}
        made.apply(campaigns.campaign(at=due, channels=channels, entries=late), now=due - timedelta(hours=1))
        made.approve()
        daemon = Daemon(made.settings, made.database)
        daemon.start()
        stack.callback(daemon.stop)
        wanted = {f"{kind}-{fault}": ENDS[fault][0][at] for at, kind in enumerate(CLASSES) for fault in ENDS}
        timer = threading.Timer(PATIENCE, daemon.asked.put, [0])
        timer.start()
        daemon.wait(lambda: not {"soon", "due", "claimed", "sending"} & set(states(made).values()), every=0.1)
        timer.cancel()
        found = states(made)
        effects = {kind: Counter(each.path for each in sink.effects) for kind, sink in sinks.items()}
        posts = {
            kind: Counter(each.path for each in sink.requests if each.method == "POST") for kind, sink in sinks.items()
        }

    assert found == wanted
    for at, kind in enumerate(CLASSES):
        assert {fault: effects[kind][f"/{fault}"] for fault in ENDS} == {each: ENDS[each][1][at] for each in ENDS}
        assert {fault: posts[kind][f"/{fault}"] for fault in ENDS} == {each: ENDS[each][2][at] for each in ENDS}
    print(f"\n{len(names)} releases, each struck by one fault: {dict(Counter(found.values()))}")  # noqa: T201 (figures)
