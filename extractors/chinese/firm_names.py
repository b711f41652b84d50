"""Is what stands before 公司 or 集团 the name of a firm? 霍尔斯顿航空公司 is, 美国航空公司 is not.

Full legal forms (有限公司, 株式会社) need no proof: see `companies.py`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from models.errors import LexiconError

_LATIN_BEHIND = re.compile(r"\s?[（(]\s?[A-Z]")
_HAN_NO = "一二三四五六七八九十"
_ITEM = re.compile(
    rf"(?:^|\n|[；;])[ \t　]*(?:\d{{1,3}}|[{_HAN_NO}]{{1,4}}|[（(][\d{_HAN_NO}]{{1,3}}[）)])"
    r"[.、．]?[ \t]?$"
)
_ITEM_CHARS = 14
_ITEM_NAME = re.compile(
    rf"(?:^|\n)[ \t　]*(?:\d{{1,3}}|[（(][\d{_HAN_NO}]{{1,3}}[）)])[.、．]?[ \t]?"
    r"(?P<name>[\u4e00-\u9fffA-Za-z·]{2,20})$"
)
_ITEM_NAME_CHARS = 36
_ITEM_END = re.compile(r"\s*(?:$|\n|[；;。，,（(])")
_MIN_LEFT = 2
_MIN_SOUNDS = 3
# A pronoun (该公司) or what a sentence says before "the company" (预计公司, 目前公司).
_WEAK_CUT = re.compile(
    r"表示|认为|指出|透露|预计|目前|此前|近期|年内|显示|要求|由于|随着|此外|报告期|其中|按照|根据"
    r"|参与|涉及|宣布|决定|针对|例如|比如|除了|以外|尤其|特别|[称要使令已又还并均也都只仅受但而若如其到至于有家名所以]"
)


_COUNTRY = re.compile(
    r"^(?:中国台湾|美国|日本|德国|法国|英国|韩国|荷兰|瑞典|加拿大|澳大利亚|欧洲|台湾)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    business: re.Pattern[str]
    told: re.Pattern[str]
    sounds: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    """Return the words around names.

    Raises:
        LexiconError: `zh_firms.toml` lacks a list.
    """
    text = files("extractors").joinpath("lexicons", "zh_firms.toml").read_text(encoding="utf-8")
    try:
        rows = tomllib.loads(text)
        business, general = list(rows["business"]), list(rows["general"])
        return _Words(
            business=re.compile(rf"(?:{_any(business)})$"),
            told=re.compile(_any([*business, *general])),
            sounds=frozenset(rows["sounds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LexiconError(f"zh_firms.toml cannot be read: {error!r}") from error


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(set(words), key=lambda word: (-len(word), word))))


@lru_cache(maxsize=1)
def business_pattern() -> str:
    """Return a pattern of up to three lines of business, as legal names put them together."""
    text = files("extractors").joinpath("lexicons", "zh_firms.toml").read_text(encoding="utf-8")
    return rf"(?:{_any(tomllib.loads(text)['business'])}){{0,3}}"


def short_name(stem: str) -> str:
    """Return what of a stem can name a firm: behind its last verb or particle and its country."""
    return _COUNTRY.sub("", _WEAK_CUT.split(stem)[-1])


def item_name(text: str, end: int) -> str:
    """Return the name between the number of a list's line and a suffix, empty without a number.

    It is whole: 和 in 1.三和航天公司 is no conjunction.
    """
    match = _ITEM_NAME.search(text[max(0, end - _ITEM_NAME_CHARS) : end])
    return match["name"] if match else ""


def names_firm(text: str, start: int, end: int, stem: str) -> bool:
    """Tell whether a stem before 公司 or 集团 names one firm.

    Proof is a foreign name in brackets behind it, a line of a list of its own, a foreign name by
    its sound, or a line of business behind what is left without words for sorts of firms.

    Args:
        text: The text.
        start: Where the stem begins.
        end: Where the suffix ends.
        stem: What stands before the suffix.
    """
    words = _words()
    left = words.told.sub("", stem)
    is_item = _ITEM.search(text[max(0, start - _ITEM_CHARS) : start]) is not None
    if is_item and left and _ITEM_END.match(text, end):
        return True
    if len(left) < _MIN_LEFT:
        return False
    if "·" in stem or _LATIN_BEHIND.match(text, end):
        return True
    by_sound = len(left) >= _MIN_SOUNDS and all(char in words.sounds for char in left)
    return by_sound or words.business.search(stem) is not None
