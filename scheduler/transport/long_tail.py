"""
The door to services that have no publisher of their own: Apprise, which is loaded when it is used.

Apprise brings its own HTTP client. What the door promises elsewhere is asked of it here: no redirect, no second try,
plain HTTP and rehearsals on this machine alone, a time limit, and no word of the service's address in any log.
Of an answer it tells a status at most; without one, whatever may have left has an unknown outcome.
"""

import asyncio
import logging
import re
import socket
import warnings
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from campaigns.errors import MissingExtra
from scheduler import addresses, answers
from scheduler.addresses import Address
from scheduler.publisher import OutcomeUnknown, Refused, Unreachable

_STATUS = re.compile(r"\berror=(\d{3})\b")
_ABOUT_PERSONS = ("target_phone", "target_email")
_QUIET = ("apprise", "urllib3.connectionpool", "urllib3.util.retry")


@dataclass(frozen=True)
class Service:
    """What an address of Apprise's says of itself."""

    schemas: frozenset[str]  #: names that stand before ://
    name: str
    receivers: int
    persons: bool  #: whether it can write to numbers or mailboxes of persons
    host: str | None  #: where it goes, where the address says so itself
    port: int
    secure: bool
    _address: str = field(repr=False)

    @property
    def where(self) -> str:
        """Return it in words that give nothing of the address away."""
        return f"{self.name} at {self.host}:{self.port}" if self.host else self.name


@lru_cache(maxsize=64)
def service(url: str) -> Service | None:
    """
    Return the service that *url* means, None where it means none; nothing is sent.

    Raises:
        MissingExtra: If Apprise is not installed.
    """
    apprise = _loaded()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # all its services are loaded here, some with old modules
        found = apprise.Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    if not isinstance(found, apprise.NotifyBase):
        return None
    tokens = found.template_tokens
    own = "host" in tokens
    port = int(found.port) if own and found.port else 443 if found.secure else 80
    return Service(
        frozenset(_names(found.protocol) | _names(found.secure_protocol)),
        str(found.service_name),
        len(found),
        any(name in tokens for name in _ABOUT_PERSONS),
        str(found.host) if own else None,
        port,
        bool(found.secure) if own else True,
        url,
    )


@lru_cache(maxsize=1)
def _asset() -> Any:
    """Return what Apprise shall know of us: nothing of its own goes along with a text."""
    return _loaded().AppriseAsset(
        app_id="Cordiale", http_redirects=False, image_url_mask="", image_url_logo="", storage_mode="memory"
    )


def _loaded() -> Any:
    for each in _QUIET:
        logging.getLogger(each).addFilter(_HEARD)  # once, however often it is added
    try:
        import apprise
    except ModuleNotFoundError:
        what = "The kind 'apprise'"
        raise MissingExtra(what, "apprise") from None
    return apprise


class _Heard(logging.Filter):
    """Keeps the status that Apprise writes into its log; no word of that log, or of its client's, goes further."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the status for whose text it is; let no record pass, for addresses and so secrets stand in them."""
        statuses = _STATUSES.get(None)
        if statuses is not None and (found := _STATUS.search(record.getMessage())):
            statuses.append(int(found[1]))
        return False


_HEARD = _Heard()
#: What was answered to the text in hand. Apprise takes it along to the thread that it sends on.
_STATUSES: ContextVar[list[int]] = ContextVar("statuses")


async def reach(one: Service, *, loopback_only: bool, connect: float) -> None:
    """
    See that something listens where the address says; a service that only Apprise knows the place of is taken to.

    Raises:
        Refused: If it would leave this machine and may not.
        Unreachable: If nothing answers there.
    """
    if (place := await _place(one, loopback_only=loopback_only)) is not None:
        await asyncio.to_thread(_try, one, place, connect)


async def _place(one: Service, *, loopback_only: bool) -> Address | None:
    """Return where *one* goes, if it may go there; None where only Apprise knows."""
    if one.host is not None:
        found = await addresses.resolve(one.host, one.port, only_loopback=loopback_only or not one.secure)
        return found[0]
    if loopback_only:
        message = f"{one.name} is not on this machine, and this connection may not leave it."
        raise Refused(message, "Rehearse with the kind `outbox`.")
    return None


def _try(one: Service, place: Address, connect: float) -> None:
    """See that something listens at *place*: Apprise does not tell whether anything has left."""
    try:
        with socket.socket(place.family, socket.SOCK_STREAM) as trial:
            trial.settimeout(connect)
            trial.connect((place.host, place.port))
    except OSError as error:  # TimeoutError is one
        message = f"{one.where} could not be reached: {answers.why(error)}."
        raise Unreachable(message, "Check the service's address and the network.") from None


async def notify(one: Service, text: str, title: str, *, loopback_only: bool, connect: float, total: float) -> None:
    """
    Hand *text* over, once, as soon as something is seen to listen there.

    Raises:
        PublishFault: As `reach`; by the status that was answered; OutcomeUnknown where none is told.
    """
    place = await _place(one, loopback_only=loopback_only)
    apprise = _loaded()

    statuses: list[int] = []
    _STATUSES.set(statuses)

    def send() -> Any:
        if place is not None:
            _try(one, place, connect)
        sender = apprise.Apprise(asset=_asset())  # one for each text: it would wait for seconds between two
        sender.add(one._address)  # noqa: SLF001 (the door's own)
        return sender.notify(body=text, title=title, body_format="text", timeout=total)

    done = await asyncio.to_thread(send)
    if done.status == apprise.AppriseResultStatus.SUCCESS:
        return
    status = statuses[-1] if statuses else None
    fault = answers.http_fault(status, {}, b"", one.where) if status else None
    if fault is not None and status != HTTPStatus.SERVICE_UNAVAILABLE:
        raise fault
    message = f"{one.where} may have it: Apprise did not say what was answered."
    raise OutcomeUnknown(message)


def _names(written: Any) -> set[str]:
    return {written} if isinstance(written, str) else set(written or ())
