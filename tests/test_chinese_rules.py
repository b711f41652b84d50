"""Rules for Chinese announcements of firms, tariffs, suspensions and answers to the press."""

from datetime import date

import pytest
from test_chinese_news import read

from extractors.extract import extract
from extractors.texts import TextInput


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("将维尔森航空公司（Wilson Aero）列入管控名单。", ["维尔森航空公司", "Wilson Aero"]),
        ("名单如下：\n1.云和系统公司\n2.Orrin Drone\n", ["云和系统公司", "Orrin Drone"]),
        (
            "将Kaleva Systems、Orrin Drone等企业列入不可靠实体清单。",
            ["Kaleva Systems", "Orrin Drone"],
        ),
        ("涉及青木重机株式会社和Dellwood公司。", ["青木重机株式会社", "Dellwood"]),
        ("格伦费尔德公司否认此事，将美国格伦费尔德公司列入名单。", ["格伦费尔德公司"] * 2),
        ("向崇义章源钨业股份有限公司发放许可证。", ["崇义章源钨业股份有限公司"]),
        ("矿商力拓、必和必拓签约；福特表示欢迎。", ["必和必拓", "福特"]),
        # Near-misses: sorts of firms, pronouns, other words of the same characters, stock codes.
        ("美国航空公司和一家科技公司表示，公司将扩产。", []),
        ("四大稀土集团与企业集团受益，预计公司产能上升。", []),
        ("将努力拓展市场，引起亚洲关注，11月10日立案。", []),
        ("某某公司（SH600111）上涨。", []),
    ],
)
def test_names_of_firms(text, expected):
    assert [firm.text for firm in read(text).companies] == expected


def test_names_in_brackets_are_of_one_firm():
    chinese, foreign = read(
        "将霍顿防务公司（Northrop Grumman Corporation）列入管控名单。"
    ).companies
    assert chinese.company_id == foreign.company_id == "northrop-grumman"
    chinese, foreign = read("霍顿防务公司（Horton Arms）被列入名单。").companies
    assert (chinese.name, foreign.name) == ("霍顿防务公司",) * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("自2026年7月1日12时01分起执行。", ["2026-07-01T12:01"]),
        ("定于6月20日下午3时举行。", ["2026-06-20T15:00"]),
        ("自即日起至2027年6月30日暂停。", ["2026-06-15/2027-06-30"]),
        ("6月16日至20日，12月28日至1月3日。", ["2026-06-16/2026-06-20", "2025-12-28/2026-01-03"]),
        ("2026年3月至2027年2月有效。", ["2026-03/2027-02"]),
        ("2026—2027年度配额。", ["2026/2027"]),
        ("上周三宣布，本周五生效，上周出口增长。", ["2026-06-10", "2026-06-19", "2026-W24"]),
        ("昨日公布，明天执行。", ["2026-06-14", "2026-06-16"]),
        ("去年底公布，年底前完成。", ["2025", "2026"]),
        ("5月出口上升，与2025年同月相比增长，上年同期下降。", ["2026-05", "2025-05", "2025-05"]),
        ("5月较4月上升，与2025年同月相比增长。", ["2026-05", "2026-04", "2025-05"]),
        ("1-4月累计出口上升，当月出口下降。", ["2026-01/2026-04", "2026-04"]),
        ("当月出口下降。", ["2026-06"]),
        ("商务部曾于12月4日宣布。", ["2025-12-04"]),
        ("5月中国出口上升，5月中公布。", ["2026-05", "2026-05"]),
        ("2024年产量上升，预计全年增长。", ["2024", "2026"]),
        # Near-misses: periods, lengths of time, days that do not exist.
        ("本周期内，近年来，历年底，同年底。", []),
        ("2024年2月29日至3月1日，去年同期。", ["2024-02-29/2024-03-01", "2025"]),
        ("6月20日至10日。", ["2026-06-20"]),
    ],
)
def test_spans_weeks_and_clocks(text, expected):
    assert [day.timex for day in read(text).dates] == expected


def test_days_before_the_calendar_are_none():
    text = "去年同期下降，上月，上周一，昨天增长，12月1日至3日。"
    assert extract(TextInput(id="1", text=text, published=date(1, 1, 1))) is not None
    assert extract(TextInput(id="1", text=text)) is not None


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("5月出口900吨，较4月下降3%。", -3.0, "change_mom"),
        ("5月出口900吨，与2025年同月相比，增长四成。", 40.0, "change_yoy"),
        ("二季度产量上升，较一季度提高8%。", 8.0, "change_other"),
        ("二季度产量环比提高8%。", 8.0, "change_other"),
        ("到2030年产量翻番，比2025年增加六成。", 60.0, "change_other"),
        ("2026年指标公布，比2025年增加6%。", 6.0, "change_yoy"),
        ("5月出口由4月的90吨增至99吨，增幅为10%。", 10.0, "change_mom"),
        ("24%的加征关税税率继续保留。", 24.0, "tariff"),
        ("按百分之五的暂定税率征收。", 5.0, "tariff"),
        ("稀土金属的税率为零，氧化镧为3%。", 3.0, "tariff"),
        ("批准比例超过八成。", 80.0, "rate"),
        ("价值比例达到0.1%及以上。", 0.1, "share"),
        ("产量比上年增长，占比升至35%。", 35.0, "share"),
        # Near-miss: a rebate is no duty.
        ("出口退税率为13%。", 13.0, "rate"),
    ],
)
def test_what_percentages_are_compared_with(text, value, kind):
    (found,) = read(text).percentages
    assert (found.value, found.kind.value) == (value, kind)


