"""What an earlier campaign learnt is taken up by the next one, or passed over knowingly."""

import pytest

from campaigns.documents.schema import Campaign, Learning
from campaigns.plan import carried
from tests.builders.documents import sound

LEARNT = {
    "first": [
        Learning(id="families", found="Families answer.", next_time="Begin with\nfamilies."),
        Learning(id="mornings", found="Mornings are read.", next_time="Send in the morning."),
    ],
    "silent": [],
}


def carrying(*pairs: tuple[str, str]) -> Campaign:
    """Return a document that carries (campaign, learning) *pairs*."""
    items = [
        {"id": f"c{number}", "campaign": campaign, "learning": learning, "applied": "We did."}
        for number, (campaign, learning) in enumerate(pairs)
    ]
    return Campaign.model_validate({**sound(), "carries": items})


ALL = (("first", "families"), ("first", "mornings"))
CASES = [
    pytest.param([], [], id="nothing carried, nothing asked"),
    pytest.param(ALL, [], id="all of it"),
    pytest.param([("elsewhere", "x")], [], id="a campaign that is not known here"),
    pytest.param(
        [*ALL, ("first", "familys")],
        [("error", "carries 'familys', which campaign first did not learn", "did you mean 'families'?")],
        id="a slip of the pen",
    ),
    pytest.param(
        [*ALL, ("first", "zzz")],
        [("error", "carries 'zzz', which campaign first did not learn", "it learnt families or mornings")],
        id="nothing like it",
    ),
    pytest.param(
        [("silent", "families")],
        [("error", "carries 'families', which campaign silent did not learn", "it wrote down none")],
        id="a campaign that learnt nothing",
    ),
    pytest.param(
        [("first", "families")],
        [
            (
                "warning",
                "passes over what first learnt ('mornings'): Send in the morning.",
                "carry it: {id: …, campaign: first, learning: mornings, applied: what is done, or why not}",
            )
        ],
        id="one passed over",
    ),
]


@pytest.mark.parametrize(("pairs", "said"), CASES)
def test_learning_is_carried_or_passed_over_knowingly(pairs, said):
    """What is carried must have been learnt; what was learnt and is not carried is named with what it asks for."""
    found = [(fault.severity, fault.message, fault.hint) for fault in carried.check(carrying(*pairs), LEARNT)]

    assert found == said
