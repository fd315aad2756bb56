"""The archive: content-addressed, immutable, two origins for the same bytes; what is not archived; media type by content."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.settings import Home
from pipelines.sources.archive import Archive, walk
from pipelines.sources.media import EXTENSION, media_type


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_bytes_lie_under_their_hash_and_cannot_be_written(home: Home, tmp_path: Path) -> None:
    source = tmp_path / "决算.txt"
    source.write_bytes("一、收入\t1.00\n".encode())
    record, new = Archive(home).add(source)
    assert new
    sha = hashlib.sha256(source.read_bytes()).hexdigest()
    assert record.path == home.archive / sha[:2] / f"{sha}.txt"
    assert record.path.read_bytes() == source.read_bytes()
    assert not record.path.stat().st_mode & 0o222
    assert (record.name, record.size, record.media_type) == ("决算.txt", source.stat().st_size, "text/plain")


def test_same_bytes_twice_are_one_file_with_two_origins(home: Home, tmp_path: Path) -> None:
    archive = Archive(home)
    for name in ("a.pdf", "b.pdf", "a.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7 same")
        archive.add(tmp_path / name)
    (only,) = archive
    assert [o.name for o in only.origins] == ["a.pdf", "b.pdf"]
    assert archive.count() == 1


def test_published_date_of_a_later_origin_counts(home: Home) -> None:
    archive = Archive(home)
    archive.add_bytes(b"x", "x.txt", "/inbox/x.txt")
    archive.add_bytes(b"x", "x.txt", "https://example.invalid/x.txt", published_on="2024-09-01")
    assert next(iter(archive)).published_on == "2024-09-01"


def test_unchanged_paths_are_not_hashed_again_and_changed_ones_are(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.txt").write_text("one")
    archive = Archive(home)
    assert [a.new for a in archive.add_paths([inbox])] == [True]
    read: list[Path] = []
    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: (read.append(self), original(self))[1])
    assert [a.new for a in archive.add_paths([inbox])] == [False]
    assert inbox / "a.txt" not in read
    (inbox / "a.txt").write_text("another")
    assert [a.new for a in archive.add_paths([inbox])] == [True]
    assert archive.count() == 2


def test_a_file_whose_archived_bytes_went_missing_is_archived_again(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    archive = Archive(home)
    record = archive.add(tmp_path / "a.txt")[0]
    record.path.with_suffix(".json").unlink()
    assert archive.add_paths([tmp_path / "a.txt"])[0].new


def test_one_unreadable_path_stops_nobody(home: Home, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("good")
    added = Archive(home).add_paths([tmp_path / "gone.txt", tmp_path / "good.txt"])
    assert added[0].error is not None and "gone.txt" in added[0].error
    assert added[1].new


def test_walk_skips_truth_hidden_and_half_written(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.pdf", ".hidden", "c.pdf.part", "~$d.docx", "truth/t.json", ".git/x", "sub/e.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [p.relative_to(tmp_path).as_posix() for p in walk([tmp_path])] == ["a.pdf", "b.pdf", "sub/e.pdf"]


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name in names:
            z.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (b"%PDF-1.4\n", "pdf"),
        (b"\r\n\x00junk %PDF-1.4\n", "pdf"),
        (b"\xff\xd8\xff\xe0 JPEG named .pdf", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (_zip("word/document.xml"), "docx"),
        (_zip("xl/workbook.xml"), "xlsx"),
        (_zip("report.pdf"), "zip"),
        (b"PK\x03\x04 cut short", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        ("<!DOCTYPE html><p>决算".encode(), "html"),
        ("收入\t1\n".encode("gb18030"), "txt"),
        (b"\xff\xfe6e\x00\x00", "txt"),
        (b"", "txt"),
        (b"\x00\x01\x02", "bin"),
    ],
)
def test_media_type_is_told_by_content(data: bytes, extension: str) -> None:
    assert EXTENSION[media_type(data)] == extension


@given(st.binary(max_size=200))
def test_any_bytes_have_a_media_type_with_an_extension(data: bytes) -> None:
    assert media_type(data) in EXTENSION


def test_an_interrupted_add_leaves_nothing_half_written(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("one")

    def broken(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    added = Archive(home).add_paths([tmp_path / "a.txt"])
    assert added[0].error is not None and "No space left" in added[0].error
    assert [p for p in home.archive.rglob("*") if p.is_file()] == []
    monkeypatch.undo()
    assert Archive(home).add_paths([tmp_path / "a.txt"])[0].new
