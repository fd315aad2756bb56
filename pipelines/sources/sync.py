"""Sync: everything sources.yml names, fetched into the archive; every fetch recorded in raw/fetches.jsonl."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipelines.documents.charset import decode
from pipelines.documents.model import Refused
from pipelines.settings import Home
from pipelines.sources.archive import Archive
from pipelines.sources.fetch import Fetched, Fetcher, FetchFault, Known
from pipelines.sources.listing import Link, links
from pipelines.sources.media import EXTENSION, media_type
from pipelines.sources.sources_file import Folder, ListPage, RemoteFile, SourcesFile, load


@dataclass(frozen=True)
class FetchRecord:
    """One line of raw/fetches.jsonl. `outcome`: new, known, not_modified, or a fault's word (not_found, wrong_type, too_large, …)."""

    source: str
    url: str
    at: str
    outcome: str
    message: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    seconds: float = 0.0
    etag: str | None = None
    last_modified: str | None = None

    @property
    def failed(self) -> bool:
        return self.outcome not in ("new", "known", "not_modified", "page")


def sync(
    home: Home, on_record: Callable[[FetchRecord], None] | None = None, sleep: Callable[[float], None] = time.sleep
) -> list[FetchRecord]:
    """Fetch all sources in order. One failing source stops nobody; raises `SourcesFault` only for a faulty sources.yml."""
    sources = load(home.sources_file)
    run = _Sync(home, sources, on_record, sleep)
    try:
        for source in sources.sources:
            if isinstance(source, Folder):
                run.folder(source)
            elif isinstance(source, RemoteFile):
                run.file(source, source.url, source.published_on)
            else:
                run.list_page(source)
    finally:
        run.fetcher.close()
    return run.records


class _Sync:
    def __init__(self, home: Home, sources: SourcesFile, on_record: Callable[[FetchRecord], None] | None, sleep: Callable[[float], None]):
        self.home = home
        self.archive = Archive(home)
        self.fetcher = Fetcher(sources, parts=home.root / "raw" / "parts", sleep=sleep)
        self.on_record = on_record
        self.records: list[FetchRecord] = []
        self.log = home.root / "raw" / "fetches.jsonl"
        self.known = dict(_last_validators(self.log))

    # -- kinds of source

    def folder(self, source: Folder) -> None:
        path = source.path if source.path.is_absolute() else self.home.root / source.path
        if not path.is_dir():
            self._record(source.id, str(path), "not_found", f"{path}: no such folder")
            return
        for added in self.archive.add_paths([path]):
            if added.error:
                self._record(source.id, str(added.path), "failed", added.error)
            elif added.new:
                self._record(source.id, str(added.path), "new", sha256=added.sha256)

    def file(self, source: RemoteFile | ListPage, url: str, published_on: str | None) -> None:
        started = time.monotonic()
        try:
            answer = self.fetcher.get(url, self.known.get(url))
        except FetchFault as fault:
            self._record(source.id, url, fault.outcome, str(fault), seconds=time.monotonic() - started)
            return
        if answer.data is None:
            self._record(source.id, url, "not_modified", seconds=time.monotonic() - started, answer=answer)
            return
        kind = EXTENSION[media_type(answer.data)]
        if not answer.data or kind not in source.accept:
            what = f"a {kind} file" if answer.data else "nothing"
            message = f"{url}: the server sent {what}, the source accepts {', '.join(source.accept)}"
            self._record(source.id, url, "wrong_type", message, seconds=time.monotonic() - started)
            return
        file, new = self.archive.add_bytes(answer.data, answer.name, url, published_on)
        self._record(source.id, url, "new" if new else "known", sha256=file.sha256, seconds=time.monotonic() - started, answer=answer)

    def list_page(self, source: ListPage) -> None:
        """The pages of the list, the pages it links to where `follow` says so, then every file found, each once."""
        found: dict[str, Link] = {}
        pages = (
            [source.url.replace("{page}", str(n)) for n in range(source.first_page, source.last_page + 1)]
            if "{page}" in source.url
            else [source.url]
        )
        for url in pages:
            html = self._page(source, url)
            if html is None:
                if len(pages) > 1:
                    break  # past the last page
                continue
            fresh = [link for link in links(html, url, source.link) if link.url not in found]
            inner = links(html, url, source.follow) if source.follow else []
            found |= {link.url: link for link in fresh}
            for page in inner:
                if page.url in found or (inner_html := self._page(source, page.url)) is None:
                    continue
                for link in links(inner_html, page.url, source.link):
                    found.setdefault(link.url, Link(link.url, link.text, link.published_on or page.published_on))
            if len(pages) > 1 and not fresh and not inner:
                break
        for link in found.values():
            self.file(source, link.url, link.published_on)

    def _page(self, source: ListPage, url: str) -> str | None:
        started = time.monotonic()
        try:
            answer = self.fetcher.get(url)
        except FetchFault as fault:
            self._record(source.id, url, fault.outcome, str(fault), seconds=time.monotonic() - started)
            return None
        self._record(source.id, url, "page", seconds=time.monotonic() - started)
        return _decoded(answer)

    def _record(
        self,
        source: str,
        url: str,
        outcome: str,
        message: str | None = None,
        sha256: str | None = None,
        seconds: float = 0.0,
        answer: Fetched | None = None,
    ) -> None:
        record = FetchRecord(
            source=source,
            url=url,
            at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            outcome=outcome,
            message=message,
            sha256=sha256,
            bytes=len(answer.data) if answer and answer.data is not None else None,
            seconds=round(seconds, 3),
            etag=answer.etag if answer else None,
            last_modified=answer.last_modified if answer else None,
        )
        self.records.append(record)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            out.write(orjson.dumps(asdict(record)) + b"\n")
        if self.on_record:
            self.on_record(record)


def _last_validators(log: Path) -> Iterator[tuple[str, Known]]:
    """What each address last told of itself, from the log; a line cut by a crash is passed over."""
    if not log.exists():
        return
    for line in log.read_bytes().splitlines():
        try:
            entry = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if entry["outcome"] in ("new", "known", "not_modified") and (entry["etag"] or entry["last_modified"]):
            yield entry["url"], Known(entry["etag"], entry["last_modified"])


def _decoded(answer: Fetched) -> str:
    """The page's text; a page that is no text lists nothing."""
    charset = re.search(r"charset=([\w-]+)", answer.content_type or "")
    try:
        return decode(answer.data or b"", charset[1] if charset else None)[0]
    except Refused:
        return ""
