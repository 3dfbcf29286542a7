"""The files that releases are rendered with, besides the documents: media and the workspace's own templates."""

from collections.abc import Iterable

from campaigns.documents import schema
from campaigns.settings import Settings
from content import media, sources


def digests(documents: Iterable[schema.Campaign], settings: Settings) -> dict[str, str]:
    """
    Return the sha256 of each file that *documents* are rendered with, by its place in the workspace, sorted.

    A medium that is missing has ""; a template that the workspace does not have itself is ours, and is not told.

    Raises:
        MediaFault: If a medium lies outside the media folder, or cannot be read.
        TemplateFault: If a template cannot be read.
    """
    workspace = str(settings.templates) if settings.templates.is_dir() else None
    found: dict[str, str] = {}
    for document in documents:
        for message in document.messages:
            for each in media.read(settings.media, message.media, ""):
                found[f"media/{each.file}"] = each.digest
        for channel in document.channels if workspace else ():
            family = sources.family(channel.kind, channel.options.get("template"))
            for form in {"text", sources.FORMS.get(channel.kind, "text")}:
                name, _ = sources.source(family, form, workspace)
                if name.startswith("templates/"):
                    found[name] = sources.digest(family, form, workspace)
    return dict(sorted(found.items()))
