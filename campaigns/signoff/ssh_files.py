"""Signature files of `ssh-keygen`, read for use in trust files and envelopes."""

from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.errors import EnvironmentFault, NotTrusted, Where
from campaigns.signoff import sshsig

if TYPE_CHECKING:
    from securesystemslib.signer import Signature


def read(path: Path) -> "Signature":
    """
    Return the signature in the file *path*, under the id of the key that it says it was made with.

    Raises:
        EnvironmentFault: If it cannot be read.
        NotTrusted: If it is no signature of `ssh-keygen`, or for another purpose than ours.
    """
    from securesystemslib.signer import Signature

    from campaigns.signoff.ssh_keys import SshKey

    where = Where(str(path))
    try:
        with path.open("rb") as file:
            text = file.read(4 * sshsig.LARGEST).decode("ascii", "replace")
    except OSError as error:
        message = f"The signature {path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Name the .sig file that ssh-keygen wrote.", where) from None
    try:
        blob = sshsig.unarmour(text)
        found = sshsig.read(blob)
        if found.namespace != sshsig.NAMESPACE:
            why = f"was made for the namespace {found.namespace[:40]!r}"
            raise sshsig.Malformed(why)  # noqa: TRY301 (one refusal for every way to be wrong)
        return Signature(SshKey.from_blob(found.public).keyid, blob.hex())
    except sshsig.Malformed as error:
        message = f"The file {path} {error}."
        hint = f"Sign the file that was written for it: ssh-keygen -Y sign -n {sshsig.NAMESPACE} -f KEY FILE"
        raise NotTrusted(message, hint, where) from None
