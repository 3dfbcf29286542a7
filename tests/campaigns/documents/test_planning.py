"""The plan around the messages: each rule with the document that breaks it, and the one that keeps it."""

from typing import Any

import pytest
from pydantic import ValidationError

from campaigns.documents import planning, schema
from tests.builders.documents import put, sound

CLAIM = {"id": "claim-to-govern", "claim": {"en-GB": "Daesh governs."}}
IGNORED = {**CLAIM, "decision": "do_not_respond", "because": "an answer would spread it"}
TEACHER = {
    "id": "teacher",
    "name": {"fr-FR": "Professeurs", "ar": "معلمون"},
    "kind": "civil_society",
    "funded_by": ["fr"],
    "disclosure": {"fr-FR": "Financé par la France.", "ar": "بتمويل من فرنسا."},
}
VISITS = {"id": "visits", "stage": "outcome", "metric": "visits", "target": 900, "by": "2027-04-30", "why": "x"}
VISITS |= {"baseline": 0}
LINK = {"id": "l", "from": "recall", "to": "visits", "assumption": "Who recalls it looks.", "basis": "experience"}
TEST = {"id": "t1", "messages": ["lost-ground"], "by": "research cell", "on": "2026-12-01", "result": "Clear."}
WATCH = {
    "by": "research cell",
    "audiences": ["young-fr"],
    "signs": ["Mockery."],
    "stop_if": ["One reply in ten mocks."],
}
EMBARGO = {"embargo": {"until": "2027-01-13T00:01", "zone": "Europe/Paris"}}


def faults(*changes: tuple[str, Any]) -> list[tuple[str, str]]:
    """Return place and words of each fault in the sound document after *changes*; every one has a cure."""
    data = sound()
    for road, value in changes:
        put(data, road, value)
    found = [each for look in planning.CHECKS for each in look(schema.Campaign.model_validate(data))]
    assert all(each.hint for each in found)
    return [(".".join(map(str, each.loc)), f"{each.severity}: {each.message}") for each in found]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([], id="nothing-said"),
        pytest.param([("narratives", [CLAIM]), ("messages.0.counters", "claim-to-govern")], id="narrative"),
        pytest.param([("narratives", [IGNORED])], id="narrative-left-alone"),
        pytest.param([("messengers", [TEACHER]), ("messages.0.messenger", "teacher")], id="messenger"),
        pytest.param([("objectives.0.kpis.1", VISITS), ("theory_of_change", [LINK])], id="theory-of-change"),
        pytest.param([("pretests", [{**TEST, "verdict": "use"}])], id="pre-test"),
        pytest.param([("backfire", WATCH)], id="backfire"),
        pytest.param([("handling", {"core_script": {"fr-FR": "x", "ar": "x"}})], id="handling"),
        pytest.param(
            [("handling", EMBARGO), ("channels.0.kind", "smtp"), ("releases.0.under_embargo", True)], id="embargo"
        ),
    ],
)
def test_a_sound_plan_has_no_faults(changes: list[tuple[str, Any]]) -> None:
    """Nothing is said where nothing is wrong."""
    assert faults(*changes) == []


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        pytest.param(
            [("messages.0.counters", "claim-to-govern")],
            "messages.0.counters",
            "warning: narrative 'claim-to-govern' is described nowhere",
            id="narrative-of-no-list",
        ),
        pytest.param(
            [("narratives", [CLAIM]), ("messages.0.counters", "claim-to-goven")],
            "messages.0.counters",
            "error: unknown narrative 'claim-to-goven'",
            id="narrative-unknown",
        ),
        pytest.param(
            [("narratives", [IGNORED]), ("messages.0.counters", "claim-to-govern")],
            "messages.0.counters",
            "error: answers narrative 'claim-to-govern', which it was decided not to answer: an answer would spread it",
            id="do-not-respond",
        ),
        pytest.param(
            [("messengers", [{**TEACHER, "funded_by": ["us"]}])],
            "messengers.0.funded_by.0",
            "error: unknown partner 'us'",
            id="funded-by-nobody-here",
        ),
        pytest.param(
            [("messages.0.messenger", "teacher")],
            "messages.0.messenger",
            "error: unknown messenger 'teacher'",
            id="messenger-unknown",
        ),
        pytest.param(
            [("messengers", [{**TEACHER, "disclosure": {"fr-FR": "x"}}]), ("messages.0.messenger", "teacher")],
            "messages.0.messenger",
            "error: messenger 'teacher' has no disclosure in ar",
            id="funding-hidden-from-some",
        ),
        pytest.param(
            [("objectives.0.kpis.1", VISITS), ("theory_of_change", [{**LINK, "to": "visit"}])],
            "theory_of_change.0.to",
            "error: unknown KPI 'visit'",
            id="link-to-nowhere",
        ),
        pytest.param(
            [("objectives.0.kpis.1", VISITS), ("theory_of_change", [{**LINK, "from": "visits", "to": "recall"}])],
            "theory_of_change.0.to",
            "error: leads from outcome ('visits') to outtake ('recall'), which does not come after it",
            id="link-backwards",
        ),
        pytest.param(
            [("objectives.0.kpis.1", VISITS), ("theory_of_change", [{**LINK, "basis": "guess"}])],
            "theory_of_change.0.assumption",
            "warning: link 'l' rests on a guess",
            id="guess",
        ),
        pytest.param(
            [
                ("objectives.0.kpis.1", VISITS),
                ("objectives.0.kpis.2", {**VISITS, "id": "calls"}),
                ("theory_of_change", [LINK]),
            ],
            "objectives.0.kpis.2",
            "warning: nothing in theory_of_change leads to KPI 'calls' (outcome)",
            id="outcome-without-cause",
        ),
        pytest.param(
            [("pretests", [{**TEST, "verdict": "drop"}])],
            "releases.0.message",
            "error: releases message 'lost-ground', which pre-test 't1' dropped",
            id="dropped",
        ),
        pytest.param(
            [("pretests", [{**TEST, "messages": ["x"], "verdict": "use"}])],
            "pretests.0.messages.0",
            "error: unknown message 'x'",
            id="test-of-nothing",
        ),
        pytest.param(
            [("backfire", {**WATCH, "audiences": ["everyone"]})],
            "backfire.audiences.0",
            "error: unknown audience 'everyone'",
            id="watch-over-nobody",
        ),
        pytest.param(
            [("audiences.0.insight", "Write to @hassan about it.")],
            "audiences.0.insight",
            "error: audience 'young-fr' seems to name an account or an address",
            id="a-person-named",
        ),
        pytest.param(
            [("handling", {"core_script": {"fr-FR": "x"}})],
            "handling.core_script",
            "warning: the core script has no words in ar",
            id="script-in-one-language",
        ),
        pytest.param(
            [("releases.0.under_embargo", True)],
            "releases.0.under_embargo",
            "error: no embargo is written in handling",
            id="no-embargo-to-keep",
        ),
        pytest.param(
            [("handling", EMBARGO), ("releases.0.under_embargo", True)],
            "releases.0.channels",
            "error: channel 'fr-mastodon' is public (mastodon), so nobody there can keep an embargo",
            id="embargo-told-to-everybody",
        ),
    ],
)
def test_each_rule_of_the_plan(changes: list[tuple[str, Any]], place: str, said: str) -> None:
    """What cannot be is an error; what a professional would ask about is a warning."""
    assert (place, said) in faults(*changes)


