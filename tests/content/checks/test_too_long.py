"""A text that does not fit: which field, by how much, and what helps on this channel."""

import pytest

from content.check import Context, Finding, Severity
from content.checks.too_long import TooLong
from content.rendering import Part, Rendering
from tests.builders.renderings import picture, request

BLOCK, WARN = Severity.BLOCK, Severity.WARN
LINKEDIN = r"each of \ | { } @ [ ] ( ) < > # * _ ~ counts 2"


def found(network: str, part: Part, **changes: object) -> list[Finding]:
    asked = request("en-GB", "outbox", options={"network": network})
    return list(TooLong().look(asked, Rendering("en-GB", "ltr", (part,), **changes), Context()))


@pytest.mark.parametrize(
    ("network", "text", "message", "says"),
    [
        pytest.param("x", "烟" * 141, "282 of 280 weighted characters", "an emoji 2", id="x"),
        pytest.param("mastodon", "a" * 501, "501 of 500 Mastodon characters", "a link counts 23", id="mastodon"),
        pytest.param("bluesky", "a" * 301, "301 of 300 graphemes", "as it is written", id="bluesky"),
        pytest.param("bluesky", "👨‍👩‍👧‍👦" * 121, "3,025 of 3,000 octets", "Cut 25 octets", id="bluesky-octets"),
        pytest.param("threads", "🇬🇧" * 63, "504 of 500 Threads characters", "a flag 8", id="threads"),
        pytest.param("telegram", "😀" * 2049, "4,098 of 4,096 UTF-16 units", "help line", id="telegram"),
        pytest.param("whatsapp", "a" * 4097, "4,097 of 4,096 characters", "help line", id="whatsapp"),
        pytest.param("facebook", "a" * 63_207, "63,207 of 63,206 UTF-16 units", "help line", id="facebook"),
        pytest.param("instagram", "a" * 2201, "2,201 of 2,200 UTF-16 units", "help line", id="instagram"),
        pytest.param("youtube", "خ" * 2501, "5,002 of 5,000 octets", "an Arabic letter 2", id="youtube"),
        pytest.param("linkedin", "#" * 1501, "3,002 of 3,000 LinkedIn characters", LINKEDIN, id="linkedin"),
        pytest.param("sms", "a" * 919, "7 of 6 text message parts", "402 in other alphabets", id="sms"),
        pytest.param("govuk-notify", "a" * 919, "919 of 918 Notify characters", "service's name", id="notify"),
        pytest.param("kannel", "a" * 919, "7 of 6 text message parts", "153 plain characters", id="kannel"),
    ],
)
def test_a_text_over_its_limit_blocks(network: str, text: str, message: str, says: str) -> None:
    """How much of how much, in the channel's own unit, and what helps there; one less fits."""
    [one] = found(network, Part(text))
    assert (one.severity, one.message) == (BLOCK, f"The text takes {message}.")
    assert says in one.remedy
    assert found(network, Part(text[: -5 if "\u200d" in text else -2])) == [] or network == "bluesky"


@pytest.mark.parametrize(
    ("network", "text", "files", "message"),
    [
        pytest.param("telegram", "a" * 1025, 1, "1,025 of 1,024 UTF-16 units", id="telegram"),
        pytest.param("whatsapp", "a" * 1025, 1, "1,025 of 1,024 characters", id="whatsapp"),
        pytest.param("telegram", "a" * 1025, 0, None, id="no-media-no-caption"),
        pytest.param("telegram", "a" * 1024, 1, None, id="a-full-caption"),
        pytest.param("mastodon", "a" * 500, 1, None, id="no-other-limit-for-captions"),
    ],
)
def test_a_caption_is_held_to_its_own_limit(network: str, text: str, files: int, message: str | None) -> None:
    """Where media turn a text into a caption, the smaller limit holds, and the finding says why."""
    findings = found(network, Part(text), media=(picture(),) * files)
    expected = [f"The text, as the caption of its media, takes {message}."] if message else []
    assert [each.message for each in findings] == expected
    assert all("without media the text may take 4,096" in each.remedy for each in findings)


def test_a_content_warning_counts_with_the_text_on_mastodon() -> None:
    """The server adds both."""
    assert found("mastodon", Part("a" * 495), content_warning="12345") == []
    [one] = found("mastodon", Part("a" * 495), content_warning="123456")
    assert one.message == "The text takes 501 of 500 Mastodon characters."
    assert found("x", Part("a" * 280), content_warning="123456") == []


@pytest.mark.parametrize(
    ("network", "part", "severity", "message"),
    [
        pytest.param(
            "youtube", Part("a", headline="x" * 101), BLOCK, "The headline takes 101 of 100 characters.", id="title"
        ),
        pytest.param(
            "smtp", Part("a", headline="x" * 71), WARN, "The headline takes 71 of 70 characters.", id="subject"
        ),
        pytest.param(
            "smtp", Part("a", html="x" * 102_001), WARN, "The HTML part takes 102,001 of 102,000 octets.", id="html"
        ),
    ],
)
def test_other_fields(network: str, part: Part, severity: Severity, message: str) -> None:
    """Each field has its name and its limit."""
    [one] = found(network, part)
    assert (one.severity, one.message) == (severity, message)
    assert one.remedy.endswith(".")


@pytest.mark.parametrize(
    ("network", "length", "severity"),
    [
        pytest.param("x", 1001, BLOCK, id="x"),
        pytest.param("mastodon", 1501, BLOCK, id="mastodon"),
        pytest.param("bluesky", 2001, WARN, id="bluesky"),
        pytest.param("instagram", 1001, WARN, id="instagram"),
        pytest.param("linkedin", 4087, WARN, id="linkedin"),
        pytest.param("x", 1000, None, id="it-fits"),
    ],
)
def test_alternative_texts(network: str, length: int, severity: Severity | None) -> None:
    """Each network has its own room for the words of a picture."""
    findings = found(network, Part("a"), media=(picture(alt="x" * length),))
    assert [each.severity for each in findings] == ([severity] if severity else [])
    assert all(each.message.startswith("The alt text of 'map.png' takes") for each in findings)


def test_a_hundred_thousand_characters_are_refused_at_once() -> None:
    """A hostile text has one finding, whatever the channel."""
    for network in ("x", "mastodon", "threads", "sms", "linkedin"):
        assert len(found(network, Part("ش-" * 50_000))) == 1
