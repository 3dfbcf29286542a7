"""
Show renderings before anything is agreed: on a terminal, and as one page that needs no script.

Right-to-left text on a terminal: every line is put between U+2067 and U+2069 and set flush right. A terminal
that knows the bidirectional algorithm lays out each line as a paragraph of its own, and would otherwise run a
line that happens to begin with a Latin name from left to right; one that does not, shows isolates as nothing.
Embeddings (U+202B) would do the first but leak into the rest of the line. In a pipe nothing is added: what is
copied or compared there must be the bytes that leave.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from campaigns.locales import LOCALES
from content.bidi import isolate
from content.check import Context, Finding, Severity
from content.checklist import blocking, review
from content.drawing import draw
from content.measure import Measured, measure, network
from content.render import render
from content.rendering import Rendering, Request

if TYPE_CHECKING:
    from rich.console import RenderableType

_NARROWEST = 30  #: columns
_WIDEST = 88
#: What the page may load: nothing but its own style and the pictures inside it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Preview:
    """One rendering with what the checks say of it."""

    name: str  #: of the release, or of its entry: launch/fr-FR/fr-mastodon
    request: Request
    rendering: Rendering
    findings: tuple[Finding, ...]
    digest: str | None  #: of what is signed, where it is known
    measured: Measured  #: of the first part's text
    leave: tuple[str, ...] = ()  #: what is signed with it beside its words, in sentences


def prepare(
    name: str,
    request: Request,
    context: Context | None = None,
    digest: str | None = None,
    leave: tuple[str, ...] = (),
) -> Preview:
    """
    Render *request*, check it and measure it.

    Raises:
        TemplateFault: If a wording, a template or the link says what is not allowed.
    """
    context = context or Context()
    rendering = render(request)
    findings = tuple(review(request, rendering, context))
    text = rendering.parts[0].text if rendering.parts else ""
    measured = measure(network(request.channel), text, server=context.server_limits)
    return Preview(name, request, rendering, findings, digest, measured, leave)


def count(measured: Measured) -> str:
    """Return how much of how much: `212 of 500 Mastodon characters`."""
    if measured.limit is None:
        return f"{measured.used:,} {measured.unit}, no limit known"
    kept = "" if measured.hard else ", advised"
    over = f", {measured.over:,} too many" if measured.over else ""
    return f"{measured.used:,} of {measured.limit:,} {measured.unit}{kept}{over}"


def verdict(finding: Finding) -> str:
    """Return what a finding means, in a word: Waived, Blocks or Warning."""
    if finding.waived is not None:
        return "Waived"
    return "Blocks" if finding.severity is Severity.BLOCK else "Warning"


def terminal(previews: Sequence[Preview], *, width: int = 80, interactive: bool = True) -> "RenderableType":
    """Return *previews* for rich to print, *width* columns wide; plain lines unless *interactive*."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    shown: list[RenderableType] = []
    inner = max(_NARROWEST, min(width, _WIDEST) - 4)
    for preview in previews:
        channel, rendering = preview.request.channel, preview.rendering
        about = f"{channel.kind}, {channel.account}; {count(preview.measured)}"
        if not interactive:
            shown.append(Text("\n".join([preview.name, about, "", *_plain(rendering), *_said(preview), ""])))
            continue
        for part in rendering.parts:
            headline = f"{part.headline}\n\n" if part.headline and not part.text.startswith(part.headline) else ""
            body = _laid_out(headline + (part.text or "Nothing would be said here."), rendering.direction, inner)
            shown.append(
                Panel(
                    Text("\n".join(body), justify="right" if rendering.direction == "rtl" else "left", no_wrap=True),
                    title=Text(preview.name, style="bold"),
                    title_align="left",
                    subtitle=Text(about),
                    subtitle_align="left",
                    width=inner + 4,
                )
            )
        shown += [Text(line) for line in _said(preview)]
        shown.append(Text(""))
    return Group(*shown)


def _plain(rendering: Rendering) -> Iterable[str]:
    for part in rendering.parts:
        yield from ([part.headline, ""] if part.headline and not part.text.startswith(part.headline) else [])
        yield part.text or "Nothing would be said here."
    for item in rendering.media:
        yield f"[{item.file}: {item.alt or 'no alt text'}]"
    yield ""


def _said(preview: Preview) -> Iterable[str]:
    """Yield a line for each finding, and one where there is none."""
    for finding in preview.findings:
        because = f" Waived: {finding.waived}" if finding.waived is not None else f" {finding.remedy}"
        yield f"  {verdict(finding)} ({finding.check}): {finding.message}{because}"
    if not preview.findings:
        yield "  No findings."


