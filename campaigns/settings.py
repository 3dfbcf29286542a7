"""
The workspace: the current folder and its `cordiale.toml`, overridden by `CORDIALE_*` variables.

Every command reads it, so it loads little: pydantic checks the values, and finding them is a few lines here.
"""

import json
import os
import tomllib
from pathlib import Path
from typing import Any, Literal, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from campaigns.errors import Complaint, InvalidDocument, Where

FILE = "cordiale.toml"
PREFIX = "CORDIALE_"


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


class Settings(BaseModel):
    """
    What an operator may set. Paths are below the workspace.

    Every key may be given as `CORDIALE_KEY`, which wins over the file; a list is written there as JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    root: Path = Field(default=Path())
    database_url: str = "sqlite:///cordiale.db"
    language: str = "en"  #: of reports and pages
    linked_domains: list[str] = Field(default_factory=list)  #: hosts that messages may link to; empty: any
    spend_gates: tuple[SpendGate, ...] = SPEND_GATES
    clash_gap: float = Field(default=4.0, ge=0.0)  #: hours between two releases to the same audience
    batch: int = Field(default=256, ge=1, le=5000)  #: releases claimed at a time
    lease: float = Field(default=30.0, ge=1.0)  #: seconds

    @property
    def media(self) -> Path:
        """The folder of media files."""
        return self.root / "media"

    @property
    def templates(self) -> Path:
        """The folder whose templates override ours."""
        return self.root / "templates"

    @property
    def trust(self) -> Path:
        """The folder of the trust file, and of what the publishing machine remembers."""
        return self.root / "trust"

    @property
    def secrets(self) -> Path:
        """The folder of secrets, mode 0600, ignored by git."""
        return self.root / "secrets"


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
                Complaint(
                    Where(FILE),
                    f"setting '{'.'.join(str(step) for step in fault['loc'])}': {fault['msg']}",
                    "mend cordiale.toml or the CORDIALE_ variable of that name",
                )
                for fault in error.errors()
            ]
        ) from None


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
            found[name] = json.loads(value) if get_origin(field.annotation) in {list, tuple} else value
        except ValueError:
            hint = f"write it as JSON, such as {variable}='[\"example.org\"]'"
            raise InvalidDocument([Complaint(Where(variable), "is a list, and this is not JSON", hint)]) from None
    return found
