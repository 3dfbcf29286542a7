# ruff: noqa: RUF001 (other alphabets are the cases)
"""Translations on their way back: all that a file brings, or nothing, and no word lost on the way."""

from pathlib import Path
from typing import Any

import polib
import pytest
from babel.messages.pofile import read_po, write_po
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.documents.load import load
from campaigns.documents.write import write_whole
from campaigns.documents.yaml_text import to_text
from campaigns.errors import EnvironmentFault, InvalidDocument, Refused
from campaigns.locales import LOCALES
from campaigns.settings import Settings
from content import marks
from content.segments import split
from content.translations import bring as bringing
from content.translations.bring import Brought, bring
from content.translations.catalogue import catalogue
from content.translations.plural_forms import FORMS

HERE = Path("c.yaml")
DOCUMENT = """\
# A campaign, by hand.
campaign: raqqa-voices
include: [shared/partners.yaml]
starts: 2027-01-11
audiences:
  - {id: young, locales: [en-GB, ar],   timezone: Europe/Paris}   # two languages
channels:
  - {id: post, kind: mastodon, issuer: uk, account: "@uk", locales: [en-GB, ar]}
messages:
  - id: lost-ground # the first
    audiences: [young]
    headline: {en-GB: Daesh lost ground}
    values: {n: 74, who: feminine, share: 0.95}
    wording:
      en-GB: >-
        She {{ gender(who, other="told us") }}: {{ share|percent }} is lost,
        and {{ plural(n, one="one partner", other="{} partners") }} agree.

      # more languages follow

  - id: again
    audiences: [young]
    wording: {en-GB: 'It''s over.', ar: انتهى.}
releases:
  - {id: launch, message: lost-ground, channels: [post], at: 2027-01-12T18:30}
"""
PARTNERS = """\
partners: # of everybody
  uk:
    name: {en-GB: UK government}   # official
  fr: {}
"""
ARABIC = {
    "lost-ground/headline": "داعش خسر أرضه",
    "lost-ground/wording": "{{ gender(who) }} إن {{ share|percent }} ضاع، و{{ plural(n) }} متفقون.",
    "lost-ground/wording/gender(who)/feminine": "قالت",
    "lost-ground/wording/gender(who)/other": "قيل",
    "lost-ground/wording/plural(n)": ("لا شريك", "شريك", "شريكان", "{} شركاء", "{} شريكا", "{} شريك"),
    "partners/uk/name": "الحكومة البريطانية",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "partners.yaml").write_text(PARTNERS, "utf-8")
    (tmp_path / "c.yaml").write_text(DOCUMENT, "utf-8")
    return tmp_path


def exported(locale: str = "ar", said: dict[str, Any] | None = None, source: str = "en-GB") -> polib.POFile:
    """Return the PO file of the folder, with *said* in it."""
    file = catalogue(load([HERE], Settings()), locale, source)
    for entry in file:
        words = (said or {}).get(entry.msgctxt.removeprefix("raqqa-voices/"))
        if isinstance(words, tuple):
            entry.msgstr_plural = dict(enumerate(words))
        elif words:
            entry.msgstr = words
    return file


def back(file: polib.POFile | str) -> Brought:
    """Import *file*."""
    Path("back.po").write_text(str(file), "utf-8")
    return bring(Path("back.po"), [HERE], Settings())


def test_a_translation_comes_back_into_its_file(folder: Path) -> None:
    """Words stand where their source does, in the included file too; every other line stays; the result is marked."""
    brought = back(exported(said=ARABIC))

    document = load([HERE], Settings())[0].document
    assert document.messages[0].wording["ar"] == (
        '{{ gender(who, feminine="قالت", other="قيل") }} إن {{ share|percent }} ضاع، و{{ plural(n, zero="لا شريك", '
        'one="شريك", two="شريكان", few="{} شركاء", many="{} شريكا", other="{} شريك") }} متفقون.'
    )
    assert document.messages[0].headline["ar"] == ARABIC["lost-ground/headline"]
    assert document.partners["uk"].name["ar"] == ARABIC["partners/uk/name"]
    assert set(document.messages[0].translated["ar"]) == {"headline", "wording"}
    assert list(marks.stale(document.messages[0], "ar")) == []
    assert (brought.judged.unchanged, brought.judged.untranslated, len(brought.judged.changes)) == (1, 0, 3)
    assert sorted(brought.files) == ["c.yaml", "shared/partners.yaml"]
    for name, before in (("c.yaml", DOCUMENT), ("shared/partners.yaml", PARTNERS)):
        lines = (folder / name).read_text("utf-8").splitlines()
        changed = [line for line in before.splitlines() if line not in lines]
        assert all("headline" in line or "name:" in line for line in changed), changed
    assert "official" in (folder / "shared" / "partners.yaml").read_text("utf-8")


