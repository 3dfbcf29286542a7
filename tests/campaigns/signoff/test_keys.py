"""Key files: how they are made, and which ones are refused."""

import json
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from campaigns.errors import EnvironmentFault, NotTrusted, Refused, UsageError
from campaigns.signoff import keys, passphrase, pkcs8, public_keys, sshsig
from tests.builders import ssh
from tests.builders.programs import need


def test_a_new_key_is_private_and_signs(tmp_path):
    """The private half is readable by its owner alone, and what it signs verifies with the public half."""
    pair = keys.new(tmp_path / "keys", "ana")
    assert stat.S_IMODE(pair.path.stat().st_mode) == 0o600
    signature = keys.load_signer(pair.path).sign(b"words")
    keys.key_of(pair.public).verify_signature(signature, b"words")
    assert signature.keyid == pair.keyid == keys.read_public(pair.path.with_suffix(".pub")).keyid


def test_a_key_is_never_overwritten(tmp_path):
    """A second key of the same name is refused, and the first stays as it was, even when one half is away."""
    pair = keys.new(tmp_path, "ana")
    held = pair.path.read_bytes()
    with pytest.raises(Refused, match="already a key called ana"):
        keys.new(tmp_path, "ana")
    assert pair.path.read_bytes() == held
    pair.path.unlink()
    with pytest.raises(Refused, match="already a key called ana"):
        keys.new(tmp_path, "ana")
    assert not pair.path.exists()


@pytest.mark.parametrize("name", ["", "../ana", "a/b", ".hidden", "ana diaz", "a\n", "x" * 101])
def test_a_name_is_a_plain_file_name(tmp_path, name):
    """A key's name cannot lead out of its folder."""
    with pytest.raises(Refused, match="cannot be called"):
        keys.new(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_the_machine_s_fault(tmp_path):
    """A file where the folder should be is reported as such."""
    (tmp_path / "keys").write_text("")
    with pytest.raises((EnvironmentFault, Refused), match="keys"):
        keys.new(tmp_path / "keys", "ana")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666, 0o620])
def test_a_key_that_others_can_reach_is_refused(tmp_path, mode):
    """A private key that anybody else may read or write signs nothing, and the hint closes it."""
    path = keys.new(tmp_path, "ana").path
    path.chmod(mode)
    with pytest.raises(NotTrusted, match=f"mode {mode:04o}") as refused:
        keys.load_signer(path)
    assert f"chmod 600 {path}" in refused.value.hint


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "not a private key", id="empty"),
        pytest.param(b"\x00\xff garbage", "not a private key", id="garbage"),
        pytest.param(b'{"keyid": "x"}', "not a private key", id="the-public-half"),
        pytest.param(pem(generate_private_key(SECP256R1())), "not an Ed25519 key", id="another-kind"),
    ],
)
def test_what_is_no_plain_private_key_is_refused(tmp_path, content, why):
    """Anything but an Ed25519 private key in PEM is refused in words."""
    path = tmp_path / "ana.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(NotTrusted, match=why):
        keys.load_signer(path)


def test_a_public_key_is_called_one_and_the_private_one_is_named(tmp_path):
    """Nobody is told to close a file that anybody may read, or to make a new key: the cure names the other half."""
    pair = keys.new(tmp_path, "ana")
    public = pair.path.with_suffix(".pub")
    with pytest.raises(NotTrusted, match="is the public half") as refused:
        keys.load_signer(public)
    public.chmod(0o600)
    pair.path.unlink()
    with pytest.raises(NotTrusted, match="is the public half") as alone:
        keys.locked(public)

    assert refused.value.hint == f"Name the private one, {pair.path}; only who holds it can sign."
    assert alone.value.hint.startswith("Name the private one, which ends in .key;")


def test_a_missing_key_is_the_machine_s_fault(tmp_path):
    """A key that is not there, private or public, is a fault of the environment with a cure."""
    for read in (keys.load_signer, keys.read_public):
        with pytest.raises(EnvironmentFault, match="cannot be read") as fault:
            read(tmp_path / "nobody.key")
        assert fault.value.hint


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda public: public.update(keyid="0" * 64), id="keyid-not-its-own"),
        pytest.param(lambda public: public.update(keytype="rsa"), id="another-kind"),
        pytest.param(lambda public: public["keyval"].update(public="00"), id="too-short"),
        pytest.param(lambda public: public["keyval"].update(public=7), id="a-number"),
        pytest.param(lambda public: public["keyval"].update(private="00"), id="with-a-private-half"),
        pytest.param(lambda public: public.update(name=""), id="no-name"),
        pytest.param(lambda public: public.update(admin=True), id="unknown-field"),
        pytest.param(lambda public: public.pop("scheme"), id="no-scheme"),
    ],
)
def test_an_edited_public_key_is_refused(tmp_path, change):
    """A public key file counts only as `keys new` wrote it."""
    path = keys.new(tmp_path, "ana").path.with_suffix(".pub")
    public = json.loads(path.read_text())
    change(public)
    path.write_text(json.dumps(public))
    with pytest.raises(NotTrusted) as refused:
        keys.read_public(path)
    assert refused.value.where is not None
    assert refused.value.where.file == str(path)


