"""Self-evaluation and target forms: the regular form, each way a form is broken in print, and the 40 real ones."""

import json

from builders import SHARED, grid, needs_reports, outline, paragraph

from pipelines.documents import read_path
from pipelines.reports import evaluations

HEAD = [
    ["项目名称", "河道清淤", None, None, None, None, None, None],
    ["主管部门", "云川市水务局", None, None, "实施单位", "云川市河道管理所", None, None],
]
FUNDS = [
    ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
    ["", "年度资金总额", "50.00", "40.00", "30.00", "10", "75.00%", "7.5"],
    ["", "其中：当年财政拨款", "50.00", "40.00", "30.00", "-", "75.00%", "-"],
    ["", "上年结转资金", "0.00", "0.00", "0.00", "-", "0.00%", "-"],
]
INDICATOR_HEAD = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]


def numbers(values):
    return {k: None if v.number is None else float(v.number) for k, v in values.items()}


def test_the_standard_form_with_merged_labels() -> None:
    """财预〔2021〕6号: level labels merged over rows, no deviation column, a blank actual value."""
    form = evaluations.read(
        outline(
            "evaluations",
            paragraph("项目支出绩效自评表"),
            grid(
                [
                    *HEAD,
                    *FUNDS,
                    ["年度总体目标", "预期目标", None, None, "实际完成情况", None, None, None],
                    ["", "清淤三公里", None, None, "清淤两公里", None, None, None],
                    INDICATOR_HEAD,
                    [("产出指标", 3, 1), ("数量指标", 2, 1), "清淤长度", "3公里", "2公里", "20", "13.3", "汛期停工"],
                    [None, None, "巡查次数", "≥12次", "12次", "10", "10", ""],
                    [None, "质量指标", "验收合格率", "100%", "", "20", "20", ""],
                    ["满意度指标", "服务对象满意度指标", "居民满意度", "≥90%", "95%", "10", "10", ""],
                    ["总分", None, None, None, None, "100", "60.8", ""],
                ]
            ),
        )
    )[0]
    assert (form.project_name, form.department, form.implementing_unit) == ("河道清淤", "云川市水务局", "云川市河道管理所")
    assert numbers(form.funds[0].values) == {
        "initial_budget": 50, "annual_budget": 40, "executed": 30, "weight": 10, "execution_rate": 75, "score": 7.5,
    }  # fmt: skip
    assert numbers(form.funds[1].values)["weight"] is None and form.funds[1].values["weight"].printed == "-"
    assert [(i.level1, i.level2, i.level3) for i in form.indicators] == [
        ("产出指标", "数量指标", "清淤长度"),
        ("产出指标", "数量指标", "巡查次数"),
        ("产出指标", "质量指标", "验收合格率"),
        ("满意度指标", "服务对象满意度指标", "居民满意度"),
    ]
    blank = form.indicators[2]
    assert blank.target == "100%" and blank.actual is None and numbers(blank.values) == {"weight": 20, "score": 20}
    assert form.indicators[0].reason == "汛期停工"
    assert form.goals == {"expected": "清淤三公里", "actual": "清淤两公里"}
    assert numbers(form.totals) == {"total_weight": 100, "total_score": 60.8}


def test_shifted_doubled_and_interleaved_cells() -> None:
    """What exports do: header at another column than the rows, a value twice, a page break, header words between values."""
    forms = evaluations.read(
        outline(
            "evaluations",
            grid(
                [
                    ["项目名称", "", "道路养护"],
                    ["主管部门", "云川市交通局", "实施单位 云川市公路站"],
                    [
                        "项目资金(万元)",
                        "年度资金总额(万元):",
                        "年初预算数",
                        "3.84",
                        "全年预算数",
                        "3.84",
                        "全年执行数",
                        "10",
                        "执行率 %",
                        "10",
                    ],
                    ["", "政府性预算资金", "60", "3.84", "3.84", "3.84", "-", "100", "-", "-"],
                    ["", "单位资金", "0", "0", "0", "0", "-", "0", "-", "-"],
                    ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差度 %", "偏差原因分析及改进措施"],
                    ["时效指标", "", "", "完工及时性", "及时", "100%", "100%", "6", "", "6", "", "0.00%"],
                ]
            ),
            grid(
                [
                    ["", "效益指标", "", "经济效益指标"],
                    ["", "", "社会效益指标", "群众出行", "改善", "100%", "25", "20", "-3.50%", "雨季"],
                    ["总分", ""],
                ]
            ),
        )
    )
    form = forms[0]
    assert form.implementing_unit == "云川市公路站"
    assert numbers(form.funds[0].values) == {"annual_budget": 3.84, "executed": 3.84, "weight": 10, "score": 10}
    assert numbers(form.funds[1].values) == {
        "initial_budget": 60, "annual_budget": 3.84, "executed": 3.84, "weight": None, "execution_rate": 100, "score": None,
    }  # fmt: skip
    first, second = form.indicators
    assert (first.level1, first.level2, first.target, first.actual) == ("产出指标", "时效指标", "及时", "100%")
    assert numbers(first.values) == {"weight": 6, "score": 6, "deviation_pct": 0}
    assert (second.level2, second.reason, numbers(second.values)["deviation_pct"]) == ("社会效益指标", "雨季", -3.5)
    assert form.empty_level2 == ["经济效益指标"]
    assert any(n.startswith("total_missing") for n in form.notes)


