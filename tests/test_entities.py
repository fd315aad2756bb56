"""Who is who: regions, names, units over names and years, the review list, seeds and their errors."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from _warehouse import SEEDS, File, build, expenditure, needs_reports, one, real_files, report
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.entities.names import Names, likeness
from pipelines.entities.regions import Regions
from pipelines.entities.seeds import ALL, Alias, Region, SeedError, Seeds, Subject, load_rows
from pipelines.entities.units import Mention, Resolver, hashed_id

REGIONS = Regions(SEEDS)
NAMES = Names(SEEDS, REGIONS)
RESOLVER = Resolver(SEEDS)


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return RESOLVER


# -- regions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("上海市普陀区", "310107"),
        ("江苏省", "320000"),
        ("济源产城融合示范区", "419001"),
        ("济源市", "419001"),
        ("河南省济源市", "419001"),
        ("四川省大英县", "510923"),  # the city between left out
        ("普陀区", None),  # Shanghai and Zhoushan
        ("火星市", None),
    ],
)
def test_region_of_a_text(text: str, code: str | None) -> None:
    assert REGIONS.resolve(text).region_code == code


def test_a_replaced_code_is_found_by_the_year() -> None:
    """蓟县 became 蓟州区 in 2016: both are found in their years, and a report that still says 蓟县 is too."""
    assert REGIONS.resolve("天津市蓟县", 2015).region_code == "120225"
    assert REGIONS.resolve("天津市蓟州区", 2020).region_code == "120119"
    assert REGIONS.resolve("天津市蓟县", 2020).region_code == "120225"


def test_every_region_has_its_parent_and_one_name_a_year() -> None:
    rows = load_rows(Region)
    codes = {r.region_code for r in rows}
    assert {r.parent_code for r in rows} - {None} <= codes
    for year in range(2015, 2024):
        valid = [r.region_code for r in rows if (r.first_year or 0) <= year and (r.last_year is None or year <= r.last_year)]
        assert len(valid) == len(set(valid)), year


def test_a_common_word_in_front_of_a_name_is_no_region() -> None:
    assert REGIONS.of_prefix("郊区林业站") == (REGIONS.resolve(None), 0)
    assert REGIONS.of_prefix("江苏省苏州市财政局")[0].region_code == "320500"


# -- names


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("江苏省人大常委会办公厅", "江苏省人大办公厅"),
        ("江苏省人民代表大会常务委员会办公厅", "省人大办公厅"),
        ("上海市普陀区财政局（本级）", "上海市普陀区财政局"),
        ("上海市普陀区财政局(本级)", "普陀区财政局"),
        ("济源产城融合示范区人力资源和社会保障局本级", "济源市人社局"),
        ("上海市普陀区人民政府万里街道办事处", "上海市普陀区人民政府万里街道"),
        ("济源市发展和改革委员会2023年度部门决算", "济源市发改委"),
        ("中国共产党济源市委员会组织部", "济源市委组织部"),
        ("中共江苏省委办公厅", "江苏省委办公厅"),
        ("江苏省委办公厅", "省委办公厅"),
        ("上海市普陀区人民政府万里街道办事处", "上海市普陀区万里街道办事处"),
        ("济源市人民政府国有资产监督管理委员会", "济源市国资委"),
    ],
)
def test_spellings_that_fold_to_one_name(a: str, b: str) -> None:
    strip = [NAMES.fold(n).core.removeprefix("普陀区") for n in (a, b)]
    assert strip[0] == strip[1]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("济源市财政局", "济源市民政局"),
        ("省委办公厅", "省政府办公厅"),
        ("市场监督管理局", "场监督管理局"),
        ("济源市第一中学", "济源市第二中学"),
    ],
)
def test_names_that_stay_apart(a: str, b: str) -> None:
    assert NAMES.fold(a).core != NAMES.fold(b).core


def test_likeness_sees_the_three_spellings_and_not_neighbours() -> None:
    assert likeness("社会劳动保障管理局", "社会劳动保险管理局") > 80
    assert likeness("社会保险管理局", "社会劳动保险管理局") > 80
    for a, b in [("第一中学", "第二中学"), ("万里街道", "长寿街道"), ("财政局", "民政局"), ("人才交流中心", "人事考试中心")]:
        assert likeness(a, b) < 75, (a, b)


@given(st.text("江苏省上海市普陀区财政人大常委会办公厅（本级） （）一二局处", min_size=1, max_size=14))
def test_folding_is_stable(name: str) -> None:
    core = NAMES.fold(name).core
    assert core == NAMES.fold(f" {name}　").core
    assert likeness(core, core) == 100


# -- units


def test_a_renamed_body_is_one_unit_with_two_versions() -> None:
    con = build([File(report(f"江苏省{n}", y, region="江苏省", statements=expenditure()), n + str(y)) for n, y in
                 [("人大办公厅", 2017), ("人大常委会办公厅", 2018), ("人大常委会办公厅", 2019)]])  # fmt: skip
    assert con.execute("SELECT name, first_year, last_year, is_current FROM core.dim_unit ORDER BY first_year").fetchall() == [
        ("江苏省人大办公厅", 2017, 2017, False),
        ("江苏省人大常委会办公厅", 2018, None, True),
    ]
    assert one(con, "SELECT unit_id FROM core.dim_unit WHERE is_current") == hashed_id("320000", "人大办公厅")
    assert con.execute("SELECT event, fiscal_year, source FROM core.unit_event").fetchall() == [("rename", 2018, "reports")]
    assert con.execute("SELECT DISTINCT breaks FROM mart.year_on_year WHERE fiscal_year = 2018").fetchall() == [
        ("renamed from 江苏省人大办公厅",)
    ]
    assert con.execute("SELECT u.name FROM core.dim_report JOIN core.dim_unit AS u USING (unit_key) ORDER BY fiscal_year").fetchall() == [
        ("江苏省人大办公厅",),
        ("江苏省人大常委会办公厅",),
        ("江苏省人大常委会办公厅",),
    ]


def test_one_name_in_two_regions_is_two_units(resolver: Resolver) -> None:
    units = resolver.resolve([Mention("财政局", "上海市普陀区", 2023, "report"), Mention("财政局", "浙江省舟山市普陀区", 2023, "report")])
    assert len({u.unit_id for u in units.units}) == 2


def test_members_kind_sector_and_head() -> None:
    con = build(
        [File(report("济源市民政局", members=["济源市民政局本级", "济源市社会福利院", "济源市第二福利院"], statements=expenditure()))]
    )
    assert con.execute(
        "SELECT ordinal, is_head, member_unit_id = department_unit_id FROM core.unit_member ORDER BY ordinal"
    ).fetchall() == [
        (1, True, True),
        (2, False, False),
        (3, False, False),
    ]
    found = con.execute("SELECT name, kind, sector, parent_unit_id IS NULL FROM core.dim_unit ORDER BY name").fetchall()
    assert ("济源市民政局", "agency", "civil_affairs", True) in found and (
        "济源市社会福利院",
        "institution",
        "civil_affairs",
        False,
    ) in found
    assert one(con, "SELECT count(*) FROM quality.review") == 0  # one list names both: two bodies


SPELLINGS = ["济源市社会劳动保险管理局", "济源市社会劳动保障管理局", "济源市社会保险管理局"]


def _three(resolver: Resolver):
    place = "济源产城融合示范区"
    office = "济源产城融合示范区人力资源和社会保障局"
    said = [Mention(office, place, 2023, "report"), Mention(SPELLINGS[0], place, 2023, "member", office)]
    said += [Mention(n, place, 2023, "evaluation", office) for n in SPELLINGS[1:]]
    return said, resolver.resolve(said)


def test_unsure_spellings_wait_with_a_score_and_a_settled_one_is_an_alias(resolver: Resolver, tmp_path: Path) -> None:
    said, units = _three(resolver)
    assert [(r.name_a, r.name_b) for r in units.reviews] == [(SPELLINGS[1], SPELLINGS[0]), (SPELLINGS[2], SPELLINGS[0])]
    assert all(80 < r.score < 100 for r in units.reviews)
    assert units.of[said[2]].unit_id is None
    (tmp_path / "unit_alias.csv").write_text(
        "alias,region_code,unit,decision,first_year,last_year,note\n"
        f"{SPELLINGS[1]},419001,{SPELLINGS[0]},same,,,\n{SPELLINGS[2]},419001,{SPELLINGS[0]},different,,,\n",
        "utf-8",
    )
    said, settled = _three(Resolver(Seeds(tmp_path)))
    assert settled.of[said[2]].unit_id == settled.of[said[1]].unit_id
    assert settled.of[said[3]].unit_id is None and not settled.reviews


def test_a_settled_alias_replaces_an_id_and_the_old_one_resolves(tmp_path: Path) -> None:
    files = [File(report(n, y, statements=expenditure()), n) for n, y in [("济源市经济局", 2020), ("济源市工信局", 2021)]]
    apart = build(files)
    assert one(apart, "SELECT count(DISTINCT unit_id) FROM core.dim_unit") == 2
    (tmp_path / "unit_event.csv").write_text(
        "region_code,unit,event,year,related_unit,share,note\n419001,济源市经济局,rename,2021,济源市工信局,1,\n", "utf-8"
    )
    joined = build(files, seeds=tmp_path)
    assert one(joined, "SELECT count(DISTINCT unit_id) FROM core.dim_unit") == 1
    assert one(joined, f"SELECT unit_id FROM core.unit_alias WHERE alias = '{hashed_id('419001', '工信局')}'") == hashed_id(
        "419001", "经济局"
    )


def test_a_seeded_unit_keeps_its_id(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(
        "unit_id,name,region_code,level,kind,sector,parent_unit_id,first_year,last_year\njiyuan-caizheng,济源市财政局,419001,,,,,,\n",
        "utf-8",
    )
    con = build([File(report("济源市财政局", statements=expenditure()))], seeds=tmp_path)
    assert one(con, "SELECT report_id FROM core.dim_report") == "419001-jiyuan-caizheng-2023-final-department-r1"


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_mentions_never_matters(rng: random.Random) -> None:
    resolver = RESOLVER
    said, _ = _three(resolver)
    more = [Mention("济源市人大办公室", "济源市", 2019, "report"), Mention("济源市人大常委会办公室", "济源市", 2018, "report"), *said]
    straight = resolver.resolve(more)
    rng.shuffle(more)
    again = resolver.resolve(more)
    assert [(u.unit_id, u.names) for u in again.units] == [(u.unit_id, u.names) for u in straight.units]
    assert again.reviews == straight.reviews and again.aliases == straight.aliases


def test_an_unknown_region_is_said_and_the_report_stays() -> None:
    con = build([File(report("火星市财政局", region="火星市", statements=expenditure()))])
    assert con.execute("SELECT check_id, severity FROM core.reading_finding").fetchall() == [("region_unknown", "info")]
    assert one(con, "SELECT count(*) FROM mart.department_year") == 1


@needs_reports
def test_real_bodies_over_their_years() -> None:
    con = build(real_files())
    congress = "FROM core.dim_report JOIN core.dim_unit AS u USING (unit_id) WHERE u.name LIKE '%人大%'"
    assert con.execute(f"SELECT count(DISTINCT unit_id), count(DISTINCT fiscal_year) {congress}").fetchall() == [(1, 3)]
    names = {r[0] for r in con.execute("SELECT name_a FROM quality.review").fetchall()} | {
        r[0] for r in con.execute("SELECT name_b FROM quality.review").fetchall()
    }
    assert names == set(SPELLINGS)


# -- seeds


def test_all_shipped_seeds_load() -> None:
    for row_type in ALL:
        load_rows(row_type)


def test_a_bad_row_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "deflators.csv").write_text("year,cpi_previous_100,source\n2025,viel,x\n", "utf-8")
    from pipelines.entities.seeds import Deflator

    with pytest.raises(SeedError, match=r"deflators\.csv line 2: cpi_previous_100"):
        load_rows(Deflator, tmp_path)
    (tmp_path / "unit_alias.csv").write_text("alias,region_code,unit\na,1,b,c\n", "utf-8")
    with pytest.raises(SeedError, match=r"unit_alias\.csv line 2: more fields"):
        load_rows(Alias, tmp_path)


def test_home_seeds_override_and_add(tmp_path: Path) -> None:
    (tmp_path / "deflators.csv").write_text("year,cpi_previous_100,source\n2024,100.5,own\n2025,100.1,own\n", "utf-8")
    from pipelines.entities.seeds import Deflator

    rows = {r.year: r.cpi_previous_100 for r in load_rows(Deflator, tmp_path)}
    assert (rows[2024], rows[2025], rows[2023]) == (100.5, 100.1, 100.2)


def test_subjects_never_overlap() -> None:
    """A code has one meaning a year; the harmonised code exists today."""
    rows = load_rows(Subject)
    for year in (2015, 2017, 2018, 2019, 2020, 2022, 2025):
        valid = [(r.scheme, r.code) for r in rows if (r.first_year or 0) <= year and (r.last_year is None or year <= r.last_year)]
        assert len(valid) == len(set(valid)), year
    today = {(r.scheme, r.code) for r in rows if r.last_year is None}
    assert {(r.scheme, r.harmonized_code) for r in rows} <= today
