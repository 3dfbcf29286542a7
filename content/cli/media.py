"""The commands `media check` and `media clean`. No database, no network."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from campaigns.documents import schema
    from campaigns.settings import Settings
    from content.hash_lists import HashLists
    from content.rendering import MediaFile


def register(app: typer.Typer) -> None:
    """Add the group `media` to *app*."""
    group = typer.Typer(
        help="Look at pictures, films and captions, and make clean copies of them.\n\n"
        "Example: cordiale media check campaigns/",
        no_args_is_help=True,
    )
    group.command("check")(check)
    group.command("clean")(clean)
    app.add_typer(group, name="media")


def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Campaign files, folders of them, or media files.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print what is found as JSON.")] = False,
) -> None:
    """
    List kind, size and dimensions of media, what they tell, their words by language, and which networks they fit.

    Example: cordiale media check campaigns/ media/film.mp4
    """
    from campaigns import settings
    from content import hash_lists

    workspace = settings.load()
    lists = hash_lists.load(workspace.lists)
    rows = [_row(item, words, captions, lists) for item, words, captions in _items(paths, workspace, lists)]
    if json:
        from json import dumps

        bad = [{"place": each.place, "says": each.what, "whole": each.whole} for each in lists.bad]
        typer.echo(dumps({"media": rows, "lists": {**lists.counts, "bad": bad}}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            _print(row)
        for each in lists.bad:
            typer.echo(f"{each.place} {each.what}.")
        if lists:
            counts = lists.counts
            typer.echo(f"Compared with {counts['exact']:,} digests and {counts['pdq']:,} pictures in lists/.")
        if not rows:
            typer.echo("These campaigns show no media.")
    if any(row["blocking"] for row in rows) or any(bad.whole for bad in lists.bad):
        raise typer.Exit(1)


def clean(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture or a film.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where the copy goes; beside it if not said.")
    ] = None,
    network: Annotated[
        str | None, typer.Option("--for", metavar="KIND", help="Make a picture small enough for this network.")
    ] = None,
) -> None:
    """
    Write a copy without what a file tells of place, person and device; the file itself stays as it is.

    Example: cordiale media clean media/crowd.jpg --to media/crowd-clean.jpg --for mastodon
    """
    from campaigns.errors import EnvironmentFault, UsageError
    from content import cleaning, limits

    if network is not None and network not in limits.KINDS:
        message = f"No limits are known for '{network}'."
        raise UsageError(message, f"Write one of {', '.join(limits.KINDS)}; `cordiale limits` lists them.")
    target = to or file.with_name(f"{file.stem}-clean{file.suffix}")
    if target.exists():
        message = f"There is a file {target} already, and it stays as it is."
        raise UsageError(message, "Name another with --to.")
    try:
        data = file.read_bytes()
    except OSError as error:
        message = f"The file {file} cannot be read: {error.strerror}."
        raise UsageError(message, "Name a picture or a film.") from None
    made = cleaning.clean(file.name, data, network)
    try:
        target.write_bytes(made.data)
    except OSError as error:
        message = f"The copy could not be written to {target}: {error.strerror}."
        raise EnvironmentFault(message, "Name a file in a folder that you may write to.") from None
    for each in made.done or ("found nothing to remove",):
        typer.echo(f"  {each}")
    how = "drawn anew" if made.redrawn else "no pixel changed"
    typer.echo(f"Wrote {target}: {len(made.data):,} octets, {how}. Look at it, then name it under `media:`.")


def _items(
    paths: list[Path], workspace: "Settings", lists: "HashLists"
) -> "Iterator[tuple[MediaFile, dict[str, str], dict[str, str]]]":
    """Yield each medium with its words and captions by language; what two messages show alike comes once."""
    from campaigns.documents import schema
    from campaigns.documents.load import load
    from campaigns.errors import UsageError
    from content import media

    documents = [path for path in paths if path.is_dir() or path.suffix in {".yaml", ".yml"}]
    named: list[tuple[Path, schema.Media]] = []
    if documents:
        shown = [item for each in load(documents, workspace) for note in each.document.messages for item in note.media]
        named += [(workspace.media, item) for item in shown]
    for path in paths:
        if path in documents:
            continue
        if not path.is_file():
            message = f"There is no file {path}."
            raise UsageError(message, "Name campaign files, folders of them, or media files.")
        named.append((path.resolve().parent, schema.Media(file=path.name)))
    seen: list[tuple[Path, schema.Media]] = []
    for folder, item in named:
        if (folder, item) not in seen:
            seen.append((folder, item))
            locale = next(iter(item.captions), "")
            yield media.read(folder, [item], locale, lists)[0], item.alt, _captions(folder, item)


def _captions(folder: Path, item: "schema.Media") -> dict[str, str]:
    """Return what is to be said of each caption file, by language."""
    from content import media

    found = {}
    for locale, name in item.captions.items():
        captions = media.read(folder, [item], locale)[0].captions
        if captions is None or not captions.digest:
            found[locale] = f"{name} is not there"
        else:
            found[locale] = f"{name}: {'; '.join(captions.faults)}" if captions.faults else name
    return found


def _row(item: "MediaFile", alt: dict[str, str], captions: dict[str, str], lists: "HashLists") -> dict[str, Any]:
    """Return what `--json` says of one medium: stable keys."""
    facts = item.facts
    blocking, warnings = _findings(item, lists)
    return {
        "file": item.file,
        "kind": item.kind,
        "size": item.size,
        "digest": item.digest,
        "width": facts.width,
        "height": facts.height,
        "seconds": facts.seconds,
        "frames_a_second": facts.rate,
        "moves": facts.animated,
        "tells": [{"where": each.where, "what": each.what, "personal": each.personal} for each in facts.told],
        "alt": alt,
        "captions": captions,
        "networks": {kind: not reasons for kind, reasons in _networks(item).items()},
        "too_much": {kind: reasons for kind, reasons in _networks(item).items() if reasons},
        "blocking": blocking,
        "warnings": warnings,
    }


def _findings(item: "MediaFile", lists: "HashLists") -> tuple[list[str], list[str]]:
    """Return what the checks of media say of one file, whatever its message: what blocks, and what warns."""
    from content.check import Context, Finding, Severity
    from content.checks.listed_media import ListedMedia
    from content.checks.media_metadata import MediaMetadata
    from content.checks.missing_media import MissingMedia
    from content.checks.similar_media import SimilarMedia
    from content.checks.unsafe_media import UnsafeMedia
    from content.media_alone import alone

    request, rendering = alone(item, lists)
    checks = (MissingMedia(), UnsafeMedia(), ListedMedia(), SimilarMedia(), MediaMetadata())
    found: list[Finding] = [each for check in checks for each in check.look(request, rendering, Context())]
    said = {severity: [each.message for each in found if each.severity is severity] for severity in Severity}
    return said[Severity.BLOCK], said[Severity.WARN]


def _networks(item: "MediaFile") -> dict[str, list[str]]:
    """Return, for each network of which something is known, why the file does not fit it; nothing where it does."""
    from content import formats, limits

    what = "video" if item.kind.startswith("video/") else "image"
    has = {
        formats.field(item.kind): item.size,
        f"{what} pixels": item.facts.pixels,
        "video duration": item.facts.seconds if what == "video" else None,
        "video frame rate": item.facts.rate if what == "video" else None,
    }
    found: dict[str, list[str]] = {
        row.kind: [] if item.kind in row.types else [f"it takes no {item.kind}"]
        for row in formats.FORMATS.values()
        if row.types and item.digest
    }
    for row in limits.LIMITS:
        value = has.get(row.field)
        if row.hard and value is not None:
            reasons = found.setdefault(row.kind, [])
            if value > row.value:
                reasons.append(f"{value:,.0f} of {row.value:,} {row.unit}")
    return found


def _print(row: dict[str, Any]) -> None:
    """Print one medium for a person."""
    size = f"{row['size'] / 1000:,.0f} kB" if row["digest"] else "not there"
    shape = f", {row['width']:,} x {row['height']:,} pixels" if row["width"] else ""
    time = f", {row['seconds']:,.1f} s" if row["seconds"] else ""
    moves = ", moves" if row["moves"] and not row["seconds"] else ""
    typer.secho(f"{row['file']}  {row['kind']}, {size}{shape}{time}{moves}", bold=True)
    for message in row["blocking"]:
        typer.echo(f"  blocked: {message}")
    for message in row["warnings"]:
        typer.echo(f"  warning: {message}")
    if row["digest"] and not row["tells"] and not row["blocking"]:
        typer.echo("  tells nothing beside what it shows")
    for label, words in (("alt text", row["alt"]), ("captions", row["captions"])):
        for locale, said in words.items():
            typer.echo(f"  {label} {locale}: {said}")
    fits = [kind for kind, fine in row["networks"].items() if fine]
    if fits:
        typer.echo(f"  fits {', '.join(fits)}")
    for kind, reasons in row["too_much"].items():
        typer.echo(f"  does not fit {kind}: {'; '.join(reasons)}")
