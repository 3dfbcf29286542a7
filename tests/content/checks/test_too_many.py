"""Hashtags, mentions and links: no more than the channel takes."""

import pytest

from content.check import Context, Finding, Severity
from content.checks.link_not_followed import LinkNotFollowed
from content.checks.not_accepted_characters import NotAcceptedCharacters
from content.checks.too_many_hashtags import TooManyHashtags
from content.checks.too_many_links import TooManyLinks
from content.checks.too_many_mentions import TooManyMentions
from content.render import render
from tests.builders.renderings import request

BLOCK, WARN = Severity.BLOCK, Severity.WARN
TAGS = "#StopDaesh #Raqqa #Sinjar #Mossoul #Palmyre #Alep"
ARABIC_TAGS = "#داعش #الرقة #سنجار #الموصل #تدمر #حلب"
MENTIONS = " ".join(f"@partner{n}" for n in range(21))
LINKS = " ".join(f"https://example.org/{n}" for n in range(5))


def found(check: object, network: str, text: str, locale: str = "en-GB", **changes: object) -> list[Finding]:
    asked = request(
        locale, "outbox", options={"network": network}, wording={locale: text}, values={}, **{"link": None, **changes}
    )
    return list(check.look(asked, render(asked), Context()))


@pytest.mark.parametrize(
    ("network", "locale", "text", "severity"),
    [
        pytest.param("instagram", "en-GB", TAGS, BLOCK, id="six-on-instagram"),
        pytest.param("instagram", "fr-FR", TAGS, BLOCK, id="in-french"),
        pytest.param("instagram", "ar", ARABIC_TAGS, BLOCK, id="in-arabic"),
        pytest.param("instagram", "en-GB", TAGS.rpartition(" ")[0], None, id="five"),
        pytest.param("instagram", "en-GB", "no. #1 and C# at https://example.org/#a", None, id="no-hashtags"),
        pytest.param("threads", "en-GB", "#Raqqa #Daesh", WARN, id="two-on-threads"),
        pytest.param("threads", "ar", "#داعش", None, id="one-on-threads"),
        pytest.param("x", "en-GB", TAGS, None, id="no-limit-known"),
    ],
)
def test_too_many_hashtags(network: str, locale: str, text: str, severity: Severity | None) -> None:
    """More than the channel takes blocks; where the rest is only plain text, it is a warning."""
    assert [each.severity for each in found(TooManyHashtags(), network, text, locale)] == (
        [severity] if severity else []
    )


def test_the_first_hashtag_too_many_is_shown() -> None:
    """The finding has the place of the sixth hashtag, and says how many to keep."""
    [one] = found(TooManyHashtags(), "instagram", TAGS)
    assert TAGS[slice(*one.span)] == "#Alep"
    assert one.message == "6 hashtags are more than the 5 that instagram takes."
    assert one.remedy == "Keep the 5 that readers look for."


@pytest.mark.parametrize(
    ("network", "text", "many"),
    [
        pytest.param("instagram", MENTIONS, 1, id="twenty-one"),
        pytest.param("instagram", MENTIONS.rpartition(" ")[0], 0, id="twenty"),
        pytest.param("instagram", "@partner " * 30, 0, id="the-same-one"),
        pytest.param("instagram", "a@example.org " * 21, 0, id="mail-addresses"),
        pytest.param("mastodon", MENTIONS, 0, id="no-limit-known"),
    ],
)
def test_too_many_mentions(network: str, text: str, many: int) -> None:
    """Different accounts count, each once."""
    assert [each.severity for each in found(TooManyMentions(), network, text)] == [BLOCK] * many


@pytest.mark.parametrize(
    ("network", "text", "link", "many"),
    [
        pytest.param("threads", LINKS, None, 0, id="five"),
        pytest.param("threads", LINKS, "https://example.org/daesh", 1, id="the-tagged-link-counts"),
        pytest.param("threads", f"{LINKS} {LINKS}", None, 0, id="the-same-ones"),
        pytest.param("threads", f"{LINKS} gov.uk", None, 1, id="without-scheme"),
        pytest.param("threads", "One. Two. Three. Four. Five. Six. Seven.", None, 0, id="sentences"),
        pytest.param("bluesky", f"{LINKS} gov.uk", None, 0, id="no-limit-known"),
    ],
)
def test_too_many_links(network: str, text: str, link: str | None, many: int) -> None:
    """Different links count, the tagged one among them."""
    assert [each.severity for each in found(TooManyLinks(), network, text, link=link)] == [BLOCK] * many


@pytest.mark.parametrize(
    ("network", "text", "headline", "spans"),
    [
        pytest.param("youtube", "1 < 2", "x", [(2, 3)], id="in-the-text"),
        pytest.param("youtube", "a <b> c", "x", [(2, 3), (4, 5)], id="both"),
        pytest.param("youtube", "«خسر داعش»", "x", [], id="guillemets"),
        pytest.param("mastodon", "1 < 2", "x", [], id="elsewhere"),
    ],
)
def test_not_accepted_characters(network: str, text: str, headline: str, spans: list[tuple[int, int]]) -> None:
    """YouTube takes no angle brackets; where they stand and what to write instead is said."""
    findings = found(NotAcceptedCharacters(), network, text, headline={"en-GB": headline})
    assert [(each.severity, each.span) for each in findings] == [(BLOCK, span) for span in spans]
    assert all(each.fix in {"\u2039", "\u203a"} for each in findings)


def test_a_headline_holds_none_either() -> None:
    """The title is refused like the text."""
    asked = request("en-GB", "smtp", options={"network": "youtube"}, headline={"en-GB": "Then > now"})
    [one] = NotAcceptedCharacters().look(asked, render(asked), Context())
    assert (one.message, one.span) == ("The headline holds '>', and youtube refuses it.", None)


@pytest.mark.parametrize(
    ("network", "link", "many"),
    [
        pytest.param("instagram", "https://example.org/daesh", 1, id="instagram"),
        pytest.param("instagram", None, 0, id="no-link"),
        pytest.param("facebook", "https://example.org/daesh", 0, id="facebook"),
    ],
)
def test_link_not_followed(network: str, link: str | None, many: int) -> None:
    """On Instagram a link in the text is plain words, and a warning says so."""
    assert [each.severity for each in found(LinkNotFollowed(), network, "Daesh lost.", link=link)] == [WARN] * many
