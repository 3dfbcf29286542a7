"""What a rehearsal publishes to: files of the stage, whatever the channels and the trust file say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaigns.settings import Settings
from scheduler import folders
from scheduler.engine.desk import Desk
from scheduler.publisher import Endpoint, Publisher
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.facts import Evidence
from scheduler.releases.locality import FILE_KINDS, stays_here

OUTBOX = "outbox"


class RehearsalDesk(Desk):
    """
    Gives every channel an outbox on the stage; a feed or an outbox is written where it would be, on the stage.

    With *to_loopback*, what names a server on this machine is posted there. The transport refuses all else.
    """

    def __init__(self, settings: Settings, workspace: Settings, *, to_loopback: bool) -> None:
        super().__init__(settings, loopback_only=True)
        self._to_loopback = to_loopback
        self._files, self._servers = settings, workspace  # secrets stay in the workspace

    def publisher(self, endpoint: Endpoint) -> Publisher:
        """Return the publisher that stands in for the channel's own."""
        in_place = endpoint.kind in FILE_KINDS
        here = not in_place and self._to_loopback and stays_here(endpoint.kind, endpoint.server)
        self._settings = self._servers if here else self._files
        return super().publisher(endpoint if in_place or here else in_files(endpoint))


def in_files(endpoint: Endpoint) -> Endpoint:
    """Return the outbox that stands in for a channel."""
    return replace(
        endpoint, kind=OUTBOX, server=f"{OUTBOX}/{folders.safe(endpoint.channel)}", credential=None, options={}
    )


class RehearsalRoom(EvidenceRoom):
    """The evidence of the gate, in which every endpoint stays here: the desk sees to that."""

    def gather(self, connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> Evidence:
        """Return the evidence for *rows* as of this transaction."""
        return replace(super().gather(connection, rows, now), local={row["id"]: True for row in rows})
