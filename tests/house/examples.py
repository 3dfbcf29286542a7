"""What the tests of the examples share: the examples as `init` writes them, and all that they would send."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from campaigns import example, workspace
from campaigns.documents import load, schema
from campaigns.settings import Settings
from content.render import render
from content.rendering import Rendering, Request
from scheduler.releases.drafting import request_of
from scheduler.releases.expansion import releases

START = datetime(2027, 1, 12, 14, 0, 0, tzinfo=UTC)  #: a Tuesday, no holiday of any partner
FULL = [name for name in example.names() if name != example.SMALLEST]  #: those that show the whole model


def text(name: str, start: datetime = START) -> str:
    """Return the document of example *name*, with its tokens filled for *start*."""
    return example.files(name, start, workspace.SUBSTITUTIONS)[example.DOCUMENT].decode()


def document(name: str, start: datetime = START) -> schema.Campaign:
    """Return the campaign of example *name*."""
    return load.loads(text(name, start), name).document


def rendered(folder: Path, campaign: schema.Campaign) -> dict[str, tuple[Request, Rendering]]:
    """Return release -> request and rendering, in the order of the campaign; *folder* is its workspace."""
    found = {}
    for each in releases(campaign):
        request = request_of(each, campaign, Settings(root=folder))
        found[each.name] = (request, render(request))
    return found


def nouns(value: object) -> Iterator[BaseModel]:
    """Yield every noun in *value*, itself first."""
    if isinstance(value, BaseModel):
        yield value
        for key in value.model_fields_set:
            yield from nouns(getattr(value, key))
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from nouns(each)


def said(value: object, tag: str = "") -> Iterator[tuple[str, str]]:
    """Yield locale and text of everything in *value* that is said by locale."""
    from campaigns.locales import LOCALES

    if isinstance(value, str) and tag:
        yield tag, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from said(each, key if key in LOCALES else tag)
    elif isinstance(value, list):
        for each in value:
            yield from said(each, tag)
