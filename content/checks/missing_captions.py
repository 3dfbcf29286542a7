"""A film can be followed by people who do not hear it: it has captions in the language of its release."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request

#: Kinds of channel that send no caption file: a reader there sees only what is burnt in.
LEFT_BEHIND = frozenset({"mastodon", "feed", "telegram"})


class MissingCaptions:
    """Every film has a caption file in the locale of the release, and the file is there."""

    id: ClassVar[str] = "missing-captions"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each film without captions in the rendering's locale, and warn of captions of what is no film."""
        del context
        for item in rendering.media:
            film, captions = item.kind.startswith("video/"), item.captions
            if captions and not captions.digest:
                remedy = "Put it into the workspace's media/ folder, or take it out of `captions:`."
                yield Finding(self.id, self.severity, f"The file media/{captions.file} is not there.", remedy)
            elif film and captions is None:
                words = f"The film '{item.file}' has no captions in {request.locale}."
                remedy = (
                    f"Name a WebVTT file: `captions: {{{request.locale}: ...}}`; where they are burnt in, or nobody"
                    " speaks, say so in a waiver."
                )
                yield Finding(self.id, self.severity, words, remedy)
            elif film and captions and request.channel.kind in LEFT_BEHIND:
                words = f"{request.channel.kind} carries no caption files: media/{captions.file} stays behind."
                yield Finding(self.id, Severity.WARN, words, "Burn the captions into the film for this channel.")
            elif captions and item.digest and not film:
                words = f"'{item.file}' is no film, so its captions are shown nowhere."
                yield Finding(self.id, Severity.WARN, words, "Take `captions:` out, and say it in `alt:`.")
