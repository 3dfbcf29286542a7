"""
What keeps the releases of a campaign file back, at the line where its author wrote the words: as `preview` finds it.

Nothing is asked that needs a database or a network. What several channels show alike is told once.
"""

from collections.abc import Iterator, Sequence

from campaigns.documents.faults import Loc
from campaigns.documents.load import Loaded
from campaigns.documents.positions import MOST
from campaigns.errors import Complaint, Where
from campaigns.settings import Settings
from content import wording
from content.check import Finding, Severity
from content.checks.missing_wording import MissingWording
from content.preview import choices
from content.preview.prepared import Preview, Standing

BLOCK = "block"  #: the severity of a complaint that spoils no document, and lets no release out


def complaints(loaded: Sequence[Loaded], settings: Settings) -> list[Complaint]:
    """
    Return what blocks the renderings of *loaded*, as complaints of the severity `block`, at most `MOST`.

    A wording that is not there is left to the warning that the loader gives of it.

    Raises:
        MediaFault: If a media file lies outside the media folder.
    """
    channels: dict[tuple[Where, str, str], dict[str, None]] = {}
    for each in loaded:
        for preview in choices.previews(each.document, settings):
            if preview.standing is Standing.BLOCKED:
                for where, finding in _blocking(each, preview):
                    said = (where, f"{finding.check}: {finding.message.rstrip('.')}", finding.remedy.rstrip("."))
                    channels.setdefault(said, {})[preview.request.channel.id] = None
        if len(channels) >= MOST:
            break
    return sorted(
        Complaint(where, f"{message} (on {', '.join(ids)})", remedy, BLOCK)
        for (where, message, remedy), ids in list(channels.items())[:MOST]
    )


def _blocking(loaded: Loaded, preview: Preview) -> Iterator[tuple[Where, Finding]]:
    asked = preview.request
    absent = wording.choose(asked.message, asked.variant, asked.locale) is None
    for finding in preview.findings:
        if finding.severity is not Severity.BLOCK or finding.waived is not None:
            continue
        if not (absent and finding.check == MissingWording.id):
            yield _where(loaded, preview, finding), finding


def _where(loaded: Loaded, preview: Preview, finding: Finding) -> Where:
    """Return where the words that a finding is about are written; else where their wording is, or the message."""
    asked, parts = preview.request, preview.rendering.parts
    number = next(n for n, each in enumerate(loaded.document.messages) if each.id == asked.message.id)
    variant = () if asked.variant == wording.ORIGINAL else ("variants", asked.variant)
    road: Loc = ("messages", number, *variant, "wording", asked.locale)
    words = wording.choose(asked.message, asked.variant, asked.locale)
    if words is None:
        return loaded.places.where(road[:2])
    if finding.span is None or finding.part >= len(parts):
        return loaded.places.where(road)
    start, end = finding.span
    at = words.find(parts[finding.part].text[start:end])
    return loaded.places.within(road, words, at) if at >= 0 else loaded.places.where(road)
