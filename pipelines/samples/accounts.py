"""A coherent model of a body's accounts: a budget and a final book for each year, balances carried, every identity exact in 元.

Books are kept to the cent (or, for a tidy body, to 100 元); a report rounds every figure on its own, so that rounding
differences arise as they do in print. Seeded: the same names, years and seed give the same books.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
FISCAL = ("general_public", "government_fund", "state_capital")
Spent = tuple[str, str, str]
"""(functional code, fund general_public|government_fund|state_capital|own, kind basic|project|reserve)."""

# Which functional item bears which economic item of a body's basic expenditure; the rest falls to its run item.
BORNE = {"30108": "2080505", "30109": "2080506", "30111": "2101103", "30113": "2210201"}

AGENCY_PAY = {"30101": 0.33, "30102": 0.38, "30103": 0.22, "30199": 0.03}
INSTITUTION_PAY = {"30101": 0.38, "30107": 0.50, "30103": 0.06, "30199": 0.04}
PUBLIC = {
    "30201": 0.22,
    "30202": 0.05,
    "30204": 0.002,
    "30205": 0.03,
    "30206": 0.07,
    "30207": 0.06,
    "30209": 0.11,
    "30211": 0.12,
    "30213": 0.08,
    "30215": 0.03,
    "30216": 0.04,
    "30226": 0.06,
    "30227": 0.05,
    "30299": 0.07,
}
"""Shares of a head's public money; each drawn around its value, some absent."""


@dataclass(slots=True)
class Project:
    """A project in one year, 元."""

    name: str
    code: str
    fund: str
    budget: Decimal
    annual: Decimal
    executed: Decimal


@dataclass(slots=True)
class Book:
    """What one body planned, or did, in one year; 元. Sums of books are books."""

    spent: dict[Spent, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    income: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))  # (code, source)
    opening: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))  # (code, fund)
    closing: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    economic: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))  # general public basic
    three_public: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    procurement: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    surplus_used: Decimal = ZERO
    surplus_distributed: Decimal = ZERO
    projects: list[Project] = field(default_factory=list)

    @classmethod
    def total(cls, books: Iterable[Book]) -> Book:
        """The sum of several bodies' books: the department's."""
        out = cls()
        for book in books:
            for name in ("spent", "income", "opening", "closing", "economic", "three_public", "procurement", "counts"):
                mine = getattr(out, name)
                for key, value in getattr(book, name).items():
                    mine[key] += value
            out.surplus_used += book.surplus_used
            out.surplus_distributed += book.surplus_distributed
            out.projects += book.projects
        return out

    def without_reserve(self) -> Book:
        """The same book as a form prints it that has no column for the reserve (预留机动经费): it is project expenditure there."""
        out = Book.total([self])
        for code, fund, kind in [key for key in out.spent if key[2] == "reserve"]:
            out.spent[code, fund, "project"] += out.spent.pop((code, fund, kind))
        return out

    def spending(self, fund: str | None = None, kind: str | None = None, code: str = "") -> Decimal:
        """Expenditure of a fund, kind and code prefix (all where not given)."""
        return sum(
            (v for (c, f, k), v in self.spent.items() if c.startswith(code) and fund in (None, f) and kind in (None, k)),
            ZERO,
        )

    def receipts(self, sources: Iterable[str] | None = None, code: str = "") -> Decimal:
        """Income of the year from some sources (all where not given)."""
        wanted = None if sources is None else set(sources)
        return sum((v for (c, s), v in self.income.items() if c.startswith(code) and (wanted is None or s in wanted)), ZERO)

    def balance(self, which: str, funds: Iterable[str] | None = None, code: str = "") -> Decimal:
        """Opening or closing balance."""
        wanted = None if funds is None else set(funds)
        return sum((v for (c, f), v in getattr(self, which).items() if c.startswith(code) and (wanted is None or f in wanted)), ZERO)

    def group(self, *codes: str) -> Decimal:
        """Economic items under some class codes."""
        return sum((v for c, v in self.economic.items() if c[:3] in codes), ZERO)


