"""The publishers there are, in one ordered list. Cheap to read: no network client is loaded."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from campaigns.documents import schema
from campaigns.errors import CordialeError
from campaigns.settings import Settings
from scheduler.errors import UnknownKind
from scheduler.publisher import Capabilities, Endpoint, Publisher
from scheduler.publishers.apprise import Apprise
from scheduler.publishers.bluesky import Bluesky
from scheduler.publishers.feed import Feed
from scheduler.publishers.govuk_notify import GovukNotify
from scheduler.publishers.kannel import Kannel
from scheduler.publishers.mastodon import Mastodon
from scheduler.publishers.matrix import Matrix
from scheduler.publishers.outbox import Outbox
from scheduler.publishers.partner_pack import PartnerPack
from scheduler.publishers.smtp import Smtp
from scheduler.publishers.telegram import Telegram
from scheduler.publishers.webhook import Webhook
from scheduler.publishers.wordpress import Wordpress

if TYPE_CHECKING:
    from scheduler.transport.door import Transport

PUBLISHERS = (
    Smtp, GovukNotify, Kannel, Webhook, Mastodon, Bluesky, Matrix, Telegram, Wordpress, Feed, PartnerPack, Apprise,
    Outbox,
)  # fmt: skip
_Known = (
    Smtp | GovukNotify | Kannel | Webhook | Mastodon | Bluesky | Matrix | Telegram | Wordpress | Feed | PartnerPack
    | Apprise | Outbox
)  # fmt: skip
_BY_KIND = {each.kind: each for each in PUBLISHERS}
KINDS: tuple[str, ...] = tuple(_BY_KIND)  #: as `kind:` of a channel names them


def publisher_for(endpoint: Endpoint, transport: "Transport", settings: Settings) -> Publisher:
    """
    Return the publisher of a channel; it touches neither network nor disk yet.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    return _find(endpoint.kind)(endpoint, transport, settings)


def vet(channel: schema.Channel, settings: Settings) -> CordialeError | None:
    """Return what is wrong with a channel's definition, or None: asked when it is planned, not when it is late."""
    endpoint = Endpoint(
        channel.id, channel.kind, channel.account, channel.server, channel.credential, dict(channel.options)
    )
    try:
        # What looks at a definition alone needs no transport; a publisher that touches it here breaks its contract.
        _find(channel.kind)(endpoint, cast("Transport", None), settings).vet()
    except CordialeError as error:
        return error
    return None


def capabilities(kind: str, options: Mapping[str, Any] | None = None) -> Capabilities:
    """
    Return what a channel of *kind* can do, with the *options* that its endpoint has.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    publisher = _find(kind)
    declare = getattr(publisher, "declare", None)  # where the options decide
    found: Capabilities = declare(options or {}) if declare else publisher.capabilities
    return found


def help_for(kind: str) -> str:
    """
    Return how to get the credential of a channel of *kind*, in plain words.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    return _find(kind).help


def described(kind: str) -> tuple[str, str]:
    """
    Return what a channel of *kind* publishes, and a remark of its publisher; "" where it makes none.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    publisher = _find(kind)
    remark: str = getattr(publisher, "remark", "")
    return (publisher.__doc__ or "").strip().partition("\n")[0].rstrip("."), remark


def id_at(kind: str, url: str | None) -> tuple[bool, str | None]:
    """
    Return whether the links of *kind* tell the ids of its posts, and the id that *url* tells, if any.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    tell = getattr(_find(kind), "id_at", None)
    return tell is not None, tell(url) if tell is not None and url else None


def options_that_declare(kind: str) -> tuple[str, ...]:
    """
    Return the options by which a channel of *kind* declares more than its kind does.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    names: tuple[str, ...] = getattr(_find(kind), "declaring", ())
    return names


def _find(kind: str) -> type[_Known]:
    try:
        return _BY_KIND[kind]
    except KeyError:
        near = get_close_matches(kind, KINDS, n=1)
        meant = f" Did you mean '{near[0]}'?" if near else ""
        message = f"There is no publisher of kind '{kind}'.{meant}"
        raise UnknownKind(message, f"Known kinds: {', '.join(KINDS)}.") from None
