"""A document from which nothing changed is neither expanded nor rendered, and nothing that did change is overlooked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from campaigns.calendar import zone_data
from campaigns.documents import schema
from content import render
from scheduler.releases import edit
from scheduler.releases.plan import Kind
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import OTHER_WORDS, document

PICTURE = {"media": [{"file": "map.png", "alt": {"en-GB": "A map."}}]}


def illustrated(**changes: object) -> schema.Campaign:
    """Return a document whose first message has a picture."""
    return document(messages=[campaigns.message(1, **PICTURE, **changes), campaigns.message(2)])


@pytest.fixture
def applied(shared: Workspace) -> Workspace:
    """Give a workspace in which the illustrated document was applied."""
    (shared.settings.media / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n1")
    shared.apply(illustrated())
    return shared


@contextmanager
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Give the names of the releases that are looked at one by one."""
    looked: list[str] = []
    original = edit.request_of

    def spy(planned: object, *rest: object) -> object:
        looked.append(planned.name)  # type: ignore[attr-defined]  # a Planned
        return original(planned, *rest)

    monkeypatch.setattr(edit, "request_of", spy)
    yield looked


def test_what_did_not_change_is_not_looked_at(applied: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan of an applied document renders nothing, hashes no release, and is empty."""
    with nothing_drawn(monkeypatch) as looked:
        made = applied.plan(illustrated())

    assert made.empty
    assert looked == []


def test_afresh_looks_at_every_release(applied: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not trust the database has each release looked at, and learns that nothing changed."""
    with nothing_drawn(monkeypatch) as looked:
        made = applied.plan(illustrated(), afresh=True)

    assert made.empty
    assert sorted(looked) == ["r1/en-GB/uk-outbox", "r2/en-GB/uk-outbox"]


def other_picture(made: Workspace, _: pytest.MonkeyPatch) -> None:
    (made.settings.media / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n22")


def lost_picture(made: Workspace, _: pytest.MonkeyPatch) -> None:
    (made.settings.media / "map.png").unlink()


def own_template(made: Workspace, _: pytest.MonkeyPatch) -> None:
    place = made.settings.templates / "post"
    place.mkdir(parents=True)
    (place / "text.j2").write_text("{{ attribution }}\n{{ text }}\n{{ help }}\n{{ link }}", "utf-8")


def newer_rules(_: Workspace, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(render, "VERSION", render.VERSION + 1)


def cancelled(made: Workspace, _: pytest.MonkeyPatch) -> None:
    made.set("r1", state="cancelled")


def gone(made: Workspace, _: pytest.MonkeyPatch) -> None:
    with made.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM release WHERE entry = 'r1'")


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        pytest.param(other_picture, Kind.CHANGED, id="another-picture"),
        pytest.param(lost_picture, Kind.CHANGED, id="a-picture-gone"),
        pytest.param(own_template, Kind.CHANGED, id="a-template-of-the-workspace"),
        pytest.param(newer_rules, Kind.RECHECKED, id="newer-code"),
        pytest.param(cancelled, Kind.CHANGED, id="a-release-cancelled"),
        pytest.param(gone, Kind.NEW, id="a-release-deleted"),
    ],
)
def test_what_changed_around_the_document_is_seen(
    applied: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Workspace, pytest.MonkeyPatch], None],
    kind: Kind,
) -> None:
    """The same document again is no shortcut where its pictures, templates, rules or releases are others."""
    happens(applied, monkeypatch)
    made = applied.plan(illustrated())

    assert "r1/en-GB/uk-outbox" in [each.name for each in made.of(kind)]


def test_other_zone_data_is_looked_at(applied: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer zone data may move every release: each is looked at, even where none moves."""
    monkeypatch.setattr(zone_data, "digest", lambda zone: f"other data of {zone}")
    with nothing_drawn(monkeypatch) as looked:
        made = applied.plan(illustrated())

    assert made.empty
    assert len(looked) == 2


def test_an_edit_is_seen(applied: Workspace) -> None:
    """Other words are a change, and applying them leaves a mark of their own."""
    edited = illustrated(**OTHER_WORDS)

    assert len(applied.apply(edited).of(Kind.CHANGED)) == 1
    assert applied.plan(edited).empty
    assert not applied.plan(illustrated()).empty


def test_what_checks_found_is_said_again(shared: Workspace) -> None:
    """A plan without changes still names the releases that a check keeps back."""
    blocked = document(messages=[campaigns.message(1, media=[{"file": "none.png"}]), campaigns.message(2)])
    shared.apply(blocked)
    made = shared.plan(blocked)

    assert made.empty
    assert {each.name for each in made.releases if each.findings} == {"r1/en-GB/uk-outbox"}


def test_every_zone_has_data() -> None:
    """The digest is of what `zoneinfo` reads: the same for the same zone, others for others."""
    found = {zone: zone_data.digest(zone) for zone in ("Europe/Paris", "Europe/London", "Asia/Baghdad")}

    assert len(set(found.values())) == 3
    assert found["Europe/Paris"] == zone_data.digest("Europe/Paris")
