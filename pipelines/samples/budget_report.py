"""The budget (预算) of a department from its books: the statements of three styles and the metrics of the narrative, in 元."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pipelines.reports.model import Row, Statement
from pipelines.samples.accounts import FISCAL, ZERO, Book
from pipelines.samples.content import Metrics, row, valued
from pipelines.samples.final_report import change, items, percent, shared_metrics, subject_rows
from pipelines.samples.printing import rounded
from pipelines.samples.text import numeral
from pipelines.samples.world import economic_codes, function_classes, subject_name

BUDGET_FUND_NAMES = {"general_public": "一般公共预算", "government_fund": "政府性基金预算", "state_capital": "国有资本经营预算"}


def statements(book: Book, year: int, style: str, before: Book | None = None) -> list[Statement]:
    """All statements a style prints; `style` national | shanghai | shanghai_unit | jiangsu. `before` is last year's outturn."""
    out: list[Statement] = []

    def add(key: str, role: str, rows: list[Row]) -> None:
        out.append(Statement(key, role, "", "元", rows))

    jiangsu = style == "jiangsu"
    spent = book.spending
    add("b01", "income_expenditure_summary", _summary(book, year, style))
    add("b02", "income", _sources(book) if jiangsu else subject_rows(items(book), year, _income_measures(book)))
    if jiangsu:
        reserve = spent(kind="reserve")
        total = {"total": spent(), "basic": spent(kind="basic"), "project": spent(kind="project"), "contingency_reserve": reserve}
        add("b03", "expenditure", [valued("合计", None, {**total, "carry_over": ZERO})])
    else:
        add("b03", "expenditure", subject_rows(items(book), year, _kinds(book, None)))
    add("b04", "fiscal_appropriation_summary", _fiscal_summary(book, year, style))
    if jiangsu:
        add("b05", "fiscal_appropriation_expenditure", subject_rows(_fiscal_items(book), year, {"total": lambda c: _fiscal(book, code=c)}))
        add("b06", "fiscal_appropriation_basic_expenditure", economic_rows(book, year))
    general = items(book, "general_public") | (items(before, "general_public") if before else set())
    add("b07", "general_public_expenditure", subject_rows(general, year, _kinds(book, "general_public") | _against(book, before)))
    add("b08", "general_public_basic_expenditure", economic_rows(book, year))
    add("b09", "three_public", [_three_public(book)])
    for key, role, fund in (("b10", "government_fund", "government_fund"), ("b11", "state_capital", "state_capital")):
        kinds = {f"expenditure_{k}": v for k, v in _kinds(book, fund).items()}
        add(key, role, subject_rows(items(book, fund), year, kinds))
    if jiangsu:
        add("b12", "agency_operating", economic_rows(book, year, ("302", "310")))
        add("b13", "procurement", _procurement(book))
    return out


def _fiscal(book: Book, kind: str | None = None, code: str = "") -> Decimal:
    return sum((book.spending(f, kind, code) for f in FISCAL), ZERO)


def _fiscal_items(book: Book) -> set[str]:
    return {c for f in FISCAL for c in items(book, f)}


def _kinds(book: Book, fund: str | None) -> dict[str, Callable[[str], Decimal]]:
    return {
        "total": lambda c: book.spending(fund, code=c),
        "basic": lambda c: book.spending(fund, "basic", c),
        "project": lambda c: book.spending(fund, "project", c),
    }


def _against(book: Book, before: Book | None) -> dict[str, Callable[[str], Decimal]]:
    """Last year's outturn and the change against it, as central departments print them beside the plan."""
    if before is None:
        return {}

    def rate(code: str) -> Decimal:
        return percent(change_of(code), before.spending("general_public", code=code)) or ZERO

    def change_of(code: str) -> Decimal:
        return book.spending("general_public", code=code) - before.spending("general_public", code=code)

    return {"previous_execution": lambda c: before.spending("general_public", code=c), "change": change_of, "change_pct": rate}


