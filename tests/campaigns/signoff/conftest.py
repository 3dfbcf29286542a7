"""An alliance of two partners on disk, and a database for what they sign."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.signoff import envelope, keys, statement, trust, trust_files
from campaigns.store.engine import connect
from campaigns.store.tables import table

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RELEASE = "4f1d3c1e-0000-5000-8000-000000000001"
DIGEST = "a" * 64
PARTNERS = {"uk": ("ana", "bea"), "fr": ("luc",)}


@dataclass
class Alliance:
    """Two partners: ana and bea sign for uk, luc for fr; eve's key is nobody's."""

    folder: Path
    pairs: dict[str, keys.KeyPair]
    signers: dict[str, Any]
    channels: trust_files.Channels = field(default_factory=frozenset)
    now: datetime = NOW
    release: str = RELEASE
    digest: str = DIGEST

    @property
    def trust_folder(self) -> Path:
        return self.folder / "trust"

    def draft(
        self, partners: dict[str, tuple[str, ...]] | None = None, expires: datetime = NOW + DAY
    ) -> tuple[Any, Any]:
        who = {partner: [self.pairs[name] for name in names] for partner, names in (partners or PARTNERS).items()}
        return trust_files.found(who, self.channels, expires, rehearsal_only=False)

    def write(
        self, root: Any, targets: Any, by: tuple[str, ...] = ("ana", "luc"), root_by: tuple[str, ...] | None = None
    ) -> None:
        for metadata, names in ((root, by if root_by is None else root_by), (targets, by)):
            metadata.signatures.clear()
            trust_files.sign(metadata, [self.signers[name] for name in names])
        trust_files.write(self.trust_folder / trust_files.ROOT, root)
        trust_files.write(self.trust_folder / trust_files.TARGETS, targets)

    @cached_property
    def at_first(self) -> trust.Trust:
        """What the files said when first asked."""
        return self.load()

    def load(self, now: datetime = NOW) -> trust.Trust:
        return trust.load(self.trust_folder, now)

    def sign(
        self, who: str, partner: str, answer: Any = "approve", digest: str = DIGEST, at: datetime = NOW, **more: Any
    ) -> str:
        subjects = more.pop("subjects", [statement.Subject(RELEASE, digest)])
        reason = more.pop("reason", "")
        payload = statement.make("raqqa-voices", partner, answer, reason, subjects, at)
        return envelope.sign(payload, self.signers[who])


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ana", "bea", "luc", "eve"):
        keys.new(folder, name)
    return folder


@pytest.fixture
def alliance(tmp_path: Path, key_folder: Path) -> Alliance:
    pairs = {pair.name: pair for pair in keys.list_keys(key_folder)}
    made = Alliance(tmp_path, pairs, {name: keys.load_signer(pair.path) for name, pair in pairs.items()})
    made.write(*made.draft())
    return made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'cordiale.db'}")
    for model in (Approval, ApprovalSubject):
        table(model).create(made)
    yield made
    made.dispose()


@pytest.fixture
def edit(alliance: Alliance) -> Callable[[str, Callable[[dict[str, Any]], None]], None]:
    """Change a trust file's JSON in place, its signatures untouched."""

    def apply(name: str, change: Callable[[dict[str, Any]], None]) -> None:
        path = alliance.trust_folder / name
        held = json.loads(path.read_text())
        change(held)
        path.write_text(json.dumps(held))

    return apply
