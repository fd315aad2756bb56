"""Releases: atomic swap under readers, what a kill leaves behind, keeping the last N; the lock; the bounded reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.settings import Home
from pipelines.warehouse import reader, release
from pipelines.warehouse.lock import Busy, build_lock


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def make(home: Home, number: int, publish: bool = True) -> release.Release:
    release_id = release.new_id(f"{number:08x}")
    path = release.begin(home, release_id)
    con = duckdb.connect(str(path))
    con.execute(f"CREATE SCHEMA core; CREATE TABLE core.t AS SELECT {number} AS n, {number} * 2 AS twice, range AS i FROM range(1000)")
    con.close()
    sealed = release.seal(home, release_id, {"fingerprint": f"{number:08x}"})
    if publish:
        release.publish(home, sealed)
    time.sleep(0.002)  # the id has milliseconds
    return sealed


def test_a_release_is_found_only_once_published(home: Home) -> None:
    assert release.current(home) is None
    sealed = make(home, 1, publish=False)
    assert release.current(home) is None
    release.publish(home, sealed)
    now = release.current(home)
    assert now is not None and now.release_id == sealed.release_id and now.info["published"]
    assert not home.current.readlink().is_absolute()  # a home can be moved


def test_the_last_n_stay_and_the_unpublished_go(home: Home) -> None:
    made = [make(home, n) for n in range(4)]
    make(home, 9, publish=False)
    half = home.releases / ".building-x"
    half.mkdir()
    (half / "warehouse.duckdb").write_bytes(b"half")
    release.clean(home, keep=2)
    assert [r.release_id for r in release.all_releases(home)] == [m.release_id for m in made[2:]]
    assert not half.exists()


def test_the_current_release_stays_even_if_it_is_not_the_newest(home: Home) -> None:
    first, *_ = [make(home, n) for n in range(3)]
    release.publish(home, first)  # an operator went back
    release.clean(home, keep=1)
    assert [r.release_id for r in release.all_releases(home)] == [first.release_id]


def test_a_kill_between_seal_and_swap_leaves_the_old_release(home: Home) -> None:
    old = make(home, 1)
    make(home, 2, publish=False)
    now = release.current(home)
    assert now is not None and now.release_id == old.release_id
    assert reader.query(home, "SELECT n FROM core.t LIMIT 1").rows == [(1,)]


def test_without_links_a_pointer_file_names_the_release(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", no_links)
    make(home, 1)
    second = make(home, 2)
    assert not home.current.exists()
    assert release.current_path(home) == second.database
    monkeypatch.undo()
    third = make(home, 3)
    assert release.current_path(home) == third.database
    assert not (home.warehouse / "current.json").exists()


READER = """
import sys, time, duckdb
from pathlib import Path
current, until = Path(sys.argv[1]), time.time() + float(sys.argv[2])
seen = set()
while len(seen) < 3 and time.time() < until:
    con = duckdb.connect(str(current.resolve()), read_only=True)
    rows = con.execute("SELECT DISTINCT n, twice, count(*) FROM core.t GROUP BY ALL").fetchall()
    assert len(rows) == 1 and rows[0][1] == 2 * rows[0][0] and rows[0][2] == 1000, rows
    seen.add(rows[0][0])
    con.close()
