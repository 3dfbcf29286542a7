"""A workspace with two campaigns on one account: signed, awaited, refused, cancelled, embargoed and silent."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from campaigns.documents import schema
from campaigns.store.engine import reading
from scheduler.grid.gather import gather
from scheduler.grid.lines import Grid
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
YOUNG = {"id": "young-fr", "locales": ["fr-FR", "ar"], "timezone": "Europe/Paris", "ages": "18-24"}
PRESS = {"id": "press", "locales": ["en-GB"], "timezone": "Europe/London"}
SOCIAL = campaigns.channel("outbox", id="fr-social", issuer="fr", account="@stopdaech", locales=["fr-FR", "ar"])
NEWS = campaigns.channel("outbox", id="uk-news", account="UK news", locales=["en-GB"])
RESERVE = {
    "id": "fr-reserve",
    "partner": "fr",
    "from": "2027-01-22T00:00",
    "to": "2027-01-26T20:00",
    "zone": "Europe/Paris",
    "reason": "réserve électorale",
    "exceptions": [{"releases": ["families"], "authorised_by": "Directeur du SIG", "because": "public safety"}],
}


def message(name: str, english: str, french: str, arabic: str, audiences: tuple[str, ...]) -> dict[str, Any]:
    said = {"en-GB": english, "fr-FR": french, "ar": arabic}
    return {"id": name, "audiences": list(audiences), "headline": said, "wording": said}


GROUND = message(
    "lost-ground",
    "Daesh has lost a lot of ground",
    "Daech a perdu beaucoup de terrain",
    "تنظيم داعش خسر كثيرًا من الأراضي",
    ("young-fr", "press"),
)
TALK = message("talk-early", "Talk early", "Parlez-en tôt", "تحدث مبكرًا", ("young-fr",))


def entry(name: str, message: str, at: str, channels: list[str], zone: str = "Europe/Paris", **more: Any) -> dict:
    return {"id": name, "message": message, "at": at, "channels": channels, "zone": zone, **more}


def voices(**changes: Any) -> schema.Campaign:
    """Return the campaign with an embargo, a blackout and a marking."""
    data = {
        "campaign": "raqqa-voices",
        "title": {"en-GB": "Voices of Raqqa"},
        "partners": campaigns.PARTNERS,
        "starts": "2027-01-11",
        "ends": "2027-02-28",
        "owner": "joint-comms-cell",
        "marking": "OFFICIAL-SENSITIVE",
        "objectives": [
            {
                "id": "know",
                "kind": "awareness",
                "kpis": [{"id": "reach", "stage": "output", "metric": "reach", "target": 9, "by": "2027-01-29"}],
            }
        ],
        "audiences": [YOUNG, PRESS],
        "channels": [SOCIAL, NEWS],
        "messages": [GROUND, TALK],
        "handling": {"embargo": {"until": "2027-01-13T18:30", "zone": "Europe/Paris"}},
        "releases": [
            entry("briefing", "lost-ground", "2027-01-13T09:00", ["uk-news"], "Europe/London", under_embargo=True),
            entry("launch", "lost-ground", "2027-01-13T18:30", ["fr-social"]),
            entry("late-night", "talk-early", "2027-01-15T00:30", ["fr-social"]),
            entry("families", "talk-early", "2027-01-25T18:30", ["fr-social"]),
            entry("second", "talk-early", "2027-01-26T12:00", ["fr-social"]),
        ],
        "blackouts": [RESERVE],
        **changes,
    }
    return schema.Campaign.model_validate(data)


def crossing(**changes: Any) -> schema.Campaign:
    """Return the campaign that shares an audience and an account with the other."""
    said = {"fr-FR": "Dans les ports, la sécurité de tous", "ar": "في الموانئ، أمن الجميع"}
    data = {
        "campaign": "safe-crossing",
        "title": {"en-GB": "Safe crossing"},
        "partners": campaigns.PARTNERS,
        "starts": "2027-01-11",
        "audiences": [YOUNG],
        "channels": [SOCIAL],
        "messages": [{"id": "ports", "audiences": ["young-fr"], "wording": said}],
        "releases": [
            entry("opening", "ports", "2027-01-13T20:00", ["fr-social"]),
            entry("reminder", "ports", "2027-01-23T08:00", ["fr-social"]),
        ],
        **changes,
    }
    return schema.Campaign.model_validate(data)


@pytest.fixture
def grid_of() -> Callable[..., Grid]:
    """Give a function that reads the grid of a workspace."""

    def read(workspace: Workspace, *names: str, first: str = "", last: str = "") -> Grid:
        days = [date.fromisoformat(each) if each else None for each in (first, last)]
        with reading(workspace.database) as connection:
            asked = names or ("raqqa-voices", "safe-crossing")
            return gather(connection, workspace.settings, NOW, asked, *days)

    return read


@pytest.fixture
def booked(shared: Workspace) -> Workspace:
    """Give both campaigns, on each database: one signed by all, the other by one, an entry cancelled."""
    shared.apply(voices(), crossing(), now=NOW)
    shared.approve("uk", "fr", campaign="raqqa-voices")
    shared.approve("uk", campaign="safe-crossing")
    without = [each.model_dump(mode="json") for each in voices().releases if each.id != "second"]
    shared.apply(voices(releases=without), now=NOW)
    return shared


@pytest.fixture(scope="session")
def grids() -> dict[str, Grid]:
    """Give the grids that were read, one from each database: the campaigns take longer to make than to read."""
    return {}


@pytest.fixture
def grid(
    request: pytest.FixtureRequest, database_url: str, grid_of: Callable[..., Grid], grids: dict[str, Grid]
) -> Grid:
    """Give the grid of both campaigns, to look at."""
    if database_url not in grids:
        grids[database_url] = grid_of(request.getfixturevalue("booked"))
    return grids[database_url]
