"""Words as signed against words as shown: a platform's known changes are none, everything else is one."""

import pytest

from scheduler.hypertext import Hypertext
from scheduler.shown import compare

SAME = [
    pytest.param("mastodon", "Daesh lost.\n\nRead on.", "Daesh lost.\nRead on.", id="paragraphs"),
    pytest.param(
        "mastodon", "With @cell@example.org today", "With @cell today", id="Mastodon drops a mention's domain"
    ),
    pytest.param("mastodon", "cafe\u0301", "caf\u00e9", id="another form of Unicode"),
    pytest.param(
        "wordpress", 'It\'s "not yet" done', "It\u2019s \u201cnot yet\u201d done", id="WordPress curls quotes"
    ),
    pytest.param("wordpress", "a -- b --- c...", "a \u2013 b \u2014 c\u2026", id="WordPress draws dashes and dots"),
    pytest.param("wordpress", 'Il dit "non" :)', "Il dit \u00ab\u00a0non\u00a0\u00bb 🙂", id="WordPress in French"),
    pytest.param("wordpress", "A 3x3 grid", "A 3\u00d73 grid", id="WordPress multiplies"),
    pytest.param("nothing known", "a  b", "a b", id="white space, on a kind that nothing is known of"),
]
JOINED = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  #: Persian, with a joiner between two of its letters
PARTED = JOINED.replace("\u200c", "")
CHANGED = [
    pytest.param("mastodon", "The job is not yet done.", "The job is done.", "The job is [-not yet-] done.", id="less"),
    pytest.param("bluesky", "It ended.", "It has ended.", "It {+has+} ended.", id="more"),
    pytest.param("bluesky", "74 partners", "47 partners", "[-74-] {+47+} partners", id="another figure"),
    pytest.param("bluesky", JOINED, PARTED, f"[-{JOINED}-] {{+{PARTED}+}}", id="a joiner that went"),
    pytest.param("bluesky", "Daesh", "D\u0430esh", "[-Daesh-] {+D\u0430esh+}", id="a letter of another alphabet"),
    pytest.param("bluesky", 'A "word"', "A \u201cword\u201d", '[-"word"-]', id="what only WordPress may do"),
    pytest.param("bluesky", "With @cell@example.org", "With @cell", "[-@cell@example.org-]", id="the same of Mastodon"),
    pytest.param("matrix", "words", "", "[-words-]", id="nothing is left"),
]


@pytest.mark.parametrize(("kind", "signed", "shown"), SAME)
def test_what_a_platform_is_known_to_do_is_no_difference(kind, signed, shown):
    """The same words in the form that the platform gives them are the same, and have one digest."""
    assert compare.differences(kind, {"text": signed}, {"text": shown}) == []
    assert compare.digest(kind, {"text": signed}) == compare.digest(kind, {"text": shown})


@pytest.mark.parametrize(("kind", "signed", "shown", "line"), CHANGED)
def test_what_was_changed_is_told_with_its_place(kind, signed, shown, line):
    """Other words are a difference, in one line that shows both; their digest is another."""
    (found,) = compare.differences(kind, {"text": signed}, {"text": shown})

    assert found.place == "text"
    assert line in found.line
    assert compare.digest(kind, {"text": signed}) != compare.digest(kind, {"text": shown})


def test_every_place_counts():
    """A link that leads elsewhere, a missing alternative text and an added warning are differences of their own."""
    signed = {"text": "Look.", "links": "https://example.org/a", "alternative text 1": "A map"}
    shown = {"text": "Look.", "links": "https://example.net/a", "warning": "War"}
    found = [str(each) for each in compare.differences("bluesky", signed, shown)]

    assert found == [
        "links: [-https://example.org/a-] {+https://example.net/a+}",
        "alternative text 1: [-A map-]",
        "warning: {+War+}",
    ]


def test_a_place_that_is_empty_on_both_sides_is_none():
    """No warning signed and no warning shown are the same, whichever side names it."""
    assert compare.differences("mastodon", {"text": "a", "warning": ""}, {"text": "a"}) == []


def test_a_change_in_a_long_text_is_shown_in_its_context():
    """Of what stayed, a few words on either side are quoted, and a line has an end."""
    words = [f"word{number}" for number in range(200)]
    other = [*words[:100], "forged", *words[101:]]
    (found,) = compare.differences("bluesky", {"text": " ".join(words)}, {"text": " ".join(other)})

    assert found.line == "… word96 word97 word98 word99 [-word100-] {+forged+} word101 word102 word103 word104 …"
    (long,) = compare.differences("bluesky", {"text": ""}, {"text": " ".join(f"x{each}" for each in range(1000))})
    assert len(long.line) == compare.LONGEST


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>One<br>two</p><p>three</p>", "One two three", id="blocks and breaks"),
        pytest.param("a &amp; b &#8217;", "a & b \u2019", id="entities"),
        pytest.param('<a href="https://e.org/long">e.org/lo…</a>', "https://e.org/long", id="a link cut short"),
        pytest.param('<a href="https://evil.org/x">e.org/lo…</a>', "e.org/lo…", id="a cut link that leads elsewhere"),
        pytest.param('<a href="https://e.org"><span>https://</span>e.org</a>', "https://e.org", id="a link in pieces"),
        pytest.param('<img class="emoji" alt="🙂">', "🙂", id="a picture that stands for a character"),
        pytest.param("<script>x()</script>seen<style>p{}</style>", "seen", id="what nobody reads"),
        pytest.param("1 < 2 and so on", "1 < 2 and so on", id="no HTML at all"),
    ],
)
def test_people_read_the_text_of_a_page(html, text):
    """Marks go, what readers see stays."""
    assert " ".join(Hypertext.of(html).text.split()) == text


def test_links_and_pictures_are_read_in_order():
    """Where links lead and what pictures say is part of what people get."""
    page = Hypertext.of('<a href="https://a.org">x</a><img src="m" alt="A map"><video title="A film"></video><img>')

    assert (page.links, page.pictures) == (("https://a.org",), ("A map", "A film", ""))
