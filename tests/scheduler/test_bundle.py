"""The review bundle: whole, exact, and refused when anything in it is not what would go out."""

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.errors import CordialeError, InvalidDocument, NotTrusted, Refused
from campaigns.signoff import statement
from scheduler import roster
from scheduler.bundle import pack as bundles
from scheduler.bundle.contents import Paper
from scheduler.bundle.pages import LANGUAGES, pages, words
from scheduler.releases.outgoing import canonical as form_of
from scheduler.review import comments, show
from scheduler.review.selection import Selection
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import DUE, EDITED, PNG, document, imported, made_bundle, signed_elsewhere


@pytest.fixture
def booked(workspace: Workspace) -> Workspace:
    """Give a workspace with two drafts."""
    workspace.apply(document())
    return workspace


def unpacked(pack: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(pack) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_every_page_shows_what_is_signed(booked: Workspace, tmp_path: Path):
    """The pages in the three languages, and the drawings, hold the words and the digest of every release."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    found, _ = bundles.read(pack)
    files = unpacked(pack)

    assert {digest for _, digest in found.releases} == {row["digest"] for row in booked.rows().values()}
    for page in ("en.html", "fr.html", "ar.html", "preview.html"):
        text = files[page].decode()
        assert all(outgoing.parts[0].text.splitlines()[0] in text for outgoing, _ in found.releases), page
        assert all(digest in text for _, digest in found.releases), page
    assert '<html lang="ar" dir="rtl">' in files["ar.html"].decode()
    assert all(f'href="{language}.html"' in files["index.html"].decode() for language in LANGUAGES)


def test_every_language_says_everything():
    """A sentence that one language has, the others have, with the same values in it."""
    said = {language: words(language) for language in LANGUAGES}
    values = {
        language: {name: sorted(re.findall(r"{(\w+)}", each)) for name, each in found.items() if isinstance(each, str)}
        for language, found in said.items()
    }

    assert values["fr"] == values["en"] == values["ar"]
    assert said["fr"]["fields"].keys() == said["en"]["fields"].keys() == said["ar"]["fields"].keys()
    assert set(said["ar"]["releases_plural"]) == {"zero", "one", "two", "few", "many", "other"}


def test_the_same_review_makes_the_same_bytes(booked: Workspace, tmp_path: Path):
    """Two officials who compare a checksum compare what is in it, whenever each was made."""
    one, two = (made_bundle(booked, tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))

    assert one == two


def test_the_statement_says_what_an_approval_says(booked: Workspace, tmp_path: Path):
    """Each partner that is asked finds its statement: in canonical form, over exactly its releases."""
    booked.approve("uk", pick=Selection(releases=("r1",)))
    pack = made_bundle(booked, tmp_path / "for-both.zip")
    found, files = bundles.read(pack)[0], unpacked(pack)
    said = {each: statement.parse(files[f"statement.{each}.json"]) for each in ("uk", "fr")}

    assert {each: len(one.subjects) for each, one in said.items()} == {"uk": 1, "fr": 2}
    assert said["fr"].subjects == tuple(sorted(found.subjects("fr"), key=lambda each: each.id))
    assert {(each.decision, each.campaign) for each in said.values()} == {("approve", "voices")}


def test_what_changed_and_what_was_said_travels(booked: Workspace, tmp_path: Path):
    """The reader sees, word by word, what changed since their own last signature, and the comments on the wording."""
    booked.approve("fr")
    booked.apply(document(messages=EDITED))
    with booked.transaction() as connection:
        comments.add(connection, "voices", "m1", "en-GB", person="luc", text="Which <villages>?", at=DUE)
    files = unpacked(made_bundle(booked, tmp_path / "for-paris.zip"))

    for page in ("en.html", "fr.html", "ar.html"):
        text = files[page].decode()
        assert "<del>" in text
        assert "<bdi>other</bdi></ins>" in text
        assert "Which &lt;villages&gt;?" in text
    assert "What changed since FRENCH" not in files["en.html"].decode()
    assert "What changed since French Government (fr-officer) approved it on" in files["en.html"].decode()
    assert "depuis que Gouvernement français (fr-officer)" in files["fr.html"].decode()


def test_what_cannot_be_taken_down_says_so_before_it_is_signed(booked: Workspace, tmp_path: Path):
    """Of every kind of channel the three pages and the terminal say whether what it delivers is out for good."""
    bundle, _ = bundles.read(made_bundle(booked, tmp_path / "for-paris.zip"))
    lasting = {kind for kind in roster.KINDS if not roster.capabilities(kind).can_retract}
    said: dict[str, set[str]] = {"terminal": set(), **{f"{language}.html": set() for language in LANGUAGES}}
    for kind in roster.KINDS:
        out = replace(bundle.papers[0].outgoing, kind=kind, options={})
        paper = Paper(
            **{name: getattr(bundle.papers[0], name) for name in Paper.model_fields if name != "form"},
            form=form_of(out).decode(),
        )
        shown = pages(bundle.model_copy(update={"papers": [paper]}))
        for language in LANGUAGES:
            if words(language)["lasting"] in shown[f"{language}.html"].decode():
                said[f"{language}.html"].add(kind)
        if any("Cannot be retracted" in line for line in show.words(out)):
            said["terminal"].add(kind)

    assert lasting
    assert said == dict.fromkeys(said, lasting)


def test_a_part_of_a_bundle_can_be_signed(booked: Workspace, tmp_path: Path):
    """What is picked is signed, the rest stays open; a name that is not there signs nothing."""
    found, _ = bundles.read(made_bundle(booked, tmp_path / "for-paris.zip"))
    part = found.part(Selection(releases=("r2",)))
    effect = imported(booked, bundles.sign(part, "fr", booked.key("fr"), "approve", ""))
    booked.approve("uk")

    assert effect.waiting == 1
    assert booked.states() == {"r1": "draft", "r2": "scheduled"}
    with pytest.raises(Refused, match="no release 'r3'"):
        found.part(Selection(releases=("r3",)))


def test_a_bundle_is_nothing_to_a_partner_it_does_not_ask(booked: Workspace, tmp_path: Path):
    """A signature that nobody asked for is not made."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    with pytest.raises(NotTrusted, match="asks de for a signature"):
        bundles.sign(bundles.read(pack)[0], "de", booked.key("fr"), "approve", "")


def rewritten(pack: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Rewrite the files of a bundle."""
    files = unpacked(pack)
    change(files)
    with zipfile.ZipFile(pack, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return pack


def other_campaign(files: dict[str, bytes]) -> None:
    files["bundle.json"] = files["bundle.json"].replace(b'"as_of":', b'"as_of":', 1)
    index = json.loads(files["bundle.json"])
    files["bundle.json"] = canonical({**index, "campaign": "others"})


def canonical(index: dict) -> bytes:
    return json.dumps(index, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def other_words(files: dict[str, bytes]) -> None:
    files["bundle.json"] = files["bundle.json"].replace(b"villages", b"cities!!")


def other_spelling(files: dict[str, bytes]) -> None:
    index = json.loads(files["bundle.json"])
    for paper in index["papers"]:
        paper["form"] = json.dumps(json.loads(paper["form"]))
    files["bundle.json"] = canonical(index)


def loose_index(files: dict[str, bytes]) -> None:
    files["bundle.json"] = json.dumps(json.loads(files["bundle.json"])).encode()


def other_page(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files[name] = files[name].replace(b"villages", b"cities!!")

    return change


def other_statement(files: dict[str, bytes]) -> None:
    files["statement.fr.json"] = files["statement.fr.json"].replace(b'"campaign":"voices"', b'"campaign":"others"')


def a_script(files: dict[str, bytes]) -> None:
    files["en.html"] += b"<script>alert(1)</script>"


def traversal(files: dict[str, bytes]) -> None:
    files["../../.ssh/authorized_keys"] = b"ssh-ed25519 AAAA"


def another_picture(files: dict[str, bytes]) -> None:
    name = next(each for each in files if each.startswith("media/"))
    files[name] = PNG + b"another"


def no_picture(files: dict[str, bytes]) -> None:
    del files[next(each for each in files if each.startswith("media/"))]


def no_index(files: dict[str, bytes]) -> None:
    del files["bundle.json"]


def no_page(files: dict[str, bytes]) -> None:
    del files["ar.html"]


def other_version(files: dict[str, bytes]) -> None:
    files["bundle.json"] = canonical({**json.loads(files["bundle.json"]), "v": 3})


def nested(files: dict[str, bytes]) -> None:
    files["bundle.json"] = b"[" * 100_000


REFUSED = [
    pytest.param(other_campaign, NotTrusted, "another campaign", id="another-campaigns-name"),
    pytest.param(other_words, NotTrusted, "", id="other-words-in-the-bytes"),
    pytest.param(other_spelling, NotTrusted, "canonical", id="the-same-releases-spelt-otherwise"),
    pytest.param(loose_index, InvalidDocument, "", id="an-index-spelt-otherwise"),
    pytest.param(other_page("en.html"), NotTrusted, "may show other words", id="other-words-on-the-english-page"),
    pytest.param(other_page("ar.html"), NotTrusted, "may show other words", id="other-words-on-the-arabic-page"),
    pytest.param(other_page("preview.html"), NotTrusted, "may show other words", id="other-words-in-the-drawings"),
    pytest.param(a_script, NotTrusted, "may show other words", id="a-script-on-a-page"),
    pytest.param(other_statement, NotTrusted, "does not fit", id="another-campaigns-statement"),
    pytest.param(traversal, NotTrusted, "does not belong", id="a-name-that-leads-out"),
    pytest.param(another_picture, NotTrusted, "not the one that would go out", id="another-picture"),
    pytest.param(no_picture, NotTrusted, "not the one that would go out", id="no-picture"),
    pytest.param(no_page, NotTrusted, "may show other words", id="no-arabic-page"),
    pytest.param(no_index, InvalidDocument, "", id="no-index"),
    pytest.param(other_version, InvalidDocument, "", id="another-version"),
    pytest.param(nested, InvalidDocument, "", id="an-index-nested-without-end"),
]


@pytest.fixture
def pictured(workspace: Workspace) -> Workspace:
    """Give a workspace with two drafts, one of them with a picture."""
    (workspace.settings.media / "map.png").write_bytes(PNG)
    picture = {"media": [{"file": "map.png", "alt": {"en-GB": "A map of the lost villages."}}]}
    workspace.apply(document(messages=[campaigns.message(1, **picture), campaigns.message(2)]))
    return workspace


@pytest.mark.parametrize(("change", "error", "said"), REFUSED)
def test_a_tampered_bundle_is_refused(
    pictured: Workspace,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    error: type[CordialeError],
    said: str,
):
    """A bundle is signed whole and as it was made, or not at all; the refusal says what to do."""
    pack = rewritten(made_bundle(pictured, tmp_path / "for-paris.zip"), change)
    with pytest.raises(error) as refused:
        bundles.read(pack)

    assert said in refused.value.message
    assert refused.value.hint


def test_a_bomb_is_refused_before_it_goes_off(booked: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What unpacks to more than a bundle holds is cut off as it comes, whatever its header says."""
    monkeypatch.setattr(bundles, "LARGEST", 2_000_000)
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    files = unpacked(pack)
    files["bundle.json"] = b" " * 50_000_000
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    raw = pack.read_bytes()
    pack.write_bytes(raw.replace((50_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")))

    with pytest.raises((NotTrusted, InvalidDocument)) as refused:
        bundles.read(pack)
    assert refused.value.hint


def test_pages_of_another_cordiale_are_made_anew(booked: Workspace, tmp_path: Path):
    """What another version drew is not believed; from the bytes in it a bundle is made that can be read and signed."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    fresh = pack.read_bytes()
    rewritten(pack, other_page("fr.html"))
    bundle, media = bundles.read(pack, pages_too=False)
    bundles.write(tmp_path / "new.zip", bundle, media)

    assert (tmp_path / "new.zip").read_bytes() == fresh
    assert bundles.read(tmp_path / "new.zip")[0] == bundle


def test_other_words_in_a_bundle_are_other_digests(booked: Workspace, tmp_path: Path):
    """Whoever makes a whole bundle of other words gets a signature over words that nobody will send."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    files = unpacked(pack)
    other_words(files)
    bundle = bundles.contents.from_bytes(files["bundle.json"])
    bundles.write(pack, bundle, {})
    effect = imported(booked, signed_elsewhere(booked, pack, "fr", tmp_path))

    assert (effect.stale, effect.waiting, effect.scheduled) == (2, 0, 0)
    assert set(booked.states().values()) == {"draft"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="absent"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04 not really", id="half a zip"),
        pytest.param(b"campaign: voices\n", id="a YAML file"),
    ],
)
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, content: bytes | None):
    """A wrong file is named with what to do, whatever is in it."""
    path = tmp_path / "for-paris.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidDocument) as refused:
        bundles.read(path)

    assert "for-paris.zip" in str(refused.value.complaints[0])
    assert refused.value.complaints[0].hint


def test_a_file_that_changed_since_makes_no_bundle(pictured: Workspace, tmp_path: Path):
    """A picture that is no longer the one that was booked is not sent round for a signature."""
    (pictured.settings.media / "map.png").write_bytes(PNG + b"changed")

    with pytest.raises(CordialeError, match=r"map\.png"):
        made_bundle(pictured, tmp_path / "for-paris.zip")
    assert not (tmp_path / "for-paris.zip").exists()


def test_a_template_that_changed_since_changes_nothing_that_is_shown(booked: Workspace, tmp_path: Path):
    """The pages are drawn from the booked bytes, so that no template can show other words than are signed."""
    place = booked.settings.templates / "post"
    place.mkdir(parents=True)
    (place / "text.j2").write_text("{{ attribution }}\nOther words.", "utf-8")
    files = unpacked(made_bundle(booked, tmp_path / "for-paris.zip"))

    assert all(b"Other words." not in data for data in files.values())
