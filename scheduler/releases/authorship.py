"""Who wrote a release, and so may not approve it. Pure."""

from collections.abc import Mapping
from typing import Any


def authors(row: Mapping[str, Any]) -> tuple[str, ...]:
    """
    Return who may not approve *row*: who last changed its words, and who last changed anything of what goes out.

    So whoever wrote the words cannot have a colleague move the release by a minute, and then approve them.
    """
    return tuple(dict.fromkeys(filter(None, (row["words_by"] or row["author"], row["author"]))))


def words_by(before: Mapping[str, Any] | None, columns: Mapping[str, Any]) -> str:
    """Return who last changed the words of a release, once *columns* replace *before*: the writer of either."""
    if before is not None and before["bytes_digest"] == columns["bytes_digest"]:
        return str(before["words_by"] or before["author"])
    return str(columns["author"])
