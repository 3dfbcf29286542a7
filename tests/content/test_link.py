"""The tagged link."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content import link
from content.errors import TemplateFault

TAGS = "utm_source=fr-mastodon&utm_medium=mastodon&utm_campaign=raqqa&utm_content=m-a-ar"


def tagged(address: str) -> str:
    """Return *address* tagged for one release."""
    return link.tagged(address, "fr-mastodon", "mastodon", "raqqa", "m-a-ar")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("https://example.org", f"https://example.org/?{TAGS}", id="bare"),
        pytest.param("https://example.org/a?x=1&y=2", f"https://example.org/a?x=1&y=2&{TAGS}", id="query-stays"),
        pytest.param("https://example.org/a#top", f"https://example.org/a?{TAGS}#top", id="fragment-stays-last"),
        pytest.param("https://example.org/?utm_source=me&x=1", f"https://example.org/?x=1&{TAGS}", id="old-tags-go"),
        pytest.param(
            "https://example.org/?my_utm_source=1", f"https://example.org/?my_utm_source=1&{TAGS}", id="not-a-tag"
        ),
        pytest.param("https://example.org/é%20b", f"https://example.org/%C3%A9%20b?{TAGS}", id="path-encoded-once"),
        pytest.param(
            "https://example.org/تقرير", f"https://example.org/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1?{TAGS}", id="arabic"
        ),
        pytest.param("https://münchen.example/x", f"https://xn--mnchen-3ya.example/x?{TAGS}", id="idna"),
        pytest.param("HTTPS://Example.org:8443/x", f"https://example.org:8443/x?{TAGS}", id="port"),
        pytest.param("https://[::1]:80/x", f"https://[::1]:80/x?{TAGS}", id="ipv6"),
    ],
)
def test_tags_are_added_and_nothing_else_changes(address: str, expected: str) -> None:
    """The tags follow the query that is there and stand before the fragment; the link is ASCII."""
    assert tagged(address) == expected
    assert expected.isascii()


@given(st.text(alphabet="abcé/%20?&=#خ", max_size=30))
def test_every_tag_is_there_once(path: str) -> None:
    """Whatever the path, each tag is read back once and as it was given."""
    query = parse_qs(urlsplit(tagged(f"https://example.org/{path}")).query)
    assert query["utm_source"] == ["fr-mastodon"]
    assert query["utm_content"] == ["m-a-ar"]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("data:text/html,x", id="data"),
        pytest.param("example.org/page", id="no-scheme"),
        pytest.param("https://", id="no-host"),
        pytest.param("https://gov.uk@evil.example/", id="user-name"),
        pytest.param("https://exa mple.org/", id="space"),
        pytest.param("https://example.org:port/", id="port"),
        pytest.param("https://[::1/", id="bracket"),
        pytest.param(f"https://{'é' * 70}.example/", id="label-too-long"),
        pytest.param("https://example.org/\ud800", id="half-a-character"),
        pytest.param("", id="empty"),
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    """Only `http` and `https` with a host, and without a user name, may be linked to."""
    with pytest.raises(TemplateFault, match="is not a web address"):
        tagged(address)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        pytest.param(None, None, id="none"),
        pytest.param({"*": "a"}, "a", id="any"),
        pytest.param({"*": "a", "ar": "b"}, "b", id="own"),
        pytest.param({"fr-FR": "c"}, None, id="another"),
    ],
)
def test_the_locale_chooses(links: dict[str, str] | None, expected: str | None) -> None:
    """A locale's own link wins over the one for any; another locale's never stands in."""
    assert link.choose(links, "ar") == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("https://example.org/a نعم", "https://example.org/a", id="blank-ends-it"),
        pytest.param("https://example.org/تقرير/ب?ج=د نعم", "https://example.org/تقرير/ب?ج=د", id="to-the-blank"),
        pytest.param("https://example.org/تقرير). نعم", "https://example.org/تقرير", id="punctuation-after-it"),
        pytest.param("https://example.org/a، نعم", "https://example.org/a", id="arabic-comma"),
        pytest.param("https://example.org نعم", "https://example.org", id="host-alone"),
        pytest.param("https://example.orgنعم", "https://example.org", id="a-word-that-touches-the-host"),
    ],
)
def test_an_address_ends_where_a_reader_would_say(text: str, found: str) -> None:
    """Letters of any alphabet belong to a path; blanks, brackets and punctuation after it do not."""
    end = next(place for place, letter in enumerate(f"{text} ") if not letter.isascii() or letter == " ")
    assert text[: link.whole(text, 0, end)] == found


@example("é://")
@given(st.text(alphabet="abcé/%20?&=#خ:.", max_size=30))
def test_what_is_in_ascii_stays_so(path: str) -> None:
    """An address is encoded once: what is encoded is not encoded again."""
    once = link.in_ascii(f"https://example.org/{path}")
    assert once.isascii()
    assert link.in_ascii(once) == once
