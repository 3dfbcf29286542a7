"""From a campaign document to the request of one rendering: who speaks, what is shown, which embargo it keeps."""

from campaigns.documents import schema
from campaigns.settings import Settings
from content import media, policy, servers
from content.rendering import Request


def request_for(
    document: schema.Campaign,
    entry: schema.ReleaseEntry,
    message: schema.Message,
    *,
    variant: str,
    locale: str,
    channel: schema.Channel,
    settings: Settings,
) -> Request:
    """
    Return all that the rendering of *message*, as *entry* sends it, depends on.

    Raises:
        MediaFault: If a media file lies outside the media folder.
        InvalidDocument: If what servers declared cannot be read.
    """
    speakers = {messenger.id: messenger for messenger in document.messengers}
    handling = document.handling
    rules = policy.load(settings)
    return Request(
        campaign=document.campaign,
        title=document.title,
        partners=document.partners,
        message=message,
        variant=variant,
        locale=locale,
        channel=channel,
        media=media.read(settings.media, message.media, locale, rules.listed),
        templates=str(settings.templates) if settings.templates.is_dir() else None,
        messenger=speakers.get(message.messenger or ""),
        embargo=handling.embargo if handling and entry.under_embargo else None,
        policy=rules,
        server_limits=servers.limits_of(channel, settings),
    )
