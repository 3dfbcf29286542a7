"""Who signs, as commands are told: private keys and their passphrases, and what is said of a draft that was signed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from campaigns.signoff.drafts import Draft

KeyFiles = Annotated[
    list[Path] | None, typer.Option("--key", metavar="FILE", help="A partner's private key. Repeatable.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="Read the key's passphrase from it (mode 0600)."),
]


def signers(files: list[Path] | None, passphrase_file: Path | None) -> "list[Signer]":
    """Return what signs with the private keys *files*, opened with the passphrase in *passphrase_file* if given."""
    from campaigns.signoff.keys import load_signer
    from campaigns.signoff.passphrase import read

    passphrase = read(passphrase_file) if passphrase_file else None
    return [load_signer(file, passphrase) for file in files or []]


def after_signing(draft: "Draft") -> None:
    """Say where a draft of the trust file stands after somebody signed it, and what comes next."""
    if not draft.unsigned_by:
        typer.echo(f"Version {draft.trust.version} of the trust file is signed by every partner and in force.")
        typer.echo("Next: cordiale trust show")
        return
    typer.echo(f"Version {draft.trust.version} waits in trust/draft for {', '.join(draft.unsigned_by)}.")
    who = [f"{partner} ({', '.join(names)})" for partner, names in sorted(draft.signed_by.items()) if names]
    if who:
        typer.echo(f"Signed so far: {', '.join(who)}.")
    typer.echo(
        "Next: send them that folder; each runs `cordiale trust show --draft`, then `cordiale trust sign --key FILE`."
    )