@dataclass
class Body:
    """One budget unit: a head office (行政单位) or an institution (事业单位), with its books over years."""

    name: str
    seed: str
    run: str  # functional item of its running costs
    staff: int
    agency: bool
    projects: list[tuple[str, str, str, float]]  # code, fund, name, 元 of a middling year
    business: float = 0.0  # income of its own as a multiple of its pay
    vehicles: dict[str, int] = field(default_factory=dict)
    tidy: bool = False  # true: all amounts are multiples of 100 元, no rounding differences in 万元
    reserve: bool = False  # budgets set aside 单位预留机动经费 (Jiangsu)
    _budget: dict[int, Book] = field(default_factory=dict)
    _final: dict[int, Book] = field(default_factory=dict)

    def _dice(self, *what: object) -> random.Random:
        return random.Random(f"{self.seed}/{'/'.join(map(str, what))}")

    def _money(self, amount: float | Decimal, step: str = "0.01") -> Decimal:
        """An amount on the body's grain: cents, or 100 元 where it is tidy."""
        grain = Decimal(100) if self.tidy else Decimal(step)
        return (Decimal(str(amount)) / grain).quantize(Decimal(1), ROUND_HALF_UP) * grain

    # -- economic items --------------------------------------------------------------------------------------------
    def _three_public(self, year: int, final: bool) -> dict[str, Decimal]:
        dice = self._dice("three_public", year)
        n_vehicles = sum(self.vehicles.values())
        budget = {
            "reception": Decimal(round(self.staff * dice.uniform(90, 260) / 500) * 500) if self.agency else ZERO,
            "vehicle_operation": Decimal(n_vehicles * 24000),
            "vehicle_purchase": Decimal(180000) if n_vehicles and dice.random() < 0.08 else ZERO,
            "abroad": Decimal(dice.choice((30000, 60000, 85000))) if self.agency and dice.random() < 0.15 else ZERO,
        }
        if not final:
            return budget
        used = {"reception": (0.15, 0.95), "vehicle_operation": (0.72, 1.0), "vehicle_purchase": (0.9, 0.99), "abroad": (0.0, 0.9)}
        return {k: self._money(float(v) * dice.uniform(*used[k])) for k, v in budget.items()}

    def _economic(self, year: int, final: bool, three_public: dict[str, Decimal]) -> dict[str, Decimal]:
        dice = self._dice("economic", year)
        pay = self.staff * 118000 * 1.035 ** (year - 2018) * dice.uniform(0.97, 1.03)
        shares = AGENCY_PAY if self.agency else INSTITUTION_PAY
        raw = {c: pay * s * dice.uniform(0.93, 1.07) for c, s in shares.items()}
        base = sum(raw.values())
        raw |= {"30108": base * 0.145, "30109": base * 0.0725, "30110": base * 0.075, "30112": base * 0.007, "30113": base * 0.115}
        if self.agency:
            raw["30111"] = base * 0.018
            raw["30239"] = self.staff * 7800
        retired = max(1, round(self.staff * 0.35))
        raw |= {"30302": retired * 21000 * dice.uniform(0.9, 1.1), "30309": dice.choice((0, 0, 60, 120, 960))}
        if dice.random() < 0.4:
            raw["30305"] = self.staff * dice.uniform(200, 1200)
        public = self.staff * dice.uniform(15000, 26000)
        raw |= {c: public * s * dice.uniform(0.4, 1.6) for c, s in PUBLIC.items() if dice.random() < 0.8 or c in ("30201", "30299")}
        raw |= {"30228": base * 0.018, "30229": self.staff * 1700.0}
        if dice.random() < 0.45:
            raw["31002"] = self.staff * dice.uniform(400, 1800)
        out: dict[str, Decimal] = {}
        for code, amount in raw.items():
            factor = dice.uniform(0.96, 1.05) if final else 1.0
            out[code] = self._money(amount * factor, "0.01" if final else "1")
        out["30217"] = three_public["reception"]
        out["30231"] = three_public["vehicle_operation"]
        return {c: v for c, v in out.items() if v}

    def _basic(self, book: Book) -> None:
        """Spread the economic items over functional items."""
        for code, amount in book.economic.items():
            item = BORNE.get(code)
            if code == "30110":
                item = "2101101" if self.agency else "2101102"
            elif code == "30302":
                item = "2080501" if self.agency else "2080502"
            book.spent[item or self.run, "general_public", "basic"] += amount

    # -- books -----------------------------------------------------------------------------------------------------
    def budget(self, year: int) -> Book:
        """The initial budget: income equals expenditure, no balances."""
        if year in self._budget:
            return self._budget[year]
        dice = self._dice("budget", year)
        book = Book()
        book.three_public.update(self._three_public(year, False))
        book.economic.update(self._economic(year, False, book.three_public))
        self._basic(book)
        for code, fund, name, money in self.projects:
            amount = self._money(round(money * 1.03 ** (year - 2019) * dice.uniform(0.8, 1.2) / 1000) * 1000)
            book.spent[code, fund, "project"] += amount
            book.projects.append(Project(name, code, fund, amount, amount, ZERO))
        if self.reserve:
            book.spent[self.run, "general_public", "reserve"] += self._money(float(book.spending("general_public", "basic")) * 0.06, "100")
        for (code, fund, _), amount in list(book.spent.items()):
            book.income[code, fund] += amount
        if self.business:
            own = self._money(self.staff * 118000 * self.business * dice.uniform(0.9, 1.1), "1000")
            basic = self._money(float(own) * 0.7, "1000")
            book.spent[self.run, "own", "basic"] += basic
            book.spent[self.run, "own", "project"] += own - basic
            book.income[self.run, "business_income"] += own
        self._purchases(book, dice)
        self._count(book, dice)
        self._budget[year] = book
        return book

    def final(self, year: int, first_year: int) -> Book:
        """The outturn; balances come from the year before, back to `first_year`, whose opening is drawn."""
        if year in self._final:
            return self._final[year]
        before = self.final(year - 1, first_year) if year > first_year else None
        dice = self._dice("final", year)
        plan = self.budget(year)
        book = Book()
        book.three_public.update(self._three_public(year, True))
        book.economic.update(self._economic(year, True, book.three_public))
        self._basic(book)
        for (code, _, _), amount in list(book.spent.items()):
            book.income[code, "general_public"] += amount
        for project in plan.projects:
            self._execute(book, project, before, dice)
        self._own(book, plan, before, dice)
        self._purchases(book, dice)
        self._count(book, dice)
        self._final[year] = book
        return book

    def _execute(self, book: Book, plan: Project, before: Book | None, dice: random.Random) -> None:
        key = (plan.code, plan.fund)
        opening = before.closing.get(key, ZERO) if before else ZERO
        opening -= book.opening.get(key, ZERO)  # two projects on one item: the first took the balance
        annual = self._money(float(plan.budget) * dice.choice((1, 1, 1, dice.uniform(0.85, 1.3))), "100") + opening
        executed = min(self._money(float(annual) * dice.choice((1, dice.uniform(0.9, 1), dice.uniform(0.7, 1)))), annual)
        kept = self._money(float(annual - executed) * dice.uniform(0.3, 1)) if dice.random() < 0.35 else ZERO
        income = executed + kept - opening
        if income < 0:
            kept, income = kept - income, ZERO
        book.spent[plan.code, plan.fund, "project"] += executed
        book.income[key] += income
        if opening:
            book.opening[key] += opening
        if kept:
            book.closing[key] += kept
        book.projects.append(Project(plan.name, plan.code, plan.fund, plan.budget, annual, executed))

    def _own(self, book: Book, plan: Book, before: Book | None, dice: random.Random) -> None:
        """Income and spending outside the fiscal appropriation; what is short is taken from surplus, what is over is carried."""
        key = (self.run, "own")
        opening = before.closing.get(key, ZERO) if before else self._money(self.staff * dice.choice((0, 0, 320.5, 1210.3)))
        business = plan.income.get((self.run, "business_income"), ZERO)
        if business:
            earned = self._money(float(business) * dice.uniform(0.9, 1.15))
            book.income[self.run, "business_income"] += earned
            spent = self._money(float(earned) * dice.uniform(0.93, 1.05))
            basic = self._money(float(spent) * dice.uniform(0.6, 0.75))
            book.spent[self.run, "own", "basic"] += basic
            book.spent[self.run, "own", "project"] += spent - basic
        if dice.random() < 0.6:
            other = self._money(self.staff * dice.uniform(100, 1500))
            book.income[self.run, "other"] += other
            if dice.random() < 0.7:
                book.spent[self.run, "own", "project"] += self._money(float(other) * dice.uniform(0.4, 1))
        left = opening + book.income.get((self.run, "business_income"), ZERO) + book.income.get((self.run, "other"), ZERO)
        left -= book.spending("own")
        if left < 0:
            book.surplus_used, left = -left, ZERO
        elif business and dice.random() < 0.4:
            book.surplus_distributed = self._money(float(left) * 0.4)
            left -= book.surplus_distributed
        if opening:
            book.opening[key] = opening
        if left:
            book.closing[key] = left

    def _purchases(self, book: Book, dice: random.Random) -> None:
        projects = float(book.spending("general_public", "project"))
        goods = self._money(self.staff * dice.uniform(600, 2600), "100")
        works = self._money(projects * dice.uniform(0.1, 0.3), "100") if projects > 2e7 and dice.random() < 0.5 else ZERO
        services = self._money(projects * dice.uniform(0.05, 0.22), "100")
        total = goods + works + services
        sme = total if dice.random() < 0.4 else self._money(float(total) * dice.uniform(0.55, 0.97))
        micro = self._money(float(sme) * dice.uniform(0.3, 1))
        book.procurement.update(goods=goods, works=works, services=services, sme=sme, micro=micro)

    def _count(self, book: Book, dice: random.Random) -> None:
        for kind, number in self.vehicles.items():
            book.counts[f"vehicles.{kind}"] += number
        book.counts["equipment_over_1m"] += max(0, self.staff // 60 - 1)
        book.counts["reception.batches"] = int(book.three_public["reception"] // 900)
        book.counts["reception.people"] = book.counts["reception.batches"] * dice.randint(5, 9)
        abroad = book.three_public["abroad"]
        book.counts["abroad.groups"] = 1 if abroad else 0
        book.counts["abroad.people"] = dice.randint(1, 3) if abroad else 0
        book.counts["vehicle_purchase"] = 1 if book.three_public["vehicle_purchase"] else 0
