"""`channels`: what is declared, what it can do, whether its login works, and what a gateway tells afterwards."""

from pathlib import Path
from typing import Annotated, Any

import typer

from campaigns.terminal import show_json, show_table
from scheduler.receipts import ADDRESS


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    channels = typer.Typer(no_args_is_help=True, help="The channels of this database.")
    channels.command("list")(list_)
    channels.command("kinds")(kinds)
    channels.command("test")(test)
    channels.command("receipts")(receipts)
    app.add_typer(channels, name="channels")


def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """
    List every channel: its issuer, where it publishes, and what it can do.

    Example: cordiale channels list
    """
    from campaigns import settings
    from campaigns.store.engine import open_database, reading
    from scheduler import roster
    from scheduler.channels import Known, known

    with reading(open_database(settings.load().database_url)) as connection:
        found = known(connection)

    def ability(each: Known) -> list[str]:
        can = roster.capabilities(each.channel.kind, each.channel.options)
        words = {"absorbs a key": can.absorbs_key, "look-up": can.can_look_up, "retract": can.can_retract}
        return [word for word, holds in words.items() if holds]

    if as_json:
        show_json([{**each.channel.model_dump(), "can": ability(each), "paused": each.paused} for each in found])
        return
    show_table(
        ["channel", "kind", "issuer", "account", "server", "can", "paused"],
        [_row(each, ability(each)) for each in found],
    )


def kinds(
    kind: Annotated[str, typer.Argument(metavar="[KIND]", help="One of them, with how to get its credential.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of the README.")] = False,
) -> None:
    """
    List what kinds of channel there are and what each can do; of one kind, also how to get its credential.

    Example: cordiale channels kinds mastodon
    """
    from dataclasses import asdict

    from scheduler import kinds as known

    if markdown:
        typer.echo(known.markdown(), nl=False)
        return
    found = [known.of(kind)] if kind else list(known.kinds())
    if as_json:
        show_json([asdict(each) for each in found])
        return
    if not kind:
        show_table(known.HEADERS, [each.row() for each in found])
        typer.echo("How to get the credential of one: cordiale channels kinds KIND")
        return
    [one] = found
    for name, said in zip(known.HEADERS, one.row(), strict=True):
        if said:
            typer.echo(f"{name + ':':<14}{said}")
    typer.echo(f"{'credential:':<14}{one.credential}")


def _row(each: Any, can: list[str]) -> list[object]:
    channel = each.channel
    return [channel.id, channel.kind, channel.issuer, channel.account, channel.server, ", ".join(can), each.paused]


def test(name: Annotated[str, typer.Argument(metavar="CHANNEL")]) -> None:
    """
    Prove a channel's login without posting; a channel that was paused for it may speak again.

    Example: cordiale channels test fr-mastodon
    """
    from campaigns import settings
    from campaigns.store.engine import open_database
    from scheduler.channels import prove

    workspace = settings.load()
    typer.echo(f"{name}: {prove(open_database(workspace.database_url), workspace, name)}")


def receipts(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The table that is written.")] = Path("receipts.csv"),
    on: Annotated[str, typer.Option("--on", metavar="ADDRESS", help="Where the gateway tells it.")] = ADDRESS,
) -> None:
    """
    Take the delivery receipts of a Kannel gateway on this machine, until stopped: counts by release, no numbers.

    The channel says where it is told with `options: {receipts: http://127.0.0.1:9465}`. What came of it is read with
    `cordiale readings import receipts.csv`, as often as you like.

    Example: cordiale channels receipts --to receipts.csv
    """
    import signal
    import threading

    from campaigns import settings
    from campaigns.store.engine import open_database
    from scheduler.receipts import Receipts
    from scheduler.receiver import Receiver, ours

    database = open_database(settings.load().database_url)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    with Receiver(on, Receipts(to), ours(database)) as receiver:
        typer.echo(f"Receipts are taken at {receiver.url} and kept in {to}. Ctrl-C stops it.")
        stop.wait()
