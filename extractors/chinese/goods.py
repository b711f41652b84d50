"""What goods an act of a Chinese text is of: those of its sentence, its title, or its list."""

import re
from bisect import bisect_left
from itertools import islice, pairwise, takewhile

from extractors.chinese.announcements import Cited, find_cited
from extractors.chinese.reading import Reading
from models.vocabulary import FIRM_KINDS, EventKind

LISTED = frozenset({EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED})
_MAX_LIST_CHARS = 3_000
_LISTS = re.compile(r"下列|以下|如下|下述")
_LIST_LINE = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d[A-E]\d{3}|\d{1,2}[.、．]|[-·•]"
    r"|[^\n。；]{0,24}公告\s?[〔（]?20\d\d)"
)
_LAW = re.compile(r"《[^》]{0,60}(?:法|条例|办法|清单|目录)》")
_PAPER_NAME = re.compile(r"(?:的)?(?:决定|公告|通知|通告|规定|办法)[）)]?$")
# The heading of a part of a list: what stands below it are forms and alloys of these goods.
_ORDER = re.compile(
    r"关于(?:下达|公布|发布|调整|暂停|取消|废止|实施|印发)[^，。；]{0,80}(?:通知|通告|公告|决定|令)$"
)
# Its parts do not stand for the whole: 14.2万吨，其中轻稀土13.1万吨.
_OF_WHICH = re.compile(r"其中")
_BASIS = re.compile(r"[折按以]$")
_PART = re.compile(r"相关(?:物项|技术|产品|设备)|类物项")


def is_title(text: str, start: int, end: int) -> bool:
    """Tell whether a line is the name of a paper or the headline of the text.

    A name has no full stop, and 关于 or 决定 in its place; a headline is a first line without one.
    """
    line = text[start:end]
    ends_open = text[end - 1 : end] not in "。；！？：:"
    is_named = (
        "关于" in line[:20] or line.startswith("公布") or _PAPER_NAME.search(line) is not None
    )
    is_headline = text[end : end + 1] == "\n" and not text[:start].strip()
    return ends_open and (is_named or is_headline)


def is_order(reading: Reading) -> bool:
    """Tell whether a document without a number orders something itself: 关于下达...的通知."""
    if not reading.sentences:
        return False
    start, end = reading.sentences[0]
    line = reading.text[start:end]
    return _ORDER.search(line) is not None and bool(reading.terms_in(start, end, "agency"))


def goods_of(
    reading: Reading,
    kind: EventKind,
    start: int,
    end: int,
    *,
    within: tuple[int, int] | None = None,
) -> str | None:
    """Return the goods of a sentence, else of the title, else of the list that it opens.

    `within` is the stretch of an act that shares its sentence: what it names itself comes first.

    Wide words (rare earths, dual-use items) are left out beside what they cover. Firms and papers
    that are repealed have goods of their own, which a title does not tell.
    """
    if kind in LISTED:
        return None  # firms are listed for what they are, not for goods
    if kind in _OF_PAPERS and len(papers := _acted_on(reading.text[start:end])) > 1:
        return _goods_of_papers(reading, start, end, papers)
    if kind is EventKind.QUOTA_ISSUED:
        parts = _OF_WHICH.search(reading.text, start, end)
        named = _names(reading, start, parts.start() if parts else end)
    else:
        named = (_names(reading, *within) if within else []) or _names(reading, start, end)
    is_own = kind not in FIRM_KINDS | LISTED | _NOT_OF_TITLE
    if is_own and not set(named) - _WIDE:
        named = [*_title_names(reading), *named]
    opens = reading.text[end - 1 : end] in {"：", ":"}
    is_whole = kind is EventKind.OTHER_POLICY or (kind is EventKind.QUOTA_ISSUED and named)
    if (
        not is_whole
        and not set(named) - _WIDE
        and (opens or _LISTS.search(reading.text[start:end]))
    ):
        named = [*named, *_listed_names(reading, end, _list_end(reading, end))]
    exact = [name for name in dict.fromkeys(named) if name not in _WIDE]
    return "; ".join(exact or dict.fromkeys(named)) or None


def _acted_on(sentence: str) -> list[Cited]:
    """Return the papers that a sentence suspends or repeals: not the one by which it does so."""
    verb = _ENDS_PAPERS.search(sentence)
    cited = list({each.number: each for each in find_cited(sentence, year=None)}.values())
    return [each for each in cited if not verb or each.start > verb.start()] or cited


def _goods_of_papers(reading: Reading, start: int, end: int, papers: list[Cited]) -> str | None:
    """Return the goods of several papers, None where one of them would give its goods to all."""
    cuts = [0, *(each.end for each in papers), end - start]
    parts = [_names(reading, start + first, start + last) for first, last in pairwise(cuts)]
    told = [names for names in parts if names]
    if len(told) < len(papers):
        return None
    return "; ".join(dict.fromkeys(name for names in told for name in names))


_ENDS_PAPERS = re.compile(r"暂停|停止|中止|废止")
_NOT_OF_TITLE = frozenset({EventKind.CONTROL_LIFTED, EventKind.OTHER_POLICY})
_OF_PAPERS = frozenset({EventKind.CONTROL_SUSPENDED, EventKind.CONTROL_LIFTED})
_WIDE = frozenset(
    {"rare earths", "dual-use items", "critical minerals", "medium and heavy rare earths"}
)


def _names(reading: Reading, start: int, end: int) -> list[str]:
    """Return the goods named in an interval, but those in names of laws: 《两用物项...条例》."""
    laws = [
        (start + law.start(), start + law.end()) for law in _LAW.finditer(reading.text[start:end])
    ]
    return [
        term.value
        for term in reading.terms_in(start, end, "material")
        if not any(first <= term.start < last for first, last in laws)
        and not _BASIS.search(reading.text[max(0, term.start - 1) : term.start])
    ]


def _list_end(reading: Reading, start: int) -> int:
    """Return where the numbered lines after a sentence end."""
    place = start
    for line in reading.text[start : start + _MAX_LIST_CHARS].splitlines(keepends=True):
        if line.strip() and not _LIST_LINE.match(line):
            break
        place += len(line)
    return place


def _listed_names(reading: Reading, start: int, end: int) -> list[str]:
    """Return the goods of a list: of the headings of its parts, where it has them."""
    first = bisect_left(reading.sentences, start, key=lambda line: line[0])
    lines = list(takewhile(lambda line: line[1] <= end, islice(reading.sentences, first, None)))
    headings = [line for line in lines if _PART.search(reading.text[slice(*line)])]
    return [name for line in headings or lines for name in _names(reading, *line)]


def _title_names(reading: Reading) -> list[str]:
    """Return the goods of the document's name, which stands in its first lines."""
    for start, end in reading.sentences[:6]:
        if is_title(reading.text, start, end):
            return _names(reading, start, end)
    return []
