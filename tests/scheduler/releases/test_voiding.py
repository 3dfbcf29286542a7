"""An edit voids exactly the approvals that it touches, in its own transaction, and the plan says which."""

import copy
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import clock
from campaigns.documents import schema
from campaigns.store.engine import reading
from content import render
from scheduler.releases.ledger import RELEASE
from scheduler.releases.plan import Kind
from scheduler.review.docket import items
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
DUE = (clock.now() + 72 * HOUR).replace(microsecond=0)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "000000050001a5f645400000000049454e44ae426082"
)
Where = tuple[str, str, str]  #: entry, locale, channel


def base() -> dict[str, Any]:
    """Return a campaign as data: three messages in two languages on two accounts, one with a picture."""
    both = ["en-GB", "fr-FR"]
    wordings = [
        {"en-GB": "Daesh lost its towns.", "fr-FR": "Daech a perdu ses villes."},
        {"en-GB": "Many states stand together.", "fr-FR": "De nombreux pays font front."},
        {"en-GB": "Talk early about it.", "fr-FR": "Parlez-en sans attendre."},
    ]
    messages = [
        {"id": f"m{number}", "audiences": ["readers"], "wording": wording} for number, wording in enumerate(wordings, 1)
    ]
    alts = {"en-GB": "A map of towns.", "fr-FR": "Une carte des villes."}
    messages[0]["media"] = [{"file": "map.png", "alt": alts}]
    channels = [
        campaigns.channel(locales=both),
        campaigns.channel(id="fr-outbox", issuer="fr", account="@faits", locales=both),
    ]
    return {
        "campaign": "voices",
        "title": {"en-GB": "Voices"},
        "partners": copy.deepcopy(campaigns.PARTNERS),
        "starts": campaigns.wall(DUE)[:10],
        "audiences": [{"id": each, "locales": both, "timezone": "UTC"} for each in ("readers", "families")],
        "channels": channels,
        "messages": messages,
        "releases": [
            campaigns.entry(number, DUE + number * 6 * HOUR, channels=["uk-outbox", "fr-outbox"])
            for number in (1, 2, 3)
        ],
    }


@dataclass(frozen=True)
class Edit:
    """One change, and which releases it touches."""

    make: Callable[[dict[str, Any], Workspace], object]
    touches: Callable[[Where], bool]


def everything(_: Where) -> bool:
    return True


def nothing(_: Where) -> bool:
    return False


def entry(name: str) -> Callable[[Where], bool]:
    return lambda where: where[0] == name


def put(*path: Any, value: Any) -> Callable[[dict[str, Any], Workspace], None]:
    def make(document: dict[str, Any], _: Workspace) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step] if isinstance(place, list) else place.setdefault(step, {})
        place[path[-1]] = value

    return make


def another_picture(_: dict[str, Any], workspace: Workspace) -> None:
    (workspace.settings.media / "map.png").write_bytes(PNG + b"\0")


def own_template(_: dict[str, Any], workspace: Workspace) -> None:
    place = workspace.settings.templates / "post"
    place.mkdir(parents=True, exist_ok=True)
    (place / "text.j2").write_text("{{ attribution }}\n\n{{ text }}\n\n{{ help }}\n\n{{ link }}", "utf-8")


def other_rules(_: dict[str, Any], workspace: Workspace) -> None:
    workspace.settings = workspace.settings.model_copy(update={"linked_domains": ["example.org"]})


