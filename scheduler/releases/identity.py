"""Who a release is: declared by its place in the campaign, never generated."""

import hashlib
import uuid

from scheduler.releases.canonical import encode

#: The namespace of release ids. Part of every signature: it never changes.
NAMESPACE = uuid.UUID("7c0d1a1e-5f0b-5d0a-9a53-0c0ad1a1e001")


def release_id(campaign: str, entry: str, occurrence: str, locale: str, channel: str) -> str:
    """
    Return the id of a release: the same place in the campaign is the same release.

    *occurrence* is the RFC 5545 RECURRENCE-ID as wall time, `20270119T183000`, or "" for a single release.
    """
    name = encode([campaign, entry, occurrence or None, locale, channel]).decode()
    return str(uuid.uuid5(NAMESPACE, name))


def release_name(entry: str, occurrence: str, locale: str, channel: str) -> str:
    """Return the name people see: `launch/fr-FR/fr-mastodon`, `reminder@20270119T183000/ar/feed`."""
    first = f"{entry}@{occurrence}" if occurrence else entry
    return f"{first}/{locale}/{channel}"


def idempotency_key(release: str, digest: str) -> str:
    """Return the key that makes all attempts at one release one: a function of its id and its digest."""
    return hashlib.sha256(f"cordiale:{release}:{digest}".encode()).hexdigest()[:40]


def part_key(key: str, part: int) -> str:
    """Return the key of part so many (from 0) of a release: the release's own *key* for the first."""
    return f"{key}-{part}" if part else key
