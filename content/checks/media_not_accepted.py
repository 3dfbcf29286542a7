"""Every file is one that the channel takes: its kind, its size, and what goes beside it."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits, media
from content.check import Context, Finding, Severity
from content.formats import FORMATS, Formats, field
from content.measure import network
from content.rendering import MediaFile, Rendering, Request

_WORDS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
}
_MEGABYTE = 1_000_000


class MediaNotAccepted:
    """How many files there may be is a matter of `too-long`; whether they are there, of `missing-media`."""

    id: ClassVar[str] = "media-not-accepted"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each file of a kind or size that the channel does not take, and one that has to go alone."""
        if not rendering.media:
            return
        kind = network(request.channel)
        row = FORMATS.get(kind)
        files = [item for item in rendering.media if item.digest and item.kind != media.UNKNOWN]
        for item in files:
            if row and item.kind not in row.types:
                yield self._kind(row, item)
            else:
                yield from self._size(kind, item, context)
        lonely = next((item for item in files if row and field(item.kind) in row.alone), None)
        if lonely and len(files) > 1:
            words = f"'{lonely.file}' cannot go with other files: {kind} takes a {_noun(lonely)} alone."
            remedy = f"Make a message of its own for it, or take the other {len(files) - 1} out of `media:`."
            yield Finding(self.id, self.severity, words, remedy)

    def _kind(self, row: Formats, item: MediaFile) -> Finding:
        if not row.types:
            words = f"'{item.file}' cannot go: {row.kind} carries text alone."
            return Finding(self.id, self.severity, words, "Take it out of `media:`, and link to a page that shows it.")
        severity = self.severity if row.firmness == "hard" else Severity.WARN
        taken = ", ".join(_WORDS.get(each, each) for each in row.types)
        words = f"'{item.file}' is {_WORDS.get(item.kind, item.kind)}; {row.kind} takes {taken}."
        return Finding(self.id, severity, words, "Save it as one of these.")

    def _size(self, kind: str, item: MediaFile, context: Context) -> Iterator[Finding]:
        name = field(item.kind)
        for row in limits.of(kind, name):
            declared = context.server_limits.get("image" if name == "gif" else name) if row.hard else None
            most = row.value if declared is None else declared
            if item.size > most:
                severity = self.severity if row.hard else Severity.WARN
                words = f"'{item.file}' has {_size(item.size)}, more than the {_size(most)} that {kind} takes."
                yield Finding(self.id, severity, words, f"Save it smaller: a {_noun(item)} may have {most:,} octets.")


def _noun(item: MediaFile) -> str:
    return {"gif": "GIF", "video": "video"}.get(field(item.kind), "picture")


def _size(octets: int) -> str:
    return f"{octets / _MEGABYTE:.1f} MB" if octets >= _MEGABYTE else f"{octets:,} octets"
