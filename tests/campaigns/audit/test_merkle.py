"""The tree is that of RFC 6962: published vectors, an independent oracle at every small size, and no false proof."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.audit.merkle import (
    EMPTY,
    Frontier,
    consistency,
    consistent,
    included,
    inclusion,
    leaf_hash,
    root_at,
    root_of,
    subtrees_of,
)

#: The leaves of the reference implementation's test suite (Certificate Transparency), and its roots for 0 to 8 of them.
LEAVES = [bytes.fromhex(each) for each in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
HASHES = [leaf_hash(each) for each in LEAVES]
MANY = [leaf_hash(str(number).encode()) for number in range(70)]


def mth(leaves: list[bytes]) -> bytes:
    """Return the root by the very words of RFC 6962, 2.1: the oracle."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_implementation(size):
    """A root over published leaves is the published one, however it is computed."""
    expected = ROOTS[size]

    assert root_of(HASHES[:size]).hex() == expected
    assert root_at(size, subtrees_of(HASHES)).hex() == expected


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_audit_paths_are_those_of_the_reference_implementation(index, size):
    """A path for a published leaf is the published one."""
    assert [each.hex() for each in inclusion(index, size, subtrees_of(HASHES))] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference_implementation(old, new):
    """A proof between published trees is the published one."""
    assert [each.hex() for each in consistency(old, new, subtrees_of(HASHES))] == CONSISTENCY[old, new]


def test_every_leaf_of_every_size_is_proved_and_no_other_leaf_is():
    """A path proves its leaf at its place under its root, and nothing else there."""
    for size in range(1, len(MANY)):
        root = mth(MANY[:size])
        for index in range(size):
            path = inclusion(index, size, subtrees_of(MANY))

            assert included(MANY[index], index, size, path, root)
            assert not included(MANY[-1], index, size, path, root)
            assert not included(MANY[index], index, size, [*path, EMPTY], root)
            assert not path or not included(MANY[index], index, size, path[:-1], root)
            assert size == 1 or not included(MANY[index], (index + 1) % size, size, path, root)
        assert not included(MANY[0], size, size, [], root)


def test_every_two_sizes_are_proved_consistent_and_no_rewritten_tree_is():
    """A proof shows growth alone: neither another beginning nor another end passes."""
    for new in range(1, len(MANY)):
        roots = mth(MANY[:new])
        for old in range(new + 1):
            proof = consistency(old, new, subtrees_of(MANY))
            before = mth(MANY[:old])

            assert consistent(old, new, before, roots, proof)
            assert not consistent(old, new, MANY[-1], roots, proof)
            assert not consistent(old, new, before, MANY[-1], proof) or old == 0
            assert not consistent(old, new, before, roots, [*proof, EMPTY])
            assert not proof or not consistent(old, new, before, roots, proof[:-1])


def test_the_frontier_is_the_tree_at_every_size():
    """Adding one leaf at a time gives the root of the whole, and tells of every complete subtree."""
    frontier, told = Frontier(), {}
    for size, leaf in enumerate(MANY):
        assert frontier.root() == mth(MANY[:size])
        frontier.add(leaf, lambda level, index, node: told.update({(level, index): node}))

    assert told == {
        (level, index): mth(MANY[index << level : (index + 1) << level])
        for level in range(1, 7)
        for index in range(len(MANY) >> level)
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=300), st.data())
def test_any_tree_proves_its_leaves_and_its_past(leaves, data):
    """Whatever the leaves are, proofs made from subtrees hold under the oracle's root."""
    hashes = [leaf_hash(each) for each in leaves]
    size = data.draw(st.integers(1, len(hashes)))
    index = data.draw(st.integers(0, size - 1))
    ask = subtrees_of(hashes)

    assert included(hashes[index], index, size, inclusion(index, size, ask), mth(hashes[:size]))
    assert consistent(size, len(hashes), mth(hashes[:size]), mth(hashes), consistency(size, len(hashes), ask))


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: inclusion(3, 3, subtrees_of(HASHES)), id="no-such-leaf"),
        pytest.param(lambda: consistency(4, 3, subtrees_of(HASHES)), id="shrinking"),
        pytest.param(lambda: Frontier(3, [EMPTY]), id="edge-of-another-size"),
        pytest.param(lambda: Frontier(1, [b"short"]), id="no-hash"),
    ],
)
def test_what_cannot_be_is_not_proved(ask):
    """A leaf or a tree that is not there is a mistake of the caller."""
    with pytest.raises(ValueError, match=r"tree|subtrees"):
        ask()
