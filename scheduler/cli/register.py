"""`register`: export the public register, and say of a text whether it is in it."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaigns.cli.signers import PassphraseFile, signers
from campaigns.errors import Complaint, InvalidDocument, UsageError, Where
from campaigns.terminal import count, show_json

if TYPE_CHECKING:
    from scheduler.register.folder import Register
    from scheduler.register.gather import Gathered
    from scheduler.register.verdict import Answer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_SHOWN = 8  #: entries that an answer names


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    commands = typer.Typer(
        no_args_is_help=True, help="The public register: what was published, for everybody to check."
    )
    commands.command("export")(export)
    commands.command("check")(check)
    app.add_typer(commands, name="register")


def export(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write, new or of an earlier export.")],
    key: Annotated[
        list[Path],
        typer.Option(
            "--key", metavar="FILE", help="The operators' or a partner's private key; again for a second one."
        ),
    ],
    passphrase_file: PassphraseFile = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="After keys were rotated: believe what the register in DIR says was verified under them."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Write the signed public register: JSON and pages of all that was published, corrected and taken down.

    Every approval is verified again, and held against the send journal. What does not hold is named and left out, and
    the exit code is 1. So is what was signed with keys that were revoked or have ended since: with --keep, it stays in
    an earlier export that the trust file still vouches for.

    Example: cordiale register export --to public --key keys/operator.key
    """
    from campaigns import settings
    from scheduler.register import folder, keys, pages, seal

    workspace = settings.load()
    gathered, trust = _gathered(workspace, to if keep else None)
    signing = signers(key, passphrase_file)
    site = pages.site(gathered.entries, rehearsal=trust.rehearsal_only)
    done = folder.write(
        to,
        gathered.entries,
        site.pages,
        lambda payload: seal.seal(payload, signing, trust),
        rehearsal=trust.rehearsal_only,
        others={**site.others, folder.KEYS: keys.published(signing)},
    )
    if as_json:
        show_json(
            {
                "entries": len(gathered.entries),
                "written": done.written,
                "kept": done.kept,
                "removed": done.removed,
                "left_out": [{"name": each.name, "why": each.why} for each in gathered.left_out],
                "notes": list(gathered.notes),
            }
        )
    else:
        _tell_export(to, gathered, done)
    if gathered.left_out:
        raise typer.Exit(1)


def _gathered(workspace: Any, earlier: Path | None = None) -> tuple["Gathered", Any]:
    """Return the register of the workspace, and the trust that it was verified under; what *earlier* has is kept."""
    from campaigns import clock
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database, reading
    from scheduler.register import folder
    from scheduler.register.gather import gather
    from scheduler.releases.journal import ClosedJournal

    now = clock.now()
    trust = TrustStore(workspace.trust).current(now)
    journal = ClosedJournal(workspace.trust).open()
    kept = None
    if earlier is not None:
        kept = {entry.id: entry for entry in folder.read(earlier, lambda text: _opened(text, trust)).entries}
    with reading(open_database(workspace.database_url)) as connection:
        return gather(connection, trust, journal, kept), trust


def _opened(text: bytes, trust: Any) -> tuple[bytes, str]:
    from scheduler.register import seal

    found = seal.opened(text, trust)
    return found.payload, found.by


def _tell_export(to: Path, gathered: "Gathered", done: Any) -> None:
    entries = gathered.entries
    gone = sum(entry.retraction is not None for entry in entries)
    corrected = sum(bool(entry.corrected_by) for entry in entries)
    for each in gathered.left_out:
        typer.echo(f"Left out: {each.name}. {each.why}", err=True)
    for note in gathered.notes:
        typer.echo(f"Note: {note}", err=True)
    said = f"{count(len(entries), 'entry', 'entries')}, of which {gone:,} taken down and {corrected:,} corrected"
    typer.echo(f"Wrote the register to {to}: {said}.")
    typer.echo(f"{count(done.written, 'file')} written, {done.kept:,} unchanged, {done.removed:,} removed.")
    if gathered.left_out:
        left = count(len(gathered.left_out), "release")
        verb = "is" if len(gathered.left_out) == 1 else "are"
        typer.echo(f"{left} {verb} not in it. Next: cordiale why {gathered.left_out[0].name}")
    else:
        typer.echo(f'Next: cordiale register check "A TEXT" --register {to}')


