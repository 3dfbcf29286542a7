"""
The one door to the secrets. Found by name, never shown, never stored.

First found of `$CREDENTIALS_DIRECTORY/NAME`, `secrets/NAME` in the workspace (mode 0600), and the
variable `CORDIALE_CREDENTIAL_NAME` (upper case, `-` as `_`). Several fields are written as TOML
(`user = "…"`, `password = "…"`, and `expires = 2027-03-01` where it ends); anything else is one line, the field
`token`.
"""

import base64
import json
import os
import re
import stat
import tomllib
from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

from campaigns.settings import SECRETS, Settings
from scheduler.errors import CredentialFault
from scheduler.publisher import Endpoint, Refused

HIDDEN = "[hidden]"  #: what stands in a text where a secret stood
SHORTEST = 4  #: a value below this many characters is refused: hiding it would garble every log

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\Z")
_FIELD = re.compile(r"\s*[A-Za-z0-9_-]+\s*=\s*[\"']")
_OPEN_FIELDS = frozenset({"user", "expires"})  # names of accounts and days, shown to people

_concealed: set[str] = set()
_pattern: list[re.Pattern[str]] = []
_kept: dict[str, tuple[tuple[int, ...], "Secret"]] = {}  # by file: what it was like when it was read, and what it said


class Secret:
    """The fields of one credential. Neither `repr`, `str` nor a pickle gives a value away."""

    __slots__ = ("_fields", "name")

    def __init__(self, name: str, fields: dict[str, str]) -> None:
        self.name = name
        self._fields = fields
        for field, value in fields.items():
            if field not in _OPEN_FIELDS:
                conceal(value)

    def __repr__(self) -> str:
        return f"Secret({self.name!r}: {', '.join(sorted(self._fields))})"

    def __reduce__(self) -> str | tuple[object, ...]:
        message = "a secret is not pickled"
        raise TypeError(message)

    def get(self, field: str) -> str | None:
        """Return the value of *field*, None where the credential has none."""
        return self._fields.get(field)

    def need(self, field: str) -> str:
        """
        Return the value of *field*.

        Raises:
            CredentialFault: If the credential has no such field.
        """
        try:
            return self._fields[field]
        except KeyError:
            message = f"Credential '{self.name}' has no field '{field}'; it has {', '.join(sorted(self._fields))}."
            raise CredentialFault(message, f'Add a line {field} = "…" to it.') from None


def find(name: str, settings: Settings) -> Secret:
    """
    Return the credential called *name*.

    Raises:
        CredentialFault: If it is in none of the three places, others may read it, or it is not of the right form.
    """
    for place, private in _places(settings.root, name):
        if (found := _written(name, place, private=private)) is not None:
            return found
    variable = f"CORDIALE_CREDENTIAL_{name.upper().replace('-', '_')}"
    if os.environ.get(variable):
        return Secret(name, _parse(name, os.environ[variable]))
    message = f"Credential '{name}' was not found."
    hint = f"Put it in $CREDENTIALS_DIRECTORY/{name}, in secrets/{name} (mode 0600), or in the variable {variable}."
    raise CredentialFault(message, hint)


def of(endpoint: Endpoint, settings: Settings) -> Secret:
    """
    Return the credential of a channel, in the words of a publication.

    Raises:
        Refused: With `credential` set, if the channel names none or it cannot be used; the release waits.
    """
    if endpoint.credential is None:
        message = f"Channel {endpoint.channel} names no credential."
        raise Refused(message, "Add `credential: NAME` to the channel.", credential=True)
    try:
        return find(endpoint.credential, settings)
    except CredentialFault as fault:
        message = f"Channel {endpoint.channel}: {fault.message}"
        raise Refused(message, fault.hint, credential=True) from None


def need(endpoint: Endpoint, settings: Settings, field: str) -> str:
    """
    Return one field of a channel's credential.

    Raises:
        Refused: With `credential` set, as `of`.
    """
    return needs(endpoint, settings, field)[0]


