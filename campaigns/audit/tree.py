"""The log's tree in the database: only writer of `tree_head` and `tree_node`; proofs are read from them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, delete, func, insert, select, update

from campaigns.audit.merkle import SIZE, Frontier, Subtree, root_of
from campaigns.models.event import Event, TreeHead, TreeNode
from campaigns.store.tables import table

LOG = structlog.get_logger()
EVENT = table(Event)
HEAD = table(TreeHead)
NODE = table(TreeNode)
_TAKEN = select(HEAD).with_for_update()
_LAST = select(func.max(EVENT.c.seq))
_MOVED = update(HEAD)  #: with what is given as its values
KEPT_FROM = 8  #: level of the smallest subtrees that are kept; a proof hashes fewer leaves than 2**KEPT_FROM anew


@dataclass
class Head:
    """The tree as it stands, while this transaction appends to it."""

    origin: str
    last: int  #: the number of the last event
    frontier: Frontier


def origin_of(connection: Connection) -> str:
    """Return the log's name; "" while nothing was logged."""
    return str(connection.execute(select(HEAD.c.origin)).scalar() or "")


def size_of(connection: Connection) -> int:
    """Return how many leaves the tree has."""
    return int(connection.execute(select(HEAD.c.size)).scalar() or 0)


def root_of_head(connection: Connection) -> bytes | None:
    """Return the root that the head holds; None where it holds none."""
    row = connection.execute(select(HEAD)).mappings().first()
    if row is None:
        return None
    try:
        return _frontier(row["size"], row["frontier"]).root()
    except ValueError:
        return None


def rename(connection: Connection) -> tuple[str, str]:
    """Let the log go on under a new name, after a restore that a person settled; return both names."""
    head = take(connection)
    name = new_origin(head.origin)
    connection.execute(update(HEAD).values(origin=name))
    return head.origin, name


def take(connection: Connection) -> Head:
    """
    Return the head, which nobody else moves before this transaction ends.

    A head that is lacking or does not fit the events (somebody changed the database) is made anew from what is there:
    the log goes on, and it is for people to find out what was done to it.
    """
    row = connection.execute(_TAKEN).mappings().first()
    # A statement of its own: PostgreSQL would answer the same one as of before it waited for the lock.
    last = connection.execute(_LAST).scalar() or 0
    if row is not None and row["last"] == last:
        try:
            return Head(row["origin"], row["last"], _frontier(row["size"], row["frontier"]))
        except ValueError:
            LOG.exception("the head of the event log is damaged", hint="Compare it with a backup.")
    return _anew(connection, row["origin"] if row is not None else None)


def move(connection: Connection, head: Head, leaves: Sequence[bytes]) -> None:
    """Add the hashes of *leaves*, whose events follow `head.last` without a gap."""
    _grow(connection, head, leaves)
    head.last += len(leaves)
    frontier = head.frontier
    connection.execute(_MOVED, {"size": frontier.size, "last": head.last, "frontier": _edge(frontier)})


def _grow(connection: Connection, head: Head, leaves: Sequence[bytes]) -> None:
    nodes: list[dict[str, object]] = []

    def completed(level: int, index: int, node: bytes) -> None:
        if level >= KEPT_FROM:
            nodes.append({"level": level, "position": index, "hash": node.hex()})

    for leaf in leaves:
        head.frontier.add(leaf, completed)
    if nodes:
        connection.execute(insert(NODE), nodes)


def subtree_of(connection: Connection) -> Subtree:
    """Return what proofs ask: kept subtrees, and small ones from the leaves."""

    def subtree(level: int, index: int) -> bytes:
        if level >= KEPT_FROM:
            kept = select(NODE.c.hash).where(NODE.c.level == level, NODE.c.position == index)
            found = connection.execute(kept).scalar()
            if found is not None:
                return bytes.fromhex(found)
        return root_of(leaf_hashes(connection, index << level, (index + 1) << level))

    return subtree


def leaf_hashes(connection: Connection, low: int, high: int) -> list[bytes]:
    """Return the hashes of leaves *low* (from 0) to *high*, as the events hold them; damaged ones as zeros."""
    statement = select(EVENT.c.leaf).where(EVENT.c.seq > low, EVENT.c.seq <= high).order_by(EVENT.c.seq)
    return [_hash(each) for each in connection.scalars(statement)]


def new_origin(log: str = "") -> str:
    """Return a name for a new log, or for what an older *log* goes on as after a restore."""
    if not log:
        return f"cordiale.log/{secrets.token_hex(8)}"
    name, _, epoch = log.partition("/restored-")
    return f"{name}/restored-{int(epoch or 0) + 1}"


def _anew(connection: Connection, origin: str | None) -> Head:
    found = connection.execute(select(EVENT.c.seq, EVENT.c.leaf).order_by(EVENT.c.seq)).all()
    if found:
        LOG.error("the event log was changed by something else", hint="Compare it with a backup.")
    connection.execute(delete(HEAD))
    connection.execute(delete(NODE))
    head = Head(origin or new_origin(), found[-1].seq if found else 0, Frontier())
    _grow(connection, head, [_hash(row.leaf) for row in found])
    row = {"id": 1, "origin": head.origin, "size": head.frontier.size, "last": head.last}
    connection.execute(insert(HEAD), {**row, "frontier": _edge(head.frontier)})
    return head


def _edge(frontier: Frontier) -> str:
    return b"".join(frontier.nodes).hex()


def _frontier(size: int, edge: str) -> Frontier:
    raw = bytes.fromhex(edge)
    return Frontier(size, [raw[start : start + SIZE] for start in range(0, len(raw), SIZE)])


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except (ValueError, TypeError):
        return bytes(SIZE)
    return found if len(found) == SIZE else bytes(SIZE)
