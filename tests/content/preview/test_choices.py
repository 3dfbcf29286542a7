"""Which renderings of a campaign are shown, in which order."""

from pathlib import Path

import pytest

from campaigns.documents import load, schema
from campaigns.settings import Settings
from content.preview import choices
from content.preview.choices import Wanted
from content.preview.prepared import Standing

CAMPAIGN = """
campaign: raqqa-voices
partners: [uk]
starts: 2027-01-11
audiences:
  - {id: young-uk, locales: [en-GB], timezone: Europe/London}
  - {id: young-fr, locales: [fr-FR, ar], timezone: Europe/London}
channels:
  - {id: feed, kind: feed, issuer: uk, account: News, locales: [ar, en-GB, fr-FR]}
  - {id: outbox, kind: outbox, issuer: uk, account: "@uk", locales: [en-GB]}
messages:
  - {id: second, audiences: [young-uk], wording: {en-GB: "{{ when|date }}"}, values: {when: soon}}
  - id: hello
    audiences: [young-uk, young-fr]
    wording: {en-GB: Raqqa speaks., fr-FR: Raqqa parle., ar: الرقة تتكلم.}
    variants: {b: {wording: {en-GB: Raqqa is heard., fr-FR: Raqqa est entendue., ar: الرقة مسموعة.}}}
  - {id: unused, audiences: [young-uk], wording: {en-GB: Nobody sends this.}}
releases:
  - {id: launch, message: hello, channels: [outbox, feed], at: 2027-01-12T18:30}
  - {id: again, message: hello, channels: [feed], at: 2027-01-19T18:30}
  - id: both
    message: hello
    channels: [outbox]
    at: 2027-01-20T18:30
    repeat: FREQ=WEEKLY;COUNT=4
    variant: alternate
  - {id: late, message: second, channels: [outbox], at: 2027-01-21T18:30}
"""


@pytest.fixture(name="document")
def _document() -> schema.Campaign:
    """Give the campaign."""
    return load.loads(CAMPAIGN).document


def test_each_is_shown_once_in_the_order_of_the_document(document) -> None:
    """By message, then channel, then locale, then variant; what two entries say alike comes once; unsent, never."""
    shown = [(each.message.id, each.channel.id, each.locale, each.variant) for each in choices.choices(document)]
    assert shown == [
        ("second", "outbox", "en-GB", "a"),
        ("hello", "feed", "ar", "a"),
        ("hello", "feed", "en-GB", "a"),
        ("hello", "feed", "fr-FR", "a"),
        ("hello", "outbox", "en-GB", "a"),
        ("hello", "outbox", "en-GB", "b"),
    ]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(message="second"), ["late/en-GB/outbox"]),
        (Wanted(locale="ar"), ["launch/ar/feed"]),
        (Wanted(channel="outbox", message="hello"), ["launch/en-GB/outbox", "both/en-GB/outbox"]),
        (Wanted(locale="tr"), []),
    ],
    ids=str,
)
def test_what_is_wanted_narrows_it(document, wanted, names) -> None:
    """Each part of what is asked for takes away."""
    assert [each.name for each in choices.choices(document, wanted)] == names


def test_what_cannot_be_rendered_says_why_and_harms_nothing_else(document, tmp_path: Path) -> None:
    """A fault that a value brings about is a finding that blocks its own rendering."""
    first, *others = choices.previews(document, Settings(root=tmp_path))
    assert first.standing is Standing.BLOCKED
    assert [finding.check for finding in first.findings] == ["template"]
    assert "is not a date" in first.findings[0].message
    assert all(each.rendering.parts[0].text for each in others)
