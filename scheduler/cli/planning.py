"""`plan` and `apply`: what would change, and the change."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaigns.terminal import count, me

if TYPE_CHECKING:
    from campaigns.documents.load import Loaded
    from campaigns.settings import Settings
    from scheduler.releases.plan import Plan
    from scheduler.releases.plan_file import PlanFile

WOULD_CHANGE = 4  #: exit code of `plan --exit-code`
LARGEST_PLAN = 500_000_000  #: bytes; a plan holds its documents twice over, as they are and as they change
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")]
PathsOrPlan = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them; or one plan file.")
]
Author = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who writes it; may not approve it.")]
Afresh = Annotated[
    bool, typer.Option("--afresh", help="Look at every release, even where nothing changed since the last apply.")
]
History = Annotated[
    Path | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help="CSV of releases published before Cordiale: entry,locale,channel,published_at,url.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the plan to FILE as well, for `cordiale apply FILE`."),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON object instead: empty, campaigns, releases, notices, kept and refusals."
    ),
]
ExitCode = Annotated[
    bool, typer.Option("--exit-code", help="Exit with 4 when something would change, with 0 when nothing would.")
]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.command("plan")(plan)
    app.command("apply")(apply)


def plan(
    paths: Paths,
    author: Author = "",
    history: History = None,
    out: Out = None,
    as_json: AsJson = False,
    afresh: Afresh = False,
    exit_code: ExitCode = False,
) -> None:
    """
    Show what applying campaign files would create, change and cancel. Nothing is written to the database.

    Exits with 1 when the plan may not be applied, and then writes no file either.

    Example: cordiale plan campaigns --out monday.plan
    """
    from campaigns import clock, settings
    from campaigns.errors import UsageError
    from campaigns.store.engine import open_database, reading
    from campaigns.terminal import show_json
    from content.authored import placed
    from scheduler import roster
    from scheduler.releases import booking, records, show
    from scheduler.releases.plan_file import to_data
    from scheduler.written_kinds import load

    workspace, person, now = settings.load(), author or me(), clock.now()
    if file := next((path for path in paths if _is_plan(path)), None):
        message = f"{file} is a plan already."
        raise UsageError(message, f"Apply it with `cordiale apply {file}`, or name the campaign files to plan anew.")
    loaded = load(paths, workspace)
    documents = [each.document for each in loaded]
    past = records.read(history) if history else {}
    with reading(open_database(workspace.database_url)) as connection, placed(loaded, workspace):
        made = booking.plan(
            connection, documents, workspace, author=person, now=now, history=past, vet=roster.vet, afresh=afresh
        )
    if as_json:
        refusals = [{"message": each.message, "hint": each.hint} for each in made.refusals]
        show_json({**to_data(made), "kept": made.kept, "refusals": refusals})
    else:
        _print(show.lines(made))
        _print(_for_good(made))
    if made.refusals:
        raise made.refusals[0]
    if out:
        from scheduler.releases.files import digests
        from scheduler.releases.plan_file import PlanFile

        files = digests(documents, workspace)
        _write(out, PlanFile(now.replace(microsecond=0), person, tuple(documents), past, files, made), loaded)
    if not as_json:
        _say_next(made, paths, out, _again(author, history, afresh=afresh))
    if exit_code and not made.empty:
        raise typer.Exit(WOULD_CHANGE)


def apply(
    paths: PathsOrPlan,
    author: Author = "",
    history: History = None,
    afresh: Afresh = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """
    Book what campaign files ask for, in one transaction. Nothing goes out before every partner has signed it.

    A plan file is carried out as it was looked at, or refused with all that moved since.

    Example: cordiale apply campaigns --as amina
    """
    import sys
    from functools import partial

    from campaigns import clock, settings
    from campaigns.store.engine import open_database, reading
    from content.authored import placed
    from scheduler import roster
    from scheduler.releases import booking, records, show
    from scheduler.written_kinds import load

    workspace, vet = settings.load(), roster.vet
    loaded: list[Loaded] = []
    if planned := _planned(paths, author, history, workspace):
        person = planned.author
        look = partial(booking.replan, planned=planned, settings=workspace, vet=vet)
        carry_out = partial(booking.apply_planned, planned=planned, settings=workspace, vet=vet)
    else:
        person, past = author or me(), records.read(history) if history else {}
        loaded = load(paths, workspace)
        meant: dict[str, Any] = {
            "documents": [each.document for each in loaded],
            "settings": workspace,
            "author": person,
            "history": past,
            "vet": vet,
            "afresh": afresh,
        }
        look, carry_out = partial(booking.plan, **meant), partial(booking.apply, **meant)
    database = open_database(workspace.database_url)
    asks = not yes and sys.stdin.isatty()
    if asks:
        with reading(database) as connection, placed(loaded, workspace):
            looked_at = look(connection, now=clock.now())
            _print(show.lines(looked_at))
            _print(_for_good(looked_at))
        typer.confirm("Apply this plan?", abort=True)
    with placed(loaded, workspace):
        made = carry_out(database, now=clock.now())
    if made.empty:
        typer.echo("Nothing changed: the database already says what the files say.")
        return
    if not asks:
        _print(show.lines(made))
        _print(_for_good(made))
    typer.echo(f"Applied as {person}.")
    barred = [each.campaign for each in made.campaigns if made.barred(each.campaign)]
    for changes in made.campaigns:
        if changes.campaign not in barred:
            typer.echo(f"Next: cordiale review {changes.campaign}")
    if barred:
        again = _command("apply", paths, _again(author, history, afresh=afresh))
        typer.echo(_mend(" and ".join(barred), "cordiale plan PATH..." if planned else again))


def _for_good(made: "Plan") -> Iterable[str]:
    """Yield the channels on which nothing that goes out can be taken back: whoever signs it should know."""
    from scheduler import roster
    from scheduler.engine.retraction import cannot
    from scheduler.releases.outgoing import parse
    from scheduler.releases.plan import Kind

    kinds: dict[str, tuple[str, int]] = {}
    for each in (*made.of(Kind.NEW), *made.of(Kind.CHANGED)):
        outgoing = parse(each.row["outgoing"]) if each.row else None
        if outgoing is not None and cannot(roster.capabilities, outgoing.kind, outgoing.options):
            kinds[outgoing.channel] = outgoing.kind, kinds.get(outgoing.channel, ("", 0))[1] + 1
    for channel, (kind, number) in kinds.items():
        what = count(number, "release")
        yield f"! cannot be retracted: what goes out on {channel} ({kind}, {what}) is out for good."


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _say_next(made: "Plan", paths: Sequence[Path], out: Path | None, said: Sequence[str]) -> None:
    if out:
        typer.echo(f"Wrote the plan to {out}.")
    if made.empty:
        typer.echo("Nothing would change.")
    elif made.barred():
        typer.echo(_mend("it", _command("plan", paths, said)))
    else:
        typer.echo(f"Next: {_command('apply', [out] if out else paths, () if out else said)}")


def _mend(what: str, again: str) -> str:
    return f"Checks block all of {what}: nobody can sign it. Next: mend what they say above, then {again}"


def _again(author: str, history: Path | None, *, afresh: bool) -> list[str]:
    """Return the options that were given and without which the next command would mean something else."""
    named = [*(["--as", author] if author else []), *(["--history", str(history)] if history else [])]
    return [*named, *(["--afresh"] if afresh else [])]


def _command(name: str, paths: Sequence[Path], options: Sequence[str]) -> str:
    import shlex

    return shlex.join(["cordiale", name, *(str(path) for path in paths), *options])


def _write(out: Path, file: "PlanFile", loaded: Sequence["Loaded"]) -> None:
    """
    Write a plan to *out*.

    Raises:
        UsageError: If that is one of the documents it was made from.
    """
    from campaigns.documents.write import write_whole
    from campaigns.errors import UsageError
    from scheduler.releases.plan_file import to_text

    if out.resolve() in {Path(each.file).resolve() for each in loaded}:
        message = f"{out} is a campaign file, and a plan would replace it."
        raise UsageError(message, "Name another file after --out.")
    write_whole(out, to_text(file))


def _is_plan(path: Path) -> bool:
    """Return whether a file is a plan, by how it begins; what cannot be read is left for others to complain of."""
    from scheduler.releases.plan_file import HEAD, recognises

    try:
        with path.open("rb") as file:
            return recognises(file.read(HEAD).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return False


def _planned(paths: Sequence[Path], author: str, history: Path | None, workspace: "Settings") -> "PlanFile | None":
    """
    Return the plan that *paths* name, or none where they name campaign files.

    Raises:
        UsageError: If it is not named alone, or the other words say otherwise than it does.
        Refused: If it cannot be trusted to say what was looked at.
    """
    from campaigns.errors import UsageError
    from scheduler.releases.plan_file import from_text

    file = next((path for path in paths if _is_plan(path)), None)
    if file is None:
        return None
    if len(paths) > 1 or history:
        message = f"{file} is a plan, which holds all that it was made from."
        raise UsageError(message, f"Apply it alone: `cordiale apply {file}`.")
    planned = from_text(_text(file), str(file), workspace)
    if author and author != planned.author:
        message = f"The plan {file} was made by {planned.author}, not by {author}."
        raise UsageError(message, f"Leave --as out, or have {author} make the plan: the author may not sign it.")
    return planned


def _text(file: Path) -> str:
    """
    Return what a plan file says.

    Raises:
        Refused: If it is too large, or no text.
        EnvironmentFault: If it cannot be read.
    """
    from campaigns.errors import EnvironmentFault, Refused, Where

    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_PLAN + 1)
        if len(raw) > LARGEST_PLAN:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be no plan)
        return raw.decode()
    except OSError as error:
        message = f"The plan {file} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "See whether you may read it.") from None
    except ValueError:
        message = "The plan file is damaged: it is no text, or far too large."
        raise Refused(message, "Copy it again from where it was made, or make a new plan.", Where(str(file))) from None
