"""A plan as a file: it comes back whole, or not at all."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import Refused
from campaigns.plan.diff import diff
from scheduler.releases import plan_file
from scheduler.releases.plan import Kind, Notice, Plan, Record, ReleaseChange, Standing
from scheduler.releases.plan_file import PlanFile, from_text, recognises, to_text
from tests.builders import campaigns, documents

AT = datetime(2027, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
_instants = st.integers(0, 10**6).map(lambda seconds: AT + timedelta(seconds=seconds))
_standing = st.builds(Standing, st.text("0123456789abcdef"), documents.walls, documents.zones, _instants)
_findings = st.fixed_dictionaries({"check": documents.ids, "message": documents.texts, "waived": st.booleans()})
_changes = st.builds(
    ReleaseChange,
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.KEPT]),
    id=st.uuids().map(str),
    name=documents.ids,
    campaign=documents.ids,
    due=_instants,
    why=documents.texts,
    state=st.sampled_from(["", "draft", "scheduled"]),
    voids=st.lists(documents.ids, max_size=2).map(tuple),
    findings=st.lists(_findings, max_size=2).map(tuple),
    wall=documents.walls,
    zone=documents.zones,
    digest=st.text("0123456789abcdef"),
    before=st.none() | _standing,
)


@st.composite
def plans(draw: st.DrawFn) -> PlanFile:
    """Return a plan file of one campaign that becomes another, and of releases of every kind."""
    before, after = draw(st.none() | documents.campaigns("one")), draw(documents.campaigns("one"))
    releases = draw(st.lists(_changes, max_size=4, unique_by=lambda each: each.id))
    made = Plan(
        (diff(before, after, 3),),
        tuple(releases),
        (),
        tuple(draw(st.lists(st.builds(Notice, documents.ids, documents.texts, documents.texts), max_size=2))),
    )
    history = draw(
        st.dictionaries(documents.ids, st.builds(Record, _instants, st.none() | documents.lines), max_size=2)
    )
    files = draw(st.dictionaries(documents.ids.map("media/{}".format), st.text("0123456789abcdef"), max_size=2))
    return PlanFile(AT, draw(documents.lines), (after,), history, files, made)


def in_order(file: PlanFile) -> PlanFile:
    """Return *file* with its releases as they are written: by kind, then by instant and name."""
    releases = tuple(each for kind in Kind for each in file.plan.of(kind))
    return PlanFile(**{**vars(file), "plan": Plan(file.plan.campaigns, releases, (), file.plan.notices)})


@given(plans())
@documents.WHOLE
def test_a_plan_comes_back_as_it_was_written(file: PlanFile):
    """Documents, changes, releases, history and files are all there again, and are written the same again."""
    text = to_text(file)
    read = plan_file._file({k: v for k, v in json.loads(text).items() if k != "digest"}, "x.plan")

    assert recognises(text)
    assert read == in_order(file)
    assert to_text(read) == text
    assert [each.model_dump_json() for each in read.documents] == [each.model_dump_json() for each in file.documents]


def made(**changes: object) -> str:
    """Return a plan file of a campaign with two releases."""
    document = campaigns.campaign(2, at=AT + HOUR, **changes)
    releases = [ReleaseChange(Kind.NEW, "1", "r1/en-GB/uk-outbox", "voices", AT + HOUR, digest="ab")]
    return to_text(PlanFile(AT, "amina", (document,), {}, {}, Plan((diff(None, document, 0),), tuple(releases), ())))


def sealed(change: Callable[[dict[str, object]], object]) -> str:
    """Return the plan file after *change*, with a digest that matches: by somebody who knows how."""
    data = json.loads(made())
    del data["digest"]
    change(data)
    return plan_file._whole(data)


TEXT = made()
DAMAGED = [
    pytest.param(TEXT[: len(TEXT) // 2], "damaged or cut off", id="cut off"),
    pytest.param(TEXT[:-1], "was changed since", id="without its last byte"),
    pytest.param(TEXT.replace("villages", "vilages", 1), "was changed since", id="a word changed"),
    pytest.param(TEXT.replace('"author":"amina"', '"author":"benoit"'), "was changed since", id="another author"),
    pytest.param(TEXT.replace('"digest":"ab"', '"digest":"ac"', 1), "was changed since", id="another release"),
    pytest.param(json.dumps(json.loads(TEXT), indent=2), "was changed since", id="laid out by an editor"),
    pytest.param(f"\ufeff{TEXT}", "damaged", id="with a byte order mark"),
    pytest.param(TEXT.replace("\n", "\r\n"), "was changed since", id="CRLF"),
    pytest.param(TEXT.replace('"author"', '"author":"eve","author"'), "was changed since", id="a key twice"),
    pytest.param(TEXT.replace("Voices", "\\ud800"), "was changed since", id="half a letter"),
    pytest.param('{"cordiale_plan":1}\n', "was changed since", id="nothing else in it"),
    pytest.param('{"cordiale_plan":' + "[" * 100_000, "damaged", id="a nest"),
    pytest.param(sealed(lambda data: data.update(cordiale_plan=2)), "is of version 2", id="of a newer Cordiale"),
    pytest.param(sealed(lambda data: data.update(cordiale_plan=True)), "of version True", id="of no version"),
    pytest.param(sealed(lambda data: data.pop("releases")), "does not say what", id="without releases"),
    pytest.param(sealed(lambda data: data.update(author=7)), "does not say what", id="an author that is a number"),
    pytest.param(sealed(lambda data: data["documents"].clear()), "does not say what", id="without its documents"),
    pytest.param(
        sealed(lambda data: data["documents"][0]["releases"][0].update(message="m9")),
        "would not be taken today: unknown message 'm9'",
        id="a document that no check would pass",
    ),
]


@pytest.mark.parametrize(("text", "said"), DAMAGED)
def test_what_is_not_a_whole_plan_is_refused(text: str, said: str):
    """One changed byte is enough; the refusal names the file and how to get a plan again."""
    assert recognises(text)
    with pytest.raises(Refused, match=said) as refused:
        from_text(text, "monday.plan")

    assert str(refused.value.where) == "monday.plan"
    assert "cordiale plan PATH... --out FILE" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "is_plan"),
    [
        pytest.param(TEXT, True, id="as written"),
        pytest.param(' {\n  "cordiale_plan" : 1', True, id="laid out anew"),
        pytest.param("campaign: voices\n", False, id="a campaign"),
        pytest.param('{"campaign": "cordiale_plan"}', False, id="a campaign in JSON"),
        pytest.param("# cordiale_plan", False, id="a comment"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_plan_is_told_by_how_it_begins(text: str, is_plan: bool):
    """Not by its name, which people choose."""
    assert recognises(text) is is_plan


def test_a_wording_keeps_its_figures():
    """74 and 74.0 read differently, and a plan keeps them apart."""
    words = {"wording": {"en-GB": "{{ n }} or {{ m }} villages."}, "values": {"n": 74.0, "m": 74}}
    (read,) = from_text(made(messages=[campaigns.message(1, **words), campaigns.message(2)]), "x").documents

    assert json.dumps(read.messages[0].values) == '{"n": 74.0, "m": 74}'
