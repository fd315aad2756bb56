"""What is typeset: every format prints the truth, boxes lie over their figures, errors are recorded, layouts are data."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook

from pipelines.samples import cli_make, contents, corpus, errors, first_run, layout, scan, typeset_pdf, world
from pipelines.samples.compose import Composed, compose
from pipelines.samples.layout import Layout

FORMATS = ("pdf", "docx", "xlsx", "html", "text")


def composed(name: str, kind: int = 6, year: int | None = None) -> tuple[Composed, Layout]:
    form = layout.load(name)
    year = year or min(2022, form.years[1])
    one = world.found(world.place(1), world.catalogue().kinds[kind], 3, min(2018, year), form.reserve)
    scope = form.scopes[0]
    content = contents.final(one, year, scope) if form.kind == "final" else contents.budget(one, year, scope, form.style)
    return compose(content, form), form


def plain_text(data: bytes, format_: str) -> str:
    if format_ == "pdf":
        return "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(data))
    if format_ == "docx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return re.sub(r"<[^>]+>", " ", archive.read("word/document.xml").decode())
    if format_ == "xlsx":
        book = load_workbook(io.BytesIO(data))
        values = [c for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
        return "\n".join(f"{v:,.2f}\n{v:.2f}" if isinstance(v, (int, float)) else str(v) for v in values)
    return data.decode()


@pytest.mark.parametrize("name", layout.names())
def test_every_layout_prints_its_truth(name: str) -> None:
    one, form = composed(name)
    text = ""
    for sheet in one.sheets:
        data = typeset_pdf.write(sheet, form)
        pages = [p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(data)]
        assert all("示例：程序排版，非公开原件" in page for page in pages)
        text += "".join(pages)
    flat = re.sub(r"\s", "", text).replace("％", "%")
    for statement in one.truth.statements:
        assert re.sub(r"\s", "", statement.title) in flat
        for row in statement.rows:
            assert all(v.printed in flat for v in row.values.values())
    assert all(f"{f.printed}{f.unit}" in flat for f in one.truth.facts)
    assert "{" not in flat
    assert len(one.truth.facts) > 40


@pytest.mark.parametrize("format_", FORMATS)
def test_formats_print_the_same_figures_and_repeat_their_bytes(format_: str) -> None:
    one, form = composed("final-national-2022")
    data = corpus.write_sheet(one.sheets[0], form, format_)
    again, _ = composed("final-national-2022")
    assert corpus.write_sheet(again.sheets[0], form, format_) == data
    text = plain_text(data, format_)
    for statement in one.truth.statements:
        for row in statement.rows:
            assert all(v.printed in text for v in row.values.values())
    assert "示例：程序排版，非公开原件" in text or format_ == "docx"


@pytest.mark.parametrize("name", ["final-national-2022", "final-turned", "budget-jiangsu-2019"])
def test_boxes_lie_over_their_figures(name: str) -> None:
    one, form = composed(name)
    sheet = one.sheets[0]
    document = pypdfium2.PdfDocument(typeset_pdf.write(sheet, form, boxes=True))
    printed = 0
    for ref, (number, box) in sheet.boxes.items():
        value = one.truth.statements[ref.statement].rows[ref.row].values[ref.measure]
        if not value.printed:
            continue
        page = document[number - 1]
        x0, top, x1, bottom = box
        if page.get_rotation():  # stored turned: the box is that of the page as displayed
            place = {"left": top, "bottom": x0, "right": bottom, "top": x1}
        else:
            place = {"left": x0, "bottom": page.get_height() - bottom, "right": x1, "top": page.get_height() - top}
        found = page.get_textpage().get_text_bounded(**place)
        assert value.printed in re.sub(r"\s", "", found)
        printed += 1
    cells = sum(bool(v.printed) for s in one.truth.statements for r in s.rows for v in r.values.values())
    assert printed == cells


@pytest.mark.parametrize("kind", errors.KINDS)
def test_each_planted_error_is_printed_and_recorded(kind: str) -> None:
    one, form = composed("final-national-2022", kind=1)
    clean, _ = composed("final-national-2022", kind=1)
    (record,) = errors.plant(one, "seed", [kind])
    assert record["kind"] == kind
    assert record["right"] != record["wrong"]
    text = re.sub(r"\s", "", plain_text(typeset_pdf.write(one.sheets[0], form), "pdf"))
    assert re.sub(r"\s", "", record["wrong"]) in text
    changed = sum(
        a.number != b.number or a.printed != b.printed
        for s, t in zip(one.truth.statements, clean.truth.statements, strict=True)
        for r, q in zip(s.rows, t.rows, strict=True)
        for a, b in zip(r.values.values(), q.values.values(), strict=True)
    )
    facts = sum((a.value, a.direction) != (b.value, b.direction) for a, b in zip(one.truth.facts, clean.truth.facts, strict=True))
    expected = {"wrong_year": (0, 0), "template_words": (0, 0), "name_variant": (0, 0), "percentage_slip": (0, 1), "direction_word": (0, 1)}
    assert (changed, facts) == expected.get(kind, (1, 0))


def test_a_missing_table_is_recorded() -> None:
    form, record = errors.without_table(layout.load("final-national-2022"), "x")
    one = world.found(world.place(1), world.catalogue().kinds[0], 3, 2018)
    truth = compose(contents.final(one, 2022), form).truth
    assert record["statement"] not in {s.key for s in truth.statements}
    assert len(truth.statements) == 8


def test_a_new_layout_is_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in layout.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "final-mine.toml").write_text(
        'extends = "final-national-2022"\nlabel = "新样式"\n[tables.t05]\ntitle = "一般公共预算支出决算表（新）"\ncode_columns = 3\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(layout, "FOLDER", tmp_path)
    for cached in (layout.names, layout.load):
        cached.cache_clear()
    try:
        assert "final-mine" in layout.names()
        one, form = composed("final-mine")
        assert "一般公共预算支出决算表（新）" in plain_text(typeset_pdf.write(one.sheets[0], form), "pdf")
        (tmp_path / "final-bad.toml").write_text('extends = "final-mine"\nzero = "nothing"\n', encoding="utf-8")
        with pytest.raises(ValueError, match=r"layout final-bad: zero") as caught:
            layout.load("final-bad")
        assert "\n" not in str(caught.value)
    finally:
        for cached in (layout.names, layout.load):
            cached.cache_clear()


def test_scan_holds_images_only() -> None:
    one, form = composed("final-shanghai")
    sheet = one.sheets[0]
    sheet.blocks = sheet.blocks[:12]
    pdf = typeset_pdf.write(sheet, form)
    data = scan.write(pdf, scan.Scanner(dpi=72, tilt=0.4, stamp=True), seed=1)
    assert data == scan.write(pdf, scan.Scanner(dpi=72, tilt=0.4, stamp=True), seed=1)
    document = pypdfium2.PdfDocument(data)
    assert len(document) == len(pypdfium2.PdfDocument(pdf))
    assert not document[0].get_textpage().get_text_range().strip()


def test_cli_make_writes_files_and_truth(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    chosen = ["final-national-2022", "budget-national"]
    files = cli_make(tmp_path, 3, (2022, 2022), 5, chosen, ["pdf", "html"], 0.5, lambda *x: seen.append(x), workers=1)
    assert seen[-1][0] == seen[-1][1] == len(files) == 6
    assert {p.suffix for p in files} == {".pdf", ".html"}
    truths = [p for p in sorted((tmp_path / "truth").glob("*.json")) if p.name != "events.json"]
    assert len(truths) == len(files)
    by_name = {}
    planted = 0
    for path in truths:
        truth = json.loads(path.read_text(encoding="utf-8"))
        by_name |= {f["name"]: f["sha256"] for f in truth["files"]}
        planted += len(truth["planted_errors"])
    assert {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files} == by_name
    assert 0 < planted < len(truths)
    assert json.loads((tmp_path / "truth" / "events.json").read_text(encoding="utf-8")) == []


def test_regions_have_a_history() -> None:
    several = corpus.departments(1, 9, (2019, 2023), layout.names())
    assert {e["event"] for d in several for e in d.events} == {"rename", "merge", "split"}
    jobs = corpus.plan(9, (2019, 2023), 1)
    assert {(j.kind, j.scope) for j in jobs} == {("final", "department"), ("budget", "department"), ("final", "unit"), ("budget", "unit")}
    used = {j.layout for j in corpus.plan(18, (2017, 2023), 1)}
    assert used == set(layout.names())


def test_several_processes_give_the_same_bytes(tmp_path: Path) -> None:
    jobs = corpus.plan(8, (2022, 2022), 9, ["final-shanghai", "budget-shanghai"], boxes=False)[:16]
    assert len(jobs) == 16
    one, two = corpus.run(jobs, tmp_path / "one", workers=1), corpus.run(jobs, tmp_path / "two", workers=2)
    assert [p.name for p in one] == [p.name for p in two]
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, (2023, 2021)), "A ≤ B"),
        ((1, (2021, 2022), 1, ["no-such"]), "layout no-such: no file"),
        ((1, (2021, 2022), 1, None, ["odt"]), "unknown format odt"),
    ],
)
def test_cli_make_says_what_is_wrong(tmp_path: Path, arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cli_make(tmp_path, *arguments)  # type: ignore[arg-type]


def test_first_run_plan() -> None:
    jobs = first_run.region_jobs()
    assert 50 <= len(jobs) <= 70
    assert sum(j.errors for j in jobs) >= 4
    (corrected,) = [j for j in jobs if j.revision == 2]
    first = next(
        j
        for j in jobs
        if j.errors and (j.department, j.year, j.kind, j.scope) == (corrected.department, corrected.year, "final", "department")
    )
    assert first.kinds
    wrong, _ = corpus.compose_job(first)
    right, _ = corpus.compose_job(corrected)
    assert wrong.planted
    assert not right.planted
    assert random.Random(1).random()  # the plan draws from generators of its own: the global one is not touched
