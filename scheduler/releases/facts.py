"""The facts that the gate looks at beside the release itself. `evidence` gathers them, once for a batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from campaigns.signoff.urgent import UrgentRule, UrgentWord


class TrustView(Protocol):
    """What the gate asks of the trust file."""

    @property
    def rehearsal_only(self) -> bool:
        """Whether it may publish to loopback and files alone."""
        ...

    @property
    def urgent(self) -> tuple[UrgentRule, ...]:
        """What one partner alone may let out."""
        ...

    def declares(self, *, id: str, kind: str, account: str, issuer: str, server: str | None) -> bool:  # noqa: A002 (the channel's id, as in YAML)
        """Whether the channel is part of the signed trust file."""
        ...


class SignaturesView(Protocol):
    """What the gate asks of the approvals."""

    def partners_for(
        self, subject: str, digest: str, *, campaign: str, author: str | Collection[str] = ()
    ) -> dict[str, str]:
        """Return partner -> person of valid approvals of this digest for this campaign, but what *author* approved."""
        ...

    def so_far(
        self, subject: str, digest: str, *, campaign: str, author: str | Collection[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """Return partner -> persons who have approved it, though its role may ask for more of them."""
        ...

    def urgent(self, subject: str, digest: str, *, campaign: str) -> list[UrgentWord]:
        """Return the signatures under an urgent rule over exactly this digest, newest first."""
        ...

    def objections(self, subject: str, digest: str, *, campaign: str) -> dict[str, datetime]:
        """Return partner -> when its last word on exactly this digest was a no, known to the table or not."""
        ...

    def forgotten(self, subject: str, digest: str, *, campaign: str) -> dict[str, str]:
        """Return partner -> instant of a refusal that the table has forgotten, and that ends its approval."""
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
    log_fault: str = ""  #: why the event log is not the one that this machine has seen
    blackouts: Sequence[Silence] = ()
    said: Mapping[str, str] = field(default_factory=dict)  #: words digest -> release that already said it
    journal: Mapping[str, str] = field(default_factory=dict)  #: release -> last outcome on this machine
    begun: Mapping[str, int] = field(default_factory=dict)  #: release -> how often this machine began to send it
    local: Mapping[str, bool] = field(default_factory=dict)  #: release -> its endpoint stays on this machine
    breakers: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)  #: channel -> open until, why
    debts: Mapping[tuple[str, str], str] = field(default_factory=dict)  #: release, digest of an open debt -> its rule
    debt_fault: str = ""
