"""
Signatures and public keys of OpenSSH, read strictly: what `ssh-keygen -Y sign` writes (PROTOCOL.sshsig, RFC 4253).

    -----BEGIN SSH SIGNATURE-----   base64 of: "SSHSIG", version 1, public key, namespace, reserved,
                                    hash name, signature; each but the first two a length and its bytes

What is signed is the same head with the hash of the message, so a signature made for another purpose (git, a file,
a login) is none here: the namespace is part of it. Nothing may follow, and every number has its shortest form.
Ed25519 and ECDSA keys, in files or on a security key (sk-), whose owner must have touched it.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

NAMESPACE = "cordiale"  #: `ssh-keygen -Y sign -n cordiale`
ED25519 = "ssh-ed25519"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
ECDSA = {f"ecdsa-sha2-nistp{bits}": f"nistp{bits}" for bits in (256, 384, 521)}  #: kind -> curve
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
KINDS = (ED25519, SK_ED25519, *ECDSA, SK_ECDSA)
LARGEST = 16 * 1024  #: bytes of a signature; the longest we know has under 1 kB

_MAGIC, _VERSION = b"SSHSIG", 1
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_WIDTH = 70  #: letters in a line of armour
_HASHES = ("sha512", "sha256")
_TOUCHED = 0x01  #: the flag of a security key whose owner was there
_UNCOMPRESSED = 0x04
_SEED = 32  #: bytes of an Ed25519 public key


class Malformed(ValueError):
    """It is not what OpenSSH writes, or of a kind that we do not take; says what in words."""


@dataclass(frozen=True)
class PublicKey:
    """A public key of OpenSSH, taken apart."""

    kind: str
    point: bytes  #: 32 bytes of Ed25519, or an uncompressed point of the curve
    application: bytes = b""  #: of a security key, `ssh:` as a rule
    comment: str = ""

    @property
    def material(self) -> tuple[str, bytes]:
        """What makes it the same key, however it is spelled: its scheme, and the key itself."""
        return ("ed25519" if self.kind in {ED25519, SK_ED25519} else "ecdsa", self.point)


@dataclass(frozen=True)
class Signature:
    """A signature of OpenSSH, taken apart."""

    public: bytes  #: the key it says it was made with, in the wire's form
    namespace: str
    hash: str
    value: bytes  #: what the key made


def read_line(line: str) -> PublicKey:
    """
    Return the key of a `.pub` file's line: kind, base64, and a comment that may be missing.

    Raises:
        Malformed: If it is none, or of a kind that we do not take.
    """
    words = line.strip().split(None, 2)
    if len(words) < 2:  # noqa: PLR2004 (kind and key)
        message = "is not a public key of OpenSSH"
        raise Malformed(message)
    blob = _unbase64(words[1])
    found = read_blob(blob, words[2].strip() if words[2:] else "")
    if found.kind != words[0]:
        message = "says another kind than its key has"
        raise Malformed(message)
    return found


def line_of(blob: bytes) -> str:
    """Return the wire's form of a public key as a `.pub` file spells it, without a comment."""
    return f"{read_blob(blob).kind} {base64.b64encode(blob).decode()}"


def read_blob(blob: bytes, comment: str = "") -> PublicKey:
    """
    Return the key whose wire's form is *blob*.

    Raises:
        Malformed: If it is none, or of a kind that we do not take.
    """
    wire = _Wire(blob)
    kind = wire.text()
    if kind not in KINDS:
        message = f"is a key of the kind {kind[:40]!r}, which is not taken"
        raise Malformed(message)
    if kind in {*ECDSA, SK_ECDSA} and wire.text() != ECDSA.get(kind, "nistp256"):
        message = "names another curve than its kind"
        raise Malformed(message)
    point = wire.string()
    application = wire.string() if kind.startswith("sk-") else b""
    wire.end()
    if kind in {ED25519, SK_ED25519}:
        if len(point) != _SEED:
            message = "has a key of another length"
            raise Malformed(message)
    elif point[:1] != bytes([_UNCOMPRESSED]):
        message = "has a point that is not spelled in full"
        raise Malformed(message)
    return PublicKey(kind, point, application, comment)


def unarmour(text: str) -> bytes:
    """
    Return the bytes inside a signature file.

    Raises:
        Malformed: If it is none, or not in the form that OpenSSH writes.
    """
    blob, text = b"", text.replace("\r\n", "\n").strip() + "\n"
    if len(text) <= 2 * LARGEST and text.startswith(_BEGIN):
        blob = _unbase64("".join(text.removeprefix(_BEGIN).removesuffix(f"{_END}\n").split("\n")))
    if not blob or armour(blob) != text:
        message = "is not a signature of ssh-keygen"
        raise Malformed(message)
    return blob


