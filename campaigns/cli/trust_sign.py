"""`cordiale trust sign`: with a key here, or with one that only `ssh-keygen` reaches, elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.cli.signers import KeyFiles, PassphraseFile, after_signing, signers

if TYPE_CHECKING:
    from securesystemslib.signer import Signature


def register(trust: typer.Typer) -> None:
    """Add this file's command to *trust*."""
    trust.command("sign")(sign)


def sign(
    key: KeyFiles = None,
    passphrase_file: PassphraseFile = None,
    to_sign: Annotated[
        Path | None,
        typer.Option("--to-sign", metavar="FOLDER", help="Write the exact bytes to sign there, for ssh-keygen."),
    ] = None,
    signature: Annotated[
        list[Path] | None,
        typer.Option("--signature", metavar="FILE.sig", help="Bring in what ssh-keygen signed. Repeatable."),
    ] = None,
) -> None:
    """
    Sign the draft of the trust file, after reading it with `cordiale trust show --draft`.

    Example: cordiale trust sign --key keys/luc.key
    """
    from campaigns import clock, settings
    from campaigns.errors import UsageError
    from campaigns.signoff import drafts

    folder = settings.load().trust
    if [bool(key), bool(to_sign), bool(signature)].count(True) != 1:
        message = "Say what to sign with."
        raise UsageError(message, "Give one of --key FILE, --to-sign FOLDER, --signature FILE.sig.")
    if to_sign:
        _write(to_sign, drafts.to_sign(folder))
    elif signature:
        after_signing(drafts.add(folder, [_signature(each) for each in signature], clock.now()))
    else:
        after_signing(drafts.sign(folder, signers(key, passphrase_file), clock.now()))


def _write(folder: Path, parts: dict[str, bytes]) -> None:
    from campaigns.signoff.trust_files import replace

    paths = [folder / f"{name}.tosign" for name in parts]
    for path, data in zip(paths, parts.values(), strict=True):
        replace(path, data)
    typer.echo("Wrote the exact bytes to sign:")
    for path in paths:
        typer.echo(f"  {path}")
    files = " ".join(str(path) for path in paths)
    typer.echo(f"Next, where the key is: ssh-keygen -Y sign -n cordiale -f KEY {files}")
    back = " ".join(f"--signature {path}.sig" for path in paths)
    typer.echo(f"Then, here: cordiale trust sign {back}")


def _signature(path: Path) -> "Signature":
    from campaigns.signoff.ssh_files import read

    return read(path)
