"""Checkpoints of the event log: an operator signs, partners witness, and signatures come home."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from campaigns.audit import checkpoint, note, tree
from campaigns.audit.bundle import Bundle
from campaigns.audit.checkpoint import Checked, Checkpoint, check
from campaigns.audit.memory import Memory
from campaigns.audit.merkle import Subtree, consistency, root_at, subtrees_of
from campaigns.audit.note import Note, Sign
from campaigns.audit.witness import Memory as Witnessed
from campaigns.audit.witness import witness
from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault, NotTrusted, Refused, Where
from campaigns.settings import Settings
from campaigns.signoff import keys
from campaigns.signoff.trust import Trust
from scheduler import proof

SUFFIX = ".checkpoint"


@dataclass(frozen=True)
class Written:
    """A checkpoint on disk."""

    path: Path
    checked: Checked
    lacking: list[str]  #: partners that have not witnessed it


def make(connection: Connection, workspace: Settings, trust: Trust, key: Path, tell: proof.Look) -> Written:
    """
    Sign the log as it stands with an operator's *key*, and write it to the folder of checkpoints.

    Raises:
        NotTrusted: If *key* is none of an operator.
        Refused: If there is nothing to sign, or the log is not sound: an operator vouches for what was looked at.
        EnvironmentFault: If the file cannot be written.
    """
    signer, public = _signer(key)
    if public not in {each.public for each in trust.operators.values()}:
        message = f"The key {key} is none of an operator of the trust file."
        raise NotTrusted(message, "Sign with a key that `cordiale trust show` lists for the operators.")
    if fault := Memory(workspace.trust).catch_up(connection.engine):
        raise Refused(fault, "Nothing was signed. See `cordiale verify`.")
    report = proof.live(connection, workspace, tell)
    if report.faults:
        message = f"The log is not sound: {report.faults[0].what}"
        raise Refused(message, "Nothing was signed. See all of it with `cordiale verify`.")
    if not report.size:
        message = "Nothing was logged yet."
        raise Refused(message, "Apply a campaign first.")
    signed = checkpoint.sign(Checkpoint(report.origin, report.size, report.root), public, signer)
    return keep(workspace, signed, trust)


def keep(workspace: Settings, given: Note, trust: Trust) -> Written:
    """
    Write a checkpoint to the folder, with the signatures that it has there already.

    Raises:
        NotTrusted: If no operator signed it, or another checkpoint of the same size is there.
        EnvironmentFault: If the file cannot be written.
    """
    checked = check(given, proof.keys_of(trust))
    if not checked.signed:
        message = "No operator of the trust file has signed this checkpoint."
        raise NotTrusted(message, "Bring in checkpoints that `cordiale audit checkpoint` made.")
    path = workspace.checkpoints / f"{checked.checkpoint.size:010}{_epoch(checked.checkpoint.origin)}{SUFFIX}"
    whole = given
    try:
        workspace.checkpoints.mkdir(parents=True, exist_ok=True)
        if path.exists():
            whole = checkpoint.merged(note.parse(path.read_bytes()), given)
        checked = check(whole, proof.keys_of(trust))
        write_whole(path, str(whole))
    except OSError as error:
        message = f"The checkpoint {path} cannot be written: {error.strerror}."
        raise EnvironmentFault(message, "Give this user the right to write there.", Where(str(path))) from error
    return Written(path, checked, checked.lacking(trust.partners))


def _epoch(origin: str) -> str:
    """Return what keeps checkpoints apart that were made before and after a restore."""
    _, found, epoch = origin.partition("/restored-")
    return f".restored-{epoch}" if found else ""


def of_bundle(path: Path, trust: Trust, tell: proof.Look, folder: Path | None) -> tuple[Note, Subtree]:
    """
    Return the newest checkpoint of a bundle whose log is sound, and the subtrees of its tree.

    Raises:
        Refused: If the log in it is not sound, or it holds no checkpoint.
        InvalidDocument, NotTrusted: If it is no bundle, or its trust files do not hold.
    """
    report, _ = proof.of_bundle(path, folder, tell)
    if report.faults:
        message = f"The log in {path} is not sound: {report.faults[0].what}"
        raise Refused(message, f"Nothing was signed. See all of it with `cordiale verify {path}`.")
    with Bundle(path) as pack:
        found, _ = pack.checkpoints()
        held = [(check(each, proof.keys_of(trust)).checkpoint, each) for each in found.values()]
        ours = [(each.size, given) for each, given in held if each.origin == pack.manifest.origin]
        if not ours:
            message = f"The bundle {path} holds no checkpoint."
            raise Refused(message, "Ask for one made after `cordiale audit checkpoint`.")
        return max(ours, key=lambda each: each[0])[1], subtrees_of(pack.hashes())


def of_file(path: Path) -> Note:
    """
    Return the note in *path*.

    Raises:
        EnvironmentFault: If it cannot be read.
        NotTrusted: If it is none.
    """
    try:
        return note.parse(path.read_bytes())
    except OSError as error:
        message = f"The checkpoint {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Name the file.", Where(str(path))) from None
    except NotTrusted as error:
        raise NotTrusted(error.message, error.hint, Where(str(path))) from None


def witnessed(
    given: Note,
    subtree: Subtree,
    trust: Trust,
    memory: Path,
    *,
    partner: str,
    key: Path,
    at: datetime,
    restored: bool,
) -> Note:
    """
    Return *given* with the witness of *partner*, once the log below it is seen to have only grown.

    Raises:
        NotTrusted: If *key* is none of *partner*.
        Refused: If the checkpoint does not fit the log, or does not add to what this witness has seen.
    """
    signer, public = _signer(key)
    counted = proof.keys_of(trust)
    if partner not in counted.partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(trust.partners)}.")
    if public not in set(counted.partners[partner]):
        message = f"The key {key} is none of {partner} in the trust file."
        raise NotTrusted(message, f"Witness with a key that `cordiale trust show` lists for {partner}.")
    checked = check(given, counted)
    size, root = checked.checkpoint.size, checked.checkpoint.root
    if root_at(size, subtree) != root:
        message = f"The checkpoint of {size:,} events is not over the events that are here."
        raise Refused(message, "Nothing was signed. See `cordiale verify`.")
    return witness(
        given,
        checked,
        Witnessed(memory),
        lambda old, new: consistency(old, new, subtree),
        partner=partner,
        public=public,
        sign=signer,
        at=at,
        restored=restored,
    )


def in_database(connection: Connection, given: Note) -> Subtree:
    """
    Return the subtrees of the log of this database, for a checkpoint of it.

    Raises:
        Refused: If the checkpoint is of another log, or of more events than there are.
    """
    wanted = checkpoint.read(given.text)
    origin, size = tree.origin_of(connection), tree.size_of(connection)
    if wanted.origin != origin or wanted.size > size:
        message = f"The checkpoint is of {wanted.size:,} events of {wanted.origin}; here are {size:,} of {origin}."
        raise Refused(message, "Nothing was signed. Ask for a bundle (`cordiale verify --export FILE`), and name that.")
    return tree.subtree_of(connection)


def _signer(key: Path) -> tuple[Sign, bytes]:
    signer, public = keys.load_plain(key)
    return lambda message: bytes.fromhex(signer.sign(message).signature), public
