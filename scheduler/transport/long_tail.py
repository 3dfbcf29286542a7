"""
The door to services that have no publisher of their own: Apprise, which is loaded when it is used.

Apprise brings its own HTTP client. What the door promises elsewhere is asked of it here: no redirect, no second try,
plain HTTP and rehearsals on this machine alone, a time limit, and no word of the service's address in any log.
Of an answer it tells a status at most; without one, whatever may have left has an unknown outcome.
"""

import asyncio
import contextlib
import logging
import re
import threading
import warnings
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from campaigns.errors import MissingExtra
from scheduler import addresses, answers
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
    _plugin: Any

    @property
    def where(self) -> str:
        """Return it in words that give nothing of the address away."""
        return f"{self.name} at {self.host}:{self.port}" if self.host else self.name


def service(url: str) -> Service | None:
    """
    Return the service that *url* means, None where it means none; nothing is sent.

    Raises:
        MissingExtra: If Apprise is not installed.
    """
    apprise = _loaded()
    asset = apprise.AppriseAsset(
        app_id="Cordiale", http_redirects=False, image_url_mask="", image_url_logo="", storage_mode="memory"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # all its services are loaded here, some with old modules
        found = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
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
        found,
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

    def __init__(self) -> None:
        super().__init__()
        self.guard = threading.Lock()  #: one text at a time: whose status it is must be sure
        self.status: int | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the status; let no record pass, for addresses and so secrets stand in them."""
        if found := _STATUS.search(record.getMessage()):
            self.status = int(found[1])
        return False


_HEARD = _Heard()


async def reach(one: Service, *, loopback_only: bool, connect: float) -> None:
    """
    See that something listens where the address says; a service that only Apprise knows the place of is taken to.

    Raises:
        Refused: If it would leave this machine and may not.
        Unreachable: If nothing answers there.
    """
    if one.host is None:
        if loopback_only:
            message = f"{one.name} is not on this machine, and this connection may not leave it."
            raise Refused(message, "Rehearse with the kind `outbox`.")
        return
    found = await addresses.resolve(one.host, one.port, only_loopback=loopback_only or not one.secure)
    try:
        async with asyncio.timeout(connect):
            _, writer = await asyncio.open_connection(found[0].host, found[0].port)
    except OSError as error:  # TimeoutError is one
        message = f"{one.where} could not be reached: {answers.why(error)}."
        raise Unreachable(message, "Check the service's address and the network.") from None
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def notify(one: Service, text: str, title: str, seconds: float) -> None:
    """
    Hand *text* over, once.

    Raises:
        PublishFault: By the status that was answered; OutcomeUnknown where none is told.
    """
    apprise = _loaded()
    sender = apprise.Apprise(asset=one._plugin.asset)  # noqa: SLF001 (the door's own)
    sender.add(one._plugin)  # noqa: SLF001 (the same)

    def send() -> tuple[Any, int | None]:
        with _HEARD.guard:
            _HEARD.status = None
            done = sender.notify(body=text, title=title, body_format="text", timeout=seconds)
            return done.status, _HEARD.status

    came, status = await asyncio.to_thread(send)
    if came == apprise.AppriseResultStatus.SUCCESS:
        return
    fault = answers.http_fault(status, {}, b"", one.where) if status else None
    if fault is not None and status != HTTPStatus.SERVICE_UNAVAILABLE:
        raise fault
    message = f"{one.where} may have it: Apprise did not say what was answered."
    raise OutcomeUnknown(message)


def _names(written: Any) -> set[str]:
    return {written} if isinstance(written, str) else set(written or ())
