"""The handling plan: what spokespeople say, what they may be asked, what may go wrong, and the embargo."""

from typing import Literal

from pydantic import Field

from campaigns.documents.fields import Id, Line, Localised, Text, WallTime, Zone
from campaigns.documents.nouns.model import FILLED, Model


class Question(Model):
    """A question that may come, and the agreed answer."""

    question: Localised = Field(
        min_length=1, description="What may be asked, in each language.", json_schema_extra=FILLED
    )
    answer: Localised = Field(
        min_length=1, description="What every partner answers, in each language.", json_schema_extra=FILLED
    )


class Risk(Model):
    """What may go wrong, how bad it would be, and what is done then."""

    id: Id = Field(description="The risk's short name.", examples=["account-imitated"])
    risk: Text = Field(description="What may go wrong.", examples=["Somebody imitates the campaign's account."])
    effect: Text | None = Field(default=None, description="What would follow from it.")
    likelihood: Literal["low", "medium", "high"] = Field(description="How likely it is.")
    impact: Literal["low", "medium", "high"] = Field(description="How bad it would be.")
    response: Text = Field(
        description="What is done if it happens.", examples=["Report the account and point to the declared ones."]
    )
    owner: Line | None = Field(default=None, description="The team that does it.", examples=["joint-comms-cell"])


class Embargo(Model):
    """The instant before which nothing is public. Releases to people who keep it are marked `under_embargo`."""

    until: WallTime = Field(description="When it ends, by the clock of its zone.", examples=["2027-01-12T06:00"])
    zone: Zone = Field(description="The time zone of its end.", examples=["Europe/London"])
    fold: Literal[0, 1] | None = Field(
        default=None,
        description="Which of the two is meant where clocks show an hour twice: 0 the first, 1 the second.",
    )
    note: Text | None = Field(
        default=None, description="Why there is one, or which other news it waits for.", examples=["Joint statement"]
    )


class Handling(Model):
    """The plan that press offices work from."""

    core_script: Localised = Field(default_factory=dict, description="What every spokesperson says, in each language.")
    lines_to_take: list[Localised] = Field(
        default_factory=list, description="Agreed sentences for hard subjects, each in every language."
    )
    holding_statement: Localised = Field(
        default_factory=dict, description="What is said before anything is known, in each language."
    )
    questions: list[Question] = Field(
        default_factory=list, description="Questions that may come, and the agreed answers."
    )
    risks: list[Risk] = Field(default_factory=list, description="What may go wrong, and what is done then.")
    embargo: Embargo | None = Field(default=None, description="The time before which nothing is public.")
    contact: Line | None = Field(
        default=None,
        description="The press office's desk, never a person's own number.",
        examples=["press@uk.example"],
    )
