"""
The workspace: the current folder and its `cordiale.toml`, overridden by `CORDIALE_*` variables.

Every command reads it, so it loads little: pydantic checks the values, and finding them is a few lines here.
"""

import json
import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from campaigns.errors import Complaint, InvalidDocument, Where
from campaigns.locales import LOCALES

FILE = "cordiale.toml"
PREFIX = "CORDIALE_"
SECRETS = "secrets"  #: the folder of secrets in a workspace

Digits = Literal["latn", "arab", "arabext"]  #: CLDR numbering systems: 123, ١٢٣, ۱۲۳


def _known(tag: str) -> str:
    if tag not in LOCALES:
        message = f"'{tag}' is none of the locales that Cordiale speaks: {', '.join(LOCALES)}"
        raise ValueError(message)
    return tag


Language = Annotated[str, AfterValidator(_known)]


class SpendGate(BaseModel):
    """A sum from which a partner's authority has to agree. Amounts are without value-added tax."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    partner: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    amount: float = Field(gt=0)
    kinds: tuple[str, ...] = ()  #: of budget lines; empty: all
    per: Literal["campaign", "financial_year", "calendar_year"] = "campaign"
    authority: str
    source: str = ""  #: where it is written, and when


_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")


class Signer(BaseModel):
    """Where a signer is told that work waits, and in which language. Staff data: it stays in this file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: str
    language: Literal["en", "fr", "ar"] = "en"

    @model_validator(mode="before")
    @classmethod
    def _an_address_alone(cls, value: Any) -> Any:
        """Read an address alone as a signer who reads English."""
        return {"email": value} if isinstance(value, str) else value

    @field_validator("email")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not _MAIL.match(value):
            message = f"'{value}' is no mail address; write name@example.org"
            raise ValueError(message)
        return value


#: What the first two partners ask for. `[[spend_gates]]` in cordiale.toml replaces all of them.
SPEND_GATES = (
    SpendGate(
        id="uk-amc",
        partner="uk",
        currency="GBP",
        amount=100_000,
        per="financial_year",
        authority="the Cabinet Office (advertising, marketing and communications spend control)",
        source="GCS, spend control guidance",
    ),
    SpendGate(
        id="fr-sig",
        partner="fr",
        currency="EUR",
        amount=90_000,
        kinds=("paid_media",),
        authority="the Service d'information du Gouvernement (agrément in two stages)",
        source="SIG, 2011",
    ),
)


class Mail(BaseModel):
    """How Cordiale's own mail leaves: to operators and signers, never to audiences."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str = ""  #: HOST:PORT or smtp://HOST:PORT (STARTTLS), smtps://HOST:PORT (TLS)
    sender: str = ""  #: whose mail it is, name@example.org
    credential: str = ""  #: the secret with the fields user and password; "": no login


class Alerts(BaseModel):
    """Where the daemon tells of troubles: by mail, to a webhook, to both, or (nothing set) in its log alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: tuple[str, ...] = ()  #: mail addresses of operators
    webhook: str = ""  #: https://… of a receiver that checks the signatures of Standard Webhooks
    webhook_credential: str = ""  #: the secret with the signing key, whsec_…
    gap: float = Field(default=5.0, ge=0.0)  #: minutes between two messages on the same way
    remind: float = Field(default=24.0, gt=0.0)  #: hours after which a trouble that stands is told again

    @model_validator(mode="after")
    def _whole(self) -> "Alerts":
        """Refuse half a way: it would be found out when the first alert has to leave."""
        if self.webhook and not self.webhook_credential:
            message = "a webhook needs `webhook_credential`, the name of its signing key"
            raise ValueError(message)
        return self


