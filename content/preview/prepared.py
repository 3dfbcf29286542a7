"""One rendering made ready to be shown: what the checks say of it, and how much of its channel's room it takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from content import cards
from content.check import Context, Finding, Severity
from content.checklist import blocking, review
from content.measure import Measured, body, measure, network
from content.render import render
from content.rendering import Part, Rendering, Request


class Standing(StrEnum):
    """What the findings of a rendering come to."""

    READY = "ready"  #: Nothing, or what was waived.
    LOOK = "look"  #: A person should look; it may go out.
    BLOCKED = "blocked"  #: May not go out as it is.


@dataclass(frozen=True)
class Preview:
    """One rendering with what the checks say of it."""

    name: str  #: of the release, or of its entry: launch/fr-FR/fr-mastodon
    request: Request
    rendering: Rendering
    findings: tuple[Finding, ...]
    digest: str | None = None  #: of what is signed, where it is known
    leave: tuple[str, ...] = ()  #: what is signed with it beside its words, in sentences

    @property
    def standing(self) -> Standing:
        """What its findings come to."""
        if blocking(self.findings):
            return Standing.BLOCKED
        return Standing.LOOK if any(each.waived is None for each in self.findings) else Standing.READY

    @property
    def place(self) -> tuple[str, str, str]:
        """Campaign, message and channel: what is shown side by side."""
        return self.request.campaign, self.request.message.id, self.request.channel.id


@dataclass
class Tally:
    """How many renderings stand how, counted as they pass."""

    counts: dict[Standing, int] = field(default_factory=lambda: dict.fromkeys(Standing, 0))

    def add(self, standing: Standing) -> None:
        """Count one more."""
        self.counts[standing] += 1

    @property
    def total(self) -> int:
        """All that were counted."""
        return sum(self.counts.values())

    def sentence(self) -> str:
        """Return `12 renderings: 9 ready, 2 to look at, 1 may not go out as it is.`."""
        ready, look, blocked = (self.counts[each] for each in Standing)
        parts = [f"{ready:,} ready"] if ready else []
        parts += [f"{look:,} to look at"] if look else []
        parts += [f"{blocked:,} may not go out as {'they are' if blocked > 1 else 'it is'}"] if blocked else []
        return f"{self.total:,} {'rendering' if self.total == 1 else 'renderings'}: {', '.join(parts) or 'none'}."


def prepare(
    name: str,
    request: Request,
    context: Context | None = None,
    digest: str | None = None,
    leave: tuple[str, ...] = (),
) -> Preview:
    """
    Render *request* and check it.

    Raises:
        TemplateFault: If a wording, a template or the link says what is not allowed.
    """
    rendering = render(request)
    findings = tuple(review(request, rendering, context or Context(server_limits=request.server_limits)))
    return Preview(name, request, rendering, findings, digest, leave)


def measures(preview: Preview) -> list[tuple[str, Measured]]:
    """Return how much room each text of *preview* takes, with its name; titles and HTML only where a limit is known."""
    server = preview.request.server_limits
    kind, parts = network(preview.request.channel), preview.rendering.parts
    found = []
    for number, part in enumerate(parts, 1):
        which = f" {number}" if len(parts) > 1 else ""
        titled = measure(kind, part.headline or "", "headline", server)
        if titled.limit is not None and part.headline:
            found.append((f"{'Subject' if kind == 'smtp' else 'Title'}{which}", titled))
        marked_up = measure(kind, part.html or "", "html", server)
        if marked_up.limit is not None and part.html:
            found.append((f"HTML part{which}", marked_up))
        field, words = body(kind, preview.rendering, part, number - 1)
        text = measure(kind, words, field, server)
        if text.limit is not None or not found:
            found.append((f"Text{which}", text))
    return found


def count(measured: Measured) -> str:
    """Return how much of how much: `212 of 500 Mastodon characters`."""
    if measured.limit is None:
        return f"{measured.used:,} {measured.unit}, no limit known"
    kept = "" if measured.hard else ", advised"
    over = f", {measured.over:,} too many" if measured.over else ""
    return f"{measured.used:,} of {measured.limit:,} {measured.unit}{kept}{over}"


def share(measured: Measured) -> int:
    """Return how full the room is, in per cent: 0 to 100; 0 where no limit is known."""
    return min(100, round(100 * measured.used / measured.limit)) if measured.limit else 0


def verdict(finding: Finding) -> str:
    """Return what a finding means, in a word: Waived, Blocks or Warning."""
    if finding.waived is not None:
        return "Waived"
    return "Blocks" if finding.severity is Severity.BLOCK else "Warning"


def remedy(finding: Finding) -> str:
    """Return what to do about a finding; where it was waived, why nothing is done."""
    return finding.remedy if finding.waived is None else f"Because: {finding.waived}"


def change(finding: Finding, text: str) -> tuple[str, str] | None:
    """Return what stands at a finding's place in *text* and what would better stand there; None without a fix."""
    if finding.fix is None or finding.span is None or finding.waived is not None:
        return None
    start, end = finding.span
    return visible(text[start:end]), visible(finding.fix)


def untitled(request: Request, part: Part) -> str | None:
    """Return the headline of *part* where it stands above a text no line of which says it already."""
    above = part.headline and card(request, part) is None and part.headline not in part.text.split("\n")
    return part.headline if above else None


def card(request: Request, part: Part) -> str | None:
    """Return the title of the card that readers see of the link of *part*."""
    return cards.title(request.channel.kind, request.channel.options, part.headline, part.link)


def visible(text: str) -> str:
    """Return *text*, or where nothing of it would be seen, the numbers of its characters: `U+00A0`."""
    if any(character.isprintable() and not character.isspace() for character in text):
        return text
    return " ".join(f"U+{ord(character):04X}" for character in text)


def tally(previews: Iterable[Preview]) -> Tally:
    """Return how *previews* stand."""
    counted = Tally()
    for preview in previews:
        counted.add(preview.standing)
    return counted


def of_part(findings: Sequence[Finding], part: int) -> list[tuple[int, Finding]]:
    """Return the findings of one part that have a place in its text, each with its number as it is listed, from 1."""
    return [(number, each) for number, each in enumerate(findings, 1) if each.part == part and each.span is not None]
