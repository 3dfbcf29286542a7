"""The handling plan: what spokespeople say, what they may be asked, what may go wrong, and the embargo."""

from typing import Literal

from pydantic import Field

from campaigns.documents.fields import Id, Line, Localised, Text, WallTime, Zone
from campaigns.documents.nouns.model import Model


class Question(Model):
    """A question that may come, and the agreed answer."""

    question: Localised = Field(min_length=1)
    answer: Localised = Field(min_length=1)


class Risk(Model):
    """What may go wrong, how bad it would be, and what is done then."""

    id: Id
    risk: Text
    effect: Text | None = None
    likelihood: Literal["low", "medium", "high"]
    impact: Literal["low", "medium", "high"]
    response: Text
    owner: Line | None = None


class Embargo(Model):
    """The instant before which nothing is public. Releases to people who keep it are marked `under_embargo`."""

    until: WallTime
    zone: Zone
    fold: Literal[0, 1] | None = None
    note: Text | None = Field(default=None, description="why, or which other news it waits for")


class Handling(Model):
    """The plan that press offices work from."""

    core_script: Localised = Field(default_factory=dict, description="what every spokesperson says")
    lines_to_take: list[Localised] = Field(default_factory=list, description="agreed sentences for hard subjects")
    holding_statement: Localised = Field(default_factory=dict, description="what is said before anything is known")
    questions: list[Question] = Field(default_factory=list)
    risks: list[Risk] = Field(default_factory=list)
    embargo: Embargo | None = None
    contact: Line | None = Field(default=None, description="the press office's desk, never a person's own number")
