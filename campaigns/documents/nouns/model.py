"""What every noun of a campaign document shares: unknown keys are refused, and nothing changes once it is read."""

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, ConfigDict

#: JSON Schema for what others check: a list without repeats (`references`), and a mapping that may not be empty.
UNIQUE: dict[str, Any] = {"uniqueItems": True}
FILLED: dict[str, Any] = {"minProperties": 1}


class Model(BaseModel):
    """A noun of the document."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


def needs(key: str, values: Collection[str], required: str) -> dict[str, Any]:
    """Return the JSON Schema that asks for key *required* where *key* has one of *values*; a validator says it too."""
    return {
        "if": {"properties": {key: {"enum": list(values)}}, "required": [key]},
        "then": {"required": [required]},
    }