def test_a_row_torn_by_the_page_break() -> None:
    """The label, or the reason of a deviation, goes on at the head of the next page; a mark of every page may stand between."""
    first = grid(
        [
            *HEAD,
            INDICATOR_HEAD,
            ["产出指标", "数量指标", "清淤长度", "3公里", "2公里", "20", "13.3", "汛期"],
        ]
    )
    second = grid(
        [
            ["", "", "", "", "", "", "", "停工"],
            ["成本指标", "经济成本指", "成本控制率", "≤100%", "93%", "10", "10", ""],
        ]
    )
    third = grid([["", "标", "", "", "", "", "", ""], ["满意度指标", "服务对象满意度指标", "居民满意度", "≥90%", "95%", "10", "10", ""]])
    form = evaluations.read(outline("evaluations", first, second, paragraph("内部资料"), third))[0]
    assert [(i.level2, i.level3, i.reason) for i in form.indicators] == [
        ("数量指标", "清淤长度", "汛期停工"),
        ("经济成本指标", "成本控制率", None),
        ("服务对象满意度指标", "居民满意度", None),
    ]
    assert form.notes == []


def test_a_label_torn_between_its_two_rows() -> None:
    """年度总体目标 spans the heads and the goals below them: its last character stands on the next page, in the row of the goals."""
    form = evaluations.read(
        outline(
            "evaluations",
            grid([*HEAD, *FUNDS, ["年度总体目", "预期目标", None, None, "实际完成情况", None, None, None]]),
            grid(
                [
                    ["标", "清淤三公里", None, None, "清淤两公里", None, None, None],
                    INDICATOR_HEAD,
                    ["产出指标", "数量指标", "清淤长度", "3公里", "2公里", "20", "13.3", ""],
                ]
            ),
        )
    )[0]
    assert form.goals == {"expected": "清淤三公里", "actual": "清淤两公里"}
    assert form.management == []
    assert [i.level3 for i in form.indicators] == ["清淤长度"]


def test_target_form_with_label_value_pairs() -> None:
    """绩效目标填报表 as Shanghai prints it: two label–value pairs on a row, indicators without scores."""
    form = evaluations.read(
        outline(
            "evaluations",
            grid(
                [
                    [("财政项目支出绩效目标填报表", 1, 6), None, None, None, None, None],
                    ["项目名称", "街区绿化", "项目性质", "经常性项目", "项目类别", "特定目标类"],
                    ["主管部门", "云川市绿化局", "实施单位", "云川市绿化所", "", ""],
                    [("项目资金（元）", 2, 1), "项目资金总额", "4,100.00", "年度资金申请总额", "4,000.00", ""],
                    [None, "其中：财政资金", "4,100.00", "其中：当年财政拨款", "4,000.00", ""],
                    [("项目绩效目标", 2, 1), "项目总目标", None, "年度总体目标", None, None],
                    [None, "多种树", None, "种一百棵树", None, None],
                    ["", "一级指标", "二级指标", "三级指标", "年度(/项目)指标值", ""],
                    [("绩效指标", 3, 1), ("产出指标", 3, 1), ("数量指标", 2, 1), "种树", "≥100.00(棵)", ""],
                    [None, None, None, "浇水", "=12.00(次)", ""],
                    [None, None, "成本指标", "树苗单价", "≤40元", ""],
                ]
            ),
        )
    )[0]
    assert form.kind == "performance_target" and form.attributes == {
        "nature": "经常性项目",
        "category": "特定目标类",
        "unit_of_amount": "元",
    }
    assert [(f.line, float(f.values["budget"].number or 0)) for f in form.funds] == [
        ("项目资金总额", 4100),
        ("年度资金申请总额", 4000),
        ("财政资金", 4100),
        ("当年财政拨款", 4000),
    ]
    assert [(i.level1, i.level2, i.level3, i.target) for i in form.indicators] == [
        ("产出指标", "数量指标", "种树", "≥100.00(棵)"),
        ("产出指标", "数量指标", "浇水", "=12.00(次)"),
        ("产出指标", "成本指标", "树苗单价", "≤40元"),
    ]
    assert form.goals == {"expected": "多种树", "actual": "种一百棵树"}


