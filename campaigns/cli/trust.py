"""`cordiale trust`: agree whose keys count, for whom, until when, and which channels are declared."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.cli import trust_show, trust_sign
from campaigns.cli.signers import KeyFiles, PassphraseFile, after_signing, signers

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.signoff.keys import KeyPair

trust = typer.Typer(no_args_is_help=True, help="Agree whose keys count and which channels are declared.")

_WHOSE = (
    "A partner and a public key of its, made by Cordiale or ssh-keygen; PERSON if the key does not say. Repeatable."
)
Operators = Annotated[
    list[str] | None,
    typer.Option("--operator", metavar="[PERSON=]FILE", help="A public key of who runs the machine. Repeatable."),
]
Thresholds = Annotated[
    list[str] | None,
    typer.Option("--threshold", metavar="ID=N", help="How many persons of a partner must sign. Repeatable."),
]
Ends = Annotated[
    list[str] | None,
    typer.Option(
        "--key-until", metavar="PERSON|KEY=DAY", help="From when a single key signs nothing (never: with the trust)."
    ),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands, and those that show and sign, to *app*."""
    app.add_typer(trust, name="trust")


@trust.command("init")
def init(
    partner: Annotated[list[str], typer.Option("--partner", metavar="ID=[PERSON=]FILE", help=_WHOSE)],
    operator: Operators = None,
    threshold: Thresholds = None,
    key_until: Ends = None,
    key: KeyFiles = None,
    passphrase_file: PassphraseFile = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the trust holds.")] = 365,
) -> None:
    """
    Found the trust between partners; it takes effect when each has signed it.

    Example: cordiale trust init --partner uk=keys/ana.pub --partner fr=keys/luc.pub --key keys/ana.key
    """
    from datetime import timedelta

    from campaigns import clock, settings
    from campaigns.errors import Refused
    from campaigns.signoff import drafts, rotation, trust_files

    folder = settings.load().trust
    if (folder / trust_files.ROOT).exists():
        message = f"There is already a trust file in {folder}."
        raise Refused(
            message, "Add channels with `cordiale trust declare PATH`, change keys with `cordiale trust rotate`."
        )
    signatories = _partners(partner, "--partner")
    running = [_public(each) for each in operator or []]
    signing = signers(key, passphrase_file)
    expires = clock.now() + timedelta(days=days)
    root, targets = trust_files.found(
        signatories, frozenset(), expires, rehearsal_only=False, operators=running, thresholds=_counts(threshold)
    )
    rotation.end(targets, _instants(key_until))
    drafts.propose(folder, root, targets)
    after_signing(drafts.sign(folder, signing, clock.now()))


