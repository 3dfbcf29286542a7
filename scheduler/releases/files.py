"""The files that releases are rendered with, besides the documents: media, templates, servers' limits."""

from collections.abc import Iterable

from campaigns.documents import schema
from campaigns.settings import Settings
from content import media, servers, sources


def digests(documents: Iterable[schema.Campaign], settings: Settings) -> dict[str, str]:
    """
    Return the sha256 of each file that *documents* are rendered with, by its place in the workspace, sorted.

    Captions are media. A medium that is missing has ""; a template that the workspace does not have itself is ours,
    and is not told.

    Raises:
        MediaFault: If a medium lies outside the media folder, or cannot be read.
        TemplateFault: If a template cannot be read.
        InvalidDocument: If what servers declared cannot be read.
    """
    workspace = str(settings.templates) if settings.templates.is_dir() else None
    found: dict[str, str] = {}
    for document in documents:
        for message in document.messages:
            for name, digest in media.digests(settings.media, message.media).items():
                found[f"media/{name}"] = digest
        for channel in document.channels if workspace else ():
            family = sources.family(channel.kind, channel.options.get("template"))
            for form in sources.forms(channel.kind):
                template = sources.source(channel.kind, family, form, workspace)
                if template.name.startswith("templates/"):
                    found[template.name] = template.digest
        if any(servers.limits_of(channel, settings) for channel in document.channels):
            found[servers.FILE] = servers.digest(settings)
    return dict(sorted(found.items()))
