"""
Who a workspace is: the name by which a daemon knows its own claims after a crash, bound to the place it was made in.

A copy of a workspace carries the name along, and two machines of one name would each take the other's releases for
their own and send them twice. So the name says on which machine and in which folder it was made, and is of use there
alone. A machine without an id of its own (many containers have none) is told apart by its folder, and by the signs
of life on a shared database (`presence`).
"""

import hashlib
import hmac
import json
import secrets
from pathlib import Path

from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault

IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))  #: systemd's, and what others have instead
FILE = Path("local") / "machine"
CURE = (
    "If nothing publishes from there any more, or if this is to be another machine on the same database: remove "
    "{file}, and start again. Two copies with a database each would publish everything twice: run one of them."
)


def host_id() -> str:
    """Return what tells this machine from others and outlives a restart, made unreadable; "" where there is nothing."""
    for path in IDS:
        try:
            found = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if len(found) == 32 and found.isalnum():  # noqa: PLR2004 (as machine-id(5) has it; "uninitialized" is not one)
            return hmac.new(found.encode(), b"cordiale", hashlib.sha256).hexdigest()[:32]
    return ""


def machine_name(folder: Path) -> str:
    """
    Return this workspace's name for itself, made once: whose claims are ours after a crash.

    Raises:
        EnvironmentFault: If it was made on another machine or in another folder, or can be neither read nor written.
    """
    path = folder / FILE
    here = {"host": host_id(), "folder": str(folder.resolve())}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        said = path.read_text("utf-8").strip() if path.exists() else ""
        there = _read(path, said or secrets.token_hex(8), here)
        if not said.startswith("{"):  # there is none yet, or one from before it was bound to a place
            write_whole(path, json.dumps(there) + "\n")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file {path} cannot be used: {error}."
        raise EnvironmentFault(message, "Give this user the right to read and write it.") from None
    if there["host"] and here["host"] and there["host"] != here["host"]:
        where = "on another machine"
    elif there["folder"] != here["folder"]:
        where = f"in {there['folder']}"
    else:
        return there["name"]
    message = f"This workspace is a copy: it has the name of the machine that publishes {where}."
    raise EnvironmentFault(message, CURE.format(file=path))


def _read(path: Path, said: str, here: dict[str, str]) -> dict[str, str]:
    """Return name, host and folder of what *path* says; a bare name belongs *here*."""
    if not said.startswith("{"):
        return {"name": said, **here}
    try:
        found = json.loads(said)
        return {each: str(found[each]) for each in ("name", "host", "folder")}
    except (ValueError, KeyError):
        message = f"The file {path} is damaged: it does not say who this machine is."
        raise EnvironmentFault(
            message, "Remove it, and start again; what this machine had in hand is recovered when its lease is over."
        ) from None
