"""A file is written whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from campaigns.errors import EnvironmentFault


def write_whole(target: Path, text: str | bytes) -> None:
    """
    Write *text* (a str as UTF-8) to *target*: beside it first, to the disk, then under its name.

    Raises:
        EnvironmentFault: If it cannot be written; what stood there before stands there still.
    """
    if target.exists() and not target.is_file():
        message = f"{target} is not a file, so it is not replaced."
        raise EnvironmentFault(message, "Name a file; without one, the text goes to standard output.")
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary:
            with suppress(OSError):  # the first fault is the one to tell
                Path(temporary).unlink()
        message = f"{target} was not written: {error.strerror or error}."
        hint = "Name a folder that exists and may be written, on a disk with room; nothing was changed there."
        raise EnvironmentFault(message, hint) from None
