"""What a media file is found to be: its size, its time, what it tells beside what it shows, its faults."""

from dataclasses import dataclass


class Broken(ValueError):
    """A file ends too soon, or says what cannot be; says what, to be read after "The file …"."""


@dataclass(frozen=True)
class Told:
    """Something that a file tells beside what it shows."""

    where: str  #: where in the file: "EXIF", "XMP", "text chunk"
    what: str  #: what it tells, in plain words
    personal: bool = False  #: whether it may name a place, a person or a device


@dataclass(frozen=True)
class Fault:
    """Why a file should not leave as it is."""

    what: str  #: to be read after "The file …"
    remedy: str


@dataclass(frozen=True)
class Facts:
    """What is known of a file; None and nothing where its kind does not say."""

    width: int | None = None  #: pixels, as shown
    height: int | None = None  #: pixels, as shown
    seconds: float | None = None  #: of a film
    rate: float | None = None  #: frames a second of a film
    animated: bool = False  #: whether it moves
    orientation: int = 1  #: EXIF's number for how a camera was held; 1 is upright
    told: tuple[Told, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def pixels(self) -> int | None:
        """Width times height."""
        return self.width * self.height if self.width is not None and self.height is not None else None


#: What is known of a file that was not looked at.
NOTHING = Facts()

TAIL = Fault(
    "has more bytes after its end: what they hold leaves with it, and nobody sees it",
    "Run `cordiale media clean` on it, and look at the copy.",
)


def need(data: bytes, start: int, count: int, what: str) -> bytes:
    """
    Return *count* octets of *data* from *start*.

    Raises:
        Broken: If they are not all there.
    """
    found = data[start : start + count]
    if start < 0 or len(found) < count:
        message = f"is cut off in its {what}"
        raise Broken(message)
    return found
