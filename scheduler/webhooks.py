"""The signature of Standard Webhooks, version 1: HMAC-SHA256 over id, timestamp and body."""

import base64
import binascii
import hmac

from scheduler import credentials

PREFIX = "whsec_"
SHORTEST = 16  #: bytes of a signing key; the standard advises 24 to 64


def key_of(token: str) -> bytes | None:
    """Return the signing key that *token* writes down; None where it is none. It is concealed from now on."""
    bare = token.removeprefix(PREFIX)
    credentials.conceal(bare)
    try:
        key = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= SHORTEST else None


def headers(key: bytes, identity: str, seconds: int, body: bytes) -> dict[str, str]:
    """Return the headers of a signed JSON *body*, sent at *seconds* since 1970 under *identity*."""
    signed = hmac.digest(key, b".".join([identity.encode(), str(seconds).encode(), body]), "sha256")
    return {
        "Content-Type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