def test_a_folder_lists_its_keys_by_name(tmp_path):
    """Keys are listed by their public halves; a folder that is not there has none."""
    for name in ("luc", "ana"):
        keys.new(tmp_path / "keys", name)
    (tmp_path / "keys" / "luc.key").unlink()
    assert [(pair.name, pair.path.exists()) for pair in keys.list_keys(tmp_path / "keys")] == [
        ("ana", True),
        ("luc", False),
    ]
    assert keys.list_keys(tmp_path / "nowhere") == []


SECRET = b"four words that nobody guesses"


@pytest.fixture(scope="module")
def locked_key(tmp_path_factory):
    """Give a key with a passphrase; opening one is meant to be slow, so it is made once."""
    return keys.new(tmp_path_factory.mktemp("locked"), "ana", SECRET)


def test_a_passphrase_opens_its_key(locked_key, monkeypatch):
    """With its passphrase the key signs; with another one, or none, it does not, and the refusal never shows it."""
    assert keys.locked(locked_key.path)
    assert keys.load_signer(locked_key.path, SECRET).public_key.keyid == locked_key.keyid
    with pytest.raises(NotTrusted, match="passphrase is not the one") as refused:
        keys.load_signer(locked_key.path, b"another passphrase")
    assert "another passphrase" not in str(refused.value)
    monkeypatch.delenv(passphrase.VARIABLE, raising=False)
    with pytest.raises(UsageError, match="no terminal to ask on") as fault:
        keys.load_signer(locked_key.path)
    assert passphrase.VARIABLE in fault.value.hint


def test_the_environment_may_name_a_passphrase_file(locked_key, tmp_path, monkeypatch):
    """Every command that takes a key finds the passphrase where the environment says; its line end is no part of it."""
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_bytes(SECRET + b"\r\n")
    monkeypatch.setenv(passphrase.VARIABLE, str(path))
    assert keys.load_signer(locked_key.path).public_key.keyid == locked_key.keyid
    path.write_bytes(b"wrong and long enough\n")
    with pytest.raises(NotTrusted, match="not the one") as refused:
        keys.load_signer(locked_key.path)
    assert "wrong and long enough" not in str(refused.value)


