"""Facts of Chinese texts: marked sentences of our own, each rule with a near-miss."""

import csv
from datetime import date
from importlib.resources import files
from itertools import repeat

import pytest
from eval.chinese import SAMPLES, items_of, read_sample

from extractors.chinese import announcements
from extractors.chinese.acts import rules
from extractors.chinese.announcements import find_cited
from extractors.chinese.numerals import parse_count, parse_number
from extractors.chinese.reading import lexicon, read_chinese
from extractors.chinese.script import is_chinese
from extractors.extract import extract
from extractors.gazetteer import materials, places
from extractors.language import detect_language
from extractors.texts import TextInput
from extractors.topic import score_topic
from models.facts import Facts

PUBLISHED = date(2026, 5, 20)


def read(text, *, published=PUBLISHED, title=None):
    facts = extract(TextInput(id="1", text=text, published=published, title=title))
    for kind in (
        "companies",
        "tonnages",
        "percentages",
        "dates",
        "license_events",
        "announcements",
    ):
        found = getattr(facts, kind)
        starts = [fact.char_start for fact in found]
        assert starts == sorted(starts)
        for fact in found:
            assert text[fact.char_start : fact.char_end] == fact.text
            assert fact.rule_id.startswith("zh.")
    return facts


@pytest.mark.parametrize(
    ("text", "is_zh"),
    [
        ("商务部决定对铽实施出口管制。", True),
        ("JL Mag (金力永磁) won a license to ship magnets to Europe.", False),
        ("経済産業省はレアアースの輸出規制について発表した。", False),
        ("중국이 희토류 수출을 통제했다.", False),
        ("Exports fell 5%.", False),
        ("", False),
    ],
)
def test_chinese_is_told_by_its_script(text, is_zh):
    assert is_chinese(text) is is_zh


def test_short_official_chinese_is_not_taken_for_japanese():
    assert detect_language("商务部 海关总署公告2026年第14号 镥 铥", declared="en") == "zh"
    assert detect_language("経済産業省はレアアースの輸出規制について発表した。") == "ja"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2万", 12_000),
        ("4,343.5", 4343.5),
        ("三千二百", 3200),
        ("十二点五", 12.5),
        ("两万", 20_000),
        ("半", 0.5),
        ("十百", None),
        ("万", None),
    ],
)
def test_numerals(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("二〇二六", 2026), ("十二", 12), ("7", 7), ("99999", None), ("半", None)]
)
def test_counts(text, value):
    assert parse_count(text) == value


# Sentence, then (surface, TIMEX3 value, start, end) of each date.
DATES = [
    ("本公告自2026年6月1日起实施。", [("2026年6月1日", "2026-06-01", "2026-06-01", None)]),
    (
        "2025年11月10日至2026年11月9日暂停执行。",
        [("2025年11月10日至2026年11月9日", "2025-11-10/2026-11-09", "2025-11-10", "2026-11-10")],
    ),
    (
        "二〇二六年三月二日发布。",
        [("二〇二六年三月二日", "2026-03-02", "2026-03-02", "2026-03-03")],
    ),
    ("6月3日起生效。", [("6月3日", "2026-06-03", "2026-06-03", None)]),
    ("去年12月1日公布。", [("去年12月1日", "2025-12-01", "2025-12-01", "2025-12-02")]),
    ("2026年第一季度出口下降。", [("2026年第一季度", "2026-Q1", "2026-01-01", "2026-04-01")]),
    ("今年上半年产量上升。", [("今年上半年", "2026-H1", "2026-01-01", "2026-07-01")]),
    ("1-4月累计出口。", [("1-4月", "2026-01/2026-04", "2026-01-01", "2026-05-01")]),
    ("前三季度进口。", [("前三季度", "2026-01/2026-09", "2026-01-01", "2026-10-01")]),
    ("4月份价格上涨。", [("4月份", "2026-04", "2026-04-01", "2026-05-01")]),
    ("11月出口创新高。", [("11月", "2025-11", "2025-11-01", "2025-12-01")]),
    ("上月进口减少。", [("上月", "2026-04", "2026-04-01", "2026-05-01")]),
    ("2024年产量上升。", [("2024年", "2024", "2024-01-01", "2025-01-01")]),
    ("即日起执行新规定。", [("即日起", "2026-05-20", "2026-05-20", "2026-05-21")]),
    ("本决定自公布之日起施行。", [("自公布之日起", "2026-05-20", "2026-05-20", "2026-05-21")]),
    ("应当在45个工作日内答复。", [("45个工作日", "P45D", None, None)]),
    ("许可证有效期两年。", [("两年", "P2Y", None, None)]),
    # Near-misses: numbers of papers, ages, impossible days, models.
    ("依据公告2025年第61号办理。", []),
    ("2026年第14号公告已经印发。", []),
    ("该矿已有3000年历史。", []),
    ("会议定于2026年2月30日举行。", [("2026年", "2026", "2026-01-01", "2027-01-01")]),
    ("型号为2026-5的设备获得认证。", []),
]


