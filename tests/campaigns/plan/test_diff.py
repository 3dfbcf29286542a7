"""What differs between two documents."""

import pytest
from hypothesis import given

from campaigns.documents.schema import Campaign
from campaigns.plan.changes import Change, FieldChange, Kind
from campaigns.plan.diff import diff
from tests.builders.documents import WHOLE, campaigns, put, sound

BEFORE = Campaign.model_validate(sound())


def after(*changes: tuple[str, object]) -> Campaign:
    """Return the sound document after *changes*."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    return Campaign.model_validate(data)


def test_a_new_campaign_creates_every_noun_in_order():
    """What is referred to comes before what refers to it."""
    found = diff(None, BEFORE)

    assert {change.kind for change in found.changes} == {Kind.CREATED}
    assert [(change.noun, change.id) for change in found.changes] == [
        ("campaign", "raqqa-voices"),
        ("objective", "know-the-truth"),
        ("kpi", "recall"),
        ("audience", "young-fr"),
        ("channel", "fr-mastodon"),
        ("message", "lost-ground"),
        ("release", "launch"),
        ("release", "reminder"),
        ("blackout", "fr-reserve"),
    ]


@given(campaigns())
@WHOLE
def test_a_document_does_not_differ_from_itself(document):
    """The same words twice are no change, however they were written down."""
    assert not diff(document, Campaign.model_validate_json(document.model_dump_json(by_alias=True)))


@given(campaigns("one"), campaigns("one"))
@WHOLE
def test_back_and_forth_mirror_each_other(one, two):
    """What is created one way is retired the other way, and each field's sides swap."""
    there, back = diff(one, two).changes, diff(two, one).changes
    opposite = {Kind.CREATED: Kind.RETIRED, Kind.RETIRED: Kind.CREATED, Kind.CHANGED: Kind.CHANGED}

    assert {(opposite[each.kind], each.noun, each.id) for each in there} == {(b.kind, b.noun, b.id) for b in back}
    fields = {
        (each.noun, each.id, field.name, str(field.before), str(field.after)) for each in there for field in each.fields
    }
    assert fields == {(e.noun, e.id, f.name, str(f.after), str(f.before)) for e in back for f in e.fields}


@pytest.mark.parametrize(
    ("road", "value", "noun", "name", "before", "then"),
    [
        pytest.param("policy_aim", "Another.", "campaign", "policy_aim", BEFORE.policy_aim, "Another.", id="campaign"),
        pytest.param("objectives.0.kpis.0.target", "19%", "kpi", "target", 0.18, 0.19, id="kpi"),
        pytest.param("channels.0.rate", "5/h", "channel", "rate", "30/h", "5/h", id="channel"),
        pytest.param(
            "releases.0.at",
            "2027-01-13T18:30",
            "release",
            "at",
            "2027-01-12T18:30:00",
            "2027-01-13T18:30:00",
            id="release",
        ),
        pytest.param(
            "blackouts.0.to",
            "2027-04-12T00:00",
            "blackout",
            "to",
            "2027-04-11T20:00:00",
            "2027-04-12T00:00:00",
            id="as-written-in-yaml",
        ),
        pytest.param(
            "messages.0.values.partners_in_coalition",
            74.0,
            "message",
            "values",
            {"partners_in_coalition": 74},
            {"partners_in_coalition": 74.0},
            id="74-is-not-74.0",
        ),
        pytest.param("ends", None, "campaign", "ends", "2027-04-30", None, id="no-longer-set"),
    ],
)
def test_one_edit_is_one_field_of_one_noun(road, value, noun, name, before, then):
    """A change names the noun, its id, the key as written, and both sides as plain data."""
    (change,) = diff(BEFORE, after((road, value))).changes

    assert (change.kind, change.noun, change.fields) == (Kind.CHANGED, noun, (FieldChange(name, before, then),))


def test_the_order_of_partners_is_a_change_and_of_locales_is_none():
    """Partners stand in the partner line as they are listed; which locale is written first means nothing."""
    partners = dict(reversed(sound()["partners"].items()))
    title = dict(reversed(sound()["title"].items()))

    assert [each.fields[0].name for each in diff(BEFORE, after(("partners", partners))).changes] == ["partners"]
    assert not diff(BEFORE, after(("title", title)))


def test_a_renamed_noun_is_one_created_and_one_retired():
    """Identity is declared: another id is another thing."""
    found = diff(BEFORE, after(("releases.0.id", "opening"))).changes

    assert found == (Change(Kind.CREATED, "release", "opening"), Change(Kind.RETIRED, "release", "launch"))
