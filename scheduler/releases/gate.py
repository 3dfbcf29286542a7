"""
The gate: may this release go out now? One pure function, read by `status`, `why`, the daemon and the console alike.

It fails closed: what cannot be read counts as a no. Evidence is gathered by `releases.evidence`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from campaigns.clock import iso, parse_iso
from campaigns.errors import CordialeError
from scheduler.releases.outgoing import Outgoing, digest, parse


class Act(StrEnum):
    """What the engine does about a release that stands before the gate."""

    PUBLISH = "publish"  #: every condition holds
    WAIT = "wait"  #: something may still change: look again at `look_again`
    EXPIRE = "expire"  #: its window is over, or its policy skips late releases
    ALREADY = "already"  #: the send journal says it went out
    UNSURE = "unsure"  #: the send journal says it may have gone out; the table forgot


@dataclass(frozen=True)
class Condition:
    """One thing that must hold, what was seen, and what would mend it."""

    name: str
    holds: bool
    evidence: str
    cure: str = ""


@dataclass(frozen=True)
class Verdict:
    """All conditions of one release, and what follows."""

    act: Act
    conditions: tuple[Condition, ...]
    outgoing: Outgoing | None
    look_again: datetime | None = None

    @property
    def reason(self) -> str:
        """The first condition that does not hold, in words; "" when all hold."""
        return next((each.evidence for each in self.conditions if not each.holds), "")


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


BLACKOUT = "blackout"  #: the waiver by which a named person lets a release out in one; partners sign it
PAUSE = timedelta(seconds=30)  #: how long a release that something keeps back is left alone, at first
LONG_PAUSE = timedelta(minutes=10)  #: and at last
GRACE = 1  #: seconds; `due` is whole seconds


def judge(row: Mapping[str, Any], evidence: Evidence, now: datetime) -> Verdict:
    """Return what may happen to release *row* at *now*."""
    try:
        outgoing = parse(row["outgoing"])
    except CordialeError as error:
        broken = Condition("bytes", holds=False, evidence=error.message, cure=error.hint)
        return Verdict(Act.WAIT, (broken,), None, now + LONG_PAUSE)
    due = parse_iso(outgoing.due)
    last = parse_iso(outgoing.not_after) if outgoing.not_after else None
    blackout, until = _blackout(outgoing, evidence, now)
    conditions = (
        _bytes(row, outgoing),
        _channel(outgoing, evidence),
        _signatures(row, outgoing, evidence),
        _checks(row),
        _hold(outgoing, evidence),
        blackout,
        _once(row, outgoing, evidence),
        _breaker(outgoing, evidence, now),
        _window(due, last, now),
        _lateness(row, outgoing, due, now),
    )
    failing = {each.name for each in conditions if not each.holds}
    act = _act(row, outgoing, evidence, failing, over=last is not None and now > last)
    again = _again(due, until, now) if act is Act.WAIT else None
    return Verdict(act, conditions, outgoing, again)


def _act(row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, failing: set[str], *, over: bool) -> Act:
    recorded = evidence.journal.get(row["id"])
    if recorded == "published":
        return Act.ALREADY
    if recorded in {"begun", "unknown"} and row["tries"] < evidence.begun.get(row["id"], 1):
        return Act.UNSURE
    if over or (failing == {"lateness"} and outgoing.if_late["then"] == "skip"):
        return Act.EXPIRE
    return Act.WAIT if failing else Act.PUBLISH


def _again(due: datetime, until: datetime | None, now: datetime) -> datetime:
    """Return when to look again: the later it is already, the longer the pause, so that what waits fills no log."""
    if now < due:
        return due
    return max(until or now, now + min(max((now - due) / 2, PAUSE), LONG_PAUSE))


def _bytes(row: Mapping[str, Any], outgoing: Outgoing) -> Condition:
    whole = outgoing.release == row["id"] and digest(row["outgoing"].encode()) == row["digest"]
    return Condition(
        "bytes",
        holds=whole,
        evidence=f"sha256 {row['digest'][:16]}…" if whole else "The stored bytes are not those of its digest.",
        cure="Apply the campaign again, and have it signed again.",
    )


def _channel(outgoing: Outgoing, evidence: Evidence) -> Condition:
    cure = f"Declare it with `cordiale trust declare`, or correct the campaign: {outgoing.channel}."
    if evidence.trust is None:
        return Condition(
            "channel",
            holds=False,
            evidence=f"The trust file cannot be read: {evidence.trust_fault}",
            cure="Restore the trust folder.",
        )
    declared = evidence.trust.declares(
        id=outgoing.channel,
        kind=outgoing.kind,
        account=outgoing.account,
        issuer=outgoing.issuer,
        server=outgoing.server,
    )
    if not declared:
        return Condition(
            "channel", holds=False, evidence=f"Channel {outgoing.channel} is not in the trust file.", cure=cure
        )
    if evidence.trust.rehearsal_only and not evidence.local.get(outgoing.release, False):
        said = f"The trust file is for rehearsal only, and channel {outgoing.channel} leaves this machine."
        return Condition(
            "channel", holds=False, evidence=said, cure="Make a real trust file with `cordiale trust init`."
        )
    rehearsal = " (rehearsal: this machine only)" if evidence.trust.rehearsal_only else ""
    return Condition("channel", holds=True, evidence=f"{outgoing.channel} is declared{rehearsal}")


def _signatures(row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence) -> Condition:
    found = evidence.signatures.partners_for(row["id"], row["digest"]) if evidence.signatures else {}
    by_author = [partner for partner, person in found.items() if person == row["author"]]
    # Whoever's account it is signs too, even where the campaign does not name them as a partner.
    asked = dict.fromkeys([*outgoing.partners, outgoing.issuer])
    missing = [partner for partner in asked if partner not in found or partner in by_author]
    cure = f"Ask for it with `cordiale review {outgoing.campaign}`."
    if by_author:
        said = f"{row['author']} wrote it and signed it for {', '.join(by_author)}; somebody else must sign."
        return Condition("signatures", holds=False, evidence=said, cure=cure)
    if missing or not outgoing.partners:
        names = ", ".join(missing)
        verb = "has" if len(missing) == 1 else "have"
        return Condition("signatures", holds=False, evidence=f"{names} {verb} not signed it.", cure=cure)
    signed = ", ".join(f"{partner} ({found[partner]})" for partner in outgoing.partners)
    return Condition("signatures", holds=True, evidence=f"signed by {signed}")


def _checks(row: Mapping[str, Any]) -> Condition:
    blocking = [each for each in row["findings"] if each["severity"] == "block" and not each.get("waived")]
    if blocking:
        said = f"Check {blocking[0]['check']} blocks it: {blocking[0]['message']}"
        return Condition("checks", holds=False, evidence=said, cure=blocking[0]["remedy"])
    waived = sum(1 for each in row["findings"] if each.get("waived"))
    return Condition(
        "checks", holds=True, evidence=f"no blocking finding ({waived} waived)" if waived else "no blocking finding"
    )


def _hold(outgoing: Outgoing, evidence: Evidence) -> Condition:
    if evidence.hold_fault:
        return Condition(
            "hold",
            holds=False,
            evidence=f"Holds cannot be read: {evidence.hold_fault}",
            cure="Nothing is published until they can.",
        )
    for hold in evidence.holds:
        if covers(hold, outgoing):
            said = f"{hold['partner']} holds {hold['scope']} {hold['target']}".rstrip() + f": {hold['reason']}"
            return Condition("hold", holds=False, evidence=said, cure="All partners lift it with `cordiale resume`.")
    return Condition("hold", holds=True, evidence="no hold on it")


def covers(hold: Mapping[str, Any], outgoing: Outgoing) -> bool:
    """Return whether *hold* stands over a release."""
    scope, target = str(hold["scope"]), str(hold["target"])
    return (
        scope == "all"
        or (scope == "campaign" and target == outgoing.campaign)
        or (scope == "channel" and target == outgoing.channel)
        or (scope == "partner" and target == outgoing.issuer)
    )


def _blackout(outgoing: Outgoing, evidence: Evidence, now: datetime) -> tuple[Condition, datetime | None]:
    """Return the condition, and the end of the last blackout that is on now."""
    on = [
        each
        for each in evidence.blackouts
        if each.campaign == outgoing.campaign and each.partner in outgoing.partners and each.start <= now < each.end
    ]
    allowed = {waiver.get("blackout"): waiver for waiver in outgoing.waivers if waiver["check"] == BLACKOUT}
    standing = [(each.end, each.partner, each.reason) for each in on if each.id not in allowed]
    if on and not standing:
        leave = allowed[on[0].id]
        said = f"{leave.get('authorised_by')} allows it in blackout {on[0].id}: {leave.get('because')}"
        return Condition("blackout", holds=True, evidence=said), None
    if not standing:
        return Condition("blackout", holds=True, evidence="no blackout now"), None
    until, partner, reason = max(standing)
    said = f"{partner} says nothing until {iso(until)}: {reason}"
    return Condition("blackout", holds=False, evidence=said, cure="Wait, or move the release."), until


def _once(row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence) -> Condition:
    twin = evidence.said.get(row["bytes_digest"])
    waived = any(waiver["check"] == "already-published" for waiver in outgoing.waivers)
    if twin and twin != row["id"] and not row["occurrence"] and not waived:
        said = f"The same words were already published on {outgoing.account} (release {twin})."
        cure = "Change the words, use `repeat`, or waive the check already-published with a reason."
        return Condition("once", holds=False, evidence=said, cure=cure)
    return Condition("once", holds=True, evidence="not published before")


def _breaker(outgoing: Outgoing, evidence: Evidence, now: datetime) -> Condition:
    until, why = evidence.breakers.get(outgoing.channel, (None, ""))
    if until is not None and now < until:
        cure = f"Mend its credential, then `cordiale channels test {outgoing.channel}`."
        return Condition(
            "breaker",
            holds=False,
            evidence=f"Channel {outgoing.channel} is paused until {iso(until)}: {why}",
            cure=cure,
        )
    return Condition("breaker", holds=True, evidence="the channel is not paused")


def _window(due: datetime, last: datetime | None, now: datetime) -> Condition:
    span = f"{iso(due)} to {iso(last) if last else 'no end'}"
    if now < due:
        return Condition("window", holds=False, evidence=f"It is not due before {iso(due)}.", cure="Wait.")
    if last is not None and now > last:
        return Condition(
            "window", holds=False, evidence=f"Its window closed at {iso(last)}.", cure="Add another release entry."
        )
    return Condition("window", holds=True, evidence=f"open: {span}")


def _lateness(row: Mapping[str, Any], outgoing: Outgoing, due: datetime, now: datetime) -> Condition:
    late, policy = (now - due).total_seconds(), outgoing.if_late
    if late <= policy["after"] + GRACE or row["late_answer"] == "send" or policy["then"] == "send":
        said = "in time" if late <= policy["after"] + GRACE else "late, and to be sent"
        return Condition("lateness", holds=True, evidence=said)
    said = f"It is {_span(late)} late, and its policy is to {policy['then']}."
    cure = f"Answer with `cordiale late {outgoing.name} --send` or `--skip`." if policy["then"] == "ask" else ""
    return Condition("lateness", holds=False, evidence=said, cure=cure)


def _span(seconds: float) -> str:
    """Return `40 seconds`, `16 minutes`, `3 hours`, `2 days`."""
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    size, unit = next(each for each in units if seconds >= each[0] * 2 or each[0] == 1)
    return f"{seconds // size:.0f} {unit}{'' if seconds // size == 1 else 's'}"
