"""Where things live and how much they may use: one `Settings` per home, read from the environment and HOME/juesuan.toml."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent


def code_data(name: str) -> Path:
    """The folder of shipped data (`sql`, `expectations`, `sample`): inside the wheel, else in the repository."""
    shipped = PACKAGE / "_data" / name
    if shipped.exists():
        return shipped
    return REPOSITORY / ("raw/sample" if name == "sample" else name)


class Limits(BaseSettings):
    """Bounds of one reading worker and of queries, and whom to tell. Environment: JUESUAN_…; file: HOME/juesuan.toml."""

    model_config = SettingsConfigDict(env_prefix="JUESUAN_", extra="ignore")

    max_file_mb: int = Field(200, gt=0)
    max_pages: int = Field(2000, gt=0)
    read_seconds: int = Field(300, gt=0, description="per file")
    read_memory_mb: int = Field(2500, gt=0, description="per worker")
    query_seconds: int = Field(60, gt=0)
    query_memory_mb: int = Field(2000, gt=0)
    build_memory_mb: int = Field(5000, gt=0)
    keep_releases: int = Field(5, ge=1)
    timezone: str = "Asia/Shanghai"
    notify_webhook: str | None = Field(None, description="http(s) address that gets a JSON post when a nightly run does not publish")
    notify_email: str | None = Field(None, description="who gets the mail; needs smtp_host")
    notify_from: str = "juesuan@localhost"
    smtp_host: str | None = None
    smtp_port: int = Field(25, gt=0)
    smtp_user: str | None = None
    smtp_password: str | None = None
    smtp_starttls: bool = False


@dataclass(frozen=True)
class Home:
    """The folders of one home (CONTRACT §1)."""

    root: Path

    @classmethod
    def find(cls, given: Path | str | None = None) -> Home:
        """`--home`, else $JUESUAN_HOME, else the repository."""
        return cls(Path(given or os.environ.get("JUESUAN_HOME") or REPOSITORY).resolve())

    @property
    def inbox(self) -> Path:
        return self.root / "raw" / "inbox"

    @property
    def archive(self) -> Path:
        return self.root / "raw" / "archive"

    @property
    def sources_file(self) -> Path:
        return self.root / "raw" / "sources.yml"

    @property
    def seeds(self) -> Path:
        return self.root / "seeds"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def stage(self) -> Path:
        return self.warehouse / "stage"

    @property
    def releases(self) -> Path:
        return self.warehouse / "releases"

    @property
    def current(self) -> Path:
        return self.warehouse / "current.duckdb"

    @property
    def quarantine(self) -> Path:
        return self.warehouse / "quarantine"

    @property
    def logs(self) -> Path:
        return self.warehouse / "logs"

    @property
    def dagster(self) -> Path:
        return self.warehouse / "dagster"

    @cached_property
    def limits(self) -> Limits:
        file = self.root / "juesuan.toml"

        class Here(Limits):
            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                init_settings: PydanticBaseSettingsSource,
                env_settings: PydanticBaseSettingsSource,
                dotenv_settings: PydanticBaseSettingsSource,
                file_secret_settings: PydanticBaseSettingsSource,
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)

        return Here()  # type: ignore[call-arg]
