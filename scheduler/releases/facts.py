"""The facts that the gate looks at beside the release itself. `evidence` gathers them, once for a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class TrustView(Protocol):
    """What the gate asks of the trust file."""

    @property
    def rehearsal_only(self) -> bool:
        """Whether it may publish to loopback and files alone."""
        ...

    def declares(self, *, id: str, kind: str, account: str, issuer: str, server: str | None) -> bool:  # noqa: A002 (the channel's id, as in YAML)
        """Whether the channel is part of the signed trust file."""
        ...


class SignaturesView(Protocol):
    """What the gate asks of the approvals."""

    def partners_for(self, subject: str, digest: str) -> dict[str, str]:
        """Return partner -> person of valid approvals of exactly this digest."""
        ...


@dataclass(frozen=True)
class Silence:
    """A blackout as the gate sees it."""

    campaign: str
    id: str
    partner: str
    start: datetime
    end: datetime  #: exclusive
    reason: str
    readable: bool = True  #: its times could be read; otherwise it never ends


@dataclass(frozen=True)
class Evidence:
    """All that the gate looks at beside the release: gathered once for a batch."""

    trust: TrustView | None
    trust_fault: str = ""
    signatures: SignaturesView | None = None
    holds: Sequence[Mapping[str, Any]] = ()
    hold_fault: str = ""
    blackouts: Sequence[Silence] = ()
    said: Mapping[str, str] = field(default_factory=dict)  #: words digest -> release that already said it
    journal: Mapping[str, str] = field(default_factory=dict)  #: release -> last outcome on this machine
    begun: Mapping[str, int] = field(default_factory=dict)  #: release -> how often this machine began to send it
    local: Mapping[str, bool] = field(default_factory=dict)  #: release -> its endpoint stays on this machine
    breakers: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)  #: channel -> open until, why
