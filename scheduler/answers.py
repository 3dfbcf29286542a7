"""
What a channel's answer means for a release. Pure: a status or a code in, one of the four outcomes out.

    429, 503 with Retry-After, SMTP 4yz          -> Busy
    401, 403, SMTP 530, 534, 535, 538            -> Refused, the credential
    3xx, other 4xx, SMTP 5yz                     -> Refused
    5xx, anything else                           -> OutcomeUnknown; Busy where the call publishes nothing

A fault carries what the channel said, shortened, on one line, without secrets.
"""

import json
import os
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from campaigns import clock
from scheduler.credentials import redact
from scheduler.publisher import Busy, OutcomeUnknown, PublishFault, Refused, Unreachable

LONGEST = 200  #: characters of a channel's words that are kept
LONGEST_WAIT = 7 * 86_400.0  #: seconds; a channel that asks for more is asked again after this

_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_LOGIN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_SMTP_LOGIN = frozenset({530, 534, 535, 538})
_WORDS = ("error_description", "error", "message", "detail", "title")
_LOGIN_HINT = "Check the channel's credential with `cordiale channels test`."


def said(words: bytes | str) -> str:
    """Return a channel's words as one short, printable line without secrets; "" where there is nothing to read."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    text = redact(_inner(text))
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """
    Return the seconds a channel asks to wait, None where it does not say or says it unreadably.

    Reads `Retry-After` (RFC 9110: seconds or a date), then `X-RateLimit-Reset` where that is an ISO
    instant, as Mastodon sends it.
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return min(float(value), LONGEST_WAIT)
    instant = _date(value) if value else _instant(headers.get("X-RateLimit-Reset", "").strip())
    if instant is None:
        return None
    return min(max(0.0, (instant - (now or clock.now())).total_seconds()), LONGEST_WAIT)


def http_fault(
    status: int, headers: Mapping[str, str], body: bytes, where: str, *, effect: bool = True
) -> PublishFault | None:
    """
    Return what an HTTP answer means, None where it is 2xx.

    *effect* says that the call publishes: where it does not, a lost answer loses nothing.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    message = _quote(where, status, said(body))
    wait = retry_after(headers)
    if status in _LATER or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None):
        return Busy(message, wait)
    if status in _LOGIN:
        return Refused(message, _LOGIN_HINT, credential=True)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        target = said(headers.get("Location", "").partition("?")[0])
        message = f"{where} answered {status}, a redirect{f' to {target}' if target else ''}; none is followed."
        return Refused(message, "Give the final address as the channel's `server`.")
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refused(message)
    return OutcomeUnknown(message) if effect else Busy(message)


def smtp_fault(code: int, words: str, where: str, *, left: bool) -> PublishFault:
    """Return what an SMTP reply other than the expected one means; *left*: the message's content was sent."""
    message = _quote(where, code, said(words))
    if 400 <= code < 500:  # noqa: PLR2004 (RFC 5321: 4yz is transient, 5yz permanent)
        return Busy(message)
    if code in _SMTP_LOGIN:
        return Refused(message, _LOGIN_HINT, credential=True)
    if 500 <= code < 600:  # noqa: PLR2004 (the same)
        return Refused(message)
    return lost(where, "the answer is not SMTP", effect=left)


def lost(where: str, why: str, *, effect: bool) -> PublishFault:
    """Return the fault of a call that ended without an answer; *effect*: something that publishes had left."""
    if effect:
        return OutcomeUnknown(f"{where} may have it: {why}.")
    return Unreachable(f"{where} could not be reached: {why}.", "Check the channel's `server` and the network.")


def why(error: BaseException) -> str:
    """Say why a call failed, in few words and without the URL."""
    for each in (getattr(error, "certificate_error", None), error.__cause__, error):
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"its certificate does not hold ({said(getattr(each, 'verify_message', ''))})"
    cause = getattr(error, "os_error", None) or error
    number = getattr(cause, "errno", None)
    words = os.strerror(number) if isinstance(number, int) and number > 0 else said(str(cause))
    return words.rstrip(".") or ("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)


def _quote(where: str, number: int, words: str) -> str:
    """Say what was answered, as one sentence."""
    sentence = f"{where} answered {number}: {words}" if words else f"{where} answered {number}"
    return sentence if sentence.endswith((".", "…", "!", "?")) else f"{sentence}."


def _inner(text: str) -> str:
    """Take the sentence out of a JSON error, and nothing out of a page."""
    first = text.lstrip()[:1]
    if first == "<":
        return ""
    if first != "{":
        return text
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(data, dict):
        return next((value for word in _WORDS if isinstance(value := data.get(word), str) and value), text)
    return text


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _instant(value: str) -> datetime | None:
    try:
        return clock.parse_iso(value)
    except ValueError:
        return None
