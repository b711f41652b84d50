"""Stable ids: the same content gives the same id on every machine and in every run."""

import hashlib

_SEPARATOR = "\x1f"


def stable_id(*parts: object, length: int = 16) -> str:
    """Return the first `length` hex digits of the SHA-256 of the parts.

    None and "" give different ids, so that "unknown" never collides with "empty".
    """
    text = _SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of the bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def article_id(url: str) -> str:
    """Return the id of the article that lives at a clean URL."""
    return stable_id("article", url)


def version_id(article: str, text: str) -> str:
    """Return the id of one text of an article: it changes whenever the text does."""
    return stable_id("version", article, text)