print(len(seen))
"""


def test_ten_readers_during_swaps_see_whole_releases_only(home: Home) -> None:
    make(home, 0)
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, str(home.current), "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(10)
    ]
    number = 0
    while any(r.poll() is None for r in readers):  # they end once they have seen three releases
        number += 1
        make(home, number)
        release.clean(home, keep=5)
        time.sleep(0.05)
    answers = [r.communicate(timeout=20) for r in readers]
    assert [r.returncode for r in readers] == [0] * 10, [e.decode()[-300:] for _, e in answers]
    assert [int(out) for out, _ in answers] == [3] * 10  # swaps happened under each of them


def test_a_reader_keeps_its_file_when_the_release_is_removed(home: Home) -> None:
    make(home, 1)
    con = duckdb.connect(str(reader.database(home)), read_only=True)
    make(home, 2)
    release.clean(home, keep=1)
    assert con.execute("SELECT sum(n) FROM core.t").fetchone() == (1000,)
    con.close()


# -- the lock


def test_the_lock_is_reentrant_in_a_thread_and_exclusive_between_threads(home: Home) -> None:
    with build_lock(home.warehouse), build_lock(home.warehouse):
        caught: list[Exception] = []

        def other() -> None:
            try:
                with build_lock(home.warehouse, wait_seconds=0.1):
                    pass
            except Busy as error:
                caught.append(error)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(caught) == 1 and f"process {os.getpid()}" in str(caught[0])
    with build_lock(home.warehouse, wait_seconds=0):
        pass


HOLDER = """
import sys, time
from pathlib import Path
from pipelines.warehouse.lock import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_holder_leaves_no_lock(home: Home) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(home.warehouse)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    said: list[str] = []
    with pytest.raises(Busy, match=f"process {holder.pid} on"), build_lock(home.warehouse, 0.3, said.append):
        pass
    assert len(said) == 1
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with build_lock(home.warehouse, wait_seconds=0):
        pass


# -- the reader


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DROP TABLE core.t", "only SELECT is allowed, not DROP"),
        ("SELECT 1; SELECT 2", "one SELECT is wanted"),
        ("", "one SELECT is wanted, 0"),
        ("SELEC 1", "syntax error"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled"),
        ("SELECT * FROM '/etc/passwd'", "does not exist"),
        ("SELECT * FROM glob('/*')", "disabled"),
        ("SET memory_limit = '9GB'", "only SELECT is allowed, not SET"),
        ("ATTACH 'x.duckdb'", "only SELECT is allowed, not ATTACH"),
        ("COPY core.t TO 'x.csv'", "only SELECT is allowed, not COPY"),
        ("INSTALL httpfs", "only SELECT is allowed"),
        ("SELECT nothing FROM core.t", "nothing"),
    ],
)
def test_only_one_select_and_nothing_outside(home: Home, sql: str, message: str) -> None:
    make(home, 1)
    with pytest.raises(reader.QueryError, match=message) as caught:
        reader.query(home, sql)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    ["FROM core.t", "WITH x AS (FROM core.t) SELECT * FROM x;", "PIVOT core.t ON n USING sum(i);", "DESCRIBE core.t", "SUMMARIZE core.t"],
)
def test_every_form_of_select_is_allowed(home: Home, sql: str) -> None:
    make(home, 1)
    assert reader.query(home, sql).rows


def test_a_query_is_bounded_in_time_and_memory(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    make(home, 1)
    monkeypatch.setenv("JUESUAN_QUERY_SECONDS", "1")
    monkeypatch.setenv("JUESUAN_QUERY_MEMORY_MB", "100")
    started = time.monotonic()
    with pytest.raises(reader.QueryError, match="longer than 1 s"):
        reader.query(Home(home.root), "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + b.range = -1")
    assert time.monotonic() - started < 10
    monkeypatch.setenv("JUESUAN_QUERY_SECONDS", "60")
    with pytest.raises(reader.QueryError, match="query_memory_mb"):
        reader.query(Home(home.root), "SELECT list(range ORDER BY hash(range)) FROM range(30000000)")


def test_an_answer_is_written_where_it_should_and_nowhere_else(home: Home, tmp_path: Path) -> None:
    make(home, 3)
    out = tmp_path / "an 'answer'.parquet"
    assert reader.copy(home, "SELECT n, i FROM core.t WHERE i < 5;", out, "parquet") == 5
    assert pl.read_parquet(out)["n"].to_list() == [3] * 5
    with pytest.raises(reader.QueryError, match="no such folder"):
        reader.copy(home, "SELECT 1", tmp_path / "no" / "x.csv", "csv")
    with pytest.raises(reader.QueryError, match="disabled"):
        reader.copy(home, "SELECT * FROM read_text('/etc/passwd')", out, "csv")


def test_no_release_says_what_to_do(home: Home) -> None:
    with pytest.raises(reader.NoRelease, match="juesuan build"):
        reader.query(home, "SELECT 1")
