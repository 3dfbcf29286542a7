"""What is wrong between campaigns that are loaded together."""

from pathlib import Path
from typing import Any

import pytest

from campaigns.documents.dump import to_yaml
from campaigns.documents.load import load, loads
from campaigns.documents.schema import Campaign
from campaigns.errors import InvalidDocument
from tests.builders.documents import put, sound

LEARNING = [
    {"id": "short-is-better", "found": "Short posts were read.", "next_time": "Write shorter."},
    {"id": "evenings", "found": "Evenings were quiet.", "next_time": "Post at noon."},
]


def document(name: str, **roads: Any) -> str:
    """Return the sound campaign called *name*; *roads* are what is put in it, with `__` for a dot."""
    data = put(sound(), "campaign", name)
    for road, value in roads.items():
        put(data, road.replace("__", "."), value)
    return to_yaml(Campaign.model_validate(data))


def carries(campaign: str, learning: str) -> list[dict[str, str]]:
    return [{"id": "c1", "campaign": campaign, "learning": learning, "applied": "We write shorter."}]


def told(folder: Path, **texts: str) -> list[str]:
    """Return every complaint about the campaigns *texts*, without their hints, warnings called so."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    try:
        found = [warning for loaded in load([folder]) for warning in loaded.warnings]
    except InvalidDocument as refused:
        found = refused.complaints
    return [
        ("warning " if each.severity == "warning" else "") + str(each).replace(f"{folder}/", "").split(";")[0]
        for each in found
    ]


@pytest.mark.parametrize(
    ("campaign", "learning", "expected"),
    [
        pytest.param("first", "evenings", [], id="learnt-there"),
        pytest.param("elsewhere", "anything", [], id="campaign-not-at-hand"),
        pytest.param("first", "evening", ["campaign 'first' has no learning 'evening'"], id="not-learnt-there"),
        pytest.param("second", "evenings", ["campaign 'second' carries from itself"], id="from-itself"),
    ],
)
def test_what_is_carried_was_learnt(tmp_path, campaign, learning, expected):
    """A campaign at hand must have the learning that another carries from it; none carries from itself."""
    second = document("second", carries=carries(campaign, learning))
    found = told(tmp_path, a=document("first", learning=LEARNING), b=second)

    assert [each.partition(" ")[2] for each in found] == expected


@pytest.mark.parametrize(
    ("learnt", "learning", "hint"),
    [
        pytest.param(LEARNING, "evening", "did you mean 'evenings'?", id="near"),
        pytest.param(LEARNING, "xyz", "known there: short-is-better or evenings", id="far"),
        pytest.param([], "xyz", "write it there, under learning:", id="nothing-learnt"),
    ],
)
def test_the_cure_names_what_was_learnt(tmp_path, learnt, learning, hint):
    """The nearest learning is suggested, or all of them; the place is the one that names it."""
    (tmp_path / "a.yaml").write_text(document("first", learning=learnt), "utf-8")
    text = document("second", carries=carries("first", learning))
    (tmp_path / "b.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidDocument) as refused:
        load([tmp_path])
    (complaint,) = refused.value.complaints

    assert complaint.hint == hint
    line = text.splitlines()[complaint.where.line - 1]
    assert line[complaint.where.column - 1 :].startswith(learning)


def test_a_text_alone_may_not_carry_from_itself():
    """What needs one campaign to be seen is seen in one."""
    with pytest.raises(InvalidDocument) as refused:
        loads(document("first", learning=LEARNING, carries=carries("first", "evenings")))

    assert refused.value.message == "campaign 'first' carries from itself"


def test_one_audience_for_two_kinds_of_people_is_warned_of(tmp_path):
    """It may be meant, so nothing stops; both places are named, and which keys differ."""
    one, two = document("first"), document("second", audiences__0__ages="25+", audiences__0__countries=["FR"])

    assert told(tmp_path, a=one, b=two) == [
        "warning a.yaml:26:5 audience 'young-fr' is defined otherwise (countries, ages) at b.yaml:26:5 too",
        "warning b.yaml:26:5 audience 'young-fr' is defined otherwise (countries, ages) at a.yaml:26:5 too",
    ]


def test_the_same_audience_in_two_campaigns_is_one(tmp_path):
    """The same definition twice is no clash."""
    assert told(tmp_path, a=document("first"), b=document("second")) == []
