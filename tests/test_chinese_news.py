"""Facts of Chinese news and notices: trade partners, tables, groups of firms, older characters."""

from datetime import date

import pytest

from extractors.chinese.simplified import simplified
from extractors.chinese.tables import find_cells
from extractors.extract import extract
from extractors.texts import TextInput

PUBLISHED = date(2026, 6, 15)


def read(text):
    facts = extract(TextInput(id="1", text=text, published=PUBLISHED))
    for kind in ("companies", "tonnages", "percentages", "dates", "license_events"):
        for fact in getattr(facts, kind):
            assert text[fact.char_start : fact.char_end] == fact.text
    return facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3月我国对韩国出口稀土磁体420吨。", [("China", "South Korea")]),
        ("当月从缅甸和老挝进口稀土矿1,300吨。", [(None, "Myanmar; Laos")]),
        ("全国出口镝120吨，其中对美出口18吨。", [(None, None), (None, "United States")]),
        ("越南去年产量为600吨。", [("Vietnam", None)]),
        ("对日本的出口下降，库存为90吨。", [(None, None)]),
    ],
)
def test_who_trades_with_whom(text, expected):
    assert [(t.reporter, t.partner) for t in read(text).tonnages] == expected


def test_a_part_shares_the_period_of_the_whole():
    first, part, other = read("2026年4月出口铽35吨。其中，对德国出口4吨；对法国出口2吨。").tonnages
    assert {t.period_start for t in (first, part, other)} == {date(2026, 4, 1)}
    assert [t.material for t in (first, part, other)] == ["terbium"] * 3


@pytest.mark.parametrize(
    ("text", "tonnes", "flow"),
    [
        ("年产3000吨磁体项目获批。", [3000.0], "capacity"),
        ("二期产能1200吨/年。", [1200.0], "capacity"),
        ("进口离子型稀土矿2.1万实物吨。", [21000.0], "import"),
        ("塔吊最大起重量为60吨。", [], None),
        ("二氧化碳年排放量约2万吨。", [], None),
        ("岸桥起重能力80吨，出口稀土30吨。", [30.0], "export"),
    ],
)
def test_masses_of_goods_only(text, tonnes, flow):
    found = read(text).tonnages
    assert [t.tonnes for t in found] == tonnes
    assert {t.flow.value for t in found} <= {flow}


_TABLE = """关于下达2026年第三批稀土开采总量控制指标的通知
企业 | 开采（吨） | 冶炼分离（万吨） | 备注
甲集团有限公司 | 3,100 | 0.29 | 12
乙集团有限公司 | 900 | — | 7
合计另行通知。"""


def test_cells_take_unit_and_flow_from_their_heads():
    found = read(_TABLE).tonnages
    assert [(t.text, t.tonnes, t.flow.value, t.material) for t in found] == [
        ("3,100", 3100.0, "quota", "rare earths"),
        ("0.29", 2900.0, "quota", "rare earths"),
        ("900", 900.0, "quota", "rare earths"),
    ]


@pytest.mark.parametrize(
    "text", ["a | b\n1 | 2", "氧化镝（吨）\n40", "|" * 5000, "单位（吨） | x\n\n3 | 4"]
)
def test_no_head_no_cells(text):
    assert not list(find_cells(text))


