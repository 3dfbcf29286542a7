"""What the schema cannot see: each rule with the document that breaks it."""

import pytest

from campaigns.documents import references
from campaigns.documents.schema import Campaign
from tests.builders.documents import put, sound

SECOND_AUDIENCE = {"id": "young-uk", "locales": ["en-GB"], "timezone": "Europe/London"}


def faults(*changes: tuple[str, object]) -> list[tuple[str, str, str]]:
    """Return place, words and cure of each fault in the sound document after *changes*."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    found = references.check(Campaign.model_validate(data))
    return [(".".join(map(str, each.loc)), f"{each.severity}: {each.message}", each.hint) for each in found]


def test_a_sound_document_has_none():
    """Nothing is said where nothing is wrong."""
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        pytest.param(
            [("messages.0.audiences.0", "young-fx")],
            "messages.0.audiences.0",
            "unknown audience 'young-fx'",
            id="audience-of-a-message",
        ),
        pytest.param(
            [("releases.0.message", "lost-grund")],
            "releases.0.message",
            "unknown message 'lost-grund'",
            id="message-of-a-release",
        ),
        pytest.param(
            [("releases.0.channels.0", "fr-mastodn")],
            "releases.0.channels.0",
            "unknown channel 'fr-mastodn'",
            id="channel-of-a-release",
        ),
        pytest.param(
            [("channels.0.issuer", "us")], "channels.0.issuer", "unknown partner 'us'", id="issuer-is-a-partner"
        ),
        pytest.param(
            [("blackouts.0.partner", "us")], "blackouts.0.partner", "unknown partner 'us'", id="blackout-of-a-partner"
        ),
        pytest.param(
            [("objectives.0.kpis.0.audience", "x")],
            "objectives.0.kpis.0.audience",
            "unknown audience 'x'",
            id="audience-of-a-kpi",
        ),
        pytest.param(
            [("objectives.0.kpis.0.channel", "x")],
            "objectives.0.kpis.0.channel",
            "unknown channel 'x'",
            id="channel-of-a-kpi",
        ),
        pytest.param(
            [("objectives.0.kpis.0.message", "x")],
            "objectives.0.kpis.0.message",
            "unknown message 'x'",
            id="message-of-a-kpi",
        ),
        pytest.param(
            [("messages.0.waive", [{"check": "c", "channel": "x", "because": "b"}])],
            "messages.0.waive.0.channel",
            "unknown channel 'x'",
            id="channel-of-a-waiver",
        ),
        pytest.param(
            [("releases.0.variant", "c")],
            "releases.0.variant",
            "unknown variant 'c' of message 'lost-ground'",
            id="variant",
        ),
        pytest.param(
            [("releases.0.variant", "alternate")],
            "releases.0.variant",
            "only a repeat can alternate",
            id="alternate-once",
        ),
        pytest.param(
            [("messages.0.variants", {})],
            "releases.1.variant",
            "message 'lost-ground' has no variants to alternate",
            id="alternate-of-one",
        ),
        pytest.param(
            [("audiences.1", {**SECOND_AUDIENCE, "id": "young-fr"})],
            "audiences.1.id",
            "id 'young-fr' a second time in audiences",
            id="audience-twice",
        ),
        pytest.param(
            [("releases.1.id", "launch")], "releases.1.id", "id 'launch' a second time in releases", id="release-twice"
        ),
        pytest.param(
            [("objectives.1", {**sound()["objectives"][0], "id": "other"})],
            "objectives.1.kpis.0.id",
            "id 'recall' a second time among the KPIs of the campaign",
            id="kpi-twice",
        ),
        pytest.param(
            [("releases.0.channels.1", "fr-mastodon")],
            "releases.0.channels.1",
            "name 'fr-mastodon' a second time in channels",
            id="channel-listed-twice",
        ),
        pytest.param(
            [("channels.0.locales", ["en-GB"])],
            "releases.0.channels.0",
            "channel 'fr-mastodon' speaks en-GB, but the audiences of message 'lost-ground' read fr-FR or ar",
            id="no-shared-locale",
        ),
        pytest.param(
            [("objectives.0.kpis.0.target", 18), ("objectives.0.kpis.0.unit", "share")],
            "objectives.0.kpis.0.target",
            "'target': 18 is not a share of something",
            id="per-cent-sign-forgotten",
        ),
        pytest.param(
            [("messages.0.values.x", 1)],
            "messages.0.values.x.[key]",
            "value 'x' is used in no wording",
            id="value-unused",
        ),
        pytest.param(
            [("messages.0.values", {})],
            "messages.0.wording.ar",
            "'{{ partners_in_coalition }}' has no value",
            id="value-missing",
        ),
        pytest.param(
            [("messages.0.variants.b.wording.ar", "{{ y }}")],
            "messages.0.variants.b.wording.ar",
            "'{{ y }}' has no value",
            id="value-missing-in-a-variant",
        ),
        pytest.param(
            [("audiences.1", SECOND_AUDIENCE), ("messages.0.audiences.1", "young-uk")],
            "releases.0.at",
            "Its audiences live in 2 zones (Europe/London, Europe/Paris), so the wall time could mean any.",
            id="no-shared-zone",
        ),
        pytest.param(
            [("releases.0.at", "2027-03-28T02:30")],
            "releases.0.at",
            "2027-03-28T02:30 does not exist in Europe/Paris: the clocks go forward over it.",
            id="dst-gap",
        ),
        pytest.param(
            [("ends", "2027-12-01"), ("releases.0.at", "2027-10-31T02:30")],
            "releases.0.at",
            "2027-10-31T02:30 occurs twice in Europe/Paris: the clocks go back over it.",
            id="dst-fold",
        ),
        pytest.param(
            [("releases.1.at", "2027-03-21T02:30")],
            "releases.1.repeat",
            "2027-03-28T02:30 does not exist in Europe/Paris: the clocks go forward over it.",
            id="dst-gap-in-a-repeat",
        ),
        pytest.param(
            [("releases.0.at", "2027-05-01T00:00")],
            "releases.0.at",
            "2027-05-01T00:00 is after the campaign ends (2027-04-30)",
            id="after-the-end",
        ),
        pytest.param(
            [("releases.0.at", "2027-01-10T23:59")],
            "releases.0.at",
            "2027-01-10T23:59 is before the campaign starts (2027-01-11)",
            id="before-the-start",
        ),
        pytest.param(
            [("releases.1.at", "2027-04-13T18:30")],
            "releases.1.repeat",
            "1 of 4 occurrences come after the campaign ends (2027-04-30); the last is 2027-05-04T18:30",
            id="repeat-beyond-the-end",
        ),
        pytest.param(
            [("ends", None), ("releases.1.repeat", "FREQ=DAILY")],
            "releases.1.repeat",
            "The recurrence rule never ends: no COUNT or UNTIL, no until on the release, no ends on the campaign.",
            id="repeat-without-end",
        ),
        pytest.param(
            [("releases.1.repeat", "weekly")],
            "releases.1.repeat",
            "'WEEKLY' is not a part of a recurrence rule that we take.",
            id="bad-rule",
        ),
        pytest.param(
            [("releases.0.until", "2027-02-01T00:00")],
            "releases.0.until",
            "until ends a repeat, and this release has none",
            id="until-without-repeat",
        ),
        pytest.param(
            [("releases.1.until", "2027-01-18T00:00")],
            "releases.1.until",
            "until comes before at (2027-01-19T18:30)",
            id="until-before-at",
        ),
        pytest.param(
            [("releases.0.not_after", "2027-01-12T18:30")],
            "releases.0.not_after",
            "not_after comes before at (2027-01-12T18:30), so it would never go out",
            id="not-after-before-at",
        ),
        pytest.param(
            [("releases.1.not_after", "2027-01-30T00:00")],
            "releases.1.not_after",
            "not_after (2027-01-30T00:00) comes before the last occurrence (2027-02-09T18:30)",
            id="not-after-inside-a-repeat",
        ),
        pytest.param(
            [("releases.0.not_after", "2027-03-28T02:30")],
            "releases.0.not_after",
            "2027-03-28T02:30 does not exist in Europe/Paris: the clocks go forward over it.",
            id="not-after-in-a-gap",
        ),
    ],
)
def test_each_rule_refuses(changes, place, message):
    """The fault stands at the key to change, as an error, with a cure."""
    found = faults(*changes)

    assert (place, f"error: {message}") in [each[:2] for each in found]
    assert all(hint for *_, hint in found)


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        pytest.param([("title", {})], "campaign", "the campaign has no title", id="title"),
        pytest.param([("policy_aim", None)], "campaign", "the campaign has no policy_aim", id="policy-aim"),
        pytest.param([("objectives", [])], "campaign", "the campaign has no objectives", id="objectives"),
        pytest.param([("ends", None)], "campaign", "the campaign has no ends", id="ends"),
        pytest.param(
            [("objectives.0.kpis.0.baseline", ...)],
            "objectives.0.kpis.0",
            "KPI 'recall' has no baseline",
            id="baseline",
        ),
        pytest.param(
            [("objectives.0.kpis.0.why", ...)],
            "objectives.0.kpis.0",
            "KPI 'recall' does not say why this level",
            id="why",
        ),
        pytest.param(
            [("channels.0.kind", "smtp")],
            "messages.0",
            "message 'lost-ground' goes to 'fr-mastodon' (smtp) without a headline",
            id="headline",
        ),
        pytest.param(
            [("partners.uk.name", {})], "partners.uk", "partner 'uk' has no name in ar, fr-FR", id="partner-name"
        ),
        pytest.param([("partners.uk.help", {})], "partners.uk", "partner 'uk' has no help line", id="help-line"),
        pytest.param(
            [("messages.0.wording.ar", ...)],
            "releases.0.channels.0",
            "message 'lost-ground' has no wording in ar, which channel 'fr-mastodon' would send",
            id="wording",
        ),
        pytest.param(
            [("messages.0.variants.b.wording.ar", ...)],
            "releases.1.channels.0",
            "message 'lost-ground' has no wording in ar, which channel 'fr-mastodon' would send",
            id="wording-of-a-variant",
        ),
        pytest.param(
            [("releases.0.at", "2027-01-12T23:00")], "releases.0.at", "goes out at night in Europe/Paris", id="at-night"
        ),
        pytest.param(
            [("releases.0.at", "2027-04-10T12:00")],
            "releases.0.at",
            "2027-04-10T12:00 falls in blackout 'fr-reserve' of fr: réserve électorale",
            id="in-a-blackout",
        ),
        pytest.param(
            [("releases.1.at", "2027-03-21T18:30"), ("blackouts.0.from", "2027-03-27T00:00")],
            "releases.1.at",
            "2027-03-28T18:30 (and 2 more) falls in blackout 'fr-reserve' of fr: réserve électorale",
            id="repeat-in-a-blackout",
        ),
    ],
)
def test_each_piece_of_advice_is_a_warning(changes, place, message):
    """What may be lacking is asked for, and stops nothing."""
    found = faults(*changes)

    assert (place, f"warning: {message}") in [each[:2] for each in found]
    assert [each for each in found if each[1].startswith("error")] == []
    assert all(hint for *_, hint in found)


@pytest.mark.parametrize(
    ("road", "written", "meant"),
    [
        pytest.param("releases.0.channels.0", "fr-mastodn", "did you mean 'fr-mastodon'?", id="channel"),
        pytest.param("releases.0.message", "lost-grounds", "did you mean 'lost-ground'?", id="message"),
        pytest.param("channels.0.issuer", "frr", "did you mean 'fr'?", id="partner"),
        pytest.param("channels.0.issuer", "xyz", "known here: uk or fr", id="nothing-like-it"),
        pytest.param(
            "messages.0.wording.ar", "{{ partners_in_coalitoin }}", "did you mean 'partners_in_coalition'?", id="value"
        ),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_the_nearest_word(road, written, meant):
    """The cure names what was probably meant, or what there is."""
    assert meant in [hint for *_, hint in faults((road, written))]


def test_a_fold_answers_a_time_that_occurs_twice():
    """What must be said, once said, is enough."""
    assert faults(("ends", "2027-12-01"), ("releases.0.at", "2027-10-31T09:30"), ("releases.0.fold", 1)) == []
    assert [
        each[1]
        for each in faults(("ends", "2027-12-01"), ("releases.0.at", "2027-10-31T02:30"), ("releases.0.fold", 1))
    ] == ["warning: goes out at night in Europe/Paris"]


def test_a_campaign_s_zone_stands_for_audiences_in_many():
    """`zone:` at the campaign, or at the entry, settles what its audiences cannot."""
    two = [("audiences.1", SECOND_AUDIENCE), ("messages.0.audiences.1", "young-uk")]

    assert faults(*two, ("zone", "Europe/Paris")) == []
    assert len(faults(*two, ("releases.0.zone", "Europe/Paris"))) == 1
