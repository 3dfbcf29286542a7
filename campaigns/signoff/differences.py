"""What a draft of the trust would change, in words that whoever signs it can check."""

from collections.abc import Iterator

from campaigns import clock
from campaigns.signoff.trust import Trust
from campaigns.signoff.trust_files import OPERATORS, Channels, DeclaredChannel


def differences(old: Trust | None, new: Trust) -> list[str]:
    """Return a sentence for each thing in *new* that is not so in *old*; from nothing, for everything in it."""
    return [*_keys(old, new), *_thresholds(old, new), *_ends(old, new), *_channels(old, new)]


def _holders(trust: Trust | None) -> dict[str, str]:
    return {} if trust is None else {**trust.roles, **dict.fromkeys(trust.operators, OPERATORS)}


def _keys(old: Trust | None, new: Trust) -> Iterator[str]:
    before, after = _holders(old), _holders(new)
    for keyid, holder in sorted(after.items(), key=lambda item: (item[1], item[0])):
        if before.get(keyid) != holder:
            yield f"{new.persons[keyid]} signs for {_name(holder)}, with the key {keyid[:12]}."
        elif old is not None and old.persons[keyid] != new.persons[keyid]:
            yield f"The key {keyid[:12]} of {old.persons[keyid]} becomes {new.persons[keyid]}'s."
    for keyid, holder in sorted(before.items(), key=lambda item: (item[1], item[0])):
        if old is not None and keyid not in after:
            yield f"The key {keyid[:12]} of {old.persons[keyid]} signs no more for {_name(holder)}."
    if old is not None:
        yield from (f"{partner} is no partner any more." for partner in old.partners if partner not in new.partners)


def _name(holder: str) -> str:
    return "the operators" if holder == OPERATORS else holder


def _thresholds(old: Trust | None, new: Trust) -> Iterator[str]:
    for partner, persons in new.thresholds.items():
        was = old.thresholds.get(partner, 1) if old is not None else 1
        if persons != was:
            yield f"For {partner}, {persons} of its persons must sign, instead of {was}."


def _ends(old: Trust | None, new: Trust) -> Iterator[str]:
    if old is None or old.expires != new.expires:
        yield f"The trust holds until {clock.iso(new.expires)}."
    before = old.terms.expires if old is not None else {}
    for keyid, end in sorted(new.terms.expires.items()):
        if before.get(keyid) != end:
            yield f"The key {keyid[:12]} of {new.persons[keyid]} ends at {clock.iso(end)}."
    for keyid in sorted(before.keys() - new.terms.expires.keys()):
        if keyid in new.persons:
            yield f"The key {keyid[:12]} of {new.persons[keyid]} ends with the trust."


def _channels(old: Trust | None, new: Trust) -> Iterator[str]:
    if new.channels == "*":
        return
    before = {each.id: each for each in _listed(old.channels if old is not None else frozenset())}
    for each in sorted(new.channels):
        if before.get(each.id) != each:
            what = "declared" if each.id not in before else "declared differently"
            yield f"The channel {each.id} is {what}: {_channel(each)}."
    for name in sorted(before.keys() - {each.id for each in new.channels}):
        yield f"The channel {name} is declared no more."


def _listed(channels: Channels) -> frozenset[DeclaredChannel]:
    return frozenset() if channels == "*" else channels


def _channel(each: DeclaredChannel) -> str:
    server = f" at {each.server}" if each.server else ""
    return f"{each.kind} {each.account}{server}, issued by {each.issuer}"