@needs_reports
def test_the_forty_forms_of_jiyuan() -> None:
    """Every numeric cell and every text of the forty real forms: shifted, split over pages, header and values interleaved."""
    document = read_path(next((SHARED / "reports" / "henan-jiyuan").glob("*.txt")))[0]
    forms = evaluations.read(outline("evaluations", *document.blocks))
    gold = json.loads((SHARED / "gold" / "jiyuan-2023.json").read_text(encoding="utf8"))["self_evaluations"]
    assert [f.project_name for f in forms] == [g["project_name"] for g in gold]
    for form, truth in zip(forms, gold, strict=True):
        for line, fund in zip(form.funds, truth["funds"], strict=True):
            read = numbers(line.values)
            for field in ("initial_budget", "annual_budget", "executed", "weight", "execution_rate", "score"):
                if fund[field] is not None and field not in (fund.get("recovered_fields") or []):
                    assert read.get(field) == fund[field], (truth["form_no"], fund["line"], field)
        assert [(i.level2, i.level3, i.target, i.actual, numbers(i.values)) for i in form.indicators] == [
            (i["level2"], i["level3"], i["target"], i["actual"], {k: i[k] for k in ("weight", "score", "deviation_pct")})
            for i in truth["indicators"]
        ]
        assert numbers(form.totals).get("total_score") == truth["total_score"]


def test_goals_before_funds_signs_and_units_apart() -> None:
    """Sichuan 2023: goals, what was done, funds (/ for what has no weight), a target in three columns, conclusions below."""

    def over(*cells: tuple[str, int]) -> list:
        """Cells with how many columns each spans."""
        return [x for text, n in cells for x in [(text, 1, n), *[None] * (n - 1)]]

    form = evaluations.read(
        outline(
            "evaluations",
            paragraph("部门预算项目支出绩效自评表"),
            grid(
                [
                    over(("项目名称", 2), ("51000023R01-河道清淤", 8)),
                    over(("主管部门", 2), ("云川市水务局", 3), ("实施单位 （盖章）", 2), ("云川市河道管理所", 3)),
                    [("项目基本情况", 3, 1), ("1.项目年度目标完成情况", 2, 1), *over(("项目年度目标", 4), ("年度目标完成情况", 4))],
                    [None, None, *over(("清淤三公里", 4), ("清淤两公里", 4))],
                    [None, "2.项目实施内容及过程概述", *over(("招标后于九月开工。", 8))],
                    [
                        ("预算执行情况（10分）", 4, 1),
                        "年度预算数（万元）",
                        *over(("年初预算", 2), ("调整后预算数", 2)),
                        "预算执行数",
                        "预算执行率",
                        "权重",
                        "得分",
                    ],
                    [None, "总额", *over(("0.00", 2), ("7.25", 2)), "7.25", "100.00%", "10", "10"],
                    [None, "其中：财政资金", *over(("0.00", 2), ("7.25", 2)), "7.25", "100.00%", "/", "/"],
                    [None, "单位资金", *over(("0.00", 2), ("0.00", 2)), "0.00", "0.00%", "/", "/"],
                    [
                        ("绩效指标（90分）", 2, 1),
                        *["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值", "权重", "得分"],
                    ],
                    [None, *["产出指标", "数量指标", "清淤长度", "≥", "3", "公里", "2", "90", "60"]],
                    [*over(("合计", 8)), "100", "70"],
                    ["评价结论", *over(("完成三分之二。", 9))],
                ]
            ),
        )
    )[0]
    assert (form.department, form.implementing_unit) == ("云川市水务局", "云川市河道管理所")
    assert form.goals == {"expected": "清淤三公里", "actual": "清淤两公里"}
    assert (form.attributes["description"], form.attributes["conclusion"]) == ("招标后于九月开工。", "完成三分之二。")
    assert [line.line for line in form.funds] == ["总额", "财政资金", "单位资金"]
    assert [numbers(line.values)["execution_rate"] for line in form.funds] == [100, 100, 0]
    assert [line.values["weight"].printed for line in form.funds] == ["10", "/", "/"]
    assert numbers(form.funds[2].values) | {"weight": None, "score": None} == {
        "initial_budget": 0, "annual_budget": 0, "executed": 0, "execution_rate": 0, "weight": None, "score": None,
    }  # fmt: skip
    [indicator] = form.indicators
    assert (indicator.level1, indicator.level2, indicator.target, indicator.actual) == ("产出指标", "数量指标", "≥3公里", "2")
    assert numbers(indicator.values) == {"weight": 90, "score": 60} and numbers(form.totals) == {"total_weight": 100, "total_score": 70}
    assert form.notes == []


def test_goals_of_several_years_are_named_with_them() -> None:
    form = evaluations.read(
        outline(
            "evaluations",
            paragraph("财政项目支出绩效目标申报表"),
            grid(
                [
                    ["项目名称", "河道清淤", "项目性质", "阶段性项目"],
                    ["项目资金（元）", "项目资金总额", "600,000.00", ""],
                    [("项目绩效目标", 2, 1), "项目总体目标（2024年-2026年）", "年度总体目标", ""],
                    [None, "清淤九公里", "清淤三公里", ""],
                    ["一级指标", "二级指标", "三级指标", "年度（/项目）指标值"],
                    ["产出指标", "数量指标", "清淤长度", "3公里"],
                ]
            ),
        )
    )[0]
    assert form.goals == {"expected": "清淤九公里", "actual": "清淤三公里"}
