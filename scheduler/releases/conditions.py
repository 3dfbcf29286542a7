"""
The conditions of the gate, one function each: what must hold, what was seen, and what would mend it. Pure.

Each fails closed: what cannot be read counts as a no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from campaigns.clock import iso
from scheduler.releases.authorship import authors
from scheduler.releases.facts import Evidence
from scheduler.releases.outgoing import Outgoing, digest
from scheduler.releases.stored import DAMAGED
from scheduler.releases.urgency import Leave, leave

BLACKOUT = "blackout"  #: the waiver by which a named person lets a release out in one; partners sign it
GRACE = 1  #: seconds; `due` is whole seconds
MEND = "Apply its campaign again with `--afresh` and have it signed again, or restore a backup of the database."


@dataclass(frozen=True)
class Condition:
    """One thing that must hold, what was seen, and what would mend it."""

    name: str
    holds: bool
    evidence: str
    cure: str = ""


def sound_row(row: Mapping[str, Any]) -> Condition:
    """Ask that every column of its row can be read."""
    if wrong := row.get(DAMAGED, ()):
        said = f"Its row in the database is damaged: {', '.join(wrong)} cannot be read."
        return Condition("row", holds=False, evidence=said, cure=MEND)
    return Condition("row", holds=True, evidence="every column can be read")


def whole_bytes(row: Mapping[str, Any], outgoing: Outgoing) -> Condition:
    """Ask that the stored bytes are those of this release and of its digest."""
    whole = outgoing.release == row["id"] and digest(row["outgoing"].encode()) == row["digest"]
    return Condition(
        "bytes",
        holds=whole,
        evidence=f"sha256 {row['digest'][:16]}…" if whole else "The stored bytes are not those of its digest.",
        cure="Apply the campaign again with `--afresh`, and have it signed again.",
    )


def declared_channel(outgoing: Outgoing, evidence: Evidence) -> Condition:
    """Ask that the trust file declares the channel as in the bytes and, in a rehearsal, that it is on this machine."""
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


def all_signatures(
    row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, now: datetime
) -> tuple[Condition, Leave | None]:
    """
    Ask that every partner, and whoever's account it is, signed exactly these bytes, and nobody what they wrote.

    Where one has not, an urgent rule may let it out all the same; the leave is given back with the condition.
    """
    usual, signed = _signed_by_all(row, outgoing, evidence)
    if usual.holds:
        return usual, None
    found, why = leave(row, outgoing, evidence, signed, now)
    if found is not None:
        return Condition("signatures", holds=True, evidence=found.evidence), found
    if why:
        return Condition("signatures", holds=False, evidence=f"{usual.evidence} {why}", cure=usual.cure), None
    return usual, None


def _signed_by_all(
    row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence
) -> tuple[Condition, Mapping[str, str]]:
    asked = (row["id"], row["digest"])
    signatures = evidence.signatures
    ask = partial(signatures.partners_for, *asked, campaign=outgoing.campaign) if signatures else None
    found = ask(author=authors(row)) if ask else {}
    # Whoever's account it is signs too, even where the campaign does not name them as a partner.
    wanted = dict.fromkeys([*outgoing.partners, outgoing.issuer])
    missing = [partner for partner in wanted if partner not in found]
    cure = f"Ask for it with `cordiale review {outgoing.campaign}`."
    if signatures is None:
        said = f"Nobody's signature can be verified: {evidence.trust_fault or 'the trust file cannot be read.'}"
        return Condition("signatures", holds=False, evidence=said, cure="Mend what the line above names."), found
    everybody = ask() if ask and missing else {}
    if by_author := [partner for partner in missing if partner in everybody]:
        said = f"{everybody[by_author[0]]} wrote it and signed it for {', '.join(by_author)}; somebody else must sign."
        return Condition("signatures", holds=False, evidence=said, cure=cure), found
    if missing or not outgoing.partners:
        begun = signatures.so_far(*asked, campaign=outgoing.campaign, author=authors(row))
        said = _unsigned(missing, begun, signatures.forgotten(*asked, campaign=outgoing.campaign))
        return Condition("signatures", holds=False, evidence=said, cure=cure), found
    signed = ", ".join(f"{partner} ({found[partner]})" for partner in outgoing.partners)
    return Condition("signatures", holds=True, evidence=f"signed by {signed}"), found


def _unsigned(missing: list[str], begun: Mapping[str, tuple[str, ...]], forgotten: Mapping[str, str]) -> str:
    """Say who has not signed, who of them began to, and whose refusal stands although the table has forgotten it."""
    names = ", ".join(missing)
    said = [f"{names} {'has' if len(missing) == 1 else 'have'} not signed it."]
    said += [
        f"{' and '.join(who)} of {partner} did, and its role in the trust file asks for more persons."
        for partner, who in begun.items()
        if partner in missing and who
    ]
    said += [
        f"{partner} refused it at {at[:19]}Z; the table has forgotten that, and this machine has not."
        for partner, at in forgotten.items()
        if partner in missing
    ]
    return " ".join(said)


def clean_checks(row: Mapping[str, Any]) -> Condition:
    """Ask that no blocking finding stands without a waiver."""
    blocking = [each for each in row["findings"] if each["severity"] == "block" and not each.get("waived")]
    if blocking:
        said = f"Check {blocking[0]['check']} blocks it: {blocking[0]['message']}"
        return Condition("checks", holds=False, evidence=said, cure=blocking[0]["remedy"])
    waived = sum(1 for each in row["findings"] if each.get("waived"))
    return Condition(
        "checks", holds=True, evidence=f"no blocking finding ({waived} waived)" if waived else "no blocking finding"
    )


def no_hold(outgoing: Outgoing, evidence: Evidence) -> Condition:
    """Ask that no partner holds it, and that this can be known."""
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


def same_log(evidence: Evidence) -> Condition:
    """Ask that the event log is the one that this machine has seen: no older database was restored under it."""
    if evidence.log_fault:
        cure = "See `cordiale verify`; after a restore a person settles it with `cordiale db reconcile`."
        return Condition("log", holds=False, evidence=evidence.log_fault, cure=cure)
    return Condition("log", holds=True, evidence="the event log is the one that this machine has seen")


def covers(hold: Mapping[str, Any], outgoing: Outgoing) -> bool:
    """Return whether *hold* stands over a release."""
    scope, target = str(hold["scope"]), str(hold["target"])
    return (
        scope not in {"campaign", "channel", "partner"}  # all; or a word that nobody knows, which may mean all
        or (scope == "campaign" and target == outgoing.campaign)
        or (scope == "channel" and target == outgoing.channel)
        or (scope == "partner" and target == outgoing.issuer)
    )


def no_blackout(outgoing: Outgoing, evidence: Evidence, now: datetime) -> tuple[Condition, datetime | None]:
    """
    Ask that no partner is silent now, an exception aside; return until when one is as well.

    A partner's silence is its own, whichever campaign says so; one that cannot be read keeps back its own campaign
    alone. Leave given in this campaign's blackout is leave in another's of the same name and hours.
    """
    on = [
        each
        for each in evidence.blackouts
        if each.partner in outgoing.partners
        and each.start <= now < each.end
        and (each.campaign == outgoing.campaign or each.readable)
    ]
    leave = _exceptions(outgoing)
    ours = {(each.id, each.partner): (each.start, each.end) for each in on if each.campaign == outgoing.campaign}
    standing = [
        (each.end, each.partner, each.reason)
        for each in on
        if (each.id, each.partner) not in leave or ours.get((each.id, each.partner)) != (each.start, each.end)
    ]
    if standing:
        until, partner, reason = max(standing)
        said = f"{partner} says nothing until {iso(until)}: {reason}"
        return Condition("blackout", holds=False, evidence=said, cure="Wait, or move the release."), until
    if on:
        said = "; ".join(f"in blackout {each.id}, allowed by {leave[each.id, each.partner]}" for each in on)
        return Condition("blackout", holds=True, evidence=said), None
    return Condition("blackout", holds=True, evidence="no blackout now"), None


def _exceptions(outgoing: Outgoing) -> dict[tuple[str, str], str]:
    """Return the blackouts in which it may go out, each with who allows that, and why; one that lacks any is none."""
    found = {}
    for waiver in outgoing.waivers:
        said = [waiver.get(name) for name in ("blackout", "partner", "authorised_by", "because")]
        if waiver["check"] == BLACKOUT and all(isinstance(each, str) and each for each in said):
            blackout, partner, person, because = map(str, said)
            found[blackout, partner] = f"{person}: {because}"
    return found


def only_once(row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence) -> Condition:
    """Ask that the same words did not go out on this account before, unless it repeats or a waiver lets it."""
    twin = evidence.said.get(row["bytes_digest"])
    waived = any(waiver["check"] == "already-published" for waiver in outgoing.waivers)
    if twin and twin != row["id"] and not row["occurrence"] and not waived:
        said = f"The same words were already published on {outgoing.account} (release {twin})."
        cure = "Change the words, use `repeat`, or waive the check already-published with a reason."
        return Condition("once", holds=False, evidence=said, cure=cure)
    return Condition("once", holds=True, evidence="not published before")


def closed_breaker(outgoing: Outgoing, evidence: Evidence, now: datetime) -> Condition:
    """Ask that the channel is not paused for a fault of its own."""
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


def open_window(due: datetime, last: datetime | None, now: datetime) -> Condition:
    """Ask that it is due, and that its last instant has not passed."""
    span = f"{iso(due)} to {iso(last) if last else 'no end'}"
    if now < due:
        return Condition("window", holds=False, evidence=f"It is not due before {iso(due)}.", cure="Wait.")
    if last is not None and now > last:
        return Condition(
            "window", holds=False, evidence=f"Its window closed at {iso(last)}.", cure="Add another release entry."
        )
    return Condition("window", holds=True, evidence=f"open: {span}")


def in_time(row: Mapping[str, Any], outgoing: Outgoing, due: datetime, now: datetime) -> Condition:
    """Ask that it is no later than its policy lets it be, or that somebody said to send it."""
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
