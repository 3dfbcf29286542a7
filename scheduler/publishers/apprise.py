"""
Services that have no publisher of their own, through Apprise: a text, sent once and never again.

`options.service` names the service as the first word of its Apprise address (`ntfys`, `slack`, `discord`), so that it
is part of what is signed; the credential is the whole address. Apprise tells no id, so that nothing can be asked,
measured or taken down; where it does not say what was answered, a person looks. It takes text alone, and one receiver.
"""

import re
from typing import TYPE_CHECKING, ClassVar

from campaigns.settings import Settings
from scheduler import credentials, definitions
from scheduler.publisher import Capabilities, Delivery, Endpoint, Receipt, Refused

if TYPE_CHECKING:
    from scheduler.transport.door import Transport
    from scheduler.transport.long_tail import Service

#: Services that a kind of ours publishes to, with a key, a look-up or a retraction that Apprise does not have.
OWN: dict[str, str] = {
    **dict.fromkeys(("mastodon", "mastodons", "toot", "toots"), "mastodon"),
    **dict.fromkeys(("bluesky", "bsky"), "bluesky"),
    **dict.fromkeys(("matrix", "matrixs"), "matrix"),
    **dict.fromkeys(("json", "jsons", "xml", "xmls", "form", "forms"), "webhook"),
    **dict.fromkeys(("mailto", "mailtos"), "smtp"),
    "tgram": "telegram",
}
_SERVICE = re.compile(r"[a-z][a-z0-9]{1,30}\Z")
#: What an address may not ask Apprise for: a second try, other words than were signed, other receivers.
_FORBIDDEN = re.compile(r"[?&](retry|wait|overflow|emojis|format|redirect|verify|tz|to|cc|bcc)=", re.IGNORECASE)


class Apprise:
    """A text to a service that has no publisher of its own."""

    kind: ClassVar[str] = "apprise"
    capabilities: ClassVar[Capabilities] = Capabilities()
    remark: ClassVar[str] = "needs the extra `apprise`"
    help: ClassVar[str] = (
        "Make the service's Apprise address as its page at github.com/caronc/apprise/wiki says, put it into the "
        "credential, and write its first word as `options: {service: …}`."
    )

    def __init__(self, endpoint: Endpoint, transport: "Transport", settings: Settings) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._settings = settings

    def vet(self) -> None:
        """Refuse a definition that nothing could be published with."""
        definitions.credential(self._endpoint, "the service's address")
        name = str(self._endpoint.options.get("service", ""))
        if not _SERVICE.match(name):
            message = f"Channel {self._endpoint.channel} does not say which service it is."
            raise Refused(message, "Write `options: {service: ntfys}`: the first word of the service's address.")
        self._own(name)

    async def publish(self, delivery: Delivery) -> Receipt:
        """Hand it over once; the receipt says that the service took it, and names nothing that could be found again."""
        if delivery.files():
            message = f"{delivery.outgoing.name} has files; through Apprise a text goes alone."
            raise Refused(message, "Send the message without `media:` on this channel.")
        service = self._service()
        part = delivery.piece
        await self._transport.notify(service, part.text, part.headline or "")
        return Receipt(delivery.piece_key, detail=f"{service.name} took it.")

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Refuse: Apprise only sends."""
        message = f"Through Apprise the service cannot be asked whether it has {delivery.outgoing.name}."
        raise Refused(message, "Look at the service itself, and say what is there with `cordiale resolve`.")

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Refuse: Apprise takes nothing down."""
        message = f"Through Apprise {delivery.outgoing.name} ({remote_id}) cannot be taken down."
        raise Refused(message, "Take it down at the service itself.")

    async def test(self) -> str:
        """See that the address means one receiver of the declared service; Apprise can prove no login."""
        service = self._service()
        await self._transport.reach(service)
        return f"The address means {service.name}; whether it lets Cordiale in shows with the first message."

    def _service(self) -> "Service":
        """Return the service that the credential's address means, once it is what the channel declares."""
        self.vet()
        url = credentials.need(self._endpoint, self._settings, "token")
        service = self._transport.service(url)
        channel, named = self._endpoint.channel, str(self._endpoint.options.get("service", ""))
        if service is None:
            message = f"Credential '{self._endpoint.credential}' is no address that Apprise knows."
            raise Refused(message, self.help, credential=True)
        if not url.lower().startswith(f"{named}://") or named not in service.schemas:
            message = f"The address of {channel} is of {service.name}, and '{named}' was signed."
            raise Refused(
                message, "Put the address of the service that was signed into the credential.", credential=True
            )
        for schema in service.schemas:
            self._own(schema)
        if service.persons:
            message = f"{service.name} writes to numbers or mailboxes of persons; Cordiale aims at nobody."
            raise Refused(message, "Text messages go to a list by `govuk-notify` or `kannel`, mail by `smtp`.")
        if asked := _FORBIDDEN.search(url):
            message = f"The address of {channel} says `{asked[1].lower()}`, which may send again or other words."
            raise Refused(message, "Take that option out of the address.", credential=True)
        if service.receivers != 1:
            message = f"The address of {channel} names {service.receivers} receivers; a channel is one."
            raise Refused(message, "Make a channel of each, so that each has an outcome.", credential=True)
        return service

    def _own(self, schema: str) -> None:
        if kind := OWN.get(schema):
            message = f"Channel {self._endpoint.channel}: `{schema}` has a publisher of its own."
            raise Refused(message, f"Write `kind: {kind}`; `cordiale channels kinds {kind}` says what it needs.")
