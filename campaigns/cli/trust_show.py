"""`cordiale trust show`: who signs for whom, until when, what is declared, and what a draft waits for."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaigns.cli.keys import AsJson
from campaigns.terminal import count, show_json, show_table

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from campaigns.signoff.drafts import Draft
    from campaigns.signoff.trust import Trust


def register(trust: typer.Typer) -> None:
    """Add this file's command to *trust*."""
    trust.command("show")(show)


def show(
    *,
    draft: Annotated[bool, typer.Option("--draft", help="The draft that waits for signatures.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Show whose keys count, which channels are declared, until when, and what a draft waits for.

    Example: cordiale trust show
    """
    from campaigns import clock, settings
    from campaigns.signoff import drafts
    from campaigns.signoff.trust import load

    folder, now = settings.load().trust, clock.now()
    waiting = drafts.read(folder) if draft or drafts.waits(folder) else None
    shown = waiting.trust if draft and waiting else load(folder, now)
    if as_json:
        show_json(_described(shown, waiting, draft=draft))
        return
    _show(shown, now, draft=draft)
    if waiting and draft:
        _changes(waiting, folder, now)
    if waiting:
        _where_it_stands(waiting)


def _show(shown: "Trust", now: "datetime", *, draft: bool) -> None:
    from campaigns import clock
    from campaigns.signoff.persons import folded

    kind = "for rehearsal only: loopback and files" if shown.rehearsal_only else "for publication"
    until = f"until {clock.iso(shown.expires)} ({count((shown.expires - now).days, 'day')})"
    typer.echo(f"{'Draft of version' if draft else 'Version'} {shown.version}, {kind}, {until}.")
    for partner in shown.partners:
        asked = shown.thresholds.get(partner, 1)
        have = len({folded(shown.persons[keyid]) for keyid, each in shown.roles.items() if each == partner})
        typer.echo(f"For {partner}, {count(asked, 'person')} must sign, of {have} with a key.")
    rows = [
        [_holder(shown, keyid), shown.persons[keyid], keyid[:12], _kind(shown, keyid), *_end(shown, keyid, now)]
        for keyid in shown.persons
    ]
    typer.echo()
    show_table(["signs for", "person", "key", "kind", "until", "days"], sorted(rows), figures=[5])
    typer.echo()
    for rule in shown.urgent:
        typer.echo(
            f"Urgent rule {rule.id}: {' or '.join(rule.partners)} alone may send messages of the kind "
            f"{' or '.join(rule.kinds)} on {', '.join(rule.channels)}, within {rule.minutes} minutes of signing; "
            f"at most {rule.open} may wait for the others' word."
        )
    if shown.channels == "*":
        typer.echo("Every channel of these partners is declared.")
    elif shown.channels:
        listed = [[e.id, e.kind, e.account, e.issuer, e.server or ""] for e in sorted(shown.channels)]
        show_table(["channel", "kind", "account", "issuer", "server"], listed)
    else:
        typer.echo("No channel is declared. Add some with `cordiale trust declare PATH`.")


def _holder(shown: "Trust", keyid: str) -> str:
    return shown.holder_of(keyid) or "nobody: it has ended"


def _kind(shown: "Trust", keyid: str) -> str:
    delegations = shown.targets.delegations
    key = delegations.keys[keyid] if delegations else None
    return "ed25519" if key is None or key.keytype != "ssh" else str(key.keyval["public"]).split()[0]


def _end(shown: "Trust", keyid: str, now: "datetime") -> tuple[str, str]:
    from campaigns import clock

    end = shown.ends_at(keyid) or shown.expires
    return clock.iso(end), str(max(0, (end - now).days))


def _changes(waiting: "Draft", folder: "Path", now: "datetime") -> None:
    from campaigns.errors import NotTrusted
    from campaigns.signoff.differences import differences
    from campaigns.signoff.trust import load

    try:
        old = load(folder, now)
    except NotTrusted:
        old = None
    typer.echo()
    typer.echo("It would change:" if old else "It would say for the first time:")
    for sentence in differences(old, waiting.trust):
        typer.echo(f"  {sentence}")


def _where_it_stands(waiting: "Draft") -> None:
    typer.echo()
    typer.echo(f"A draft of version {waiting.trust.version} waits. Not signed yet by {', '.join(waiting.unsigned_by)}.")
    for partner, names in sorted(waiting.signed_by.items()):
        if names:
            typer.echo(f"Signed for {partner} by {', '.join(names)}.")
    typer.echo("Next: cordiale trust show --draft, then cordiale trust sign --key FILE")


def _described(shown: "Trust", waiting: "Draft | None", *, draft: bool) -> dict[str, Any]:
    from campaigns import clock
    from campaigns.signoff.trust_files import listed

    return {
        "version": shown.version,
        "expires": clock.iso(shown.expires),
        "rehearsal_only": shown.rehearsal_only,
        "digest": shown.digest,
        "partners": list(shown.partners),
        "thresholds": dict(shown.thresholds),
        "keys": [
            {
                "keyid": keyid,
                "partner": shown.role_of(keyid),
                "operator": keyid in shown.operators,
                "person": shown.persons[keyid],
                "kind": _kind(shown, keyid),
                "expires": clock.iso(shown.ends_at(keyid) or shown.expires),
                "ended": keyid in shown.lapsed,
            }
            for keyid in sorted(shown.persons)
        ],
        "channels": listed(shown.channels),
        "urgent": [vars(rule) for rule in shown.urgent],
        "unsigned_by": list(waiting.unsigned_by) if draft and waiting else [],
        "draft": None
        if waiting is None
        else {
            "version": waiting.trust.version,
            "rotates": waiting.rotates,
            "unsigned_by": list(waiting.unsigned_by),
            "signed_by": {partner: list(names) for partner, names in waiting.signed_by.items()},
        },
    }