def day(value):
    return date.fromisoformat(value) if value else None


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text, expected):
    found = [(d.text, d.timex, d.period_start, d.period_end) for d in read(text).dates]
    assert found == [(s, timex, day(start), day(end)) for s, timex, start, end in expected]


# Sentence, then (surface, tonnes or (low, high), bound, flow, material).
TONNAGES = [
    ("4月稀土出口量5126.4吨。", [("5126.4吨", 5126.4, "exact", "export", "rare earths")]),
    (
        "累计生产氧化镝约1.3万吨。",
        [("1.3万吨", 13_000, "approx", "production", "dysprosium oxide")],
    ),
    ("库存仅三千二百吨。", [("三千二百吨", 3200, "exact", "stockpile", None)]),
    ("全年进口铽超过350公斤。", [("350公斤", 0.35, "over", "import", "terbium")]),
    ("锗年产能不足120吨。", [("120吨", 120, "under", "capacity", "germanium")]),
    ("镓的需求量将达600余吨。", [("600余吨", 600, "over", "demand", "gallium")]),
    ("钨精矿配额为5.8万吨以内。", [("5.8万吨", 58_000, "at_most", "quota", "tungsten")]),
    (
        "稀土永磁产能3至4万吨。",
        [("3至4万吨", (30_000, 40_000), "range", "capacity", "rare earth magnets")],
    ),
    ("锑储量达64万吨。", [("64万吨", 640_000, "exact", "reserves", "antimony")]),
    ("其中重稀土出口20吨。", [("20吨", 20, "exact", "export", "heavy rare earths")]),
    ("销售钕铁硼至少900千克。", [("900千克", 0.9, "at_least", "sale", "NdFeB magnets")]),
    # Near-misses: prices, classes, ordinals.
    ("氧化镨钕报价每吨52万元，约合52万元/吨。", []),
    ("港口新建10万吨级泊位。", []),
    ("吨钢利润回升。", []),
    ("运力为30吨公里。", []),
]


@pytest.mark.parametrize(("text", "expected"), TONNAGES)
def test_tonnages(text, expected):
    found = [
        (
            t.text,
            t.tonnes if t.tonnes is not None else (t.tonnes_low, t.tonnes_high),
            t.bound.value,
            t.flow.value,
            t.material,
        )
        for t in read(text).tonnages
    ]
    assert found == expected


def test_tonnage_from_and_to_is_one_movement():
    first, last = read("稀土出口从4100吨降至2900吨。").tonnages
    assert (first.role, first.direction) == ("initial", "down")
    assert (last.role, last.direction) == ("final", "down")
    (change,) = read("库存增加800吨。").tonnages
    assert (change.role, change.direction) == ("change", "up")


# Sentence, then (surface, value or (low, high), kind, is_points).
PERCENTAGES = [
    ("出口量同比下降15.6%。", [("15.6%", -15.6, "change_yoy", False)]),
    (
        "产量同比增长4.1%，环比减少2.3%。",
        [("4.1%", 4.1, "change_yoy", False), ("2.3%", -2.3, "change_mom", False)],
    ),
    ("价格上涨百分之十二。", [("百分之十二", 12, "change_other", False)]),
    ("降幅达7%。", [("7%", -7, "change_other", False)]),
    ("占全球供应的六成半。", [("六成半", 65, "share", False)]),
    ("进口减少两成。", [("两成", -20, "change_other", False)]),
    ("开工率提高3.5个百分点。", [("3.5个百分点", 3.5, "rate", True)]),
    ("对其加征25%的关税。", [("25%", 25, "tariff", False)]),
    ("利用率降至45%。", [("45%", 45, "rate", False)]),
    ("市场份额为四分之三。", [("四分之三", 75, "share", False)]),
    ("增幅在5%至10%之间，是5%至10%的增幅。", None),
    # Near-misses: 成 as a verb or noun.
    ("三成立方体结构的磁体。", []),
    ("该公司已成为第二大供应商。", []),
    ("完成第十一次谈判。", []),
]


