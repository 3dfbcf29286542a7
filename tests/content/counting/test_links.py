"""What X takes for a link."""

import pytest

from content.counting.links import spans, top_level_domains


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param("no links. Here", [], id="none"),
        pytest.param(
            "at https://example.org/a_(b)?c=d#e.", ["https://example.org/a_(b)?c=d#e"], id="brackets-and-query"
        ),
        pytest.param("example.org:8080/x", ["example.org:8080/x"], id="port"),
        pytest.param("@example.org #example.org $example.org", [], id="mention-tag-and-cashtag"),
        pytest.param("-foo.com", [], id="hyphen-before"),
        pytest.param("a_b.com", [], id="low-line-in-the-last-label"),
        pytest.param("http://a_b.example.com", ["http://a_b.example.com"], id="low-line-in-a-subdomain"),
        pytest.param("日本example.comです", ["example.com"], id="between-japanese-letters"),
        pytest.param("xn--p1ai.xn--p1ai", ["xn--p1ai.xn--p1ai"], id="punycode"),
        pytest.param("https://" + "a" * 64 + ".com", [], id="label-too-long"),
        pytest.param("gov.uk/help and service.gouv.fr", ["gov.uk/help", "service.gouv.fr"], id="two"),
        pytest.param("\u200fhttps://gov.uk\u200f", ["https://gov.uk"], id="between-direction-marks"),
    ],
)
def test_spans(text: str, links: list[str]) -> None:
    """Links are found where X finds them, and end where X ends them."""
    assert [text[start:end] for start, end in spans(text)] == links


def test_top_level_domains() -> None:
    """The list holds country codes, generic names and names in other scripts, and no comments."""
    known = top_level_domains()
    assert {"uk", "fr", "com", "gov", "museum", "рф", "شبكة"} <= known
    assert not any("#" in name or name != name.lower() for name in known)
