"""Renderings: what stands in every one of them, in each language and on each kind of channel."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from campaigns.documents import schema
from content import cards
from content.errors import TemplateFault
from content.render import fingerprint, render
from tests.builders.renderings import FR_NAME, HEADLINE, PARTNERS, UK_NAME, WORDING, picture, request

LOCALES = ["en-GB", "fr-FR", "ar"]
KINDS = ["mastodon", "outbox", "webhook", "smtp", "feed"]
URL = re.compile(r"https?://[^\s\"<]+")
NUMBER = re.compile(r"\d+")
CLIPPED = 102_000  #: octets: larger mails are cut off


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["own", "press"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_rendering_says_who_speaks(locale: str, kind: str, options: dict[str, str | int | bool]) -> None:
    """Issuer, partner, help line where there is one, and tagged link stand in every text; the link is the last line."""
    part = render(request(locale, kind, options=options)).parts[0]
    assert UK_NAME[locale] in part.text
    assert FR_NAME[locale] in part.text
    assert ("0800" in part.text) is (locale != "fr-FR")
    assert part.text.splitlines()[-1] == part.link
    assert (
        f"utm_source=uk-{kind}&utm_medium={kind}&utm_campaign=raqqa-voices&utm_content=lost-ground-a-{locale}"
        in str(part.link)
    )
    assert "74" in part.text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        pytest.param(
            "en-GB",
            "Daesh lost its ground. 74 partners stand together.\n\n"
            "Issued by: UK government. With: French government.\nHelp and advice: 0800 789 321, 24/7\n\n"
            "https://example.org/daesh?utm_source=uk-mastodon&utm_medium=mastodon&utm_campaign=raqqa-voices"
            "&utm_content=lost-ground-a-en-GB",
            id="en-GB",
        ),
        pytest.param(
            "fr-FR",
            "Daech a perdu du terrain. 74 partenaires sont unis.\n\n"
            "Publié par\xa0: Gouvernement britannique. Avec\xa0: Gouvernement français.\n\n"
            "https://example.org/daesh?utm_source=uk-mastodon&utm_medium=mastodon&utm_campaign=raqqa-voices"
            "&utm_content=lost-ground-a-fr-FR",
            id="fr-FR",
        ),
        pytest.param(
            "ar",
            "خسر داعش أرضه. يقف 74 شريكا معا.\n\n"
            "صادر عن: حكومة المملكة المتحدة. بالشراكة مع: الحكومة الفرنسية.\n"
            "للمساعدة والمشورة: \u20660800\xa0789\xa0321\u2069، 24/7\n\n"
            "https://example.org/daesh?utm_source=uk-mastodon&utm_medium=mastodon&utm_campaign=raqqa-voices"
            "&utm_content=lost-ground-a-ar",
            id="ar",
        ),
    ],
)
def test_a_post_reads_like_this(locale: str, text: str) -> None:
    """A post is its wording, the attribution with the help line, and the link, with an empty line between them."""
    rendering = render(request(locale))
    assert rendering.parts[0].text == text
    assert rendering.parts[0].headline is None
    assert rendering.direction == ("rtl" if locale == "ar" else "ltr")


@pytest.mark.parametrize(
    ("kind", "changes", "card"),
    [
        pytest.param("bluesky", {}, True, id="as it is"),
        pytest.param("bluesky", {"headline": {"fr-FR": "Un titre"}}, False, id="no headline of this language"),
        pytest.param("bluesky", {"link": None}, False, id="nothing that it could lead to"),
        pytest.param("bluesky", {"media": (picture(),)}, False, id="a picture stands in its place"),
        pytest.param("mastodon", {}, False, id="the network makes it"),
        pytest.param("bluesky", {"options": {"template": "press"}}, False, id="a notice has its title above"),
    ],
)
def test_a_post_with_a_link_has_a_card_where_its_network_makes_none(kind: str, changes: dict, card: bool) -> None:
    """The card of a link has the message's own headline, never a title that stands in for it."""
    asked = request("ar", kind, **changes)
    part = render(asked).parts[0]
    found = cards.title(kind, asked.channel.options, part.headline, part.link)
    assert found == (HEADLINE["ar"] if card else None)
    assert (part.headline is None) is (not card and "options" not in changes)


@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["email", "press"])
@pytest.mark.parametrize("locale", LOCALES)
def test_mail_says_the_same_in_both_parts(locale: str, options: dict[str, str | int | bool]) -> None:
    """The HTML part has the links and the numbers of the text part, and is small enough not to be clipped."""
    part = render(request(locale, "smtp", options=options)).parts[0]
    assert part.html is not None
    body = part.html[part.html.index("<body") :]
    words = unescape(re.sub(r"<[^>]*>", " ", body)).replace("\u2066", "").replace("\u2069", "")
    assert set(URL.findall(unescape(body))) == set(URL.findall(part.text))
    assert set(NUMBER.findall(words)) == set(NUMBER.findall(URL.sub("", part.text)))
    assert len(part.html.encode()) < CLIPPED
    assert part.headline == HEADLINE[locale]


