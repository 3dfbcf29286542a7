"""Objectives (OASIS) and the KPIs that say whether they were met."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Day, Figure, Id, LocaleTag, Localised
from campaigns.documents.nouns.model import UNIQUE, Model


class Kpi(Model):
    """A measure with baseline, target, deadline and the reason for that level."""

    id: Id = Field(description="The KPI's short name.", examples=["recall"])
    stage: Literal["input", "output", "outtake", "outcome", "impact"] = Field(
        description="Where it stands in the evaluation cycle, from what is put in to what changes in the end."
    )
    metric: Id = Field(description="What is measured.", examples=["reach"])
    audience: Id | None = Field(
        default=None, description="The audience it is measured in; all if not said.", examples=["young-fr"]
    )
    audiences: list[Id] = Field(
        default_factory=list,
        description="The audiences it is measured in, where they are several; reach in them is never added up.",
        examples=[["young-fr", "young-uk"]],
        json_schema_extra=UNIQUE,
    )
    channel: Id | None = Field(
        default=None, description="The channel it is measured on; all if not said.", examples=["fr-mastodon"]
    )
    message: Id | None = Field(
        default=None, description="The message it is measured for; all if not said.", examples=["lost-ground"]
    )
    locale: LocaleTag | None = Field(default=None, description="The language it is measured in; all if not said.")
    baseline: Figure | None = Field(
        default=None, description="Where it stands before the campaign.", examples=[0, "11%"]
    )
    baseline_as_of: Day | None = Field(
        default=None, description="The day on which the baseline was measured.", examples=["2026-12-01"]
    )
    target: Figure = Field(
        description="Where it should stand in the end; a per cent sign makes it a share.", examples=["250_000", "18%"]
    )
    unit: Literal["count", "share"] = Field(
        default="count", description="Whether it counts something or is a share; a per cent sign says share already."
    )
    by: Day = Field(description="The day by which the target should be reached.", examples=["2027-04-30"])
    why: str | None = Field(
        default=None,
        description="Why this level, and not more or less.",
        examples=["The best campaign of last year gained seven points."],
    )

    @model_validator(mode="before")
    @classmethod
    def _unit_from_the_percent_sign(cls, data: Any) -> Any:
        if isinstance(data, dict) and "unit" not in data:
            written = [str(data.get(key, "")).strip() for key in ("baseline", "target")]
            if any(text.endswith("%") for text in written):
                return {**data, "unit": "share"}
        return data

    @model_validator(mode="after")
    def _names_audiences_once(self) -> Self:
        if self.audience and self.audiences:
            message = "a KPI has audience: or audiences:, not both: write all of them under audiences:"
            raise ValueError(message)
        return self


class Objective(Model):
    """What should change in whom."""

    id: Id = Field(description="The objective's short name.", examples=["know-the-truth"])
    kind: Literal["awareness", "attitude", "behaviour", "recruitment"] = Field(
        description="What should change: what people know, think or do, or who joins."
    )
    statement: Localised = Field(
        default_factory=dict, description="What should change in whom, as one sentence in each language."
    )
    kpis: list[Kpi] = Field(default_factory=list, description="The measures that say whether it was met.")
