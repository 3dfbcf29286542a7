"""Signed notes are those of C2SP: published notes, what is no note, and whose signatures count."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaigns.audit.checkpoint import Checkpoint, Keys, check, merged, read, witness_key
from campaigns.audit.note import Key, Kind, Note, Signature, parse, signed, verified
from campaigns.errors import NotTrusted
from tests.builders.logs import FR, KEYS, OPERATOR, ORIGIN, STRANGER, UK, checkpoint, entries

#: The key and the note of the reference implementation's documentation (Go, sumdb/note).
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    f"{TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
#: The example of tlog-cosignature.
WITNESSED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def key_of(vkey: str) -> Key:
    name, key_id, coded = vkey.split("+", 2)
    raw = base64.b64decode(coded)
    key = Key(name, raw[1:], Kind(raw[0]))
    assert key.id.hex() == key_id
    return key


def test_the_note_of_the_reference_implementation_verifies():
    """A published note by a published key holds, and signing anew gives the same bytes."""
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(SKEY)[1:])
    key = key_of(VKEY)

    assert [each.key for each in verified(parse(SIGNED.encode()), [key])] == [key]
    assert str(signed(Note(TEXT), key, private.sign)) == SIGNED


def test_the_example_of_the_specification_is_read():
    """The published checkpoint is one to us, and its witness signed at the published second."""
    note = parse(WITNESSED.encode())

    assert str(note) == WITNESSED
    assert (read(note.text).origin, read(note.text).size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(note.signatures[1].value[:8], "big") == 1679315147
    assert len(note.signatures[1].value) == 8 + 64


def test_a_witness_signs_the_message_of_the_specification():
    """What a witness signs begins with a heading and the time; an independent reading of the text says so."""
    body = str(Checkpoint(ORIGIN, 3, bytes(32)))
    note = signed(Note(body), witness_key("fr", FR.public), FR.sign, 1679315147)
    line = base64.b64decode(str(note).splitlines()[-1].split(" ")[2])

    assert line[4:12] == (1679315147).to_bytes(8, "big")
    FR.private.public_key().verify(line[12:], b"cosignature/v1\ntime 1679315147\n" + body.encode())


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(TEXT.encode(), id="unsigned"),
        pytest.param(b"\xff" + SIGNED.encode(), id="not-utf-8"),
        pytest.param(SIGNED.replace("If", "\tIf").encode(), id="control-character"),
        pytest.param(SIGNED.replace("—", "-").encode(), id="hyphen-for-dash"),
        pytest.param(SIGNED.replace("x08go", "!08go").encode(), id="not-base64"),
        pytest.param(SIGNED.replace("— PeterNeumann", "— Peter+Neumann").encode(), id="plus-in-a-name"),
        pytest.param(SIGNED.replace("— PeterNeumann", "— Peter\u2003Neumann").encode(), id="space-in-a-name"),
        pytest.param(SIGNED.rstrip("\n").encode(), id="no-last-newline"),
        pytest.param(SIGNED.encode() + b"\n", id="line-too-many"),
        pytest.param(f"{TEXT}\n— PeterNeumann AAAA\n".encode(), id="no-value"),
        pytest.param(TEXT.encode() + b"\n" + b"\xe2\x80\x94 a AAAAAAA=\n" * 101, id="too-many-signatures"),
        pytest.param(b"x" * 1_000_001, id="too-long"),
    ],
)
def test_what_is_no_note_is_refused(raw):
    """A note has one form."""
    with pytest.raises(NotTrusted, match="not a signed note"):
        parse(raw)


def test_a_note_holds_sixteen_signatures_and_more():
    """As many signatures as the format asks for are looked at."""
    note = Note(TEXT, tuple(Signature(f"w{number}", bytes(4), bytes(64)) for number in range(99)))
    whole = signed(note, key_of(VKEY), Ed25519PrivateKey.from_private_bytes(base64.b64decode(SKEY)[1:]).sign)

    assert len(verified(parse(str(whole).encode()), [key_of(VKEY)])) == 1


def test_signatures_of_strangers_are_ignored_and_broken_ones_of_ours_are_not():
    """An unknown key says nothing; a known one that does not fit spoils the note."""
    key = key_of(VKEY)
    strange = signed(parse(SIGNED.encode()), Key("stranger", STRANGER.public), STRANGER.sign)

    assert [each.key for each in verified(strange, [key])] == [key]
    assert verified(strange, [Key("PeterNeumann", STRANGER.public)]) == []
    changed = Note(TEXT.replace("answer", "question"), strange.signatures)
    with pytest.raises(NotTrusted, match="was changed"):
        verified(changed, [key])


def test_a_witness_is_not_an_operator_and_no_other_partner():
    """A signature counts for the one role and the one partner whose key made it."""
    log = entries(3)
    whole = check(checkpoint(log), KEYS)
    assert (whole.signed, sorted(whole.witnessed), whole.lacking(["fr", "uk"])) == (True, ["fr", "uk"], [])

    by_partner = check(checkpoint(log, by=UK), KEYS)
    assert not by_partner.signed
    crossed = check(checkpoint(log, witnesses=[("fr", UK)]), KEYS)
    assert crossed.lacking(["fr", "uk"]) == ["fr", "uk"]
    alone = check(checkpoint(log, witnesses=[("uk", UK)]), KEYS)
    assert alone.lacking(["fr", "uk"]) == ["fr"]


def test_a_witness_is_held_to_its_time():
    """Another time under the same signature is a changed note."""
    note = checkpoint(entries(3), witnesses=[("fr", FR)])
    last = note.signatures[-1]
    later = Signature(last.name, last.key_id, (1_900_000_000).to_bytes(8, "big") + last.value[8:])
    with pytest.raises(NotTrusted, match="was changed"):
        check(Note(note.text, (*note.signatures[:-1], later)), KEYS)
    no_time = signed(Note(note.text), witness_key("fr", FR.public), FR.sign, 1 << 62)
    with pytest.raises(NotTrusted, match="no time"):
        check(no_time, KEYS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\n1\n", id="no-root"),
        pytest.param("a\n01\n" + "A" * 43 + "=\n", id="leading-zero"),
        pytest.param("a\n-1\n" + "A" * 43 + "=\n", id="negative"),
        pytest.param("a\n1\n" + "A" * 44 + "\n", id="root-of-another-size"),
        pytest.param("\n1\n" + "A" * 43 + "=\n", id="no-name"),
        pytest.param("a\n1\n" + "A" * 43 + "=\nmore\n", id="more-lines"),
        pytest.param("a\n1\n" + "A" * 42 + "B=\n", id="another-spelling"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    """A checkpoint is three lines in one spelling."""
    with pytest.raises(NotTrusted, match="not a checkpoint"):
        read(text)


def test_signatures_of_one_checkpoint_come_together():
    """What was witnessed in two places is one note; two checkpoints are not."""
    log = entries(3)
    one, other = (checkpoint(log, witnesses=[each]) for each in (("uk", UK), ("fr", FR)))

    assert check(merged(one, other), KEYS).lacking(["uk", "fr"]) == []
    assert merged(one, one) == one
    with pytest.raises(NotTrusted, match="different"):
        merged(one, checkpoint(entries(4)))


def test_no_key_trusts_nothing():
    """Without keys there are no signatures."""
    assert not check(checkpoint(entries(2)), Keys([], {})).signed
    assert OPERATOR.public != STRANGER.public
