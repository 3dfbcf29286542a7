"""`cordiale check`: campaign files, and the templates in and around them, without a database."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from campaigns.errors import Complaint, InvalidDocument


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("check")(check)


def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
) -> None:
    """
    Read campaign files and say all that is wrong with them, each with its file, line and column.

    With --json: campaigns, the ids of those read; and complaints: severity, file, line, column, message and hint.

    Severity is error or warning. Line and column are null where not known. With an error, no ids are given.

    Example: cordiale check campaigns
    """
    from campaigns import settings
    from content.authored import load

    names: list[str] = []
    try:
        loaded = load(paths, settings.load())
        names = [each.document.campaign for each in loaded]
        complaints = [warning for each in loaded for warning in each.warnings]
    except InvalidDocument as error:
        complaints = error.complaints
    errors = sum(each.severity == "error" for each in complaints)
    if as_json:
        typer.echo(_json(names, complaints))
    else:
        for complaint in complaints:
            typer.echo(_line(complaint))
        typer.echo(_verdict(len(names), errors, len(complaints) - errors))
        if not errors:
            typer.echo(f"Next: cordiale plan {' '.join(str(path) for path in paths)}")
    if errors:
        raise typer.Exit(1)


def _line(complaint: Complaint) -> str:
    """Return a complaint with its place first, so that editors can jump there; warnings say that they are."""
    if complaint.severity == "error":
        return str(complaint)
    return str(replace(complaint, message=f"{complaint.severity}: {complaint.message}"))


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


def _verdict(campaigns: int, errors: int, warnings: int) -> str:
    if errors:
        also = f" and {_counted(warnings, 'warning')}" if warnings else ""
        return f"{_counted(errors, 'error')}{also}. Nothing was changed; mend the file and check again."
    stops = "which stops nothing" if warnings == 1 else "which stop nothing"
    found = f"{_counted(warnings, 'warning')}, {stops}" if warnings else "no complaints"
    return f"{_counted(campaigns, 'campaign')}, {found}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
