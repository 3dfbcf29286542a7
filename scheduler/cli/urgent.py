"""`urgent release`, `urgent list`, `urgent agree`: what one partner may let out alone, because all said so before."""

from pathlib import Path
from typing import Annotated

import typer

from campaigns.terminal import count, show_json, show_table


def register(app: typer.Typer) -> None:
    """Add this file's commands to *app*."""
    urgent = typer.Typer(no_args_is_help=True, help="Let a release out alone, where all partners agreed on a rule.")
    urgent.command("release")(release)
    urgent.command("list")(list_)
    urgent.command("agree")(agree)
    app.add_typer(urgent, name="urgent")


def release(
    name: Annotated[str, typer.Argument(metavar="RELEASE", help="Its name (rebut/fr-FR/fr-feed) or its id.")],
    partner: Annotated[str, typer.Option("--as", metavar="PARTNER", help="The partner you sign for.")],
    key: Annotated[list[Path], typer.Option("--key", metavar="FILE", help="Your private key. Repeatable.")],
    rule: Annotated[str, typer.Option("--rule", metavar="ID", help="The urgent rule of the trust file.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it cannot wait; the others read it.")],
) -> None:
    """
    Sign one release alone, under a rule of the trust file; the other partners owe their word afterwards.

    Example: cordiale urgent release rebut/fr-FR/fr-feed --as fr --key keys/luc.key --rule rebuttal --reason "it grows"
    """
    from campaigns import clock, settings
    from campaigns.store.engine import open_database
    from scheduler import urgent

    workspace = settings.load()
    database = open_database(workspace.database_url)
    done = urgent.release(database, workspace.trust, name, partner=partner, signing=key, rule=rule, reason=reason)
    typer.echo(f"{done.person} signed {done.name} alone for {partner}, under the urgent rule {done.rule.id}.")
    typer.echo(f"It must begin by {clock.iso(done.until)}.")
    if done.owing:
        owing = " and ".join(done.owing)
        typer.echo(f"Once it is out, {owing} owes its word: `cordiale status` says so until it is given.")
        typer.echo(f"Next, for {owing}: cordiale approve {done.campaign} --as {done.owing[0]} --key FILE, or refuse")


def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """
    List what went out on one partner's word, and whose word is still owed; exit 1 while there is any.

    Example: cordiale urgent list
    """
    from dataclasses import asdict

    from campaigns import settings
    from campaigns.store.engine import open_database, reading
    from scheduler import urgent

    workspace = settings.load()
    with reading(open_database(workspace.database_url)) as connection:
        found = urgent.listed(connection, workspace.trust)
    if as_json:
        show_json([{"name": name, **asdict(debt), "waits_for": list(debt.waits_for)} for name, debt in found])
    elif found:
        rows = [(name, d.rule, d.partner, f"{d.opened_at[:19]}Z", ", ".join(d.waits_for)) for name, d in found]
        show_table(["release", "rule", "let out by", "at", "waits for"], rows)
        first = found[0][1]
        who, campaign = first.waits_for[0], first.campaign
        typer.echo(f"Next: cordiale approve {campaign} --as {who} --key FILE, or cordiale refuse {campaign} to object")
    else:
        typer.echo("Nothing went out on one partner's word that another has not answered for.")
    if found:
        raise typer.Exit(1)


def agree(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The rules, as a YAML list; an empty list ends them.")],
    key: Annotated[
        list[Path] | None, typer.Option("--key", metavar="FILE", help="A partner's private key. Repeatable.")
    ] = None,
) -> None:
    """
    Propose urgent rules for the trust file; they take effect when each partner has signed them.

    A rule is {id: rebuttal, partners: [uk, fr], kinds: [rebuttal], channels: [uk-feed], minutes: 30, open: 2}.

    Example: cordiale urgent agree rules.yaml --key keys/ana.key
    """
    from campaigns import clock, settings
    from campaigns.signoff import drafts, trust_files
    from campaigns.signoff.keys import load_signer

    folder = settings.load().trust
    targets = trust_files.read(folder / trust_files.TARGETS, "targets")
    rules = _rules(path)
    drafts.propose(folder, None, trust_files.saying(targets, "urgent", rules or None))
    draft = drafts.sign(folder, [load_signer(each) for each in key or []], clock.now())
    typer.echo(f"{count(len(rules), 'urgent rule')} in version {draft.trust.version} of the trust file.")
    if draft.unsigned_by:
        typer.echo(f"It waits in trust/draft for {', '.join(draft.unsigned_by)}.")
        typer.echo("Next: each runs `cordiale trust show --draft`, then `cordiale trust sign --key FILE`.")
    else:
        typer.echo("Every partner has signed it; it is in force.")
        typer.echo("Next: cordiale trust show")


def _rules(path: Path) -> list[object]:
    """Return what a file of rules lists; whether they can be rules is asked where the trust file is read."""
    import ryaml

    from campaigns.errors import Complaint, InvalidDocument, Where

    hint = "write a YAML list of rules, each with id, partners, kinds, channels, minutes and open"
    try:
        found = ryaml.loads(path.read_text("utf-8"))  # type: ignore[attr-defined]  # re-exported without saying so
    except OSError as error:
        said = f"cannot be read: {error.strerror}"
        raise InvalidDocument([Complaint(Where(str(path)), said, "name a file of rules")]) from None
    except (ValueError, ryaml.InvalidYamlError):  # type: ignore[attr-defined]  # the same
        raise InvalidDocument([Complaint(Where(str(path)), "this file is not YAML", hint)]) from None
    if not isinstance(found, list):
        raise InvalidDocument([Complaint(Where(str(path)), "this file lists no rules", hint)])
    return found
