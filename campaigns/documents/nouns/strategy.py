"""
Why a campaign says what it says: narratives, messengers, the theory of change, and what was learnt.

The words are those of OASIS, of the GCS Evaluation Cycle and of GAMMMA+ (goal, audience, message, messenger, media,
action). References between nouns are checked in `planning`.
"""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from campaigns.documents.fields import Count, Day, Id, Line, Localised, LocalisedLine, Seconds, Text
from campaigns.documents.nouns.model import FILLED, Model, needs


class Narrative(Model):
    """A claim that is about, and what the partners decided about it. Not to answer is a decision too."""

    model_config = ConfigDict(json_schema_extra=needs("decision", ("monitor", "do_not_respond"), "because"))

    id: Id = Field(description="The narrative's short name, by which messages call it.", examples=["claim-to-govern"])
    claim: Localised = Field(
        default_factory=dict, description="What it claims, in our words rather than its own, in each language."
    )
    decision: Literal["respond", "monitor", "do_not_respond"] = Field(
        default="respond", description="Answer it, watch it, or leave it alone so as not to spread it."
    )
    because: Text | None = Field(
        default=None,
        description="Why it is watched or left alone; required for both.",
        examples=["An answer would spread it further than it reaches by itself."],
    )
    first_seen: Day | None = Field(
        default=None, description="The day on which it was first seen.", examples=["2026-11-03"]
    )
    review_on: Day | None = Field(
        default=None, description="The day on which the decision is looked at again.", examples=["2027-02-01"]
    )

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

    model_config = ConfigDict(
        json_schema_extra=needs("kind", ("official", "expert", "civil_society", "community", "creator"), "funded_by")
    )

    id: Id = Field(description="The messenger's short name, by which messages call it.", examples=["football-club"])
    name: LocalisedLine = Field(
        min_length=1, description="Its name as readers see it, in each language.", json_schema_extra=FILLED
    )
    kind: Literal["government", "official", "expert", "civil_society", "community", "creator"] = Field(
        description="What kind of organisation or person speaks."
    )
    funded_by: list[Id] | None = Field(
        default=None,
        description="The partners that pay it, or [] where none does; required of whoever is not the government.",
        examples=[["uk"]],
    )
    disclosure: LocalisedLine = Field(
        default_factory=dict,
        description="The sentence that tells readers who pays, in each language.",
        examples=[{"en-GB": "Funded by the UK Government."}],
    )
    credible_because: Text | None = Field(
        default=None,
        description="Why the audience believes this messenger.",
        examples=["Known in the town for its youth teams."],
    )

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

    model_config = ConfigDict(json_schema_extra=needs("basis", ("research",), "evidence"))

    id: Id = Field(description="The link's short name.", examples=["seen-then-known"])
    source: Id = Field(alias="from", description="The KPI that moves first.", examples=["reach-young-fr"])
    target: Id = Field(alias="to", description="The KPI that should follow; of a later stage.", examples=["recall"])
    assumption: Text = Field(
        description="Why the second should follow from the first.",
        examples=["Whoever sees it three times remembers it."],
    )
    basis: Literal["guess", "experience", "research"] = Field(
        default="guess", description="What the assumption stands on; a guess is called one."
    )
    evidence: Text | None = Field(default=None, description="Where it can be read; required for research.")

    @model_validator(mode="after")
    def _cites_its_research(self) -> Self:
        if self.basis == "research" and self.evidence is None:
            message = "basis: research needs its source: add evidence: …, or call it experience or a guess"
            raise ValueError(message)
        return self


class Pretest(Model):
    """What was tried on people of the audience before anything went out, and what followed."""

    id: Id = Field(description="The test's short name.", examples=["december-groups"])
    messages: list[Id] = Field(min_length=1, description="The messages that were tried.", examples=[["lost-ground"]])
    audience: Id | None = Field(
        default=None, description="The audience on whose people it was tried.", examples=["young-fr"]
    )
    by: Line = Field(description="Who tested.", examples=["An independent research agency"])
    on: Day = Field(description="The day on which it was tried.", examples=["2026-12-10"])
    method: Text | None = Field(default=None, description="How it was tried.", examples=["Four focus groups"])
    people: Count | None = Field(default=None, description="How many people took part.", examples=[32])
    result: Text = Field(description="What came of it.", examples=["Understood by most; two groups found it cold."])
    verdict: Literal["use", "change", "drop"] = Field(
        description="What follows from it; a dropped message is not released."
    )


class Backfire(Model):
    """The watch for harm: who looks, at whom, for what, and what would stop the campaign."""

    by: Line = Field(description="Who watches for harm.", examples=["The evaluation team"])
    audiences: list[Id] = Field(
        min_length=1, description="The audiences in whom harm would show.", examples=[["young-fr"]]
    )
    every: Seconds | None = Field(default=None, description="How often they look.", examples=["1d"])
    signs: list[Text] = Field(
        min_length=1,
        description="What would show that it does harm.",
        examples=[["Replies that defend the claim outnumber the others."]],
    )
    stop_if: list[Text] = Field(
        min_length=1,
        description="What stops the campaign, in terms that can be measured.",
        examples=[["Agreement with the claim rises by two points in the weekly survey."]],
    )


class Adjustment(Model):
    """A change in the middle of a campaign, and why. Every one is written down."""

    id: Id = Field(description="The change's short name.", examples=["evening-hours"])
    on: Day = Field(description="The day on which it was decided.", examples=["2027-02-03"])
    by: Line = Field(description="Who decided it, by team or office.", examples=["joint-comms-cell"])
    because: Text = Field(
        description="What changed, and why.", examples=["Evening releases reached twice as many as morning ones."]
    )


class Learning(Model):
    """What this campaign taught, for the next one."""

    id: Id = Field(description="The lesson's short name.", examples=["figures-work"])
    found: Text = Field(description="What was found.", examples=["Plain figures were shared more than appeals."])
    evidence: Text | None = Field(default=None, description="Where it can be read, or what shows it.")
    next_time: Text = Field(
        description="What the next campaign should do.", examples=["Open with a figure and its source."]
    )


class Carried(Model):
    """What an earlier campaign taught, and what this one does about it."""

    id: Id = Field(description="The carried lesson's short name.", examples=["figures-first"])
    learnt_by: Id = Field(alias="campaign", description="The campaign that learnt it.", examples=["raqqa-voices"])
    learning: Id = Field(description="The lesson's short name in that campaign.", examples=["figures-work"])
    applied: Text = Field(description="What is done about it here, or why nothing is.")
