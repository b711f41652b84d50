"""Firms of Chinese texts: registry names (`models/data/companies.csv`) and legal suffixes.

Registry names that are also common words (联想, 小米) count only before 集团 or 公司. A name in
brackets behind another, 甲维公司（Jiawei Corp.）, is a mention of its own of the same firm.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from extractors.chinese.firm_names import business_pattern, item_name, names_firm, short_name
from extractors.chinese.reading import Reading
from extractors.chinese.simplified import simplified
from extractors.registry import Company, companies
from models.facts import CompanyMention
from models.vocabulary import Link

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SUFFIX = re.compile(
    r"(?:集团)?(?:股份|控股)?有限(?:责任)?公司|集团公司|(?:股份|责任)公司|株式会社"
    r"|(?P<weak>公司|集团(?![军公内化总]))"
)
_STEM = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·（）()]{2,30}$")
_MAX_STEM_CHARS = 30
# What stands before a name: conjunctions, prepositions and verbs of announcements.
_CUT = re.compile(
    r"(?:包括|其中|名单|涉及|批准|收到|许可|关于|以及|及其|客户|供应商|企业|下属|子公司|委托|列入|移出|"
    r"授予|同意|禁止|允许|股东|关联方|分别|联合|简称|名称|单位|将|把|对|向|由|从|与|和|及|或|为|给|的|是|在|被|让|了|等|据|就|因)"
)
# Stems that a cut would leave of ordinary names are kept whole ("和" in 天和, "为" in 华为).
_LATIN = re.compile(
    r"[A-Z][A-Za-z0-9.'’-]*(?:[ ,&]{1,3}(?:(?:of|and|de)\s)?[A-Z0-9&][A-Za-z0-9.'’-]*){0,7}"
)
_LATIN_SUFFIX = re.compile(
    r"(?:Inc|Corp|Corporation|LLC|Ltd|Limited|Company|Co|GmbH|AG|SE|SA|S\.A|N\.V|PLC|plc|KK|K\.K)\.?$"
)
_LEGAL_WORDS = frozenset(
    {
        "inc",
        "corp",
        "corporation",
        "llc",
        "ltd",
        "limited",
        "company",
        "co",
        "gmbh",
        "ag",
        "plc",
        "nv",
        "sa",
    }
)
_AMBIGUOUS = frozenset({"联想", "小米", "吉利", "蔚来", "双日", "天和"})
# Two characters that meet inside other words, too: 努力拓展, 引起亚洲, 10日立案.
_DOUBTFUL = frozenset(
    {"高意", "日立", "力拓", "爱信", "福特", "佳能", "思科", "起亚", "博通", "优美科", "安谋"}
)
_BEFORE_NAME = frozenset("\n 　、，。；：（(“”和与及向对为由给")
_BEHIND_NAME = frozenset("\n 、，。；：）)“”和与及等的将已也则在称表")
_FIRM_FOLLOWS = re.compile(r"集团|公司|汽车|科技|电子|股份|控股")
_LEGAL_FOLLOWS = re.compile(
    rf"(?:集团|控股)?(?:股份|控股)?(?:有限)?(?:责任)?公司|{business_pattern()}股份有限公司|集团|株式会社"
)
# 崇义章源钨业股份有限公司: full names begin with the place of the firm.
_MAX_PLACE_CHARS = 4
_BRACKET = re.compile(r"\s?[（(]\s?(?=[A-Z])")
# Stock codes stand in brackets, too: （SH600000）, （NYSE：MP）.
_CODE = re.compile(r"(?:SH|SZ|HK|BJ|ASX|NYSE|NASDAQ|TSE|LSE)(?![a-z])")
_LISTED_LINE = re.compile(r"(?:^|\n)[ \t　]*(?:\d{1,3}|[（(]\d{1,3}[）)])[.、．]?[ \t　]*(?=[A-Z])")
_INTO_LIST = re.compile(r"(?:列入|移出|纳入)[^，。；\n]{0,30}(?:名单|清单)")
_LISTING_CHARS = 200
_OPENS_ITEM = frozenset("将把、和与及 括")
_ENDS_ITEM = frozenset("、和与及等列移纳公两三四五六")
_LISTING = re.compile(r"名单|不可靠实体|管控清单|关注清单")


@lru_cache(maxsize=1)
def _registry() -> tuple[re.Pattern[str], dict[str, Company]]:
    """Return the matcher of Chinese aliases, longest first, and the firm of each."""
    firms = {
        simplified(alias): firm
        for firm in companies()
        for alias in firm.aliases
        if _HAN.search(alias) and len(alias) > 1
    }
    ordered = sorted(firms, key=lambda alias: (-len(alias), alias))
    return re.compile("|".join(map(re.escape, ordered))), firms


def find_companies(reading: Reading) -> tuple[CompanyMention, ...]:
    """Return the firms of a text in order; mentions of one firm share `name`."""
    text = reading.text
    covered = bytearray(len(text))
    known = _cover(covered, _known(text))
    named = _cover(covered, _by_suffix(text, covered))
    aliases = _cover(covered, _in_brackets(text, [*known, *named]))
    foreign = _cover(covered, [*_latin(text, covered), *_listed(text, covered)])
    foreign += _cover(covered, _inline(text, covered))
    found = sorted([*known, *named, *aliases, *foreign], key=lambda each: each.char_start)
    return tuple(_same_firms(text, found, aliases))


def _cover(covered: bytearray, mentions: Iterable[CompanyMention]) -> list[CompanyMention]:
    """Return the mentions, their characters marked as read."""
    kept = list(mentions)
    for each in kept:
        covered[each.char_start : each.char_end] = b"\x01" * (each.char_end - each.char_start)
    return kept


def _in_brackets(text: str, firms: Iterable[CompanyMention]) -> Iterator[CompanyMention]:
    """Yield the foreign names in brackets right behind Chinese ones, whatever their form."""
    for firm in firms:
        opened = _BRACKET.match(text, firm.char_end)
        match = _LATIN.match(text, opened.end()) if opened else None
        if match and not _CODE.match(match.group()):
            yield _foreign(match.group().rstrip(" ,&'’-"), match.start())


def _listed(text: str, covered: bytearray) -> Iterator[CompanyMention]:
    """Yield foreign names that are lines of a numbered list of entities."""
    if not _LISTING.search(text):
        return
    for line in _LISTED_LINE.finditer(text):
        match = _LATIN.match(text, line.end())
        if match and not any(covered[match.start() : match.end()]):
            surface = match.group().rstrip(" ,&'’-")
            end = match.start() + len(surface)
            is_whole = text[end : end + 1] in {"", "\n", "（", "(", "；", ";", "，"}
            if is_whole and not _is_known_foreign(surface):
                yield _foreign(surface, match.start())


def _inline(text: str, covered: bytearray) -> Iterator[CompanyMention]:
    """Yield foreign names joined by 、 in a sentence that lists entities: 将Alto、Brill列入名单."""
    for listing in _INTO_LIST.finditer(text):
        first = max(text.rfind(mark, 0, listing.start()) for mark in "。\n；") + 1
        first = max(first, listing.start() - _LISTING_CHARS)
        for match in _LATIN.finditer(text, first, listing.start()):
            surface = match.group().rstrip(" ,&'’-")
            start, end = match.start(), match.start() + len(surface)
            is_item = text[start - 1 : start] in _OPENS_ITEM and text[end : end + 1] in _ENDS_ITEM
            if is_item and not any(covered[start:end]) and not _is_known_foreign(surface):
                yield _foreign(surface, start)


def _same_firms(
    text: str, found: list[CompanyMention], aliases: list[CompanyMention]
) -> Iterator[CompanyMention]:
    """Yield the mentions with one name and firm for those of which one explains the other."""
    opened_by = {each.char_start: each for each in aliases}
    firms: dict[str, CompanyMention] = {}
    for each in found:
        opened = _BRACKET.match(text, each.char_end)
        alias = opened_by.get(opened.end()) if opened else None
        if alias is None:
            continue
        best = alias if each.company_id is None and alias.company_id else each
        firms[each.text] = firms[alias.text] = best
    for each in found:
        best = firms.get(each.text, each)
        if each.company_id is None:
            each = replace(each, company_id=best.company_id, name=best.name, role=best.role)
        yield each


def _latin(text: str, covered: bytearray) -> Iterator[CompanyMention]:
    """Yield firms under their foreign names: of the registry, else by the legal suffix."""
    for match in _LATIN.finditer(text):
        surface = match.group().rstrip(" ,&'’-")
        if any(covered[match.start() : match.start() + len(surface)]):
            continue
        is_called_firm = text.startswith(("公司", "集团"), match.start() + len(surface))
        if is_called_firm or _is_known_foreign(surface):
            yield _foreign(surface, match.start())


def _is_known_foreign(surface: str) -> bool:
    """Tell whether a foreign name is in the registry or has a legal suffix."""
    return _plain(surface) in _latin_registry() or _LATIN_SUFFIX.search(surface) is not None


def _foreign(surface: str, start: int) -> CompanyMention:
    firm = _latin_registry().get(_plain(surface))
    return CompanyMention(
        text=surface,
        char_start=start,
        char_end=start + len(surface),
        company_id=firm.company_id if firm else None,
        name=firm.name if firm else surface,
        role=firm.role if firm else None,
        link=Link.REGISTRY if firm else Link.SUFFIX,
        rule_id="zh.company.registry" if firm else "zh.company.suffix",
    )


@lru_cache(maxsize=1)
def _latin_registry() -> dict[str, Company]:
    """Return the firm of each foreign alias and full name, written plainly."""
    return {
        _plain(alias): firm
        for firm in companies()
        for alias in (firm.name, *firm.aliases)
        if not _HAN.search(alias) and len(alias) > 2
    }


def _plain(name: str) -> str:
    """Return a name without its legal suffixes and stops, in one case."""
    bare = re.sub(r"[.,]", "", name).casefold().replace("’", "'").strip()
    words = bare.split()
    while len(words) > 1 and words[-1] in _LEGAL_WORDS:
        words.pop()
    return " ".join(words)


def _known(text: str) -> Iterator[CompanyMention]:
    matcher, firms = _registry()
    for match in matcher.finditer(text):
        alias, end = match.group(), match.end()
        is_firm = _FIRM_FOLLOWS.match(text, end) is not None
        if alias in _AMBIGUOUS and not is_firm:
            continue
        if alias in _DOUBTFUL and not (is_firm or _stands_alone(text, match.start(), end)):
            continue
        legal = _LEGAL_FOLLOWS.match(text, end)
        start = match.start()
        if legal:
            end = legal.end()
            start -= len(_place_before(text, start)) if "有限" in legal.group() else 0
        firm = firms[alias]
        yield CompanyMention(
            text=text[start:end],
            char_start=start,
            char_end=end,
            company_id=firm.company_id,
            name=firm.name,
            role=firm.role,
            link=Link.REGISTRY,
            rule_id="zh.company.registry",
        )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether nothing around a name can make other words of its characters."""
    before, behind = text[max(0, start - 1) : start], text[end : end + 1]
    return (not before or before in _BEFORE_NAME) and (not behind or behind in _BEHIND_NAME)


