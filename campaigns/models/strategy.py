"""Why a campaign says what it says: narratives, messengers, the theory of change, pre-tests, and what was learnt."""

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Json


class Narrative(SQLModel, table=True):
    """One row a claim that is about, and what the partners decided about it."""

    __tablename__ = "narrative"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    claim: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: locale -> what it says, in our words
    decision: str  #: respond | monitor | do_not_respond
    because: str | None = None
    first_seen: str | None = None  #: ISO date
    review_on: str | None = None  #: ISO date


class Messenger(SQLModel, table=True):
    """One row somebody other than an issuer who says something, openly named and funded."""

    __tablename__ = "messenger"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    name: dict[str, str] = Field(sa_type=Json)  #: locale -> name
    kind: str  #: government | official | expert | civil_society | community | creator
    funded_by: list[str] | None = Field(default=None, sa_type=Json)  #: partners that pay
    disclosure: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: locale -> what readers see
    credible_because: str | None = None


class CausalLink(SQLModel, table=True):
    """One row a step of the theory of change, from one KPI to the next."""

    __tablename__ = "causal_link"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    source: str  #: a KPI; `from` in YAML
    target: str  #: a KPI of a later stage; `to` in YAML
    assumption: str
    basis: str  #: guess | experience | research
    evidence: str | None = None


class Pretest(SQLModel, table=True):
    """One row a trial on people of the audience, before anything went out."""

    __tablename__ = "pretest"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    messages: list[str] = Field(sa_type=Json)
    audience: str | None = None
    by: str
    on: str  #: ISO date
    method: str | None = None
    people: int | None = None
    result: str
    verdict: str  #: use | change | drop


class Adjustment(SQLModel, table=True):
    """One row a change in the middle of a campaign, and its reason."""

    __tablename__ = "adjustment"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    on: str  #: ISO date
    by: str
    because: str


class Learning(SQLModel, table=True):
    """One row something that a campaign taught."""

    __tablename__ = "learning"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    found: str
    evidence: str | None = None
    next_time: str


class Carried(SQLModel, table=True):
    """One row a learning of an earlier campaign that this one takes up."""

    __tablename__ = "carried_learning"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    learnt_by: str  #: the campaign that learnt it; `campaign` in YAML
    learning: str
    applied: str
