"""Events: who did what to what, when and why. Appended, never changed."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


class Event(SQLModel, table=True):
    """
    One row a fact, and a leaf of the log's tree.

    Triggers refuse DELETE, and every UPDATE but one: erasing the words of a person (actor, why, detail) together with
    their salt, which leaves the commitment to them in their place.
    """

    __tablename__ = "event"

    seq: int | None = Field(default=None, primary_key=True)  #: its number in the log, from 1 without a gap
    at: datetime = Field(sa_type=Instant)
    actor: str  #: a person, a partner, or "engine"
    act: str  #: "release.claim", "campaign.apply", "hold.place", …
    campaign: str | None = Field(default=None, index=True)
    subject: str = Field(index=True)  #: a release id, a campaign id, a hold id
    before: str | None = None
    after: str | None = None
    why: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    actor_salt: str | None = None  #: hex; none for "engine", and once the actor is erased
    why_salt: str | None = None  #: hex; none where there is no why, and once it is erased
    detail_salt: str | None = None  #: hex; none where there is no detail, and once it is erased
    leaf: str  #: the hash of its leaf in the log's tree, hex


class TreeHead(SQLModel, table=True):
    """The right edge of the log's tree: one row, moved by the transaction that appends."""

    __tablename__ = "tree_head"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    origin: str  #: the log's name, made once
    size: int  #: leaves
    last: int  #: the number of the last event
    frontier: str  #: hashes of the complete subtrees, largest first, hex


class TreeNode(SQLModel, table=True):
    """One row a complete subtree of 256 leaves or more: a proof reads a few of them instead of the whole log."""

    __tablename__ = "tree_node"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  #: it holds 2**level leaves
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  #: from 0
    hash: str  #: hex
