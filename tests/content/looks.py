"""What tests that compare pictures by their looks need, and what is said where it is not there."""

import pytest

from content import likeness

HOW_TO = "The extra that compares pictures is not installed. `make media` compiles it (it needs a C++ compiler)."

needs_looks = pytest.mark.skipif(not likeness.available(), reason=HOW_TO)
