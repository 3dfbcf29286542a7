"""
Studies: how it will be found out what the campaign did, decided before the figures are there.

A design that is chosen once the data are known proves little, and an experiment is one only where somebody drew the
halves. So both stand in the document, and the report says when they were declared.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Currency, Day, Figure, Id, Line, Text
from campaigns.documents.nouns.model import UNIQUE, Model

DESIGNS = ("experiment", "differences", "interrupted", "roi")
#: Splits of a figure whose parts can stand for where the campaign was and where it was not.
Split = Literal["region", "country", "audience", "channel", "locale", "age", "gender", "language"]


class Experiment(Model):
    """Two variants of a message, sent to halves of a list that were drawn at random."""

    message: Id = Field(description="The message whose variants are compared.", examples=["lost-ground"])
    channels: list[Id] = Field(
        default_factory=list,
        description="The channels that the halves are reached on; every one that the message goes out on if not said.",
        examples=[["list-half-a", "list-half-b"]],
        json_schema_extra=UNIQUE,
    )
    drawn_by: Line = Field(description="Who drew the halves.", examples=["The evaluation team"])
    how: Text = Field(
        description="How they were drawn, so that somebody else could draw them again.",
        examples=["By the list provider's random split, seed 20270104, half and half."],
    )
    drawn_on: Day = Field(description="The day on which they were drawn.", examples=["2027-01-04"])


class Differences(Model):
    """Difference in differences: what changed where the campaign was, less what changed where it was not."""

    metric: Id = Field(description="What is measured.", examples=["recall_rate"])
    split: Split = Field(default="region", description="By what the figures are split.")
    campaign_in: list[Line] = Field(
        min_length=1,
        description="The parts in which the campaign was, named as the figures name them.",
        examples=[["North East", "North West"]],
        json_schema_extra=UNIQUE,
    )
    not_in: list[Line] = Field(
        min_length=1,
        description="The parts in which it was not, and which would have changed alike.",
        examples=[["South West", "Wales"]],
        json_schema_extra=UNIQUE,
    )
    begins: Day | None = Field(
        default=None,
        description="The day it began there; the campaign's first day if not said.",
        examples=["2027-01-11"],
    )
    every: Literal["day", "week"] = Field(
        default="week", description="The length of a period, where the figures are a series rather than two surveys."
    )


class Interrupted(Model):
    """Interrupted time series: what a series did after the campaign began, against its own earlier trend."""

    metric: Id = Field(description="What is measured.", examples=["helpline_calls"])
    audience: Id | None = Field(
        default=None, description="The audience it is measured in; all if not said.", examples=["young-fr"]
    )
    channel: Id | None = Field(
        default=None, description="The channel it is measured on; all if not said.", examples=["fr-mastodon"]
    )
    begins: Day | None = Field(
        default=None, description="The day of the break; the campaign's first day if not said.", examples=["2027-01-11"]
    )
    every: Literal["day", "week"] = Field(
        default="week", description="The length of a period; days are taken to follow a pattern of seven."
    )


class Assumed(Model):
    """A number that somebody stands by: its value, or its least and most, and where it is from."""

    value: Figure = Field(description="The number, or the least of it.", examples=["60%", 340])
    to: Figure | None = Field(default=None, description="The most of it, where only bounds are known.")
    source: Text = Field(
        description="Where it is from: a study, a tariff, or whose judgement it is.",
        examples=["Judgement of the help line's managers."],
    )


class Roi(Model):
    """Return on investment in the five steps of the GCS: each is an assumption, and says where it is from."""

    kpi: Id = Field(
        description="Step 1, objectives: the KPI that should move; its figure is taken from the report.",
        examples=["helpline-calls"],
    )
    worth: Assumed = Field(description="What one unit of it is worth, in money.")
    baseline: Assumed | None = Field(
        default=None, description="Step 2: where it stood before; the KPI's own baseline if not said."
    )
    trend: Assumed = Field(description="Step 3: by how much it would have changed without the campaign.")
    isolation: Assumed = Field(description="Step 4: the share of the rest that is the campaign's, from 0% to 100%.")
    externalities: Assumed = Field(description="Step 5: what else it brought (+) or cost others (-), in money.")
    spent: Assumed = Field(description="All that was spent: media, production, staff, evaluation.")
    currency: Currency = Field(description="The currency of all these sums.", examples=["GBP", "EUR"])

    @model_validator(mode="after")
    def _can_be_reckoned(self) -> Self:
        ends = [self.isolation.value, self.isolation.value if self.isolation.to is None else self.isolation.to]
        if not all(0 <= end <= 1 for end in ends):
            message = "isolation is a share of the change: write it as 0% to 100%"
            raise ValueError(message)
        for name, given in (("worth", self.worth), ("spent", self.spent)):
            if min(given.value, given.value if given.to is None else given.to) <= 0:
                message = f"{name} is above zero: free media are not free communication, and a goal is worth something"
                raise ValueError(message)
        return self


class Study(Model):
    """One question that the evaluation will answer, and the design by which it will."""

    id: Id = Field(description="The study's short name.", examples=["subject-lines"])
    asks: Text = Field(
        description="The question that it answers.", examples=["Does a figure in the subject line bring more openings?"]
    )
    experiment: Experiment | None = Field(default=None, description="Variants, on halves of a list drawn at random.")
    differences: Differences | None = Field(
        default=None, description="Difference in differences: places with the campaign, and places without."
    )
    interrupted: Interrupted | None = Field(
        default=None, description="Interrupted time series: one measure, before and after."
    )
    roi: Roi | None = Field(default=None, description="Return on investment, in five steps with stated assumptions.")

    @property
    def design(self) -> str:
        """Return which of DESIGNS it is."""
        return next(name for name in DESIGNS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _has_one_design(self) -> Self:
        if sum(getattr(self, name) is not None for name in DESIGNS) != 1:
            message = f"a study has exactly one design: {', '.join(DESIGNS[:-1])} or {DESIGNS[-1]}"
            raise ValueError(message)
        return self
