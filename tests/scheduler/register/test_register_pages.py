# ruff: noqa: E501 (sentences of a page stand whole)
"""The pages of the register: every publication is found on them, in three languages, and nothing on them runs."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from scheduler.register import pages
from scheduler.register.entries import Retraction, without_text
from scheduler.register.words import LANGUAGES
from tests.builders import copies


def made(entries) -> dict[str, str]:
    """Return the pages by path."""
    return {page.path: page.render() for page in pages.site(entries, rehearsal=False).pages}


@pytest.fixture(name="site", scope="module")
def _site() -> dict[str, str]:
    """Give the pages of a register with 620 entries."""
    return made(copies.entries(620))


class _Links(HTMLParser):
    """Gathers where a page leads, and the places in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.tags.add(tag)
        self.links += [said["href"]] if tag in {"a", "link"} else []
        self.ids += [said["id"]] if "id" in said else []
        assert not [name for name in said if name.startswith("on")]


def parsed(page: str) -> _Links:
    """Return what a page holds."""
    found = _Links()
    found.feed(page)
    return found


def test_every_publication_is_found(site):
    """Each stands once on a page of its month, and on a list of its channel and of its campaign."""
    months = [page for path, page in site.items() if re.match(r"fr/2027-\d\d-\d+\.html", path)]
    lists = [page for path, page in site.items() if re.match(r"fr/(channel|campaign)-", path)]

    assert sum(page.count("<article ") for page in months) == 620
    assert sum(page.count('<th scope="row">') for page in lists) == 2 * 620
    assert max(page.count("<article ") for page in months) <= pages.A_MONTH_PAGE


def test_every_link_inside_leads_somewhere(site):
    """No page and no place on a page is missing."""
    places = {path: parsed(page) for path, page in site.items()}
    known = {"register.css", "register.json", "register.dsse.json", "register.keys.json", "register.schema.json"}
    for path, page in places.items():
        for link in page.links:
            if link.startswith("https://"):
                continue
            target, _, place = link.partition("#")
            base = path.rpartition("/")[0]
            name = (
                path
                if not target
                else target.removeprefix("../")
                if target.startswith("../")
                else f"{base}/{target}".lstrip("/")
            )
            assert name in site or name in known, (path, link)
            assert not place or place in places[name].ids, (path, link)
    assert not {"script", "img", "iframe", "form", "object"} & set().union(*(page.tags for page in places.values()))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_keeps_its_language_and_direction(site, code):
    """Whatever the page's own language, a text runs as it is written."""
    page = site[f"{code}/2027-01-1.html"]

    assert f'<html lang="{LANGUAGES[code].language}" dir="{LANGUAGES[code].direction}">' in page
    assert '<blockquote lang="en-GB" dir="ltr">' in page
    assert '<blockquote lang="ar" dir="rtl">' in site[f"{code}/2027-03-1.html"]


def test_no_word_is_forgotten_in_a_language():
    """Each language has a word for every reason code, and none is empty or left in English."""
    english = LANGUAGES["en"]
    for words in LANGUAGES.values():
        assert all(getattr(words, name) for name in vars(words))
        same = {name for name in vars(words) if getattr(words, name) == getattr(english, name)}
        assert words is english or same <= {"direction", "count", "pages"}


def test_what_a_text_says_does_nothing():
    """A text with tags in it is a text."""
    entry = copies.entry(1, "<script>alert(1)</script> & <b>Daesh</b>", warning="<i>", link='https://a.example/"><b>')
    page = made([entry])["en/2027-02-1.html"]

    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;Daesh&lt;/b&gt;" in page


def test_a_tombstone_says_who_when_and_why():
    """What was said is not repeated where the reason does not allow it; the place where it stood remains."""
    taken = Retraction("fr", "safety", "2027-03-01T10:00:00Z", "2027-03-01T10:00:05Z")
    entry = without_text(replace(copies.entry(1, "Amal tells her story."), retraction=taken))
    site = made([entry])

    assert (
        "Taken down on 1 March 2027, 11:00 (Central European Standard Time) by France. It could have put somebody in danger."
        in site["en/2027-02-1.html"]
    )
    assert "Retiré le 1 mars 2027, 11:00" in site["fr/2027-02-1.html"]
    assert "Amal" not in "".join(site.values())
    assert "withdrawn-1.html" in site["ar/index.html"]


def test_a_correction_and_what_it_corrects_lead_to_each_other():
    """Both ways, across months."""
    first, second = copies.entry(1, "Daesh lost 1,500 villages."), copies.entry(2, "Daesh lost 1,400 villages.")
    site = made([replace(first, corrected_by=(second.id,)), replace(second, corrects=first.id)])

    assert f'href="2027-03-1.html#e-{second.id}"' in site["en/2027-02-1.html"]
    assert f'href="2027-02-1.html#e-{first.id}"' in site["en/2027-03-1.html"]


def test_a_full_page_never_changes_again():
    """What is added later stands on later pages: a page is made from its own entries alone."""
    entries = [
        copies.entry(number, f"Daesh lost {number} villages.", published="2027-01-01T00:00:00Z")
        for number in range(220)
    ]
    first = {page.path: page.made_from for page in pages.site(entries[:210], rehearsal=False).pages}
    second = {page.path: page.made_from for page in pages.site(entries, rehearsal=False).pages}
    changed = {path for path in second if first.get(path) != second[path]}

    assert {"en/2027-01-1.html", "en/2027-01-2.html"} & changed == set()
    assert {"en/2027-01-3.html", "en/index.html"} <= changed