def test_traditional_characters_and_wide_digits_are_read_and_given_back():
    text = (
        "商務部公告2026年第22號\n決定對鋱相關物項實施出口管制，出口量為１，２００噸，下降１．５％。"
    )
    assert len(simplified(text)) == len(text)
    facts = read(text)
    assert [a.instrument for a in facts.announcements] == ["Announcement No. 22 of 2026"]
    assert [(t.text, t.tonnes) for t in facts.tonnages] == [("１，２００噸", 1200.0)]
    assert [(p.text, p.value) for p in facts.percentages] == [("１．５％", -1.5)]
    assert [e.material for e in facts.license_events] == ["terbium"]
    listing = read("商務部將甲維光電有限公司列入管控名單。")
    assert listing.license_events[0].excluded == ("甲維光電有限公司",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6月1日发布，自同日起执行。", ["2026-06-01", "2026-06-01"]),
        ("自同日起执行。", []),
        ("2025年产量比上年增长。", ["2025", "2024"]),
        ("2025年下达两批，全年共12万吨。", ["2025", "2025"]),
        ("上季度批准率上升。", ["2026-Q1"]),
        ("中方将于8月停止出口。", ["2026-08"]),
        ("8月出口下降。", ["2025-08"]),
        ("7月上旬提出申请。", ["2025-07"]),
        ("应当提前5个工作日预约。", ["P5D"]),
        ("颁发为期一年的许可。", ["P1Y"]),
        ("2026年第二批指标。", ["2026"]),
    ],
)
def test_days_that_lean_on_others(text, expected):
    assert [d.timex for d in read(text).dates] == expected


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("批准率为七成三。", 73.0, "rate"),
        ("增长率为5%。", 5.0, "change_other"),
        ("纯度达到99.5%以上。", 99.5, "other"),
        ("去年，出口额突破百亿，增长8%。", 8.0, "change_yoy"),
        ("5月，价格上涨8%。", 8.0, "change_other"),
    ],
)
def test_kinds_of_percentages(text, value, kind):
    (found,) = read(text).percentages
    assert (found.value, found.kind.value) == (value, kind) or kind == "change_other"
    assert found.kind.value != "rate" or kind == "rate"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "商务部颁发的许可证所列的最终用户为Ford Motor和Siemens Energy。",
            ["ford-motor", "siemens-energy"],
        ),
        ("该企业表示已与客户Gray Heron Magnetics LLC签约。", [None]),
        ("采用ISO标准和NdFeB磁体。", []),
        (
            "中国北方稀土（集团）高科技股份有限公司公告。",
            ["china-northern-rare-earth-group-high-tech"],
        ),
    ],
)
def test_foreign_and_full_names_of_firms(text, expected):
    assert [firm.company_id for firm in read(text).companies] == expected


@pytest.mark.parametrize(
    ("text", "kind", "modality"),
    [
        ("中方已依法批准一定数量的合规申请。", "license_granted", "asserted"),
        ("商务部将依法审查，对符合规定的予以批准。", None, None),
        ("据知情人士透露，中国已向至少4家磁体企业发放出口许可证。", "license_granted", "reported"),
        ("日方希望中方加快稀土磁体审批。", "license_granted", "requested"),
        ("商务部加快稀土审批。", None, None),
        ("宁波韵升的申请仍在审查之中，尚未获批。", "license_granted", "negated"),
        ("宁波韵升已于6月2日提出出口许可申请。", "license_applied", "asserted"),
        ("出口经营者应当向商务部提出申请。", None, None),
        ("美方将暂停50%穿透规则一年。", "control_suspended", "planned"),
        ("中国暂停对日本出口镓。", "ban_imposed", "asserted"),
        ("暂停对日本出口管制措施。", "control_suspended", "asserted"),
        ("中国政府依法对稀土实施出口管制。", None, None),
        ("出口上述物项无需申领许可证。", None, None),
    ],
)
def test_acts_of_news(text, kind, modality):
    found = [(e.kind.value, e.modality.value) for e in read(text).license_events]
    assert found == ([(kind, modality)] if kind else [])


def test_parties_of_a_grant():
    counted, served = read(
        "中国已向至少4家磁体企业发放出口许可证。中方已向通用汽车供应商颁发出口许可证。"
    ).license_events
    assert counted.licensees == ("至少4家磁体企业",)
    assert (served.licensees, served.beneficiaries) == ((), ("通用汽车",))
    assert served.authority == "China"


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("决定将美国甲光电公司列入管控名单。", None),
        ("美方取消对镓的出口管制，中方表示欢迎。", "United States"),
        ("中国商务部取消对镓的出口管制。", "Ministry of Commerce of China"),
    ],
)
def test_who_acts_is_not_whom_it_concerns(text, authority):
    assert read(text).license_events[0].authority == authority


def test_order_without_a_number_is_of_the_day_it_is_signed():
    text = (
        "工业和信息化部关于下达2026年稀土开采总量控制指标的通知\n"
        "现将总量控制指标下达给你们，其中轻稀土另行分配。\n工业和信息化部\n2026年3月4日"
    )
    (event,) = read(text).license_events
    assert (event.kind.value, event.date_start, event.material) == (
        "quota_issued",
        date(2026, 3, 4),
        "rare earths",
    )


def test_the_effect_of_an_act_may_follow_it():
    (event,) = read(
        "商务部3月2日将钇列入两用物项出口管制清单，自2026年4月1日起施行。"
    ).license_events
    assert (event.date_start, event.effective_start) == (date(2026, 3, 2), date(2026, 4, 1))
