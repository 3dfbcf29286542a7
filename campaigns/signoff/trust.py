"""
Whom we trust: which key is whose, which channels are agreed, until when. Read from disk, never from the database.

The trust files hold only if every partner signed both, no key serves two partners or stands under two ids,
no person speaks for two partners or for one while an operator, nothing has expired, and this machine has not seen a
newer version.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from campaigns import clock
from campaigns.errors import NotTrusted, Where
from campaigns.signoff import highest, persons, public_keys, terms, trust_files
from campaigns.signoff.quorum import Quorum
from campaigns.signoff.terms import Known, Terms
from campaigns.signoff.trust_files import OPERATORS, Channels, DeclaredChannel
from campaigns.signoff.urgent import UrgentRule

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Targets


class Operator(NamedTuple):
    """A key of those who run the machine: it signs what the machine says of itself, and approves nothing."""

    name: str
    public: bytes  #: the 32 bytes of its Ed25519 key


@dataclass(frozen=True, eq=False)
class Trust:
    """The trust files, verified. `load` and `verify` make one that may be relied on."""

    version: int
    expires: datetime  #: the earlier of the two files'
    partners: tuple[str, ...]
    terms: Terms = field(repr=False)  #: our own fields, optional ones too
    digest: str  #: sha256 over both files' signed bytes, hex: equal for the same trust
    roles: Mapping[str, str] = field(repr=False)  #: keyid -> partner; no operator's key
    targets: "Targets" = field(repr=False)
    thresholds: Mapping[str, int] = field(repr=False)  #: partner -> of how many persons its approval takes
    operators: Mapping[str, Operator] = field(default_factory=lambda: MappingProxyType({}))  #: keyid -> whose, which
    lapsed: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))  #: keyid -> when it ended
    folder: Path | None = field(default=None, repr=False)  #: where it was read from; its machine remembers there

    @property
    def rehearsal_only(self) -> bool:
        """Whether it publishes to loopback and files alone."""
        return self.terms.rehearsal_only

    @property
    def persons(self) -> Mapping[str, str]:
        """Keyid -> name, of the operators too."""
        return self.terms.persons

    @property
    def channels(self) -> Channels:
        """What may be posted to: "*" in a rehearsal, which agrees to every channel of its partners."""
        return self.terms.channels

    @property
    def urgent(self) -> tuple[UrgentRule, ...]:
        """What one partner alone may let out."""
        return self.terms.urgent

    def declares(self, *, id: str, kind: str, account: str, issuer: str, server: str | None) -> bool:  # noqa: A002 (the field's name in the document)
        """Return whether every partner agreed to this very channel; a rehearsal agrees to all of a partner's."""
        if self.channels == "*":
            return issuer in self.partners
        return DeclaredChannel(id, kind, account, issuer, server) in self.channels

    def role_of(self, keyid: str) -> str | None:
        """Return the partner that *keyid* signs for; None if it is unknown or revoked."""
        return self.roles.get(keyid)

    def person_of(self, keyid: str) -> str | None:
        """Return whose key *keyid* is; None if it is unknown or revoked."""
        return self.persons.get(keyid)

    def holder_of(self, keyid: str) -> str | None:
        """Return the partner that *keyid* signs for, or `operators`; None if it is unknown, revoked or has ended."""
        return OPERATORS if keyid in self.operators else self.roles.get(keyid)

    def ends_at(self, keyid: str) -> datetime | None:
        """Return from when on *keyid* signs nothing: its own end, or the trust's; None if it is unknown or revoked."""
        if keyid not in self.persons:
            return None
        return min(self.expires, self.terms.expires.get(keyid, self.expires))

    def at(self, now: datetime) -> "Trust":
        """
        Return the trust as it is at *now*: without the keys that have ended, as if they had been revoked.

        It has another digest then, so that nothing verified before is taken for verified now. Ask it of the whole
        trust, not of what this returned: ends are not taken back.
        """
        ended = {keyid: end for keyid, end in self.terms.expires.items() if end <= now}
        if not ended:
            return self
        seal = f"{self.digest}\n{chr(10).join(sorted(ended))}".encode()
        return replace(
            self,
            roles={keyid: partner for keyid, partner in self.roles.items() if keyid not in ended},
            operators={keyid: each for keyid, each in self.operators.items() if keyid not in ended},
            digest=hashlib.sha256(seal).hexdigest(),
            lapsed=ended,
        )

    def check_expiry(self, now: datetime) -> None:
        """
        Refuse a trust whose time is over.

        Raises:
            NotTrusted: If *now* is at or after `expires`.
        """
        if now >= self.expires:
            message = f"The trust file expired at {clock.iso(self.expires)}."
            raise NotTrusted(
                message, "All partners sign a new version with a later date; until then nothing is published."
            )