def test_numbers_in_a_row_share_their_verb():
    found = read("三种产品产量同比分别下降15.6%、12.3%、百分之十和8.9%。").percentages
    assert [each.value for each in found] == [-15.6, -12.3, -10.0, -8.9]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "公布2026年出口配额总量：\n一、钨制品1.2万吨；\n二、锑180吨。\n",
            [("quota", "tungsten"), ("quota", "antimony")],
        ),
        (
            "下达稀土开采指标14万吨，其中轻稀土12万吨。从企业看，甲集团获配4万吨。",
            [("quota", "rare earths"), ("quota", "light rare earths"), ("quota", "rare earths")],
        ),
        ("稀土回收利用量达7万吨。", [("other", "rare earths")]),
        ("镝铁合金出口 3.5 万吨。", [("export", "dysprosium and terbium alloys")]),
        (
            "关于稀土永磁申报要求的公告\n商品 | 单位\n氧化铽 | 千克\n单票超过20吨的提前预约。\n",
            [("other", "rare earth magnets")],
        ),
        # Near-miss: a list without a head that counts.
        ("有关要求：\n一、锑18吨。\n", [("other", "antimony")]),
    ],
)
def test_what_masses_of_lists_and_parts_count(text, expected):
    assert [(each.flow.value, each.material) for each in read(text).tonnages] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("对德国、韩国和越南分别出口钐812、1,766和54.8吨。", [812.0, 1766.0, 54.8]),
        ("开采和分离指标分别为3.1、2.9万吨。", [31_000.0, 29_000.0]),
        # Near-misses: months, and numbers of something else.
        ("4、5和6月共出口钐54吨。", [54.0]),
        ("第1、2和3号矿产出54吨。", [54.0]),
    ],
)
def test_masses_in_a_row_share_their_unit(text, expected):
    assert [each.tonnes for each in read(text).tonnages] == expected


@pytest.mark.parametrize(
    ("text", "kind", "modality"),
    [
        ("商务部6月2日将甲维公司列为不可靠实体。", "entity_listed", "asserted"),
        ("商务部决定不再将该企业列入管控名单。", "entity_delisted", "asserted"),
        ("停止将6家实体列入管控名单的措施，为期一年。", "control_suspended", "asserted"),
        ("中方6月1日起暂停对镓的对美出口禁令。", "control_suspended", "asserted"),
        ("但对日本的镓出口仍未恢复，对日出口仍未恢复。", "ban_lifted", "negated"),
        ("镓出口须事先获得商务部批准。", "license_regime_changed", "asserted"),
        ("宁波韵升的出口许可证已获续签。", "license_renewed", "asserted"),
        ("中科三环6月2日的出口许可审批一再推迟。", "license_delayed", "asserted"),
        ("正海磁材的出口许可申请已获批。", "license_granted", "asserted"),
        ("正海磁材的申请，目前尚未作出许可决定。", "license_granted", "negated"),
        ("外媒称中国取消镓出口管制，这与事实不符。", "control_lifted", "denied"),
        ("美方6月3日宣布对永磁体加征25%关税。", "other_policy", "asserted"),
        ("自7月1日起取消稀土磁材出口退税。", "other_policy", "asserted"),
        ("美国拟对稀土磁体加征50%关税。", "other_policy", "planned"),
        ("双方同意将24%的关税暂停一年。", "other_policy", "asserted"),
        # Near-misses: duties in force, papers that are no controls, habits.
        ("对钨铁仍征收百分之二十的出口关税。", None, None),
        ("海关总署公告2021年第84号同时废止。", None, None),
        ("企业应当于6月30日前提出申请。", None, None),
        ("出口许可审批时有推迟。", None, None),
    ],
)
def test_acts_of_announcements(text, kind, modality):
    found = [(e.kind.value, e.modality.value) for e in read(text).license_events]
    assert found == ([(kind, modality)] if kind else [])


