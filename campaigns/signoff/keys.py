"""
Signing keys as files: an Ed25519 private key (PEM, mode 0600) and beside it the public half that partners exchange.

A public key file is JSON: `name`, `keyid`, `keytype`, `scheme`, `keyval`. Keys of OpenSSH are taken as well: the line
of a `.pub` file, whose comment names the person, and the private file that `ssh-keygen` made.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns.errors import EnvironmentFault, NotTrusted, Refused, Where
from campaigns.signoff import sshsig
from campaigns.signoff.key_ids import SSH, keyid
from campaigns.signoff.private_keys import LARGEST, load_plain, load_signer, locked
from campaigns.signoff.public_keys import key_of

__all__ = [
    "NAME",
    "KeyPair",
    "key_of",
    "list_keys",
    "load_plain",
    "load_signer",
    "locked",
    "new",
    "place",
    "read_public",
]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


@dataclass(frozen=True)
class KeyPair:
    """A key as it lies on disk; `public` is what the `.pub` file holds."""

    name: str
    keyid: str  #: sha256 of the key's canonical JSON, hex
    public: dict[str, Any]
    path: Path  #: of the private key, which need not be on this machine


def new(folder: Path, name: str, passphrase: bytes | None = None) -> KeyPair:
    """
    Write a fresh key pair, `folder/name.key` (mode 0600) and `folder/name.pub`, and return it.

    With *passphrase* the private half can be opened with it alone.

    Raises:
        Refused: If *name* is not a plain file name, or a file of that name is there already.
        EnvironmentFault: If the folder cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import CryptoSigner

    from campaigns.signoff import pkcs8

    path = place(folder, name)
    made = Ed25519PrivateKey.generate()
    signer = CryptoSigner(made)
    private = signer.private_bytes if passphrase is None else pkcs8.encrypted(made, passphrase)
    key = signer.public_key
    public = {"name": name, "keyid": key.keyid, **key.to_dict()}
    text = json.dumps(public, indent=1, sort_keys=True) + "\n"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path, private, text.encode())
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        message = f"The key {name} could not be written to {folder}: {error.strerror}."
        raise EnvironmentFault(message, "Name a folder that you may write, with --folder.", Where(str(path))) from None
    return KeyPair(name, key.keyid, public, path)


def place(folder: Path, name: str) -> Path:
    """
    Return where the private half of a new key of *name* would lie: `folder/name.key`.

    Raises:
        Refused: If *name* is not a plain file name, or a file of that name is there already.
    """
    if not NAME.match(name):
        message = f"A key cannot be called {name!r}."
        raise Refused(message, "Use letters, digits, dots, - and _, for instance uk-officer.")
    path = folder / f"{name}.key"
    if path.exists() or path.with_suffix(".pub").exists():
        raise _taken(path)
    return path


def _taken(path: Path) -> Refused:
    message = f"There is already a key called {path.stem} in {path.parent}."
    return Refused(message, "Choose another name; a key is never overwritten.", Where(str(path)))


def _create(path: Path, private: bytes, public: bytes) -> None:
    for each, data, mode in ((path, private, 0o600), (path.with_suffix(".pub"), public, 0o644)):
        handle = os.open(each, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def read_public(path: Path, person: str = "") -> KeyPair:
    """
    Return the public key in the file *path*, JSON or a line of OpenSSH; it is *person*'s, or whose the file says.

    Raises:
        EnvironmentFault: If the file is absent or cannot be read.
        NotTrusted: If it is not a public key file, its keyid is not the key's, or it names no person.
    """
    where = Where(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST)
    except OSError as error:
        message = f"The public key {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Name the .pub file that the partner sent.", where) from None
    try:
        public = _of_openssh(raw, where) if raw.startswith((b"ssh-", b"ecdsa-", b"sk-")) else json.loads(raw)
        name = public["name"]
        key = key_of(public)
        if not isinstance(name, str) or set(public) != {"name", "keyid", "keytype", "scheme", "keyval"}:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        if not (name or public["keytype"] == SSH[0]):
            raise ValueError  # noqa: TRY301 (the same)
    except (ValueError, KeyError, TypeError, RecursionError):
        message = f"The file {path} is not a public key."
        hint = "Ask the partner for the .pub file that `cordiale keys new` or `ssh-keygen` made."
        raise NotTrusted(message, hint, where) from None
    except NotTrusted as error:
        raise NotTrusted(error.message, error.hint, where) from None
    name = person or name
    if not name:
        message = f"The public key {path} does not say whose it is."
        raise NotTrusted(message, f"Name its person: --partner ID=PERSON={path}.", where)
    beside = path.with_suffix(".key" if public["keytype"] != SSH[0] else "")
    return KeyPair(name, key.keyid, {**public, "name": name}, beside)


def _of_openssh(raw: bytes, where: Where) -> dict[str, Any]:
    """Return a line of OpenSSH in the form of our own files; its comment is the person's name."""
    try:
        found = sshsig.read_line(raw.decode())
    except sshsig.Malformed as error:
        message = f"The public key {where.file} {error}."
        hint = "Take an Ed25519 or ECDSA key, in a file or on a security key: `ssh-keygen -t ed25519 -C NAME`."
        raise NotTrusted(message, hint, where) from None
    public = " ".join(raw.decode().split()[:2])
    keytype, scheme = SSH
    form = {"keytype": keytype, "scheme": scheme, "keyval": {"public": public}}
    return {"name": found.comment, "keyid": keyid(keytype, scheme, public), **form}


def list_keys(folder: Path) -> list[KeyPair]:
    """
    Return the keys whose public halves lie in *folder*, by file name; none if there is no folder.

    Raises:
        NotTrusted: If a `.pub` file is not a public key.
    """
    return [read_public(path, _unnamed(path)) for path in sorted(folder.glob("*.pub"))]


def _unnamed(path: Path) -> str:
    """Return the file's name in place of the person's, for a key of OpenSSH without a comment."""
    try:
        return "" if len(path.read_text("utf-8", "replace").split()) != 2 else path.stem  # noqa: PLR2004 (kind and key)
    except OSError:
        return ""
