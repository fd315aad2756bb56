"""The command line: exit codes, one clear line per error, formats, trace, export; on a small release made without reading."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from pipelines import cli
from pipelines.commands.errors import one_line
from pipelines.settings import Home
from pipelines.sources.archive import Archive
from pipelines.warehouse import release

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F 12 Tf 50 50 Td (1,234.50) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>"""


def juesuan(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of a command run in this process."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    out, errors = capsysbinary.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out.decode(), errors.decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A release with two cells and one error, made by hand."""
    home = Home(tmp_path_factory.mktemp("cli"))
    record, _ = Archive(home).add_bytes(PDF, "决算.pdf", "https://example.invalid/决算.pdf")
    sha, report = record.sha256, "419001-u1-2023-final-department-r1"
    at = json.dumps({"kind": "pdf", "page": 1, "box": [50, 40, 100, 52]})
    release_id = release.new_id("ab" * 4)
    con = duckdb.connect(str(release.begin(home, release_id)))
    con.execute("CREATE SCHEMA core; CREATE SCHEMA quality; CREATE SCHEMA meta; CREATE SCHEMA mart")
    con.execute(f"""
        CREATE TABLE core.cell AS SELECT '{sha[:12]}:t03#1:1:total' AS cell_id, '{report}' AS report_id, 't03' AS statement,
            NULL::VARCHAR AS side, NULL::VARCHAR AS block, 1 AS row_no, NULL::VARCHAR AS code,
            '合计' AS name, 'total' AS measure, '1,234.50' AS printed,
            '万元' AS printed_unit, 12345000::DECIMAL(20,2) AS amount_yuan, '{sha}' AS file_sha256, 1 AS page, 50 AS x0, 40 AS top,
            100 AS x1, 52 AS bottom, '{at}' AS locator, 'first' AS reading, NULL::FLOAT AS confidence;
        INSERT INTO core.cell BY NAME SELECT * REPLACE ('{sha[:12]}:t03#1:2:total' AS cell_id, '=1+1' AS printed, NULL AS amount_yuan,
            '{{"kind":"text","line":7}}' AS locator) FROM core.cell;
        CREATE TABLE core.statement AS SELECT '{report}' AS report_id, 't03' AS statement, '支出决算表' AS title;
        CREATE TABLE core.dim_unit AS SELECT 1 AS unit_key, 'u1' AS unit_id, '某局' AS name, true AS is_current;
        CREATE TABLE core.unit_alias AS SELECT 'u1' AS unit_id, '某某局' AS alias;
        CREATE TABLE core.dim_report AS SELECT '{report}' AS report_id, 'u1' AS unit_id, 1 AS unit_key, 2023 AS fiscal_year,
            'final' AS kind, 'department' AS scope, 1 AS revision, true AS is_current,
            'admitted_with_findings' AS verdict, NULL::DATE AS published_on;
        CREATE TABLE quality.expected AS SELECT 'u1' AS unit_id, '某局' AS unit_name, 2022 AS fiscal_year, 'final' AS kind,
            'department' AS scope, 'register' AS why, DATE '2024-01-20' AS due_on, true AS is_missing;
        CREATE TABLE quality.file_status AS SELECT '{sha}' AS file_sha256, '决算.pdf' AS file_name;
        CREATE TABLE quality.verdict AS SELECT '{report}' AS report_id, 'admitted_with_findings' AS verdict, 95.0 AS score;
        CREATE TABLE quality.finding AS SELECT 'f1' AS finding_id, '{report}' AS report_id, 'total_classes' AS check_id, 'sum' AS kind,
            'error' AS severity, 't03' AS statement, 1 AS page, 1::DECIMAL(20,2) AS expected_yuan, 2::DECIMAL(20,2) AS actual_yuan,
            1::DECIMAL(20,2) AS difference_yuan, 0::DECIMAL(20,2) AS tolerance_yuan, false AS is_rounding,
            ['{sha[:12]}:t03#1:1:total'] AS cell_ids,
            '{sha[:12]}:t03#1:1:total' AS suspect_cell_id, 12340000::DECIMAL(20,2) AS suggested_yuan, '合计不等' AS message;
        CREATE TABLE mart.figures AS SELECT 1.10::DECIMAL(20,2) AS a, ['x', 'y'] AS b, DATE '2024-01-31' AS c, NULL::INTEGER AS d;
        CREATE TABLE meta.release AS SELECT '{release_id}' AS release_id, TIMESTAMP '2024-01-01' AS built_at;
        CREATE TABLE meta.data_dictionary AS SELECT 'mart.figures' AS table_name, 'a' AS column_name, 1 AS ordinal, true AS in_grain;
        COMMENT ON TABLE mart.figures IS '数字 | figures';
    """)
    con.close()
    release.publish(home, release.seal(home, release_id, {"fingerprint": "ab"}))
    return home


Capture = pytest.CaptureFixture[bytes]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["extract"], 2, "Missing argument"),
        (["extract", "/no/such/file.pdf"], 2, "/no/such/file.pdf: no such file or folder"),
        (["build", "/no/such/folder"], 2, "no such file or folder"),
        (["query", "--format", "xml", "SELECT 1"], 2, "xml"),
        (["nonsense"], 2, "nonsense"),
        (["sample", "x", "--years", "soon"], 2, "--years soon"),
        (["verify", "/no/such/file.pdf"], 2, "no such file"),
    ],
)
def test_usage_errors_are_one_line_and_exit_2(capsysbinary: Capture, arguments: list[str], code: int, message: str) -> None:
    got, out, errors = juesuan(capsysbinary, *arguments)
    assert (got, out) == (code, "")
    assert message in errors and errors.startswith("juesuan: ") and errors.count("\n") == 1