def _income_measures(book: Book) -> dict[str, Callable[[str], Decimal]]:
    return {
        "total": lambda c: book.receipts(code=c),
        "fiscal_appropriation": lambda c: book.receipts(FISCAL, c),
        "general_public": lambda c: book.receipts(["general_public"], c),
        "government_fund": lambda c: book.receipts(["government_fund"], c),
        "state_capital": lambda c: book.receipts(["state_capital"], c),
        "business_income": lambda c: book.receipts(["business_income"], c),
        "operating_income": lambda c: ZERO,
        "other": lambda c: book.receipts(["other"], c),
    }


def economic_rows(book: Book, year: int, classes: tuple[str, ...] = ("301", "302", "303", "310")) -> list[Row]:
    """Economic items with money, under their classes, after 合计."""
    total = book.group(*classes)
    rows = [valued("合计", None, _economic_split(book, total, classes))]
    for code in economic_codes():
        if code[:3] not in classes:
            continue
        amount = book.group(code) if len(code) == 3 else book.economic.get(code, ZERO)
        if not amount:
            continue
        personnel = code[:3] in ("301", "303")
        values = {"total": amount, "personnel": amount if personnel else ZERO, "public": ZERO if personnel else amount}
        rows.append(valued(subject_name(code, year), code, values))
    return rows


def _economic_split(book: Book, total: Decimal, classes: tuple[str, ...]) -> dict[str, Decimal]:
    personnel = book.group(*[c for c in classes if c in ("301", "303")]) if {"301", "303"} & set(classes) else ZERO
    return {"total": total, "personnel": personnel, "public": total - personnel}


def _class_rows(book: Book, year: int, *, every: bool, measures: Callable[[str], dict[str, Decimal]]) -> list[Row]:
    """一、… the function classes: all of the printed form, or those with money only."""
    codes = [c for c in function_classes(year) if every or any(measures(c).values())]
    return [valued(f"{numeral(i)}、{subject_name(c, year)}", None, measures(c), side="expenditure") for i, c in enumerate(codes, 1)]


def _summary(book: Book, year: int, style: str) -> list[Row]:
    receipts, spent = book.receipts, book.spending
    funds = {f: receipts([f]) for f in FISCAL}
    fiscal = receipts(FISCAL)
    if style == "jiangsu":
        other = receipts(["business_income", "other"])
        rows = [
            row("一、财政拨款", side="income", budget=fiscal),
            row("1.一般公共预算", side="income", budget=funds["general_public"]),
            row("2.政府性基金预算", side="income", budget=funds["government_fund"]),
            row("二、财政专户管理资金", side="income", budget=ZERO),
            row("三、其他资金", side="income", budget=other),
        ]
        rows += _class_rows(book, year, every=True, measures=lambda c: {"budget": spent(code=c)})
        rows += _purposes(book, None)
        rows += [
            row("当年收入小计", side="income", budget=receipts()),
            row("上年结转资金", side="income", budget=ZERO),
            row("收入合计", side="income", budget=receipts()),
            row("当年支出小计", side="expenditure", budget=spent()),
            row("结转下年资金", side="expenditure", budget=ZERO),
            row("支出合计", side="expenditure", budget=spent()),
        ]
        return rows
    if style.startswith("shanghai"):
        rows = [
            row("一、财政拨款收入", side="income", budget=fiscal),
            row("1.一般公共预算资金", side="income", budget=funds["general_public"]),
            row("2.政府性基金", side="income", budget=funds["government_fund"]),
            row("3.国有资本经营预算", side="income", budget=funds["state_capital"]),
            row("二、事业收入", side="income", budget=receipts(["business_income"])),
            row("三、事业单位经营收入", side="income", budget=ZERO),
            row("四、其他收入", side="income", budget=receipts(["other"])),
        ]
        every = False
        closing = [("收入总计", "支出总计")]
    else:
        rows = [
            row("一、一般公共预算拨款收入", side="income", budget=funds["general_public"]),
            row("二、政府性基金预算拨款收入", side="income", budget=funds["government_fund"]),
            row("三、国有资本经营预算拨款收入", side="income", budget=funds["state_capital"]),
            row("四、事业收入", side="income", budget=receipts(["business_income"])),
            row("五、其他收入", side="income", budget=receipts(["other"])),
        ]
        every = year % 2 == 1  # some regions print every class, some only those with money
        closing = [("本年收入合计", "本年支出合计"), ("上年结转", "结转下年"), ("收入总计", "支出总计")]

    def split(code: str) -> dict[str, Decimal]:
        basic = spent(kind="basic", code=code)
        personnel = min(basic, _personnel_of(book, code))
        return {
            "budget": spent(code=code),
            "basic_personnel": personnel,
            "basic_public": basic - personnel,
            "project": spent(kind="project", code=code),
        }

    rows += _class_rows(book, year, every=every, measures=split)
    personnel = sum((split(c)["basic_personnel"] for c in function_classes(year)), ZERO)
    whole = {
        "budget": spent(),
        "basic_personnel": personnel,
        "basic_public": spent(kind="basic") - personnel,
        "project": spent(kind="project"),
    }
    for income, expenditure in closing:
        empty = income == "上年结转"
        rows.append(row(income, side="income", budget=ZERO if empty else receipts()))
        rows.append(valued(expenditure, None, dict.fromkeys(whole, ZERO) if empty else whole, side="expenditure"))
    return rows


