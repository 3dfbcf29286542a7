"""`doctor`: what is missing, and how to get it."""

from typing import Annotated

import typer

from campaigns.terminal import count, show_json


def register(app: typer.Typer) -> None:
    """Add this file's command to *app*."""
    app.command("doctor")(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server for its limits.")] = False,
    log_in: Annotated[
        bool, typer.Option("--logins", help="Log in to every channel, and post nothing: is its credential still good?")
    ] = False,
    send_alert: Annotated[
        bool, typer.Option("--send-alert", help="Send a test on each way that [alerts] names.")
    ] = False,
) -> None:
    """
    Say what this machine and this workspace lack, and how to get it. Changes nothing but what it remembers of servers.

    The servers of Mastodon channels are asked for their own limits, which `plan` and `preview` then hold texts to. A
    credential that says when it ends (`expires = 2027-03-01`) is told thirty days ahead.

    Example: cordiale doctor
    """
    from dataclasses import asdict

    from campaigns import clock
    from scheduler.doctor.finding import worst
    from scheduler.doctor.visit import examine

    found = list(examine(clock.now(), offline=offline, send_alert=send_alert, log_in=log_in))
    code = worst(found)
    if as_json:
        show_json({"healthy": code == 0, "findings": [asdict(each) for each in found]})
    else:
        width = max(len(each.what) for each in found)
        for each in found:
            typer.echo(f"{each.state:<8} {each.what:<{width}}  {each.message}")
            if each.cure:
                typer.echo(f"{'':<8} {'':<{width}}  {each.cure}")
        lacking = sum(each.state == "missing" for each in found)
        warned = sum(each.state == "warning" for each in found)
        said = [f"{count(lacking, 'thing')} missing"] if lacking else []
        said += [count(warned, "warning")] if warned else []
        typer.echo(f"{', '.join(said)}." if said else "Nothing is missing.")
    if code:
        raise typer.Exit(code)
