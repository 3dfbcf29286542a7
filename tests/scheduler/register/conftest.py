"""A workspace with publications."""

import pytest

from tests.builders import registers
from tests.builders.workspaces import Workspace


@pytest.fixture(name="published")
def _published(workspace: Workspace) -> Workspace:
    """Give a workspace whose releases are all signed and published."""
    registers.publish(workspace)
    return workspace