@pytest.mark.parametrize(("text", "expected"), PERCENTAGES)
def test_percentages(text, expected):
    found = [
        (p.text, p.value if p.value is not None else (p.low, p.high), p.kind.value, p.is_points)
        for p in read(text).percentages
    ]
    if expected is None:
        assert found
        assert all(value == (5, 10) and kind == "change_other" for _, value, kind, _ in found)
    else:
        assert found == expected


# Sentence, then (kind, modality, material, instrument, date) of each event.
EVENTS = [
    (
        "商务部决定对钪、钇相关物项实施出口管制。",
        [("control_imposed", "asserted", "scandium; yttrium", None, None)],
    ),
    (
        "商务部4月8日宣布，根据公告2026年第22号对铒实施出口管制。",
        [("control_imposed", "asserted", "erbium", "Announcement No. 22 of 2026", "2026-04-08")],
    ),
    ("中国将对碲实施出口管制。", [("control_imposed", "planned", "tellurium", None, None)]),
    ("中国可能对碲实施出口管制。", [("control_imposed", "possible", "tellurium", None, None)]),
    ("中国没有对钼实施出口管制。", [("control_imposed", "negated", "molybdenum", None, None)]),
    (
        "外交部否认对铟实施出口管制的说法，称中国对铟实施出口管制不属实。",
        [("control_imposed", "denied", "indium", None, None)],
    ),
    (
        "自5月10日起暂停实施公告2025年第82号。",
        [("control_suspended", "asserted", None, "Announcement No. 82 of 2025", None)],
    ),
    ("原则上不予许可锑相关物项对日本出口。", [("ban_imposed", "asserted", "antimony", None, None)]),
    ("甲公司已提交出口许可申请。", []),
    ("正海磁材已提交出口许可申请。", [("license_applied", "asserted", None, None, None)]),
    ("正海磁材的申请尚未获批。", [("license_granted", "negated", None, None, None)]),
    ("欧方呼吁加快镓的审批。", [("license_granted", "requested", "gallium", None, None)]),
    ("商务部禁止向美国出口镓。", [("ban_imposed", "asserted", "gallium", None, None)]),
    ("中方恢复对日本的镓出口。", [("ban_lifted", "asserted", "gallium", None, None)]),
    ("商务部取消对石墨的出口管制。", [("control_lifted", "asserted", "graphite", None, None)]),
    (
        "该公告扩大稀土出口管制范围，增加钬等5种元素。",
        [("control_expanded", "asserted", "holmium", None, None)],
    ),
    (
        "商务部将甲维光电有限公司列入管控名单。",
        [("entity_listed", "asserted", None, None, None)],
    ),
    (
        "商务部决定将该公司移出不可靠实体清单。",
        [("entity_delisted", "asserted", None, None, None)],
    ),
    (
        "商务部5月6日批准了金力永磁的出口许可申请。",
        [("license_granted", "asserted", None, None, "2026-05-06")],
    ),
    (
        "正海磁材获得钕铁硼通用许可。",
        [("license_granted", "asserted", "NdFeB magnets", None, None)],
    ),
    (
        "宁波韵升5月7日的申请未获批准。",
        [("license_denied", "asserted", None, None, "2026-05-07")],
    ),
    (
        "工业和信息化部下达稀土开采总量控制指标。",
        [("quota_issued", "asserted", "rare earths", None, None)],
    ),
    (
        "出口锗相关物项应当申请出口许可证。",
        [("license_regime_changed", "asserted", "germanium", None, None)],
    ),
    ("人道主义用途的钇予以豁免。", [("exemption_granted", "asserted", "yttrium", None, None)]),
    (
        "日方敦促中国取消对稀土的出口管制。",
        [("control_lifted", "requested", "rare earths", None, None)],
    ),
    (
        "如果谈判破裂，中国对铕实施出口管制。",
        [("control_imposed", "conditional", "europium", None, None)],
    ),
    (
        "根据《中华人民共和国对外贸易法》，决定对铟实施出口管制。",
        [("control_imposed", "asserted", "indium", None, None)],
    ),
    (
        "商务部已依法批准一定数量的钇出口合规申请。",
        [("license_granted", "asserted", "yttrium", None, None)],
    ),
    ("对其实施出口管制符合国际通行做法。", []),
    ("自然资源部已依法批准该稀土矿的采矿权申请。", []),
    # Near-misses: names of laws and papers, offences, habits, questions, other permits.
    ("违反出口管制法律的企业将被处罚。", []),
    ("《关于对铽实施出口管制的决定》共五条。", []),
    ("个别不符合规定的申请不予许可。", []),
    ("中国会不会对镁实施出口管制？", []),
    ("企业仍须申请出口许可。", []),
    ("该公司暂停生产线检修。", []),
    ("自然资源部批准该稀土矿的采矿权。", []),
]


