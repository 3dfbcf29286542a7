"""
Verify a log, wherever it lies.

Every event is held against its words, its place, the hashes that somebody has seen of it, and the checkpoints that
were signed over it. The first event that is wrong is named, and in what way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from campaigns.audit.checkpoint import Checked, Keys, check
from campaigns.audit.compare import Way, first_difference
from campaigns.audit.entry import Entry
from campaigns.audit.merkle import Frontier
from campaigns.audit.note import Note
from campaigns.errors import NotTrusted

SHOWN = 20  #: findings of one kind that are listed


@dataclass(frozen=True)
class Finding:
    """Something that is wrong."""

    number: int  #: of the first event concerned; 0 where it is none
    what: str
    waits: bool = False  #: nothing is wrong with the log; somebody has yet to sign
    until: int = 0  #: it is one of the events from `number` to this one; 0: `number` itself

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """What sorts findings: about the earliest event first, and what names it exactly before what does not."""
        return self.waits, self.number == 0, self.until or self.number, -self.number


@dataclass(frozen=True)
class Account:
    """What somebody holds to be the hashes of a log's leaves."""

    by: str  #: "what this machine has seen", "the bundle's own list", …
    hashes: Sequence[bytes]
    growing: bool = True  #: the log may have grown since


@dataclass
class Report:
    """What was found."""

    origin: str
    size: int = 0
    root: bytes = b""
    proven: int = 0  #: so many events are under a checkpoint that an operator signed and every partner witnessed
    checkpoints: int = 0
    erased: int = 0  #: fields whose words are gone
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  #: what is good to know and nothing wrong

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def faults(self) -> list[Finding]:
        """The findings that are about the log itself."""
        return [each for each in self.findings if not each.waits]

    def find(self, number: int, what: str, *, waits: bool = False) -> None:
        """Add a finding."""
        self.findings.append(Finding(number, what, waits))

    def first(self) -> Finding | None:
        """Return the finding about the earliest event; one about no event only where there is no other."""
        return min(self.findings, key=lambda each: each.rank, default=None)


def verify(
    origin: str,
    entries: Iterable[Entry],
    accounts: Sequence[Account],
    checkpoints: Mapping[str, Note],
    keys: Keys,
    *,
    needs_checkpoint: bool,
    look: Callable[[Entry], None] = lambda _: None,
) -> Report:
    """
    Return what is wrong with the log *origin*.

    Shapes: *accounts* are believed in their order; *checkpoints* by the name of their file; *look* is told of every
    event, for progress and for what else is to be held against the log.
    """
    report = Report(origin)
    checked = _checked(report, checkpoints, keys)
    sizes = {each.checkpoint.size for each in checked.values()}
    frontier, roots, found, names = Frontier(), {}, [], []
    if 0 in sizes:
        roots[0] = frontier.root()
    for place, entry in enumerate(entries, 1):
        _entry(report, entry, place)
        report.erased += entry.erased
        found.append(entry.hash)
        names.append((entry.number, entry.name))
        frontier.add(found[-1])
        if place in sizes:
            roots[place] = frontier.root()
        look(entry)
    report.size, report.root = len(found), frontier.root()
    for account in accounts:
        _against(report, found, names, account)
    _roots(report, checked, roots, keys)
    _proof(report, checked, keys, needed=needs_checkpoint)
    # One change shows in several ways; what is said first of an event is the plainest.
    report.findings.sort(key=lambda each: each.rank)
    return report


def _entry(report: Report, entry: Entry, place: int) -> None:
    if not entry.leaf or not entry.said:
        report.find(
            place, f"Event {place:,} ({entry.name}) was edited: it is not in the form that events are logged in."
        )
    elif entry.claimed and entry.claimed != entry.hash.hex():
        report.find(place, f"Event {place:,} ({entry.name}) was edited: it is not what was logged.")
    elif unfit := entry.unfit():
        report.find(place, f"Event {place:,} ({entry.name}) was edited: its {unfit} is not what was logged.")
    elif entry.number != place and not any(each.number for each in report.findings):
        way = "events before it are missing" if entry.number > place else "it was moved or inserted"
        report.find(place, f"Event {place:,} calls itself number {entry.number:,} ({entry.name}): {way}.")


