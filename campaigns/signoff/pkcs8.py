"""
An encrypted private key in PKCS #8 (RFC 5958): PBES2 with scrypt (RFC 7914) and AES-256-CBC, in PEM.

`cryptography` opens this form but writes PKCS #8 with 2,048 rounds of PBKDF2 alone, which a graphics card tries by
the million a second. The cost here is the one that OWASP names for 16 MB of memory; OpenSSL opens it as well.
"""

import base64
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

N, R, P = 2**14, 8, 5  #: scrypt's cost; OpenSSL refuses above 32 MB

_PBES2 = bytes.fromhex("2a864886f70d01050d")  # 1.2.840.113549.1.5.13
_SCRYPT = bytes.fromhex("2b06010401da47040b")  # 1.3.6.1.4.1.11591.4.11
_AES_256_CBC = bytes.fromhex("60864801650304012a")  # 2.16.840.1.101.3.4.1.42
_INTEGER, _OCTETS, _OID, _SEQUENCE = 0x02, 0x04, 0x06, 0x30
_SHORT = 128  #: a length below it is one byte


def encrypted(private: "Ed25519PrivateKey", passphrase: bytes) -> bytes:
    """Return *private* in PEM, to be opened with *passphrase*; each call with a salt of its own."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    from cryptography.hazmat.primitives.padding import PKCS7
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    salt, start = os.urandom(16), os.urandom(16)
    key = Scrypt(salt=salt, length=32, n=N, r=R, p=P).derive(passphrase)
    padder = PKCS7(128).padder()
    plain = padder.update(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())) + padder.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    hidden = cipher.update(plain) + cipher.finalize()
    cost = _der(_SEQUENCE, _der(_OCTETS, salt), *(_integer(each) for each in (N, R, P, 32)))
    kdf = _der(_SEQUENCE, _der(_OID, _SCRYPT), cost)
    scheme = _der(_SEQUENCE, _der(_OID, _AES_256_CBC), _der(_OCTETS, start))
    algorithm = _der(_SEQUENCE, _der(_OID, _PBES2), _der(_SEQUENCE, kdf, scheme))
    body = base64.b64encode(_der(_SEQUENCE, algorithm, _der(_OCTETS, hidden))).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    frame = ("-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", "")
    return "\n".join(frame).encode()


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < _SHORT:
        return bytes([tag, size]) + body
    long = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, _SHORT | len(long)]) + long + body


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1))
