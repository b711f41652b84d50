"""Is a text Chinese? Told by its characters alone, so that it costs microseconds."""

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# Kana and Hangul: a text with more than a few of them is not Chinese.
_OTHER_CJK = re.compile(r"[\u3041-\u30fa\u30fc-\u30ff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE_CHARS = 4_000
_MIN_HAN = 2
_MIN_HAN_SHARE = 0.3
_MAX_OTHER_SHARE = 0.05


def is_chinese(text: str) -> bool:
    """Tell whether a text is Chinese: mostly Han characters, hardly any kana or Hangul.

    A few characters of Chinese in an English text (names of firms) do not make it one.
    """
    sample = text[:_SAMPLE_CHARS]
    if sample.isascii():
        return False
    han, other = len(_HAN.findall(sample)), len(_OTHER_CJK.findall(sample))
    letters = len(_LETTER.findall(sample))
    return (
        han >= _MIN_HAN
        and han >= letters * _MIN_HAN_SHARE
        and other <= (han + other) * _MAX_OTHER_SHARE
    )
