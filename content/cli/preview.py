"""`cordiale preview`: how it reads, on a terminal, on a page, or as a list of findings."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from campaigns.documents import schema
    from campaigns.settings import Settings
    from content.check import Finding
    from content.preview.choices import Wanted
    from content.preview.prepared import Preview, Tally

PAGE = "preview.html"  #: of the workspace, where nobody names a file
MOST = 600  #: renderings on one page; more would be read by nobody


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("preview")(preview)


def preview(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")],
    message: Annotated[str | None, typer.Option(help="Only this message.")] = None,
    locale: Annotated[str | None, typer.Option(help="Only this locale, such as fr-FR.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page for a browser.")] = None,
    browse: Annotated[
        bool, typer.Option("--open", help=f"Open the page in the browser; without --html it is {PAGE}.")
    ] = False,
    findings: Annotated[
        bool, typer.Option("--findings", help="Only what the checks find, a line each; on a page, only what has any.")
    ] = False,
    spoken: Annotated[bool, typer.Option("--spoken", help="Print also what a screen reader says.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print findings and sums as one JSON object.")] = False,
) -> None:
    """
    Show every message as each channel will show it, with what the checks find.

    With --json: findings, each with release, campaign, locale, channel, verdict, check, message, remedy, part,
    span, fix and waived; and how many renderings there are, ready, to look at, and blocked.

    Example: cordiale preview campaigns/ --locale ar --open
    """
    from campaigns import settings
    from campaigns.errors import UsageError
    from content.authored import load
    from content.preview.choices import Wanted
    from content.preview.prepared import Standing

    if as_json and (html or browse):
        words = "--json prints findings, and a page is drawn; one call does one of them."
        raise UsageError(words, "Leave out --json, or --html and --open.")
    workspace = settings.load()
    documents = [loaded.document for loaded in load(paths, workspace)]
    asked = _Asked(documents, workspace, Wanted(message, locale, channel), tuple(paths))
    if html or browse:
        target = html or workspace.root / PAGE
        counted = _page(asked, target, only_findings=findings)
        if browse:
            _browse(target)
    elif as_json:
        counted = _as_json(asked)
    elif findings:
        counted = _findings(asked)
    else:
        counted = _terminal(asked, spoken=spoken)
    if counted.counts[Standing.BLOCKED]:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Asked:
    """What somebody wants to see."""

    documents: "list[schema.Campaign]"
    workspace: "Settings"
    wanted: "Wanted"
    paths: tuple[Path, ...]

    def previews(self) -> "Iterator[Preview]":
        """
        Yield each preview, one at a time.

        Raises:
            UsageError: If nothing matches.
        """
        from campaigns.errors import UsageError
        from content.preview import choices

        empty = True
        for document in self.documents:
            for each in choices.previews(document, self.workspace, self.wanted):
                empty = False
                yield each
        if empty:
            asked = str(self.wanted)
            message = f"No release matches {asked}." if asked else "These campaigns release nothing."
            raise UsageError(
                message, "Look at `releases:`; a locale must be one of the channel that an audience reads."
            )

    def count(self) -> int:
        """Return how many previews there are, without rendering any."""
        from content.preview import choices

        return sum(1 for document in self.documents for _ in choices.choices(document, self.wanted))


def _terminal(asked: _Asked, *, spoken: bool) -> "Tally":
    """Print previews, place by place."""
    from rich.console import Console

    from content.preview import terminal
    from content.preview.prepared import Tally

    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    counted = Tally()
    for _, group in groupby(asked.previews(), key=lambda each: each.place):
        shown = list(group)
        for each in shown:
            counted.add(each.standing)
        console.print(terminal.show(shown, width=console.width, interactive=console.is_terminal, spoken=spoken))
    typer.echo(counted.sentence())
    return counted


def _findings(asked: _Asked) -> "Tally":
    """Print a line for each finding, as they are found, then the sum."""
    from content.preview import terminal
    from content.preview.prepared import Tally

    counted = Tally()
    for each in _watched(asked):
        counted.add(each.standing)
        for line in terminal.finding_lines(each):
            typer.echo(f"{each.name}: {line}")
    typer.echo(counted.sentence())
    return counted


def _as_json(asked: _Asked) -> "Tally":
    """Print findings as they are found, in one JSON object that ends with the sums."""
    from json import dumps

    from content.preview.prepared import Standing, Tally

    counted, before = Tally(), '{"findings": ['
    for each in _watched(asked):
        counted.add(each.standing)
        for finding in each.findings:
            typer.echo(f"{before}\n  {dumps(_row(each, finding), ensure_ascii=False)}", nl=False)
            before = ","
    opening = "" if before == "," else before
    sums = {"renderings": counted.total, **{str(standing): counted.counts[standing] for standing in Standing}}
    typer.echo(f"{opening}\n], {dumps(sums)[1:]}")
    return counted


def _row(each: "Preview", finding: "Finding") -> dict[str, object]:
    from content.preview.prepared import verdict

    return {
        "release": each.name,
        "campaign": each.request.campaign,
        "locale": each.request.locale,
        "channel": each.request.channel.id,
        "verdict": verdict(finding).casefold(),
        "check": finding.check,
        "message": finding.message,
        "remedy": finding.remedy,
        "part": finding.part,
        "span": finding.span,
        "fix": finding.fix,
        "waived": finding.waived,
    }


def _page(asked: _Asked, target: Path, *, only_findings: bool) -> "Tally":
    """
    Write the page and name it; below it, what the checks found.

    Raises:
        UsageError: If there is more than a person could read.
    """
    from campaigns.documents.write import write_whole
    from campaigns.errors import UsageError
    from content.preview.page import html
    from content.preview.prepared import Tally
    from content.preview.terminal import finding_lines

    counted = Tally()
    shown: list[Preview] = []
    if not only_findings and (number := asked.count()) > MOST:
        words = f"{number:,} renderings are too many for one page: it holds {MOST:,}, and nobody would read it."
        raise UsageError(words, _narrower(asked))
    for each in _watched(asked):
        counted.add(each.standing)
        if each.findings or not only_findings:
            shown.append(each)
        if len(shown) > MOST:
            words = f"More than {MOST:,} renderings have findings: too many for one page, and nobody would read it."
            raise UsageError(words, _narrower(asked))
    if not shown:
        typer.echo(f"Nothing was found, so there is no page. {counted.sentence()}")
        return counted
    titles = ", ".join(document.campaign for document in asked.documents)
    marking = " / ".join(sorted({document.marking for document in asked.documents if document.marking}))
    write_whole(target, html(shown, f"Preview of {titles}", asked.workspace.media, marking))
    typer.echo(f"Wrote {len(shown):,} {'preview' if len(shown) == 1 else 'previews'} to {target}.")
    for each in shown:
        for line in finding_lines(each):
            typer.echo(f"  {each.name}: {line}")
    typer.echo(counted.sentence())
    return counted


def _narrower(asked: _Asked) -> str:
    paths = " ".join(str(path) for path in asked.paths)
    return f"Narrow it with --message, --locale or --channel, or list findings: cordiale preview {paths} --findings"


def _browse(target: Path) -> None:
    """Open the page in the browser; where there is none, say where it lies."""
    import webbrowser

    uri = target.resolve().as_uri()
    try:
        opened = webbrowser.get().open(uri)
    except (webbrowser.Error, OSError):
        opened = False
    if opened:
        typer.echo(f"Opened {target} in the browser.")
    else:
        typer.echo(f"There is no browser here. Open this page in one: {target.resolve()}")


def _watched(asked: _Asked) -> "Iterator[Preview]":
    """Yield the previews under a bar on a terminal; in a pipe, without."""
    with _bar(asked) as advance:
        for each in asked.previews():
            yield each
            advance(1)


@contextmanager
def _bar(asked: _Asked) -> Iterator[Callable[[int], None]]:
    """Draw how many renderings were reviewed, of how many, on a terminal; in a pipe, nothing."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Reviewing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    on_screen = sys.stdout.isatty()  # what goes to a pipe or a file must not pass through the bar
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=on_screen) as progress:
        task = progress.add_task("", total=asked.count())
        yield lambda count: progress.advance(task, count)