@pytest.mark.parametrize("command", [["query", "SELECT 1"], ["audit"], ["trace", "x"], ["export", "out"]])
def test_without_a_release_it_says_what_to_do(capsysbinary: Capture, tmp_path: Path, command: list[str]) -> None:
    code, out, errors = juesuan(capsysbinary, *command, "--home", str(tmp_path / "empty"))
    assert (code, out) == (1, "")
    assert "run `juesuan build` first" in errors and errors.count("\n") == 1


def test_build_without_files_says_where_to_put_them(capsysbinary: Capture, tmp_path: Path) -> None:
    code, _, errors = juesuan(capsysbinary, "build", "--home", str(tmp_path))
    assert code == 1
    assert "no report files: put some into" in errors and not (tmp_path / "warehouse" / "releases").exists()


def test_the_traceback_comes_only_with_verbose(capsysbinary: Capture, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.warehouse.reader.query", lambda *_: 1 / 0)
    code, _, errors = juesuan(capsysbinary, "query", "SELECT 1", "--home", str(home.root))
    assert code == 1 and "Traceback" not in errors and errors.count("\n") == 1 and "ZeroDivisionError" in errors
    code, _, errors = juesuan(capsysbinary, "query", "SELECT 1", "--home", str(home.root), "--verbose")
    assert code == 1 and "Traceback" in errors


def test_query_formats_tell_the_same(capsysbinary: Capture, home: Home, tmp_path: Path) -> None:
    sql = "SELECT * FROM mart.figures"
    where = ("--home", str(home.root))
    _, out, _ = juesuan(capsysbinary, "query", sql, *where, "--format", "csv")
    assert list(csv.reader(io.StringIO(out))) == [["a", "b", "c", "d"], ["1.10", "[x, y]", "2024-01-31", ""]]
    _, out, _ = juesuan(capsysbinary, "query", sql, *where, "--format", "json")
    assert json.loads(out) == [{"a": 1.1, "b": ["x", "y"], "c": "2024-01-31", "d": None}]
    _, out, _ = juesuan(capsysbinary, "query", sql, *where)
    assert "1.10" in out and "2024-01-31" in out
    _, out, errors = juesuan(capsysbinary, "query", "FROM range(10001)", *where)
    assert "only the first 10000 rows" in errors and "9999" in out
    _, out, _ = juesuan(capsysbinary, "query", "FROM range(10001)", *where, "--format", "csv")
    assert out.splitlines()[-1] == "10000"
    target = tmp_path / "answer.parquet"
    code, out, errors = juesuan(capsysbinary, "query", sql, *where, "--out", str(target))
    assert (code, out) == (0, "") and "1 rows" in errors
    assert pl.read_parquet(target)["b"].to_list() == [["x", "y"]]


def test_audit_prints_findings_and_exits_3_on_errors(capsysbinary: Capture, home: Home) -> None:
    code, out, _ = juesuan(capsysbinary, "audit", "--home", str(home.root))
    assert code == 3
    assert "某局 2023 final department: admitted_with_findings" in out
    assert "error   total_classes [t03 page 1]: 合计不等" in out and "would hold with 12,340,000.00 元" in out
    code, out, _ = juesuan(capsysbinary, "audit", "--json", "419001-u1-2023-final-department-r1", "--home", str(home.root))
    assert code == 3 and json.loads(out)["findings"][0]["finding_id"] == "f1"
    code, _, errors = juesuan(capsysbinary, "audit", "nobody", "--home", str(home.root))
    assert code == 1 and "no such report" in errors


def test_trace_tells_the_place_and_draws_the_page(capsysbinary: Capture, home: Home, tmp_path: Path) -> None:
    cell, picture = f"{next(iter(Archive(home))).sha256[:12]}:t03#1:1:total", tmp_path / "page.png"
    code, out, errors = juesuan(capsysbinary, "trace", cell, "--out", str(picture), "--home", str(home.root))
    assert code == 0, errors
    assert "printed    1,234.50 万元 = 12,345,000.00 元" in out
    assert "page 1, box 50.0 40.0 100.0 52.0 pt from the top left" in out
    assert "https://example.invalid/决算.pdf" in out
    from PIL import Image

    with Image.open(picture) as image:
        red = sum(1 for r, g, b in image.convert("RGB").getdata() if r > 180 and g < 90 and b < 90)
    assert red > 100
    code, _, errors = juesuan(capsysbinary, "trace", cell.replace(":1:total", ":2:total"), "--out", str(picture), "--home", str(home.root))
    assert code == 1 and "no picture" in errors
    code, _, errors = juesuan(capsysbinary, "trace", "000000000000:t01#1:1:final", "--home", str(home.root))
    assert code == 1 and "no such cell" in errors


@pytest.mark.parametrize("form", ["parquet", "csv", "xlsx"])
def test_export_is_a_data_package(capsysbinary: Capture, home: Home, tmp_path: Path, form: str) -> None:
    code, _, errors = juesuan(capsysbinary, "export", str(tmp_path), "--format", form, "--home", str(home.root))
    assert code == 0, errors
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    resources = {r["name"]: r for r in package["resources"]}
    figures = resources["mart.figures"]
    assert figures["schema"]["primaryKey"] == ["a"] and figures["description"] == "数字 | figures"
    assert (tmp_path / figures["path"]).stat().st_size == figures["bytes"]
    if form == "parquet":
        assert pl.read_parquet(tmp_path / figures["path"]).columns == [f["name"] for f in figures["schema"]["fields"]]
    if form == "xlsx":
        book = openpyxl.load_workbook(tmp_path / figures["path"])
        assert book.sheetnames[0] == "mart.figures"
        printed = [row[9] for row in book["core.cell"].iter_rows(values_only=True)][1:]
        assert printed == ["1,234.50", "=1+1"]
        assert {c.data_type for c in book["core.cell"]["J"]} == {"s"}  # a printed "=…" is never a formula


def test_status_lists_release_and_reports(capsysbinary: Capture, home: Home) -> None:
    code, out, _ = juesuan(capsysbinary, "status", "--home", str(home.root))
    assert code == 0 and "1 archived" in out and "某局" in out
    assert "missing   某局 2022 final department (in the register, was due 2024-01-20)" in out
    _, out, _ = juesuan(capsysbinary, "status", "--json", "--home", str(home.root))
    told = json.loads(out)
    assert told["reports"][0]["fiscal_year"] == 2023
    assert told["missing"] == [
        {"unit": "某局", "fiscal_year": 2022, "kind": "final", "scope": "department", "why": "register", "due_on": "2024-01-20"}
    ]


def test_what_comes_from_outside_cannot_break_the_terminal() -> None:
    assert one_line("a\x1b[31m.pdf\n b\r\nc\x07") == "a [31m.pdf b c "


def test_the_light_commands_import_nothing_heavy() -> None:
    import subprocess

    heavy = "dagster great_expectations polars pdfplumber pandas"
    script = (
        "import sys\nfrom pipelines import cli\ntry: cli.main(['query', 'SELECT 1', '--home', '/nonexistent'])\nexcept SystemExit: pass\n"
        f"print([m for m in '{heavy}'.split() if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert done.stdout.strip() == "[]"