def test_what_comes_back_as_it_went_changes_nothing(folder: Path) -> None:
    """An untouched file is no reason to write, and hand-written translations get no mark."""
    back(exported(said=ARABIC))
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}
    brought = back(exported())
    assert brought.files == ()
    assert (brought.judged.unchanged, len(brought.judged.changes)) == (4, 0)
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before


def test_fuzzy_and_untranslated_texts_are_left_alone(folder: Path) -> None:
    """What a translator is not sure of, and what lacks a form, is counted and not written."""
    file = exported(said={**ARABIC, "lost-ground/wording/plural(n)": ("لا شريك", "", "", "", "", "")})
    next(entry for entry in file if entry.msgctxt.endswith("headline")).flags.append("fuzzy")
    judged = back(file).judged
    assert (judged.fuzzy, judged.untranslated, [each.text.context for each in judged.changes]) == (
        1,
        1,
        ["raqqa-voices/partners/uk/name"],
    )


def test_a_source_that_changes_makes_its_translation_stale_until_it_is_confirmed(folder: Path) -> None:
    """Changed source: stale, exported fuzzy; confirmed by the translator: fresh again, the words as they were."""
    back(exported(said=ARABIC))
    text = (folder / "c.yaml").read_text("utf-8").replace("Daesh lost ground", "Daesh is losing ground")
    (folder / "c.yaml").write_text(text, "utf-8")
    message = load([HERE], Settings())[0].document.messages[0]
    assert list(marks.stale(message, "ar")) == [("headline", "en-GB")]

    file = exported()
    (fuzzy,) = file.fuzzy_entries()
    fuzzy.flags.remove("fuzzy")
    back(file)
    confirmed = load([HERE], Settings())[0].document.messages[0]
    assert list(marks.stale(confirmed, "ar")) == []
    assert confirmed.headline == message.headline


def test_a_translation_of_an_older_source_is_stale_at_once(folder: Path) -> None:
    """What was made of words that changed meanwhile is taken, and marked as made of those."""
    file = exported(said={"lost-ground/headline": "داعش خسر أرضه"})
    (folder / "c.yaml").write_text(DOCUMENT.replace("Daesh lost ground", "Daesh is losing"), "utf-8")
    back(file)
    message = load([HERE], Settings())[0].document.messages[0]
    assert list(marks.stale(message, "ar")) == [("headline", "en-GB")]


def changed(said: dict[str, Any]) -> str:
    return str(exported(said={**ARABIC, **said}))


@pytest.mark.parametrize(
    ("said", "says", "on"),
    [
        pytest.param(
            {"lost-ground/wording": "{{ plural(n) }} {{ gender(who) }}"},
            "lacks {{ share|percent }}",
            "plural",
            id="lost",
        ),
        pytest.param(
            {"lost-ground/wording": ARABIC["lost-ground/wording"] + " {{ m }}"}, "has {{ m }}", "{{ m }}", id="new"
        ),
        pytest.param(
            {"lost-ground/wording": "{{ gender(who) }} {{ share }} {{ plural(n) }}"},
            "has {{ share }}",
            "share",
            id="filter",
        ),
        pytest.param(
            {"lost-ground/wording": ARABIC["lost-ground/wording"] + "{{ plural(n, other='x') }}"},
            "has {{ plural(n, other='x') }}",
            "other='x'",
            id="function",
        ),
        pytest.param(
            {"lost-ground/wording": ARABIC["lost-ground/wording"] + "{% if n > 1 %}x{% endif %}"},
            "has {% if",
            "endif",
            id="if",
        ),
        pytest.param({"again/wording": "انتهى {{ n }}"}, "has {{ n }}", "انتهى", id="name-where-none-is"),
        pytest.param(
            {"lost-ground/wording/plural(n)": ("{{ n }}", "b", "c", "{}", "{}", "{}")},
            "cannot hold names",
            '"{{ n }}"',
            id="form",
        ),
        pytest.param(
            {"lost-ground/wording/plural(n)": ("a", "b", "c", "{}", "{}", "f")},
            "'other' lacks {}",
            'msgstr[5] "f"',
            id="count",
        ),
        pytest.param({"lost-ground/headline": "a\nb"}, "one line only", 'msgstr ""', id="lines"),
        pytest.param({"again/wording": "a\u202eb"}, "right-to-left override", "a\u202eb", id="override"),
        pytest.param({"lost-ground/headline": "{{ x }}"}, "has {{ x }}", "{{ x }}", id="headline"),
    ],
)
def test_what_differs_is_refused_with_its_line(folder: Path, said: dict[str, Any], says: str, on: str) -> None:
    """A translation that loses or adds a name, a filter or a call is refused at its line, and nothing is written."""
    text = changed(said)
    with pytest.raises(InvalidDocument) as caught:
        back(text)
    (complaint,) = [each for each in caught.value.complaints if says in each.message]
    line = text.split("\n")[complaint.where.line - 1]
    assert on in line or line.startswith("msgstr")
    assert line[complaint.where.column - 1] == '"'
    assert complaint.where.file == "back.po"
    assert complaint.hint
    assert (folder / "c.yaml").read_text("utf-8") == DOCUMENT
    assert (folder / "shared" / "partners.yaml").read_text("utf-8") == PARTNERS