class Blocks(HTMLParser):
    """Collects the elements that hold text, with their attributes, and every element's name."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[dict[str, str | None]] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag in {"html", "body", "div", "p", "h1", "h2", "table", "td"}:
            self.blocks.append(dict(attrs))


@pytest.mark.parametrize("kind", ["smtp", "feed"])
@pytest.mark.parametrize("options", [{}, {"template": "press"}], ids=["own", "press"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_block_has_language_and_direction(locale: str, options: dict[str, str | int | bool], kind: str) -> None:
    """Mail readers strip what is outside: each block says its own language and direction, and there is no script."""
    html = render(request(locale, kind, options=options)).parts[0].html
    assert html is not None
    found = Blocks()
    found.feed(html)
    direction = "rtl" if locale == "ar" else "ltr"
    assert len(found.blocks) >= 4
    assert all(block.get("lang") == locale and block.get("dir") == direction for block in found.blocks)
    assert not found.names & {"script", "img", "link", "iframe"}
    assert "left" not in html or direction == "ltr"


def test_feed_entries_are_well_formed() -> None:
    """The HTML of a feed entry is XML, so that it can stand inside a feed."""
    html = render(request("ar", "feed", values={"partners_in_coalition": "<74> & more"})).parts[0].html
    assert html is not None
    text = "".join(ET.fromstring(html).itertext())  # noqa: S314 (our own output)
    assert "<74> & more" in text


def test_values_cannot_become_markup() -> None:
    """A value, a name and a headline stay text in the HTML part."""
    evil = "<script>alert(1)</script>"
    partners = {"uk": schema.Partner(name={"en-GB": evil}, help={"en-GB": evil}), "fr": PARTNERS["fr"]}
    changes = {"values": {"partners_in_coalition": evil}, "headline": {"en-GB": evil}, "partners": partners}
    part = render(request("en-GB", "smtp", **changes)).parts[0]
    assert "<script" not in str(part.html)
    assert evil in part.text


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        pytest.param({}, "Daesh lost its ground", id="its-own"),
        pytest.param({"headline": {}}, "Voices of Raqqa", id="title"),
        pytest.param({"headline": {}, "title": {}}, "raqqa-voices", id="id"),
    ],
)
def test_headline_falls_back(changes: dict[str, dict[str, str]], headline: str) -> None:
    """A mail's subject is the message's headline, else the campaign's title, else its id."""
    assert render(request("en-GB", "smtp", **changes)).parts[0].headline == headline


@pytest.mark.parametrize(
    ("locale", "changes"),
    [
        pytest.param("fr-FR", {"wording": {"en-GB": "Hello"}}, id="no-wording"),
        pytest.param("en-GB", {"variant": "c"}, id="no-such-variant"),
        pytest.param("en-GB", {"values": {}}, id="no-value"),
        pytest.param(
            "en-GB", {"wording": {"en-GB": "{% if partners_in_coalition > 99 %}x{% endif %}"}}, id="comes-out-empty"
        ),
    ],
)
def test_nothing_to_say_gives_an_empty_part(locale: str, changes: dict[str, object]) -> None:
    """Where there is nothing to say there is an empty part, without attribution, and no error."""
    part = render(request(locale, **changes)).parts[0]
    assert (part.text, part.html, part.link) == ("", None, None)


def test_a_variant_says_its_own_words() -> None:
    """Variant b has its own wording, and its own tag."""
    variants = {"b": schema.Variant(wording={"en-GB": "Raqqa speaks. {{ partners_in_coalition }}"})}
    part = render(request("en-GB", variant="b", variants=variants)).parts[0]
    assert part.text.startswith("Raqqa speaks. 74")
    assert str(part.link).endswith("utm_content=lost-ground-b-en-GB")


def test_a_message_without_link_ends_with_its_attribution() -> None:
    """Where there is no link, none is printed and no label for one."""
    part = render(request("en-GB", "smtp", link=None)).parts[0]
    assert part.link is None
    assert part.text.endswith("Help and advice: 0800 789 321, 24/7")
    assert "<a " not in str(part.html)


def test_a_partner_without_a_name_is_its_id_in_capitals() -> None:
    """A partner is always visible, if only by its id."""
    partners = {"uk": schema.Partner(), "fr": schema.Partner(name={"fr-FR": "France"})}
    assert "Issued by: UK. With: FR." in render(request("en-GB", partners=partners)).parts[0].text


