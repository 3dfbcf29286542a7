"""Comments on a wording: kept, answered, closed, shown; they stop nothing."""

import json
from collections.abc import Callable

import pytest

from campaigns import clock
from campaigns.errors import Refused
from scheduler.review import comments
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import EDITED, document

Cordiale = Callable[..., tuple[int, str]]


@pytest.fixture
def booked(shared: Workspace) -> Workspace:
    """Give a workspace with two drafts, on each database."""
    shared.apply(document())
    return shared


def add(workspace: Workspace, text: str = "Is this right?") -> str:
    with workspace.transaction() as connection:
        return comments.add(connection, "voices", "m1", "en-GB", person="luc", text=text, at=clock.now())


def test_a_remark_is_answered_and_closed(booked: Workspace):
    """Answers stand below what they answer; closing says who did, once; the log has who and which, not the words."""
    remark = add(booked)
    with booked.transaction() as connection:
        reply = comments.answer(connection, "voices", remark, person="amina", text="Yes.", at=clock.now())
        comments.answer(connection, "voices", reply, person="luc", text="Thank you.", at=clock.now())
        assert comments.close(connection, "voices", remark, person="luc", at=clock.now())
        assert not comments.close(connection, "voices", remark, person="amina", at=clock.now())
        ((one,),) = comments.read(connection, "voices").values()

    assert [(each.person, each.text) for each in one.answers] == [("amina", "Yes."), ("luc", "Thank you.")]
    assert one.closed_by == "luc"
    acts = [each["act"] for each in booked.events() if each["act"].startswith("comment.")]
    assert acts == ["comment.add", "comment.answer", "comment.answer", "comment.close"]
    assert "Is this right?" not in str(booked.events())


def test_a_comment_stops_nothing(booked: Workspace):
    """Whoever wants to stop a release refuses it."""
    add(booked)
    booked.approve()

    assert set(booked.states().values()) == {"scheduled"}


def test_a_comment_outlives_an_edit_of_its_wording(booked: Workspace):
    """It is about the wording of a message, whichever bytes that has."""
    remark = add(booked)
    booked.apply(document(messages=EDITED))
    with booked.transaction() as connection:
        assert [each.id for each in comments.read(connection, "voices")["m1", "en-GB"]] == [remark]


@pytest.mark.parametrize(
    ("message", "locale", "text", "said"),
    [
        pytest.param("m9", "en-GB", "x", "no message 'm9'", id="no-such-message"),
        pytest.param("m1", "fr-FR", "x", "no wording in 'fr-FR'", id="no-such-wording"),
        pytest.param("m1", "en-GB", "  ", "says nothing", id="nothing"),
        pytest.param("m1", "en-GB", "x" * 5000, "5,000 characters", id="far-too-much"),
    ],
)
def test_a_comment_is_about_something(booked: Workspace, message: str, locale: str, text: str, said: str):
    """A wrong name, or nothing to say, is refused with what would do."""
    with booked.transaction() as connection, pytest.raises(Refused, match=said) as refused:
        comments.add(connection, "voices", message, locale, person="luc", text=text, at=clock.now())
    assert refused.value.hint


def test_the_command_says_answers_and_closes(workspace: Workspace, cordiale: Cordiale):
    """As it is typed: comment, answer, close; `review` shows it, on the terminal without its control characters."""
    workspace.apply(document())
    code, said = cordiale("comment", "voices", "m1", "Is \x1b[2J this right?", "--locale", "en-GB", "--as", "luc")
    (remark,) = json.loads(cordiale("review", "voices", "--json", "--message", "m1")[1])[0]["comments"]
    cordiale("comment", "voices", "It is.", "--answer", remark["id"], "--as", "amina")
    shown = cordiale("review", "voices", "--message", "m1")[1]
    cordiale("comment", "voices", "--close", remark["id"], "--as", "luc")

    assert (code, f"It is comment {remark['id']}." in said) == (0, True)
    assert "<U+001B>[2J" in shown
    assert "\x1b" not in shown
    assert "amina" in shown
    assert "closed by luc" in cordiale("review", "voices", "--message", "m1")[1]
    assert cordiale("comment", "voices", "m1", "no locale")[0] == 2