@pytest.mark.parametrize(
    ("before", "after", "says", "line"),
    [
        pytest.param("Language: ar", "Language: xx", "Language is 'xx'", "Language: xx", id="language"),
        pytest.param("nplurals=6", "nplurals=2", "Plural-Forms", "nplurals=2", id="plural-forms"),
        pytest.param("? 4 : 5", "? 5 : 4", "forms would be mixed up", "? 5 : 4", id="many-and-other-swapped"),
        pytest.param("Plural-Forms", "X-Plural", "(missing)", "", id="no-plural-forms"),
        pytest.param("charset=UTF-8", "charset=latin-1", "charset is 'LATIN-1'", "latin-1", id="charset"),
        pytest.param("X-Source-Language: en-GB", "X-Source-Language: de", "of which language", "de", id="source"),
        pytest.param("X-Source-Language: en-GB", "X-Source-Language: ar", "into itself", "ar", id="itself"),
        pytest.param('msgid "UK government"', 'msgid "UK "government"', "not PO", "UK ", id="quotes"),
        pytest.param('msgid "UK government"', "msgid", "not PO", "msgid", id="cut-off"),
        pytest.param('lost-ground/headline"', 'again/wording"', "a second time", "", id="twice"),
        pytest.param('msgctxt "raqqa-voices/lost-ground/headline"\n', "", "no msgctxt", "", id="no-context"),
    ],
)
def test_a_file_of_another_kind_is_refused(folder: Path, before: str, after: str, says: str, line: str) -> None:
    """A header or an entry that is not ours is told with its place, and nothing is written."""
    text = changed({})
    assert before in text
    text = text.replace(before, after)
    with pytest.raises(InvalidDocument) as caught:
        back(text)
    found = next(each for each in caught.value.complaints if says in each.message)
    assert line in text.split("\n")[found.where.line - 1]
    assert found.hint
    assert (folder / "c.yaml").read_text("utf-8") == DOCUMENT


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xff\xfe\x00", id="utf-16"),
        pytest.param('msgid "é"'.encode("latin-1"), id="latin-1"),
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="no-po"),
        pytest.param(b"\x00", id="nul"),
        pytest.param(b'msgstr[x] "a"\n', id="index-in-words"),
    ],
)
def test_what_is_no_po_file_gives_no_traceback(folder: Path, raw: bytes) -> None:
    """Damage is told, whatever it is."""
    (folder / "back.po").write_bytes(raw)
    with pytest.raises(InvalidDocument):
        bring(Path("back.po"), [HERE], Settings())


def test_texts_of_other_campaigns_are_named(folder: Path) -> None:
    """An entry that belongs to nothing here is told, not lost in silence."""
    brought = back(str(exported()).replace("raqqa-voices/again/wording", "raqqa-voices/gone/wording"))
    assert brought.judged.unknown == ["raqqa-voices/gone/wording"]


def test_a_source_with_other_names_than_when_it_was_exported_is_refused(folder: Path) -> None:
    """A translation of a sentence that has other names now would not fit it."""
    file = exported(said=ARABIC)
    (folder / "c.yaml").write_text(DOCUMENT.replace("{{ share|percent }} is", "Much of {{ share }} is"), "utf-8")
    with pytest.raises(InvalidDocument, match="other names"):
        back(file)