WAIVER = {"check": "long-sentence", "locale": "fr-FR", "because": "A quotation."}
BLACKOUT = {
    "id": "quiet",
    "partner": "fr",
    "from": campaigns.wall(DUE + 11 * HOUR),
    "to": campaigns.wall(DUE + 13 * HOUR),
    "zone": "UTC",
    "reason": "an election",
    "exceptions": [{"releases": ["r2"], "authorised_by": "the duty director", "because": "a helpline has moved"}],
}
EDITS = {
    "one-wording": Edit(
        put("messages", 0, "wording", "fr-FR", value="Daech a perdu ses rues."), lambda at: at[:2] == ("r1", "fr-FR")
    ),
    "a-headline-that-is-not-shown": Edit(put("messages", 1, "headline", value={"en-GB": "Together"}), nothing),
    "a-link": Edit(put("messages", 1, "link", value="https://example.org/x"), entry("r2")),
    "the-bytes-of-a-picture": Edit(another_picture, entry("r1")),
    "an-alt-text": Edit(
        put("messages", 0, "media", 0, "alt", "en-GB", value="A map."), lambda at: at[:2] == ("r1", "en-GB")
    ),
    "a-template": Edit(own_template, everything),
    "an-audience": Edit(put("messages", 2, "audiences", value=["readers", "families"]), entry("r3")),
    "an-account": Edit(put("channels", 1, "account", value="@autres"), lambda at: at[2] == "fr-outbox"),
    "a-time": Edit(put("releases", 1, "at", value=campaigns.wall(DUE + 12.5 * HOUR)), entry("r2")),
    "a-last-instant": Edit(put("releases", 2, "not_after", value=campaigns.wall(DUE + 30 * HOUR)), entry("r3")),
    "a-late-policy": Edit(put("releases", 0, "if_late", value={"after": "5m", "then": "skip"}), entry("r1")),
    "a-waiver": Edit(put("messages", 2, "waive", value=[WAIVER]), lambda at: at[:2] == ("r3", "fr-FR")),
    "leave-in-a-blackout": Edit(put("blackouts", value=[BLACKOUT]), entry("r2")),
    "the-name-of-a-partner": Edit(
        put("partners", "uk", "name", "en-GB", value="His Majesty's Government"), lambda at: at[1] == "en-GB"
    ),
    "a-channel-less": Edit(
        put("releases", 2, "channels", value=["uk-outbox"]), lambda at: at[::2] == ("r3", "fr-outbox")
    ),
    "another-name-for-the-zone": Edit(put("releases", 0, "zone", value="Africa/Abidjan"), nothing),
    "the-title": Edit(put("title", "fr-FR", value="Voix"), nothing),
    "the-aim": Edit(put("policy_aim", value="Fewer believe it."), nothing),
    "what-checks-ask-for": Edit(other_rules, nothing),
}  # fmt: skip


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Give a workspace whose twelve releases both partners have signed."""
    made = workspaces.make(tmp_path_factory.mktemp("signed") / "ground")
    (made.settings.media / "map.png").write_bytes(PNG)
    made.apply(schema.Campaign.model_validate(base()))
    made.approve()
    assert set(standing(made).values()) == {("scheduled", 2)}
    yield made
    made.database.dispose()


def standing(workspace: Workspace) -> dict[Where, tuple[str, int]]:
    """Return entry, locale and channel -> state, and how many partners stand behind its bytes."""
    with reading(workspace.database) as connection:
        signed = {each.id: len(each.signed) for each in items(connection, workspace.trust(), "voices")}
        rows = connection.execute(select(RELEASE)).mappings().all()
    return {(row["entry"], row["locale"], row["channel"]): (row["state"], signed.get(row["id"], 0)) for row in rows}


def assert_voided(signed: Workspace, folder: Path, names: list[str]) -> None:
    """Make the edits *names* in a copy of *signed*, and hold what is lost against what they touch."""
    workspace = workspaces.copy(signed, folder)
    try:
        document = base()
        for name in names:
            EDITS[name].make(document, workspace)
        before = standing(workspace)
        touched = {at for at in before if any(EDITS[name].touches(at) for name in names)}
        gone = {at for at in touched if "a-channel-less" in names and EDITS["a-channel-less"].touches(at)}
        planned = workspace.plan(schema.Campaign.model_validate(document))
        made = workspace.apply(schema.Campaign.model_validate(document))
        after = standing(workspace)

        expected = {at: ("cancelled" if at in gone else "draft", 0) if at in touched else before[at] for at in before}
        assert after == expected
        said = {tuple(each.name.split("/")): each.voids for each in planned.releases if each.voids}
        assert said == dict.fromkeys(touched, ("fr", "uk"))
        assert [(each.name, each.kind, each.voids) for each in made.releases] == [
            (each.name, each.kind, each.voids) for each in planned.releases
        ]
        assert workspace.plan(schema.Campaign.model_validate(document)).empty
    finally:
        workspace.database.dispose()


@pytest.mark.parametrize("name", EDITS)
def test_one_change_voids_what_it_touches_and_nothing_else(signed: Workspace, tmp_path: Path, name: str):
    """Text, picture, template, audience, account, time, waiver: the touched releases lose both, the others none."""
    assert_voided(signed, tmp_path / "copy", [name])


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(EDITS)), min_size=2, max_size=4, unique=True))
def test_changes_together_void_what_each_of_them_touches(signed: Workspace, names: list[str]):
    """No two changes hide each other, and none reaches further in company."""
    with tempfile.TemporaryDirectory() as folder:
        assert_voided(signed, Path(folder) / "copy", names)


def test_other_checks_of_the_same_bytes_void_nothing(
    signed: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Newer code looks at everything again; a refusal stands as well as an approval, and nobody becomes an author."""
    workspace = workspaces.copy(signed, tmp_path / "copy")
    workspace.decide("fr", "refuse", reason="No.")
    authors = {entry: row["author"] for entry, row in workspace.rows().items()}
    monkeypatch.setattr(render, "VERSION", render.VERSION + 1)
    made = workspace.apply(schema.Campaign.model_validate(base()), author="uk-officer")

    assert {each.kind for each in made.releases} == {Kind.RECHECKED}
    assert {state for state, _ in standing(workspace).values()} == {"refused"}
    assert {entry: row["author"] for entry, row in workspace.rows().items()} == authors
    assert len(workspace.events("release.recheck")) == 12
    workspace.database.dispose()


def test_an_error_in_the_middle_voids_nothing(signed: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The edit, the drafts and the lost approvals are one transaction, or none."""
    workspace = workspaces.copy(signed, tmp_path / "copy")
    document = base()
    EDITS["one-wording"].make(document, workspace)

    def fail(*_: object, **__: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    before = standing(workspace)
    monkeypatch.setattr("scheduler.releases.carry_out.approvals.void", fail)
    with pytest.raises(OSError, match="the disk is full"):
        workspace.apply(schema.Campaign.model_validate(document))

    assert standing(workspace) == before
    workspace.database.dispose()