@pytest.mark.parametrize(
    ("noun", "data", "said"),
    [
        pytest.param(schema.Narrative, {"id": "n", "decision": "do_not_respond"}, "needs its reason", id="no-reason"),
        pytest.param(schema.Narrative, {"id": "n", "decision": "monitor"}, "needs its reason", id="watched-why"),
        pytest.param(
            schema.Messenger, {"id": "m", "name": {"ar": "x"}, "kind": "creator"}, "say who funds it", id="who-pays"
        ),
        pytest.param(schema.Messenger, {**TEACHER, "disclosure": {}}, "says so to its readers", id="undisclosed"),
        pytest.param(schema.Messenger, {**TEACHER, "kind": "persona"}, "Input should be", id="no-personas"),
        pytest.param(schema.CausalLink, {**LINK, "basis": "research"}, "needs its source", id="research-unnamed"),
        pytest.param(schema.Size, {"value": 12}, "nothing here is aimed at individuals", id="a-dozen-people"),
        pytest.param(schema.Quiet, {"from": "22:00", "to": "22:00", "zone": "UTC"}, "different times", id="no-span"),
        pytest.param(schema.Quiet, {"from": "25:00", "to": "07:00", "zone": "UTC"}, "as 22:00", id="no-such-hour"),
    ],
)
def test_what_a_noun_refuses_by_itself(noun: type[schema.Model], data: dict[str, Any], said: str) -> None:
    """A decision without its reason, a payer who is not named, and an audience of a few are refused at once."""
    with pytest.raises(ValidationError, match=said):
        noun.model_validate(data)
