"""Files that are no report, or not readable: empty, truncated, encrypted, another format, a blank template, no known layout."""

from __future__ import annotations

from pathlib import Path

from staged_home import REPORTS

PDF = "jiangsu/江苏省人大常委会办公厅2019年部门预算公开表.pdf"
TEMPLATE = "templates/附件2：部门决算模板.pdf"

REASONS = {"empty.pdf": "empty", "encrypted.pdf": "encrypted", "template.pdf": "template"}
"""File → the reason it must be refused for."""


def encrypted_pdf(path: Path) -> None:
    """A PDF that asks for a password."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "hidden")
    canvas.save()


def unknown_layout(path: Path) -> None:
    """Tables that no form knows."""
    lines = ["某市某局2023年度资产盘点", "", "编号\t品名\t数量", "1\t桌\t12", "2\t椅\t40"]
    path.write_text("\n".join(lines), "utf-8")


def bad_files(folder: Path) -> set[str]:
    """Writes them into `folder`; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    pdf = (REPORTS / PDF).read_bytes()
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "truncated.pdf").write_bytes(pdf[: len(pdf) // 3])
    encrypted_pdf(folder / "encrypted.pdf")
    (folder / "photo.pdf").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 200)
    (folder / "template.pdf").write_bytes((REPORTS / TEMPLATE).read_bytes())
    unknown_layout(folder / "unknown.txt")
    return {p.name for p in folder.iterdir()}
