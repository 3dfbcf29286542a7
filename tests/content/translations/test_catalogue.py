"""What translators get: one entry a text, boxes for each form, notes, and what is stale."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import polib
import pytest
from babel.messages.pofile import read_po, write_po

from campaigns.documents.load import load
from campaigns.locales import LOCALES
from campaigns.settings import Settings
from content import marks
from content.translations.catalogue import catalogue
from content.translations.plural_forms import FORMS

DOCUMENT = """\
campaign: raqqa-voices
title: {en-GB: Voices of Raqqa, ar: أصوات الرقة}
partners:
  uk: {name: {en-GB: UK government}, help: {en-GB: "Call 0800 789 321."}}
  fr: {}
starts: 2027-01-11
audiences:
  - {id: young, name: {en-GB: Young adults}, locales: [en-GB, ar], ages: 18-24, countries: [FR], timezone: Europe/Paris}
channels:
  - {id: post, kind: mastodon, issuer: uk, account: "@uk", locales: [en-GB, ar]}
messages:
  - id: lost-ground
    audiences: [young]
    headline: {en-GB: Daesh lost ground}
    values: {n: 74, who: feminine, share: 0.95}
    link: https://example.org/daesh
    media: [{file: map.png, alt: {en-GB: A map.}}]
    wording:
      en-GB: >-
        She {{ gender(who, other="told us") }}: "{{ share|percent }} is lost",
        and {{ plural(n, one="one partner", other="{} partners") }} agree.
      ar: >-
        {{ gender(who, feminine="قالت", masculine="قال") }} إن {{ share|percent }} ضاع، و{{ plural(n, zero="لا شريك",
        one="شريك", two="شريكان", few="{} شركاء", many="{} شريكا", other="{} شريك") }} متفقون.
    variants: {b: {wording: {en-GB: "100% lost.\\nSee \\\\o/ \\"here\\"."}}}
releases:
  - {id: launch, message: lost-ground, channels: [post], at: 2027-01-12T18:30}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(DOCUMENT, "utf-8")
    return tmp_path


def made(locale: str = "ar", source: str = "en-GB") -> polib.POFile:
    return catalogue(load([Path("c.yaml")], Settings()), locale, source)


def test_every_text_that_goes_out_has_an_entry(folder: Path) -> None:
    """An entry is named by campaign, message and field; forms follow their sentence."""
    assert [entry.msgctxt for entry in made()] == [
        "raqqa-voices/title",
        "raqqa-voices/partners/uk/name",
        "raqqa-voices/partners/uk/help",
        "raqqa-voices/lost-ground/headline",
        "raqqa-voices/lost-ground/wording",
        "raqqa-voices/lost-ground/wording/gender(who)/feminine",
        "raqqa-voices/lost-ground/wording/gender(who)/masculine",
        "raqqa-voices/lost-ground/wording/gender(who)/other",
        "raqqa-voices/lost-ground/wording/plural(n)",
        "raqqa-voices/lost-ground/b/wording",
        "raqqa-voices/lost-ground/map.png/alt",
    ]


def test_forms_stand_in_the_boxes_of_the_language(folder: Path) -> None:
    """The sentence has a mark where forms go; Arabic has six boxes, in the order of its header."""
    entries = {entry.msgctxt.removeprefix("raqqa-voices/lost-ground/"): entry for entry in made()}
    sentence, forms = entries["wording"], entries["wording/plural(n)"]
    assert sentence.msgid == 'She {{ gender(who) }}: "{{ share|percent }} is lost", and {{ plural(n) }} agree.'
    assert sentence.msgstr == "{{ gender(who) }} إن {{ share|percent }} ضاع، و{{ plural(n) }} متفقون."
    assert (forms.msgid, forms.msgid_plural) == ("one partner", "{} partners")
    assert list(forms.msgstr_plural.values()) == ["لا شريك", "شريك", "شريكان", "{} شركاء", "{} شريكا", "{} شريك"]
    assert entries["wording/gender(who)/feminine"].msgstr == "قالت"


def test_a_translator_is_told_what_they_need(folder: Path) -> None:
    """Readers, room, values and where the link leads stand beside the wording."""
    comment = next(entry.comment for entry in made() if entry.msgctxt.endswith("lost-ground/wording"))
    assert "For Young adults (18-24, FR)." in comment
    assert "mastodon: 500 Mastodon characters" in comment
    assert "{{ share }} stands for 0.95." in comment
    headline = next(entry.comment for entry in made() if entry.msgctxt.endswith("lost-ground/headline"))
    assert "Glossary: Daesh is داعش" in headline
    assert "Leads to https://example.org/daesh" in comment
    unread = next(entry.comment for entry in made("tr") if entry.msgctxt.endswith("lost-ground/wording"))
    assert "None of them reads Turkish yet" in unread


def test_what_is_stale_comes_fuzzy(folder: Path) -> None:
    """A translation whose source changed is given back for another look, with its words."""
    document = load([Path("c.yaml")], Settings())[0].document
    words = document.messages[0].wording["ar"]
    mark = marks.mark("en-GB", ("Older",), words)
    text = DOCUMENT.replace("    variants:", f"    translated: {{ar: {{wording: {mark}}}}}\n    variants:")
    (folder / "c.yaml").write_text(text, "utf-8")
    fuzzy = [entry.msgctxt for entry in made() if entry.fuzzy]
    assert [each.rpartition("lost-ground/")[2] for each in fuzzy] == [
        "wording",
        "wording/gender(who)/feminine",
        "wording/gender(who)/masculine",
        "wording/gender(who)/other",
        "wording/plural(n)",
    ]


@pytest.mark.parametrize("locale", [tag for tag in LOCALES if tag != "en-GB"])
def test_other_tools_read_the_same(folder: Path, locale: str) -> None:
    """Babel reads every context, text, form and flag of the file, writes it, and loses nothing of what polib reads."""
    text = f"{made(locale)}\n"
    read = read_po(BytesIO(text.encode()))
    assert read.num_plurals == len(FORMS[locale].categories)
    out = BytesIO()
    write_po(out, read)
    (folder / "babel.po").write_bytes(out.getvalue())

    def facts(file: polib.POFile) -> list[tuple]:
        return [
            (e.msgctxt, e.msgid, e.msgid_plural, e.msgstr, e.msgstr_plural, " ".join(e.comment.split()), e.fuzzy)
            for e in sorted(file, key=lambda each: each.msgctxt)
        ]

    ours = polib.pofile(text)
    assert facts(polib.pofile(str(folder / "babel.po"))) == facts(ours)
    assert facts(ours) == facts(made(locale))


@pytest.mark.parametrize("locale", [tag for tag in LOCALES if tag != "en-GB"])
def test_gettext_itself_takes_the_file(folder: Path, locale: str) -> None:
    """The reference tool finds no fault with syntax, header or plural rule."""
    if not (msgfmt := shutil.which("msgfmt")):
        pytest.skip("msgfmt is not there; as root on Debian: apt-get install gettext")
    (folder / "out.po").write_text(f"{made(locale)}\n", "utf-8")
    done = subprocess.run(
        [msgfmt, "--check-format", "--check-domain", "-o", "out.mo", "out.po"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
