"""`cordiale check`: campaign files, the templates in and around them, and what they would show; without a database."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from campaigns.errors import Complaint, InvalidDocument, Where


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("check")(check)


def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
) -> None:
    """
    Read campaign files and say all that is wrong with them and their words, each with its file, line and column.

    With --json: campaigns, the ids of those read; and complaints: severity, file, line, column, message and hint.

    Severity is error, block or warning: what spoils a file, what keeps a release back, what stops nothing. Line and
    column are null where not known. With an error, no ids are given.

    Example: cordiale check campaigns
    """
    names, complaints = _found(paths)
    tally = Counter(each.severity for each in complaints)
    if as_json:
        typer.echo(_json(names, complaints))
    else:
        for complaint in complaints:
            typer.echo(_line(complaint))
        typer.echo(_verdict(len(names), tally))
        if not tally["error"]:
            asked = " ".join(str(path) for path in paths)
            typer.echo(
                f"Next: cordiale preview {asked} --findings" if tally["block"] else f"Next: cordiale plan {asked}"
            )
    if tally["error"] or tally["block"]:
        raise typer.Exit(1)


def _found(paths: list[Path]) -> tuple[list[str], list[Complaint]]:
    """Return the ids of the campaigns in *paths*, unless an error spoils one, and all that is wrong with them."""
    from campaigns import settings
    from content import authored, blocked
    from scheduler import written_kinds

    workspace = settings.load()
    try:
        loaded = authored.load(paths, workspace)
    except InvalidDocument as error:
        return [], error.complaints
    warnings = [_weighed(warning) for each in loaded for warning in each.warnings]
    if unknown := written_kinds.complaints(loaded):
        return [], sorted([*unknown, *warnings])
    names = [each.document.campaign for each in loaded]
    return names, sorted([*warnings, *blocked.complaints(loaded, workspace)])


def _line(complaint: Complaint) -> str:
    """Return a complaint with its place first, so that editors can jump there; warnings say that they are."""
    if complaint.severity != "error":
        complaint = replace(complaint, message=f"{complaint.severity}: {complaint.message}")
    if not complaint.where.line:
        complaint = replace(complaint, where=Where(f"{complaint.where.file}:"))
    return str(complaint)


def _json(names: list[str], complaints: list[Complaint]) -> str:
    import json

    listed = [
        {
            "severity": each.severity,
            "file": each.where.file,
            "line": each.where.line or None,
            "column": each.where.column or None,
            "message": each.message,
            "hint": each.hint,
        }
        for each in complaints
    ]
    return json.dumps({"campaigns": names, "complaints": listed}, ensure_ascii=False, indent=2)


def _weighed(warning: Complaint) -> Complaint:
    """Return *warning* as what keeps a release back, if it is about a wording that is not there yet."""
    from campaigns.documents.references import NOT_BEFORE

    return replace(warning, severity="block") if warning.hint.endswith(NOT_BEFORE) else warning


def _verdict(campaigns: int, tally: Counter[str]) -> str:
    warnings = tally["warning"]
    if errors := tally["error"]:
        others = [_counted(tally[each], each) for each in ("block", "warning") if tally[each]]
        said = ", ".join([_counted(errors, "error"), *others[:-1]]) + "".join(f" and {each}" for each in others[-1:])
        return f"{said}. Nothing was changed; mend the file and check again."
    found = []
    if blocks := tally["block"]:
        found.append(f"{_counted(blocks, 'block')}, which {'keeps' if blocks == 1 else 'keep'} releases back")
    if warnings:
        found.append(f"{_counted(warnings, 'warning')}, which {'stops' if warnings == 1 else 'stop'} nothing")
    return f"{_counted(campaigns, 'campaign')}, {'; '.join(found) or 'no complaints'}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
