"""What was applied comes back as a file that changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from campaigns.documents import schema
from campaigns.documents.dump import to_yaml
from campaigns.documents.load import load
from campaigns.plan import stored
from campaigns.store.engine import reading
from tests.builders import workspaces
from tests.builders.applicable import applicable
from tests.builders.workspaces import Workspace

BEFORE = datetime(2027, 1, 1, tzinfo=UTC)
FEW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a whole campaign takes minutes
)


@pytest.fixture
def places(tmp_path_factory: pytest.TempPathFactory):
    """Give a function that makes a new workspace on SQLite each time."""
    return lambda: workspaces.make(tmp_path_factory.mktemp("export") / "workspace")


def exported(workspace: Workspace) -> Path:
    """Write the stored campaign as `cordiale export` does, and return the file."""
    with reading(workspace.database) as connection:
        document = stored.read(connection, "one")
    assert document is not None
    file = workspace.folder / "campaigns" / "one.yaml"
    file.write_text(to_yaml(document), "utf-8")
    return file


@given(document=applicable())
@FEW
def test_an_export_plans_to_nothing(places, document: schema.Campaign):
    """Apply, export, load, plan: whatever the campaign, nothing would change, and nothing is rendered again."""
    workspace = places()
    workspace.apply(document, now=BEFORE)
    (loaded,) = load([exported(workspace)], workspace.settings)
    made = workspace.plan(loaded.document, now=BEFORE, afresh=True)

    assert [each.kind.value for each in made.releases] == ["kept"] * len(made.releases)
    assert made.releases
    assert made.empty
    workspace.database.dispose()