def _against(report: Report, found: Sequence[bytes], names: Sequence[tuple[int, str]], account: Account) -> None:
    difference = first_difference(found, account.hashes, growing=account.growing)
    if difference is None:
        return
    now = f" It now says {names[difference.number - 1][1]}." if difference.way is Way.EDITED else ""
    report.find(difference.number, f"{difference.words}, by {account.by}.{now}")


def _checked(report: Report, checkpoints: Mapping[str, Note], keys: Keys) -> dict[str, Checked]:
    found = {}
    for name, note in checkpoints.items():
        try:
            each = check(note, keys)
        except NotTrusted as error:
            report.find(0, f"Checkpoint {name}: {error.message}")
            continue
        if report.origin and each.checkpoint.origin != report.origin:
            if report.origin.startswith(f"{each.checkpoint.origin}/") or _before(each.checkpoint.origin, report.origin):
                report.notes.append(f"Checkpoint {name} is of the log before a restore ({each.checkpoint.origin}).")
            else:
                report.find(0, f"Checkpoint {name} is of another log, {each.checkpoint.origin}.")
        elif not each.signed:
            report.find(0, f"Checkpoint {name} is not signed by an operator of the trust file.")
        else:
            found[name] = each
    report.checkpoints = len(found)
    return found


def _before(origin: str, now: str) -> bool:
    """Return whether *origin* is the same log before a restore that a person settled."""
    name, _, epoch = origin.partition("/restored-")
    later, _, last = now.partition("/restored-")
    return name == later and (int(epoch) if epoch.isdecimal() else 0) < (int(last) if last.isdecimal() else 0)


def _roots(report: Report, checked: Mapping[str, Checked], roots: Mapping[int, bytes], keys: Keys) -> None:
    """Hold every checkpoint against the log; between the last that fits and the first that does not lies the fault."""
    fits = 0
    for name, each in sorted(checked.items(), key=lambda item: item[1].checkpoint.size):
        size, root = each.checkpoint.size, each.checkpoint.root
        signers = " and ".join(["an operator", *sorted(each.witnessed)])
        if size > report.size:
            there = f"but the log ends with event {report.size:,}"
            report.find(report.size + 1, f"The log was truncated: {signers} signed {size:,} events ({name}), {there}.")
        elif roots[size] != root:
            span = f"event {size:,}" if size == fits + 1 else f"an event from {fits + 1:,} to {size:,}"
            said = f"The log was rewritten: {span} is not what {signers} signed in checkpoint {name}."
            report.findings.append(Finding(fits + 1, said, until=size))
            return
        else:
            fits = size
            if not each.lacking(keys.partners):
                report.proven = max(report.proven, size)


def _proof(report: Report, checked: Mapping[str, Checked], keys: Keys, *, needed: bool) -> None:
    """Say how far the log is proved, and whose witness the newest checkpoint lacks."""
    if not checked:
        said = "No checkpoint is there: only this machine's word stands for the log."
        if needed:
            report.find(0, said, waits=True)
        else:
            report.notes.append(f"{said} Make one with `cordiale audit checkpoint`.")
        return
    name, newest = max(checked.items(), key=lambda item: item[1].checkpoint.size)
    if lacking := newest.lacking(keys.partners):
        report.find(0, f"Checkpoint {name} is not witnessed by {' and '.join(lacking)}.", waits=True)
    if newest.checkpoint.size < report.size:
        more = report.size - newest.checkpoint.size
        said = "1 event is" if more == 1 else f"{more:,} events are"
        report.notes.append(f"{said} newer than the newest checkpoint, and not proved by it.")
