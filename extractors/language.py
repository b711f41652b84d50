"""The language of a text: Chinese by its script, else by py3langid and what the page declares."""

import re
from functools import lru_cache
from typing import Any

from extractors.chinese.script import is_chinese

_SAMPLE_CHARS = 3_000
# Below this many letters the classifier guesses; it is right on single sentences above it.
_MIN_LETTERS = 40
_SURE = 0.95
_LABEL = re.compile(r"^\s*([a-z]{2,3})(?:[-_].*)?$", re.I)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # Imported late: it loads numpy and a model, which takes most of a second.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def declared_language(label: str | None) -> str | None:
    """Return the language part of an HTML lang attribute ("en-GB" gives "en"), else None."""
    match = _LABEL.match(label or "")
    return match.group(1).lower() if match else None


def detect_language(text: str, *, declared: str | None = None) -> str | None:
    """Return the ISO 639-1 code of a text's language, None when it is too short to tell.

    Args:
        text: The article text; its first 3,000 characters are read.
        declared: The page's lang attribute: it decides where the classifier is not sure, never
            against a sure one, since templates often declare the wrong language.
    """
    # The classifier takes short official Chinese for Japanese; the script does not.
    if is_chinese(text):
        return "zh"
    stated = declared_language(declared)
    sample = text[:_SAMPLE_CHARS]
    # A page in capitals looks like no language to a classifier of letter sequences.
    sample = sample.lower() if sample.isupper() else sample
    letters = sum(char.isalpha() for char in sample)
    if letters < _MIN_LETTERS and sample.isascii():
        return stated
    if letters == 0:
        return stated
    language, probability = _identifier().classify(sample)
    return str(language) if stated is None or probability >= _SURE else stated
