"""The checks in their order, and the waivers that a message declares."""

from collections.abc import Iterable
from dataclasses import replace

from campaigns.documents import schema
from content.check import Check, Context, Finding, Severity
from content.checks.missing_alt_text import MissingAltText
from content.checks.missing_attribution import MissingAttribution
from content.checks.missing_media import MissingMedia
from content.checks.missing_wording import MissingWording
from content.checks.placeholder_mismatch import PlaceholderMismatch
from content.checks.too_long import TooLong
from content.rendering import Rendering, Request

CHECKS: tuple[Check, ...] = (
    MissingWording(),
    PlaceholderMismatch(),
    TooLong(),
    MissingAttribution(),
    MissingAltText(),
    MissingMedia(),
)

#: No reason makes up for these: nothing to say, nobody who says it.
NEVER_WAIVED = frozenset({MissingWording.id, MissingAttribution.id})


def review(request: Request, rendering: Rendering, context: Context) -> list[Finding]:
    """Return what all checks find, in their order, with the waivers of the message applied."""
    empty = not any(part.text for part in rendering.parts)
    found = [finding for check in CHECKS for finding in check.look(request, rendering, context)]
    if not request.message.waive or empty:
        return found
    return [replace(finding, waived=_reason(request, finding)) for finding in found]


def blocking(findings: Iterable[Finding]) -> bool:
    """Say whether any finding keeps the release from going out."""
    return any(finding.severity is Severity.BLOCK and finding.waived is None for finding in findings)


def _reason(request: Request, finding: Finding) -> str | None:
    if finding.check in NEVER_WAIVED and finding.severity is Severity.BLOCK:
        return None
    return next((waiver.because for waiver in request.message.waive if _covers(waiver, request, finding)), None)


def _covers(waiver: schema.Waiver, request: Request, finding: Finding) -> bool:
    return (
        waiver.check == finding.check
        and waiver.locale in {None, request.locale}
        and waiver.channel in {None, request.channel.id}
    )
