"""
Keys of OpenSSH among those of a trust file: they verify offline here, and sign with their file or with `ssh-keygen`.

`ssh-keygen` is asked where the private half cannot be read: it lies in an agent or on a security key.
"""

import base64
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, SecretsHandler, Signature, Signer

from campaigns.errors import EnvironmentFault, NotTrusted, Where
from campaigns.signoff import sshsig
from campaigns.signoff.key_ids import SSH, keyid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PATIENCE = 120  #: seconds for somebody to touch their security key


class SshKey(Key):
    """A public key of OpenSSH; `public_keys` says how a trust file spells it."""

    @classmethod
    def from_dict(cls, keyid: str, key_dict: dict[str, Any]) -> "SshKey":
        """Return the key that a trust file describes."""
        keytype, scheme, keyval = cls._from_dict(key_dict)
        return cls(keyid, keytype, scheme, keyval, key_dict)

    @classmethod
    def from_blob(cls, blob: bytes) -> "SshKey":
        """Return the key whose wire's form is *blob*, under its own id."""
        line = sshsig.line_of(blob)
        return cls(keyid(*SSH, line), *SSH, {"public": line}, {})

    @classmethod
    def from_line(cls, line: str) -> "SshKey":
        """Return the key that a `.pub` line spells, under its own id."""
        return cls.from_blob(base64.b64decode(line.split()[1]))

    @property
    def blob(self) -> bytes:
        """The wire's form."""
        return base64.b64decode(self.keyval["public"].split(" ")[1])

    def to_dict(self) -> dict[str, Any]:
        """Return the key as a trust file holds it."""
        return self._to_dict()

    def verify_signature(self, signature: Signature, data: bytes) -> None:
        """
        Hold *signature*, the bytes of an SSH signature in hex, against this key and *data*.

        Raises:
            UnverifiedSignatureError: If it does not hold.
        """
        try:
            sshsig.verify(bytes.fromhex(signature.signature), self.blob, data)
        except ValueError as error:  # also Malformed
            message = f"The signature {error}."
            raise UnverifiedSignatureError(message) from None


class SshSigner(Signer):
    """Signs as `ssh-keygen -Y sign` does, with a private key that was read from its file."""

    def __init__(self, private: "Ed25519PrivateKey | EllipticCurvePrivateKey") -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self._private = private
        line = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        self._key = SshKey.from_blob(base64.b64decode(line.split()[1]))

    @property
    def public_key(self) -> SshKey:
        """The public half."""
        return self._key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> "SshSigner":
        """Refuse: keys are named by their files here."""
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        """Return the signature of *payload*: the bytes of an SSH signature, in hex."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        signed = sshsig.to_sign(payload)
        if isinstance(self._private, Ed25519PrivateKey):
            value = self._private.sign(signed)
        else:
            size = self._private.curve.key_size
            hash_ = {256: hashes.SHA256, 384: hashes.SHA384}.get(size, hashes.SHA512)
            numbers = decode_dss_signature(self._private.sign(signed, ECDSA(hash_())))
            value = b"".join(sshsig.wired(each.to_bytes(each.bit_length() // 8 + 1)) for each in numbers)
        kind = sshsig.read_blob(self._key.blob).kind
        made = sshsig.build(self._key.blob, sshsig.wired(kind.encode()) + sshsig.wired(value))
        return Signature(self._key.keyid, made.hex())


class Keygen(Signer):
    """Signs by asking `ssh-keygen -Y sign`, which asks the agent or the security key that holds the private half."""

    def __init__(self, path: Path, key: SshKey) -> None:
        self._path = path
        self._key = key

    @property
    def public_key(self) -> SshKey:
        """The public half."""
        return self._key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> "Keygen":
        """Refuse: keys are named by their files here."""
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        """
        Return the signature of *payload*: the bytes of an SSH signature, in hex.

        Raises:
            EnvironmentFault: If there is no `ssh-keygen`, or nobody answered it.
            NotTrusted: If it did not sign, or signed something else.
        """
        where = Where(str(self._path))
        command = ["ssh-keygen", "-Y", "sign", "-n", sshsig.NAMESPACE, "-f", os.fspath(self._path)]
        try:
            done = subprocess.run(command, input=payload, capture_output=True, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"ssh-keygen could not be asked to sign with {self._path}: {error.__class__.__name__}."
            raise EnvironmentFault(
                message, "Install OpenSSH, and touch the key while it blinks; or name a .key file.", where
            ) from None
        if done.returncode:
            said = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it did not say why"])[-1]
            message = f"ssh-keygen did not sign with {self._path}: {said[:200]}."
            raise NotTrusted(message, "Add the key to your agent with `ssh-add`, or name its private file.", where)
        try:
            blob = sshsig.unarmour(done.stdout.decode("ascii", "replace"))
            sshsig.verify(blob, self._key.blob, payload)
        except sshsig.Malformed as error:
            message = f"What ssh-keygen signed with {self._path} {error}."
            raise NotTrusted(message, "Sign with another key.", where) from None
        return Signature(self._key.keyid, blob.hex())
