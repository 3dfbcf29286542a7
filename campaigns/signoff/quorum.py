"""
Whose signatures a trust file needs: of every partner, as many persons as its role asks for.

A plain threshold over all keys could not say which partner signed, and counting keys would take one person with two
keys for two. So every question is asked partner by partner, and persons are counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from campaigns.signoff import persons, terms, trust_files
from campaigns.signoff.terms import Known

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Targets


@dataclass(frozen=True)
class Quorum:
    """Who has to sign, by one version of the trust files."""

    root: "Root"
    owners: Mapping[str, tuple[str, ...]]  #: partner -> keyids
    names: Mapping[str, str]  #: keyid -> person; a key that approves nothing any more has none
    thresholds: Mapping[str, int]  #: partner -> persons
    expires: Mapping[str, datetime]  #: keyid -> its end

    @classmethod
    def of(cls, root: "Metadata[Root]", targets: "Metadata[Targets] | None") -> "Quorum":
        """
        Return what *root* and *targets* ask for; without targets, one key of each partner.

        Raises:
            NotTrusted: If they do not say it.
        """
        owners = trust_files.partners(root.signed)
        if targets is None:
            return cls(root.signed, owners, {}, dict.fromkeys(owners, 1), MappingProxyType({}))
        roles = targets.signed.delegations.roles if targets.signed.delegations else None
        holders = {keyid: name for name, role in (roles or {}).items() for keyid in role.keyids}
        said = terms.read(targets.signed.unrecognized_fields.get(trust_files.FIELD), Known(tuple(owners), holders))
        asked = {partner: roles[partner].threshold for partner in owners if roles and partner in roles}
        return cls(root.signed, owners, said.persons, {**dict.fromkeys(owners, 1), **asked}, said.expires)

    def signed_by(self, metadata: "Metadata[Any]", now: datetime | None = None) -> dict[str, tuple[str, ...]]:
        """
        Return partner -> persons whose valid signature *metadata* has, sorted; at *now*, not with keys that ended.

        A key without a person stands for itself, under its id.
        """
        result = self.root.get_verification_result(metadata.signed.type, metadata.signed_bytes, metadata.signatures)
        good = {each for each in result.signed if now is None or each not in self.expires or now < self.expires[each]}
        found: dict[str, tuple[str, ...]] = {}
        for partner, ids in self.owners.items():
            by = {
                persons.folded(self.names.get(each, each)): self.names.get(each, each[:12])
                for each in ids
                if each in good
            }
            found[partner] = tuple(sorted(by.values()))
        return found

    def lacking(self, metadata: "Metadata[Any]", now: datetime | None = None) -> tuple[str, ...]:
        """Return the partners too few of whose persons have signed *metadata*."""
        return tuple(
            partner for partner, who in self.signed_by(metadata, now).items() if len(who) < self.thresholds[partner]
        )
