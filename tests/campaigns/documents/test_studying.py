"""Studies name what is there, have one design each, and can tell one thing from another."""

import pytest

from campaigns.documents import schema, studying
from campaigns.documents.references import check
from tests.builders.evaluations import document, kpi

DRAWN = {"message": "side-by-side", "drawn_by": "the team", "how": "seed 7", "drawn_on": "2026-10-01"}
DIFFER = {"metric": "recall_rate", "campaign_in": ["North"], "not_in": ["South"]}
STEP = {"value": 10, "source": "a judgement"}
ROI = {"kpi": "reach-fr", "worth": STEP, "trend": STEP, "isolation": {"value": "50%", "source": "a judgement"},
       "externalities": STEP, "spent": STEP, "currency": "GBP"}  # fmt: skip


def campaign(study, **changes):
    return document(studies=[{"id": "one", "asks": "Did it work?", **study}], **changes)


def with_variants():
    return [
        {**each.model_dump(mode="json", by_alias=True), "variants": {"b": {"wording": {"en-GB": "Together."}}}}
        for each in document().messages
    ]


@pytest.mark.parametrize(
    ("study", "place", "says"),
    [
        pytest.param({"experiment": {**DRAWN, "message": "x"}}, "message", "unknown message 'x'", id="no-such-message"),
        pytest.param({"experiment": {**DRAWN, "channels": ["x"]}}, 0, "unknown channel 'x'", id="no-such-channel"),
        pytest.param({"experiment": DRAWN}, "message", "has no variants", id="nothing-to-compare"),
        pytest.param({"experiment": {**DRAWN, "drawn_on": "2026-10-09"}}, "drawn_on", "went out", id="drawn-too-late"),
        pytest.param({"differences": {**DIFFER, "not_in": ["North"]}}, 0, "on both sides", id="both-sides"),
        pytest.param(
            {"differences": {**DIFFER, "split": "channel"}}, 0, "unknown channel 'North'", id="part-that-is-not-there"
        ),
        pytest.param({"interrupted": {"metric": "reach", "audience": "x"}}, "audience", "unknown", id="no-audience"),
        pytest.param({"interrupted": {"metric": "reach", "channel": "x"}}, "channel", "unknown", id="no-channel"),
        pytest.param({"roi": {**ROI, "kpi": "x"}}, "kpi", "unknown KPI 'x'", id="no-kpi"),
    ],
)
def test_what_a_study_cannot_be_of(study, place, says):
    """Each fault names its key and has a cure; `check` finds it among the others."""
    made = campaign(study)
    found = [each for each in studying.check(made) if says in each.message]
    assert [each.loc[-1] for each in found][:1] == [place]
    assert all(each.hint for each in found)
    assert found[0] in check(made)


@pytest.mark.parametrize(
    "study", [{"experiment": {**DRAWN, "channels": ["fr-social"]}}, {"differences": DIFFER}, {"roi": ROI}]
)
def test_a_sound_study_has_no_fault(study):
    """An experiment on variants, a comparison of places, and a return on a KPI with a baseline are fine."""
    assert list(studying.check(campaign(study, messages=with_variants()))) == []


def test_a_return_needs_a_baseline():
    """Neither the study nor its KPI says where it stood: that is asked for."""
    bare = [{"id": "know", "kind": "awareness", "kpis": [kpi(baseline=None)]}]
    (fault,) = studying.check(campaign({"roi": ROI}, objectives=bare))
    assert "where it stood" in fault.message
    assert not list(studying.check(campaign({"roi": {**ROI, "baseline": STEP}}, objectives=bare)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"isolation": {"value": 1.2, "source": "x"}}, "0% to 100%"),
        ({"spent": {"value": 0, "source": "x"}}, "spent is above zero"),
        ({"worth": {"value": -5, "to": 9, "source": "x"}}, "worth is above zero"),
    ],
)
def test_steps_that_cannot_be_reckoned(change, says):
    """A share of more than all, and nothing spent, are refused where they are written."""
    with pytest.raises(ValueError, match=says):
        schema.Roi.model_validate({**ROI, **change})
