"""
Signing keys as files: an Ed25519 private key (PEM, mode 0600) and beside it the public half that partners exchange.

A public key file is JSON: `name`, `keyid`, `keytype`, `scheme`, `keyval`. The keyid is always computed from
the key and compared, never believed: the same key under two ids would count as two signatures.
"""

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns.errors import EnvironmentFault, NotTrusted, Refused, Where

if TYPE_CHECKING:
    from securesystemslib.signer import Key, Signer

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_PUBLIC = re.compile(r"[0-9a-f]{64}\Z")
_LARGEST = 64 * 1024  #: bytes; a key file is under one kilobyte


@dataclass(frozen=True)
class KeyPair:
    """A key as it lies on disk; `public` is what the `.pub` file holds."""

    name: str
    keyid: str  #: sha256 of the key's canonical JSON, hex
    public: dict[str, Any]
    path: Path  #: of the private key, which need not be on this machine


def new(folder: Path, name: str) -> KeyPair:
    """
    Write a fresh key pair, `folder/name.key` (mode 0600) and `folder/name.pub`, and return it.

    Raises:
        Refused: If *name* is not a plain file name, or a file of that name is there already.
        EnvironmentFault: If the folder cannot be written.
    """
    from securesystemslib.signer import CryptoSigner

    if not NAME.match(name):
        message = f"A key cannot be called {name!r}."
        raise Refused(message, "Use letters, digits, dots, - and _, for instance uk-officer.")
    path = folder / f"{name}.key"
    signer = CryptoSigner.generate_ed25519()
    key = signer.public_key
    public = {"name": name, "keyid": key.keyid, **key.to_dict()}
    text = json.dumps(public, indent=1, sort_keys=True) + "\n"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path, signer.private_bytes, text.encode())
    except FileExistsError:
        message = f"There is already a key called {name} in {folder}."
        raise Refused(message, "Choose another name; a key is never overwritten.", Where(str(path))) from None
    except OSError as error:
        message = f"The key {name} could not be written to {folder}: {error.strerror}."
        raise EnvironmentFault(message, "Name a folder that you may write, with --folder.", Where(str(path))) from None
    return KeyPair(name, key.keyid, public, path)


def _create(path: Path, private: bytes, public: bytes) -> None:
    beside = path.with_suffix(".pub")
    if path.exists() or beside.exists():
        raise FileExistsError
    for each, data, mode in ((path, private, 0o600), (beside, public, 0o644)):
        handle = os.open(each, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def load_signer(path: Path) -> "Signer":
    """
    Return what signs with the private key at *path*.

    Raises:
        EnvironmentFault: If the file is absent or cannot be read.
        NotTrusted: If others may read it, or it is not a plain Ed25519 private key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    where = Where(str(path))
    try:
        with path.open("rb") as file:  # the mode of what was opened, not of what the name means a moment later
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            pem = file.read(_LARGEST)
    except OSError as error:
        message = f"The private key {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(
            message, "Name the right file, or make a key with `cordiale keys new NAME`.", where
        ) from None
    if mode & 0o077:
        message = f"The private key {path} can be read by others (mode {mode:04o})."
        raise NotTrusted(message, f"Close it with `chmod 600 {path}`, and make a new key if others had access.", where)
    try:
        private = load_pem_private_key(pem, None)
    except TypeError:
        message = f"The private key {path} has a passphrase, which is not supported."
        raise NotTrusted(message, "Use a key made with `cordiale keys new NAME`.", where) from None
    except (ValueError, UnsupportedAlgorithm):
        message = f"The file {path} is not a private key."
        raise NotTrusted(
            message, "Name the .key file, not the .pub file, made with `cordiale keys new NAME`.", where
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        message = f"The private key {path} is not an Ed25519 key."
        raise NotTrusted(message, "Make one with `cordiale keys new NAME`.", where)
    return CryptoSigner(private)


def read_public(path: Path) -> KeyPair:
    """
    Return the public key in the `.pub` file *path*.

    Raises:
        EnvironmentFault: If the file is absent or cannot be read.
        NotTrusted: If it is not a public key file, or its keyid is not the key's.
    """
    where = Where(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST)
    except OSError as error:
        message = f"The public key {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Name the .pub file that the partner sent.", where) from None
    try:
        public = json.loads(raw)
        name = public["name"]
        key = key_of(public)
        if not isinstance(name, str) or not name or set(public) != {"name", "keyid", "keytype", "scheme", "keyval"}:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
    except (ValueError, KeyError, TypeError, RecursionError):
        message = f"The file {path} is not a public key."
        raise NotTrusted(message, "Ask the partner for the .pub file that `cordiale keys new` made.", where) from None
    except NotTrusted as error:
        raise NotTrusted(error.message, error.hint, where) from None
    return KeyPair(name, key.keyid, public, path.with_suffix(".key"))


def key_of(public: dict[str, Any]) -> "Key":
    """
    Return the key that a public key file describes.

    Raises:
        NotTrusted: If the keyid is not the key's own, or the key is of another kind than Ed25519.
        KeyError, TypeError, ValueError: If fields are missing or of the wrong type.
    """
    from securesystemslib.signer import Key

    fields = {name: public[name] for name in ("keytype", "scheme", "keyval")}
    key = Key.from_dict(public["keyid"], fields)
    check(key)
    return key


def check(key: "Key") -> None:
    """
    Hold a public key against its own id.

    Only the one spelling of an Ed25519 key passes (64 lower-case hex digits), so that one key has one id.

    Raises:
        NotTrusted: If the key is of another kind, spelled differently, or under an id that is not its own.
    """
    from securesystemslib.signer import SSlibKey

    public = key.keyval.get("public")
    plain = (key.keytype, key.scheme) == ("ed25519", "ed25519") and set(key.keyval) == {"public"}
    if not plain or key.unrecognized_fields or not isinstance(public, str) or not _PUBLIC.match(public):
        message = f"The key {key.keyid[:12]} is not a plain Ed25519 public key."
        raise NotTrusted(message, "Use keys made with `cordiale keys new NAME`.")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    own = SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))).keyid
    if own != key.keyid:
        message = f"A key is listed under the id {key.keyid[:12]}, but its own id is {own[:12]}."
        raise NotTrusted(message, "Ask its owner for the .pub file again; never edit one.")


def list_keys(folder: Path) -> list[KeyPair]:
    """
    Return the keys whose public halves lie in *folder*, by file name; none if there is no folder.

    Raises:
        NotTrusted: If a `.pub` file is not a public key.
    """
    return [read_public(path) for path in sorted(folder.glob("*.pub"))]