class Retention(BaseModel):
    """How many days what names staff is kept. `cordiale privacy prune` ends it; the log still verifies then."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: int = Field(default=2190, ge=1)  #: who, why and details in the event log: six years, to answer for acts
    comments: int = Field(default=730, ge=1)  #: what was said of wordings before they were signed
    notices: int = Field(default=180, ge=1)  #: who was told by mail
    attempts: int = Field(default=365, ge=1)  #: what channels answered
    showings: int = Field(default=365, ge=1)  #: words that were shown instead of what was signed, once that is settled


class Settings(BaseModel):
    """
    What an operator may set. Paths are below the workspace.

    Every key may be given as `CORDIALE_KEY`, which wins over the file; a list is written there as JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    root: Path = Field(default=Path())
    database_url: str = "sqlite:///cordiale.db"
    language: str = "en"  #: of reports
    linked_domains: list[str] = Field(default_factory=list)  #: hosts that messages may link to; empty: any
    digits: dict[Language, Digits] = Field(default_factory=dict)  #: locale -> its digits, where not the locale's own
    same_links: tuple[dict[str, str], ...] = ()  #: each by locale: `gov.uk` here is `diplomatie.gouv.fr` there
    same_handles: tuple[dict[str, str], ...] = ()  #: the same for accounts, with their @
    same_hashtags: tuple[dict[str, str], ...] = ()  #: the same for hashtags, with their #
    spend_gates: tuple[SpendGate, ...] = SPEND_GATES
    retention: Retention = Retention()
    clash_gap: float = Field(default=4.0, ge=0.0)  #: hours between two releases to the same audience
    approval_lead: float = Field(default=1.0, ge=0.0)  #: hours before its instant after which an approval is too late
    approval_rounds: int = Field(default=3, ge=1)  #: forms put before the partners, after which they are asked to talk
    approval_reminder: float = Field(default=24.0, ge=0.0)  #: hours before that, at which signers are told again
    signers: dict[str, Signer] = Field(default_factory=dict)  #: person, as the trust file names them -> address
    batch: int = Field(default=256, ge=1, le=5000)  #: releases claimed at a time
    lease: float = Field(default=30.0, ge=1.0)  #: seconds
    catch_up: float = Field(default=10.0, ge=0.0)  #: minutes over which a channel sends what is overdue; 0: at once
    catch_up_on: dict[str, Annotated[float, Field(ge=0.0)]] = Field(default_factory=dict)  #: the same, by channel
    least_free: int = Field(default=200, ge=0)  #: MB of disk below which nothing is claimed; 0: never mind
    monitor: str = "127.0.0.1:9464"  #: where the daemon answers /metrics, /healthz and /readyz; "": nowhere
    mail: Mail = Mail()
    alerts: Alerts = Alerts()

    @field_validator("same_links", "same_handles", "same_hashtags")
    @classmethod
    def _known_locales(cls, rows: tuple[dict[str, str], ...]) -> tuple[dict[str, str], ...]:
        """Refuse a row for a locale that no wording can be in: it would never be found."""
        for tag in (tag for row in rows for tag in row):
            if tag not in LOCALES:
                message = f"'{tag}' is none of the locales {', '.join(LOCALES)}"
                raise ValueError(message)
        return rows

    @model_validator(mode="after")
    def _mail_can_leave(self) -> "Settings":
        """Refuse addresses to tell without a server to tell them by."""
        if self.alerts.to and not (self.mail.server and self.mail.sender):
            message = "`alerts.to` needs `server` and `sender` in [mail]"
            raise ValueError(message)
        return self

    @property
    def media(self) -> Path:
        """The folder of media files."""
        return self.root / "media"

    @property
    def templates(self) -> Path:
        """The folder whose templates override ours."""
        return self.root / "templates"

    @property
    def lists(self) -> Path:
        """The folder of lists of known terrorist content."""
        return self.root / "lists"

    @property
    def trust(self) -> Path:
        """The folder of the trust file, and of what the publishing machine remembers."""
        return self.root / "trust"

    @property
    def checkpoints(self) -> Path:
        """The folder of the event log's checkpoints: public, and passed between partners."""
        return self.root / "checkpoints"

    @property
    def secrets(self) -> Path:
        """The folder of secrets, mode 0600, ignored by git."""
        return self.root / SECRETS


def load() -> Settings:
    """
    Return the settings of the current folder.

    Raises:
        InvalidDocument: If `cordiale.toml` is not TOML, or sets what is not there to be set.
    """
    try:
        return Settings(**{**_written(), **_in_the_environment()})
    except ValidationError as error:
        raise InvalidDocument(
            [
                _unknown(fault["loc"])
                if fault["type"] == "extra_forbidden"
                else Complaint(
                    Where(FILE),
                    f"setting '{_name(fault['loc'])}': {fault['msg'].removeprefix('Value error, ')}",
                    "mend cordiale.toml or the CORDIALE_ variable of that name",
                )
                for fault in error.errors()
            ]
        ) from None


def _unknown(loc: tuple[int | str, ...]) -> Complaint:
    """Return the complaint about a setting that there is not, with the one that was probably meant."""
    near = get_close_matches(str(loc[-1]), Settings.model_fields, n=1) if len(loc) == 1 else []
    meant = f"did you mean '{near[0]}'? " if near else ""
    return Complaint(Where(FILE), f"unknown setting '{_name(loc)}'", f"{meant}mend cordiale.toml")


def _name(loc: tuple[int | str, ...]) -> str:
    """Return what people call the place of a fault: `digits.ar`."""
    return ".".join(str(step) for step in loc if step != "[key]")


def _written() -> dict[str, Any]:
    """Return what the file says; nothing where there is no file."""
    try:
        return tomllib.loads(Path(FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InvalidDocument([Complaint(Where(FILE), f"cannot be read: {error.strerror}", "mend the file")]) from None
    except ValueError as error:  # not UTF-8, or tomllib.TOMLDecodeError
        raise InvalidDocument([Complaint(Where(FILE), f"not TOML: {error}", "mend the line it names")]) from None


def _in_the_environment() -> dict[str, Any]:
    """Return what the variables of our keys say; other variables are none of our business."""
    found: dict[str, Any] = {}
    for variable, value in os.environ.items():
        name = variable.upper().removeprefix(PREFIX).lower()
        field = Settings.model_fields.get(name)
        if field is None or not variable.upper().startswith(PREFIX):
            continue
        try:
            found[name] = json.loads(value) if _structured(field.annotation) else value
        except ValueError:
            hint = f"write it as JSON, such as {variable}='[\"example.org\"]'"
            raise InvalidDocument([Complaint(Where(variable), "is a list, and this is not JSON", hint)]) from None
    return found


def _structured(annotation: Any) -> bool:
    """Return whether a setting is more than one value, so that a variable holds it as JSON."""
    return annotation in {Mail, Alerts} or get_origin(annotation) in {dict, list, tuple}
