"""The next version of the trust files, unsigned: other keys, persons, thresholds or ends. Signing is `drafts`'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns import clock
from campaigns.errors import Refused
from campaigns.signoff import persons, trust_files
from campaigns.signoff.keys import KeyPair
from campaigns.signoff.trust_files import FIELD, OPERATORS

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Targets

_SHORTEST = 8  #: letters of a key's id that name it

Seats = dict[str, list[KeyPair]]  #: partner, or `operators` -> keys


@dataclass(frozen=True)
class Change:
    """What is to be different. A key is named by the start of its id, or by its person, who may have several."""

    add: Mapping[str, Sequence[KeyPair]] = field(default_factory=dict)  #: partner, or `operators` -> keys
    remove: Sequence[str] = ()
    thresholds: Mapping[str, int] = field(default_factory=dict)  #: partner -> persons
    ends: Mapping[str, datetime | None] = field(default_factory=dict)  #: key -> its end; None: with the trust
    expires: datetime | None = None  #: of both files; None: as before


def rotated(
    root: "Metadata[Root]", targets: "Metadata[Targets]", change: Change
) -> "tuple[Metadata[Root], Metadata[Targets]]":
    """
    Return the versions after *root* and *targets*, unsigned, with *change*; what it does not name stays.

    Raises:
        Refused: If it names a key, person or partner that is not there, or adds what is there.
    """
    own: dict[str, Any] = targets.signed.unrecognized_fields[FIELD]
    before = _seats(targets.signed, own["persons"])
    gone = {keyid for each in change.remove for keyid in _find(each, before)}
    seats = {holder: [pair for pair in pairs if pair.keyid not in gone] for holder, pairs in before.items()}
    there = {pair.keyid for pairs in seats.values() for pair in pairs}
    for holder, pairs in change.add.items():
        for pair in pairs:
            if pair.keyid in there:
                message = f"The key {pair.keyid[:12]} of {pair.name} is in the trust file already."
                raise Refused(message, "See `cordiale trust show`; add a key that is not there.")
            there.add(pair.keyid)
            seats.setdefault(holder, []).append(pair)
    operators = seats.pop(OPERATORS, [])
    signatories = {partner: pairs for partner, pairs in seats.items() if pairs}
    next_root, next_targets = trust_files.found(
        signatories,
        frozenset(),
        change.expires or targets.signed.expires,
        rehearsal_only=own["rehearsal_only"],
        operators=operators,
        thresholds=_thresholds(targets.signed, signatories, change),
    )
    next_root.signed.version = root.signed.version + 1
    next_targets.signed.version = targets.signed.version + 1
    said = next_targets.signed.unrecognized_fields[FIELD]
    next_targets.signed.unrecognized_fields[FIELD] = {**own, "persons": said["persons"]}
    end(next_targets, change.ends)
    return next_root, next_targets


def end(targets: "Metadata[Targets]", ends: Mapping[str, datetime | None]) -> None:
    """
    Let single keys of *targets* end when *ends* says, and forget the ends of keys that are not there any more.

    Raises:
        Refused: If it names a key or person that is not there.
    """
    own = targets.signed.unrecognized_fields[FIELD]
    seats = _seats(targets.signed, own["persons"])
    found = {keyid: text for keyid, text in own.pop("expires", {}).items() if keyid in own["persons"]}
    for named, instant in ends.items():
        for keyid in _find(named, seats):
            found.pop(keyid, None)
            found.update({keyid: clock.iso(instant)} if instant else {})
    if found:  # absent where no key ends: one meaning has one spelling
        own["expires"] = found


def _seats(targets: "Targets", names: Mapping[str, str]) -> Seats:
    delegations = targets.delegations
    if delegations is None or delegations.roles is None:
        return {}
    return {
        holder: [
            KeyPair(names[each], each, {"keyid": each, **delegations.keys[each].to_dict()}, Path())
            for each in role.keyids
        ]
        for holder, role in delegations.roles.items()
    }


def _find(named: str, seats: Seats) -> list[str]:
    """Return the ids of the keys that *named* means."""
    every = [pair for pairs in seats.values() for pair in pairs]
    found = [pair.keyid for pair in every if persons.is_one_of(named, pair.name)]
    if not found and len(named) >= _SHORTEST:
        found = [pair.keyid for pair in every if pair.keyid.startswith(named)]
    if not found:
        message = f"No key or person of the trust file is called {named}."
        raise Refused(message, "Name a person, or the first letters of a key, as `cordiale trust show` lists them.")
    return found


def _thresholds(targets: "Targets", signatories: Seats, change: Change) -> dict[str, int]:
    strange = sorted(set(change.thresholds) - set(signatories))
    if strange:
        message = f"{strange[0]} is no partner of the trust file."
        raise Refused(message, f"Its partners are {', '.join(sorted(signatories)) or 'none any more'}.")
    roles = (targets.delegations.roles if targets.delegations else None) or {}
    held = {partner: roles[partner].threshold for partner in signatories if partner in roles}
    return {**held, **change.thresholds}
