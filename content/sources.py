"""Where templates come from: the workspace's `templates/<family>/<name>.j2` first, then ours."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from content.errors import TemplateFault

PRESS = "press"
#: Which family a kind of channel renders with, unless its option `template` says `press`.
FAMILIES = {"smtp": "email", "feed": "entry"}
POST = "post"
#: The form that a kind of channel takes beside plain text.
FORMS = {"smtp": "html", "feed": "xml"}


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


def source(family_name: str, form: str, workspace: str | None) -> tuple[str, str]:
    """
    Return the name and the text of a template: the workspace's own, or ours.

    Raises:
        TemplateFault: If the workspace's template cannot be read as UTF-8.
    """
    name = f"{family_name}/{form}.j2"
    if workspace is not None:
        path = Path(workspace) / family_name / f"{form}.j2"
        try:
            facts = path.stat()
            return f"templates/{name}", _workspace(str(path), facts.st_mtime_ns, facts.st_size)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, UnicodeDecodeError) as error:
            message = f"The template templates/{name} cannot be read: {error}."
            raise TemplateFault(name, message, "Save it as UTF-8, readable by you.") from None
    return name, _ours(name)


def digest(family_name: str, form: str, workspace: str | None) -> str:
    """Return the sha256 of a template's text, hex."""
    return _sha256(source(family_name, form, workspace)[1])


@lru_cache(maxsize=256)
def _workspace(path: str, changed: int, size: int) -> str:
    """Return the text at *path* as it was *changed* (ns) with *size*: an edited template is read again."""
    del changed, size
    return Path(path).read_text("utf-8")


@lru_cache(maxsize=64)
def _ours(name: str) -> str:
    return files("content").joinpath("templates", *name.split("/")).read_text("utf-8")


@lru_cache(maxsize=256)
def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def all_digest() -> str:
    """Return the sha256, hex, of all templates of ours."""
    own = Path(str(files("content").joinpath("templates")))
    return _sha256("".join(f"{path.relative_to(own)} {path.read_text('utf-8')}" for path in sorted(own.rglob("*.j2"))))


def workspace_digest(folder: Path) -> str:
    """
    Return the sha256, hex, of all templates in the workspace's *folder*, which may not be there.

    Raises:
        TemplateFault: If one cannot be read.
    """
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.j2")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        try:
            found.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        except OSError as error:
            message = f"The template templates/{name} cannot be read: {error.strerror}."
            raise TemplateFault(name, message, "Save it as UTF-8, readable by you.") from None
    return found.hexdigest()
