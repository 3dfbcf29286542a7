"""Channels: one endpoint each, owned by exactly one issuer. Ids are workspace-wide."""

from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Json


class Channel(SQLModel, table=True):
    """One row a channel, shared by every campaign that names it."""

    __tablename__ = "channel"

    id: str = Field(primary_key=True)
    kind: str  #: a publisher of scheduler.roster
    issuer: str  #: the partner whose account it is
    account: str  #: as people see it: a handle, a sender, a title
    locales: list[str] = Field(sa_type=Json)
    server: str | None = None  #: URL, host:port, or folder
    credential: str | None = None  #: a secret's name, never the secret
    rate: str | None = None  #: "30/h"
    pace: str | None = None  #: "4/d": how many releases the account may carry
    quiet: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: start, end (times of day), zone
    options: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  #: kind-specific, plain


class CampaignChannel(SQLModel, table=True):
    """Which campaign uses which channel."""

    __tablename__ = "campaign_channel"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    channel: str = Field(primary_key=True, foreign_key="channel.id")
    position: int