def armour(blob: bytes) -> str:
    """Return *blob* as `ssh-keygen` writes a signature file."""
    body = base64.b64encode(blob).decode()
    lines = [body[at : at + _WIDTH] for at in range(0, len(body), _WIDTH)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def read(blob: bytes) -> Signature:
    """
    Return what a signature says of itself; whether it is true is `verify`'s to find out.

    Raises:
        Malformed: If it is not in the one form that OpenSSH writes.
    """
    if len(blob) > LARGEST or not blob.startswith(_MAGIC):
        message = "is not a signature of ssh-keygen"
        raise Malformed(message)
    wire = _Wire(blob[len(_MAGIC) :])
    if wire.number() != _VERSION:
        message = "is a signature of a version that we do not read"
        raise Malformed(message)
    public, namespace, reserved, name, value = (
        wire.string(),
        wire.text(),
        wire.string(),
        wire.text(),
        wire.string(),
    )
    wire.end()
    if reserved or name not in _HASHES:
        message = "uses a hash or a field that we do not read"
        raise Malformed(message)
    return Signature(public, namespace, name, value)


def build(public: bytes, value: bytes, namespace: str = NAMESPACE, hash_name: str = _HASHES[0]) -> bytes:
    """Return a signature of OpenSSH around what a key made."""
    return (
        _MAGIC
        + _VERSION.to_bytes(4)
        + b"".join(wired(each) for each in (public, namespace.encode(), b"", hash_name.encode(), value))
    )


def to_sign(message: bytes, namespace: str = NAMESPACE, hash_name: str = _HASHES[0]) -> bytes:
    """Return the bytes that a key of OpenSSH signs for *message*."""
    digest = hashlib.new(hash_name, message).digest()
    return _MAGIC + b"".join(wired(each) for each in (namespace.encode(), b"", hash_name.encode(), digest))


def wired(data: bytes) -> bytes:
    """Return *data* with its length before it, as the wire has it."""
    return len(data).to_bytes(4) + data


def verify(blob: bytes, public: bytes, message: bytes) -> None:
    """
    Hold the signature *blob* of *message* against the key *public*, in our namespace.

    Raises:
        Malformed: If it does not hold; says why in words.
    """
    found = read(blob)
    if found.namespace != NAMESPACE:
        why = f"was made for the namespace {found.namespace[:40]!r}: sign with `ssh-keygen -Y sign -n {NAMESPACE}`"
        raise Malformed(why)
    if found.public != public:
        why = "was made with another key"
        raise Malformed(why)
    key = read_blob(public)
    wire = _Wire(found.value)
    if wire.text() != key.kind:
        why = "is of another kind than its key"
        raise Malformed(why)
    value, signed = wire.string(), to_sign(message, found.namespace, found.hash)
    if key.kind.startswith("sk-"):
        flags, counter = wire.take(1), wire.take(4)
        if not flags[0] & _TOUCHED:
            why = "was made by a security key that nobody touched"
            raise Malformed(why)
        signed = hashlib.sha256(key.application).digest() + flags + counter + hashlib.sha256(signed).digest()
    wire.end()
    _check(key, value, signed)


def _check(key: PublicKey, value: bytes, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        if key.kind in {ED25519, SK_ED25519}:
            Ed25519PublicKey.from_public_bytes(key.point).verify(value, signed)
        else:
            _check_ecdsa(key, value, signed)
    except (InvalidSignature, UnsupportedAlgorithm):
        message = "does not fit what it is on"
        raise Malformed(message) from None


def _check_ecdsa(key: PublicKey, value: bytes, signed: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    curve, hash_ = {
        "nistp256": (ec.SECP256R1(), hashes.SHA256()),
        "nistp384": (ec.SECP384R1(), hashes.SHA384()),
        "nistp521": (ec.SECP521R1(), hashes.SHA512()),
    }[ECDSA.get(key.kind, "nistp256")]
    numbers = _Wire(value)
    r, s = numbers.positive(), numbers.positive()
    numbers.end()
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve, key.point)
    except ValueError:
        message = "has a key that is no point of its curve"
        raise Malformed(message) from None
    point.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hash_))


class _Wire:
    """Bytes of SSH's wire form, taken from the front."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def take(self, size: int) -> bytes:
        if size > len(self._rest):
            message = "ends too early"
            raise Malformed(message)
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def number(self) -> int:
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            return self.string().decode("ascii")
        except UnicodeDecodeError:
            message = "names something in other letters than ASCII"
            raise Malformed(message) from None

    def positive(self) -> int:
        """Return a number above zero that is spelled in its shortest form."""
        held = self.string()
        found = int.from_bytes(held)
        if found == 0 or held != found.to_bytes(found.bit_length() // 8 + 1):
            message = "spells a number in another way than OpenSSH"
            raise Malformed(message)
        return found

    def end(self) -> None:
        if self._rest:
            message = "goes on after its end"
            raise Malformed(message)


def _unbase64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found or base64.b64encode(found).decode() != text:  # one spelling: no loose bits, no letters beside
        message = "is not the base64 of anything"
        raise Malformed(message)
    return found
