"""The name that a workspace has for itself: by which a daemon knows its own claims after a crash."""

import secrets
from pathlib import Path

from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault


def machine_name(folder: Path) -> str:
    """
    Return this workspace's name for itself, made once: whose claims are ours after a crash.

    Raises:
        EnvironmentFault: If it can neither be read nor written.
    """
    path = folder / "local" / "machine"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, secrets.token_hex(8))
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file {path} cannot be used: {error}."
        raise EnvironmentFault(message, "Give this user the right to read and write it.") from None