@pytest.mark.parametrize(("text", "expected"), EVENTS)
def test_events(text, expected):
    found = [
        (
            e.kind.value,
            e.modality.value,
            e.material,
            e.instrument,
            e.date_start.isoformat() if e.date_start else None,
        )
        for e in read(text).license_events
    ]
    assert found == expected


def test_acts_of_one_sentence_keep_their_own_firms_and_days():
    granted = read(
        "商务部5月6日批准了金力永磁的出口许可申请，并于5月8日向中科三环发放通用许可。"
    ).license_events
    assert [(e.licensees, e.date_start.day, e.license_kind) for e in granted] == [
        (("金力永磁",), 6, None),
        (("中科三环",), 8, "general"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "金力永磁和宁波韵升",
            [("金力永磁", "jl-mag-rare-earth"), ("宁波韵升", "ningbo-yunsheng")],
        ),
        ("对北辰雷达股份有限公司的处罚", [("北辰雷达股份有限公司", None)]),
        ("小米集团投资磁材", [("小米集团", "xiaomi")]),
        ("小米和玉米的关税", []),
        ("稀土永磁材料", []),
    ],
)
def test_companies(text, expected):
    assert [(c.text, c.company_id) for c in read(f"有关{text}。").companies] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("商务部公告2025年第61号", ["Announcement No. 61 of 2025"]),
        ("2025年第70号公告", ["Announcement No. 70 of 2025"]),
        ("公告〔2024〕第46号", ["Announcement No. 46 of 2024"]),
        ("商务部令2024年第2号", ["Order No. 2 of 2024"]),
        (
            "公告2025年第55号、56号、58号",
            [f"Announcement No. {n} of 2025" for n in (55, 56, 58)],
        ),
        ("公告2025年第55至58号", [f"Announcement No. {n} of 2025" for n in range(55, 59)]),
        ("第18号公告", ["Announcement No. 18 of 2026"]),
        ("2025年第3季度", []),
        ("第61号文件柜", []),
    ],
)
def test_numbers_of_papers(text, expected):
    assert [cited.instrument for cited in find_cited(text, year=2026)] == expected


def test_announcement_knows_its_own_number_issuers_and_days():
    text = (SAMPLES / "a1_lutetium.txt").read_text(encoding="utf-8").strip()
    own, cited = read(text, published=None).announcements
    assert own.is_own
    assert own.instrument == "Announcement No. 14 of 2026"
    assert own.issuers == (
        "Ministry of Commerce of China",
        "General Administration of Customs of China",
    )
    assert (own.issued_on, own.effective_start) == (date(2026, 3, 2), date(2026, 3, 20))
    assert not cited.is_own
    assert cited.issued_on is None


def test_head_of_a_ministry_page_gives_number_and_day():
    text = (
        "【发布单位】安全与管制局\n【发布文号】商务部公告2026年第18号\n【发布日期】2026年4月7日\n"
        "为履行国际义务，决定对钼粉相关物项实施出口管制，即日起执行。"
    )
    facts = read(text, published=date(2026, 4, 9))
    assert [(a.instrument, a.is_own, a.issued_on) for a in facts.announcements] == [
        ("Announcement No. 18 of 2026", True, date(2026, 4, 7))
    ]
    (event,) = facts.license_events
    assert (event.date_start, event.instrument) == (
        date(2026, 4, 7),
        "Announcement No. 18 of 2026",
    )


def test_goods_above_are_those_of_the_act_before():
    text = (
        "商务部公告2026年第50号\n决定对下列物项实施出口管制：\n1C999.a 金属铥、铥合金；\n"
        "1C999.b 金属镱。\n出口上述物项应当申请许可。\n"
    )
    events = read(text).license_events
    assert [(e.kind.value, e.material) for e in events] == [
        ("control_imposed", "thulium; ytterbium"),
        ("license_regime_changed", "thulium; ytterbium"),
    ]


