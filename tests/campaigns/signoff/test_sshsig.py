"""Signatures and keys of OpenSSH: what the real ssh-keygen makes is taken, and nothing else."""

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.signoff import sshsig
from campaigns.signoff.sshsig import Malformed, wired
from tests.builders import ssh

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
MESSAGE = b"DSSEv1 28 application/vnd.in-toto+json 2 {}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give kind -> (blob of the public key, blob of its signature over MESSAGE), both of ssh-keygen."""
    folder = tmp_path_factory.mktemp("ssh")
    (folder / "message").write_bytes(MESSAGE)
    found = {}
    for kind in ssh.KINDS:
        key = ssh.make_key(folder / kind, kind)
        public = base64.b64decode(key.with_name(f"{kind}.pub").read_text().split()[1])
        text = ssh.sign(key, folder / "message").read_text()
        (folder / "message.sig").unlink()
        found[kind] = (public, sshsig.unarmour(text))
    return found


@pytest.mark.parametrize("kind", ssh.KINDS)
def test_what_ssh_keygen_signs_verifies(made, kind):
    """Each kind of key, in a file: its signature holds over its own message, and over no other."""
    public, blob = made[kind]
    sshsig.verify(blob, public, MESSAGE)
    with pytest.raises(Malformed, match="does not fit"):
        sshsig.verify(blob, public, MESSAGE + b" ")


def test_both_hashes_of_ssh_keygen_are_read(tmp_path):
    """OpenSSH hashes with SHA-512 by default and with SHA-256 on request."""
    key = ssh.make_key(tmp_path / "key")
    (tmp_path / "m").write_bytes(MESSAGE)
    blob = sshsig.unarmour(ssh.sign(key, tmp_path / "m", "cordiale", "-O", "hashalg=sha256").read_text())
    assert sshsig.read(blob).hash == "sha256"
    sshsig.verify(blob, sshsig.read(blob).public, MESSAGE)


@pytest.mark.parametrize("curve", ["ed25519", "nistp256"])
def test_a_touched_security_key_signs(tmp_path, curve):
    """A security key's signature holds for us and for ssh-keygen; one that nobody touched is none for us."""
    key = ssh.SecurityKey(curve)
    blob = key.sign(MESSAGE)
    sshsig.verify(blob, key.blob, MESSAGE)
    assert ssh.takes(tmp_path, key.line, sshsig.armour(blob), MESSAGE)
    untouched = key.sign(MESSAGE, flags=0)
    with pytest.raises(Malformed, match="nobody touched"):
        sshsig.verify(untouched, key.blob, MESSAGE)


@pytest.mark.parametrize("namespace", ["git", "file", "cordiale2"])
def test_a_signature_for_another_purpose_is_none(tmp_path, namespace):
    """What was signed for git or a mail is no approval, though the key and the bytes are right."""
    key = ssh.make_key(tmp_path / "key")
    (tmp_path / "m").write_bytes(MESSAGE)
    blob = sshsig.unarmour(ssh.sign(key, tmp_path / "m", namespace).read_text())
    with pytest.raises(Malformed, match="for the namespace"):
        sshsig.verify(blob, sshsig.read(blob).public, MESSAGE)


def relabelled(blob):
    """Say our namespace on a signature that was made for git."""
    found = sshsig.read(blob)
    return sshsig.build(found.public, found.value, "git")


def taken_apart(made, kind):
    public, blob = made[kind]
    return public, sshsig.read(blob)


def with_value(change):
    def make(made):
        public, found = taken_apart(made, "ecdsa-256")
        return public, sshsig.build(public, change(found.value), hash_name=found.hash)

    return make


def numbers(value):
    """Return r and s of an ECDSA signature's bytes."""
    wire = sshsig._Wire(value)
    wire.string()
    inner = sshsig._Wire(wire.string())
    return inner.positive(), inner.positive()


def spelled(r: bytes, s: bytes) -> bytes:
    return wired(b"ecdsa-sha2-nistp256") + wired(wired(r) + wired(s))


