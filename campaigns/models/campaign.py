"""A campaign: what partners mean to say together, between which dates, and why."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


class Campaign(SQLModel, table=True):
    """One row a campaign. `campaign` is the id that people write in YAML."""

    __tablename__ = "campaign"

    campaign: str = Field(primary_key=True)
    title: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: locale -> title
    partners: dict[str, Any] = Field(sa_type=Json)  #: id -> name and help line by locale; each one signs
    policy_aim: str | None = None
    starts: str  #: ISO date
    ends: str | None = None  #: ISO date, inclusive
    owner: str | None = None
    marking: str | None = None
    handling: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: script, lines, questions, risks, embargo
    backfire: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: who watches whom, and what would stop it
    zone: str | None = None  #: IANA zone of every `at` without one of its own
    source: str = ""  #: sha256 of all that the last apply was made from; equal means that nothing changed
    author: str  #: who applied it last
    revision: int = 1  #: counts the applies that changed something
    applied_at: datetime = Field(sa_type=Instant)
