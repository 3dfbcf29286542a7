"""
Where templates come from: the workspace's `templates/<kind>/<form>.j2`, its `templates/<family>/<form>.j2`, or ours.

A kind is a channel's (`mastodon`), a family what several kinds share (`post`). A channel that asks for `press` gets
that, whatever its kind. HTML may be written as MJML (`html.mjml.j2`), which comes before plain HTML beside it.
"""

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from content.errors import TemplateFault

PRESS = "press"
#: Which family a kind of channel renders with, unless its option `template` says `press`.
FAMILIES = {"smtp": "email", "feed": "entry", "wordpress": "entry"}
POST = "post"
TEXT = "text"
#: The form that a kind of channel takes beside plain text.
FORMS = {"smtp": "html", "feed": "xml", "wordpress": "xml"}
MJML = ".mjml.j2"


class Source(NamedTuple):
    """A template as it was written."""

    name: str  #: `post/text.j2` for ours, `templates/mastodon/text.j2` for the workspace's
    text: str

    @property
    def mjml(self) -> bool:
        """Whether it is MJML, from which the HTML is still to be made."""
        return self.name.endswith(MJML)

    @property
    def digest(self) -> str:
        """The sha256 of its text, hex."""
        return _sha256(self.text)


def family(kind: str, option: object) -> str:
    """
    Return the template family of a channel of *kind* whose option `template` is *option*.

    Raises:
        TemplateFault: If *option* names a family that is not there to be chosen.
    """
    own = FAMILIES.get(kind, POST)
    if option is None or option == own:
        return own
    if option != PRESS:
        message = f"A channel of kind '{kind}' cannot use the template '{str(option)[:40]}'."
        raise TemplateFault(str(option)[:40], message, f"Its option `template` may be {own} or {PRESS}.")
    return PRESS


def forms(kind: str) -> tuple[str, ...]:
    """Return the forms that a channel of *kind* takes, plain text first."""
    return (TEXT, FORMS[kind]) if kind in FORMS else (TEXT,)


def source(kind: str, family_name: str, form: str, workspace: str | None) -> Source:
    """
    Return the template of a channel of *kind* in *form*: the workspace's own, or ours.

    Raises:
        TemplateFault: If the workspace's template cannot be read as UTF-8.
    """
    for name in _places(kind, family_name, form) if workspace is not None else ():
        if found := _own(f"{workspace}/{name}", name):
            return found
    return _ours(family_name, form)


def named(folder: Path, name: str) -> Source:
    """
    Return the workspace's template *name*, which is there.

    Raises:
        TemplateFault: If it cannot be read as UTF-8, or is gone.
    """
    if found := _own(str(folder / name), name):
        return found
    place, message = f"templates/{name}", f"The template templates/{name} is gone."
    raise TemplateFault(place, message, "Put it back, or look again.")


def _own(path: str, name: str) -> Source | None:
    """Return the workspace's template *name* at *path*, if there is one."""
    try:
        facts = os.stat(path)  # noqa: PTH116 (asked several times a rendering; a Path costs more than the question)
        return Source(f"templates/{name}", _workspace(path, facts.st_mtime_ns, facts.st_size))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        place, message = f"templates/{name}", f"The template templates/{name} cannot be read: {error}."
        raise TemplateFault(place, message, "Save it as UTF-8, readable by you.") from None


@lru_cache(maxsize=256)
def _places(kind: str, family_name: str, form: str) -> tuple[str, ...]:
    """Return the names that a workspace's template may have, the nearest first."""
    folders = (family_name,) if family_name == PRESS else (kind, family_name)
    written = (f"{form}{MJML}", f"{form}.j2") if form == "html" else (f"{form}.j2",)
    return tuple(f"{folder}/{name}" for folder in folders for name in written)


def places(kind: str, option: object) -> Iterator[str]:
    """
    Yield the names, below `templates/`, by which a workspace may override what a channel of *kind* renders with.

    Raises:
        TemplateFault: As `family` does.
    """
    for form in forms(kind):
        yield from _places(kind, family(kind, option), form)


@lru_cache(maxsize=256)
def _workspace(path: str, changed: int, size: int) -> str:
    """Return the text at *path* as it was *changed* (ns) with *size*: an edited template is read again."""
    del changed, size
    return Path(path).read_text("utf-8")


@lru_cache(maxsize=64)
def _ours(family_name: str, form: str) -> Source:
    folder = files("content").joinpath("templates", family_name)
    name = f"{form}.j2" if folder.joinpath(f"{form}.j2").is_file() else f"{form}{MJML}"
    return Source(f"{family_name}/{name}", folder.joinpath(name).read_text("utf-8"))


@lru_cache(maxsize=256)
def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def all_digest() -> str:
    """Return the sha256, hex, of all templates of ours."""
    own = Path(str(files("content").joinpath("templates")))
    return _sha256("".join(f"{path.relative_to(own)} {path.read_text('utf-8')}" for path in sorted(own.rglob("*.j2"))))


def workspace_names(folder: Path) -> list[str]:
    """Return the names of all templates in the workspace's *folder*, which may not be there, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")) if folder.is_dir() else []


def workspace_digest(folder: Path) -> str:
    """
    Return the sha256, hex, of all templates in the workspace's *folder*, which may not be there.

    Raises:
        TemplateFault: If one cannot be read.
    """
    found = hashlib.sha256()
    for name in workspace_names(folder):
        try:
            found.update(f"{name} {hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n".encode())
        except OSError as error:
            place, message = f"templates/{name}", f"The template templates/{name} cannot be read: {error.strerror}."
            raise TemplateFault(place, message, "Save it as UTF-8, readable by you.") from None
    return found.hexdigest()