def padded(value):
    r, s = numbers(value)
    return spelled(b"\0" + r.to_bytes(33), s.to_bytes(33))


def zero(value):
    return spelled(b"", b"\x01")


def ed(change):
    """Change the parts of a good Ed25519 signature."""

    def make(made):
        public, found = taken_apart(made, "ed25519")
        parts = {"public": public, "value": found.value, "namespace": "cordiale", "hash_name": found.hash}
        parts.update(change(parts))
        return public, sshsig.build(**parts)

    return make


REFUSED = [
    pytest.param(lambda m: (m["ecdsa-256"][0], m["ed25519"][1]), "another key", id="key-of-another"),
    pytest.param(ed(lambda _: {"public": ssh.SecurityKey().blob}), "another key", id="another-key-inside"),
    pytest.param(ed(lambda _: {"namespace": "git"}), "namespace", id="relabelled-namespace"),
    pytest.param(ed(lambda _: {"hash_name": "sha256"}), "does not fit", id="another-hash-named"),
    pytest.param(ed(lambda _: {"hash_name": "md5"}), "hash", id="weak-hash"),
    pytest.param(ed(lambda p: {"value": p["value"] + b"\0"}), "goes on", id="byte-after-the-signature"),
    pytest.param(ed(lambda p: {"value": p["value"][:-1]}), "too early", id="signature-cut"),
    pytest.param(ed(lambda _: {"value": wired(b"ssh-ed25519") + wired(b"x" * 63)}), "does not fit", id="short-mark"),
    pytest.param(ed(lambda _: {"value": wired(b"ssh-rsa") + wired(b"x" * 64)}), "another kind", id="kind-changed"),
    pytest.param(ed(lambda _: {"value": wired(b"ssh-ed25519")}), "too early", id="no-mark"),
    pytest.param(with_value(padded), "another way", id="number-with-a-zero-before-it"),
    pytest.param(with_value(zero), "another way", id="number-zero"),
    pytest.param(with_value(lambda v: v + b"\0"), "goes on", id="byte-after-the-numbers"),
    pytest.param(lambda m: (m["ed25519"][0], m["ed25519"][1] + b"\0"), "goes on", id="byte-after-the-end"),
    pytest.param(lambda m: (m["ed25519"][0], m["ed25519"][1][:40]), "too early", id="cut"),
    pytest.param(lambda m: (m["ed25519"][0], b""), "not a signature", id="empty"),
    pytest.param(lambda m: (m["ed25519"][0], b"SSHSIG\0\0\0\2"), "version", id="version-two"),
    pytest.param(lambda m: (m["ed25519"][0], b"SSHSIG" + b"\xff" * 100), "version", id="lengths-beyond-the-end"),
]


@pytest.mark.parametrize(("make", "why"), REFUSED)
def test_what_was_bent_is_refused(made, make, why):
    """A signature holds in one form alone, over its own key, purpose, hash and message."""
    public, blob = make(made)
    with pytest.raises(Malformed, match=why):
        sshsig.verify(blob, public, MESSAGE)


@pytest.mark.parametrize("kind", ssh.KINDS)
def test_no_byte_of_a_signature_may_change(made, kind):
    """Every byte of a signature flipped, in each of two ways: none is accepted, and none ends in a traceback."""
    public, blob = made[kind]
    for at in range(len(blob)):
        for bit in (0x01, 0x80):
            bent = blob[:at] + bytes([blob[at] ^ bit]) + blob[at + 1 :]
            with pytest.raises(Malformed):
                sshsig.verify(bent, public, MESSAGE)


@QUICK
@given(data=st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"SSHSIG\0\0\0\1" + tail))
def test_no_bytes_make_the_parser_stumble(made, data):
    """Whatever a signature holds, it is refused in words."""
    with pytest.raises(Malformed):
        sshsig.verify(data, made["ed25519"][0], MESSAGE)
    with pytest.raises(Malformed):
        sshsig.read_blob(data)


