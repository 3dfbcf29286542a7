"""Key files: how they are made, and which ones are refused."""

import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from campaigns.errors import EnvironmentFault, NotTrusted, Refused
from campaigns.signoff import keys


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


def pem(key, protection=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection or NoEncryption())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "not a private key", id="empty"),
        pytest.param(b"\x00\xff garbage", "not a private key", id="garbage"),
        pytest.param(b'{"keyid": "x"}', "not a private key", id="the-public-half"),
        pytest.param(pem(generate_private_key(SECP256R1())), "not an Ed25519 key", id="another-kind"),
        pytest.param(
            pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret")), "has a passphrase", id="passphrase"
        ),
    ],
)
def test_what_is_no_plain_private_key_is_refused(tmp_path, content, why):
    """Anything but an Ed25519 private key in PEM is refused in words."""
    path = tmp_path / "ana.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(NotTrusted, match=why):
        keys.load_signer(path)


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