def load(folder: Path, now: datetime) -> Trust:
    """
    Return the trust of *folder*, and remember in `folder/local` that this machine has seen it.

    Raises:
        NotTrusted: If anything about the files does not hold; the message says what, the hint how to mend it.
        EnvironmentFault: If a file cannot be read, or the memory cannot be written.
    """
    return _whole(folder, now).at(now)


def _whole(folder: Path, now: datetime) -> Trust:
    root = trust_files.read(folder / trust_files.ROOT, "root")
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    trust = verify(root, targets, folder)
    highest.hold(folder, root, targets, now)
    trust.check_expiry(now)
    return trust


def verify(root: "Metadata[Root]", targets: "Metadata[Targets]", folder: Path) -> Trust:
    """
    Return what *root* and *targets* say, once every partner's signature and every rule holds; not their dates.

    Raises:
        NotTrusted: As `load`.
    """
    trust = understand(root, targets, folder)
    asked = Quorum.of(root, targets)
    for name, metadata in ((trust_files.ROOT, root), (trust_files.TARGETS, targets)):
        lacking = asked.lacking(metadata)
        if lacking:
            message = f"The trust file {folder / name} is not signed by {', '.join(lacking)}."
            hint = "Every partner signs it with `cordiale trust sign --key FILE`."
            raise NotTrusted(message, hint, Where(str(folder / name)))
    return trust


def understand(root: "Metadata[Root]", targets: "Metadata[Targets]", folder: Path) -> Trust:
    """
    Return what *root* and *targets* would mean if everybody had signed them: for drafts, and for `verify`.

    Raises:
        NotTrusted: If they contradict themselves or break a rule.
    """
    owners = trust_files.partners(root.signed)
    for key in root.signed.keys.values():
        public_keys.check(key)
    where = Where(str(folder / trust_files.TARGETS))
    try:
        roles = _roles(targets.signed, owners)
        approving = targets.signed.delegations.keys.values() if targets.signed.delegations else ()
        public_keys.refuse_doubles([*root.signed.keys.values(), *approving])
        operators = _operators(targets.signed, roles, owners)
        known = Known(tuple(owners), {**roles, **dict.fromkeys(operators, OPERATORS)})
        agreed = terms.read(targets.signed.unrecognized_fields.get(trust_files.FIELD), known)
        thresholds = _thresholds(targets.signed, roles, agreed.persons)
    except NotTrusted as error:
        raise NotTrusted(error.message, error.hint, where) from None
    return Trust(
        version=targets.signed.version,
        expires=min(root.signed.expires, targets.signed.expires),
        partners=tuple(owners),
        terms=agreed,
        digest=hashlib.sha256(root.signed_bytes + b"\n" + targets.signed_bytes).hexdigest(),
        roles=roles,
        targets=targets.signed,
        thresholds=thresholds,
        folder=folder,
        operators={keyid: Operator(agreed.persons[keyid], public) for keyid, public in operators.items()},
    )