@trust.command("declare")
def declare(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files or folders.")],
    key: KeyFiles = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """
    Add the channels of campaigns to the trust file; it takes effect when each partner has signed it.

    Example: cordiale trust declare campaigns/ --key keys/ana.key --key keys/luc.key
    """
    from campaigns import clock, settings
    from campaigns.documents.load import load
    from campaigns.errors import Refused
    from campaigns.signoff import drafts, trust_files
    from campaigns.signoff.trust import verify

    workspace = settings.load()
    folder = workspace.trust
    root = trust_files.read(folder / trust_files.ROOT, "root")
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    agreed = verify(root, targets, folder).channels
    if agreed == "*":
        message = "The trust file is for rehearsal only, and declares every channel."
        raise Refused(message, "Found a real one with `cordiale trust init` in a workspace of its own.")
    wanted = {
        channel.id: trust_files.DeclaredChannel(
            channel.id, channel.kind, channel.account, channel.issuer, channel.server
        )
        for loaded in load(paths, workspace)
        for channel in loaded.document.channels
    }
    changed = [each for each in wanted.values() if each not in agreed]
    if not changed:
        typer.echo("Every channel is declared already.")
        return
    signing = signers(key, passphrase_file)
    channels = frozenset([*(each for each in agreed if each.id not in wanted), *wanted.values()])
    drafts.propose(folder, None, trust_files.declaring(targets, channels))
    for each in sorted(changed):
        typer.echo(f"  {each.id}  {each.kind}  {each.account}  issued by {each.issuer}")
    after_signing(drafts.sign(folder, signing, clock.now()))


@trust.command("rotate")
def rotate(
    add: Annotated[list[str] | None, typer.Option("--add", metavar="ID=[PERSON=]FILE", help=_WHOSE)] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="PERSON|KEY", help="Whose key, or which, counts no more. Repeatable."),
    ] = None,
    operator: Operators = None,
    threshold: Thresholds = None,
    key_until: Ends = None,
    days: Annotated[
        int, typer.Option("--days", min=0, max=3650, help="Let the trust hold so long from now; 0: as before.")
    ] = 0,
    key: KeyFiles = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """
    Change whose keys count, or until when; it takes effect when old and new keys of each partner have signed it.

    Example: cordiale trust rotate --add fr=keys/eva.pub --remove luc --key keys/ana.key
    """
    from datetime import timedelta

    from campaigns import clock, settings
    from campaigns.errors import UsageError
    from campaigns.signoff import drafts, trust_files
    from campaigns.signoff.rotation import Change, rotated
    from campaigns.signoff.trust import verify

    if not (add or remove or operator or threshold or key_until or days):
        message = "Nothing is to change."
        raise UsageError(message, "Give --add, --remove, --operator, --threshold, --key-until or --days.")
    folder, now = settings.load().trust, clock.now()
    root = trust_files.read(folder / trust_files.ROOT, "root")
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    verify(root, targets, folder)
    added = _partners(add or [], "--add")
    if operator:
        added[trust_files.OPERATORS] = [*added.get(trust_files.OPERATORS, []), *(_public(each) for each in operator)]
    change = Change(
        add=added,
        remove=remove or [],
        thresholds=_counts(threshold),
        ends=_instants(key_until),
        expires=now + timedelta(days=days) if days else None,
    )
    signing = signers(key, passphrase_file)
    drafts.propose(folder, *rotated(root, targets, change))
    after_signing(drafts.sign(folder, signing, now))


def _partners(given: list[str], option: str) -> "dict[str, list[KeyPair]]":
    """Return partner -> keys, of words like `uk=keys/ana.pub` or `uk=ana=keys/id_ed25519.pub`."""
    from campaigns.errors import UsageError

    found: dict[str, list[KeyPair]] = {}
    for each in given:
        name, _, rest = each.partition("=")
        if not name or not rest:
            message = f"{each!r} does not name a partner and a public key."
            raise UsageError(message, f"Write {option} uk=keys/ana.pub, once for each key.")
        found.setdefault(name, []).append(_public(rest))
    return found


def _public(word: str) -> "KeyPair":
    """Return the public key of `FILE` or `PERSON=FILE`."""
    from campaigns.signoff.keys import read_public

    person, given, file = word.partition("=")
    if not given or Path(word).exists():
        return read_public(Path(word))
    return read_public(Path(file), person)


def _counts(words: list[str] | None) -> dict[str, int]:
    from campaigns.errors import UsageError

    found = {}
    for each in words or []:
        partner, _, number = each.partition("=")
        if not partner or not number.isascii() or not number.isdecimal() or int(number) < 1:
            message = f"{each!r} does not say how many persons of which partner sign."
            raise UsageError(message, "Write --threshold uk=2.")
        found[partner] = int(number)
    return found


def _instants(words: list[str] | None) -> "dict[str, datetime | None]":
    """Return key -> its end, of words like `luc=2027-04-30`; a day means its first moment in UTC."""
    from campaigns import clock
    from campaigns.errors import UsageError

    found: dict[str, datetime | None] = {}
    for each in words or []:
        key, _, day = each.rpartition("=")
        try:
            found[key] = None if day == "never" else clock.parse_iso(day if "T" in day else f"{day}T00:00:00Z")
        except ValueError:
            key = ""
        if not key:
            message = f"{each!r} does not say when which key ends."
            raise UsageError(message, "Write --key-until luc=2027-04-30, or =never for the end of the trust.")
    return found


trust_sign.register(trust)
trust_show.register(trust)
