"""`signatures prepare`: the exact bytes of a decision, for a key that only `ssh-keygen` reaches, and the way back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaigns.terminal import count
from scheduler.cli.deciding import is_bundle
from scheduler.cli.selecting import Channels, Locales, Messages, Releases, picked

if TYPE_CHECKING:
    from campaigns.signoff.statement import Answer
    from scheduler.review.selection import Selection

LARGEST = 64_000_000  #: bytes of a statement; ten thousand releases make two


def prepare(
    target: Annotated[
        str, typer.Argument(metavar="CAMPAIGN|FILE", help="A campaign of this database, or a review bundle.")
    ],
    partner: Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner that will sign.")],
    to_sign: Annotated[Path, typer.Option("--to-sign", metavar="FILE", help="Where to write the exact bytes.")],
    decision: Annotated[
        str, typer.Option("--decision", metavar="WORD", help="approve, refuse or withdraw.")
    ] = "approve",
    reason: Annotated[str, typer.Option("--because", "--reason", metavar="TEXT", help="Why; everybody reads it.")] = "",
    releases: Releases = None,
    messages: Messages = None,
    locales: Locales = None,
    channels: Channels = None,
) -> None:
    """
    Write the exact bytes of a decision, for a key in an agent, on a security key or on another machine.

    Example: cordiale signatures prepare raqqa-voices --as fr --to-sign decision.bin
    """
    from campaigns.signoff import envelope, sshsig
    from campaigns.signoff.statement import parse
    from campaigns.signoff.trust_files import replace

    payload = _statement(
        target, partner, _answer(decision, reason), reason, picked(releases, messages, locales, channels)
    )
    replace(to_sign, envelope.to_sign(payload))
    said = parse(payload)
    typer.echo(
        f"Wrote {to_sign}: {partner} would {said.decision} {count(len(said.subjects), 'release')} of {said.campaign}."
    )
    typer.echo(f"Next, where the key is: ssh-keygen -Y sign -n {sshsig.NAMESPACE} -f KEY {to_sign}")
    typer.echo(f"Then, where the database is: cordiale signatures import {to_sign}.sig")


def _answer(decision: str, reason: str) -> "Answer":
    from campaigns.errors import UsageError

    if decision not in {"approve", "refuse", "withdraw"}:
        message = f"'{decision}' is no decision."
        raise UsageError(message, "Write --decision approve, refuse or withdraw.")
    if decision != "approve" and not reason:
        message = "A refusal or a withdrawal has a reason, which everybody reads."
        raise UsageError(message, "Add --because TEXT.")
    return decision  # type: ignore[return-value]  # one of the three


def _statement(target: str, partner: str, decision: "Answer", reason: str, pick: "Selection") -> bytes:
    from campaigns import clock

    now = clock.now()
    if is_bundle(target):
        from scheduler.bundle import pack

        whole, _ = pack.read(Path(target))
        return pack.to_decide(whole.part(pick), partner, decision, reason)
    from campaigns import settings
    from campaigns.signoff.trust import TrustStore
    from campaigns.store.engine import open_database
    from scheduler.review.decide import to_decide

    workspace = settings.load()
    trust = TrustStore(workspace.trust).current(now)
    return to_decide(
        open_database(workspace.database_url),
        trust,
        campaign=target,
        partner=partner,
        decision=decision,
        reason=reason,
        pick=pick,
        now=now,
    )


def around(path: Path) -> str:
    """
    Return the envelope around the bytes that `prepare` wrote and their signature, the file *path* beside them.

    Raises:
        EnvironmentFault: If one of the two cannot be read.
        NotTrusted: If they are not those bytes, or no signature of `ssh-keygen`.
    """
    from campaigns.errors import EnvironmentFault, Where
    from campaigns.signoff import envelope, ssh_files

    beside = path.with_suffix("")
    try:
        with beside.open("rb") as file:
            signed = file.read(LARGEST)
    except OSError as error:
        message = f"The bytes that {path.name} signs cannot be read: {error.strerror}."
        hint = f"Put the file that `cordiale signatures prepare` wrote beside it, as {beside.name}."
        raise EnvironmentFault(message, hint, Where(str(beside))) from None
    return envelope.around(signed, [ssh_files.read(path)])
