"""A release on a real WordPress site, from the document to its readers and back: plan, sign, run, look, take down."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from tests.builders import campaigns, workspaces
from tests.builders.commands import process
from tests.builders.workspaces import Workspace
from tests.servers.wordpress_server import WordpressServer

pytestmark = pytest.mark.servers
NAME = "r1/en-GB/uk-wordpress"


@pytest.fixture
def place(tmp_path: Path, wordpress_server: WordpressServer) -> Iterator[Workspace]:
    """Give a workspace whose only release, signed by both, was due a minute ago."""
    login = f'user = "cell"\npassword = "{wordpress_server.passwords["cell"]}"\n'
    made = workspaces.make(tmp_path / "workspace", secrets={"site": login})
    due = clock.now() - timedelta(minutes=1)
    site = campaigns.channel("wordpress", server=wordpress_server.url, account="cell", credential="site")
    made.apply(campaigns.campaign(at=due, channels=[site]), now=due - timedelta(hours=1))
    made.approve()
    yield made
    made.database.dispose()


def test_a_release_is_read_on_the_site_and_then_no_more(place: Workspace, wordpress_server: WordpressServer):
    """Readers get the signed words in our own HTML, once; after `retract` the address answers 404."""
    tested = process(place.folder, "channels", "test", "uk-wordpress")
    assert "nothing was posted" in " ".join(tested.stdout.split()), tested.stderr
    process(place.folder, "run", "--until-done", "--quiet")
    row = place.row()
    assert row["state"] == "published"
    status, page = wordpress_server.page(row["remote_url"])

    assert status == 200
    assert page.count("Daesh has lost one of its villages.") == 1
    assert '<p lang="en-GB" dir="ltr">' in page
    assert "UK Government" in page
    place.set("r1", state="sending", lease_until=clock.now() - timedelta(hours=1))  # killed before it wrote the outcome
    process(place.folder, "run", "--until-done", "--quiet")
    assert (place.row()["state"], place.row()["remote_id"]) == ("published", row["remote_id"])
    told = process(place.folder, "retract", NAME, "--as", "fr", "--code", "wrong-fact", "--reason", "one village more")
    assert "Next, so that it comes down: cordiale run" in told.stdout, told.stderr
    process(place.folder, "run", "--until-done", "--quiet")

    assert place.row()["state"] == "retracted"
    assert wordpress_server.page(row["remote_url"])[0] == 404
