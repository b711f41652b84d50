"""Numbers as Chinese papers write them: 4,342, 1.2万, 三千二百, 二〇二五, 十二点五.

Values come from cn2an, which abstains where a numeral is malformed; so does this file.
"""

import re

import cn2an  # type: ignore[import-untyped]

_DIGITS = "零〇一二两三四五六七八九"
HAN_NUMBER = rf"[{_DIGITS}十百千万亿半]{{1,16}}(?:点[{_DIGITS}]{{1,6}})?"
ARABIC_NUMBER = r"(?:\d{1,3}(?:[,，]\d{3}){1,5}|\d{1,15})(?:\.\d{1,6})?"
NUMBER = rf"(?:{ARABIC_NUMBER}(?:[千百]?[万亿]|千(?!克|瓦|米|吨))?|{HAN_NUMBER})"
_SEPARATORS = re.compile("[,，]")
_SCALES = {"百万": 1e6, "千万": 1e7, "万": 1e4, "亿": 1e8, "千": 1e3}
_SPELLED_YEAR = str.maketrans("〇零一二三四五六七八九", "00123456789")


def parse_number(text: str) -> float | None:
    """Return the value of a numeral, None when it is malformed ("十百")."""
    plain = _SEPARATORS.sub("", text.strip())
    scale = 1.0
    if plain[:1].isdigit() and plain[0].isascii():
        for name, factor in _SCALES.items():
            if plain.endswith(name):
                plain, scale = plain.removesuffix(name), factor
                break
        try:
            return float(plain) * scale
        except ValueError:
            return None
    if plain == "半":
        return 0.5
    try:
        return float(cn2an.cn2an(plain.replace("两", "二"), "smart"))
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def parse_count(text: str) -> int | None:
    """Return a whole number from 0 to 9999 such as a day, month or year, else None."""
    spelled = text.translate(_SPELLED_YEAR)
    if spelled.isascii() and spelled.isdigit():
        return int(spelled) if len(spelled) <= 4 else None
    value = parse_number(text)
    return int(value) if value is not None and value == int(value) and value < 10_000 else None
