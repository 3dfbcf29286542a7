"""`plan` and `apply`: what would change, and the change."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.terminal import me

if TYPE_CHECKING:
    from scheduler.releases.booking import Plan, Record

WOULD_CHANGE = 4  #: exit code of `plan --exit-code`
CLASHES = 5  #: of one kind that a plan prints
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")]
Author = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who writes it; may not approve it.")]
History = Annotated[
    Path | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help="CSV of releases published before Cordiale: entry,locale,channel,published_at,url.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("plan")(plan)
    app.command("apply")(apply)


def plan(
    paths: Paths,
    author: Author = "",
    history: History = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 4 when something would change.")] = False,
) -> None:
    """
    Show what applying campaign files would create, change and cancel. Nothing is written.

    Example: cordiale plan campaigns
    """
    from campaigns import clock, settings
    from campaigns.documents.load import load
    from campaigns.store.engine import open_database, reading
    from scheduler import roster
    from scheduler.releases import booking

    workspace = settings.load()
    documents = [each.document for each in load(paths, workspace)]
    database = open_database(workspace.database_url)
    with reading(database) as connection:
        made = booking.plan(
            connection,
            documents,
            workspace,
            author=author or me(),
            now=clock.now(),
            history=_history(history),
            vet=roster.vet,
        )
    _show(made)
    if made.refusals:
        raise made.refusals[0]
    if made.empty:
        typer.echo("Nothing would change.")
        return
    names = " ".join(str(path) for path in paths)
    typer.echo(f"Next: cordiale apply {names}")
    if exit_code:
        raise typer.Exit(WOULD_CHANGE)


def apply(
    paths: Paths,
    author: Author = "",
    history: History = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """
    Book what campaign files ask for, in one transaction. Nothing goes out before every partner has signed it.

    Example: cordiale apply campaigns --as amina
    """
    import sys

    from campaigns import clock, settings
    from campaigns.documents.load import load
    from campaigns.store.engine import open_database, reading
    from scheduler import roster
    from scheduler.releases import booking

    workspace = settings.load()
    documents = [each.document for each in load(paths, workspace)]
    database = open_database(workspace.database_url)
    person, past = author or me(), _history(history)
    if not yes and sys.stdin.isatty():
        with reading(database) as connection:
            _show(
                booking.plan(
                    connection, documents, workspace, author=person, now=clock.now(), history=past, vet=roster.vet
                )
            )
        typer.confirm("Apply this plan?", abort=True)
    made = booking.apply(database, documents, workspace, author=person, now=clock.now(), history=past, vet=roster.vet)
    if made.empty:
        typer.echo("Nothing changed: the database already says what the files say.")
        return
    if yes or not sys.stdin.isatty():
        _show(made)
    typer.echo(f"Applied as {person}.")
    for changes in made.campaigns:
        typer.echo(f"Next: cordiale review {changes.campaign}")


def _history(path: Path | None) -> "dict[str, Record]":
    """
    Read releases that were published before Cordiale.

    Raises:
        InvalidDocument: If the file or a row cannot be read.
    """
    from campaigns.clock import parse_iso
    from campaigns.errors import Complaint, InvalidDocument, Where
    from scheduler.releases.booking import Record
    from scheduler.releases.identity import release_name

    if path is None:
        return {}
    found: dict[str, Record] = {}
    complaints = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in file if not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDocument(
            [Complaint(Where(str(path)), f"cannot be read: {error}", "name a CSV file in UTF-8")]
        ) from None
    for number, row in enumerate(csv.DictReader(lines), 2):
        try:
            name = release_name(row["entry"], row.get("occurrence") or "", row["locale"], row["channel"])
            found[name] = Record(parse_iso(row["published_at"]), row.get("url") or None)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            hint = "columns are entry,locale,channel,published_at,url; instants like 2027-01-12T17:30:00Z"
            complaints.append(Complaint(Where(str(path), number), f"cannot read this row: {error}", hint))
    if complaints:
        raise InvalidDocument(complaints)
    return found


def _show(made: "Plan") -> None:
    """Print a plan: campaign changes, then releases, then what it voids."""
    from campaigns.clock import iso
    from campaigns.plan.show import lines
    from scheduler.releases.booking import Kind

    for changes in made.campaigns:
        for line in lines(changes):
            typer.echo(str(line))
    signs = {Kind.NEW: "+", Kind.RECORDED: "=", Kind.CHANGED: "~", Kind.CANCELLED: "-"}
    for kind, sign in signs.items():
        for each in made.of(kind):
            why = f"  {each.why}" if each.why else ""
            typer.echo(f"{sign} release {each.name}  {iso(each.due)}{why}")
            if each.voids:
                typer.echo(f"    voids the approval of {' and '.join(each.voids)}")
    for each in made.of(Kind.HISTORY):
        typer.echo(f"  release {each.name} stays as it is. {each.why}")
    findings = [
        (each.name, finding) for each in made.releases for finding in each.findings if not finding.get("waived")
    ]
    for name, finding in findings:
        word = "blocks" if finding["severity"] == "block" else "warns"
        typer.echo(f"! check {finding['check']} {word} {name}: {finding['message']} {finding['remedy']}")
    _tell_clashes(made)
    if totals := [f"{len(made.of(kind))} {kind}" for kind in signs if made.of(kind)]:
        typer.echo(f"Releases: {', '.join(totals)}.")
    for refusal in made.refusals[1:]:
        typer.echo(f"refused: {refusal.message} {refusal.hint}")


def _tell_clashes(made: "Plan") -> None:
    """Print what a plan's releases do to others, a few lines of each kind; errors are told as refusals."""
    from campaigns.terminal import count
    from scheduler.releases.clashes.clash import Kind

    for kind in Kind:
        found = [each for each in made.clashes if each.kind is kind and each.severity == "warning"]
        for each in found[:CLASHES]:
            typer.echo(f"! clash ({kind}): {each.message}")
        if found[CLASHES:]:
            more = count(len(found[CLASHES:]), "more clash", "more clashes")
            typer.echo(f"! and {more} of this kind; `cordiale calendar` shows all, once it is applied.")
        for hint in sorted({each.hint for each in found}):
            typer.echo(f"    {hint}")
