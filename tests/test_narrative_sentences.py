"""Wordings of many regions and years, with invented figures: every stated number must become the right fact, and nothing else.

A case is heading, report kind, text, and the facts in printed order as `metric value` (+ / - for the direction of a change).
"""

from __future__ import annotations

import pytest

from pipelines.documents.model import Locator, Paragraph, Run
from pipelines.reports import narrative
from pipelines.reports.model import Identity, Outline, Section

IE = "一、收入支出决算总体情况说明"
INCOME = "二、收入决算情况说明"
SPEND = "三、支出决算情况说明"
FA = "四、财政拨款收入支出决算总体情况说明"
GP = "五、一般公共预算财政拨款支出决算情况说明"
GB = "六、一般公共预算财政拨款基本支出决算情况说明"
TP = "七、财政拨款“三公”经费支出决算情况说明"
GF = "八、政府性基金预算财政拨款收入支出决算情况说明"
SC = "九、国有资本经营预算财政拨款支出决算情况说明"
OP = "（一）机关运行经费支出情况"
PROC = "（二）政府采购支出情况"
ASSETS = "（三）国有资产占用情况"
PERF = "（四）预算绩效管理工作开展情况"
BUDGET = "一、收支预算总体情况说明"

CASES: list[tuple[str, str, str, str]] = [
    # ── whole income and expenditure ──
    (
        IE,
        "final",
        "2023年度收入总计2,310.45万元、支出总计2,310.45万元。与2022年度相比，收入总计增加120.30万元，增长5.49%；支出总计增加120.30万元，增长5.49%。",
        "income_expenditure.total 2310.45; income_expenditure.total 2310.45; income_expenditure.yoy_change 120.30+; income_expenditure.yoy_change_pct 5.49+; "
        "income_expenditure.yoy_change 120.30+; income_expenditure.yoy_change_pct 5.49+",
    ),
    (
        IE,
        "final",
        "2023年度收、支总计均为1,502.33万元。与上年度相比，收、支总计各减少88.10万元，下降5.54%，主要原因：一是人员减少3人，减少经费45万元；二是压减会议费5.2万元。",
        "income_expenditure.total 1502.33; income_expenditure.yoy_change 88.10-; income_expenditure.yoy_change_pct 5.54-; reason.count 3; reason.amount 45; reason.amount 5.2",
    ),
    (
        IE,
        "final",
        "本单位2023年度总收入581.45万元，其中本年收入390.55万元，较2022年度决算数减少175.26万元，下降31%。",
        "income_expenditure.total 581.45; income.total 390.55; income.yoy_change 175.26-; income.yoy_change_pct 31-",
    ),
    (
        IE,
        "final",
        "（二）本单位2023年度总支出125.08万元，其中本年支出116.12万元，较2022年度决算数增加19.68万元，增长20.4%。",
        "income_expenditure.total 125.08; expenditure.total 116.12; expenditure.yoy_change 19.68+; expenditure.yoy_change_pct 20.4+",
    ),
    (
        IE,
        "final",
        "2023年度收入合计3,050.20万元，较上年增加310.5万元，增幅11.33%；支出合计3,011.70万元，较上年增加290.8万元，增幅10.69%；年末结转和结余38.5万元，同比上升105.3%。",
        "income.total 3050.20; income.yoy_change 310.5+; income.yoy_change_pct 11.33+; expenditure.total 3011.70; expenditure.yoy_change 290.8+; "
        "expenditure.yoy_change_pct 10.69+; carry_over.closing 38.5; carry_over.closing.yoy_change_pct 105.3+",
    ),
    (
        IE,
        "final",
        "1.总体情况。2023年度收入总计2,408.11万元，支出总计2,408.11万元。收支较上年决算数减少56.30万元、下降2.3%，主要原因是项目经费减少。",
        "income_expenditure.total 2408.11; income_expenditure.total 2408.11; income_expenditure.yoy_change 56.30-; income_expenditure.yoy_change_pct 2.3-",
    ),
    (
        IE,
        "final",
        "2023年度收入、支出总计分别为820.5万元、811.2万元，比上年分别增加20.5万元、15.1万元，分别增长2.56%、1.9%。",
        "income.total 820.5; expenditure.total 811.2; income.yoy_change 20.5+; expenditure.yoy_change 15.1+; income.yoy_change_pct 2.56+; expenditure.yoy_change_pct 1.9+",
    ),
    (
        IE,
        "final",
        "2023年度收入总计（含年初结转和结余35.20万元）1,635.20万元，比上年增加12万元。",
        "carry_over.opening 35.20; income_expenditure.total 1635.20; income_expenditure.yoy_change 12+",
    ),
    (
        IE,
        "final",
        "2023年收入737615447元，支出743452949.21元，因人员工资调整略有增加。",
        "income.total 737615447; expenditure.total 743452949.21",
    ),
    # ── income ──
    (
        INCOME,
        "final",
        "本年收入合计4,125.49万元，其中：财政拨款收入3,859.16万元，占93.54%；上级补助收入0万元，占0%；事业收入120.00万元，占2.91%；经营收入0万元，占0%；附属单位上缴收入0万元，占0%；其他收入146.33万元，占3.55%。",
        "income.total 4125.49; income.fiscal_appropriation 3859.16; income.fiscal_appropriation.share_pct 93.54; income.superior_subsidy 0; income.superior_subsidy.share_pct 0; "
        "income.business_income 120.00; income.business_income.share_pct 2.91; income.operating_income 0; income.operating_income.share_pct 0; income.subsidiary_remittance 0; "
        "income.subsidiary_remittance.share_pct 0; income.other 146.33; income.other.share_pct 3.55",
    ),
    (
        INCOME,
        "final",
        "1.一般公共预算财政拨款收入382.17万元，为市本级财政当年拨付的资金。较2022年度决算数减少157.86万元，下降29.2%，主要原因：一是人员自然减员；二是上年下拨抚恤金74.31万元。",
        "income.general_public 382.17; income.general_public.yoy_change 157.86-; income.general_public.yoy_change_pct 29.2-; reason.amount 74.31",
    ),
    (
        INCOME,
        "final",
        "3.上年结转和结余190.89万元，为以前年度支出预算因客观条件变化未执行完毕、结转到本年度按有关规定继续使用的资金。较2022年度决算数减少7.63万元，下降3.8 %。",
        "carry_over.opening 190.89; carry_over.opening.yoy_change 7.63-; carry_over.opening.yoy_change_pct 3.8-",
    ),
    (
        INCOME,
        "final",
        "2023年度收入合计900.00万元，其中：财政拨款收入850.00万元，占比94.44%；事业收入（含教育收费）50.00万元，占比5.56%。",
        "income.total 900.00; income.fiscal_appropriation 850.00; income.fiscal_appropriation.share_pct 94.44; income.business_income 50.00; income.business_income.share_pct 5.56",
    ),
    (
        INCOME,
        "final",
        "2023年一般公共预算财政拨款7194.61万元，政府性基金预算财政拨款11.95万元，事业收入169.59万元。",
        "income.general_public 7194.61; income.government_fund 11.95; income.business_income 169.59",
    ),
    # ── expenditure ──
    (
        SPEND,
        "final",
        "本年支出合计4,143.91万元，其中：基本支出1,140.27万元，占27.52%；项目支出3,003.64万元，占72.48%；上缴上级支出0.00万元；经营支出0.00万元；对附属单位补助支出0.00万元。",
        "expenditure.total 4143.91; expenditure.basic 1140.27; expenditure.basic.share_pct 27.52; expenditure.project 3003.64; expenditure.project.share_pct 72.48; "
        "expenditure.remit_to_superior 0; expenditure.operating 0; expenditure.subsidy_to_subsidiary 0",
    ),
    (
        SPEND,
        "final",
        "2023年基本支出6490.17万元（人员经费6116.27万元，日常公用经费373.90万元），项目支出944.36万元。",
        "expenditure.basic 6490.17; expenditure.basic.personnel 6116.27; expenditure.basic.public 373.90; expenditure.project 944.36",
    ),
    (
        SPEND,
        "final",
        "2023年度支出合计660.12万元。其中：基本支出500.12万元，占总支出的75.76%，比上年增加12.3万元，增长2.52%；项目支出160.00万元，占总支出的24.24%，比上年减少30万元，下降15.79%。",
        "expenditure.total 660.12; expenditure.basic 500.12; expenditure.basic.share_pct 75.76; expenditure.basic.yoy_change 12.3+; expenditure.basic.yoy_change_pct 2.52+; "
        "expenditure.project 160.00; expenditure.project.share_pct 24.24; expenditure.project.yoy_change 30-; expenditure.project.yoy_change_pct 15.79-",
    ),
    # ── fiscal appropriation ──
    (
        FA,
        "final",
        "2023年度财政拨款收、支总计均为1,614.63万元。与2022年相比，财政拨款收、支总计各增加540.23万元，增长50.28%。主要变动原因是新增项目资金605.99万元。",
        "fiscal_appropriation.total 1614.63; fiscal_appropriation.yoy_change 540.23+; fiscal_appropriation.yoy_change_pct 50.28+; reason.amount 605.99",
    ),
    (
        FA,
        "final",
        "2023年度财政拨款收入总计1,870.91万元，支出总计1,870.91万元。与上年相比，财政拨款收入、支出总计各增加63.43万元，增长3.51%。",
        "fiscal_appropriation.total 1870.91; fiscal_appropriation.total 1870.91; fiscal_appropriation.yoy_change 63.43+; fiscal_appropriation.yoy_change_pct 3.51+",
    ),
    # ── general public budget ──
    (
        GP,
        "final",
        "2023年度一般公共预算财政拨款支出1,264.92万元，占本年支出合计的31.45%。与上年相比，一般公共预算财政拨款支出增加27.44万元，增长2.22%。",
        "general_public.expenditure 1264.92; general_public.share_of_expenditure_pct 31.45; general_public.yoy_change 27.44+; general_public.yoy_change_pct 2.22+",
    ),
    (
        GP,
        "final",
        "2023年度一般公共预算财政拨款支出1,264.92万元，主要用于以下方面：教育支出（类）1,000.00万元，占79.06%；社会保障和就业（类）支出67.64万元，占5.35%；卫生健康支出196.48万元，占15.53%；农林水支出0.8万元，占0.06%。",
        "general_public.expenditure 1264.92; general_public.function_class.amount 1000.00; general_public.function_class.share_pct 79.06; general_public.function_class.amount 67.64; "
        "general_public.function_class.share_pct 5.35; general_public.function_class.amount 196.48; general_public.function_class.share_pct 15.53; general_public.function_class.amount 0.8; "
        "general_public.function_class.share_pct 0.06",
    ),
    (
        GP,
        "final",
        "1.教育支出（类）普通教育（款）小学教育（项）。年初预算为210.50万元，支出决算为232.10万元，完成年初预算的110.26%，决算数大于年初预算数的主要原因是追加人员经费21.6万元。",
        "function_item.initial_budget 210.50; function_item.final 232.10; function_item.completion_pct 110.26; reason.amount 21.6",
    ),
    (
        GP,
        "final",
        "2.住房保障支出（类）住房改革支出（款）住房公积金（项）：2023年预算数为55.30万元，支出决算为54.30万元，完成预算的98.19%，比上年增加1.2万元，增长2.26%，主要用于缴纳住房公积金。",
        "function_item.annual_budget 55.30; function_item.final 54.30; function_item.completion_pct 98.19; function_item.yoy_change 1.2+; function_item.yoy_change_pct 2.26+",
    ),
    (
        GP,
        "final",
        "（1）一般公共服务支出（类）财政事务（款）行政运行（项）支出1,511.89万元，较年初预算数减少48.16万元，下降3.09%，主要原因是人员退休。",
        "function_item.final 1511.89; function_item.change_vs_initial_budget 48.16-; function_item.change_vs_initial_budget_pct 3.09-",
    ),
    (
        GP,
        "final",
        "一般公共预算财政拨款支出年初预算数为480.00万元，全年预算数为520.00万元，支出决算数为515.30万元，完成年初预算的107.35%，完成全年预算的99.10%。",
        "general_public.initial_budget 480.00; general_public.annual_budget 520.00; general_public.final 515.30; general_public.completion_pct 107.35; general_public.completion_pct 99.10",
    ),
    (
        GP,
        "final",
        "2023年度财政拨款支出1,300.50万元，其中：基本支出900.50万元，项目支出400万元。",
        "fiscal_appropriation.expenditure 1300.50; fiscal_appropriation.basic.total 900.50; fiscal_appropriation.project 400",
    ),
    # ── basic expenditure ──
    (
        GB,
        "final",
        "2023年度一般公共预算财政拨款基本支出3,942.77万元，其中：人员经费3,698.44万元，主要包括：基本工资、津贴补贴、奖金；公用经费244.33万元，主要包括：办公费、印刷费。",
        "basic.total 3942.77; basic.personnel 3698.44; basic.public 244.33",
    ),
    (
        GB,
        "final",
        "2023年度一般公共预算财政拨款基本支出812.00万元。其中：人员经费700.50万元，较上年增加20.10万元，增长2.95%，主要原因是工资调整。日常公用经费111.50万元，较上年决算数减少4.20万元，下降3.63%。",
        "basic.total 812.00; basic.personnel 700.50; basic.personnel.yoy_change 20.10+; basic.personnel.yoy_change_pct 2.95+; basic.public 111.50; basic.public.yoy_change 4.20-; basic.public.yoy_change_pct 3.63-",
    ),
    (
        GB,
        "final",
        "一般公共预算财政拨款基本支出300.00万元，其中：工资福利支出250.20万元、商品和服务支出40.80万元、对个人和家庭的补助9.00万元。",
        "basic.total 300.00; basic.economic_item.amount 250.20; basic.economic_item.amount 40.80; basic.economic_item.amount 9.00",
    ),
    # ── three public ──
    (
        TP,
        "final",
        "2023年度“三公”经费财政拨款支出年初预算为12.50万元，全年预算为10.00万元，支出决算为9.35万元，完成年初预算的74.80%，完成全年预算的93.50%；较上年减少1.20万元，下降11.37%。",
        "three_public.initial_budget 12.50; three_public.annual_budget 10.00; three_public.final 9.35; three_public.completion_pct 74.80; three_public.completion_pct 93.50; "
        "three_public.yoy_change 1.20-; three_public.yoy_change_pct 11.37-",
    ),
    (
        TP,
        "final",
        "其中：因公出国（境）费支出决算为0万元，占0%；公务用车购置及运行维护费支出决算为7.50万元，占80.21%；公务接待费支出决算为1.85万元，占19.79%。",
        "three_public.abroad.final 0; three_public.abroad.share_pct 0; three_public.vehicle.final 7.50; three_public.vehicle.share_pct 80.21; three_public.reception.final 1.85; three_public.reception.share_pct 19.79",
    ),
    (
        TP,
        "final",
        "1.因公出国（境）费支出5.20万元，完成预算的100%。全年安排因公出国（境）团组2个，累计6人次。开支内容包括：赴境外培训费3.1万元。因公出国（境）支出决算比2022年度增加5.20万元，主要原因是上年未安排。",
        "three_public.abroad.final 5.20; three_public.abroad.completion_pct 100; three_public.abroad.groups 2; three_public.abroad.people 6; reason.amount 3.1; three_public.abroad.yoy_change 5.20+",
    ),
    (
        TP,
        "final",
        "2.公务用车购置及运行维护费支出35.00万元，其中：公务用车购置支出18.00万元，全年按规定更新购置公务用车1辆，金额18.00万元；公务用车运行维护费支出17.00万元，主要用于燃料费、维修费。截至2023年12月31日，开支财政拨款的公务用车保有量6辆。",
        "three_public.vehicle.final 35.00; three_public.vehicle.purchase.final 18.00; three_public.vehicle.purchase.count 1; three_public.vehicle.purchase.final 18.00; three_public.vehicle.operation.final 17.00; three_public.vehicle.count 6",
    ),
    (
        TP,
        "final",
        "3.公务接待费支出1.85万元，完成预算的92.5%。其中：国内公务接待支出1.85万元，主要用于执行公务接待费用。国内公务接待23批次，210人次（不包括陪同人员），共计支出1.85万元；外事接待支出0万元，外事接待0批次，0人次。",
        "three_public.reception.final 1.85; three_public.reception.completion_pct 92.5; three_public.reception.domestic 1.85; three_public.reception.batches 23; three_public.reception.people 210; "
        "three_public.reception.domestic 1.85; three_public.reception.foreign 0; three_public.reception.foreign_batches 0; three_public.reception.foreign_people 0",
    ),
    (
        TP,
        "final",
        "2023年度国内公务接待12批次（其中外事接待2批次），86人次（其中外事接待9人次）。",
        "three_public.reception.batches 12; three_public.reception.foreign_batches 2; three_public.reception.people 86; three_public.reception.foreign_people 9",
    ),
    (
        TP,
        "final",
        "因公出国（境）团组0个，人数0人；公务用车购置1辆，公务用车保有量5辆；国内公务接待批次39个，接待人次285人；国（境）外公务接待批次3个，接待人次14人。",
        "three_public.abroad.groups 0; three_public.abroad.people 0; three_public.vehicle.purchase.count 1; three_public.vehicle.count 5; three_public.reception.batches 39; three_public.reception.people 285; "
        "three_public.reception.foreign_batches 3; three_public.reception.foreign_people 14",
    ),
    (
        TP,
        "final",
        "公务用车购置及运行维护费76.34万元（其中：公务用车购置费23.37万元，公务用车运行维护费52.97万元），比年初预算增加18.3万元；公务接待费6.02万元，比年初预算减少5.16万元。",
        "three_public.vehicle.final 76.34; three_public.vehicle.purchase.final 23.37; three_public.vehicle.operation.final 52.97; three_public.vehicle.change_vs_initial_budget 18.3+; "
        "three_public.reception.final 6.02; three_public.reception.change_vs_initial_budget 5.16-",
    ),
    (
        TP,
        "final",
        "2023年因公出国（境）费、公务用车购置及运行维护费、公务接待费决算总额27.71万元，比上年下降1.8%。其中：公务接待费决算10.33万元，与上年下降7.6%；公务用车运行费决算12.04万元，与上年下降3.9%。",
        "three_public.final 27.71; three_public.yoy_change_pct 1.8-; three_public.reception.final 10.33; three_public.reception.yoy_change_pct 7.6-; three_public.vehicle.operation.final 12.04; three_public.vehicle.operation.yoy_change_pct 3.9-",
    ),
    (
        TP,
        "final",
        "2023年度“三公”经费支出决算11.65万元，按同口径同比减少0.64万元，下降5.2%。",
        "three_public.final 11.65; three_public.yoy_change 0.64-; three_public.yoy_change_pct 5.2-",
    ),
    (
        TP,
        "final",
        "（三）培训费支出情况。2023年度培训费支出3.20万元，比上年增加0.8万元，增长33.33%。会议费支出1.10万元，召开会议4次，参会120人次。",
        "training.final 3.20; training.yoy_change 0.8+; training.yoy_change_pct 33.33+; meeting.final 1.10; meeting.count 4; meeting.people 120",
    ),
    (
        "一、2023年“三公”经费预算安排情况",
        "budget",
        "2023年一般公共预算“三公”经费预算安排520万元，与2022年预算持平。一、2023年因公出国（境）费预算170万元，与2022年预算相比增加170万元。二、公务用车购置及运行费预算150万元，其中公务用车运行费150万元，与2022年预算相比减少170万元，公务用车购置费0万元。",
        "three_public.budget 520; three_public.abroad.budget 170; three_public.abroad.yoy_change 170+; three_public.vehicle.budget 150; three_public.vehicle.operation.budget 150; three_public.vehicle.operation.yoy_change 170-; three_public.vehicle.purchase.budget 0",
    ),
    (
        "“三公”经费预算情况说明",
        "budget",
        "2023年度“三公”经费预算较2022年度增加1.68万元，其中公务接待较上年同期减少0.58万元，减少4.68%。公务用车运行费用较上年同期增加2.27万元，增长29.37%。",
        "three_public.yoy_change 1.68+; three_public.reception.yoy_change 0.58-; three_public.reception.yoy_change_pct 4.68-; three_public.vehicle.operation.yoy_change 2.27+; three_public.vehicle.operation.yoy_change_pct 29.37+",
    ),
    # ── funds, state capital ──
    (
        GF,
        "final",
        "2023年度政府性基金预算财政拨款年初结转和结余10.00万元，本年收入605.99万元，本年支出600.99万元，年末结转和结余15.00万元。",
        "government_fund.opening_balance 10.00; government_fund.income 605.99; government_fund.expenditure 600.99; government_fund.closing_balance 15.00",
    ),
    (
        GF,
        "final",
        "2023年度政府性基金预算财政拨款支出605.99万元，其中：城乡社区支出（类）国有土地使用权出让收入安排的支出（款）土地开发支出（项）605.99万元。",
        "government_fund.expenditure 605.99; function_item.final 605.99",
    ),
    (SC, "final", "2023年度国有资本经营预算财政拨款支出0万元，与上年相比无变化。", "state_capital.expenditure 0"),
    # ── operating ──
    (
        OP,
        "final",
        "本部门2023年度机关运行经费支出210.45万元，比年初预算数减少9.55万元，降低4.34%，比2022年减少0.43万元，下降0.20%。主要原因是厉行节约。",
        "agency_operating.amount 210.45; agency_operating.change_vs_initial_budget 9.55-; agency_operating.change_vs_initial_budget_pct 4.34-; agency_operating.yoy_change 0.43-; agency_operating.yoy_change_pct 0.20-",
    ),
    (
        "机关运行经费预算情况",
        "budget",
        "2023年本部门2家行政单位、1家参公事业单位的机关运行经费财政拨款预算86.09万元，较2022年预算增加3.10万元，上升3.74%。",
        "agency_operating.agencies 2; agency_operating.institutions 1; agency_operating.amount 86.09; agency_operating.yoy_change 3.10+; agency_operating.yoy_change_pct 3.74+",
    ),
    # ── procurement ──
    (
        PROC,
        "final",
        "2023年度政府采购支出总额377.32万元，其中：政府采购货物支出57.20万元、政府采购工程支出120.00万元、政府采购服务支出200.12万元。授予中小企业合同金额300.00万元，占政府采购支出总额的79.51%，其中：授予小微企业合同金额150.00万元，占授予中小企业合同金额的50.00%；货物采购授予中小企业合同金额占货物支出金额的100%，工程采购授予中小企业合同金额占工程支出金额的60%，服务采购授予中小企业合同金额占服务支出金额的88.5%。",
        "procurement.total 377.32; procurement.goods 57.20; procurement.works 120.00; procurement.services 200.12; procurement.awarded_to_sme 300.00; procurement.awarded_to_sme.share_pct 79.51; "
        "procurement.awarded_to_micro 150.00; procurement.awarded_to_micro.share_pct 50.00; procurement.goods.awarded_to_sme.share_pct 100; procurement.works.awarded_to_sme.share_pct 60; procurement.services.awarded_to_sme.share_pct 88.5",
    ),
    (
        "政府采购预算情况",
        "budget",
        "2023年政府采购预算总额117.00万元，其中：政府采购货物预算17.00万元，政府采购工程预算0万元，政府采购服务预算100.00万元。政府集中采购预算60万元，占政府采购预算的51.28%；分散采购57万元。",
        "procurement.total 117.00; procurement.goods 17.00; procurement.works 0; procurement.services 100.00; procurement.centralised 60; procurement.centralised.share_pct 51.28; procurement.decentralised 57",
    ),
    # ── assets ──
    (
        ASSETS,
        "final",
        "截至2023年12月31日，本单位共有车辆9辆，其中，副部（省）级及以上领导用车0辆、主要负责人用车1辆、机要通信用车2辆、应急保障用车1辆、执法执勤用车3辆、特种专业技术用车1辆、离退休干部服务用车0辆、其他用车1辆；单价100万元（含）以上设备（不含车辆）4台（套）。",
        "assets.vehicles.total 9; assets.vehicles.ministerial_leader 0; assets.vehicles.main_leader 1; assets.vehicles.confidential_communication 2; assets.vehicles.emergency 1; assets.vehicles.law_enforcement 3; "
        "assets.vehicles.special_technical 1; assets.vehicles.retired_cadre 0; assets.vehicles.other 1; assets.equipment_over_1m 4",
    ),
    (
        ASSETS,
        "final",
        "截至2023年12月31日，本部门共有车辆12辆，其中，副部（省）级以上领导用车1辆、主要领导干部用车2辆、机要通信用车3辆、应急保障用车2辆、执法执勤用车2辆、特种专业技术用车1辆、离退休干部用车1辆、其他用车0辆，其他用车主要是后勤保障；单位价值50万元以上通用设备3台（套），单位价值100万元以上专用设备2台（套）。",
        "assets.vehicles.total 12; assets.vehicles.ministerial_leader 1; assets.vehicles.main_leader 2; assets.vehicles.confidential_communication 3; assets.vehicles.emergency 2; assets.vehicles.law_enforcement 2; "
        "assets.vehicles.special_technical 1; assets.vehicles.retired_cadre 1; assets.vehicles.other 0; assets.general_equipment_over_500k 3; assets.special_equipment_over_1m 2",
    ),
    (
        ASSETS,
        "final",
        "截至2023年12月31日，本单位资产总额5,310.20万元，其中：流动资产1,200.10万元，固定资产3,950.00万元，在建工程0万元，无形资产160.10万元。房屋面积4,200.50平方米。",
        "assets.total 5310.20; assets.current 1200.10; assets.fixed 3950.00; assets.construction_in_progress 0; assets.intangible 160.10; assets.buildings.area 4200.50",
    ),
    (
        "国有资产占有使用情况",
        "budget",
        "截至2022年10月31日，所属各预算单位共有车辆5辆；单位价值50万元以上大型设备3台（套）。2023年部门预算安排购置车辆1辆；安排购置单价100万元（含）以上设备2台（套）。",
        "assets.vehicles.total 5; assets.general_equipment_over_500k 3; assets.planned_purchase.vehicles.total 1; assets.planned_purchase.equipment_over_1m 2",
    ),
    # ── performance ──
    (
        PERF,
        "final",
        "根据预算绩效管理要求，我单位组织对2023年度一般公共预算项目支出全面开展绩效自评，共涉及项目12个，涉及资金523.45万元，占一般公共预算项目支出总额的100%。",
        "performance.self_evaluation.projects 12; performance.self_evaluation.amount 523.45; performance.self_evaluation.share_pct 100",
    ),
    (
        PERF,
        "final",
        "组织对“智慧平台”“校舍维修”等3个项目开展了部门评价，涉及一般公共预算支出88.00万元。",
        "performance.department_evaluation.projects 3; performance.department_evaluation.amount 88.00",
    ),
    (
        PERF,
        "final",
        "项目全年预算数为10.00万元，执行数为9.50万元，完成预算的95%。项目自评得分98分，自评结果为优。",
        "performance.project.annual_budget 10.00; performance.project.executed 9.50; performance.project.completion_pct 95; performance.project.score 98",
    ),
    (
        PERF,
        "final",
        "2023年度部门整体支出绩效自评得分96.5分，评价等级为优。绩效自评项目20个，平均得分97.2分，其中评价等级为“优”的项目18个，“良”的项目2个。",
        "performance.department_overall_score 96.5; performance.self_evaluation.projects 20; performance.self_evaluation.average_score 97.2; performance.rating.excellent 18; performance.rating.good 2",
    ),
    (
        "绩效目标设置情况",
        "budget",
        "2023年本部门实行绩效目标管理的项目15个，涉及财政性资金合计880万元。",
        "performance.targets.projects 15; performance.targets.amount 880",
    ),
    (
        "绩效目标设置情况",
        "budget",
        "2023年本部门8个项目实行了绩效目标管理，涉及一般公共预算当年拨款1,204.00万元。",
        "performance.targets.projects 8; performance.targets.amount 1204.00",
    ),
    # ── budgets of other regions ──
    (
        BUDGET,
        "budget",
        "2023年收支总预算1,809.23万元。收入包括：一般公共预算拨款收入1,700.00万元、上年结转109.23万元；支出包括：一般公共服务支出1,500.23万元、住房保障支出309.00万元。",
        "income_expenditure.total 1809.23; income.general_public 1700.00; income.carry_over 109.23; expenditure.function_class.amount 1500.23; expenditure.function_class.amount 309.00",
    ),
    (
        "三、2023年收入预算情况说明",
        "budget",
        "本部门2023年收入预算1,809.23万元，其中：上年结转109.23万元，占6.04%；一般公共预算拨款收入1,700.00万元，占93.96%。",
        "income.total 1809.23; income.carry_over 109.23; income.carry_over.share_pct 6.04; income.general_public 1700.00; income.general_public.share_pct 93.96",
    ),
    (
        "四、2023年支出预算情况说明",
        "budget",
        "本部门2023年支出预算1,809.23万元，其中：基本支出1,309.23万元，占72.36%；项目支出500.00万元，占27.64%。",
        "expenditure.total 1809.23; expenditure.basic 1309.23; expenditure.basic.share_pct 72.36; expenditure.project 500.00; expenditure.project.share_pct 27.64",
    ),
    (
        "五、一般公共预算当年拨款情况说明",
        "budget",
        "2023年一般公共预算当年拨款1,700.00万元，比2022年执行数减少50.00万元，下降2.86%。教育支出（类）普通教育（款）小学教育（项）2023年预算数为900.00万元，比2022年执行数增加10.00万元，增长1.12%。",
        "general_public.expenditure 1700.00; general_public.change_vs_previous_execution 50.00-; general_public.change_vs_previous_execution_pct 2.86-; function_item.budget 900.00; "
        "function_item.change_vs_previous_execution 10.00+; function_item.change_vs_previous_execution_pct 1.12+",
    ),
    (
        "六、一般公共预算基本支出情况说明",
        "budget",
        "2023年一般公共预算基本支出1,309.23万元，其中：人员经费1,200.00万元，主要包括基本工资、津贴补贴；公用经费109.23万元，主要包括办公费、水费。",
        "basic.total 1309.23; basic.personnel 1200.00; basic.public 109.23",
    ),
    (
        BUDGET,
        "budget",
        "2023年，某某区民政局收入预算9,101.68万元，其中：财政拨款收入9,101.68万元，比2022年预算减少2,389.52万元；事业收入0万元。",
        "income.total 9101.68; income.fiscal_appropriation 9101.68; income.fiscal_appropriation.yoy_change 2389.52-; income.business_income 0",
    ),
    (
        "（二）一般公共预算支出情况",
        "budget",
        "一般公共服务类科目1,309,230.00元，占支出总预算72.36%，同比增加52,040.00元，增长4.14%。",
        "general_public.function_class.amount 1309230.00; general_public.function_class.share_pct 72.36; general_public.function_class.yoy_change 52040.00+; general_public.function_class.yoy_change_pct 4.14+",
    ),
    (
        BUDGET,
        "budget",
        "部门预算总收入2,000万元，较上年增加100万元，增长5.26％，其中：一般公共预算1,900万元，政府性基金100万元。",
        "income.total 2000; income.yoy_change 100+; income.yoy_change_pct 5.26+; income.general_public 1900; income.government_fund 100",
    ),
    # ── what is no fact ──
    (
        IE,
        "final",
        "根据《关于编制2023年部门预算的通知》（财预〔2022〕105号）和第3号令，2023年1月1日至12月31日，本部门召开会议。详见公开01表、图1和附件2。",
        "",
    ),
    (PERF, "final", "预算执行率不低于95%，单价在100万元以上的设备。", ""),
    (IE, "final", "2023年度收入总计12.705.06万元。", "? 12"),
]