def test_openssl_opens_what_we_locked(locked_key, tmp_path):
    """The file is standard PKCS #8 with scrypt at the cost we name: OpenSSL reads it with the passphrase alone."""
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    openssl = need("openssl", "openssl")
    words = [openssl, "pkey", "-in", str(locked_key.path), "-passin", f"file:{path}", "-pubout", "-outform", "DER"]
    done = subprocess.run(words, capture_output=True, check=True)
    assert done.stdout[-32:].hex() == locked_key.public["keyval"]["public"]
    shown = subprocess.run(
        [openssl, "asn1parse", "-in", str(locked_key.path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert ":scrypt" in shown
    assert ":aes-256-cbc" in shown
    assert f"INTEGER           :{pkcs8.N:04X}" in shown
    path.write_bytes(SECRET + b"x")
    assert subprocess.run(words, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize(
    ("content", "mode", "kind", "why"),
    [
        pytest.param(b"x" * 20, 0o644, NotTrusted, "read by others", id="readable-by-all"),
        pytest.param(b"x" * 20, 0o640, NotTrusted, "read by others", id="readable-by-the-group"),
        pytest.param(b"", 0o600, Refused, "no passphrase", id="empty"),
        pytest.param(b"\n", 0o600, Refused, "no passphrase", id="an-empty-line"),
        pytest.param(b"x" * 5000, 0o600, Refused, "no passphrase", id="another-file"),
        pytest.param(None, 0, EnvironmentFault, "cannot be read", id="absent"),
    ],
)
def test_a_passphrase_file_is_closed_to_others(tmp_path, content, mode, kind, why):
    """A passphrase file is refused where others may read it, or where it holds none."""
    path = tmp_path / "secret"
    if content is not None:
        path.touch(mode=0o600)
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(kind, match=why) as refused:
        passphrase.read(path)
    assert refused.value.hint


def test_a_short_passphrase_makes_no_key(tmp_path):
    """What a machine guesses in minutes protects nothing."""
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_bytes(b"hunter2")
    with pytest.raises(Refused, match="shorter than 12") as refused:
        passphrase.chosen(tmp_path / "ana.key", path)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("kind", ssh.KINDS)
@pytest.mark.parametrize("secret", ["", SECRET.decode()], ids=["open", "passphrase"])
def test_a_key_file_of_openssh_signs(tmp_path, kind, secret):
    """The private file of ssh-keygen signs as ssh-keygen would, with its passphrase where it has one."""
    path = ssh.make_key(tmp_path / "id", kind, passphrase=secret)
    pair = keys.read_public(tmp_path / "id.pub")
    signer = keys.load_signer(path, SECRET if secret else None)
    signature = signer.sign(b"words")
    keys.key_of(pair.public).verify_signature(signature, b"words")
    assert (pair.name, pair.path, signature.keyid, keys.locked(path)) == ("luc", path, pair.keyid, bool(secret))
    line = (tmp_path / "id.pub").read_text()
    assert ssh.takes(tmp_path, line, sshsig.armour(bytes.fromhex(signature.signature)), b"words")


def test_a_file_of_openssh_that_others_may_read_is_refused(tmp_path):
    """The mode counts whoever made the file; the public half may be read by all."""
    path = ssh.make_key(tmp_path / "id")
    path.chmod(0o640)
    with pytest.raises(NotTrusted, match="mode 0640"):
        keys.load_signer(path)
    (tmp_path / "id.pub").chmod(0o644)
    assert keys.load_signer(tmp_path / "id.pub").public_key.keyid == keys.read_public(tmp_path / "id.pub").keyid


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQM= luc", "not taken", id="rsa"),
        pytest.param("ssh-ed25519 AAAA luc", "too early", id="cut"),
        pytest.param("ssh-ed25519 !!!! luc", "base64", id="no-base64"),
        pytest.param("sk-ssh-ed25519@openssh.com", "not a public key", id="kind-alone"),
    ],
)
def test_a_line_that_is_no_key_is_refused(tmp_path, content, why):
    """A line of OpenSSH that is no key of a kind that we take is refused with a cure, to give away and to sign with."""
    path = tmp_path / "id.pub"
    path.write_text(content)
    for read in (keys.read_public, keys.load_signer):
        with pytest.raises(NotTrusted, match=why) as refused:
            read(path)
        assert refused.value.hint


def test_a_key_without_a_comment_needs_a_person(tmp_path):
    """A key of OpenSSH that does not say whose it is is taken only with a name."""
    ssh.make_key(tmp_path / "id", comment="")
    with pytest.raises(NotTrusted, match="does not say whose") as refused:
        keys.read_public(tmp_path / "id.pub")
    assert "PERSON=" in refused.value.hint
    assert keys.read_public(tmp_path / "id.pub", "Luc Martin").name == "Luc Martin"
    assert [pair.name for pair in keys.list_keys(tmp_path)] == ["id"]


def test_one_key_in_two_spellings_is_one_key(tmp_path):
    """The same Ed25519 key, as one of ours and as one of OpenSSH, has two ids and is refused beside itself."""
    plain = keys.new(tmp_path, "ana")
    blob = sshsig.wired(b"ssh-ed25519") + sshsig.wired(bytes.fromhex(plain.public["keyval"]["public"]))
    (tmp_path / "other.pub").write_text(f"{sshsig.line_of(blob)} ana\n")
    other = keys.read_public(tmp_path / "other.pub")
    both = [keys.key_of(plain.public), keys.key_of(other.public)]
    assert plain.keyid != other.keyid
    with pytest.raises(NotTrusted, match="One key is listed twice"):
        public_keys.refuse_doubles(both)
    public_keys.refuse_doubles([both[0], both[0]])


@pytest.mark.parametrize(
    "bend", [lambda line: line + " luc", lambda line: line.replace(" ", "  "), lambda line: line + "\n"]
)
def test_a_key_of_openssh_has_one_spelling(tmp_path, bend):
    """Comments, spaces and line ends would give one key many ids, so a trust file holds it without."""
    ssh.make_key(tmp_path / "id")
    public = keys.read_public(tmp_path / "id.pub").public
    bent = {**public, "keyval": {"public": bend(public["keyval"]["public"])}}
    bent["keyid"] = public_keys.keyid("ssh", "sshsig", bent["keyval"]["public"])
    with pytest.raises(NotTrusted):
        keys.key_of(bent)


def test_checkpoints_are_signed_with_a_plain_key_alone(tmp_path):
    """A key of OpenSSH never signs bytes as they are, so it is refused in words where that is asked for."""
    pair = keys.new(tmp_path, "ops")
    signer, public = keys.load_plain(pair.path)
    assert (signer.public_key.keyid, public.hex()) == (pair.keyid, pair.public["keyval"]["public"])
    with pytest.raises(NotTrusted, match="signs no checkpoint") as refused:
        keys.load_plain(ssh.make_key(tmp_path / "id"))
    assert "cordiale keys new" in refused.value.hint
