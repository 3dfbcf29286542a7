"""What is said of a document's sound keys where others could not be read."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.documents.dump import to_yaml
from campaigns.documents.load import loads
from campaigns.documents.schema import Campaign
from campaigns.errors import InvalidDocument
from tests.builders.documents import put, sound

SCHEMA_FAULTS = {
    "partners": 7,
    "title": 7,
    "objectives.0.kind": "fame",
    "audiences.0.ages": "8-24",
    "channels.0.kind": "Mastodon",
    "messages.0.lnik": "https://example.org",
    "releases.0.variant": "Z",
    "blackouts.0.zone": "Europe/Pari",
    "owners": "joint-comms-cell",
}
REFERENCE_FAULTS = {
    "objectives.0.kpis.0.audience": "elders",
    "channels.0.issuer": "us",
    "messages.0.audiences": ["young-fr", "elders"],
    "messages.0.values": {},
    "releases.0.message": "lost-sky",
    "releases.1.channels": ["fr-radio"],
    "releases.0.at": "2028-01-01T10:00",
    "blackouts.0.partner": "us",
}


def told(text: str) -> list[str]:
    """Return the errors in *text*, without their places."""
    try:
        loads(text, "c.yaml")
    except InvalidDocument as refused:
        return [f"{each.message}; {each.hint}" for each in refused.complaints if each.severity == "error"]
    return []


def written(roads: Iterable[str]) -> str:
    """Return the sound document with faults at *roads*, as JSON, which is YAML too."""
    data = sound()
    for road in roads:
        put(data, road, (SCHEMA_FAULTS | REFERENCE_FAULTS)[road])
    return json.dumps(data)


@pytest.mark.parametrize(
    ("fault", "road", "expected"),
    [
        pytest.param("objectives.0.kind", "channels.0.issuer", "unknown partner 'us'", id="objectives-hide-no-issuer"),
        pytest.param(
            "releases.0.variant", "messages.0.audiences", "unknown audience 'elders'", id="releases-hide-no-audience"
        ),
        pytest.param("audiences.0.ages", "messages.0.values", "has no value", id="audiences-hide-no-placeholder"),
        pytest.param("title", "releases.0.at", "is after the campaign ends", id="a-title-hides-no-time"),
        pytest.param(
            "blackouts.0.zone", "releases.0.message", "unknown message 'lost-sky'", id="blackouts-hide-no-message"
        ),
    ],
)
def test_a_schema_fault_hides_no_fault_elsewhere(fault, road, expected):
    """Whoever mends a file sees at once what is wrong in the rest of it."""
    found = told(written([fault, road]))

    assert len(found) > 1
    assert any(expected in each for each in found)


@given(
    st.sets(st.sampled_from(sorted(SCHEMA_FAULTS)), min_size=1, max_size=3),
    st.lists(st.sampled_from(sorted(REFERENCE_FAULTS)), max_size=4, unique=True),
)
@settings(max_examples=150, deadline=None)
def test_nothing_is_told_that_goes_away_by_itself(faults, roads):
    """What is said beside schema faults is said still when those are mended, whichever they are."""
    torn, mended = told(written([*roads, *faults])), told(written(roads))

    assert len(set(torn) - set(mended)) == len(faults)


def test_a_key_under_a_wrong_name_is_not_taken_for_missing():
    """Narratives written as `narrative:` are not said to be described nowhere."""
    data = put(put(sound(), "messages.0.counters", "claim"), "narratives", [{"id": "claim"}])
    text = to_yaml(Campaign.model_validate(data)).replace("narratives:", "narrative:")

    with pytest.raises(InvalidDocument) as refused:
        loads(text)

    assert [each.message for each in refused.value.complaints] == ["unknown key 'narrative'"]
