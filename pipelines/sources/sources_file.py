"""raw/sources.yml: which folders, files and list pages are fetched, from which hosts, how politely. Checked on load.

Only hosts named in the file are ever asked; a host with private addresses only when it says `private: true`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator


class SourcesFault(Exception):
    """A fault in sources.yml, as one line: which entry, what, what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Host(_Strict):
    """A host that may be asked, and how gently."""

    name: str
    private: bool = Field(False, description="its addresses may be private or loopback (a mirror in the own network)")
    pause_seconds: float = Field(2.0, ge=0, description="between two requests to this host")
    retries: int = Field(4, ge=0, le=10)
    timeout_seconds: float = Field(30.0, gt=0, description="for one connection or one silent wait")
    max_seconds: float = Field(600.0, gt=0, description="for one file as a whole")
    max_mb: float = Field(200.0, gt=0, description="of one file")


class Folder(_Strict):
    """A folder on this machine."""

    id: str
    kind: Literal["folder"]
    path: Path


class _Remote(_Strict):
    id: str
    url: str
    accept: list[Literal["pdf", "docx", "xlsx", "ole", "zip", "html", "txt", "jpg", "png", "tif"]] = [
        "pdf", "docx", "xlsx", "ole", "zip", "txt", "jpg", "png", "tif",
    ]  # fmt: skip
    """What the bytes may be, told by content. HTML only where asked for: error pages are HTML too."""

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ValueError(f"{value!r} is no http(s) address")
        return value


class RemoteFile(_Remote):
    """One file at one address."""

    kind: Literal["file"]
    published_on: str | None = Field(None, pattern=r"^\d{4}-\d{2}-\d{2}$")


class ListPage(_Remote):
    """A page that lists reports. `link` is searched in the address and the text of each link; `{page}` in `url` is counted."""

    kind: Literal["list"]
    link: str
    first_page: int = 1
    last_page: int = Field(1, ge=0, le=1000)
    follow: str | None = Field(None, description="links of the list that are pages of their own, to be searched for files in turn")

    @field_validator("link", "follow")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"{value!r} is no regular expression: {error}") from None
        return value


Source = Annotated[Folder | RemoteFile | ListPage, Field(discriminator="kind")]


class SourcesFile(_Strict):
    """The whole file. `pairs` join files of one report that do not name their body (CONTRACT §4): names or hashes."""

    hosts: list[Host] = []
    sources: list[Source] = []
    pairs: list[list[str]] = []

    @model_validator(mode="after")
    def _consistent(self) -> SourcesFile:
        ids = [s.id for s in self.sources]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"source id used twice: {', '.join(sorted(twice))}")
        named = {h.name for h in self.hosts}
        for source in self.sources:
            if not isinstance(source, Folder) and (host := urlsplit(source.url).hostname) not in named:
                raise ValueError(f"source {source.id}: host {host} is not named under hosts")
        return self

    def host(self, name: str) -> Host | None:
        return next((h for h in self.hosts if h.name == name), None)


def load(path: Path) -> SourcesFile:
    """The checked file; an absent one is empty. Raises `SourcesFault` with one line for the first fault."""
    if not path.exists():
        return SourcesFile()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf8")) or {}
        return SourcesFile.model_validate(raw)
    except yaml.YAMLError as error:
        raise SourcesFault(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(x) for x in first["loc"])
        raise SourcesFault(f"{path}: {where or 'file'}: {first['msg']}") from None