def check(
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT|FILE|-", help="A text as copied from a page, a file that holds it, or - to read it."
        ),
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option("--register", metavar="DIR", help="An exported register; without one, this workspace's."),
    ] = None,
    trust: Annotated[
        Path | None, typer.Option("--trust", metavar="DIR", help="The trust files that say whose signature counts.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="FILE|KEYID", help="Instead: the public key that must have signed the register."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Say of a text whether it is official: word for word, with what platforms do to texts allowed for.

    Exit codes: 0 official; 1 altered; 4 a part of an official text, or all of its words with a link that is not shown
    in full; 5 not in the register; 6 withdrawn: taken down or corrected since. Without a text, every file of an
    exported register is held against its signature.

    Example: cordiale register check "Daesh lost its ground." --register public --key operator.pub
    """
    from scheduler.register.search import Search
    from scheduler.register.verdict import EXIT, LONGEST, judge

    if text is None:
        _verify(register, trust, key, as_json=as_json)
        return
    said = _said(text)
    found = _register(register, trust, key)
    try:
        answer = judge(Search(found.entries), said)
    except ValueError:
        message = (
            "There is no word in the text." if len(said) <= LONGEST else f"The text is over {LONGEST:,} characters."
        )
        raise UsageError(message, "Give the text as a page shows it, one publication at a time.") from None
    if as_json:
        show_json(_as_json(answer, found))
    else:
        _tell(answer, found)
    raise typer.Exit(EXIT[answer.verdict])


def _said(text: str) -> str:
    """Return the text that was meant: from standard input, from a file of that name, or as it stands."""
    if text == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    path = Path(text)
    with suppress(OSError, ValueError):  # a text is no file name: too long, or with a NUL in it
        if path.is_file():
            try:
                return path.read_text("utf-8")
            except UnicodeDecodeError:
                complaint = Complaint(Where(text), "is not UTF-8", "save it as UTF-8")
                raise InvalidDocument([complaint]) from None
    return text


def _register(folder: Path | None, trust: Path | None, key: str | None) -> "Register":
    """Return the exported register in *folder*, its signature verified, or that of the workspace."""
    from campaigns import settings
    from scheduler.register.folder import Register, read

    if folder is not None:
        return read(folder, _opener(folder, trust, key))
    if trust is not None or key is not None:
        message = "--trust and --key say who must have signed an exported register."
        raise UsageError(message, "Name it with --register DIR.")
    gathered, known = _gathered(settings.load())
    latest = max((entry.latest for entry in gathered.entries), default=None)
    return Register(gathered.entries, latest, known.rehearsal_only, "this workspace")


def _opener(folder: Path, trust: Path | None, key: str | None) -> Any:
    """Return what verifies the signed list: by a key, by trust files, or by those of the workspace."""
    from campaigns import clock, settings
    from campaigns.signoff import trust as trusts
    from campaigns.signoff import trust_files
    from scheduler.register import keys, seal

    if key is not None and trust is not None:
        message = "--trust and --key both say who must have signed the register."
        raise UsageError(message, "Give one of them.")

    def by_key(text: bytes) -> tuple[bytes, str]:
        found = seal.opened_with(text, keys.named(str(key), folder))
        return found.payload, found.by

    def by_trust(text: bytes) -> tuple[bytes, str]:
        now, there = clock.now(), trust or settings.load().trust
        if trust is None and not (there / trust_files.ROOT).is_file():
            message = "Nothing says whose signature on the register counts."
            raise UsageError(message, "Name the publisher's key with --key, or trust files with --trust.")
        if trust is None:
            known = trusts.TrustStore(there).current(now)
        else:  # somebody else's machine: nothing is remembered there
            root = trust_files.read(there / trust_files.ROOT, "root")
            targets = trust_files.read(there / trust_files.TARGETS, "targets")
            known = trusts.verify(root, targets, there)
            known.check_expiry(now)
        found = seal.opened(text, known)
        return found.payload, found.by

    return by_trust if key is None else by_key


def _verify(folder: Path | None, trust: Path | None, key: str | None, *, as_json: bool) -> None:
    from scheduler.register.folder import read, verify_files

    if folder is None:
        message = "There is no text to check."
        raise UsageError(message, "Give a text, or --register DIR alone to verify an exported register.")
    opened = _opener(folder, trust, key)
    found = read(folder, opened)
    number = verify_files(folder, opened)
    if as_json:
        show_json({"verified": True, "by": found.by, "entries": len(found.entries), "files": number})
        return
    said = f"{count(len(found.entries), 'entry', 'entries')} in {count(number, 'file')}"
    typer.echo(f"The register holds: {said}, signed by {found.by}, as of {found.latest or 'nothing yet'}.")


def _as_json(answer: "Answer", found: "Register") -> dict[str, object]:
    from scheduler.register.entries import to_data

    difference = answer.difference
    changes = difference.changes if difference else ()
    return {
        "verdict": answer.verdict.value,
        "why": list(answer.why),
        "entries": [to_data(entry) for entry in answer.entries],
        "changes": [
            {"official": each.official, "copy": each.copy, "what": each.what, "note": each.note} for each in changes
        ],
        "register": {
            "by": found.by,
            "as_of": found.latest,
            "rehearsal": found.rehearsal,
            "entries": len(found.entries),
        },
    }


def _tell(answer: "Answer", found: "Register") -> None:
    from scheduler.register.telling import headline, lines
    from scheduler.register.verdict import Verdict

    typer.secho(headline(answer), bold=True)
    for line in lines(answer, most=_SHOWN):
        typer.echo(line)
    silent = sum(entry.parts is None for entry in found.entries)
    if silent and answer.verdict is Verdict.UNKNOWN:
        which = "was taken down and is" if silent == 1 else "were taken down and are"
        typer.echo(f"  {count(silent, 'publication')} there {which} not repeated: whether this was one cannot be said.")
    rehearsal = " It is a rehearsal: nothing in it was published for anybody." if found.rehearsal else ""
    entries = count(len(found.entries), "entry", "entries")
    typer.echo(f"The register has {entries}, signed by {found.by}, as of {found.latest or 'nothing yet'}.{rehearsal}")
