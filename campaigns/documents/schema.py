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
from campaigns.documents.nouns.study import Assumed, Differences, Experiment, Interrupted, Roi, Study

INCLUDE = "include"  #: a key of files, by which they give one another nouns; the document is whole and has none


class Campaign(Model):
    """A whole campaign document."""

    campaign: Id = Field(description="The campaign's short name, by which commands call it.", examples=["raqqa-voices"])
    title: Localised = Field(
        default_factory=dict, description="The campaign's title in each language; reports and pages are headed with it."
    )
    partners: Partners = Field(
        description="The governments that run it together; each signs all that goes out.", examples=[["uk", "fr"]]
    )
    policy_aim: Text | None = Field(
        default=None,
        description="The policy that it serves: what should be different in the end, and for whom.",
        examples=["Fewer young people believe Daesh's claim to govern."],
    )
    starts: Day = Field(description="Its first day.", examples=["2027-01-11"])
    ends: Day | None = Field(
        default=None, description="Its last day; late releases are dropped after it.", examples=["2027-04-30"]
    )
    owner: Line | None = Field(default=None, description="The team that answers for it.", examples=["joint-comms-cell"])
    marking: Line | None = Field(default=None, description="The handling marking of this plan.", examples=["OFFICIAL"])
    zone: Zone | None = Field(
        default=None,
        description="The time zone of its releases, where that is not the audience's.",
        examples=["Europe/Paris"],
    )
    objectives: list[Objective] = Field(
        default_factory=list, description="What should change in whom, each with the measures that show it."
    )
    theory_of_change: list[CausalLink] = Field(
        default_factory=list, description="What should lead to what, and why we think so."
    )
    audiences: list[Audience] = Field(
        min_length=1, description="Whom it is for: aggregates of places, languages and adult ages, never people."
    )
    channels: list[Channel] = Field(
        min_length=1, description="Where it is published: one account or endpoint each, owned by one partner."
    )
    narratives: list[Narrative] = Field(
        default_factory=list, description="The claims that are about, and whether they are answered."
    )
    messengers: list[Messenger] = Field(
        default_factory=list, description="Who speaks where that is not the issuer, and who pays them."
    )
    messages: list[Message] = Field(min_length=1, description="What is said, to whom, in each language.")
    releases: list[ReleaseEntry] = Field(min_length=1, description="When each message goes out, and where.")
    blackouts: list[Blackout] = Field(
        default_factory=list, description="Spans in which a partner says nothing, such as before an election."
    )
    handling: Handling | None = Field(
        default=None, description="What press offices work from: script, answers, risks and embargo."
    )
    budget: list[BudgetLine] = Field(default_factory=list, description="What it costs, line by line.")
    spend_approvals: list[SpendApproval] = Field(
        default_factory=list, description="Leave to spend more than a spend gate lets pass."
    )
    studies: list[Study] = Field(
        default_factory=list,
        description="How it will be found out what the campaign did, declared before the figures are there.",
    )
    pretests: list[Pretest] = Field(
        default_factory=list, description="What was tried on people before anything went out."
    )
    backfire: Backfire | None = Field(
        default=None, description="The watch for harm: who looks, for what, and what would stop the campaign."
    )
    adjustments: list[Adjustment] = Field(
        default_factory=list, description="Changes in the middle of the campaign, each with its reason."
    )
    learning: list[Learning] = Field(default_factory=list, description="What it taught, for the next campaign.")
    carries: list[Carried] = Field(
        default_factory=list, description="What earlier campaigns taught, and what is done about it here."
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends and self.ends < self.starts:
            message = "a campaign ends on or after the day it starts"
            raise ValueError(message)
        return self


__all__ = [
    "Adjustment",
    "Assumed",
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
    "Differences",
    "Embargo",
    "Experiment",
    "Handling",
    "IfLate",
    "Interrupted",
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
    "Roi",
    "Size",
    "SpendApproval",
    "Study",
    "Variant",
    "Waiver",
]