def _personnel_of(book: Book, code: str) -> Decimal:
    """Personnel money of a function class: all its general public basic money but for the run class, which bears the public money."""
    run = {c for (c, f, k) in book.spent if f == "general_public" and k == "basic" and c[:3] not in ("208", "210", "221")}
    basic = book.spending("general_public", "basic", code)
    public = book.group("302", "310")
    mains = sorted({c[:3] for c in run})
    if not mains:  # the run item itself lies in 208, 210 or 221
        mains = sorted({c[:3] for (c, f, k) in book.spent if k == "basic"})[:1]
    return basic - public if code == mains[0] and basic >= public else basic


def _purposes(book: Book, fund: str | None, fiscal: bool = False) -> list[Row]:
    names = (("一、基本支出", "basic"), ("二、项目支出", "project"), ("三、单位预留机动经费", "reserve"))
    return [row(n, side="expenditure_by_purpose", budget=_fiscal(book, k) if fiscal else book.spending(fund, k)) for n, k in names]


def _fiscal_summary(book: Book, year: int, style: str) -> list[Row]:
    if style == "jiangsu":
        return [
            row("一、一般公共预算", side="income", budget=book.receipts(["general_public"])),
            row("二、政府性基金预算", side="income", budget=book.receipts(["government_fund"])),
            *_purposes(book, None, fiscal=True),
            row("收入合计", side="income", budget=book.receipts(["general_public", "government_fund"])),
            row("支出合计", side="expenditure", budget=_fiscal(book)),
        ]
    names = ("一、一般公共预算资金", "二、政府性基金", "三、国有资本经营预算")
    if not style.startswith("shanghai"):
        names = ("一、一般公共预算拨款", "二、政府性基金预算拨款", "三、国有资本经营预算拨款")
    rows = [row(n, side="income", budget=book.receipts([f])) for n, f in zip(names, FISCAL, strict=True)]

    def across(code: str) -> dict[str, Decimal]:
        each = {f: book.spending(f, code=code) for f in FISCAL}
        return {"total": sum(each.values(), ZERO), **each}

    rows += _class_rows(book, year, every=False, measures=across)
    rows.append(row("收入总计", side="income", budget=book.receipts(FISCAL)))
    rows.append(valued("支出总计", None, across(""), side="expenditure"))
    return rows


def _sources(book: Book) -> list[Row]:
    """Jiangsu's income by source: groups with 小计."""
    general, fund = book.receipts(["general_public"]), book.receipts(["government_fund", "state_capital"])
    business, other = book.receipts(["business_income"]), book.receipts(["other"])
    lines: list[tuple[str | None, str, Decimal]] = [
        (None, "收入总计", book.receipts()),
        ("一般公共预算资金", "小计", general),
        ("一般公共预算资金", "公共财政拨款（补助）资金", general),
        ("一般公共预算资金", "专项收入", ZERO),
        ("政府性基金", "小计", fund),
        ("财政专户管理资金", "小计", ZERO),
        ("财政专户管理资金", "专户管理教育收费", ZERO),
        ("财政专户管理资金", "其他非税收入", ZERO),
        ("其他资金", "小计", business + other),
        ("其他资金", "事业收入", business),
        ("其他资金", "经营收入", ZERO),
        ("其他资金", "其他收入", other),
        ("上年结转和结余资金", "小计", ZERO),
        ("上年结转和结余资金", "其中：动用上年结转和结余资金", ZERO),
    ]
    out = []
    for group, name, amount in lines:
        line = row(name, budget=amount)
        if group:
            line.keys["group"] = group
        out.append(line)
    return out