def read(heading: str, kind: str, text: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """(metric, value, direction) of the facts, and the printed numbers that were not recognised."""
    paragraphs = [Paragraph(line, [Run(0, len(line), Locator("text", line=i))]) for i, line in enumerate(text.split("\n"), 1)]
    section = Section("narrative", heading, (), None, list(paragraphs))
    identity = Identity(None, "某某局", 2023, "budget" if kind == "budget" else "final", "department")
    facts, _, unrecognised = narrative.read(Outline([section]), identity, [])
    sign = {"increase": "+", "decrease": "-"}
    return [(f.metric, str(f.value), sign.get(f.direction or "", "")) for f in facts], [u.why for u in unrecognised]


def expected(text: str) -> tuple[list[tuple[str, float, str]], int]:
    found, unknown = [], 0
    for part in filter(None, (p.strip() for p in text.split(";"))):
        metric, value = part.split()
        if metric == "?":
            unknown += 1
            continue
        sign = value[-1] if value[-1] in "+-" else ""
        found.append((metric, float(value.rstrip("+-")), sign))
    return found, unknown


@pytest.mark.parametrize(("heading", "kind", "text", "facts"), CASES, ids=[f"{i:02d}-{c[2][:12]}" for i, c in enumerate(CASES)])
def test_sentence(heading: str, kind: str, text: str, facts: str) -> None:
    want, unknown = expected(facts)
    got, left = read(heading, kind, text)
    assert [(m, float(v), d) for m, v, d in got] == want
    assert len(left) == unknown, left
