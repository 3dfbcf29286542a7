"""
What is wrong with the templates of a campaign, at the line where its author wrote them.

A wording is a template inside a campaign file: a fault in it names that file, with line and column. The templates of
the workspace that the campaign's channels render with are looked at too.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from campaigns.documents import load as documents
from campaigns.documents import schema
from campaigns.documents.faults import Loc
from campaigns.documents.load import Loaded
from campaigns.documents.positions import MOST
from campaigns.errors import Complaint, InvalidDocument, Where
from campaigns.settings import Settings
from content import sources, threads, wording
from content.errors import TemplateFault

#: A bare name between braces: nine of ten wordings hold no more, and nothing can be wrong with them.
_BARE = re.compile(r"\{\{ *([a-z][a-z0-9_]*) *\}\}")
#: Names that are more than names.
_SPECIAL = frozenset(
    "and caller else false gender if in is kwargs loop none not or plural self super true varargs".split()  # noqa: SIM905 (a list of words reads best as words)
)
_LINE_END = re.compile(r"\r\n|\r|\n")


def load(paths: Sequence[Path], settings: Settings) -> list[Loaded]:
    """
    Return the campaigns in *paths*, as `campaigns.documents.load` does, with sound templates.

    Raises:
        InvalidDocument: With every complaint about every file, those about templates included.
    """
    loaded = documents.load(paths, settings)
    if found := complaints(loaded, settings):
        raise InvalidDocument([*found, *(warning for each in loaded for warning in each.warnings)])
    return loaded


@contextmanager
def placed(loaded: Sequence[Loaded], settings: Settings) -> Iterator[None]:
    """
    Say of a fault in a template, raised inside, where its author wrote it; all others of *loaded* come with it.

    Raises:
        InvalidDocument: For a fault whose place is known.
    """
    try:
        yield
    except TemplateFault:
        if found := complaints(loaded, settings):
            raise InvalidDocument(found) from None
        raise


def complaints(loaded: Sequence[Loaded], settings: Settings) -> list[Complaint]:
    """Return what is wrong with the wordings of *loaded*, and with the templates that they are rendered with."""
    found: dict[Complaint, None] = {}
    for each in loaded:
        for fault in (*_wordings(each), *_threads(each), *_templates(each, settings)):
            found[fault] = None
            if len(found) >= MOST:
                return sorted(found)
    return sorted(found)


def _wordings(loaded: Loaded) -> Iterator[Complaint]:
    for number, message in enumerate(loaded.document.messages):
        for variant in wording.variants(message):
            road: Loc = ("messages", number, *(() if variant == wording.ORIGINAL else ("variants", variant)), "wording")
            for locale, words in wording.wordings(message, variant).items():
                if not _plain(words) and (fault := _fault(message, variant, locale)):
                    where = _where(loaded, (*road, locale), words, fault)
                    yield Complaint(where, fault.message.rstrip("."), fault.hint)


def _threads(loaded: Loaded) -> Iterator[Complaint]:
    """Yield each message that may be a thread and goes out on channels that post none."""
    document = loaded.document
    kinds = {channel.id: channel.kind for channel in document.channels}
    for number, message in enumerate(document.messages):
        if not message.thread:
            continue
        entries = [entry for entry in document.releases if entry.message == message.id]
        used = dict.fromkeys(kinds[each] for entry in entries for each in entry.channels if each in kinds)
        if used and threads.KINDS.isdisjoint(used):
            said = f"message '{message.id}' may be a thread, and goes out on {', '.join(used)} alone, which posts none"
            hint = f"take `thread:` out; kinds that post threads: {', '.join(sorted(threads.KINDS))}"
            yield Complaint(loaded.places.where(("messages", number, "thread")), said, hint)


def _plain(words: str) -> bool:
    """Say whether *words* are text and bare names: the loader has told which of those have no value."""
    if "{" not in words:
        return True
    names = _BARE.findall(words)
    return 2 * len(names) == words.count("{") and _SPECIAL.isdisjoint(names)


def _fault(message: schema.Message, variant: str, locale: str) -> TemplateFault | None:
    """Return what is wrong with a wording, by itself or with the values that it names."""
    from content.environment import Format, compiled, render

    words = wording.choose(message, variant, locale)
    try:
        ready = compiled(Format.TEXT, wording.label(message, variant, locale), words or "")
        values = wording.values(message)
        if ready.names.keys() <= values.keys():
            render(ready, locale, values)
    except TemplateFault as fault:
        return fault
    return None


def _where(loaded: Loaded, loc: Loc, words: str, fault: TemplateFault) -> Where:
    """Return where in the campaign file the *fault* of a wording stands."""
    ends = [0, *(each.end() for each in _LINE_END.finditer(words))]
    line = min(max(fault.line, 1), len(ends))
    return loaded.places.within(loc, words, min(ends[line - 1] + max(fault.column - 1, 0), len(words)))


def _templates(loaded: Loaded, settings: Settings) -> Iterator[Complaint]:
    """Yield what is wrong with the workspace's templates, and with channels that ask for one that is not there."""
    workspace = str(settings.templates) if settings.templates.is_dir() else None
    for number, channel in enumerate(loaded.document.channels):
        try:
            family = sources.family(channel.kind, channel.options.get("template"))
        except TemplateFault as fault:
            places, loc = loaded.places, ("channels", number, "options", "template")
            yield Complaint(places.where(loc), fault.message.rstrip("."), fault.hint)
            continue
        for form in sources.forms(channel.kind) if workspace else ():
            for locale in channel.locales:
                yield from _template(channel.kind, family, form, locale, workspace)


def _template(kind: str, family: str, form: str, locale: str, workspace: str | None) -> Iterator[Complaint]:
    from content.render import template

    try:
        found = sources.source(kind, family, form, workspace)
        if found.name.startswith("templates/"):
            template(found, form, locale)
    except TemplateFault as fault:
        yield Complaint(fault.where or Where(fault.template), fault.message.rstrip("."), fault.hint)
