"""
Why a campaign says what it says: narratives, messengers, the theory of change, and what was learnt.

The words are those of OASIS, of the GCS Evaluation Cycle and of GAMMMA+ (goal, audience, message, messenger, media,
action). References between nouns are checked in `planning`.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Count, Day, Id, Line, Localised, LocalisedLine, Seconds, Text
from campaigns.documents.nouns.model import Model


class Narrative(Model):
    """A claim that is about, and what the partners decided about it. Not to answer is a decision too."""

    id: Id
    claim: Localised = Field(default_factory=dict, description="what it says, in our words, by locale")
    decision: Literal["respond", "monitor", "do_not_respond"] = Field(
        default="respond", description="answer it, watch it, or leave it alone so as not to spread it"
    )
    because: Text | None = Field(default=None, description="why it is watched or left alone; required for both")
    first_seen: Day | None = None
    review_on: Day | None = Field(default=None, description="the day on which the decision is looked at again")

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if self.decision != "respond" and self.because is None:
            message = f"decision: {self.decision} needs its reason: add because: …"
            raise ValueError(message)
        return self


class Messenger(Model):
    """
    Who says it, where that is somebody else than the issuer: a real organisation or person, openly named.

    Whoever is not the government says who funds it, and readers see that on everything that goes out.
    """

    id: Id
    name: LocalisedLine = Field(min_length=1)
    kind: Literal["government", "official", "expert", "civil_society", "community", "creator"]
    funded_by: list[Id] | None = Field(default=None, description="the partners that pay; [] where none does")
    disclosure: LocalisedLine = Field(
        default_factory=dict, description="the sentence that readers see, by locale: Funded by the UK Government."
    )
    credible_because: Text | None = Field(default=None, description="why the audience believes this messenger")

    @model_validator(mode="after")
    def _says_who_pays(self) -> Self:
        if self.kind != "government" and self.funded_by is None:
            message = "say who funds it: funded_by: [uk], or [] where nobody does"
            raise ValueError(message)
        if self.funded_by and not self.disclosure:
            message = "who is funded says so to its readers: add disclosure: {en-GB: …}"
            raise ValueError(message)
        return self


class CausalLink(Model):
    """One step of the theory of change: if the first KPI moves, the second should, and why we think so."""

    id: Id
    source: Id = Field(alias="from", description="the KPI that moves first")
    target: Id = Field(alias="to", description="the KPI that should follow; of a later stage")
    assumption: Text
    basis: Literal["guess", "experience", "research"] = Field(
        default="guess", description="what the assumption stands on; a guess is called one"
    )
    evidence: Text | None = Field(default=None, description="where it can be read; required for research")

    @model_validator(mode="after")
    def _cites_its_research(self) -> Self:
        if self.basis == "research" and self.evidence is None:
            message = "basis: research needs its source: add evidence: …, or call it experience or a guess"
            raise ValueError(message)
        return self


class Pretest(Model):
    """What was tried on people of the audience before anything went out, and what followed."""

    id: Id
    messages: list[Id] = Field(min_length=1)
    audience: Id | None = Field(default=None, description="on whom it was tried")
    by: Line = Field(description="who tested")
    on: Day
    method: Text | None = None
    people: Count | None = Field(default=None, description="how many took part")
    result: Text
    verdict: Literal["use", "change", "drop"] = Field(description="what follows; a dropped message is not released")


class Backfire(Model):
    """The watch for harm: who looks, at whom, for what, and what would stop the campaign."""

    by: Line = Field(description="who watches")
    audiences: list[Id] = Field(min_length=1, description="in whom harm would show")
    every: Seconds | None = Field(default=None, description="how often they look, such as 1d")
    signs: list[Text] = Field(min_length=1, description="what would show that it does harm")
    stop_if: list[Text] = Field(min_length=1, description="what stops it, measurably")


class Adjustment(Model):
    """A change in the middle of a campaign, and why. Every one is written down."""

    id: Id
    on: Day
    by: Line
    because: Text


class Learning(Model):
    """What this campaign taught, for the next one."""

    id: Id
    found: Text
    evidence: Text | None = None
    next_time: Text = Field(description="what the next campaign should do")


class Carried(Model):
    """What an earlier campaign taught, and what this one does about it."""

    id: Id
    learnt_by: Id = Field(alias="campaign", description="the campaign that learnt it")
    learning: Id = Field(description="the id of the learning there")
    applied: Text = Field(description="what is done about it here, or why nothing is")
