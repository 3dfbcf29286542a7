"""Bundles of every released version keep verifying, by our own code and by an independent one."""

import base64
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import main
from scheduler import proof
from tests.builders.golden_log import FOLDER

GOLDEN = sorted(FOLDER.glob("*.zip"))


def test_this_version_has_a_golden_bundle():
    """A release adds its own (python -m tests.builders.golden_log), and takes none away."""
    assert main.VERSION in [path.stem for path in GOLDEN]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_bundle_is_proved(path, tmp_path, monkeypatch):
    """What an earlier version wrote is sound, and proved to its last event."""
    monkeypatch.chdir(tmp_path)
    report, _ = proof.of_bundle(path, None, lambda _: None)

    assert (report.findings, report.proven) == ([], report.size)
    assert report.size > 20


def mth(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 defines it."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + mth(leaves[:half]) + mth(leaves[half:])).digest()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_bundle_is_proved_by_who_never_saw_our_code(path: Path):
    """Forty lines over the formats' texts (RFC 6962, C2SP) prove the same: the bundle needs no Cordiale."""
    with zipfile.ZipFile(path) as pack:
        leaves = pack.read("leaves.jsonl").splitlines()
        words = [json.loads(line) for line in pack.read("words.jsonl").splitlines()]
        targets = json.loads(pack.read("trust/targets.json"))["signed"]
        notes = {int(name[-21:-11]): pack.read(name).decode() for name in pack.namelist() if "checkpoints/" in name}
    assert len(notes) == 2
    keys = {keyid: bytes.fromhex(key["keyval"]["public"]) for keyid, key in targets["delegations"]["keys"].items()}
    roles = {role["name"]: [keys[keyid] for keyid in role["keyids"]] for role in targets["delegations"]["roles"]}
    for size, note in notes.items():
        body, _, lines = note.rpartition("\n\n")
        origin, stated, root = body.split("\n")
        assert int(stated) == size
        assert base64.b64decode(root) == mth([sha256(b"\x00" + line).digest() for line in leaves[:size]])
        signers = set()
        for line in lines.splitlines():
            _, name, coded = line.split(" ")
            value = base64.b64decode(coded)
            role, kind, message, signature = "operators", b"\x01", body + "\n", value[4:]
            if name != origin:
                role, kind, signature = name.removeprefix("cordiale.witness/"), b"\x04", value[12:]
                message = f"cosignature/v1\ntime {int.from_bytes(value[4:12], 'big')}\n{body}\n"
            [public] = [k for k in roles[role] if sha256(f"{name}\n".encode() + kind + k).digest()[:4] == value[:4]]
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message.encode())
            signers.add(role)
        assert signers == {"operators", "uk", "fr"}
    held = [json.loads(line) for line in leaves]
    assert [each["n"] for each in held] == list(range(1, len(leaves) + 1))
    for each in words:
        number = each.pop("n")
        for field, (salt, value) in each.items():
            committed = sha256(bytes.fromhex(salt) + value.encode()).hexdigest()
            assert held[number - 1][field] == f"sha256:{committed}"
