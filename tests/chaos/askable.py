"""A webhook whose receiver can be asked what it has: the one class of channels that no publisher of ours is alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin

from scheduler import roster
from scheduler.publisher import Capabilities, Delivery, Receipt
from scheduler.publishers.webhook import Webhook
from tests.servers.http_sink import SEEN

ASKED = {"looks_up": True}  #: the options of a channel that can be asked


class Askable(Webhook):
    """The webhook as it is; where its options say so, the sink is asked for a key."""

    capabilities: ClassVar[Capabilities] = Webhook.capabilities

    @classmethod
    def declare(cls, options: Mapping[str, Any]) -> Capabilities:
        """Return what the receiver can do, by what its options say."""
        return replace(super().declare(options), can_look_up=options.get("looks_up") is True)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Ask the sink for the key."""
        url = urljoin(self._url(), f"{SEEN}{delivery.piece_key}")
        answer = await self._transport.http("GET", url, effect=False, accept=(404,))
        return Receipt(str(answer.json()["id"])) if answer.status != 404 else None


def install() -> None:
    """Let this process publish to webhooks through it."""
    roster._BY_KIND["webhook"] = Askable