def needs(endpoint: Endpoint, settings: Settings, *fields: str) -> list[str]:
    """
    Return several fields of a channel's credential, of one and the same reading.

    Raises:
        Refused: With `credential` set, as `of`.
    """
    secret = of(endpoint, settings)
    try:
        return [secret.need(field) for field in fields]
    except CredentialFault as fault:
        message = f"Channel {endpoint.channel}: {fault.message}"
        raise Refused(message, fault.hint, credential=True) from None


def conceal(value: str) -> None:
    """Let `redact` hide *value* from now on: as it is, in URLs, in base64, and as JSON, Python and HTML write it."""
    if not value or value in _concealed:
        return
    encoded = base64.b64encode(value.encode()).decode()
    forms = {value, quote(value), quote(value, safe=""), quote_plus(value), encoded, encoded.rstrip("=")}
    # As logs, tracebacks and pages write a text that has quotes, backslashes or letters outside ASCII.
    for text in (value, repr(value)[1:-1]):
        forms |= {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], escape(text)}
    _concealed.update(form for form in forms if len(form) >= SHORTEST)
    longest_first = sorted(_concealed, key=len, reverse=True)
    _pattern[:] = [re.compile("|".join(re.escape(form) for form in longest_first))]


def redact(text: str) -> str:
    """Return *text* with every secret that was loaded replaced by `[hidden]`."""
    return _pattern[0].sub(HIDDEN, text) if _pattern else text


@lru_cache(maxsize=1024)
def _places(root: Path, name: str) -> tuple[tuple[str, bool], ...]:
    """
    Return the paths of the files that *name* may stand in, and whether others may not read them.

    As text, and found once: to put a path together costs more than to ask the system about the file.
    """
    if not _NAME.match(name):
        message = f"'{name}' is not a credential's name."
        raise CredentialFault(message, "Use lower-case letters, digits, - and _.")
    ours = str(root / SECRETS / name), True
    folder = os.environ.get("CREDENTIALS_DIRECTORY")  # systemd sets it when the process starts
    return (((str(Path(folder) / name)), False), ours) if folder else (ours,)


def _written(name: str, place: str, *, private: bool) -> Secret | None:
    """Return the secret in a file, None where it is not there; it is read again when anything about it has changed."""
    try:
        at = os.stat(place)  # noqa: PTH116 (with each publication)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return Secret(name, _parse(name, _read(Path(place))))
    mark = (at.st_dev, at.st_ino, at.st_mode, at.st_size, at.st_mtime_ns, at.st_ctime_ns)
    kept = _kept.get(place)
    if kept is None or kept[0] != mark:
        path = Path(place)
        kept = mark, Secret(name, _parse(name, _read(_private(name, path) if private else path)))
        _kept[place] = kept
    return kept[1]


def _private(name: str, path: Path) -> Path:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        message = f"secrets/{name} is not a file."
        raise CredentialFault(message, "Put the secret in a plain file of that name.")
    if mode & 0o077:
        message = f"Others may read secrets/{name} (mode {stat.S_IMODE(mode):04o})."
        raise CredentialFault(message, f"Close it: chmod 600 secrets/{name}. If others had access, replace the secret.")
    return path


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"Credential '{path.name}' cannot be read: {type(error).__name__}."
        raise CredentialFault(message, "Check that it is a text file that this user may read.") from None


def _parse(name: str, text: str) -> dict[str, str]:
    """Read TOML where every value is a string or a day; else one line is the token. Never quotes what it read."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        data = {}
    data = {field: value.isoformat() if type(value) is date else value for field, value in data.items()}
    if data and all(isinstance(value, str) for value in data.values()):
        fields: dict[str, str] = {field: value.strip() for field, value in data.items()}
    elif _FIELD.match(text):
        message = f"Credential '{name}' looks like TOML and is not."
        raise CredentialFault(message, 'Write each field on a line of its own: user = "…", then password = "…".')
    else:
        fields = {"token": text.strip()}
    for field, value in fields.items():
        if (len(value) < SHORTEST and field not in _OPEN_FIELDS) or not value.isprintable():
            message = f"Credential '{name}' has no usable {field}: it is empty, too short or has more than one line."
            raise CredentialFault(
                message, f"Write one line of {SHORTEST} characters or more, or several fields as TOML."
            )
    return fields
