"""What the examples say is fit to be shown: in every language, spelt as it is, with nothing real that should not be."""

import re

import pytest

from campaigns import example
from scheduler.releases.expansion import releases
from tests.house import examples

SPOKEN = {
    "channel-ports": {"en-GB", "fr-FR"},
    "daesh-lost-ground": {"en-GB", "fr-FR", "ar"},
    "terror-content-online": {"en-GB", "ar"},
}
#: What our own governments call it; the terms of the propaganda, in any language, are not ours.
NEVER = ("islamic state", "isis", "isil", "caliphate", "état islamique", "califat", "الدولة الإسلامية", "الخلافة")
#: What French and Arabic typesetting forbid: locale -> rule -> what breaks it.
SPELLING = {
    "fr-FR": {
        "a space that may break before ; : ! ? or »": re.compile(r"[ \t][;:!?»]|«[ \t]"),
        "no space before ; ! ? or :": re.compile(r"[^\W\d_][;!?](?!\w)|[^\W\d_]:(?=\s)"),
        "a straight apostrophe": re.compile(r"\w'\w"),
        "a straight quotation mark": re.compile(r'(?<![=\w])"(?!\w+")'),
    },
    "ar": {
        "a Latin comma, semicolon or question mark": re.compile(r"[\u0621-\u064a][,;?]"),
        "a tatweel": re.compile("\u0640"),
        "a letter of the Persian keyboard": re.compile("[\u06a9\u06cc\u06c0]"),
        "a control character": re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    },
    "en-GB": {"a straight apostrophe": re.compile(r"\w'\w")},
}


@pytest.mark.parametrize("name", examples.FULL)
def test_it_speaks_each_of_its_languages(name):
    """All that is said by locale is said in every language of whoever reads it, and none is a copy of another."""
    campaign, locales = examples.document(name), SPOKEN[name]

    assert {each.locale for each in releases(campaign)} == locales
    assert set(campaign.title) == locales
    assert all(set(partner.name) == set(partner.help) == locales for partner in campaign.partners.values())
    assert campaign.handling
    assert set(campaign.handling.core_script) == locales
    read = {audience.id: set(audience.locales) for audience in campaign.audiences}
    for message in campaign.messages:
        wanted = set().union(*(read[name] for name in message.audiences))
        for words in (message.wording, message.headline, *(item.alt for item in message.media)):
            assert wanted <= set(words) == set(message.wording), message.id
            assert len(set(words.values())) == len(words), message.id


@pytest.mark.parametrize("name", examples.FULL)
def test_it_is_spelt_as_its_languages_are(name):
    """Spaces and quotation marks of French, punctuation and letters of Arabic, apostrophes of both."""
    wrong = [
        (rule, words)
        for locale, words in examples.said(examples.document(name).model_dump(mode="json"))
        for rule, pattern in SPELLING[locale].items()
        if not words.startswith("https://") and pattern.search(re.sub(r"\{\{.*?\}\}", "0", words))
    ]

    assert wrong == []


@pytest.mark.parametrize("name", example.names())
def test_nothing_in_it_is_real_that_should_not_be(name):
    """Addresses and links are examples, and the words of propaganda are not used."""
    text = examples.text(name)
    hosts = set(re.findall(r"https?://([^/\s\"}]+)|@((?:[\w-]+\.)+[a-z]+)", text))

    assert [term for term in NEVER if re.search(rf"\b{term}\b", text.casefold())] == []
    assert {host for pair in hosts for host in pair if host} <= {
        "example.org",
        *(f"127.0.0.1:{port}" for port in (8098, 8099)),
        *(f"{each}.example" for each in ("uk", "fr", "us", "ports.uk", "ports.fr")),
    }


@pytest.mark.parametrize("name", examples.FULL)
def test_only_numbers_that_are_known_are_printed(name):
    """Help lines are the two that our sources name, and the emergency numbers; none is made up."""
    known = {"0800 011 3764", "0 800 005 696", "999", "112"}
    lines = [line for partner in examples.document(name).partners.values() for line in partner.help.values()]
    numbers = {" ".join(found.split()) for line in lines for found in re.findall(r"\d[\d\s]{2,}\d|\b\d{3}\b", line)}

    assert numbers <= known
