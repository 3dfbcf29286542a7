"""
Public keys as trust files hold them: Ed25519 made here, or a key of OpenSSH.

    ed25519 / ed25519    keyval.public is 64 lower-case hex digits; signs bytes as they are
    ssh / sshsig         keyval.public is `ssh-ed25519 AAAA…`, kind and base64; signs as `ssh-keygen -Y sign` does

A keyid is always computed from the key and compared, never believed, and each key has one spelling: the same key
under two ids would count as two.
"""

import base64
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from campaigns.errors import NotTrusted
from campaigns.signoff import sshsig
from campaigns.signoff.key_ids import PLAIN, SSH, keyid

if TYPE_CHECKING:
    from securesystemslib.signer import Key

_PUBLIC = re.compile(r"[0-9a-f]{64}\Z")


def teach() -> None:
    """Let TUF's own code read and verify keys of OpenSSH; may be called again."""
    from securesystemslib.signer import KEY_FOR_TYPE_AND_SCHEME

    from campaigns.signoff.ssh_keys import SshKey

    KEY_FOR_TYPE_AND_SCHEME[SSH] = SshKey


def key_of(public: dict[str, Any]) -> "Key":
    """
    Return the key that a public key file describes.

    Raises:
        NotTrusted: If the keyid is not the key's own, or the key is of another kind than we take.
        KeyError, TypeError, ValueError: If fields are missing or of the wrong type.
    """
    from securesystemslib.signer import Key

    teach()
    fields = {name: public[name] for name in ("keytype", "scheme", "keyval")}
    key = Key.from_dict(public["keyid"], fields)
    check(key)
    return key


def check(key: "Key") -> None:
    """
    Hold a public key against its own id.

    Raises:
        NotTrusted: If the key is of another kind, spelled differently, or under an id that is not its own.
    """
    material(key)
    own = keyid(key.keytype, key.scheme, key.keyval["public"])
    if own != key.keyid:
        message = f"A key is listed under the id {key.keyid[:12]}, but its own id is {own[:12]}."
        raise NotTrusted(message, "Ask its owner for the .pub file again; never edit one.")


def material(key: "Key") -> tuple[str, bytes]:
    """
    Return what makes *key* the same one, however it is spelled.

    Raises:
        NotTrusted: If it is not spelled in the one way of its kind.
    """
    public = key.keyval.get("public")
    kind = (key.keytype, key.scheme)
    if isinstance(public, str) and set(key.keyval) == {"public"} and not key.unrecognized_fields:
        if kind == PLAIN and _PUBLIC.match(public):
            return "ed25519", bytes.fromhex(public)
        if kind == SSH:
            try:
                found = sshsig.read_line(public)
            except sshsig.Malformed as error:
                message = f"The key {key.keyid[:12]} {error}."
                raise NotTrusted(message, _TAKEN) from None
            if sshsig.line_of(base64.b64decode(public.split()[1])) == public:
                return found.material
    message = f"The key {key.keyid[:12]} is not a plain Ed25519 public key, nor one of OpenSSH."
    raise NotTrusted(message, _TAKEN)


_TAKEN = "Use keys made with `cordiale keys new NAME` or `ssh-keygen -t ed25519`."


def refuse_doubles(keys: Iterable["Key"]) -> None:
    """
    Refuse one key under two ids, in whatever spellings: it would count as two.

    Raises:
        NotTrusted: If two of *keys* have different ids and the same key inside.
    """
    ids: dict[tuple[str, bytes], str] = {}
    for key in keys:
        other = ids.setdefault(material(key), key.keyid)
        if other != key.keyid:
            message = f"One key is listed twice, as {other[:12]} and as {key.keyid[:12]}."
            raise NotTrusted(message, "List it once, as a key of Cordiale or as one of OpenSSH.")


def raw(key: "Key") -> bytes | None:
    """Return the 32 bytes of an Ed25519 key that signs bytes as they are; None for any other."""
    return bytes.fromhex(key.keyval["public"]) if (key.keytype, key.scheme) == PLAIN else None
