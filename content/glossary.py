"""
The glossary: what partners call things, and what they do not call them, by locale. Data, never code.

`glossary.yaml` beside this file is the joint one. A workspace lays its own `glossary.yaml` over it: a term of the same
id takes the place of ours, and `without:` takes terms out. It is read with the care that campaigns are read with.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from campaigns.documents import plain_words, yaml_data
from campaigns.documents.faults import KEY, Fault, nearest, one_of
from campaigns.documents.fields import Id, Line, LocaleTag, LocalisedLine
from campaigns.documents.files import invalid, read
from campaigns.documents.nouns.model import Model
from campaigns.documents.positions import MOST, Places
from campaigns.errors import Complaint, InvalidDocument, Where

FILE = "glossary.yaml"
SHIPPED = Path(__file__).with_name(FILE)
FULLEST = 5_000  #: forms that one glossary may list


class Form(Model):
    """A way to write what a term stands against. `*` at the end of a word stands for its endings."""

    term: Line = Field(description="The words as they are written, such as Islamic State.")
    as_written: bool = Field(default=False, description="Whether capitals count: ISIS, but not Isis.")
    after: tuple[Line, ...] = Field(
        default=(), description="Words in front of it that make it certain; elsewhere it is only a warning."
    )
    before: tuple[Line, ...] = Field(
        default=(), description="Words behind it that make it certain; elsewhere it is only a warning."
    )
    not_after: tuple[Line, ...] = Field(default=(), description="Words in front of it that make it something else.")
    not_before: tuple[Line, ...] = Field(default=(), description="Words behind it that make it something else.")
    because: Line | None = Field(default=None, description="Why not so, where the term's own reason does not fit.")


def _form(value: object) -> object:
    """Read a bare word as a form without details."""
    return {"term": value} if isinstance(value, str) else value


Forms = dict[LocaleTag, tuple[Annotated[Form, BeforeValidator(_form)], ...]]


class Term(Model):
    """One thing, what it is called, and what it is not called."""

    id: Id = Field(description="Its id, by which a workspace's glossary takes its place.")
    because: Line = Field(description="Why it is called so; whoever is told to change a word reads this.")
    source: Line | None = Field(default=None, description="Who decided it, where and when.")
    say: LocalisedLine = Field(default_factory=dict, description="What it is called, in each language.")
    never: Forms = Field(default_factory=dict, description="What may not stand in a text, in each language; it blocks.")
    avoid: Forms = Field(default_factory=dict, description="What should not stand in a text; it is a warning.")
    quoted: bool = Field(default=True, description="Whether others may be quoted with these words.")
    so_called: bool = Field(default=True, description="Whether `so-called` in front makes it a warning.")
    required: bool = Field(
        default=False, description="Whether each language of a message has to say it where one of them does."
    )


class File(Model):
    """What a glossary.yaml says."""

    so_called: dict[LocaleTag, tuple[Line, ...]] = Field(
        default_factory=dict, description="Words that keep a distance from what follows, in each language."
    )
    terms: tuple[Term, ...] = Field(default=(), description="The terms.")
    without: tuple[Id, ...] = Field(default=(), description="Ids of joint terms that do not hold here.")


@dataclass(frozen=True, eq=False)
class Glossary:
    """The terms that hold in a workspace. Its own object stands for it in caches."""

    terms: tuple[Term, ...]
    so_called: Mapping[str, tuple[str, ...]]
    digest: str  #: sha256, hex, of the bytes that it was read from
    joint: frozenset[str] = frozenset()  #: ids of terms that come from the joint glossary


@lru_cache(maxsize=1)
def shipped() -> Glossary:
    """Return the joint glossary."""
    raw = SHIPPED.read_bytes()
    said = _file(SHIPPED, known=())
    return Glossary(said.terms, said.so_called, hashlib.sha256(raw).hexdigest(), frozenset(t.id for t in said.terms))


def load(root: Path) -> Glossary:
    """
    Return the glossary of the workspace in the folder *root*: the same object for the same file.

    Raises:
        InvalidDocument: With every complaint about its glossary.yaml, if there is one.
    """
    path = root / FILE
    try:
        facts = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return shipped()
    except OSError as error:
        raise invalid(Where(str(path)), f"cannot be read: {error.strerror}", "mend the file or its rights") from None
    return _laid_over(path, (facts.st_mtime_ns, facts.st_size, facts.st_ino))


@lru_cache(maxsize=16)
def _laid_over(path: Path, _marks: tuple[int, ...]) -> Glossary:
    """Return the glossary in *path* over the joint one."""
    joint = shipped()
    said = _file(path, known=tuple(term.id for term in joint.terms))
    own = {term.id: term for term in said.terms}
    kept = [own.pop(term.id, term) for term in joint.terms if term.id not in said.without]
    digest = hashlib.sha256(f"{joint.digest} {said.model_dump_json()}".encode()).hexdigest()
    theirs = joint.joint - {term.id for term in said.terms} - set(said.without)
    return Glossary((*kept, *own.values()), {**joint.so_called, **said.so_called}, digest, theirs)


def _file(path: Path, known: tuple[str, ...]) -> File:
    """
    Return what the file *path* says; *known* are the ids that it may take out.

    Raises:
        InvalidDocument: With every complaint about it.
    """
    places = Places(read(path).text, str(path))
    data = yaml_data.data(places)
    if data is None:
        return File()
    if not isinstance(data, dict):
        raise invalid(Where(places.file, 1, 1), "a glossary is a mapping", "begin with a line such as terms:")
    faults = yaml_data.controls(places, data)
    said = None
    try:
        said = File.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        faults += plain_words.faults(error.errors(include_url=False)[: 2 * MOST], File)
    if said is not None:
        faults += _judged(said, known)
    if faults or said is None:
        raise InvalidDocument(
            [Complaint(places.where(fault.loc), fault.message, fault.hint) for fault in faults[:MOST]]
        )
    return said


def _judged(said: File, known: tuple[str, ...]) -> list[Fault]:
    """Return what is wrong with terms taken together."""
    found, met = [], set[str]()
    for number, term in enumerate(said.terms):
        if term.id in met:
            found.append(Fault(("terms", number, "id"), f"term '{term.id}' is there twice", "make them one"))
        met.add(term.id)
        for key in ("never", "avoid"):
            for locale, forms in getattr(term, key).items():
                for place, form in enumerate(forms):
                    if not any(letter.isalnum() for letter in form.term):
                        where = ("terms", number, key, locale, place)
                        found.append(Fault(where, f"'{form.term}' has no letter", "write the words that are meant"))
    for number, each in enumerate(said.without):
        if each not in known:
            hint = nearest(each, known) or (f"known there: {one_of(known)}" if known else "take it out")
            found.append(Fault(("without", number), f"the joint glossary has no term '{each}'", hint))
    listed = sum(len(forms) for term in said.terms for each in (term.never, term.avoid) for forms in each.values())
    if listed > FULLEST:
        found.append(Fault(("terms", KEY), f"more than {FULLEST:,} forms in one glossary", "list fewer"))
    return found
