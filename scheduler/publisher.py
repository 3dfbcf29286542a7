"""
The contract of a publisher: what it declares, what it may raise, and what it gives back.

A publisher sends once and never retries by itself. It raises one of four outcomes when it has no
receipt; the engine decides what follows:

    Refused          the channel said no; sending again will not help     -> failed
    Busy             the channel said later (429, 421, 450 ...)           -> retried, not before `retry_after`
    Unreachable      nothing left this machine (refused, DNS, no route)   -> retried
    OutcomeUnknown   something left and the answer was lost               -> by the declared capabilities
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, Self

from campaigns.errors import CordialeError
from scheduler.releases.identity import part_key
from scheduler.releases.outgoing import Outgoing, OutgoingCaptions, OutgoingMedia, OutgoingPart


@dataclass(frozen=True)
class Capabilities:
    """What a kind of channel can do, as far as the engine must know."""

    absorbs_key: timedelta | None = None  #: how long the channel remembers an idempotency key; timedelta.max: for ever
    can_look_up: bool = False  #: can say whether a release with a given key is there
    can_retract: bool = False
    real_id: bool = False  #: gives an id that the channel itself knows
    can_read: bool = False  #: can say what people read under an id
    threads: bool = False  #: can post the parts of a thread, each as an answer to the one before
    can_list: bool = False  #: can say, without any credential, what the declared account posted
    measures: tuple[str, ...] = ()  #: what it can count of a release, by the ids of metrics

    @property
    def can_measure(self) -> bool:
        """Whether it can count anything of a release."""
        return bool(self.measures)


@dataclass(frozen=True)
class Receipt:
    """The channel's word that it has the release."""

    remote_id: str
    url: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class HandedOver:
    """A person now posts it; `where` says what they were given."""

    where: str


@dataclass(frozen=True)
class Posted:
    """Something that an account posted, whoever did it: no word of it is kept."""

    remote_id: str  #: as a receipt names it
    url: str | None
    at: datetime  #: aware


#: What people read, by the place where it stands: `text`, `title`, `warning`, `links`, and those of `alt_place`.
Words = dict[str, str]


def alt_place(number: int) -> str:
    """Return the place in `Words` of the alternative text of file *number*, from 1."""
    return f"alternative text {number}"


class PublishFault(CordialeError):
    """A publication did not end in a receipt."""


class Refused(PublishFault):
    """The channel said no."""

    def __init__(self, message: str, hint: str = "", *, credential: bool = False) -> None:
        super().__init__(message, hint)
        self.credential = credential  #: 401, 403, 535: the channel's breaker opens, the release waits


class Busy(PublishFault):
    """The channel said later."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  #: seconds, where the channel said


class Unreachable(PublishFault):
    """Nothing left this machine."""


class OutcomeUnknown(PublishFault):
    """Something left and the answer was lost."""


@dataclass(frozen=True)
class Delivery:
    """One thing to send: what was signed, the key that makes it one, and the media's bytes."""

    outgoing: Outgoing
    key: str  #: the idempotency key: the same on every attempt
    digest: str
    part: int = 0
    media: dict[str, bytes] = field(default_factory=dict)  #: digest -> bytes, checked against it
    now: datetime | None = None  #: the engine's instant, for dates inside the message
    previous: str | None = None  #: remote id of the part before this one, where the engine knows it

    @property
    def piece(self) -> OutgoingPart:
        """The part that this delivery sends."""
        return self.outgoing.parts[self.part]

    @property
    def piece_key(self) -> str:
        """The idempotency key of this part: the release's own for the first, derived from it for the others."""
        return part_key(self.key, self.part)

    @property
    def listed(self) -> tuple[OutgoingMedia, ...]:
        """The media that go with this part, in order, whether or not their bytes are at hand."""
        return () if self.part else self.outgoing.media

    @property
    def facets(self) -> list[dict[str, Any]]:
        """The rich-text spans of this part."""
        mine = [each for each in self.outgoing.facets if each.get("part", 0) == self.part]
        return [{name: value for name, value in each.items() if name != "part"} for each in mine]

    def files(self) -> list[tuple[OutgoingMedia, bytes]]:
        """
        Return the media that go with this part, in order: all with the first part, none with the others.

        Raises:
            Refused: If the bytes of one were not handed over.
        """
        if self.part:
            return []
        missing = [item.file for item in self.outgoing.media if item.digest not in self.media]
        if missing:
            message = f"The media of {self.outgoing.name} are not all there: {', '.join(missing)}."
            raise Refused(message, "Put the files back under media/ as they were signed, and retry.")
        return [(item, self.media[item.digest]) for item in self.outgoing.media]

    def captions(self) -> list[tuple[OutgoingCaptions, bytes]]:
        """
        Return the caption files of the films that go with this part, in order.

        Raises:
            Refused: If the bytes of one were not handed over.
        """
        named = [item.captions for item in self.outgoing.media if item.captions and not self.part]
        missing = [each.file for each in named if each.digest not in self.media]
        if missing:
            message = f"The captions of {self.outgoing.name} are not all there: {', '.join(missing)}."
            raise Refused(message, "Put the files back under media/ as they were signed, and retry.")
        return [(each, self.media[each.digest]) for each in named]


class Publisher(Protocol):
    """One file of `scheduler.publishers`. One instance a channel."""

    kind: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    help: ClassVar[str]  #: how to get the credential, in plain words

    def vet(self) -> None:
        """
        Look at the channel's definition alone: no network, no disk, no secret.

        Raises:
            Refused: If nothing could ever be published with it.
        """
        ...

    async def publish(self, delivery: Delivery) -> Receipt | HandedOver:
        """
        Send once.

        Raises:
            PublishFault: One of the four outcomes above.
        """
        ...

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Return the receipt of *delivery* if the channel has it, None if it surely has not."""
        ...

    async def retract(self, delivery: Delivery, remote_id: str) -> None:
        """Take it down; a release that is already gone counts as taken down."""
        ...

    # A channel that can be asked for one id has `async def remains(remote_id) -> bool` too: a retraction reads it back.
    #
    # What a kind declares, it has, and nobody else:
    #   can_read   `def words(delivery) -> Words`: what was signed, as people are to read it there
    #              `async def read(delivery, remote_id) -> Words | None`: what they do read; None: nothing is there
    #   can_list   `async def posts(since) -> list[Posted]`: without a credential; raises as a look-up does
    #   measures   `async def measure(delivery, remote_id) -> dict[str, int]`: what it counts now; what it does not say
    #              is left out, and never zero

    async def test(self) -> str:
        """Prove the login without posting, and say in a sentence what was proved."""
        ...


@dataclass(frozen=True)
class Endpoint:
    """Where a channel publishes: taken from what was signed, never from elsewhere."""

    channel: str
    kind: str
    account: str
    server: str | None
    credential: str | None
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, outgoing: Outgoing) -> Self:
        """Return where a signed release goes."""
        return cls(
            outgoing.channel, outgoing.kind, outgoing.account, outgoing.server, outgoing.credential, outgoing.options
        )