def test_suspension_of_several_papers_takes_the_goods_of_none():
    (event,) = read(
        "自即日起至2026年11月10日，暂停实施公告2025年第71号（《公布对铟实施出口管制的决定》）、第72号。"
    ).license_events
    assert (event.kind.value, event.material) == ("control_suspended", None)


def test_two_bans_of_one_announcement_are_two_events():
    text = (
        "商务部公告2026年第51号\n一、禁止铟对日本军事用户出口。\n"
        "二、原则上不予许可碲相关物项对日本出口。\n"
    )
    assert [e.material for e in read(text).license_events] == ["indium", "tellurium"]


def test_report_about_an_announcement_has_none_of_its_own():
    facts = read("记者获悉，商务部公告2026年第14号在业内引起关注，企业正在评估影响。")
    assert [a.is_own for a in facts.announcements] == [False]


TUNED = [*SAMPLES.glob("*.txt"), *(SAMPLES / "tuned").glob("*.txt")]


@pytest.mark.parametrize("sample", sorted(TUNED), ids=lambda path: path.stem)
def test_announcements_of_our_own(sample):
    given, gold = read_sample(sample)
    found = items_of(read(given.text, published=given.published))
    assert found == {key: gold[key] for key in found}


def test_papers_without_end_are_not_all_read(monkeypatch):
    one = announcements.Cited(instrument="Order No. 9", number=9, year=None, start=0, end=2)
    monkeypatch.setattr(announcements, "find_cited", lambda *_, **__: repeat(one))
    reading = read_chinese(TextInput(id="1", text="第9号令自即日起施行。"))
    (found,) = announcements.find_announcements(reading, ())
    assert found.instrument == "Order No. 9"


def test_english_texts_are_read_as_before():
    facts = extract(TextInput(id="1", text="Exports of 稀土 rare earths fell 5% to 40 tonnes."))
    assert not any(p.rule_id.startswith("zh.") for p in facts.percentages)
    assert facts.announcements == ()


@pytest.mark.parametrize(
    "text",
    [
        "对" * 100_000,
        "公告2025年第1号、" * 5_000,
        "2025年1月1日至" * 10_000,
        "稀土出口" + "9" * 50_000 + "吨",
        "一二三四五六七八九十" * 10_000 + "吨",
        "（" * 50_000 + "镝",
        "将甲列入管控名单，" * 5_000,
        "\u202e\u200b商务部\x00公告" * 5_000,
        "自" + "起" * 50_000 + "实施",
        "增长5%，" * 4_000,
    ],
    ids=range(10),
)
def test_hostile_text_is_read_to_the_end(text):
    assert isinstance(extract(TextInput(id="1", text="商务部" + text)), Facts)


def test_lexicons_are_sorted_and_name_known_things():
    with files("extractors").joinpath("lexicons", "zh_terms.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = [(row["kind"], row["form"]) for row in rows]
    assert keys == sorted(set(keys))
    assert all(row["source"] for row in rows)
    assert set(lexicon()["material"].values()) <= set(materials())
    assert set(lexicon()["place"].values()) <= set(places())
    with files("models").joinpath("data", "agencies.csv").open(encoding="utf-8") as file:
        agencies = {row["name"] for row in csv.DictReader(file)}
    assert set(lexicon()["agency"].values()) <= agencies


def test_every_rule_of_events_is_tried():
    tried = set()
    for text, _ in EVENTS:
        tried |= {event.rule_id for event in read(text).license_events}
    assert {rule.rule_id for rule in rules()} - tried <= _TRIED_ELSEWHERE


# Below, and in test_chinese_rules.py.
_TRIED_ELSEWHERE = {
    "zh.event.delay",
    "zh.event.not_resumed",
    "zh.event.renew",
    "zh.event.revoke",
    "zh.event.suspend_object",
    "zh.event.tariff",
}


def test_rules_without_a_case_above():
    (suspended,) = read("上述公告中有关锑的规定自6月1日起暂停。").license_events
    assert suspended.kind == "control_suspended"
    assert suspended.effective_start == date(2026, 6, 1)
    (revoked,) = read("商务部5月4日撤销了横店东磁的出口许可证。").license_events
    assert (revoked.kind, revoked.licensees) == ("license_revoked", ("横店东磁",))


def test_chinese_relevance_counts_terms_without_word_boundaries():
    score = score_topic("对镥实施出口管制", "商务部决定对镥、铥实施出口管制。")
    assert score.title
    assert score.mentions >= 2
    assert score_topic("会议通知", "本周五召开全体会议，请准时参加。").mentions == 0
