"""Objectives (OASIS) and the KPIs that say whether they were met."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from campaigns.documents.fields import Day, Id, LocaleTag, Localised, figure
from campaigns.documents.nouns.model import Model

Figure = Annotated[
    float,
    BeforeValidator(figure),
    WithJsonSchema({"type": ["number", "string"], "examples": [250_000, "18%"]}),
]


class Kpi(Model):
    """A measure with baseline, target, deadline and the reason for that level."""

    id: Id
    stage: Literal["input", "output", "outtake", "outcome", "impact"]
    metric: Id
    audience: Id | None = None
    channel: Id | None = None
    message: Id | None = None
    locale: LocaleTag | None = None
    baseline: Figure | None = None
    baseline_as_of: Day | None = Field(default=None, description="the day on which the baseline was measured")
    target: Figure
    unit: Literal["count", "share"] = "count"
    by: Day
    why: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _unit_from_the_percent_sign(cls, data: Any) -> Any:
        if isinstance(data, dict) and "unit" not in data:
            written = [str(data.get(key, "")).strip() for key in ("baseline", "target")]
            if any(text.endswith("%") for text in written):
                return {**data, "unit": "share"}
        return data


class Objective(Model):
    """What should change in whom."""

    id: Id
    kind: Literal["awareness", "attitude", "behaviour", "recruitment"]
    statement: Localised = Field(default_factory=dict)
    kpis: list[Kpi] = Field(default_factory=list)
