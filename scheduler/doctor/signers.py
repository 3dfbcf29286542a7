"""Whether the signers can be told by mail: who has an address, and whether the mail server lets us in."""

import asyncio
from collections.abc import Iterator, Mapping

from campaigns.errors import CordialeError
from campaigns.settings import FILE, Settings
from campaigns.signoff import persons
from scheduler.doctor.finding import Finding, missing
from scheduler.notices import due

WHAT = "signers"


def findings(
    settings: Settings, holders: Mapping[str, str], *, loopback_only: bool, offline: bool
) -> Iterator[Finding]:
    """Yield what is found; *holders* are person -> partner of all who may sign. Sends nothing."""
    if not settings.signers:
        yield Finding(WHAT, "ok", f"nobody is told by mail; name them under [signers] in {FILE} to change that")
        return
    found = list(_addresses(settings, holders))
    found += _server(settings, loopback_only=loopback_only, offline=offline)
    said = f"{len(settings.signers):,} can be told by mail" + (" (the server was not asked)" if offline else "")
    yield from found or [Finding(WHAT, "ok", said)]


def _addresses(settings: Settings, holders: Mapping[str, str]) -> Iterator[Finding]:
    for person in sorted(settings.signers):
        if holders and not persons.is_one_of(person, holders.keys()):
            cure = (
                f"The trust file names {', '.join(sorted(holders))}. Write the name as there, or take it out of {FILE}."
            )
            yield Finding(f"signer {person}", "warning", f"{person} may sign nothing, and is told nothing.", cure, 1)
    for partner, people in due.without_address(holders, settings.signers).items():
        cure = f"Give one of {', '.join(people)} an address under [signers] in {FILE}."
        yield Finding(WHAT, "warning", f"Nobody of {partner} is told that work waits.", cure, 1)


def _server(settings: Settings, *, loopback_only: bool, offline: bool) -> Iterator[Finding]:
    if not settings.mail.server:
        cure = f"Name one as `server` under [mail] in {FILE}."
        yield Finding("mail", "warning", "No mail server is named, so no signer is told that work waits.", cure, 1)
    elif not offline:
        try:
            asyncio.run(_login(settings, loopback_only=loopback_only))
        except CordialeError as error:
            yield missing("mail", error)


async def _login(settings: Settings, *, loopback_only: bool) -> None:
    from scheduler import house_mail
    from scheduler.transport.door import Transport

    async with Transport(loopback_only=loopback_only) as transport:
        await house_mail.login(transport, settings)
