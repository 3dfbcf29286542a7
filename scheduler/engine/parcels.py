"""The files that go out with a release: read from the media folder, and held to the digests that were signed."""

from hashlib import sha256
from pathlib import Path

from scheduler.publisher import Refused
from scheduler.releases.outgoing import Outgoing, files_of


def read_media(folder: Path, outgoing: Outgoing) -> dict[str, bytes]:
    """
    Return the bytes of every file that goes out, by digest.

    Raises:
        Refused: If a file is gone, or is no longer what was signed.
    """
    found: dict[str, bytes] = {}
    for item in files_of(outgoing):
        try:
            data = (folder / item.file).read_bytes()
        except OSError as error:
            message = f"The file {item.file} cannot be read: {error.strerror}."
            raise Refused(message, "Put the signed file back, then `cordiale retry`.") from None
        if sha256(data).hexdigest() != item.digest:
            message = f"The file {item.file} is not the one that was signed."
            raise Refused(message, "Put the signed file back, or apply and have the new one signed.")
        found[item.digest] = data
    return found
