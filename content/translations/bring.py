"""
Translations written back into campaign files: all that a PO file brings, or nothing.

What would be written is loaded first, as it would stand. Each file is then replaced whole, keeping its comments, order,
quoting and line breaks.
"""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaigns.documents import files
from campaigns.documents.edit import edited
from campaigns.documents.faults import Loc
from campaigns.documents.load import load
from campaigns.documents.positions import Places
from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault, InvalidDocument, Refused
from campaigns.settings import Settings
from content.translations.judged import Change, Judged, judge
from content.translations.returned import Returned, read


@dataclass(frozen=True)
class Brought:
    """What an import did."""

    returned: Returned
    judged: Judged
    files: tuple[str, ...]  #: that were written


def bring(po: Path, paths: Sequence[Path], settings: Settings, source: str | None = None) -> Brought:
    """
    Write what the PO file *po* says into the campaigns in *paths*; *source* as for `returned.read`.

    Raises:
        InvalidDocument: If a campaign or the PO file cannot be used, or they do not fit; nothing was written then.
        Refused: If a campaign file changed in the meantime.
        EnvironmentFault: If a file cannot be written; says which were.
    """
    loaded = load(paths, settings)
    returned = read(po, source)
    judged = judge(returned, loaded)
    places, edits = _edits(judged, returned)
    if judged.complaints:
        raise InvalidDocument(judged.complaints)
    drafts = {name: edited(places[name].text, name, changes) for name, changes in edits.items()}
    if drafts:
        load(paths, settings, {Path(name).resolve(): text for name, text in drafts.items()})
    for name in drafts:
        if files.read(Path(name)).text != places[name].text:
            message = f"{name} changed while its translations were read, so nothing was written."
            raise Refused(message, "Import again.")
    for number, (name, text) in enumerate(drafts.items()):
        path = Path(name).resolve()
        mark = "\ufeff" if path.read_bytes().startswith(codecs.BOM_UTF8) else ""
        try:
            write_whole(path, mark + text)
        except EnvironmentFault as fault:
            done = ", ".join(list(drafts)[:number])
            also = f" Written before it: {done}." if done else ""
            hint = "Make it writable and import again: what stands there already is left alone."
            raise EnvironmentFault(fault.message + also, hint) from None
    return Brought(returned, judged, tuple(drafts))


def _edits(judged: Judged, returned: Returned) -> tuple[dict[str, Places], dict[str, dict[Loc, str]]]:
    """Return the files that change, and what changes in each; complain of texts that two entries say differently."""
    places: dict[str, Places] = {}
    edits: dict[str, dict[Loc, str]] = {}
    for change in judged.changes:
        for loc, words in _put(change, returned.locale).items():
            home, local = change.owner.places.home(loc)
            places[home.file] = home
            said = edits.setdefault(home.file, {}).setdefault(local, words)
            if said != words:
                entry = returned.entries[change.text.context]
                hint = "say the same in both; the campaigns include it from one file"
                judged.complaints.append(returned.complaint(entry, "another entry says this text differently", hint))
    return places, edits


def _put(change: Change, locale: str) -> Mapping[Loc, str]:
    """Return the texts that a change writes, by location: the words, and for a message's field the mark."""
    text = change.text
    written: dict[Loc, str] = {}
    if text.words.get(locale) != change.words:
        written[*text.loc, locale] = change.words
    if text.message is not None:
        written[*text.loc[:2], "translated", locale, text.field] = change.mark
    return written
