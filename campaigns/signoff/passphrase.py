"""
Passphrases of private keys: from a file, or from whoever sits at the terminal. Never an argument, never in a log.

A file is named by the command, or by `CORDIALE_PASSPHRASE_FILE`; only its owner may read it. Its last line end is
not part of the passphrase.
"""

import os
import stat
import sys
from pathlib import Path

from campaigns.errors import EnvironmentFault, NotTrusted, Refused, UsageError, Where

VARIABLE = "CORDIALE_PASSPHRASE_FILE"
SHORTEST = 12  #: characters of a new one
TRIES = 3
_LARGEST = 4096  #: bytes


def given() -> Path | None:
    """Return the file that the environment names for passphrases; none: ask."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def read(path: Path) -> bytes:
    """
    Return the passphrase in the file *path*.

    Raises:
        EnvironmentFault: If it cannot be read.
        NotTrusted: If others may read it.
        Refused: If it is empty or too long to be one.
    """
    where = Where(str(path))
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            held = file.read(_LARGEST + 1)
    except OSError as error:
        message = f"The passphrase file {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Name the right file, or leave it out to be asked.", where) from None
    if mode & 0o077:
        message = f"The passphrase file {path} can be read by others (mode {mode:04o})."
        raise NotTrusted(message, f"Close it with `chmod 600 {path}`, and change the passphrase.", where)
    found = held.removesuffix(b"\n").removesuffix(b"\r")
    if not found or len(held) > _LARGEST:
        message = f"The file {path} holds no passphrase."
        raise Refused(message, "Put the passphrase on its first line, and nothing else into it.", where)
    return found


def of_key(path: Path) -> bytes:
    """
    Return the passphrase of the private key *path*, from the file that the environment names or from the terminal.

    Raises:
        UsageError: If there is neither.
    """
    file = given()
    if file is not None:
        return read(file)
    return _ask(f"Passphrase of {path}: ", path)


def chosen(path: Path, file: Path | None = None) -> bytes:
    """
    Return a passphrase for a new key at *path*: from *file*, or from the one the environment names, or typed twice.

    Raises:
        Refused: If both typings differ, or it is shorter than `SHORTEST`.
        UsageError: If there is neither a file nor a terminal.
    """
    file = file or given()
    found = read(file) if file is not None else _ask(f"Passphrase for {path}: ", path)
    if len(found.decode("utf-8", "replace")) < SHORTEST:
        message = f"The passphrase is shorter than {SHORTEST} characters."
        raise Refused(message, "Take four or five words that do not belong together.")
    if file is None and _ask("The same once more: ", path) != found:
        message = "The two passphrases differ, so no key was made."
        raise Refused(message, "Run the command again.")
    return found


def can_ask() -> bool:
    """Return whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def _ask(prompt: str, path: Path) -> bytes:
    from getpass import getpass

    if not can_ask():
        message = f"The private key {path} needs a passphrase, and there is no terminal to ask on."
        raise UsageError(message, f"Name a file that holds it, mode 0600: {VARIABLE}=FILE before the command.")
    return getpass(prompt).encode("utf-8", "surrogateescape")