def _laid_out(text: str, direction: str, width: int) -> list[str]:
    """Return *text* in lines of at most *width* columns, each isolated where it runs from right to left."""
    from rich.cells import cell_len

    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and cell_len(longer) > width:
                lines.append(line)
                longer = word
            while cell_len(longer) > width:  # a word, such as a link, that no line holds
                lines.append(longer[:width])
                longer = longer[width:]
            line = longer
        lines.append(line)
    if direction != "rtl":
        return lines
    # A line of a link runs left to right by itself; an isolate may not touch it.
    return [line if line.isascii() else isolate(line, "rtl") for line in lines]


def html(previews: Sequence[Preview], title: str, media: Path | None = None) -> str:
    """Return one self-contained page; pictures are embedded where *media*, their folder, is given."""
    style = Markup(files("content").joinpath("preview.css").read_text("utf-8"))  # noqa: S704 (our own file)
    blocked = sum(blocking(preview.findings) for preview in previews)
    rendered = "1 rendering" if len(previews) == 1 else f"{len(previews):,} renderings"
    summary = (
        f"{rendered}; {blocked:,} may not go out as they are." if blocked else f"{rendered}; nothing keeps them back."
    )
    sections = [
        _section(list(group), media)
        for _, group in groupby(previews, key=lambda preview: (preview.request.message.id, preview.request.channel.id))
    ]
    page = Markup(
        '<!doctype html>\n<html lang="en-GB" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        "<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        '<p class="summary">{summary}</p>\n<main>\n{sections}\n</main>\n</body>\n</html>\n'
    )
    return str(
        page.format(title=title, policy=_POLICY, style=style, summary=summary, sections=Markup("\n").join(sections))
    )


def _section(previews: list[Preview], media: Path | None) -> Markup:
    """Return one message on one channel, its locales side by side."""
    request = previews[0].request
    channel = request.channel
    about = Markup('{} channel of {}, <bdi dir="ltr">{}</bdi>').format(
        channel.kind, channel.issuer.upper(), channel.account
    )
    ones = Markup("\n").join(_one(preview, media) for preview in previews)
    return Markup(
        '<section>\n<h2>{} on {}</h2>\n<p class="about">{}</p>\n<div class="locales">\n{}\n</div>\n</section>'
    ).format(request.message.id, channel.id, about, ones)


def _one(preview: Preview, media: Path | None) -> Markup:
    request, locale = preview.request, LOCALES.get(preview.request.locale)
    own = Markup('<span lang="{}" dir="{}">{}</span>').format(
        request.locale, preview.rendering.direction, locale.own_name if locale else request.locale
    )
    variant = "" if request.variant == "a" else f", variant {request.variant}"
    worst = _state(preview.findings)
    digest = Markup('<p class="digest">sha256 {}</p>').format(preview.digest) if preview.digest else ""
    return Markup(
        '<article class="one">\n<header><h3>{}</h3><span class="state {}">{}</span></header>\n'
        '<p class="about">{} ({}){}</p>\n{}\n{}\n{}{}</article>'
    ).format(
        preview.name,
        worst[0],
        worst[1],
        own,
        request.locale,
        variant,
        draw(request, preview.rendering, media),
        _meter(preview.measured),
        _findings(preview.findings, preview.leave),
        digest,
    )


def _state(findings: Sequence[Finding]) -> tuple[str, str]:
    if blocking(findings):
        return "block", "May not go out"
    if any(finding.waived is None for finding in findings):
        return "warn", "Look at this"
    return "fine", "Ready"


def _meter(measured: Measured) -> Markup:
    share = min(100, round(100 * measured.used / measured.limit)) if measured.limit else 0
    bar = Markup('<div class="trough" aria-hidden="true"><div class="bar" style="width:{}%"></div></div>').format(share)
    words = count(measured)
    over = " over" if measured.over else ""
    return Markup('<div class="count{}">{}{}</div>').format(over, words, bar if measured.limit else "")


def _findings(findings: Sequence[Finding], leave: Sequence[str]) -> Markup:
    if not findings and not leave:
        return Markup()
    items = [
        Markup('<li class="{}"><strong>{}</strong> ({}): {} <span class="remedy">{}</span></li>').format(
            {"Waived": "waived", "Blocks": "block"}.get(verdict(finding), "warn"),
            verdict(finding),
            finding.check,
            finding.message,
            f"Because: {finding.waived}" if finding.waived is not None else finding.remedy,
        )
        for finding in findings
    ]
    items += [Markup('<li class="waived"><strong>Leave</strong>: {}</li>').format(each) for each in leave]
    return Markup('<ul class="findings">{}</ul>').format(Markup("\n").join(items))
