"""What people write for another key, and what has no place in an audience."""

import pytest

from campaigns.documents import slips
from campaigns.documents.schema import Audience, Campaign, Channel, Message, Model, ReleaseEntry

KEYS = {
    model: {field.alias or name for name, field in model.model_fields.items()}
    for model in (Audience, Campaign, Channel, Message, ReleaseEntry)
}


@pytest.mark.parametrize(
    "key",
    [
        *("religion", "faith", "ethnicity", "race", "political_opinion", "political-opinions", "health", "orientation"),
        *("handles", "accounts", "emails", "e-mail addresses", "phones", "people", "members", "names", "list"),
        *("interests", "Religion", "twitter_handles", "hobbies", "nationalities", "disabilities", "user_ids"),
    ],
)
def test_an_audience_is_no_list_of_people(key):
    """Keys that would list people or pick them by what they are get the reason, not just a refusal."""
    assert slips.about_people(key).startswith(
        "audiences are aggregates of places, languages and adult ages, and nobody"
    )


@pytest.mark.parametrize("key", [*sorted(KEYS[Audience] - {"id", "name"}), "contry", "age", "notes", "timzone", "town"])
def test_what_describes_an_aggregate_is_no_offence(key):
    """Places, languages, ages and misspellings of them are not taken for people."""
    assert slips.about_people(key) == ""


@pytest.mark.parametrize(
    ("model", "key", "expected"),
    [
        pytest.param(Message, "text", "wording", id="text"),
        pytest.param(Message, "Body", "wording", id="body"),
        pytest.param(Message, "subject", "headline", id="subject"),
        pytest.param(ReleaseEntry, "when", "at", id="when"),
        pytest.param(ReleaseEntry, "publish-at", "at", id="publish-at"),
        pytest.param(ReleaseEntry, "timezone", "zone", id="an-audience's-word-for-zone"),
        pytest.param(Audience, "zone", "timezone", id="a-release's-word-for-timezone"),
        pytest.param(Audience, "lang", "locales", id="lang"),
        pytest.param(Channel, "platform", "kind", id="platform"),
        pytest.param(Channel, "token", "credential", id="token"),
        pytest.param(Campaign, "message", "messages", id="message"),
        pytest.param(Campaign, "risks", "handling", id="what-stands-a-level-lower"),
        pytest.param(Channel, "wording", "", id="a-key-of-another-noun"),
        pytest.param(Channel, "chanel", "", id="a-misspelling-is-for-others"),
    ],
)
def test_a_predictable_slip_leads_to_the_key_that_is_meant(model: type[Model], key, expected):
    """Only a key that the noun has is ever advised."""
    assert slips.meant(key, KEYS[model]) == expected
