"""`cordiale translations`: wordings to translators and back, as PO files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from content.translations.bring import Brought

_PATHS = typer.Argument(metavar="PATH...", help="Campaign files, or folders of them.")

app = typer.Typer(help="Give wordings to translators, and take them back.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add this file's commands to *main*."""
    main.add_typer(app, name="translations")


@app.command("export")
def export(
    paths: Annotated[list[Path], _PATHS],
    locale: Annotated[str, typer.Option(help="The language to translate into, such as ar.")],
    source: Annotated[str, typer.Option("--from", help="The language to translate from.")] = "en-GB",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here instead of to standard output.")
    ] = None,
) -> None:
    """
    Write all that goes out as one PO file for translators, with what there is in their language already.

    Each entry says who reads it, how much room there is and what its names stand for. What is stale is marked fuzzy.

    Example: cordiale translations export campaigns --locale ar --out ar.po
    """
    from campaigns import settings
    from campaigns.documents.load import load
    from campaigns.documents.write import write_whole
    from campaigns.errors import Refused, UsageError
    from campaigns.terminal import count
    from content import policy
    from content.translations.catalogue import catalogue, unsaved

    _spoken(locale, "--locale")
    _spoken(source, "--from")
    if locale == source:
        message = f"{locale} cannot be translated into itself."
        raise UsageError(message, "Name the language that is written with --from, and the other with --locale.")
    workspace = settings.load()
    file = catalogue(load(paths, workspace), locale, source, policy.load(workspace).glossary)
    if not len(file):
        message = f"These campaigns have no text in {source}."
        raise UsageError(message, "Name the language that they are written in with --from.")
    text = f"{file}\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    if lost := unsaved(out, file):
        message = f"{out} holds {count(lost, 'translation')} that the campaigns do not have, so it was not replaced."
        raise Refused(
            message, f"Import it first, with `cordiale translations import {out} PATH`, or name another file."
        )
    write_whole(out, text)
    open_, fuzzy = len(file.untranslated_entries()), len(file.fuzzy_entries())
    typer.echo(f"Wrote {count(len(file), 'entry', 'entries')} in {locale} to {out}: {open_} open, {fuzzy} stale.")
    typer.echo(f"Next: cordiale translations import {out} {' '.join(str(path) for path in paths)}")


@app.command("import")
def bring_back(
    file: Annotated[Path, typer.Argument(metavar="FILE.po", help="What the translators gave back.")],
    paths: Annotated[list[Path], _PATHS],
    source: Annotated[
        str | None, typer.Option("--from", help="The language it was made of, where its header does not say.")
    ] = None,
) -> None:
    """
    Write translations into the campaign files, which keep their comments, order and quoting.

    Nothing is written if the header, a placeholder or a function differs. Fuzzy and untranslated texts are left alone.

    Example: cordiale translations import ar.po campaigns
    """
    from campaigns import settings
    from content.translations.bring import bring

    if source is not None:
        _spoken(source, "--from")
    _tell(bring(file, paths, settings.load(), source), paths)


def _tell(brought: "Brought", paths: list[Path]) -> None:
    from campaigns.terminal import count

    judged, returned = brought.judged, brought.returned
    for context in judged.unknown:
        where = returned.where(returned.entries[context], "msgid")
        typer.echo(f"{where} '{context}' is in none of these campaigns; it was left alone.")
    left = [
        f"{number} {what}"
        for number, what in (
            (judged.unchanged, "as before"),
            (judged.fuzzy, "fuzzy"),
            (judged.untranslated, "not translated"),
        )
        if number
    ]
    alone = f" Left alone: {', '.join(left)}." if left else ""
    if not brought.files:
        typer.echo(f"Nothing new in {returned.locale}.{alone}")
        return
    written = count(len(judged.changes), "text")
    typer.echo(f"Wrote {written} in {returned.locale} to {', '.join(brought.files)}.{alone}")
    typer.echo(f"Next: cordiale preview {' '.join(str(path) for path in paths)} --locale {returned.locale}")


def _spoken(tag: str, option: str) -> None:
    from campaigns.documents.faults import nearest
    from campaigns.errors import UsageError
    from campaigns.locales import LOCALES

    if tag not in LOCALES:
        message = f"{option}: '{tag}' is no locale that Cordiale speaks."
        close = nearest(tag, LOCALES)
        hint = close[0].upper() + close[1:] if close else f"Write one of {', '.join(LOCALES)}."
        raise UsageError(message, hint)
