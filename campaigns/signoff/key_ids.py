"""What a key is called: the sha256 of its canonical JSON, as TUF computes it."""

import hashlib

PLAIN = ("ed25519", "ed25519")  #: keytype and scheme of a key of ours
SSH = ("ssh", "sshsig")  #: of a key of OpenSSH


def keyid(keytype: str, scheme: str, public: str) -> str:
    """Return the id of a key, 64 hex digits."""
    from securesystemslib.formats import encode_canonical

    form = encode_canonical({"keytype": keytype, "scheme": scheme, "keyval": {"public": public}})
    return hashlib.sha256(str(form).encode()).hexdigest()
