"""
Prove the log: the live database, or a bundle far from it, against checkpoints, the send journal and signed decisions.

`campaigns.audit.verify` looks at the log itself; here it is held against what must agree with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from campaigns import clock
from campaigns.audit import bundle, note, tree
from campaigns.audit.bundle import Bundle, Extras, Manifest
from campaigns.audit.checkpoint import Keys
from campaigns.audit.entry import Entry, of_table
from campaigns.audit.memory import Memory
from campaigns.audit.note import Note
from campaigns.audit.verify import Account, Report, verify
from campaigns.errors import EnvironmentFault, NotTrusted, Where
from campaigns.settings import Settings
from campaigns.signoff import envelope, trust_files
from campaigns.signoff import trust as trust_of
from campaigns.signoff.approvals import APPROVAL
from campaigns.signoff.trust import Trust
from scheduler.releases.journal import ClosedJournal
from scheduler.releases.journal import files as journals
from scheduler.releases.ledger import RELEASE

Look = Callable[[int], None]  #: is told how many events were looked at
EVERY = 500  #: events between two tellings
DECISION = "approval."  #: what the acts begin with that log a signed decision; `after` is its envelope's id
SEEN = "what this machine has seen"


@dataclass
class Books:
    """What the log says became of releases and decisions, gathered while it is read."""

    tell: Look
    looked: int = 0
    states: dict[str, str] = field(default_factory=dict)  #: release -> the state that its last move left
    out: set[str] = field(default_factory=set)  #: releases that were published at some time
    decisions: dict[str, int] = field(default_factory=dict)  #: envelope id -> number of the event

    def look(self, entry: Entry) -> None:
        """Take in one event."""
        self.looked += 1
        if self.looked % EVERY == 0:
            self.tell(self.looked)
        act, after = entry.said.get("act"), entry.said.get("after")
        if not isinstance(act, str) or not isinstance(after, str):
            return
        if act.startswith("release."):
            self.states[str(entry.said["subject"])] = after
            if after == "published":
                self.out.add(str(entry.said["subject"]))
        elif act.startswith(DECISION):
            self.decisions[after] = entry.number

    def against_journal(self, report: Report, published: Mapping[str, str]) -> None:
        """Find what the send journal knows as published (release -> when) and the log does not."""
        for release, at in published.items():
            if release not in self.out and self.states.get(release) == "sending":
                report.notes.append(f"Release {release} was published at {at}; that is being recorded.")
            elif release not in self.out:
                said = f"The send journal knows release {release} as published at {at}; the log does not."
                report.find(0, said)

    def against_decisions(self, report: Report, envelopes: Mapping[str, str], trust: Trust) -> None:
        """Find decisions that are gone, were changed, or were never logged."""
        for each, number in self.decisions.items():
            if each not in envelopes:
                report.find(number, f"The decision {each[:12]} that event {number:,} logs is gone.")
        unknown = 0
        for each, text in envelopes.items():
            if envelope.identify(text) != each:
                report.find(self.decisions.get(each, 0), f"The envelope of the decision {each[:12]} was changed.")
                continue
            if self.decisions and each not in self.decisions:
                report.find(0, f"The decision {each[:12]} was never logged.")
            try:
                envelope.verify(text, trust)
            except NotTrusted:
                unknown += 1
        if unknown:
            report.notes.append(f"{unknown:,} decisions are signed with keys that no longer count.")

    def against_releases(self, report: Report, rows: Iterable[Any]) -> None:
        """Find releases whose state in the table is not the one that their last event left."""
        for row in rows:
            logged = self.states.get(row.id)
            if logged != row.state:
                said = f"the log left it {logged}" if logged else "the log does not know it"
                report.find(0, f"Release {row.id} is {row.state} in the table; {said}.")


def keys_of(trust: Trust) -> Keys:
    """Return whose signatures on checkpoints count under *trust*."""
    partners: dict[str, list[bytes]] = {partner: [] for partner in trust.partners}
    held = trust.targets.delegations.keys if trust.targets.delegations else {}
    for keyid, partner in trust.roles.items():
        key = held[keyid]
        if key.keytype == "ed25519":
            partners[partner].append(bytes.fromhex(key.keyval["public"]))
    return Keys([each.public for each in trust.operators.values()], partners)


def own_trust(folder: Path) -> Trust:
    """
    Return the trust of *folder*, whether or not it has expired.

    Raises:
        NotTrusted, EnvironmentFault: If the files do not hold, or cannot be read.
    """
    root = trust_files.read(folder / trust_files.ROOT, "root")
    return trust_of.verify(root, trust_files.read(folder / trust_files.TARGETS, "targets"), folder)


def checkpoints_in(folder: Path) -> tuple[dict[str, Note], list[str]]:
    """Return the checkpoints that lie in *folder*, by file name, and what is wrong with others."""
    found, faults = {}, []
    for path in sorted(folder.glob("*.checkpoint")):
        try:
            found[path.name] = note.parse(path.read_bytes())
        except NotTrusted as error:
            faults.append(f"Checkpoint {path.name}: {error.message}")
        except OSError as error:
            faults.append(f"Checkpoint {path.name} cannot be read: {error.strerror}.")
    return found, faults


def live(connection: Connection, workspace: Settings, tell: Look) -> Report:
    """
    Verify the log of this database against all that this machine holds. An expired trust file still proves the past.

    Raises:
        NotTrusted, EnvironmentFault: If the trust files, the memory or the journal cannot be used.
    """
    trust = own_trust(workspace.trust)
    sent = ClosedJournal(workspace.trust).open().sent()
    published = {release: each.at for release, each in sent.items() if each.outcome == "published"}
    books = Books(tell)
    checkpoints, faults = checkpoints_in(workspace.checkpoints)
    seen = Memory(workspace.trust).hashes()
    accounts = [Account(SEEN, seen)] if seen else []
    origin = tree.origin_of(connection)
    report = verify(
        origin, of_table(connection), accounts, checkpoints, keys_of(trust), needs_checkpoint=False, look=books.look
    )
    for fault in faults:
        report.find(0, fault)
    if not seen:
        report.notes.append("This machine has not seen the log before; what it is now was taken as it is.")
    head = tree.root_of_head(connection)
    if (report.size or head is not None) and head != report.root:
        report.find(0, "The head of the log's tree does not fit its events.")
    books.against_journal(report, published)
    stored = connection.execute(select(APPROVAL.c.id, APPROVAL.c.envelope))
    books.against_decisions(report, {row.id: row.envelope for row in stored}, trust)
    books.against_releases(report, connection.execute(select(RELEASE.c.id, RELEASE.c.state)))
    return report


def export(connection: Connection, workspace: Settings, path: Path, version: str) -> int:
    """
    Write the bundle of this database's log to *path*, and return how many events it holds.

    Raises:
        EnvironmentFault: If something cannot be read or written.
    """
    trust = {name: _bytes(workspace.trust / name) for name in (trust_files.ROOT, trust_files.TARGETS)}
    found, _ = checkpoints_in(workspace.checkpoints)
    checkpoints = {name: str(each).encode() for name, each in found.items()}
    sent = [_bytes(path) for path in journals(workspace.trust)]
    envelopes = {row.id: row.envelope for row in connection.execute(select(APPROVAL.c.id, APPROVAL.c.envelope))}
    seen = Memory(workspace.trust)
    seen.catch_up(connection.engine)
    extras = Extras(checkpoints, trust, b"".join(each[: each.rfind(b"\n") + 1] for each in sent), envelopes)
    manifest = Manifest(tree.origin_of(connection), 0, clock.iso(clock.now()), version)
    return bundle.write(path, manifest, of_table(connection), seen.hashes(), extras)


def of_bundle(path: Path, folder: Path | None, tell: Look) -> tuple[Report, Trust]:
    """
    Verify the bundle *path* by the trust files in *folder*; None: by those that it carries.

    Raises:
        InvalidDocument: If it is no bundle.
        NotTrusted: If the trust files do not hold.
    """
    with Bundle(path) as pack:
        trust = _trust(pack, path, folder)
        books = Books(tell)
        checkpoints, faults = pack.checkpoints()
        accounts = [Account("the bundle's own list of hashes", pack.hashes(), growing=False)]
        if folder is not None and (seen := Memory(folder).hashes()):
            accounts.append(Account(SEEN, seen[: max(pack.manifest.size, 1)]))
        origin = pack.manifest.origin
        report = verify(
            origin, pack.entries(), accounts, checkpoints, keys_of(trust), needs_checkpoint=True, look=books.look
        )
        for fault in faults:
            report.find(0, fault)
        if pack.manifest.size != report.size:
            said = f"The bundle says that it holds {pack.manifest.size:,} events, and holds {report.size:,}."
            report.find(min(pack.manifest.size, report.size) + 1, said)
        books.against_journal(report, _published_in(pack.journal()))
        books.against_decisions(report, pack.envelopes(), trust)
    return report, trust


def _trust(pack: Bundle, path: Path, folder: Path | None) -> Trust:
    if folder is not None:
        return own_trust(folder)
    files, where = pack.trust(), Where(str(path))
    try:
        root = trust_files.parse(files[trust_files.ROOT], "root", where)
        return trust_of.verify(root, trust_files.parse(files[trust_files.TARGETS], "targets", where), path)
    except KeyError:
        message = f"The bundle {path} carries no trust files."
        raise NotTrusted(message, "Name a folder of trust files with --trust.", where) from None


def _published_in(lines: Iterable[Mapping[str, str]]) -> dict[str, str]:
    last = {each.get("r", ""): each for each in lines}
    return {release: each.get("at", "") for release, each in last.items() if each.get("o") == "published"}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"The file {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Give this user the right to read it.", Where(str(path))) from error
