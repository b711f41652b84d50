"""Firms of Chinese texts: registry names (`models/data/companies.csv`) and legal suffixes.

Registry names that are also common words (联想, 小米) count only before 集团 or 公司.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from extractors.chinese.reading import Reading
from extractors.registry import Company, companies
from models.facts import CompanyMention
from models.vocabulary import Link

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SUFFIX = re.compile(r"(?:集团)?(?:股份|控股)?有限(?:责任)?公司|集团公司")
_STEM = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·（）()]{2,30}$")
_MAX_STEM_CHARS = 30
# What stands before a name: conjunctions, prepositions and verbs of announcements.
_CUT = re.compile(
    r"(?:包括|其中|名单|涉及|批准|收到|许可|关于|以及|及其|客户|供应商|企业|下属|子公司|委托|列入|移出|"
    r"授予|同意|禁止|允许|将|把|对|向|由|从|与|和|及|或|为|给|的|是|在|被|让|了|等|据|就|因)"
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
_AMBIGUOUS = frozenset(
    {"联想", "小米", "吉利", "蔚来", "双日", "大疆", "天和", "华为"} - {"华为", "大疆"}
)
_FIRM_FOLLOWS = re.compile(r"集团|公司|汽车|科技|电子|股份|控股")
_LEGAL_FOLLOWS = re.compile(r"(?:集团)?(?:股份|控股)?(?:有限)?(?:责任)?公司|集团")


@lru_cache(maxsize=1)
def _registry() -> tuple[re.Pattern[str], dict[str, Company]]:
    """Return the matcher of Chinese aliases, longest first, and the firm of each."""
    firms = {
        alias: firm
        for firm in companies()
        for alias in firm.aliases
        if _HAN.search(alias) and len(alias) > 1
    }
    ordered = sorted(firms, key=lambda alias: (-len(alias), alias))
    return re.compile("|".join(map(re.escape, ordered))), firms


def find_companies(reading: Reading) -> tuple[CompanyMention, ...]:
    """Return the firms of a text in order; mentions of one firm share `name`."""
    known = list(_known(reading.text))
    taken = [(mention.char_start, mention.char_end) for mention in known]
    named = list(_by_suffix(reading.text, taken))
    foreign = _latin(reading.text, [(each.char_start, each.char_end) for each in [*known, *named]])
    return tuple(sorted([*known, *named, *foreign], key=lambda mention: mention.char_start))


def _latin(text: str, taken: list[tuple[int, int]]) -> Iterator[CompanyMention]:
    """Yield firms under their foreign names: of the registry, else by the legal suffix."""
    firms = _latin_registry()
    for match in _LATIN.finditer(text):
        surface = match.group().rstrip(" ,&'’-")
        start, end = match.start(), match.start() + len(surface)
        if any(start < last and first < end for first, last in taken):
            continue
        firm = firms.get(_plain(surface))
        if firm is None and not _LATIN_SUFFIX.search(surface):
            continue
        yield CompanyMention(
            text=surface,
            char_start=start,
            char_end=end,
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
        if alias in _AMBIGUOUS and not _FIRM_FOLLOWS.match(text, end):
            continue
        legal = _LEGAL_FOLLOWS.match(text, end)
        end = legal.end() if legal else end
        firm = firms[alias]
        yield CompanyMention(
            text=text[match.start() : end],
            char_start=match.start(),
            char_end=end,
            company_id=firm.company_id,
            name=firm.name,
            role=firm.role,
            link=Link.REGISTRY,
            rule_id="zh.company.registry",
        )


def _by_suffix(text: str, taken: list[tuple[int, int]]) -> Iterator[CompanyMention]:
    covered = bytearray(len(text))
    for first, last in taken:
        covered[first:last] = b"\x01" * (last - first)
    for match in _SUFFIX.finditer(text):
        if any(covered[match.start() : match.end()]):
            continue
        window = text[max(0, match.start() - _MAX_STEM_CHARS) : match.start()]
        stem = _STEM.search(window)
        if stem is None:
            continue
        name = _CUT.split(stem.group())[-1].lstrip("）)（(")
        start = match.start() - len(name)
        if len(name) < 2 or any(covered[start : match.start()]):
            continue
        surface = text[start : match.end()]
        yield CompanyMention(
            text=surface,
            char_start=start,
            char_end=match.end(),
            company_id=None,
            name=surface,
            role=None,
            link=Link.SUFFIX,
            rule_id="zh.company.suffix",
        )
