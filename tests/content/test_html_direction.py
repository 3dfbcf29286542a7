"""Every block of HTML says its direction itself, because some readers of HTML guess wrongly or not at all."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from content.preview.page import html
from content.preview.prepared import prepare
from content.render import render
from tests.builders.renderings import request

BLOCKS = frozenset(
    {"html", "body", "div", "p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "table", "td", "th", "dl", "dt", "dd"}
)
VALUES = {"ltr", "rtl"}


class Blocks(HTMLParser):
    """Collects the `dir` of every element, and every `<bdi>`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.without: list[str] = []
        self.ways: set[str | None] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        way = dict(attrs).get("dir")
        if tag in BLOCKS | {"bdi", "bdo"}:
            self.ways.add(way)
            if way not in VALUES:
                self.without.append(tag)


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["own", "press"])
@pytest.mark.parametrize("kind", ["smtp", "feed"])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar", "fa", "ckb"])
def test_every_block_of_a_rendering_says_its_direction(
    locale: str, kind: str, options: dict[str, str | int | bool]
) -> None:
    """Mails, entries and press notices never leave a block's direction to be inherited or guessed."""
    wording = {locale: "x {{ who }} {{ phone|phone }}"}
    values = {"who": "@UKfacts", "phone": "+44 20 7946 0958"}
    part = render(request(locale, kind, options=options, wording=wording, values=values)).parts[0]
    blocks = Blocks(str(part.html))
    assert blocks.without == []
    assert "ltr" in blocks.ways
    assert "\u2066" not in str(part.html)


@pytest.mark.parametrize("kind", ["mastodon", "feed", "smtp", "outbox"])
def test_what_a_preview_draws_says_its_direction(tmp_path: Path, kind: str) -> None:
    """On the page every paragraph of a rendering has its own direction, and no element asks for a guess."""
    page = html([prepare("launch", request("ar", kind))], "Preview")
    drawn = page.partition('<div class="drawn')[2].partition('<div class="meters')[0]
    blocks = Blocks(f'<div class="drawn{drawn}')
    assert [tag for tag in blocks.without if tag in {"p", "h4", "bdi"}] == []
    assert "auto" not in blocks.ways
