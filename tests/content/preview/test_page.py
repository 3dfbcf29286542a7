"""Previews on a page."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from content.check import Finding, Severity
from content.containers.facts import Facts
from content.hash_lists import Compared, Match
from content.preview.page import html
from content.preview.prepared import Preview, prepare
from content.rendering import CaptionFile
from tests.builders import previews as builder
from tests.builders.renderings import DIGEST, picture, request

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every *tag*."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        """All that it says."""
        return " ".join(" ".join(self.text).split())


def shown(*previews: Preview, media: Path | None = None) -> Page:
    """Return the page of *previews*."""
    return Page(html(previews, "Preview", media))


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    """The page has no script, loads nothing, and says so in its policy."""
    page = shown(*builder.gallery(tmp_path), media=tmp_path)
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "link", "object", "embed", "form"}
    policies = [each["content"] for each in page.all("meta") if each.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


@pytest.mark.parametrize("drawn", builder.DRAWN)
def test_each_text_has_language_and_direction(drawn: str) -> None:
    """Every drawn text carries its language and its direction."""
    page = shown(*(builder.clean(drawn, locale) for locale in builder.LOCALES))
    said = {(attributes.get("lang"), attributes.get("dir")) for _, attributes in page.elements}
    assert {("en-GB", "ltr"), ("fr-FR", "ltr"), ("ar", "rtl")} <= said


def test_mail_stands_in_a_frame_that_can_do_nothing() -> None:
    """The HTML part of a mail is shown in a sandbox, whole and unchanged, and is nowhere else on the page."""
    preview = builder.clean("mail")
    page = html([preview], "Preview")
    frames = Page(page).all("iframe")
    assert [frame["sandbox"] for frame in frames] == [""]
    assert frames[0]["srcdoc"] == preview.rendering.parts[0].html
    assert page.count("<html") == 1


def test_nothing_that_a_person_wrote_becomes_markup(tmp_path: Path) -> None:
    """Names, texts, alt texts, accounts, findings, reasons and file names are escaped wherever they stand."""
    asked = request(
        "en-GB",
        "outbox",
        wording={"en-GB": EVIL},
        headline={"en-GB": EVIL},
        values={"x": 1},
        media=(picture(alt=EVIL, file='"><script>.png', digest="", kind=EVIL),),
        waive=[{"check": "missing-media", "because": EVIL}],
        title={"en-GB": EVIL},
    )
    found = Finding(EVIL, Severity.WARN, EVIL, EVIL, span=(0, 9), fix=EVIL)
    preview = prepare(EVIL, asked, digest=EVIL, leave=(EVIL,))
    page = html([replace(preview, findings=(*preview.findings, found))], EVIL, tmp_path, EVIL)
    assert "<script" not in page
    assert "onerror" in page
    assert not [tag for tag, _ in Page(page).elements if tag in {"script", "img"}]


def test_counts_digest_and_leave_are_shown() -> None:
    """A rendering shows how much of its room it takes, its digest, and what is signed with it."""
    preview = prepare("launch", request("en-GB"), digest=DIGEST, leave=("Allowed in the blackout.",))
    words = shown(preview).words
    assert "of 500 Mastodon characters" in words
    assert f"sha256 {DIGEST}" in words
    assert "Leave: Allowed in the blackout." in words


@pytest.mark.parametrize("drawn", builder.DRAWN)
def test_findings_stand_in_the_text_and_beside_it(drawn: str) -> None:
    """A finding with a place is marked there; the list leads to it and says remedy, better words, reason."""
    page = shown(builder.faulty(drawn))
    places = [each["id"] for each in page.all("span") if each.get("class") == "anchor"]
    led = [each["href"] for each in page.all("a") if "-at-" in str(each["href"])]

    assert sorted(f"#{place}" for place in places) == sorted(led)
    assert len(places) == len(set(places)) == 6
    assert {each["class"] for each in page.all("mark")} == {"block", "warn", "waived"}
    for said in ("Write the other name.", "Better:", "Because: A quotation, verbatim.", "May not go out"):
        assert said in page.words


def test_what_would_better_not_stand_there_is_named_though_nobody_sees_it() -> None:
    """A space that a finding would take away is shown by its number."""
    preview = builder.clean("post")
    at = preview.rendering.parts[0].text.index(" ")
    found = Finding("some", Severity.WARN, "A blank.", "Delete it.", span=(at, at + 1), fix="")
    assert "Better without: U+0020" in shown(replace(preview, findings=(found,))).words


def test_the_summary_counts_how_the_renderings_stand() -> None:
    """At the top: how many there are, how many are ready, to look at and blocked, and a way to each blocked one."""
    ready, blocked = builder.clean("post"), builder.faulty("post", "fr-FR")
    doubted = replace(ready, name="doubted", findings=(builder.DOUBTED,))
    page = shown(ready, doubted, blocked)

    assert "3 renderings: 1 ready, 1 to look at, 1 may not go out as it is." in page.words
    headings = {each["id"] for each in page.all("h4")}
    assert [each["href"] for each in page.all("a") if each["href"] in {f"#{name}" for name in headings}] == ["#m1-1-3"]


def test_headings_and_landmarks_lead_through_the_page() -> None:
    """Messages are second, channels third, languages fourth; a heading names each section; contents list all."""
    page = shown(
        *(
            builder.clean(drawn, locale, id=f"message-{drawn[0]}")
            for drawn in ("mail", "post")
            for locale in builder.LOCALES
        )
    )
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3", "h4"}]
    ids = {attributes.get("id") for _, attributes in page.elements}

    assert levels == [1, 2, 2, 3, 4, 4, 4, 2, 3, 4, 4, 4]
    assert all(each["aria-labelledby"] in ids for tag in ("section", "article", "nav") for each in page.all(tag))
    assert [each["href"] for each in page.all("a")][:3] == ["#messages", "#m1", "#m2"]
    assert len(page.all("main")) == len(page.all("nav")) == 1


def test_a_picture_is_embedded_once_and_described_each_time(tmp_path: Path) -> None:
    """Where the folder is known, a picture stands in the page itself; what shows it twice does not hold it twice."""
    (tmp_path / "map.png").write_bytes(builder.PNG)
    asked = [prepare(locale, request(locale, media=(picture(locale),))) for locale in builder.LOCALES]
    page = html(asked, "Preview", tmp_path)
    assert [each["alt"] for each in Page(page).all("img")] == ["A map of Raqqa.", "Une carte de Raqqa.", "خريطة الرقة."]
    assert page.count("data:image/png;base64,iVBOR") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"digest": "", "size": 0}, "not there", id="missing"),
        pytest.param({"size": 9_000_000}, "9.0 MB", id="too-large"),
        pytest.param({"kind": "video/mp4", "size": 31_000_000}, "video/mp4, 31.0 MB", id="video"),
        pytest.param({"kind": "image/svg+xml"}, "image/svg+xml", id="may-hold-script"),
        pytest.param(
            {"compared": Compared((Match("lists/known.csv:3", "pdq", 12),))},
            "Not shown: it is on a list of known content.",
            id="known-content",
        ),
        pytest.param(
            {"kind": "video/mp4", "facts": Facts(1280, 720, 42.2), "captions": CaptionFile("film.en.vtt", "ab" * 32)},
            "1,280 × 720 pixels, 42 s) Alt text (15 of 1,500 characters) A map of Raqqa. Captions film.en.vtt",  # noqa: RUF001 (as written)
            id="film-with-captions",
        ),
        pytest.param({"kind": "video/mp4"}, "Captions none", id="film-without-captions"),
    ],
)
def test_what_is_not_embedded_is_named(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    """A file that is missing, large, of another kind or listed stands there by name, kind, size and words."""
    (tmp_path / "map.png").write_bytes(builder.PNG)
    page = shown(prepare("launch", request("en-GB", media=(picture(**changes),))), media=tmp_path)
    assert not page.all("img")
    assert said in page.words
    assert "A map of Raqqa." in page.words


def test_a_text_message_shows_its_parts() -> None:
    """Each part that is sent and paid for is a bubble, with its number, and the alphabet that makes it so short."""
    words = shown(builder.clean("text message", "fr-FR")).words
    assert "Part 1 of 5" in words
    assert "Part 5 of 5" in words
    assert "units of the 16-bit alphabet (UCS-2); sent in 5 parts, which the telephone joins." in words


def test_an_inbox_shows_sender_subject_and_first_words() -> None:
    """A mail is shown closed, as the inbox lists it, and open."""
    page = shown(builder.clean("mail"))
    assert {"sender", "subject", "preheader"} <= {each.get("class") for each in page.all("span")}
    assert "In the inbox" in page.words


def test_the_marking_stands_at_the_top_and_at_the_foot() -> None:
    """How the page is to be handled is said where it begins and where it ends; unmarked, nothing is said."""
    marked = Page(html([builder.clean("post")], "Preview", None, "OFFICIAL: draft"))
    assert marked.words.count("OFFICIAL: draft") == 2
    assert "marking" not in {each.get("class") for each in shown(builder.clean("post")).all("p")}


def test_nothing_to_say_is_shown_as_such() -> None:
    """A missing wording is drawn as an empty frame, not left out."""
    assert "Nothing would be said here." in shown(prepare("launch/ckb", request("ckb"))).words