def _place_before(text: str, start: int) -> str:
    """Return the place with which a full name begins before the part that the registry has."""
    window = text[max(0, start - _MAX_STEM_CHARS) : start]
    stem = _STEM.search(window)
    place = _CUT.split(stem.group())[-1] if stem else ""
    return place if _HAN.match(place) and len(place) <= _MAX_PLACE_CHARS else ""


def _by_suffix(text: str, covered: bytearray) -> Iterator[CompanyMention]:
    """Yield firms by their legal form; weaker forms need proof, once in a text."""
    doubtful: list[tuple[int, int]] = []
    proven: set[str] = set()
    for match in _SUFFIX.finditer(text):
        stem = _STEM.search(text[max(0, match.start() - _MAX_STEM_CHARS) : match.start()])
        name = _CUT.split(stem.group())[-1].lstrip("）)（(") if stem else ""
        if match["weak"]:
            name = short_name(name)
        name = item_name(text, match.start()) or name
        start, end = match.start() - len(name), match.end()
        if len(name) < 2 or any(covered[start:end]):
            continue
        if not match["weak"]:
            yield _suffixed(text, start, end)
        elif names_firm(text, start, end, name):
            proven.add(text[start:end])
            yield _suffixed(text, start, end)
        else:
            doubtful.append((start, end))
    for start, end in doubtful:
        if text[start:end] in proven:
            yield _suffixed(text, start, end)


def _suffixed(text: str, start: int, end: int) -> CompanyMention:
    surface = text[start:end]
    return CompanyMention(
        text=surface,
        char_start=start,
        char_end=end,
        company_id=None,
        name=surface,
        role=None,
        link=Link.SUFFIX,
        rule_id="zh.company.suffix",
    )
