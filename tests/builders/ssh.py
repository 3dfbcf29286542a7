"""Keys and signatures of OpenSSH, made by the real `ssh-keygen`; and those of a security key, which needs a hand."""

import hashlib
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from campaigns.signoff import sshsig
from campaigns.signoff.sshsig import wired
from tests.builders.programs import need

CLIENT = "openssh-client"

KINDS = {
    "ed25519": ("ed25519", ""),
    "ecdsa-256": ("ecdsa", "256"),
    "ecdsa-384": ("ecdsa", "384"),
    "ecdsa-521": ("ecdsa", "521"),
}


def make_key(path: Path, kind: str = "ed25519", comment: str = "luc", passphrase: str = "") -> Path:
    """Let ssh-keygen make a key at *path*, and return *path*."""
    name, bits = KINDS[kind]
    words = [need("ssh-keygen", CLIENT), "-q", "-t", name, *(["-b", bits] if bits else []), "-a", "1"]
    subprocess.run([*words, "-N", passphrase, "-C", comment, "-f", str(path)], check=True, stdin=subprocess.DEVNULL)
    return path


def sign(key: Path, message: Path, namespace: str = "cordiale", *more: str) -> Path:
    """Let ssh-keygen sign the file *message*, and return the signature's file."""
    words = [need("ssh-keygen", CLIENT), "-q", "-Y", "sign", "-n", namespace, *more, "-f", str(key), str(message)]
    subprocess.run(words, check=True, capture_output=True)
    return message.with_name(f"{message.name}.sig")


def takes(folder: Path, line: str, armoured: str, message: bytes, namespace: str = "cordiale") -> bool:
    """Return whether the real ssh-keygen holds the signature for one of the key *line* over *message*."""
    (folder / "allowed").write_text(f"someone {line}\n")
    (folder / "oracle.sig").write_text(armoured)
    words = [
        need("ssh-keygen", CLIENT),
        "-Y",
        "verify",
        "-f",
        str(folder / "allowed"),
        "-I",
        "someone",
        "-n",
        namespace,
    ]
    done = subprocess.run([*words, "-s", str(folder / "oracle.sig")], input=message, capture_output=True, check=False)
    return done.returncode == 0


@dataclass(frozen=True)
class Agent:
    """A running `ssh-agent`."""

    socket: str

    def forget(self) -> None:
        """Let it forget its keys."""
        subprocess.run(["ssh-add", "-q", "-D"], check=True, capture_output=True, env=_asking(self.socket))  # noqa: S607


@contextmanager
def agent(key: Path) -> Iterator[Agent]:
    """Run an agent that holds *key*."""
    started = subprocess.run([need("ssh-agent", CLIENT), "-s"], capture_output=True, text=True, check=True)
    told = dict(part.split("=", 1) for part in started.stdout.replace("\n", ";").split(";") if "=" in part)
    try:
        asked = _asking(told["SSH_AUTH_SOCK"])
        subprocess.run(["ssh-add", "-q", str(key)], check=True, capture_output=True, env=asked)  # noqa: S607
        yield Agent(told["SSH_AUTH_SOCK"])
    finally:
        os.kill(int(told["SSH_AGENT_PID"]), signal.SIGTERM)


def _asking(socket: str) -> dict[str, str]:
    return {**os.environ, "SSH_AUTH_SOCK": socket}


class SecurityKey:
    """A security key in software: it signs what hardware would, and says that it was touched, or not."""

    def __init__(self, curve: str = "ed25519", application: bytes = b"ssh:") -> None:
        self._application = application
        if curve == "ed25519":
            self._ed = Ed25519PrivateKey.generate()
            self.kind = sshsig.SK_ED25519
            point = self._ed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            middle = b""
        else:
            self._ec = ec.generate_private_key(ec.SECP256R1())
            self.kind = sshsig.SK_ECDSA
            point = self._ec.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            middle = wired(b"nistp256")
        self.blob = wired(self.kind.encode()) + middle + wired(point) + wired(application)
        self.line = sshsig.line_of(self.blob)

    def sign(self, message: bytes, flags: int = 1, counter: int = 7) -> bytes:
        """Return the signature's bytes."""
        tail = bytes([flags]) + counter.to_bytes(4)
        signed = hashlib.sha256(self._application).digest() + tail + hashlib.sha256(sshsig.to_sign(message)).digest()
        if self.kind == sshsig.SK_ED25519:
            value = self._ed.sign(signed)
        else:
            numbers = decode_dss_signature(self._ec.sign(signed, ec.ECDSA(hashes.SHA256())))
            value = b"".join(wired(each.to_bytes(each.bit_length() // 8 + 1)) for each in numbers)
        return sshsig.build(self.blob, wired(self.kind.encode()) + wired(value) + tail)
