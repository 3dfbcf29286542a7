"""
The Merkle tree of RFC 6962: roots, and proofs that a leaf is in it, or that a tree only grew. Pure.

    leaf    sha256(0x00 || bytes)            node    sha256(0x01 || left || right)

A tree of any size is a row of complete subtrees, largest first (`Frontier`), so that adding a leaf hashes twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

SIZE = 32  #: bytes of a hash
EMPTY = sha256().digest()  #: the root of a tree without leaves

#: Returns the hash of the complete subtree of 2**level leaves that is number *index* on its level.
Subtree = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of the bytes of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The right edge of a growing tree: all that adding leaves needs to know of the ones before."""

    size: int = 0
    nodes: list[bytes] = field(default_factory=list)  #: complete subtrees, largest first

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count() or any(len(each) != SIZE for each in self.nodes):
            message = "as many subtrees as the size has ones in binary"
            raise ValueError(message)

    def add(self, leaf: bytes, completed: Callable[[int, int, bytes], None] | None = None) -> None:
        """Add the hash of a leaf; *completed* hears of each subtree that this completes: level, index, hash."""
        node, level, rest = leaf, 0, self.size
        while rest & 1:
            node = node_hash(self.nodes.pop(), node)
            level, rest = level + 1, rest >> 1
            if completed is not None:
                completed(level, rest, node)
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self.nodes:
            return EMPTY
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of *leaves*."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


def subtrees_of(leaves: Sequence[bytes]) -> Subtree:
    """Return what `inclusion` and `consistency` ask, over leaf hashes in memory."""

    def subtree(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    return subtree


def root_at(size: int, subtree: Subtree) -> bytes:
    """Return the root of the first *size* leaves."""
    return _range(0, size, subtree) if size else EMPTY


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """
    Return the audit path of leaf *index* (from 0) in the tree of the first *size* leaves (RFC 6962, 2.1.1).

    Raises:
        ValueError: If there is no such leaf.
    """
    if not 0 <= index < size:
        message = f"a tree of {size} leaves has no leaf {index}"
        raise ValueError(message)
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(middle, high, subtree))
            high = middle
        else:
            path.append(_range(low, middle, subtree))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """
    Return the proof that the tree of *old* leaves is the beginning of that of *new* (RFC 6962, 2.1.2).

    Raises:
        ValueError: If *old* is larger than *new*.
    """
    if not 0 <= old <= new:
        message = f"a tree of {new} leaves holds no earlier one of {old}"
        raise ValueError(message)
    low, high, proof, whole = 0, new, [], True
    if old in {0, new}:
        return []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(_range(middle, high, subtree))
            high = middle
        else:
            proof.append(_range(low, middle, subtree))
            low, whole = middle, False
    if not whole:
        proof.append(_range(low, high, subtree))
    return proof[::-1]


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether *path* proves the hash *leaf* to be number *index* under *root* (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, node = index, size - 1, leaf
    for each in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(each, node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, each)
        here, last = here >> 1, last >> 1
    return last == 0 and node == root


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether *proof* shows the tree of *old* leaves to begin that of *new* (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:  # every tree begins with no leaf
        return not proof and old_root == EMPTY
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(each, first), node_hash(each, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, each)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(size: int) -> int:
    """Return the largest power of two below *size*."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(low: int, high: int, subtree: Subtree) -> bytes:
    """Return the root over leaves *low* to *high*; *low* is where a subtree of that size may begin."""
    parts = []
    while low < high:
        level = (high - low).bit_length() - 1
        parts.append(subtree(level, low >> level))
        low += 1 << level
    root = parts[-1]
    for node in reversed(parts[:-1]):
        root = node_hash(node, root)
    return root
