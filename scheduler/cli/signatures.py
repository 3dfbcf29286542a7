"""`signatures import`: what was signed in another capital comes home."""

from pathlib import Path
from typing import Annotated

import typer

from scheduler.cli.elsewhere import prepare

LARGEST = 64_000_000  #: bytes of an envelope's file; ten thousand releases make two


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    signatures = typer.Typer(no_args_is_help=True, help="Signatures made elsewhere.")
    signatures.command("import")(import_)
    signatures.command("prepare")(prepare)
    app.add_typer(signatures, name="signatures")


def import_(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="An envelope that `approve FILE` wrote, or a .sig of ssh-keygen.")
    ],
) -> None:
    """
    Bring in a decision that was signed elsewhere.

    Example: cordiale signatures import for-paris.fr.dsse.json
    """
    from campaigns import clock, settings
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database
    from scheduler.cli.deciding import tell
    from scheduler.cli.elsewhere import around
    from scheduler.review.decide import record

    signed = around(path) if path.suffix == ".sig" else _text(path)
    workspace = settings.load()
    now = clock.now()
    trust = TrustStore(workspace.trust).current(now)
    tell(record(open_database(workspace.database_url), trust, signed, now))


def _text(path: Path) -> str:
    from campaigns.errors import Complaint, InvalidDocument, Where

    hint = "name the file that `approve` wrote"
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise InvalidDocument([Complaint(Where(str(path)), "is far too large to be a signature", hint)])
        return raw.decode("utf-8")
    except OSError as error:
        raise InvalidDocument([Complaint(Where(str(path)), f"cannot be read: {error.strerror}", hint)]) from None
    except UnicodeDecodeError:
        raise InvalidDocument([Complaint(Where(str(path)), "is no text, so no signature", hint)]) from None