def test_one_partner_stands_alone() -> None:
    """A single government has no partner line."""
    assert "Issued by: UK government.\n" in render(request("en-GB", partners={"uk": PARTNERS["uk"]})).parts[0].text


@pytest.mark.parametrize(
    ("locale", "count", "words"),
    [
        pytest.param("en-GB", 74, "With: 73 partners.", id="en-GB"),
        pytest.param("fr-FR", 74, "Avec\xa0: 73 partenaires.", id="fr-FR"),
        pytest.param("ar", 74, "بالشراكة مع: 73 شريكا.", id="ar-many"),
        pytest.param("ar", 9, "بالشراكة مع: 8 شركاء.", id="ar-few"),
        pytest.param("ar", 101, "بالشراكة مع: 100 شريك.", id="ar-other"),
    ],
)
def test_many_partners_are_counted_in_a_post_and_named_in_a_mail(locale: str, count: int, words: str) -> None:
    """A post counts more than four partners in the locale's grammar; a mail names them all."""
    partners = {"uk": PARTNERS["uk"], **{f"p{number}": schema.Partner() for number in range(count - 1)}}
    assert words in render(request(locale, partners=partners)).parts[0].text
    mail = render(request(locale, "smtp", partners=partners)).parts[0].text
    assert all(f"P{number}" in mail for number in range(count - 1))


def test_workspace_templates_win(tmp_path: Path) -> None:
    """A template of the workspace replaces ours, is seen when it changes, and goes through the same rules."""
    own = tmp_path / "post" / "text.j2"
    own.parent.mkdir()
    asked = request("en-GB", templates=tmp_path)
    before = render(asked).parts[0].text, fingerprint(asked)
    own.write_text("{{ attribution }}\n{{ text }}\n", "utf-8")
    after = render(asked).parts[0].text, fingerprint(asked)
    assert after[0].startswith("Issued by: UK government.")
    assert before[0] != after[0]
    assert before[1] != after[1]
    own.write_text("{{ text.__class__ }}", "utf-8")
    with pytest.raises(TemplateFault, match="attribute") as caught:
        render(asked)
    assert caught.value.template == "templates/post/text.j2"
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateFault, match="cannot be read"):
        render(asked)


@pytest.mark.parametrize(
    "wording",
    [
        pytest.param("a\x00b", id="nul"),
        pytest.param("a\x1bb", id="escape"),
        pytest.param("a\uffffb", id="noncharacter"),
    ],
)
def test_characters_that_no_channel_may_carry_are_refused(wording: str) -> None:
    """Control characters, which XML cannot hold, are named and refused."""
    with pytest.raises(TemplateFault, match=r"'lost-ground/en-GB' holds"):
        render(request("en-GB", wording={"en-GB": wording}))


def test_unknown_template_option_is_refused() -> None:
    """A channel may ask for its own family or for press, nothing else."""
    with pytest.raises(TemplateFault, match="cannot use the template"):
        render(request("en-GB", options={"template": "../secret"}))


def test_rendering_is_the_same_every_time() -> None:
    """The same request gives the same bytes and the same fingerprint."""
    assert render(request("ar", "smtp")) == render(request("ar", "smtp"))
    assert fingerprint(request("ar", "smtp")) == fingerprint(request("ar", "smtp"))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(request("fr-FR"), id="locale"),
        pytest.param(request("en-GB", "outbox"), id="channel"),
        pytest.param(request("en-GB", options={"template": "press"}), id="options"),
        pytest.param(request("en-GB", wording={**WORDING, "ar": "آخر"}), id="another-wording"),
        pytest.param(request("en-GB", values={"partners_in_coalition": 75}), id="value"),
        pytest.param(request("en-GB", link="https://example.org/other"), id="link"),
        pytest.param(request("en-GB", issuer="fr"), id="issuer"),
        pytest.param(request("en-GB", partners={"uk": PARTNERS["uk"]}), id="partners"),
        pytest.param(request("en-GB", title={"en-GB": "Other"}), id="title"),
        pytest.param(request("en-GB", variant="b"), id="variant"),
        pytest.param(request("en-GB", media=(picture(),)), id="media"),
        pytest.param(request("en-GB", waive=[{"check": "too-long", "because": "quoted"}]), id="waiver"),
    ],
)
def test_whatever_matters_changes_the_fingerprint(changed: object) -> None:
    """Everything that a rendering or its findings depend on is in the fingerprint."""
    assert fingerprint(changed) != fingerprint(request("en-GB"))  # type: ignore[arg-type]
