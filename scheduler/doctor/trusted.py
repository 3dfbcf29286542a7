"""The trust files, looked at ahead of the day on which they, or a key in them, end."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns import clock
from campaigns.terminal import count
from scheduler.doctor.finding import Finding

if TYPE_CHECKING:
    from campaigns.signoff.trust import Trust

SOON = 30  #: days before the trust or a key of it ends from which on it is warned of


def read(folder: Path, now: datetime) -> "Trust":
    """
    Return the trust of *folder* as it is signed, held against what this machine has seen; write nothing.

    Raises:
        NotTrusted, EnvironmentFault: As `trust.load`.
    """
    from campaigns.signoff import highest, trust_files
    from campaigns.signoff.trust import verify

    root = trust_files.read(folder / trust_files.ROOT, "root")
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    trust = verify(root, targets, folder)
    highest.known(folder, root, targets, now)
    trust.check_expiry(now)
    return trust


def findings(trust: "Trust", now: datetime) -> Iterator[Finding]:
    """Yield how long the trust holds, the keys that end before it, and the partners left with too few persons."""
    days = (trust.expires - now).days
    use = "for rehearsal only: loopback and files" if trust.rehearsal_only else "for publication"
    said = f"version {trust.version} of {', '.join(trust.partners)}, {use}, until {clock.iso(trust.expires)}"
    if days >= SOON:
        yield Finding("trust", "ok", said)
    else:
        cure = "Propose a later date with `cordiale trust rotate --days 365`; without one, nothing is published then."
        yield Finding("trust", "warning", f"{said}: {count(days, 'day')} are left.", cure, 1)
    yield from _ending(trust, now)


def _ending(trust: "Trust", now: datetime) -> Iterator[Finding]:
    """Yield the keys that have ended or will before long, and the partners that are left with too few persons."""
    from campaigns.signoff.persons import folded

    left: dict[str, set[str]] = {partner: set() for partner in trust.partners}
    for keyid, name in sorted(trust.persons.items(), key=lambda item: item[1]):
        end, partner = trust.terms.expires.get(keyid), trust.role_of(keyid)
        if partner and (end is None or end > now):
            left[partner].add(folded(name))
        if end is None or (end - now).days >= SOON:
            continue
        said = f"ended at {clock.iso(end)}" if end <= now else f"ends in {count((end - now).days, 'day')}"
        cure = f"Give {name} a later end with `cordiale trust rotate --key-until {keyid[:12]}=DAY`, or remove the key."
        yield Finding(f"key of {name}", "warning", f"The key {keyid[:12]} of {name} {said}.", cure, 1)
    for partner, persons in left.items():
        if len(persons) < trust.thresholds[partner]:
            asked = count(trust.thresholds[partner], "person")
            said = f"{partner} asks for {asked}, and {len(persons)} of it still have a key."
            cure = "Until it has more, nothing is published: `cordiale trust rotate --add ID=FILE`."
            yield Finding(f"partner {partner}", "missing", said, cure, 1)
