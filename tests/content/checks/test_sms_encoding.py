# ruff: noqa: RUF001 (other signs are the cases)
"""Text messages: the guilty character is named, with what to write instead."""

import pytest

from content.check import Context, Finding, Severity
from content.checklist import review
from content.checks.sms_encoding import SmsEncoding
from content.checks.too_long import TooLong
from content.render import render
from content.rendering import Part, Rendering
from tests.builders.renderings import request

LONG = "Daesh lost its ground and families are coming home to rebuild. "


def found(text: str, network: str = "sms", locale: str = "en-GB") -> list[Finding]:
    asked = request(locale, "outbox", options={"network": network})
    return list(SmsEncoding().look(asked, Rendering(locale, "ltr", (Part(text),)), Context()))


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        pytest.param(
            f"{LONG}It’s over now.",
            "’ makes the message take 2 parts of 70 units instead of 1 part of 160.",
            "Write ' for ’; or pay for the parts.",
            id="typographic-apostrophe",
        ),
        pytest.param(
            "Le gouvernement français : les familles rentrent et les écoles ouvrent de nouveau.",
            "ç makes the message take 2 parts of 70 units instead of 1 part of 160.",
            "Write c for ç if it may be misspelt; or pay for the parts.",
            id="cedilla",
        ),
        pytest.param(
            f"{LONG}Ensemble\u202f!",
            "U+202F (narrow no-break space) makes the message take 2 parts of 70 units instead of 1 part of 160.",
            "Write a space for U+202F (narrow no-break space); or pay for the parts.",
            id="a-space-nobody-sees",
        ),
        pytest.param(
            f"{LONG}Together 👍🏽",
            "👍 and 🏽 make the message take 2 parts of 70 units instead of 1 part of 160.",
            "Leave 👍 and 🏽 out; or pay for the parts.",
            id="emoji",
        ),
        pytest.param(
            f"“{LONG}” œuvre",
            "“, ” and œ make the message take 2 parts of 70 units instead of 1 part of 160.",
            'Write " for “, write " for ”, write oe for œ if it may be misspelt; or pay for the parts.',
            id="several",
        ),
    ],
)
def test_the_guilty_characters_are_named(text: str, message: str, remedy: str) -> None:
    """Which characters cost how many parts, and what to write instead: a sign as good, a letter misspelt."""
    [one] = found(text)
    assert (one.severity, one.message, one.remedy) == (Severity.WARN, message, remedy)


def test_the_first_is_shown_with_its_plain_form() -> None:
    """The place is that of the first guilty character; its fix is a sign that says the same, and no misspelling."""
    [sign] = found(f"It’s so: {LONG}")
    [letter] = found(f"ça va mieux. {LONG}")
    assert (sign.span, sign.fix, letter.span, letter.fix) == ((2, 3), "'", (0, 1), None)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        pytest.param("", "sms", id="nothing"),
        pytest.param(f"{LONG}£5 each, é à ü [ok] €", "sms", id="in-the-alphabet"),
        pytest.param("It’s over.", "sms", id="one-part-all-the-same"),
        pytest.param("خسر داعش أرضه. " * 8, "sms", id="arabic"),
        pytest.param("Ракка говорит — ИГИЛ разбит. " * 5, "sms", id="russian"),
        pytest.param("Daesh is داعش in Arabic. It’s over. " * 3, "sms", id="arabic-among-english"),
        pytest.param(f"{LONG}It’s over now.", "mastodon", id="no-text-message"),
        pytest.param("خسر داعش أرضه. " * 8, "govuk-notify", id="arabic-by-notify"),
    ],
)
def test_nothing_is_said_where_it_cannot_be_helped_or_costs_nothing(text: str, network: str) -> None:
    """Words of another script need the other alphabet, and a short message costs the same in both."""
    assert found(text, network) == []


def test_notify_changes_are_told() -> None:
    """What Notify sends instead costs nothing, but is not what is signed; what it cannot replace costs parts."""
    [changed] = found(f"{LONG}It’s over now.", "govuk-notify")
    both = found(f"{LONG}It’s over, ça va.", "govuk-notify")
    [persian] = found("می\u200cخواهم", "govuk-notify")

    assert changed.message == "GOV.UK Notify sends ' for ’: what arrives is not what is signed."
    assert (changed.severity, changed.fix) == (Severity.WARN, "'")
    assert [each.message.split(" ")[0] for each in both] == ["GOV.UK", "ç"]
    assert persian.message.startswith("GOV.UK Notify sends nothing for U+200C (zero width non-joiner)")


@pytest.mark.parametrize(
    ("network", "text", "over"),
    [
        pytest.param("sms", "a" * 918, False, id="six-parts"),
        pytest.param("sms", "a" * 919, True, id="seven-parts"),
        pytest.param("sms", "خ" * 402, False, id="six-arabic-parts"),
        pytest.param("sms", "خ" * 403, True, id="seven-arabic-parts"),
        pytest.param("govuk-notify", "خ" * 918, False, id="notify-counts-characters"),
        pytest.param("govuk-notify", "…" * 307, True, id="notify-counts-what-it-sends"),
    ],
)
def test_how_long_a_text_message_may_be(network: str, text: str, over: bool) -> None:
    """By default six parts; by Notify 918 characters in any alphabet."""
    asked = request("en-GB", "outbox", options={"network": network})
    assert bool(list(TooLong().look(asked, Rendering("en-GB", "ltr", (Part(text),)), Context()))) is over


@pytest.mark.parametrize("network", ["sms", "govuk-notify"])
def test_our_own_words_cost_no_part(network: str) -> None:
    """French spacing has no-break spaces; in a text message they are plain ones, and the attribution is still seen."""
    message, post = (
        render(request("fr-FR", "outbox", options={"network": name})).parts[0].text for name in (network, "mastodon")
    )
    asked = request("fr-FR", "outbox", options={"network": network})

    assert ("Publié par\xa0: " in post, "Publié par : " in message) == (True, True)
    assert [each for each in review(asked, render(asked), Context()) if each.check != "sms-encoding"] == []