def test_a_file_that_changes_meanwhile_is_not_overwritten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody saves while an import runs stays."""

    def then(*args: Any) -> Any:
        made = edited(*args)
        (folder / "c.yaml").write_text(DOCUMENT + "# saved\n", "utf-8")
        return made

    edited = bringing.edited
    monkeypatch.setattr(bringing, "edited", then)
    with pytest.raises(Refused, match="changed while"):
        back(exported(said=ARABIC))
    assert (folder / "c.yaml").read_text("utf-8") == DOCUMENT + "# saved\n"


def test_a_file_that_cannot_be_written_is_told_with_those_that_were(folder: Path, monkeypatch: Any) -> None:
    """What could not be replaced stays whole, and what was written before it is named."""

    def full(target: Path, text: str) -> None:
        if target.name == "c.yaml":
            message = f"{target.name} was not written: no space."
            raise EnvironmentFault(message)
        write_whole(target, text)

    monkeypatch.setattr(bringing, "write_whole", full)
    with pytest.raises(EnvironmentFault, match=r"no space\. Written before it: shared/partners.yaml") as caught:
        back(exported(said={"again/wording": "انتهى الأمر.", "partners/uk/name": "الحكومة"}))
    assert "import again" in caught.value.hint
    assert (folder / "c.yaml").read_text("utf-8") == DOCUMENT


def test_marks_of_order_and_line_breaks_survive(folder: Path) -> None:
    """A file of Windows with a byte order mark has both afterwards."""
    (folder / "c.yaml").write_bytes(b"\xef\xbb\xbf" + DOCUMENT.replace("\n", "\r\n").encode())
    back(exported(said=ARABIC))
    raw = (folder / "c.yaml").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert "داعش خسر أرضه".encode() in raw


LETTERS = st.sampled_from(" \n\"'\\%#:,[]|>&*!-?@`~.…«»\xa0\u200f\u2066\u2069\u2028\ta0é٣خسرداعش🇬🇧пъқ")
WORDS = st.text(LETTERS, min_size=1, max_size=25).filter(str.strip)
FORM = st.text(LETTERS, min_size=1, max_size=10).filter(str.strip)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.sampled_from([tag for tag in LOCALES if tag != "en-GB"]))
def test_no_word_is_lost_through_polib_and_babel(folder: Path, data: st.DataObject, locale: str) -> None:
    """Whatever source and translation hold, they come through PO, through Babel, and into YAML letter by letter."""
    source, target = data.draw(WORDS), data.draw(WORDS)
    forms = {name: data.draw(FORM) + " {}" for name in FORMS[locale].categories}
    one, other = data.draw(FORM), data.draw(FORM) + " {}"
    quoted = {
        name: each.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for name, each in (("o", one), ("p", other))
    }
    wording = f'{source}{{{{ plural(n, one="{quoted["o"]}", other="{quoted["p"]}") }}}}{{{{ n|number }}}}'
    document = {
        "campaign": "raqqa-voices",
        "partners": ["uk"],
        "starts": "2027-01-11",
        "audiences": [{"id": "young", "locales": ["en-GB"], "timezone": "Europe/Paris"}],
        "channels": [{"id": "post", "kind": "feed", "issuer": "uk", "account": "x", "locales": ["en-GB"]}],
        "messages": [{"id": "lost-ground", "audiences": ["young"], "values": {"n": 3}, "wording": {"en-GB": wording}}],
        "releases": [{"id": "launch", "message": "lost-ground", "channels": ["post"], "at": "2027-01-12T18:30"}],
    }
    (folder / "c.yaml").write_text(to_text(document), "utf-8")
    marked = f"{{{{ n|number }}}}{target}{{{{ plural(n) }}}}"
    file = exported(locale, {"lost-ground/wording": marked, "lost-ground/wording/plural(n)": tuple(forms.values())})
    assert [each.msgid for each in file] == [f"{source}{{{{ plural(n) }}}}{{{{ n|number }}}}", one]
    (folder / "ours.po").write_text(str(file), "utf-8")
    with (folder / "ours.po").open("rb") as ours, (folder / "babel.po").open("wb") as theirs:
        write_po(theirs, read_po(ours))
    through = polib.pofile(str(folder / "babel.po"))
    through.metadata = file.metadata
    back(through)

    message = load([HERE], Settings())[0].document.messages[0]
    assert message.wording["en-GB"] == wording
    _, words, call = (
        split(message.wording[locale])
        if len(split(message.wording[locale])) == 3
        else (None, *split(message.wording[locale]))
    )
    assert words == f"{{{{ n|number }}}}{target}"
    assert {name: text for name, text in call.forms if name in forms} == forms
    assert list(marks.stale(message, locale)) == []