def _roles(targets: "Targets", owners: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return keyid -> partner, over the keys that approve; each key serves one partner in both files."""
    delegations = targets.delegations
    if delegations is None or delegations.roles is None or set(delegations.roles) - {OPERATORS} != set(owners):
        message = "The trust file does not give each partner a role of its own."
        raise NotTrusted(message, trust_files.RESTORE)
    for key in delegations.keys.values():
        public_keys.check(key)
    in_root = {keyid: partner for partner, ids in owners.items() for keyid in ids}
    roles: dict[str, str] = {}
    for partner in owners:
        role = delegations.roles[partner]
        if not isinstance(role.keyids, list) or type(role.threshold) is not int or not role.keyids:
            message = f"The trust file does not list the keys of {partner}."
            raise NotTrusted(message, trust_files.RESTORE)
        for keyid in role.keyids:
            if keyid not in delegations.keys:
                message = f"The trust file gives {partner} a key that it does not hold."
                raise NotTrusted(message, trust_files.RESTORE)
            other = roles.get(keyid) or in_root.get(keyid, partner)
            if other != partner:
                message = f"The key {keyid[:12]} is listed for two partners, {other} and {partner}."
                raise NotTrusted(message, "Each partner makes keys of its own with `cordiale keys new NAME`.")
            roles[keyid] = partner
    return roles


def _thresholds(targets: "Targets", roles: Mapping[str, str], names: Mapping[str, str]) -> dict[str, int]:
    """Return partner -> how many persons its approval takes; never more than it has."""
    asked = (targets.delegations.roles if targets.delegations else None) or {}
    found: dict[str, int] = {}
    for partner in sorted(set(roles.values())):
        found[partner] = asked[partner].threshold
        who = {persons.folded(names[keyid]) for keyid, each in roles.items() if each == partner}
        if found[partner] > len(who):
            message = f"{partner} asks for the signatures of {found[partner]} persons, but has {len(who)} with a key."
            raise NotTrusted(message, "Ask for fewer persons, or give another person of it a key.")
    return found


def _operators(targets: "Targets", roles: Mapping[str, str], owners: Mapping[str, tuple[str, ...]]) -> dict[str, bytes]:
    """Return keyid -> Ed25519 key, of the role `operators`; none where the file has no such role."""
    delegations = targets.delegations
    role = (delegations.roles or {}).get(OPERATORS) if delegations else None
    if delegations is None or role is None:
        return {}
    if not isinstance(role.keyids, list) or not role.keyids or role.threshold != 1:
        message = "The trust file does not list the keys of the operators."
        raise NotTrusted(message, trust_files.RESTORE)
    changing = {keyid: partner for partner, ids in owners.items() for keyid in ids}
    for keyid in role.keyids:
        if keyid not in delegations.keys:
            message = "The trust file gives the operators a key that it does not hold."
            raise NotTrusted(message, trust_files.RESTORE)
        partner = roles.get(keyid) or changing.get(keyid)
        if partner is not None:
            message = f"The key {keyid[:12]} is listed for {partner} and for the operators."
            raise NotTrusted(message, "Who runs the machine makes a key of their own with `cordiale keys new NAME`.")
    found = {keyid: public_keys.raw(delegations.keys[keyid]) for keyid in role.keyids}
    if any(each is None for each in found.values()):
        message = "The trust file gives the operators a key of OpenSSH, which signs no checkpoint."
        raise NotTrusted(message, "Make one with `cordiale keys new NAME`.")
    return {keyid: public for keyid, public in found.items() if public is not None}


class TrustStore:
    """A trust folder that is asked often: read again only when a file changed; its expiry is asked every time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[object, ...] | None = None
        self._trust: Trust | None = None  #: as signed, keys that have ended among them
        self._today: Trust | None = None  #: without those

    def current(self, now: datetime) -> Trust:
        """
        Return the trust as it is on disk now.

        Raises:
            NotTrusted, EnvironmentFault: As `load`; nothing is remembered of a refusal, the next call reads again.
        """
        stamp = self._look()  # before reading: a file that changes meanwhile is read again next time
        if self._trust is None or stamp != self._stamp:
            self._trust = self._today = None
            self._trust = _whole(self._folder, now)
            self._stamp = (*stamp[:-1], self._look()[-1])  # `load` may just have written the memory
        self._trust.check_expiry(now)
        ended = sum(end <= now for end in self._trust.terms.expires.values())
        if self._today is None or len(self._today.lapsed) != ended:
            self._today = self._trust.at(now)
        return self._today

    def _look(self) -> tuple[object, ...]:
        names = (trust_files.ROOT, trust_files.TARGETS, f"{highest.FOLDER}/{highest.FILE}")
        return tuple(_stamp_of(self._folder / name) for name in names)


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None  # `load` says what is wrong with it
    return found.st_mtime_ns, found.st_size, found.st_ino