@QUICK
@given(data=st.data())
def test_a_signature_that_was_edited_anywhere_is_refused(made, data):
    """Parts cut out, doubled, moved or overwritten: nothing of it verifies."""
    kind = data.draw(st.sampled_from(sorted(ssh.KINDS)))
    public, blob = made[kind]
    first, last = sorted((data.draw(st.integers(0, len(blob))), data.draw(st.integers(0, len(blob)))))
    bent = blob[:first] + data.draw(st.binary(max_size=8)) + blob[last:]
    if bent != blob:
        with pytest.raises(Malformed):
            sshsig.verify(bent, public, MESSAGE)


@QUICK
@given(text=st.text(max_size=200))
def test_no_text_makes_the_armour_stumble(text):
    """Whatever a file holds, it is no signature, said in words."""
    for form in (text, f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n"):
        with pytest.raises(Malformed):
            sshsig.read(sshsig.unarmour(form))
    with pytest.raises(Malformed):
        sshsig.read_line(f"ssh-ed25519 {text}")


def test_armour_has_one_form(made):
    """Line ends of Windows are taken; other letters, other widths and loose bits are not."""
    blob = made["ed25519"][1]
    text = sshsig.armour(blob)
    assert sshsig.unarmour(text) == sshsig.unarmour(text.replace("\n", "\r\n")) == blob
    for bent in (text.replace("U1NIU0lH", "U1NI U0lH"), text.replace("\n", "", 3), text[:-20], text + "more"):
        with pytest.raises(Malformed):
            sshsig.unarmour(bent)


LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmuRmNHlrAuGJuJV8XbL4mRNvWcmVGIb0SMlBL4zUBs"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("", "not a public key", id="empty"),
        pytest.param("ssh-ed25519", "not a public key", id="kind-alone"),
        pytest.param(LINE.replace("ssh-ed25519 ", "ssh-rsa "), "another kind than", id="kind-relabelled"),
        pytest.param(LINE[:-1], "base64", id="letter-missing"),
        pytest.param(LINE[:-4], "too early", id="key-cut"),
        pytest.param(
            "ssh-rsa " + base64.b64encode(wired(b"ssh-rsa") + wired(b"\3") + wired(b"x" * 256)).decode(),
            "not taken",
            id="rsa",
        ),
        pytest.param(
            "ssh-ed25519 " + base64.b64encode(wired(b"ssh-ed25519") + wired(b"x" * 31)).decode(),
            "another length",
            id="short-key",
        ),
        pytest.param(
            "ecdsa-sha2-nistp256 "
            + base64.b64encode(wired(b"ecdsa-sha2-nistp256") + wired(b"nistp384") + wired(b"\4" + b"x" * 64)).decode(),
            "another curve",
            id="curve-of-another-kind",
        ),
        pytest.param(
            "ecdsa-sha2-nistp256 "
            + base64.b64encode(wired(b"ecdsa-sha2-nistp256") + wired(b"nistp256") + wired(b"\2" + b"x" * 32)).decode(),
            "in full",
            id="compressed-point",
        ),
    ],
)
def test_what_is_no_key_that_we_take_is_refused(line, why):
    """A public key has one spelling, of the kinds that we take."""
    with pytest.raises(Malformed, match=why):
        sshsig.read_line(line)


def test_a_line_names_its_owner():
    """The comment of a public key is read as it stands, spaces too."""
    found = sshsig.read_line(f"{LINE} Luc Martin\n")
    assert (found.kind, found.comment, len(found.point)) == ("ssh-ed25519", "Luc Martin", 32)


def test_a_point_off_its_curve_is_refused():
    """A key whose numbers are no point of its curve verifies nothing."""
    blob = wired(b"ecdsa-sha2-nistp256") + wired(b"nistp256") + wired(b"\4" + b"\1" * 64)
    mark = wired(b"ecdsa-sha2-nistp256") + wired(wired(b"\1") + wired(b"\1"))
    with pytest.raises(Malformed, match="no point"):
        sshsig.verify(sshsig.build(blob, mark), blob, MESSAGE)
