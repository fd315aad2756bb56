"""The final accounts (决算) of a department from its books: nine statements and the metrics of the narrative, in 元."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pipelines.reports.model import Row, Statement
from pipelines.samples.accounts import FISCAL, ZERO, Book
from pipelines.samples.content import Metrics, row, valued
from pipelines.samples.text import numeral
from pipelines.samples.world import economic_codes, function_classes, subject_name

Measure = Callable[[str], Decimal]


def subject_rows(codes: set[str], year: int, measures: dict[str, Measure]) -> list[Row]:
    """合计, then classes, sections and items with their sums; rows that are nothing throughout are left out."""
    every = sorted({c[:n] for c in codes for n in (3, 5, 7)})
    rows = [valued("合计", None, {m: f("") for m, f in measures.items()})]
    for code in every:
        values = {m: f(code) for m, f in measures.items()}
        if any(values.values()):
            rows.append(valued(subject_name(code, year), code, values))
    return rows


def items(book: Book, fund: str | None = None) -> set[str]:
    """The functional items a book touches."""
    return {c for c, f, _ in book.spent if fund in (None, f)} | {
        c for c, f in (*book.income, *book.opening, *book.closing) if fund in (None, f)
    }


def basic_rows(book: Book, year: int, codes: list[str] | None = None) -> list[Row]:
    """Economic items in the two blocks of the basic expenditure table, with their totals."""
    rows = []
    for code in codes or economic_codes():
        block = "personnel" if code[:3] in ("301", "303") else "public"
        amount = book.group(code) if len(code) == 3 else book.economic.get(code, ZERO)
        rows.append(row(subject_name(code, year), code, block=block, final=amount))
    rows.append(row("人员经费合计", block="personnel", final=book.group("301", "303")))
    rows.append(row("公用经费合计", block="public", final=book.group("302", "307", "310", "399")))
    return rows


def three_public_row(plan: Book, book: Book) -> Row:
    """预算数 and 决算数 of the 三公 items."""
    values: dict[str, Decimal] = {}
    for prefix, one in (("budget", plan), ("final", book)):
        t = one.three_public
        vehicle = t["vehicle_purchase"] + t["vehicle_operation"]
        values |= {
            f"{prefix}_total": t["abroad"] + vehicle + t["reception"],
            f"{prefix}_abroad": t["abroad"],
            f"{prefix}_vehicle_total": vehicle,
            f"{prefix}_vehicle_purchase": t["vehicle_purchase"],
            f"{prefix}_vehicle_operation": t["vehicle_operation"],
            f"{prefix}_reception": t["reception"],
        }
    return valued("三公经费", None, values)


def statements(book: Book, plan: Book, year: int) -> list[Statement]:
    """The nine statements; a statement says nothing of how it is printed."""
    out: list[Statement] = []

    def add(key: str, role: str, rows: list[Row]) -> None:
        out.append(Statement(key, role, "", "元", rows))

    spent, receipts = book.spending, book.receipts
    surplus_name = "用事业基金弥补收支差额" if year < 2020 else "使用非财政拨款结余" if year < 2022 else "使用非财政拨款结余（含专用结余）"
    income_lines = [
        ("一般公共预算财政拨款收入", receipts(["general_public"])),
        ("政府性基金预算财政拨款收入", receipts(["government_fund"])),
        ("国有资本经营预算财政拨款收入", receipts(["state_capital"])),
        ("上级补助收入", ZERO),
        ("事业收入", receipts(["business_income"])),
        ("经营收入", ZERO),
        ("附属单位上缴收入", ZERO),
        ("其他收入", receipts(["other"])),
    ]
    if year < 2020:
        income_lines.pop(2)
    total_in = receipts() + book.surplus_used + book.balance("opening")
    t01 = [row(f"{numeral(i)}、{n}", side="income", final=v) for i, (n, v) in enumerate(income_lines, 1)]
    t01 += [
        row(f"{numeral(i)}、{subject_name(c, year)}", side="expenditure", final=spent(code=c))
        for i, c in enumerate(function_classes(year), 1)
    ]
    t01 += [
        row("本年收入合计", side="income", final=receipts()),
        row(surplus_name, side="income", final=book.surplus_used),
        row("年初结转和结余", side="income", final=book.balance("opening")),
        row("总计", side="income", final=total_in),
        row("本年支出合计", side="expenditure", final=spent()),
        row("结余分配", side="expenditure", final=book.surplus_distributed),
        row("年末结转和结余", side="expenditure", final=book.balance("closing")),
        row("总计", side="expenditure", final=spent() + book.surplus_distributed + book.balance("closing")),
    ]
    add("t01", "income_expenditure_summary", t01)
    add(
        "t02",
        "income",
        subject_rows(
            items(book),
            year,
            {
                "total": lambda c: receipts(code=c),
                "fiscal_appropriation": lambda c: receipts(FISCAL, c),
                "superior_subsidy": lambda c: ZERO,
                "business_income": lambda c: receipts(["business_income"], c),
                "operating_income": lambda c: ZERO,
                "subsidiary_remittance": lambda c: ZERO,
                "other": lambda c: receipts(["other"], c),
            },
        ),
    )
    add(
        "t03",
        "expenditure",
        subject_rows(
            items(book),
            year,
            {
                "total": lambda c: spent(code=c),
                "basic": lambda c: spent(kind="basic", code=c),
                "project": lambda c: spent(kind="project", code=c),
                "remit_to_superior": lambda c: ZERO,
                "operating": lambda c: ZERO,
                "subsidy_to_subsidiary": lambda c: ZERO,
            },
        ),
    )
    add("t04", "fiscal_appropriation_summary", _fiscal_summary(book, year))
    general = items(book, "general_public")
    kinds: dict[str, Measure] = {
        "total": lambda c: spent("general_public", code=c),
        "basic": lambda c: spent("general_public", "basic", c),
        "project": lambda c: spent("general_public", "project", c),
    }
    add("t05", "general_public_expenditure", subject_rows(general, year, kinds))
    balanced = _fund_measures(book, "general_public")
    add("general_public_income_expenditure", "general_public_income_expenditure", subject_rows(general, year, balanced))
    add("t06", "general_public_basic_expenditure", basic_rows(book, year))
    add("t07", "three_public", [three_public_row(plan, book)])
    for key, role, fund in (("t08", "government_fund", "government_fund"), ("t09", "state_capital", "state_capital")):
        add(key, role, subject_rows(items(book, fund), year, _fund_measures(book, fund)))
    assert total_in == spent() + book.surplus_distributed + book.balance("closing")
    return out


def by_unit(books: list[tuple[str, Book]]) -> list[Statement]:
    """收入 and 支出 by member body (浙江, 天津), after 合计."""
    whole = Book.total(b for _, b in books)
    income, expenditure = [], []
    for name, book in [("合计", whole), *books]:
        income.append(
            row(
                name,
                total=book.receipts(),
                fiscal_appropriation=book.receipts(FISCAL),
                business_income=book.receipts(["business_income"]),
                other=book.receipts(["other"]),
            )
        )
        expenditure.append(row(name, total=book.spending(), basic=book.spending(kind="basic"), project=book.spending(kind="project")))
    return [
        Statement("income_by_unit", "income_by_unit", "", "元", income),
        Statement("expenditure_by_unit", "expenditure_by_unit", "", "元", expenditure),
    ]


def _fund_measures(book: Book, fund: str) -> dict[str, Measure]:
    return {
        "opening_balance": lambda c: book.balance("opening", [fund], c),
        "income": lambda c: book.receipts([fund], c),
        "expenditure_total": lambda c: book.spending(fund, code=c),
        "expenditure_basic": lambda c: book.spending(fund, "basic", c),
        "expenditure_project": lambda c: book.spending(fund, "project", c),
        "closing_balance": lambda c: book.balance("closing", [fund], c),
    }


def _fiscal_summary(book: Book, year: int) -> list[Row]:
    names = ("一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款")
    funds = list(zip(FISCAL, names, strict=True))[: 2 if year < 2020 else 3]

    def across(name: str, value: Callable[[str], Decimal]) -> Row:
        each = {f: value(f) for f, _ in funds}
        return valued(name, None, {"total": sum(each.values(), ZERO), **each}, side="expenditure")

    rows = [row(f"{numeral(i)}、{n}", side="income", final=book.receipts([f])) for i, (f, n) in enumerate(funds, 1)]
    for i, code in enumerate(function_classes(year), 1):
        rows.append(across(f"{numeral(i)}、{subject_name(code, year)}", lambda f, c=code: book.spending(f, code=c)))  # type: ignore[misc]
    opening = book.balance("opening", FISCAL)
    rows += [
        row("本年收入合计", side="income", final=book.receipts(FISCAL)),
        row("年初财政拨款结转和结余", side="income", final=opening),
        *[row(n, side="income", final=book.balance("opening", [f])) for f, n in funds],
        row("总计", side="income", final=book.receipts(FISCAL) + opening),
        across("本年支出合计", lambda f: book.spending(f)),
        across("年末财政拨款结转和结余", lambda f: book.balance("closing", [f])),
        across("总计", lambda f: book.spending(f) + book.balance("closing", [f])),
    ]
    return rows


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """100 × part / whole, unrounded; None without a base."""
    return None if not whole else part * 100 / whole


def change(metrics: Metrics, name: str, now: Decimal, before: Decimal | None) -> None:
    """Signed change and rate against the year before."""
    if before is None:
        return
    metrics[f"{name}.yoy_change"] = now - before
    if (rate := percent(now - before, before)) is not None:
        metrics[f"{name}.yoy_change_pct"] = rate


def shared_metrics(metrics: Metrics, book: Book) -> None:
    """What finals and budgets state alike: basic, procurement, vehicles, equipment."""
    metrics["basic.total"] = book.spending("general_public", "basic")
    metrics["basic.personnel"] = book.group("301", "303")
    metrics["basic.public"] = book.group("302", "307", "310", "399")
    p = book.procurement
    metrics["procurement.total"] = p["goods"] + p["works"] + p["services"]
    metrics |= {f"procurement.{k}": p[k] for k in ("goods", "works", "services")}
    kinds = "ministerial_leader main_leader confidential_communication emergency law_enforcement special_technical retired_cadre other"
    for kind in kinds.split():
        metrics[f"assets.vehicles.{kind}"] = Decimal(book.counts.get(f"vehicles.{kind}", 0))
    metrics["assets.vehicles.total"] = sum((v for k, v in metrics.items() if k.startswith("assets.vehicles.")), ZERO)
    metrics["assets.equipment_over_1m"] = Decimal(book.counts.get("equipment_over_1m", 0))
    metrics["assets.special_equipment_over_1m"] = metrics["assets.equipment_over_1m"]  # the name in forms before 2022


def metrics(book: Book, plan: Book, before: Book | None, scores: list[Decimal]) -> Metrics:
    """All metrics of the final narrative; money in 元, changes signed."""
    out: Metrics = {}

    def total(b: Book) -> Decimal:
        return b.receipts() + b.surplus_used + b.balance("opening")

    def fiscal(b: Book) -> Decimal:
        return b.receipts(FISCAL) + b.balance("opening", FISCAL)

    out["income_expenditure.total"] = total(book)
    change(out, "income_expenditure", total(book), total(before) if before else None)
    out["income.total"] = book.receipts()
    for name, sources in (("fiscal_appropriation", FISCAL), ("business_income", ("business_income",)), ("other", ("other",))):
        amount = book.receipts(sources)
        if amount or name == "fiscal_appropriation":
            out[f"income.{name}"] = amount
            out[f"income.{name}.share_pct"] = percent(amount, book.receipts()) or ZERO
    out["expenditure.total"] = book.spending()
    for kind in ("basic", "project"):
        out[f"expenditure.{kind}"] = book.spending(kind=kind)
        out[f"expenditure.{kind}.share_pct"] = percent(book.spending(kind=kind), book.spending()) or ZERO
    out["fiscal_appropriation.total"] = fiscal(book)
    change(out, "fiscal_appropriation", fiscal(book), fiscal(before) if before else None)
    general, planned = book.spending("general_public"), plan.spending("general_public")
    out["general_public.expenditure"] = general
    out["general_public.share_of_expenditure_pct"] = percent(general, book.spending()) or ZERO
    change(out, "general_public", general, before.spending("general_public") if before else None)
    out |= {"general_public.initial_budget": planned, "general_public.final": general}
    out["general_public.completion_pct"] = percent(general, planned) or ZERO
    shared_metrics(out, book)
    out["agency_operating.amount"] = out["basic.public"]
    change(out, "agency_operating", out["basic.public"], before.group("302", "307", "310", "399") if before else None)
    for fund in ("government_fund", "state_capital"):
        if book.spending(fund) or plan.spending(fund):
            out |= {f"{fund}.initial_budget": plan.spending(fund), f"{fund}.final": book.spending(fund)}
    _three_public(out, book, plan, before)
    p = book.procurement
    out |= {"procurement.awarded_to_sme": p["sme"], "procurement.awarded_to_micro": p["micro"]}
    out["procurement.awarded_to_sme.share_pct"] = percent(p["sme"], out["procurement.total"]) or ZERO
    out["procurement.awarded_to_micro.share_pct"] = percent(p["micro"], p["sme"]) or ZERO
    if scores:
        money = sum((x.annual for x in book.projects), ZERO)
        for name in ("targets", "tracking", "self_evaluation"):
            out |= {f"performance.{name}.projects": Decimal(len(book.projects)), f"performance.{name}.amount": money}
        out["performance.self_evaluation.average_score"] = sum(scores, ZERO) / len(scores)
        ratings = {"excellent": (90, 101), "good": (80, 90), "pass": (60, 80), "fail": (0, 60)}
        for word, (low, high) in ratings.items():
            out[f"performance.rating.{word}"] = Decimal(sum(low <= s < high for s in scores))
    return out


def _three_public(out: Metrics, book: Book, plan: Book, before: Book | None) -> None:
    budget, final = three_public_row(plan, book).values, {}
    amount = {k: v.number or ZERO for k, v in budget.items()}
    final = {k.removeprefix("final_"): v for k, v in amount.items() if k.startswith("final_")}
    planned = {k.removeprefix("budget_"): v for k, v in amount.items() if k.startswith("budget_")}
    out |= {"three_public.annual_budget": planned["total"], "three_public.final": final["total"]}
    if (rate := percent(final["total"], planned["total"])) is not None:
        out["three_public.completion_pct"] = rate
    if before:
        t = before.three_public
        change(out, "three_public", final["total"], t["abroad"] + t["vehicle_purchase"] + t["vehicle_operation"] + t["reception"])
    for name, key in (("abroad", "abroad"), ("vehicle", "vehicle_total"), ("reception", "reception")):
        out |= {f"three_public.{name}.annual_budget": planned[key], f"three_public.{name}.final": final[key]}
        if (rate := percent(final[key], planned[key])) is not None:
            out[f"three_public.{name}.completion_pct"] = rate
        if final["total"]:
            out[f"three_public.{name}.share_pct"] = percent(final[key], final["total"]) or ZERO
    out |= {
        "three_public.abroad.groups": Decimal(book.counts["abroad.groups"]),
        "three_public.abroad.people": Decimal(book.counts["abroad.people"]),
        "three_public.vehicle.purchase.final": final["vehicle_purchase"],
        "three_public.vehicle.purchase.count": Decimal(book.counts["vehicle_purchase"]),
        "three_public.vehicle.operation.final": final["vehicle_operation"],
        "three_public.vehicle.count": out["assets.vehicles.total"],
        "three_public.reception.foreign": ZERO,
        "three_public.reception.foreign_batches": ZERO,
        "three_public.reception.foreign_people": ZERO,
        "three_public.reception.domestic": final["reception"],
        "three_public.reception.batches": Decimal(book.counts["reception.batches"]),
        "three_public.reception.people": Decimal(book.counts["reception.people"]),
    }


def lists(book: Book, plan: Book, year: int) -> dict[str, list[dict[str, Any]]]:
    """Function classes and items of the general public budget, for repeated sentences."""
    general = book.spending("general_public")
    classes, each = [], []
    for code in function_classes(year):
        if amount := book.spending("general_public", code=code):
            share = percent(amount, general)
            classes.append({"item_name": subject_name(code, year), "item_code": code, "amount": amount, "share_pct": share})
    for code in sorted(items(book, "general_public")):
        final, initial = book.spending("general_public", code=code), plan.spending("general_public", code=code)
        if not final and not initial:
            continue
        item: dict[str, Any] = {
            "item_class": subject_name(code[:3], year),
            "item_section": subject_name(code[:5], year),
            "item_name": subject_name(code, year),
            "item_code": code,
            "initial_budget": initial,
            "final": final,
        }
        if (rate := percent(final, initial)) is not None:
            item["completion_pct"] = rate
        each.append(item)
    return {"function_class": classes, "function_item": each}
