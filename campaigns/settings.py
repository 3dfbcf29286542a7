"""The workspace: the current folder and its `cordiale.toml`, overridden by `CORDIALE_*` variables."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from campaigns.errors import Complaint, InvalidDocument, Where

FILE = "cordiale.toml"


class Settings(BaseSettings):
    """
    What an operator may set. Paths are below the workspace.

    Every key may be given as `CORDIALE_KEY`, which wins over the file.
    """

    model_config = SettingsConfigDict(env_prefix="CORDIALE_", extra="forbid", frozen=True)

    root: Path = Field(default=Path())
    database_url: str = "sqlite:///cordiale.db"
    language: str = "en"  #: of reports and pages
    linked_domains: list[str] = Field(default_factory=list)  #: hosts that messages may link to; empty: any
    batch: int = Field(default=256, ge=1, le=5000)  #: releases claimed at a time
    lease: float = Field(default=30.0, ge=1.0)  #: seconds

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the file. No dotenv, no secrets folder."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=FILE)

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
        return Settings()
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
    except ValueError as error:  # tomllib.TOMLDecodeError
        raise InvalidDocument([Complaint(Where(FILE), f"not TOML: {error}", "mend the line it names")]) from None
