"""Fetching from a real HTTP server on loopback: missing, busy, slow, endless, redirecting, changing and lying answers."""

from __future__ import annotations

import hashlib
import http.server
import threading
import time
from collections import Counter
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

from pipelines.settings import Home
from pipelines.sources.archive import Archive
from pipelines.sources.sources_file import SourcesFault, load
from pipelines.sources.sync import sync

PDF = b"%PDF-1.4\n" + b"0123456789" * 2000


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    hits: Counter[str]
    ranges: list[str]
    edition: int

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on an endless answer is what the test wants."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    pages: ClassVar[dict[str, str]] = {
        "/list/1.html": "<ul><li><a href='/ok.pdf'>2023年度决算</a> <span>2024-09-20</span></li><li><a href='/about'>关于</a></ul>",
        "/list/2.html": "<ul><li><a href='/article.html' title='2023年度部门决算公开'>…</a> 2024年9月3日</li></ul>",
        "/article.html": "<a href='附件/决算 表.pdf'>附件：2023年度部门决算.pdf</a>",
    }

    def log_message(self, *_: object) -> None:
        pass

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.server.hits[self.path] += 1
        if self.path in self.pages:
            return self.reply(200, self.pages[self.path].encode("gb18030"), Content_Type="text/html; charset=gb2312")
        name = self.path.strip("/").replace(".", "_").replace("%", "x")
        getattr(self, f"get_{name}", lambda: self.reply(404, b"<html>no</html>"))()
        return None

    def get_ok_pdf(self) -> None:
        if self.headers.get("If-None-Match") == '"1"':
            return self.reply(304)
        return self.reply(200, PDF, ETag='"1"')

    def __getattr__(self, name: str) -> object:
        if name.startswith("get_xE9x99x84xE4xBBxB6"):  # 附件/决算 表.pdf, percent-encoded
            return lambda: self.reply(200, PDF + b"attachment")
        raise AttributeError(name)

    def get_busy_pdf(self) -> None:
        first = self.server.hits[self.path] < 3
        self.reply(503, b"busy", Retry_After="1") if first else self.reply(200, PDF + b"busy")

    def get_dead_pdf(self) -> None:
        self.reply(503, b"busy")

    def get_slow_pdf(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"%PDF-" + b"x" * 10)
            self.wfile.flush()
            time.sleep(0.1)
        self.close_connection = True

    def get_endless_pdf(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"%PDF-" + b"x" * 65536)

    def get_moved_pdf(self) -> None:
        self.reply(302, Location="/ok.pdf")

    def get_away_pdf(self) -> None:
        self.reply(302, Location="http://elsewhere.invalid/ok.pdf")

    def get_loop_pdf(self) -> None:
        self.reply(302, Location="/loop.pdf")

    def get_changing_pdf(self) -> None:
        self.reply(200, PDF + str(self.server.edition).encode(), ETag=f'"e{self.server.edition}"')

    def get_liar_pdf(self) -> None:
        self.reply(200, b"<!doctype html><html>please log in</html>", Content_Type="application/pdf")

    def get_short_pdf(self) -> None:
        """Promises all, sends half and hangs up; the second time it goes on where it was asked to."""
        asked = self.headers.get("Range")
        if asked:
            self.server.ranges.append(asked)
            start = int(asked.split("=")[1].rstrip("-"))
            return self.reply(206, PDF[start:], Content_Range=f"bytes {start}-{len(PDF) - 1}/{len(PDF)}", ETag='"s"')
        self.send_response(200)
        self.send_header("ETag", '"s"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(PDF)))
        self.end_headers()
        self.wfile.write(PDF[:7000])
        self.wfile.flush()
        self.close_connection = True
        return None

    def get_big_pdf(self) -> None:
        self.reply(200, b"%PDF-", Content_Length=str(10**9))


@pytest.fixture(scope="module")
def server():
    server = Server(("127.0.0.1", 0), Handler)
    server.hits, server.ranges, server.edition = Counter(), [], 1
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()


def run(tmp_path: Path, server: Server, *sources: dict, sleeps: list[float] | None = None, **host: object):
    port = server.server_address[1]
    entries = [{**s, "url": s["url"].replace("SERVER", f"http://127.0.0.1:{port}")} if "url" in s else s for s in sources]
    hosts = [{"name": "127.0.0.1", "private": True, "pause_seconds": 0, "timeout_seconds": 5, **host}]
    file = tmp_path / "raw" / "sources.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump({"hosts": hosts, "sources": entries}, allow_unicode=True), encoding="utf8")
    return sync(Home(tmp_path), sleep=(sleeps if sleeps is not None else []).append)


def one(path: str) -> dict:
    return {"id": "x", "kind": "file", "url": f"SERVER/{path}"}


def outcomes(records) -> list[str]:
    return [r.outcome for r in records]


def test_a_file_once_and_then_not_again(tmp_path, server) -> None:
    first = run(tmp_path, server, {**one("ok.pdf"), "published_on": "2024-09-20"})
    assert outcomes(first) == ["new"]
    file = Archive(Home(tmp_path)).get(first[0].sha256)
    assert file and file.path.read_bytes() == PDF and file.published_on == "2024-09-20" and file.name == "ok.pdf"
    assert outcomes(run(tmp_path, server, one("ok.pdf"))) == ["not_modified"]


def test_a_list_over_pages_and_the_article_behind_it(tmp_path, server) -> None:
    records = run(
        tmp_path,
        server,
        {"id": "l", "kind": "list", "url": "SERVER/list/{page}.html", "last_page": 9, "link": r"\.pdf", "follow": "决算公开"},
    )
    assert outcomes(records) == ["page", "page", "page", "not_found", "new", "new"]
    files = {f.name: f.published_on for f in Archive(Home(tmp_path))}
    assert files == {"ok.pdf": "2024-09-20", "决算 表.pdf": "2024-09-03"}


def test_a_busy_server_is_waited_for_as_it_asks(tmp_path, server) -> None:
    sleeps: list[float] = []
    assert outcomes(run(tmp_path, server, one("busy.pdf"), sleeps=sleeps)) == ["new"]
    assert sleeps == [1.0, 1.0]


@pytest.mark.parametrize(
    ("path", "outcome", "host"),
    [
        ("missing.pdf", "not_found", {}),
        ("dead.pdf", "failed", {"retries": 1}),
        ("slow.pdf", "too_slow", {"max_seconds": 0.4, "retries": 0}),
        ("endless.pdf", "too_large", {"max_mb": 0.5}),
        ("big.pdf", "too_large", {}),
        ("away.pdf", "host_not_named", {}),
        ("loop.pdf", "redirect_loop", {}),
        ("liar.pdf", "wrong_type", {}),
    ],
)
def test_what_cannot_be_had_is_recorded_and_archives_nothing(tmp_path, server, path, outcome, host) -> None:
    records = run(tmp_path, server, one(path), **host)
    assert outcomes(records) == [outcome] and records[0].message and "\n" not in records[0].message
    assert list(Archive(Home(tmp_path))) == []
    assert not list((tmp_path / "raw" / "parts").glob("*.part")) or outcome == "too_slow"


def test_a_redirect_within_named_hosts(tmp_path, server) -> None:
    assert outcomes(run(tmp_path, server, one("moved.pdf"))) == ["new"]


def test_a_changed_file_is_a_second_file(tmp_path, server) -> None:
    run(tmp_path, server, one("changing.pdf"))
    server.edition = 2
    assert outcomes(run(tmp_path, server, one("changing.pdf"))) == ["new"]
    assert len(list(Archive(Home(tmp_path)))) == 2


def test_a_cut_answer_is_resumed(tmp_path, server) -> None:
    records = run(tmp_path, server, one("short.pdf"))
    assert outcomes(records) == ["new"] and records[0].sha256 == hashlib.sha256(PDF).hexdigest()
    assert server.ranges == ["bytes=7000-"]


def test_one_failing_source_stops_nobody(tmp_path, server) -> None:
    records = run(
        tmp_path, server, {**one("missing.pdf"), "id": "a"}, {"id": "f", "kind": "folder", "path": "nowhere"}, {**one("ok.pdf"), "id": "b"}
    )
    assert outcomes(records) == ["not_found", "not_found", "new"]


def test_a_private_address_must_be_named(tmp_path, server) -> None:
    assert outcomes(run(tmp_path, server, one("ok.pdf"), private=False)) == ["private_address"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("sources: [{id: a, kind: file, url: 'http://x.cn/a.pdf'}]", "host x.cn is not named"),
        ("sources: [{id: a, kind: file, url: 'ftp://x.cn/a.pdf'}]", "no http(s) address"),
        ("sources: [{id: a, kind: list, url: 'http://x.cn/', link: '('}]", "no regular expression"),
        ("hosts: [{name: x.cn, paws: 1}]", "Extra inputs"),
        ("a: [", "not YAML"),
    ],
)
def test_a_fault_in_the_file_is_one_line(tmp_path, text, what) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(SourcesFault, match=what.replace("(", r"\(").replace(")", r"\)")) as caught:
        load(path)
    assert "\n" not in str(caught.value) and "sources.yml" in str(caught.value)
