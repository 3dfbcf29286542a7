"""`cordiale keys` and `cordiale trust`: who may sign, and for whom."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from campaigns.signoff.drafts import Draft
    from campaigns.signoff.trust import Trust

keys = typer.Typer(no_args_is_help=True, help="Make and list signing keys.")
trust = typer.Typer(no_args_is_help=True, help="Agree whose keys count and which channels are declared.")

Folder = Annotated[Path, typer.Option("--folder", help="Where the key files lie.")]
KeyFiles = Annotated[
    list[Path] | None, typer.Option("--key", metavar="FILE", help="A partner's private key. Repeatable.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.add_typer(keys, name="keys")
    app.add_typer(trust, name="trust")


@keys.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The person who will sign with it.")],
    folder: Folder = Path("keys"),
) -> None:
    """
    Make a key pair for a person.

    Example: cordiale keys new ana-diaz
    """
    from campaigns.signoff.keys import new as make

    pair = make(folder, name)
    typer.echo(f"Made the key {pair.keyid[:12]} of {pair.name}.")
    typer.echo(f"  {pair.path}  private: keep it on this machine, readable by you alone")
    typer.echo(f"  {pair.path.with_suffix('.pub')}  public: send it to whoever runs `cordiale trust init`")


@keys.command("list")
def list_(folder: Folder = Path("keys"), *, as_json: AsJson = False) -> None:
    """
    List the keys of a folder.

    Example: cordiale keys list
    """
    from campaigns.signoff.keys import list_keys

    found = [(pair, str(pair.path) if pair.path.exists() else None) for pair in list_keys(folder)]
    if as_json:
        _json([{"name": pair.name, "keyid": pair.keyid, "private_key": path} for pair, path in found])
    elif found:
        rows = [[pair.name, _short(pair.keyid), path or "elsewhere"] for pair, path in found]
        _table(["name", "key", "private key"], rows)
    else:
        typer.echo(f"There is no key in {folder}. Make one with `cordiale keys new NAME`.")


@trust.command("init")
def init(
    partner: Annotated[
        list[str], typer.Option("--partner", metavar="ID=FILE", help="A partner and a public key of its. Repeatable.")
    ],
    key: KeyFiles = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the trust holds.")] = 365,
) -> None:
    """
    Found the trust between partners; it takes effect when each has signed it.

    Example: cordiale trust init --partner uk=keys/ana.pub --partner fr=keys/luc.pub --key keys/ana.key
    """
    from datetime import timedelta

    from campaigns import clock, settings
    from campaigns.errors import Refused, UsageError
    from campaigns.signoff import drafts, trust_files
    from campaigns.signoff.keys import KeyPair, read_public

    folder = settings.load().trust
    if (folder / trust_files.ROOT).exists():
        message = f"There is already a trust file in {folder}."
        raise Refused(message, "Add channels to it with `cordiale trust declare PATH`.")
    signatories: dict[str, list[KeyPair]] = {}
    for each in partner:
        name, given, file = each.partition("=")
        if not name or not given or not file:
            message = f"{each!r} does not name a partner and a public key."
            raise UsageError(message, "Write --partner uk=keys/ana.pub, once for each key.")
        signatories.setdefault(name, []).append(read_public(Path(file)))
    signers = _signers(key)
    expires = clock.now() + timedelta(days=days)
    root, targets = trust_files.found(signatories, frozenset(), expires, rehearsal_only=False)
    drafts.propose(folder, root, targets)
    _after_signing(drafts.sign(folder, signers, clock.now()))


@trust.command("declare")
def declare(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Campaign files or folders.")],
    key: KeyFiles = None,
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
    signers = _signers(key)
    channels = frozenset([*(each for each in agreed if each.id not in wanted), *wanted.values()])
    drafts.propose(folder, None, trust_files.declaring(targets, channels))
    for each in sorted(changed):
        typer.echo(f"  {each.id}  {each.kind}  {each.account}  issued by {each.issuer}")
    _after_signing(drafts.sign(folder, signers, clock.now()))


@trust.command("sign")
def sign(
    key: Annotated[list[Path], typer.Option("--key", metavar="FILE", help="A partner's private key. Repeatable.")],
) -> None:
    """
    Sign the draft of the trust file, after reading it with `cordiale trust show --draft`.

    Example: cordiale trust sign --key keys/luc.key
    """
    from campaigns import clock, settings
    from campaigns.signoff import drafts

    _after_signing(drafts.sign(settings.load().trust, _signers(key), clock.now()))


@trust.command("show")
def show(
    *,
    draft: Annotated[bool, typer.Option("--draft", help="The draft that waits for signatures.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Show whose keys count, which channels are declared, and until when.

    Example: cordiale trust show
    """
    from campaigns import clock, settings
    from campaigns.signoff import drafts
    from campaigns.signoff.trust import load

    folder = settings.load().trust
    unsigned: tuple[str, ...] = ()
    if draft:
        waiting = drafts.read(folder)
        shown, unsigned = waiting.trust, waiting.unsigned_by
    else:
        shown = load(folder, clock.now())
    if as_json:
        _json(_described(shown, unsigned))
        return
    kind = "for rehearsal only: loopback and files" if shown.rehearsal_only else "for publication"
    typer.echo(
        f"{'Draft of version' if draft else 'Version'} {shown.version}, {kind}, until {clock.iso(shown.expires)}."
    )
    if unsigned:
        typer.echo(f"Not signed yet by {', '.join(unsigned)}.")
    rows = [[partner, shown.persons[keyid], _short(keyid)] for keyid, partner in shown.roles.items()]
    _table(["partner", "person", "key"], sorted(rows))
    if shown.channels == "*":
        typer.echo("Every channel of these partners is declared.")
    elif shown.channels:
        listed = [[e.id, e.kind, e.account, e.issuer, e.server or ""] for e in sorted(shown.channels)]
        _table(["channel", "kind", "account", "issuer", "server"], listed)
    else:
        typer.echo("No channel is declared. Add some with `cordiale trust declare PATH`.")


def _described(shown: "Trust", unsigned: tuple[str, ...]) -> dict[str, Any]:
    from campaigns import clock
    from campaigns.signoff.trust_files import listed

    return {
        "version": shown.version,
        "expires": clock.iso(shown.expires),
        "rehearsal_only": shown.rehearsal_only,
        "digest": shown.digest,
        "partners": list(shown.partners),
        "keys": [
            {"keyid": keyid, "partner": partner, "person": shown.persons[keyid]}
            for keyid, partner in sorted(shown.roles.items())
        ],
        "channels": listed(shown.channels),
        "unsigned_by": list(unsigned),
    }


def _signers(files: list[Path] | None) -> "list[Signer]":
    from campaigns.signoff.keys import load_signer

    return [load_signer(file) for file in files or []]


def _after_signing(draft: "Draft") -> None:
    if not draft.unsigned_by:
        typer.echo(f"Version {draft.trust.version} of the trust file is signed by every partner and in force.")
        typer.echo("Next: cordiale trust show")
        return
    typer.echo(f"Version {draft.trust.version} waits in trust/draft for {', '.join(draft.unsigned_by)}.")
    typer.echo(
        "Next: send them that folder; each runs `cordiale trust show --draft`, then `cordiale trust sign --key FILE`."
    )


def _json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _table(heads: list[str], rows: list[list[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*heads, box=box.SIMPLE_HEAD)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))  # a name in square brackets is a name, not markup
    Console().print(drawn)


def _short(keyid: str) -> str:
    return keyid[:12]
