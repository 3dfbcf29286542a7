"""
The campaign document as staff write it. Its nouns stand in `nouns`, one a file; here they come together.

Unknown keys are refused. Required: campaign, partners, starts, audiences, channels, messages, releases;
the rest is asked for by warnings. References between nouns are checked in `references`.
"""

from typing import Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Day, Id, Line, Localised, Text, Zone
from campaigns.documents.nouns.audience import Audience, Barrier, Size
from campaigns.documents.nouns.blackout import Blackout, BlackoutException
from campaigns.documents.nouns.budget import BudgetLine, SpendApproval
from campaigns.documents.nouns.channel import Channel, Quiet
from campaigns.documents.nouns.entry import IfLate, ReleaseEntry
from campaigns.documents.nouns.handling import Embargo, Handling, Question, Risk
from campaigns.documents.nouns.message import Media, Message, Variant, Waiver
from campaigns.documents.nouns.model import Model
from campaigns.documents.nouns.objective import Kpi, Objective
from campaigns.documents.nouns.partner import Partner, Partners
from campaigns.documents.nouns.strategy import (
    Adjustment,
    Backfire,
    Carried,
    CausalLink,
    Learning,
    Messenger,
    Narrative,
    Pretest,
)


class Campaign(Model):
    """A whole campaign document."""

    campaign: Id
    title: Localised = Field(default_factory=dict)
    partners: Partners
    policy_aim: Text | None = None
    starts: Day
    ends: Day | None = None
    owner: Line | None = Field(default=None, description="the team that answers for it")
    marking: Line | None = Field(default=None, description="the handling marking of the plan", examples=["OFFICIAL"])
    zone: Zone | None = None
    objectives: list[Objective] = Field(default_factory=list)
    theory_of_change: list[CausalLink] = Field(default_factory=list)
    audiences: list[Audience] = Field(min_length=1)
    channels: list[Channel] = Field(min_length=1)
    narratives: list[Narrative] = Field(default_factory=list)
    messengers: list[Messenger] = Field(default_factory=list)
    messages: list[Message] = Field(min_length=1)
    releases: list[ReleaseEntry] = Field(min_length=1)
    blackouts: list[Blackout] = Field(default_factory=list)
    handling: Handling | None = None
    budget: list[BudgetLine] = Field(default_factory=list)
    spend_approvals: list[SpendApproval] = Field(default_factory=list)
    pretests: list[Pretest] = Field(default_factory=list)
    backfire: Backfire | None = None
    adjustments: list[Adjustment] = Field(default_factory=list)
    learning: list[Learning] = Field(default_factory=list)
    carries: list[Carried] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends and self.ends < self.starts:
            message = "a campaign ends on or after the day it starts"
            raise ValueError(message)
        return self


__all__ = [
    "Adjustment",
    "Audience",
    "Backfire",
    "Barrier",
    "Blackout",
    "BlackoutException",
    "BudgetLine",
    "Campaign",
    "Carried",
    "CausalLink",
    "Channel",
    "Embargo",
    "Handling",
    "IfLate",
    "Kpi",
    "Learning",
    "Media",
    "Message",
    "Messenger",
    "Model",
    "Narrative",
    "Objective",
    "Partner",
    "Pretest",
    "Question",
    "Quiet",
    "ReleaseEntry",
    "Risk",
    "Size",
    "SpendApproval",
    "Variant",
    "Waiver",
]
