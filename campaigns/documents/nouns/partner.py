"""Partners: the governments that sign."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from campaigns.documents.fields import Country, Id, Localised, Shorthand, written
from campaigns.documents.nouns.model import Model
from campaigns.documents.written import PATTERNS


class Partner(Model):
    """A government that signs. Names and help lines by locale."""

    name: Localised = Field(
        default_factory=dict, description="Its official name in each language, printed on everything that goes out."
    )
    help: Localised = Field(
        default_factory=dict, description="Its help line in each language, printed on everything that goes out."
    )
    country: Country | None = Field(
        default=None, description="The country whose public holidays it keeps.", examples=["GB"]
    )
    region: Annotated[str, Field(pattern=PATTERNS["holiday_region"]), written("holiday_region")] | None = Field(
        default=None, description="The part of the country with holidays of its own.", examples=["ENG"]
    )


def _partners(value: object) -> object:
    """Read `[uk, fr]` as partners without details, and a partner without a value as one."""
    if isinstance(value, dict):
        return {each: {} if details is None else details for each, details in value.items()}
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        message = "write a list such as [uk, fr], or a mapping from each partner to its name and help line"
        raise ValueError(message)
    twice = sorted({each for each in value if value.count(each) > 1}) if len(set(value)) < len(value) else []
    if twice:
        message = f"partner '{twice[0]}' is listed twice"
        raise ValueError(message)
    return {each: {} for each in value}


Partners = Annotated[
    dict[Id, Annotated[Partner, Shorthand(type="null")]],
    BeforeValidator(_partners),
    Field(min_length=1),
    Shorthand(type="array", items={"type": "string", "written": "id"}, minItems=1, uniqueItems=True),
]
