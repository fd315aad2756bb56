"""One polite, bounded HTTP fetch: named hosts only, no private addresses unless named, rate, retries, conditional, resumed.

Uses httpcore directly, because the address is checked where the connection is made (a name that resolves to a private address, also
after a redirect, is never connected to), which higher clients do not let one see.
"""

from __future__ import annotations

import hashlib
import ipaddress
import random
import re
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import httpcore

from pipelines.sources.sources_file import Host, SourcesFile

USER_AGENT = "juesuan (reads published government accounts; one request at a time)"
MAX_REDIRECTS = 5
MAX_WAIT_SECONDS = 120.0  # a Retry-After beyond this is not waited for: the fetch fails and is tried another night
_RETRY_STATUS = {408, 425, 429, 500, 502, 503, 504}


class FetchFault(Exception):
    """A fetch that failed for good. `outcome` is a stable word, the message one line."""

    def __init__(self, outcome: str, message: str):
        super().__init__(message)
        self.outcome = outcome


class _Again(Exception):
    """Worth another try after `wait` seconds (None: the usual back-off)."""

    def __init__(self, message: str, wait: float | None = None):
        super().__init__(message)
        self.wait = wait


@dataclass(slots=True)
class Known:
    """What the last fetch of an address told: for the conditional request."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True)
class Fetched:
    """The answer. `data` is None when the server says it has not changed."""

    url: str
    status: int
    data: bytes | None
    content_type: str | None
    name: str
    etag: str | None = None
    last_modified: str | None = None


class _GuardedBackend(httpcore.SyncBackend):
    """Connects only to addresses of named hosts, checked after resolving."""

    def __init__(self, sources: SourcesFile):
        self.sources = sources

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> Any:
        entry = self.sources.host(host)
        if entry is None:
            raise FetchFault("host_not_named", f"{host} is not named in sources.yml")
        try:
            addresses = sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: name not found ({error})") from None
        if not entry.private and (bad := [a for a in addresses if not ipaddress.ip_address(a.split("%")[0]).is_global]):
            raise FetchFault("private_address", f"{host} resolves to {bad[0]}, not a public address (say private: true to allow it)")
        last: Exception | None = None
        for address in addresses:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError(f"{host}: no address")


@dataclass
class Fetcher:
    """Fetches one address at a time. `parts` is a folder for half-received files, kept for resuming."""

    sources: SourcesFile
    parts: Path
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pool = httpcore.ConnectionPool(network_backend=_GuardedBackend(self.sources), max_connections=4, keepalive_expiry=5)

    def close(self) -> None:
        self._pool.close()

    def get(self, url: str, known: Known | None = None) -> Fetched:
        """The bytes at `url`, following redirects between named hosts. Raises `FetchFault`."""
        host = self._host(url)
        started = time.monotonic()
        tries = 0
        while True:
            try:
                return self._follow(url, known or Known(), started)
            except _Again as again:
                reason, wait = str(again), again.wait
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
                reason, wait = f"{type(error).__name__}: {error}".rstrip(": "), None
            tries += 1
            if tries > host.retries:
                raise FetchFault("failed", f"{url}: {reason} (after {tries} tries)")
            if time.monotonic() - started > host.max_seconds:
                raise FetchFault("too_slow", f"{url}: not done after {host.max_seconds:.0f} s")
            if wait is not None and wait > MAX_WAIT_SECONDS:
                raise FetchFault("asked_to_wait", f"{url}: the server asks to wait {wait:.0f} s")
            self.sleep(wait if wait is not None else min(60.0, 2**tries * 0.5) * random.uniform(0.8, 1.2))

    def _host(self, url: str) -> Host:
        name = urlsplit(url).hostname or ""
        host = self.sources.host(name)
        if host is None:
            raise FetchFault("host_not_named", f"{url}: {name or 'no host'} is not named in sources.yml")
        return host

    def _follow(self, url: str, known: Known, started: float) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            host = self._host(url)
            self._pace(host)
            answer = self._once(url, host, known, started)
            if isinstance(answer, Fetched):
                return answer
            url = urljoin(url, answer)
            if urlsplit(url).scheme not in ("http", "https"):
                raise FetchFault("bad_redirect", f"{url}: redirected to something that is not http(s)")
        raise FetchFault("redirect_loop", f"{url}: more than {MAX_REDIRECTS} redirects")

    def _pace(self, host: Host) -> None:
        wait = self._last.get(host.name, float("-inf")) + host.pause_seconds - time.monotonic()
        if wait > 0:
            self.sleep(wait)
        self._last[host.name] = time.monotonic()

    def _once(self, url: str, host: Host, known: Known, started: float) -> Fetched | str:
        """One request: the answer, or the address it redirects to."""
        part = _Part(self.parts, url)
        headers: dict[bytes | str, bytes | str] = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": "*/*"}
        if part.size and part.validator:
            headers |= {"Range": f"bytes={part.size}-", "If-Range": part.validator}
        elif known.etag or known.last_modified:
            headers |= {"If-None-Match": known.etag} if known.etag else {"If-Modified-Since": str(known.last_modified)}
        wait = dict.fromkeys(("connect", "read", "write", "pool"), host.timeout_seconds)
        with self._pool.stream("GET", _encoded(url), headers=headers, extensions={"timeout": wait}) as response:
            head = {k.decode("latin1").lower(): v.decode("latin1") for k, v in response.headers}
            status = response.status
            if status in (301, 302, 303, 307, 308) and head.get("location"):
                return head["location"]
            if status == 304:
                return Fetched(url, status, None, None, "", known.etag, known.last_modified)
            if status == 416:
                part.drop()
                raise _Again("the server does not know the part already received")
            if status in _RETRY_STATUS:
                raise _Again(f"HTTP {status}", _retry_after(head.get("retry-after")))
            if status not in (200, 206):
                raise FetchFault("not_found" if status in (404, 410) else "refused", f"{url}: HTTP {status}")
            resumed = status == 206 and part.size > 0 and head.get("content-range", "").startswith(f"bytes {part.size}-")
            if not resumed:
                part.drop()
            part.begin(head.get("etag") or head.get("last-modified"), head.get("accept-ranges", "") == "bytes" or status == 206)
            self._receive(url, host, response.iter_stream(), head, part, started)
        data = part.take()
        return Fetched(url, status, data, head.get("content-type"), _file_name(url, head), head.get("etag"), head.get("last-modified"))

    def _receive(self, url: str, host: Host, chunks: Iterable[bytes], head: dict[str, str], part: _Part, started: float) -> None:
        limit = int(host.max_mb * 1024 * 1024)
        promised = int(head["content-length"]) if head.get("content-length", "").isdigit() else None
        if promised is not None and part.size + promised > limit:
            raise FetchFault("too_large", f"{url}: {part.size + promised} bytes, more than {host.max_mb:g} MB")
        for chunk in chunks:
            part.append(chunk)
            if part.size > limit:
                part.drop()
                raise FetchFault("too_large", f"{url}: more than {host.max_mb:g} MB")
            if time.monotonic() - started > host.max_seconds:
                raise FetchFault("too_slow", f"{url}: not done after {host.max_seconds:.0f} s ({part.size} bytes received)")


class _Part:
    """A half-received file on disk with the validator that lets it be resumed."""

    def __init__(self, folder: Path, url: str):
        self.path = folder / (hashlib.sha256(url.encode()).hexdigest()[:24] + ".part")
        self.mark = self.path.with_suffix(".validator")
        self.size = self.path.stat().st_size if self.path.exists() else 0
        self.validator = self.mark.read_text(encoding="utf8") if self.size and self.mark.exists() else None

    def begin(self, validator: str | None, resumable: bool) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if validator and resumable and not validator.startswith("W/"):
            self.mark.write_text(validator, encoding="utf8")
        else:
            self.mark.unlink(missing_ok=True)

    def append(self, chunk: bytes) -> None:
        with self.path.open("ab") as out:
            out.write(chunk)
        self.size += len(chunk)

    def take(self) -> bytes:
        data = self.path.read_bytes() if self.path.exists() else b""
        self.drop()
        return data

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)
        self.size, self.validator = 0, None


def _encoded(url: str) -> str:
    """Chinese characters in paths are percent-encoded, what is encoded stays."""
    parts = urlsplit(url)
    safe = "/%:@!$&'()*+,;=~-._"
    return urlunsplit(parts._replace(path=quote(parts.path, safe=safe) or "/", query=quote(parts.query, safe=safe + "?"), fragment=""))


def _retry_after(value: str | None) -> float | None:
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _file_name(url: str, head: dict[str, str]) -> str:
    """The file's name: that of Content-Disposition, else of the address; without folders."""
    disposition = head.get("content-disposition", "")
    if match := re.search(r"filename\*\s*=\s*(?:UTF-8|utf-8)''([^;]+)", disposition):
        name = unquote(match[1])
    elif match := re.search(r'filename\s*=\s*"?([^";]+)', disposition):
        raw = match[1].strip().encode("latin1", "ignore")
        name = unquote(raw.decode("utf8", "replace") if b"%" not in raw else match[1])
    else:
        name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return re.sub(r"[\\/\x00-\x1f]+", "_", name).strip(". ")[-150:] or "file"