_QUOTED = """商务部公告2026年第36号
自即日起至2027年5月31日，暂停实施2024年第46号公告第二款，即“原则上不予许可镓、锑对美国出口”。
商务部
2026年6月15日"""
_LISTED_PAPERS = """商务部公告2026年第41号
自即日起至2027年5月31日，暂停实施下述公告：
商务部公告2026年第12号（公布对超硬材料相关物项实施出口管制的决定）
商务部公告2026年第13号（公布对锂电池相关物项实施出口管制的决定）
商务部
2026年6月15日"""


@pytest.mark.parametrize(
    ("text", "material"),
    [
        (_QUOTED, "gallium; antimony"),
        (_LISTED_PAPERS, "superhard materials; lithium-ion batteries"),
        (
            "商务部公告2026年第9号\n暂停实施涉及锑的第3号公告和涉及铟的第4号公告。\n商务部\n",
            "antimony; indium",
        ),
    ],
)
def test_suspended_papers_give_their_goods(text, material):
    (event,) = read(text).license_events
    assert (event.kind.value, event.material) == ("control_suspended", material)


def test_a_tariff_order_is_one_act():
    text = (
        "税委会公告2026年第5号\n自2026年7月1日12时01分起，调整加征关税措施。\n"
        "一、24%的加征关税税率在一年内暂停实施。\n二、对稀土金属按百分之五征收进口关税。\n"
        "国务院关税税则委员会\n2026年6月14日\n"
    )
    facts = read(text)
    (event,) = facts.license_events
    assert (event.kind.value, event.date_start, event.effective_start) == (
        "other_policy",
        date(2026, 6, 14),
        date(2026, 7, 1),
    )
    assert [a.is_own for a in facts.announcements] == [True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("路透社记者：中方已禁止出口镓，是否属实？\n发言人：与事实不符。", ["denied"]),
        ("问：日方希望中方加快镓的审批。有何评论？\n答：依法办理。", ["requested"]),
        ("问：商务部6月1日取消锑的出口管制，有何评论？\n答：决定是审慎的。", ["asserted"]),
        ("问：中方会不会禁止出口镓？\n答：不作评论。", []),
    ],
)
def test_questions_of_the_press(text, expected):
    assert [event.modality.value for event in read(text).license_events] == expected


def test_an_application_and_its_refusal_have_their_own_days():
    denied_of, denied, again = read(
        "北方稀土4月提出的氧化铽出口许可申请，因材料不全未予批准；该公司已于6月5日重新提出申请。"
    ).license_events
    assert [e.kind.value for e in (denied_of, denied, again)] == [
        "license_applied",
        "license_denied",
        "license_applied",
    ]
    assert [e.date_start for e in (denied_of, denied, again)] == [
        date(2026, 4, 1),
        None,
        date(2026, 6, 5),
    ]
    assert {e.material for e in (denied_of, denied, again)} == {"terbium oxide"}


def test_what_follows_from_a_control_is_of_its_day_and_goods():
    control, duty = read(
        "商务部6月1日将钇列入两用物项出口管制清单，自2026年7月1日起施行。\n"
        "据此，出口氧化钇须事先取得出口许可证。"
    ).license_events
    assert (duty.material, duty.date_start) == (control.material, control.date_start)
    (alone,) = read("出口氧化钇须事先取得出口许可证。").license_events
    assert (alone.material, alone.date_start) == ("yttrium oxide", None)


def test_cited_orders_are_no_announcements():
    assert read("依照商务部令2024年第6号办理，并执行第18号公告。").announcements[0].number == 18
    own = read("中华人民共和国商务部令2026年第6号\n《办法》自公布之日起施行。").announcements
    assert [each.is_own for each in own] == [True]
    text = "国务院公布《条例》，自2026年10月1日起施行。\n《条例》规定，锑出口实行许可证管理。"
    (duty,) = read(text).license_events
    assert duty.effective_start == date(2026, 10, 1)


def test_what_being_listed_means_is_no_ban():
    text = (
        "商务部公告2026年第22号\n公布将两家实体列入管控名单\n"
        "决定将青木重机株式会社列入管控名单，并采取以下措施：\n"
        "一、禁止出口经营者向两家实体出口两用物项。\n商务部\n2026年6月14日\n"
    )
    (event,) = read(text).license_events
    assert (event.kind.value, event.material, event.excluded) == (
        "entity_listed",
        None,
        ("青木重机株式会社",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "维尔森公司" * 10_000,
        "Abc公司（Def Co）、" * 3_000,
        "问：暂停关税。\n" * 3_000,
        "加征关税税率" * 8_000,
        "1.甲公司\n" * 5_000,
        "一、稀土3吨；" * 3_000,
        "下降" + "5%、" * 3_000,
        "上周三较4月由7月的" * 4_000,
    ],
    ids=["firms", "brackets", "questions", "tariffs", "items", "lists", "row", "periods"],
)
def test_hostile_lists_are_read_to_the_end(text):
    assert extract(TextInput(id="1", text=f"商务部{text}", published=date(2026, 6, 15))) is not None
