"""`cordiale keys`: make and list signing keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaigns.cli.signers import PassphraseFile
from campaigns.terminal import show_json, show_table

if TYPE_CHECKING:
    from campaigns.signoff.keys import KeyPair
    from campaigns.signoff.trust import Trust

keys = typer.Typer(no_args_is_help=True, help="Make and list signing keys.")

Folder = Annotated[Path, typer.Option("--folder", help="Where the key files lie.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    app.add_typer(keys, name="keys")


@keys.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The person who will sign with it.")],
    folder: Folder = Path("keys"),
    passphrase_file: PassphraseFile = None,
    *,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the key open to whoever gets the file.")
    ] = False,
) -> None:
    """
    Make a key pair for a person, and ask twice for a passphrase that opens it.

    Example: cordiale keys new ana-diaz
    """
    from campaigns.errors import UsageError
    from campaigns.signoff import passphrase
    from campaigns.signoff.keys import new as make
    from campaigns.signoff.keys import place

    if no_passphrase and passphrase_file:
        message = "A key has a passphrase or has none."
        raise UsageError(message, "Give --passphrase-file FILE or --no-passphrase, not both.")
    path = place(folder, name)  # before anybody types a passphrase for nothing
    pair = make(folder, name, None if no_passphrase else passphrase.chosen(path, passphrase_file))
    typer.echo(f"Made the key {pair.keyid[:12]} of {pair.name}.")
    typer.echo(f"  {pair.path}  private: keep it on this machine, readable by you alone")
    typer.echo(f"  {pair.path.with_suffix('.pub')}  public: send it to whoever runs `cordiale trust init`")
    if no_passphrase:
        typer.echo("warning: whoever copies the private file can sign as you; it has no passphrase.", err=True)


@keys.command("list")
def list_(folder: Folder = Path("keys"), *, as_json: AsJson = False) -> None:
    """
    List the keys of a folder: whose they are, for whom they sign, and until when.

    Example: cordiale keys list
    """
    from campaigns.signoff.keys import list_keys

    trust, why = _trust()
    found = [_described(pair, trust) for pair in list_keys(folder)]
    if as_json:
        show_json(found)
    elif found:
        rows = [
            [each["person"], each["keyid"][:12], each["signs_for"] or "-", _end(each), _private(each)] for each in found
        ]
        show_table(["person", "key", "signs for", "until", "private key"], rows)
        if why:
            typer.echo(why)
    else:
        typer.echo(f"There is no key in {folder}. Make one with `cordiale keys new NAME`.")


def _trust() -> "tuple[Trust | None, str]":
    """Return the trust in force; where there is none that holds, why."""
    from campaigns import clock, settings
    from campaigns.errors import CordialeError
    from campaigns.signoff.trust import load

    try:
        return load(settings.load().trust, clock.now()), ""
    except CordialeError as error:
        return None, f"For whom they sign is not known: {error.message}"


def _described(pair: "KeyPair", trust: "Trust | None") -> dict[str, Any]:
    from campaigns import clock
    from campaigns.errors import CordialeError
    from campaigns.signoff.keys import locked

    try:
        fault, has = "", locked(pair.path) if pair.path.exists() else None
    except CordialeError as error:
        fault, has = error.message, None
    holder = trust.holder_of(pair.keyid) if trust else None
    ends = trust.ends_at(pair.keyid) if trust else None
    return {
        "name": pair.name,
        "keyid": pair.keyid,
        "kind": pair.public["keyval"]["public"].split()[0] if pair.public["keytype"] == "ssh" else "ed25519",
        "person": (trust.person_of(pair.keyid) if trust else None) or pair.name,
        "signs_for": holder,
        "expires": clock.iso(ends) if ends else None,
        "private_key": str(pair.path) if pair.path.exists() else None,
        "passphrase": has,
        "fault": fault,
    }


def _end(shown: dict[str, Any]) -> str:
    return shown["expires"] or "-"


def _private(shown: dict[str, Any]) -> str:
    if shown["fault"]:
        return str(shown["fault"])
    if shown["private_key"] is None:
        return "elsewhere"
    return f"{shown['private_key']} ({'passphrase' if shown['passphrase'] else 'no passphrase'})"
