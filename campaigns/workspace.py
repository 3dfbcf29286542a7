"""A workspace: the folder in which a campaign is written, signed, published and reported."""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaigns import clock, example
from campaigns.documents import dump, jsonschema, load, schema
from campaigns.errors import EnvironmentFault, Refused, UsageError
from campaigns.settings import FILE
from campaigns.signoff import rehearsal
from campaigns.store import upgrade

#: Where a rehearsal's servers listen, unless the caller says.
SUBSTITUTIONS = {
    "smtp": "127.0.0.1:2525",
    "http": "http://127.0.0.1:8099/hooks",
    "mastodon": "http://127.0.0.1:8098",
}
LEAD = timedelta(hours=1)  #: from now to the first release, unless the caller says

_FROM_NOW = re.compile(r"now(?:\+(\d{1,6})([smhd]))?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_SETTINGS = """\
# Settings of this workspace. CORDIALE_KEY in the environment wins over a key here.
database_url = "sqlite:///cordiale.db"  # or postgresql+psycopg://user@host/name
language = "en"                         # of reports
linked_domains = []                     # hosts that messages may link to; empty: any
approval_lead = 1.0                     # hours before its instant after which an approval is too late
approval_rounds = 3                     # forms put before the partners, after which they are asked to talk
digits = {}                             # such as {ar = "arab"}, where a language's own digits are not wanted
least_free = 200                        # MB of disk below which nothing is claimed
monitor = "127.0.0.1:9464"              # where the daemon answers /metrics, /healthz and /readyz; "": nowhere

# Who is told when something is late, uncertain or failed; try it with `cordiale doctor --send-alert`.
# [alerts]
# to = ["duty@example.org"]             # needs [mail]
# webhook = "https://example.org/hook"  # signed as Standard Webhooks ask, with the secret that is named next
# webhook_credential = "alerts-hook"
# [mail]
# server = "mail.example.org:587"
# sender = "cordiale@example.org"
# credential = "mail"                   # a secret with user and password
"""

_IGNORED = """\
secrets/
keys/*.key
cordiale.db*
outbox/
feed/
trust/local/
"""


@dataclass(frozen=True)
class Created:
    """What was made."""

    folder: Path
    example: str
    campaign: str  #: the id of the example's campaign
    document: Path  #: its file, below `folder`
    partners: tuple[str, ...]
    starts: datetime  #: the example's start, UTC
    entries: int  #: release entries in it
    history: Path | None  #: what `plan --history` takes, where the example has an earlier wave
    files: tuple[Path, ...]  #: every file made, below `folder`, in order of path


def create(
    folder: Path,
    example_name: str | None = None,
    starting: datetime | None = None,
    now: datetime | None = None,
    substitutions: Mapping[str, str] | None = None,
) -> Created:
    """
    Make a workspace in *folder* from an example: settings, campaign, media, secrets, rehearsal trust and database.

    *substitutions* replaces entries of `SUBSTITUTIONS`. Keys and secrets are new in every workspace, and the
    trust file allows rehearsal alone.

    Raises:
        Refused: If *folder* holds anything already.
        UsageError: If there is no such example, or it cannot start then.
        EnvironmentFault: If the folder cannot be written.
    """
    now = now or clock.now()
    starts = (starting or now + LEAD).astimezone(UTC).replace(microsecond=0)
    name = example_name or example.SMALLEST
    content = example.files(name, starts, {**SUBSTITUTIONS, **(substitutions or {})})
    text = content.pop(example.DOCUMENT)
    campaign = load.loads(text.decode(), example.DOCUMENT).document
    # The file is named after its campaign, so that a second campaign finds its place beside it.
    document = Path("campaigns", f"{campaign.campaign}.yaml")
    # The first line tells an editor which schema to complete and underline with; it lies beside the document.
    text = text if text.startswith(dump.HEADER.encode()) else dump.HEADER.encode() + text
    content |= {FILE: _SETTINGS.encode(), ".gitignore": _IGNORED.encode(), document.as_posix(): text}
    content[document.with_name(jsonschema.NAME).as_posix()] = jsonschema.SHIPPED.read_bytes()
    _refuse_what_is_there(folder)
    try:
        _write(folder, content)
        _write_secrets(folder / "secrets", campaign)
        rehearsal.make(folder / "trust", folder / "keys", sorted(campaign.partners), "*", now)
        upgrade.upgrade(f"sqlite:///{folder / 'cordiale.db'}")
    except OSError as error:
        message = f"The workspace {folder} could not be written: {error.strerror or error}."
        raise EnvironmentFault(message, "Check the disk and the folder's permissions.") from error
    return Created(
        folder=folder,
        example=name,
        campaign=campaign.campaign,
        document=document,
        partners=tuple(campaign.partners),
        starts=starts,
        entries=len(campaign.releases),
        history=Path(example.HISTORY) if example.HISTORY in content else None,
        files=tuple(sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())),
    )


def start_instant(text: str, now: datetime) -> datetime:
    """
    Read `now`, `now+20s`, `now+2h` or wall time with an offset, such as 2027-01-12T18:30+01:00.

    Raises:
        UsageError: If *text* is none of these.
    """
    if match := _FROM_NOW.fullmatch(text):
        return now + timedelta(**{_UNITS[match[2] or "s"]: int(match[1] or 0)})
    try:
        return clock.parse_iso(text)
    except ValueError:
        message = f"'{text}' is not a time to start at."
        hint = "Write now+20s, now+2h, or wall time with its offset: 2027-01-12T18:30+01:00."
        raise UsageError(message, hint) from None


def _refuse_what_is_there(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file, so no workspace was made there."
        raise Refused(message, "Name another folder.")
    if folder.exists() and any(folder.iterdir()):
        message = f"The folder {folder} is not empty, so no workspace was made in it."
        raise Refused(message, "Name a new folder, or empty this one.")


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    """Make the workspace's folders, empty ones too, and put the files in their places."""
    for name in ("campaigns", "media", "templates", "keys", "trust"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "secrets").mkdir(mode=0o700)
    for place, data in content.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _write_secrets(folder: Path, campaign: schema.Campaign) -> None:
    """Give every credential that a channel names a new secret, for its owner alone: a webhook's key, or a token."""
    for channel in campaign.channels:
        if channel.credential:
            path = folder / channel.credential
            path.touch(mode=0o600)
            key = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
            path.write_text(f"{key if channel.kind == 'webhook' else secrets.token_urlsafe(32)}\n", "utf-8")
