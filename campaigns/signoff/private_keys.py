"""
Private keys: opened from their files, with the passphrase where there is one, and refused where others may read them.

Three forms are taken: PEM as `cordiale keys new` writes it, the file of `ssh-keygen`, and in place of a private file
the `.pub` line of an OpenSSH key whose private half lies in an agent or on a security key.
"""

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from campaigns.errors import EnvironmentFault, NotTrusted, Where
from campaigns.signoff import passphrase as passphrases
from campaigns.signoff import public_keys, sshsig

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

LARGEST = 64 * 1024  #: bytes; a key file is under one kilobyte

_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_LINE = (b"ssh-", b"ecdsa-", b"sk-")  #: how a public key of OpenSSH begins


def load_signer(path: Path, passphrase: bytes | None = None) -> "Signer":
    """
    Return what signs with the private key at *path*; ask for its passphrase where it has one and none is given.

    Raises:
        EnvironmentFault: If the file is absent or cannot be read.
        NotTrusted: If others may read it, it is no private key that we take, or the passphrase is not its own.
        UsageError: If it has a passphrase, and there is neither a file with it nor a terminal to ask on.
    """
    held = _read(path)
    if held.startswith(_LINE):
        return _asked_for(path, held)
    private = _open(path, held, passphrase)
    return _signer(path, held, private)


def load_plain(path: Path, passphrase: bytes | None = None) -> "tuple[Signer, bytes]":
    """
    Return what signs bytes as they are with the private key at *path*, and the 32 bytes of its Ed25519 public half.

    Checkpoints and notes of the audit log are signed so, which a key of OpenSSH never does.

    Raises:
        NotTrusted: If it is a key of OpenSSH, or as `load_signer`; the rest as `load_signer`.
    """
    signer = load_signer(path, passphrase)
    public = public_keys.raw(signer.public_key)
    if public is None:
        message = f"The key {path} is one of OpenSSH, which signs no checkpoint."
        raise NotTrusted(message, "Sign with a key made with `cordiale keys new NAME`.", Where(str(path)))
    return signer, public


def locked(path: Path) -> bool:
    """
    Return whether the private key at *path* has a passphrase; looks at everything else that `load_signer` refuses.

    Raises:
        EnvironmentFault, NotTrusted: As `load_signer`.
    """
    held = _read(path)
    if held.startswith(_LINE):
        _asked_for(path, held)
        return False
    try:
        private = _parse(held, None)
    except TypeError:
        return True
    except Exception as error:  # noqa: BLE001 (as in `_open`)
        _refuse(path, error)
    _signer(path, held, private)
    return False


def _read(path: Path) -> bytes:
    where = Where(str(path))
    try:
        with path.open("rb") as file:  # the mode of what was opened, not of what the name means a moment later
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            held = file.read(LARGEST)
    except OSError as error:
        message = f"The private key {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(
            message, "Name the right file, or make a key with `cordiale keys new NAME`.", where
        ) from None
    if _is_public(held):
        private = path.with_suffix(".key")
        named = f"Name the private one, {private}" if private.is_file() else "Name the private one, which ends in .key"
        message = f"The file {path} is not a private key: it is the public half of one, which anybody may have."
        raise NotTrusted(message, f"{named}; only who holds it can sign.", where)
    if mode & 0o077 and not held.startswith(_LINE):
        message = f"The private key {path} can be read by others (mode {mode:04o})."
        raise NotTrusted(message, f"Close it with `chmod 600 {path}`, and make a new key if others had access.", where)
    return held


def _is_public(held: bytes) -> bool:
    """Return whether *held* is the public file that `cordiale keys new` writes, or a public key in PEM."""
    if held.startswith(b"-----BEGIN PUBLIC KEY-----"):
        return True
    try:
        found = json.loads(held)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "keyid" in found and "keyval" in found


def _open(path: Path, held: bytes, passphrase: bytes | None) -> Any:
    try:
        return _parse(held, None)
    except TypeError:
        pass  # it has a passphrase
    except Exception as error:  # noqa: BLE001 (cryptography raises a dozen kinds for what is no key)
        _refuse(path, error)
    tries = passphrases.TRIES if passphrase is None and passphrases.given() is None else 1
    for _ in range(tries):
        try:
            return _parse(held, passphrase if passphrase is not None else passphrases.of_key(path))
        except ValueError:
            continue
    message = f"The passphrase is not the one of the private key {path}."
    raise NotTrusted(message, "Try again; a forgotten passphrase cannot be found, only the key replaced.")


def _parse(held: bytes, passphrase: bytes | None) -> Any:
    """Return the private key; TypeError where it has a passphrase and none is given, ValueError for a wrong one."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    if held.startswith(_OPENSSH):
        return load_ssh_private_key(held, passphrase)
    return load_pem_private_key(held, passphrase)


def _refuse(path: Path, error: Exception) -> NoReturn:
    from cryptography.exceptions import UnsupportedAlgorithm

    where = Where(str(path))
    if isinstance(error, UnsupportedAlgorithm) and b"OPENSSH" in _read(path):
        message = f"The private key {path} is of a kind that only ssh-keygen can sign with."
        raise NotTrusted(message, f"Name its public half, {path}.pub, and ssh-keygen is asked.", where) from None
    message = f"The file {path} is not a private key."
    hint = "Name the .key file, not the .pub file, made with `cordiale keys new NAME`."
    raise NotTrusted(message, hint, where) from None


def _signer(path: Path, held: bytes, private: Any) -> "Signer":
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import CryptoSigner

    from campaigns.signoff.ssh_keys import SshSigner

    of_openssh = held.startswith(_OPENSSH)
    if of_openssh and (
        isinstance(private, Ed25519PrivateKey)
        or (
            isinstance(private, EllipticCurvePrivateKey)
            and private.curve.name in {"secp256r1", "secp384r1", "secp521r1"}
        )
    ):
        return SshSigner(private)
    if not of_openssh and isinstance(private, Ed25519PrivateKey):
        return CryptoSigner(private)
    message = f"The private key {path} is not an Ed25519 key."
    hint = "Make one with `cordiale keys new NAME` or `ssh-keygen -t ed25519`."
    raise NotTrusted(message, hint, Where(str(path)))


def _asked_for(path: Path, held: bytes) -> "Signer":
    from campaigns.signoff.ssh_keys import Keygen, SshKey

    where = Where(str(path))
    try:
        line = " ".join(held.decode().split()[:2])
        sshsig.read_line(line)
        return Keygen(path, SshKey.from_line(line))
    except (sshsig.Malformed, UnicodeDecodeError) as error:
        said = error if isinstance(error, sshsig.Malformed) else "is not text"
        message = f"The public key {path} {said}."
        raise NotTrusted(message, "Name the .pub file that ssh-keygen wrote.", where) from None
