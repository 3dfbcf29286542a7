"""What every noun of a campaign document shares: unknown keys are refused, and nothing changes once it is read."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A noun of the document."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)
