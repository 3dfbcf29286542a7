"""A channel of which enough is claimed gives no more; the others get its place."""

import pytest

from campaigns.store.engine import writing
from scheduler.engine import claims
from tests.builders import campaigns
from tests.builders.engine_room import LEASE, EngineRoom

DUE = campaigns.STARTS


@pytest.mark.parametrize(
    ("crowded", "taken"),
    [
        pytest.param([], ["r1", "r2"], id="none is crowded"),
        pytest.param(["uk-outbox"], ["r2"], id="one is crowded"),
        pytest.param(["uk-outbox", "fr-outbox"], [], id="all are crowded"),
    ],
)
@pytest.mark.parametrize("rate", [pytest.param(None, id="without a rate"), pytest.param("30/h", id="with a rate")])
def test_a_crowded_channel_gives_none(engine_room: EngineRoom, crowded: list[str], taken: list[str], rate: str | None):
    """What a slow channel has in hand does not keep the releases of another from being claimed."""
    channels = [campaigns.channel(rate=rate), campaigns.channel(id="fr-outbox", issuer="fr", account="@faits")]
    releases = [campaigns.entry(1, DUE), campaigns.entry(2, DUE, channels=["fr-outbox"])]
    workspace = engine_room.workspace
    workspace.apply(campaigns.campaign(2, channels=channels, releases=releases), now=DUE - LEASE)
    workspace.approve()

    with writing(workspace.database) as connection:
        held = claims.claim(connection, owner="m:one", lease=LEASE, limit=9, now=DUE, crowded=crowded)

    names = {row["id"]: entry for entry, row in workspace.rows().items()}
    assert sorted(names[claim.id] for claim in held) == taken
