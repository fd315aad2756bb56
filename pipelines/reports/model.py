"""The report: what one department or unit publishes for a fiscal year, as understood from documents. JSON as in CONTRACT §3.

Amounts stay as printed (text, Decimal in the printed unit, locator). `to_json` / `from_json` are inverse on what the contract names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pipelines.documents.model import Grid, Locator, Paragraph

ReportKind = Literal["final", "budget"]
Scope = Literal["department", "unit"]
PartName = Literal["tables", "narrative", "all"]
Severity = Literal["error", "warning", "info"]


@dataclass(slots=True)
class Value:
    """One printed cell of a statement. `number` is None for blank, "—", "-" and for text that is no number."""

    printed: str
    number: Decimal | None
    locator: Locator | None = None
    confidence: float | None = None  # scans only


@dataclass(slots=True)
class Row:
    """One row of a statement. `keys` holds what else tells it apart: group, level, category, project_name, …"""

    name: str
    code: str | None
    values: dict[str, Value]  # by measure
    side: str | None = None  # income | expenditure | expenditure_by_purpose
    block: str | None = None  # personnel | public
    line_no: int | None = None  # 行次
    keys: dict[str, str] = field(default_factory=dict)
    locator: Locator | None = None  # of the name (or code) cell


@dataclass(slots=True)
class Statement:
    """One table by its role. `key` is t01…t09, b01…b13, or the role (+ `#what tells two apart`) beyond those."""

    key: str
    role: str
    title: str
    unit_of_amount: str | None  # 元 | 千元 | 万元 | 亿元
    rows: list[Row]
    pages: list[int] = field(default_factory=list)
    form_no: str | None = None  # 公开01表
    note: str | None = None  # the 注 under the table
    printed_scope: str | None = None  # three_public: general_public | fiscal | unknown
    locator: Locator | None = None


@dataclass(slots=True)
class NarrativeFact:
    """A number stated in the 情况说明. `value` positive as printed; `direction` increase | decrease for changes."""

    section: str
    metric: str
    value: Decimal
    printed: str
    unit: str
    sentence: str
    locator: Locator | None = None
    direction: str | None = None
    item_no: int | None = None
    item_class: str | None = None
    item_section: str | None = None
    item_name: str | None = None
    item_code: str | None = None
    confidence: float | None = None


@dataclass(slots=True)
class Claim:
    """A statement without a number: comparison_claim, flat_claim, no_activity_claim, reason (why a value changed)."""

    section: str
    kind: str
    text: str
    metric: str | None = None
    direction: str | None = None  # greater | smaller | equal | flat …
    item_name: str | None = None
    item_code: str | None = None
    locator: Locator | None = None


@dataclass(slots=True)
class FundLine:
    line: str
    values: dict[str, Value]  # initial_budget annual_budget executed weight execution_rate score
    recovered_fields: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ManagementLine:
    item: str
    values: dict[str, Value]  # weight score
    explanation: str | None = None
    problem: str | None = None


@dataclass(slots=True)
class Indicator:
    level1: str | None
    level2: str | None
    level3: str
    target: str | None
    actual: str | None
    values: dict[str, Value]  # weight score deviation_pct
    reason: str | None = None


@dataclass(slots=True)
class SelfEvaluation:
    """One 项目支出绩效自评表 (kind=self_evaluation) or performance target form (kind=performance_target)."""

    form_no: int
    project_name: str
    department: str | None
    implementing_unit: str | None
    funds: list[FundLine] = field(default_factory=list)
    management: list[ManagementLine] = field(default_factory=list)
    goals: dict[str, str | None] = field(default_factory=dict)  # expected, actual
    indicators: list[Indicator] = field(default_factory=list)
    totals: dict[str, Value] = field(default_factory=dict)  # total_weight total_score
    empty_level2: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    locator: Locator | None = None
    kind: str = "self_evaluation"
    attributes: dict[str, str] = field(default_factory=dict)  # target forms: nature, category, dates …


@dataclass(slots=True)
class MemberUnit:
    name: str
    note: str | None = None
    locator: Locator | None = None


@dataclass(slots=True)
class GlossaryEntry:
    term: str
    definition: str
    locator: Locator | None = None


@dataclass(slots=True)
class ReadingFinding:
    """A fault found while reading or understanding (unknown header, missing statement, low confidence …)."""

    check_id: str
    severity: Severity
    message: str
    statement: str | None = None
    locator: Locator | None = None


@dataclass(slots=True)
class Unrecognised:
    """Text or a number that no form or pattern takes: said, never dropped."""

    text: str
    why: str
    locator: Locator | None = None


@dataclass(slots=True)
class Identity:
    """Which report this is, from content alone. Unknown fields stay None."""

    region: str | None
    department: str | None  # the publishing body's name as printed
    fiscal_year: int | None
    report_kind: ReportKind | None
    scope: Scope | None
    printed_scope_word: str | None = None  # 部门 | 单位 as printed (cannot be trusted)
    printed_date: str | None = None  # ISO date, or ISO month
    cover_text: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)  # field → the text it was read from


@dataclass(slots=True)
class FilePart:
    """What one file holds of one report."""

    sha256: str
    name: str
    part: PartName


@dataclass(slots=True)
class Report:
    """A report or the part of it that one file holds (then `files` has one entry and `part` says which)."""

    identity: Identity
    unit_of_amount: str | None = None
    files: list[FilePart] = field(default_factory=list)
    member_units: list[MemberUnit] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    facts: list[NarrativeFact] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    evaluations: list[SelfEvaluation] = field(default_factory=list)
    glossary: list[GlossaryEntry] = field(default_factory=list)
    findings: list[ReadingFinding] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    report_id: str | None = None


SectionRole = Literal["cover", "contents", "overview", "members", "statement", "narrative", "glossary", "evaluations", "project", "other"]


@dataclass(slots=True)
class Section:
    """A stretch of a document under one heading. `key` is the canonical heading role (income_expenditure_summary, three_public, …)."""

    role: SectionRole
    heading: str  # as printed, numbering kept: 五、一般公共预算财政拨款支出决算情况说明
    path: tuple[str, ...]  # the headings it lies under, outermost first, itself excluded
    key: str | None
    blocks: list[Paragraph | Grid]


@dataclass(slots=True)
class Outline:
    """The sections of one report in printed order; the table of contents is one section and never matched as body."""

    sections: list[Section]

    def of(self, role: str) -> list[Section]:
        return [s for s in self.sections if s.role == role]
