"""A link leads where a reader can see that it leads."""

from dataclasses import replace

import pytest

from campaigns.documents import schema
from content import hosts
from content.check import Severity
from content.checks.link_not_allowed import LinkNotAllowed
from content.policy import Policy
from content.rendering import Request
from tests.builders.parities import found, shown, wordings
from tests.builders.renderings import PARTNERS, request

CHECK = LinkNotAllowed()
BLOCK, WARN = Severity.BLOCK, Severity.WARN
GOVERNMENTS = Policy(linked_domains=("gov.uk", "gouv.fr", "münchen.example"))


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        pytest.param("See https://example.org/a.", None, id="https"),
        pytest.param("Voir (https://example.org/a) !", None, id="in-brackets"),
        pytest.param("انظر https://example.org/%D8%AA", None, id="ar"),
        pytest.param("See gov.uk for more", None, id="no-scheme"),
        pytest.param("See https://www.gov.uk/a and https://diplomatie.gouv.fr", GOVERNMENTS, id="allowed-subdomains"),
        pytest.param("https://xn--mnchen-3ya.example", GOVERNMENTS, id="a-label"),
        pytest.param("https://münchen.example/", GOVERNMENTS, id="u-label"),
        pytest.param("https://пример.example/", None, id="another-alphabet"),
        pytest.param("Nothing here, and 3.5 of it", GOVERNMENTS, id="no-link"),
    ],
)
def test_fine_links(text: str, policy: Policy | None) -> None:
    """Https to a name, below an allowed domain where there are any, in any alphabet."""
    assert found(CHECK, wordings("en-GB", policy, en_GB=text)) == []


@pytest.mark.parametrize(
    ("text", "policy", "words", "place"),
    [
        pytest.param(
            "http://example.org/a", None, "is not https", "http://example.org/a -> https://example.org/a", id="http"
        ),
        pytest.param("ftp://example.org/a", None, "is not https", "ftp://example.org/a", id="ftp"),
        pytest.param("https://bit.ly/3x", None, "shortened by bit.ly", "https://bit.ly/3x", id="shortened"),
        pytest.param("Voir bit.ly/3x.", None, "shortened by bit.ly", "bit.ly/3x", id="shortened-bare"),
        pytest.param("https://uk.bit.ly/3x", None, "shortened by", "https://uk.bit.ly/3x", id="shortener-below"),
        pytest.param("https://gov.uk@example.org/", None, "user name", "https://gov.uk@example.org/", id="user"),
        pytest.param("https://192.0.2.1/a", None, "to a number", "https://192.0.2.1/a", id="ipv4"),
        pytest.param("https://[2001:db8::1]/a", None, "to a number", "https://[2001:db8::1]/a", id="ipv6"),
        pytest.param("https://3221225985/", None, "to a number", "https://3221225985/", id="one-number"),
        pytest.param("https://0xC0000201/", None, "to a number", "https://0xC0000201/", id="hexadecimal"),
        pytest.param("https://example.org", GOVERNMENTS, "not among", "https://example.org", id="not-listed"),
        pytest.param("https://notgov.uk", GOVERNMENTS, "not among", "https://notgov.uk", id="not-a-subdomain"),
        pytest.param(
            "https://gov.uk.example.org", GOVERNMENTS, "not among", "https://gov.uk.example.org", id="in-front"
        ),
        pytest.param(
            "https://g\u043ev.uk", GOVERNMENTS, "only looks like gov.uk", "https://g\u043ev.uk", id="cyrillic-o"
        ),
        pytest.param(
            "https://xn--gv-fmc.uk", GOVERNMENTS, "only looks like gov.uk", "https://xn--gv-fmc.uk", id="its-a-label"
        ),
        pytest.param("https://g0v.uk", GOVERNMENTS, "only looks like gov.uk", "https://g0v.uk", id="nought"),
    ],
)
def test_links_that_block(text: str, policy: Policy | None, words: str, place: str) -> None:
    """What cannot be trusted blocks, names why, and stands in its place."""
    asked = wordings("en-GB", policy, en_GB=text)
    findings = found(CHECK, asked)
    assert [each.severity for each in findings] == [BLOCK]
    assert words in findings[0].message
    assert shown(CHECK, asked) == [place]


def test_a_disguised_host_is_a_warning_where_any_is_allowed() -> None:
    """Letters that are drawn like Latin ones may be an honest name, so that a person looks."""
    findings = found(CHECK, wordings("fr-FR", fr_FR="https://\u0440\u0430\u0443.example/"))
    assert [(each.severity, each.span) for each in findings] == [(WARN, (0, 20))]


@pytest.mark.parametrize(
    ("link", "policy", "words"),
    [
        pytest.param("https://example.org/a", None, [], id="fine"),
        pytest.param("http://example.org/a", None, ["is not https"], id="http"),
        pytest.param("https://tinyurl.com/a", None, ["shortened"], id="shortened"),
        pytest.param("https://example.org/a", GOVERNMENTS, ["not among"], id="not-listed"),
        pytest.param({"en-GB": "https://www.gov.uk", "fr-FR": "http://x.fr"}, GOVERNMENTS, [], id="own-language"),
    ],
)
def test_the_message_s_link(link: str | dict[str, str], policy: Policy | None, words: list[str]) -> None:
    """The message's link is held to the same, once."""
    findings = found(CHECK, replace(request("en-GB", link=link), policy=policy or Policy()))
    assert all(word in each.message for word, each in zip(words, findings, strict=True))


def _with_help(text: str) -> Request:
    partners = {**PARTNERS, "uk": schema.Partner(name=PARTNERS["uk"].name, help={"en-GB": text})}
    return replace(request("en-GB", partners=partners, link=None), policy=GOVERNMENTS)


def test_the_help_line_is_ours() -> None:
    """Where help is, the partner says: its line is not held to the links of messages."""
    assert found(CHECK, _with_help("Worried? See https://actearly.example/help or call.")) == []


def test_shorteners_are_hosts() -> None:
    """The list holds hosts in the form that they are compared in, and says when it was read."""
    assert all(hosts.ascii_host(each) == each and "." in each for each in hosts.shorteners())
    assert len(hosts.shorteners()) > 80


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["http://", "https://a@", "a.", "https://xn--a.uk ", "://", "\u0430x.uk "])
def test_a_hostile_text_is_read_at_once(piece: str) -> None:
    """20,000 characters of addresses take no more than a moment."""
    text = (piece * 20_000)[:20_000]
    assert len(found(CHECK, wordings("en-GB", GOVERNMENTS, en_GB=text))) <= len(text)