def _three_public(book: Book) -> Row:
    t = book.three_public
    vehicle = t["vehicle_purchase"] + t["vehicle_operation"]
    total = t["abroad"] + vehicle + t["reception"]
    meeting, training = book.economic.get("30215", ZERO), book.economic.get("30216", ZERO)
    return valued(
        "三公经费",
        None,
        {
            "total_with_meeting_training": total + meeting + training,
            "budget_total": total,
            "budget_abroad": t["abroad"],
            "budget_vehicle_total": vehicle,
            "budget_vehicle_purchase": t["vehicle_purchase"],
            "budget_vehicle_operation": t["vehicle_operation"],
            "budget_reception": t["reception"],
            "meeting": meeting,
            "training": training,
            "agency_operating": book.group("302", "310"),
        },
    )


def _procurement(book: Book) -> list[Row]:
    """Jiangsu's procurement list: category, group, article."""
    p = book.procurement
    total = row("合计", total=p["goods"] + p["works"] + p["services"])
    total.keys = {"level": "total"}
    rows = [total]
    parts = (
        ("一、货物A", "办公设备购置", "办公设备购置", p["goods"], (("台式计算机", "政府集中采购"), ("复印机", "部门集中采购"))),
        ("二、工程B", "基础设施维护", "基础设施建设", p["works"], (("市政公用工程", "部门集中采购"),)),
        ("三、服务C", "业务委托服务", "委托业务费", p["services"], (("物业管理服务", "分散自行组织"), ("信息技术服务", "部门集中采购"))),
    )
    for category, project, economic, amount, articles in parts:
        if not amount:
            continue
        head = row(category, total=amount)
        head.keys = {"level": "category", "category": category}
        group = row(economic, total=amount)  # the deepest label printed on the line
        group.keys = {"level": "group", "category": category, "project_name": project, "economic_item": economic}
        rows += [head, group]
        left = amount
        for i, (article, organisation) in enumerate(articles):
            share = left if i == len(articles) - 1 else (amount * 2 / 5).quantize(Decimal(100))
            left -= share
            line = row(article, total=share)
            line.keys = {**group.keys, "level": "item", "item_name": article, "organisation": organisation}
            rows.append(line)
    return rows


