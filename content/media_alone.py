"""A media file on its own: a request and a rendering that hold nothing but it."""

from campaigns.documents import schema
from content.hash_lists import HashLists
from content.policy import Policy
from content.rendering import MediaFile, Part, Rendering, Request

_NOBODY = "nobody"
_LOCALE = "en-GB"


def alone(item: MediaFile, lists: HashLists) -> tuple[Request, Rendering]:
    """Return a request and a rendering for *item*, under *lists*."""
    message = schema.Message(id="alone", audiences=[_NOBODY], wording={_LOCALE: item.file})
    channel = schema.Channel(id="alone", kind="outbox", issuer=_NOBODY, account=_NOBODY, locales=[_LOCALE])
    request = Request(
        campaign="alone",
        title={},
        partners={},
        message=message,
        variant="a",
        locale=_LOCALE,
        channel=channel,
        media=(item,),
        policy=Policy(listed=lists),
    )
    return request, Rendering(_LOCALE, "ltr", (Part(item.file),), (item,))
