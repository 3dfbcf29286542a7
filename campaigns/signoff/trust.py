"""
Whom we trust: which key is whose, which channels are agreed, until when. Read from disk, never from the database.

The trust files hold only if every partner signed both, no key serves two partners or stands under two ids,
no person speaks for two partners, nothing has expired, and this machine has not seen a newer version.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns import clock
from campaigns.errors import NotTrusted, Where
from campaigns.signoff import highest, keys, trust_files
from campaigns.signoff.trust_files import Channels, DeclaredChannel

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Targets


@dataclass(frozen=True, eq=False)
class Trust:
    """The trust files, verified. `load` and `verify` make one that may be relied on."""

    version: int
    expires: datetime  #: the earlier of the two files'
    partners: tuple[str, ...]
    rehearsal_only: bool  #: publishes to loopback and files alone
    persons: Mapping[str, str]  #: keyid -> name
    channels: Channels
    digest: str  #: sha256 over both files' signed bytes, hex: equal for the same trust
    roles: Mapping[str, str] = field(repr=False)  #: keyid -> partner
    targets: "Targets" = field(repr=False)

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
    root = trust_files.read(folder / trust_files.ROOT, "root")
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    trust = verify(root, targets, folder)
    highest.hold(folder, root, targets)
    trust.check_expiry(now)
    return trust


def verify(root: "Metadata[Root]", targets: "Metadata[Targets]", folder: Path) -> Trust:
    """
    Return what *root* and *targets* say, once every partner's signature and every rule holds; not their dates.

    Raises:
        NotTrusted: As `load`.
    """
    trust = understand(root, targets, folder)
    for name, metadata in ((trust_files.ROOT, root), (trust_files.TARGETS, targets)):
        lacking = trust_files.unsigned_by(root.signed, metadata)
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
        keys.check(key)
    where = Where(str(folder / trust_files.TARGETS))
    try:
        roles = _roles(targets.signed, owners)
        own = _own_fields(targets.signed)
        persons = _persons(own["persons"], roles)
        channels = _channels(own["channels"], tuple(owners), rehearsal_only=own["rehearsal_only"])
    except NotTrusted as error:
        raise NotTrusted(error.message, error.hint, where) from None
    return Trust(
        version=targets.signed.version,
        expires=min(root.signed.expires, targets.signed.expires),
        partners=tuple(owners),
        rehearsal_only=own["rehearsal_only"],
        persons=persons,
        channels=channels,
        digest=hashlib.sha256(root.signed_bytes + b"\n" + targets.signed_bytes).hexdigest(),
        roles=roles,
        targets=targets.signed,
    )


def _roles(targets: "Targets", owners: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return keyid -> partner, over the keys that approve; each key serves one partner in both files."""
    delegations = targets.delegations
    if delegations is None or delegations.roles is None or set(delegations.roles) != set(owners):
        message = "The trust file does not give each partner a role of its own."
        raise NotTrusted(message, trust_files.RESTORE)
    for key in delegations.keys.values():
        keys.check(key)
    in_root = {keyid: partner for partner, ids in owners.items() for keyid in ids}
    roles: dict[str, str] = {}
    for partner, role in delegations.roles.items():
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


def _own_fields(targets: "Targets") -> dict[str, Any]:
    own = targets.unrecognized_fields.get(trust_files.FIELD)
    wanted = {"rehearsal_only", "persons", "channels"}
    if not isinstance(own, dict) or set(own) != wanted or not isinstance(own["rehearsal_only"], bool):
        message = (
            "The trust file does not say who its persons are, which channels are agreed and whether it is a rehearsal."
        )
        raise NotTrusted(message, trust_files.RESTORE)
    return own


def _persons(listed: Any, roles: dict[str, str]) -> dict[str, str]:
    if not isinstance(listed, dict) or listed.keys() != roles.keys():
        message = "The trust file does not name the person of every key, and of no other."
        raise NotTrusted(message, trust_files.RESTORE)
    speaks_for: dict[str, str] = {}
    for keyid, name in listed.items():
        if not isinstance(name, str) or not name.strip():
            message = f"The key {keyid[:12]} belongs to a person without a name."
            raise NotTrusted(message, trust_files.RESTORE)
        same = " ".join(unicodedata.normalize("NFKC", name).casefold().split())  # one person, however it is typed
        if speaks_for.setdefault(same, roles[keyid]) != roles[keyid]:
            message = f"{name} holds keys of two partners, {speaks_for[same]} and {roles[keyid]}."
            raise NotTrusted(message, "Nobody approves for two partners; another person signs for one of them.")
    return listed


def _channels(listed: Any, partners: tuple[str, ...], *, rehearsal_only: bool) -> Channels:
    if listed == "*" and rehearsal_only:
        return "*"
    if not isinstance(listed, list):
        message = "The trust file agrees to every channel, which only a rehearsal may."
        raise NotTrusted(message, "Name the channels with `cordiale trust declare PATH`.")
    channels: dict[str, DeclaredChannel] = {}
    for each in listed:
        wanted = {"id", "kind", "account", "issuer", "server"}
        if not isinstance(each, dict) or each.keys() != wanted:
            message = "The trust file lists a channel without exactly id, kind, account, issuer and server."
            raise NotTrusted(message, trust_files.RESTORE)
        texts = [value for name, value in each.items() if name != "server" or value is not None]
        if not all(isinstance(value, str) and value for value in texts):
            message = f"The trust file lists the channel {each['id']!r} with something else than text."
            raise NotTrusted(message, trust_files.RESTORE)
        channel = DeclaredChannel(**each)
        if channels.setdefault(channel.id, channel) is not channel:
            message = f"The trust file lists the channel {channel.id} twice."
            raise NotTrusted(message, "Declare it once: all partners sign a version that names it once.")
        if channel.issuer not in partners:
            message = f"The channel {channel.id} is issued by {channel.issuer}, who is no partner of the trust file."
            raise NotTrusted(message, f"Its issuer is one of {', '.join(partners)}.")
    return frozenset(channels.values())


class TrustStore:
    """A trust folder that is asked often: read again only when a file changed; its expiry is asked every time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[object, ...] | None = None
        self._trust: Trust | None = None

    def current(self, now: datetime) -> Trust:
        """
        Return the trust as it is on disk now.

        Raises:
            NotTrusted, EnvironmentFault: As `load`; nothing is remembered of a refusal, the next call reads again.
        """
        stamp = self._look()  # before reading: a file that changes meanwhile is read again next time
        if self._trust is None or stamp != self._stamp:
            self._trust = None
            self._trust = load(self._folder, now)
            self._stamp = (*stamp[:-1], self._look()[-1])  # `load` may just have written the memory
        self._trust.check_expiry(now)
        return self._trust

    def _look(self) -> tuple[object, ...]:
        names = (trust_files.ROOT, trust_files.TARGETS, f"{highest.FOLDER}/{highest.FILE}")
        return tuple(_stamp_of(self._folder / name) for name in names)


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None  # `load` says what is wrong with it
    return found.st_mtime_ns, found.st_size, found.st_ino
