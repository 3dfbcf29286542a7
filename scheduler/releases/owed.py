"""
What went out under an urgent rule and still waits for somebody's word: `local/urgent.jsonl` beside the trust files.

The file is the truth, as the send journal is: a line before the wire is touched, and a line for each answer that was
read from a verified envelope. The table `urgent_debt` is its copy, for machines that share the database.

    {"a": "open", "at", "by": partner, "c": campaign, "d": digest, "o": [partners that owe], "r": rule, "s": release}
    {"a": "signed" | "objected", "at", "d": digest, "p": partner, "s": release}
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from campaigns.signoff.lines import Lines

FILE = Path("local") / "urgent.jsonl"
Word = Literal["signed", "objected"]


@dataclass
class Debt:
    """One release that one partner let out alone."""

    release: str
    digest: str
    campaign: str
    rule: str
    partner: str  #: who let it out
    owed: tuple[str, ...]  #: who owes its word
    opened_at: str  #: instant, as text
    answers: dict[str, Word] = field(default_factory=dict)  #: partner -> its word

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The partners that have neither signed nor objected."""
        return tuple(partner for partner in self.owed if partner not in self.answers)

    @property
    def objected(self) -> bool:
        """Whether somebody said afterwards that it should not have gone out."""
        return "objected" in self.answers.values()


@dataclass(frozen=True)
class Answer:
    """What a partner that owed its word said."""

    release: str
    digest: str
    partner: str
    word: Word
    at: str


class Owed:
    """The debts that this machine knows of."""

    def __init__(self, path: Path) -> None:
        self.debts: dict[tuple[str, str], Debt] = {}  #: release, digest
        self._lines = Lines(path, "The list of urgent releases", self._note)

    def read(self) -> dict[tuple[str, str], Debt]:
        """
        Return the debts by release and digest, settled ones too.

        Raises:
            EnvironmentFault: If the file cannot be read, or is damaged.
        """
        self._lines.read()
        return self.debts

    def add(self, debts: Iterable[Debt], answers: Iterable[Answer] = ()) -> None:
        """
        Write down what is not known yet, and wait for the disk.

        Raises:
            EnvironmentFault: As `read`, or if it cannot be written.
        """
        self._lines.add(lambda: self._news(debts, answers))

    def _news(self, debts: Iterable[Debt], answers: Iterable[Answer]) -> Iterator[dict[str, Any]]:
        opened = set(self.debts)
        for each in debts:
            if (each.release, each.digest) not in opened:
                opened.add((each.release, each.digest))
                told = {"by": each.partner, "c": each.campaign, "o": list(each.owed), "r": each.rule}
                yield {"a": "open", "at": each.opened_at, "d": each.digest, "s": each.release, **told}
        for answer in answers:
            debt = self.debts.get((answer.release, answer.digest))
            if debt is not None and debt.answers.get(answer.partner) != answer.word:
                said = {"d": answer.digest, "p": answer.partner, "s": answer.release}
                yield {"a": answer.word, "at": answer.at, **said}

    def _note(self, said: Any) -> None:
        key = (_text(said["s"]), _text(said["d"]))
        if said["a"] == "open":
            owed = tuple(_text(each) for each in said["o"])
            campaign, rule, partner = _text(said["c"]), _text(said["r"]), _text(said["by"])
            debt = Debt(key[0], key[1], campaign, rule, partner, owed, _text(said["at"]))
            self.debts.setdefault(key, debt)
        elif said["a"] in {"signed", "objected"}:
            self.debts[key].answers[_text(said["p"])] = said["a"]
        else:
            raise ValueError


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


_KNOWN: dict[Path, Owed] = {}


def of(folder: Path) -> Owed:
    """Return what trust folder *folder* knows, the same object all through this process; not yet read."""
    path = folder.absolute() / FILE
    return _KNOWN.setdefault(path, Owed(path))