def metrics(book: Book, before: Book | None, members: int) -> Metrics:
    """All metrics of the budget narrative; money in 元, changes signed against the budget before."""
    out: Metrics = {}
    receipts, spent = book.receipts, book.spending

    def both(name: str, value: Callable[[Book], Decimal], share_of: Decimal | None = None) -> None:
        out[name] = value(book)
        if share_of is not None:
            out[f"{name}.share_pct"] = percent(value(book), share_of) or ZERO
        change(out, name, value(book), value(before) if before else None)

    both("income.total", lambda b: b.receipts())
    both("income.fiscal_appropriation", lambda b: b.receipts(FISCAL), receipts())
    both("income.general_public", lambda b: b.receipts(["general_public"]), receipts())
    both("income.government_fund", lambda b: b.receipts(["government_fund"]), receipts())
    both("income.business_income", lambda b: b.receipts(["business_income"]), receipts())
    both("income.operating_income", lambda b: ZERO)
    both("income.other", lambda b: b.receipts(["other"]), receipts())
    out["income_expenditure.total"] = receipts()
    change(out, "income_expenditure", receipts(), before.receipts() if before else None)
    both("expenditure.total", lambda b: b.spending())
    for kind, name in (("basic", "basic"), ("project", "project"), ("reserve", "contingency_reserve")):
        if spent(kind=kind) or kind != "reserve":
            both(f"expenditure.{name}", lambda b, k=kind: b.spending(kind=k), spent())  # type: ignore[misc]
    both("expenditure.fiscal_appropriation", lambda b: _fiscal(b))
    out["fiscal_appropriation.total"] = receipts(FISCAL)
    change(out, "fiscal_appropriation", receipts(FISCAL), before.receipts(FISCAL) if before else None)
    both("fiscal_appropriation.expenditure", lambda b: _fiscal(b))
    out["fiscal_appropriation.expenditure.share_of_expenditure_pct"] = percent(_fiscal(book), spent()) or ZERO
    out["general_public.expenditure"] = spent("general_public")
    change(out, "general_public", spent("general_public"), before.spending("general_public") if before else None)
    for fund in ("government_fund", "state_capital"):
        both(f"{fund}.expenditure", lambda b, f=fund: b.spending(f))  # type: ignore[misc]
    shared_metrics(out, book)
    for name in ("total", "personnel", "public"):
        out[f"fiscal_appropriation.basic.{name}"] = out[f"basic.{name}"]
    out["agency_operating.amount"] = out["basic.public"]
    change(out, "agency_operating", out["basic.public"], before.group("302", "307", "310", "399") if before else None)
    out |= {"agency_operating.agencies": Decimal(1), "agency_operating.institutions": Decimal(max(0, members - 1))}
    now = {k: v.number or ZERO for k, v in _three_public(book).values.items()}
    then = {k: v.number or ZERO for k, v in _three_public(before).values.items()} if before else {}
    names = {"three_public": "budget_total", "three_public.abroad": "budget_abroad", "three_public.vehicle": "budget_vehicle_total"}
    names |= {"three_public.vehicle.purchase": "budget_vehicle_purchase", "three_public.vehicle.operation": "budget_vehicle_operation"}
    names |= {"three_public.reception": "budget_reception", "meeting": "meeting", "training": "training"}
    for name, key in names.items():
        out[f"{name}.budget"] = now[key]
        change(out, name, now[key], then.get(key))
        if name.count(".") == 1 and now["budget_total"]:
            out[f"{name}.share_pct"] = percent(now[key], now["budget_total"]) or ZERO
    p = book.procurement
    out |= {"procurement.sme_reserved_budget": p["sme"], "procurement.micro_reserved_budget": p["micro"]}
    out["performance.targets.units"] = Decimal(max(1, members))
    out["performance.targets.projects"] = Decimal(len(book.projects))
    out["performance.targets.amount"] = sum((x.budget for x in book.projects), ZERO)
    for kind in ("total", "ministerial_leader", "main_leader", "confidential_communication", "emergency", "law_enforcement"):
        out[f"assets.planned_purchase.vehicles.{kind}"] = ZERO
    for kind in ("special_technical", "retired_cadre", "other"):
        out[f"assets.planned_purchase.vehicles.{kind}"] = ZERO
    out["assets.planned_purchase.equipment_over_1m"] = ZERO
    return out


def lists(book: Book, before: Book | None, year: int) -> dict[str, list[dict[str, Any]]]:
    """Function classes and items for repeated sentences, with their change against the budget before."""
    classes: list[dict[str, Any]] = []
    each: list[dict[str, Any]] = []
    for code in function_classes(year):
        if amount := book.spending(code=code):
            classes.append({"item_name": subject_name(code, year), "item_code": code, "amount": amount})
            _changed(classes[-1], amount, before.spending(code=code) if before else None)
    for code in sorted(_fiscal_items(book)):
        amount = _fiscal(book, code=code)
        if not rounded(amount / 10000):
            continue
        item: dict[str, Any] = {"item_class": subject_name(code[:3], year), "item_section": subject_name(code[:5], year)}
        item |= {"item_name": subject_name(code, year), "item_code": code, "budget": amount}
        _changed(item, amount, _fiscal(before, code=code) if before else None)
        each.append(item)
    return {"expenditure_class": classes, "function_item": each}


def _changed(item: dict[str, Any], now: Decimal, before: Decimal | None) -> None:
    if before:
        item["yoy_change"] = now - before
        item["yoy_change_pct"] = percent(now - before, before)
