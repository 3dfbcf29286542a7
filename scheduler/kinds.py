"""What each kind of channel can do, in words: the table of `channels kinds` and of the README, as it is declared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from scheduler import roster

HEADERS = ("kind", "what", "once only by", "asked", "taken down", "threads", "read back", "measured", "remark")


@dataclass(frozen=True)
class Kind:
    """One kind of channel, in words for people."""

    kind: str
    what: str  #: what it publishes, in few words
    once: str  #: what keeps a second try from being a second publication
    asked: str  #: whether it can say what it has
    retracted: str  #: whether a release can be taken down
    threads: str  #: whether it posts threads
    read: str  #: whether it can say what people read there
    measured: str  #: whether it can be asked what came of a release
    remark: str
    credential: str  #: how to get it

    def row(self) -> tuple[str, ...]:
        """Return its line of the table."""
        can = (self.asked, self.retracted, self.threads, self.read, self.measured)
        return (self.kind, self.what, self.once, *can, self.remark)


def kinds() -> Iterator[Kind]:
    """Give every kind, in the order of the roster."""
    for kind in roster.KINDS:
        yield of(kind)


def of(kind: str) -> Kind:
    """
    Return what *kind* can do: as declared, and as its channel's options may declare besides.

    Raises:
        UnknownKind: If no publisher is of that kind.
    """
    plain, most = (
        roster.capabilities(kind),
        roster.capabilities(kind, dict.fromkeys(roster.options_that_declare(kind), True)),
    )
    what, remark = roster.described(kind)
    return Kind(
        kind,
        what,
        _once(plain.absorbs_key, most.absorbs_key, asked=plain.can_look_up),
        _said(plain.can_look_up, most.can_look_up),
        _said(plain.can_retract, most.can_retract),
        _said(plain.threads, most.threads),
        _said(plain.can_read, most.can_read),
        _said(plain.can_measure, most.can_measure),
        remark,
        roster.help_for(kind),
    )


def markdown() -> str:
    """Return the table of the README."""
    lines = [
        HEADERS,
        ["---"] * len(HEADERS),
        *((f"`{name}`", *rest) for name, *rest in (each.row() for each in kinds())),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _once(key: timedelta | None, most: timedelta | None, *, asked: bool) -> str:
    if key is not None:
        return "its key" if key == timedelta.max else f"its key, for {_long(key)}"
    if asked:
        return "being asked before a second try"
    return "its key, if the options say so" if most is not None else "nothing: what is unknown waits for a person"


def _said(always: bool, perhaps: bool) -> str:
    return "yes" if always else "if the options say so" if perhaps else "no"


def _long(time: timedelta) -> str:
    hours = round(time.total_seconds() / 3600)
    return "an hour" if hours == 1 else f"{hours} hours"
