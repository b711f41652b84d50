"""What was seen before: addresses, and titles that betray a copy at another address. Pure.

A newspaper that carries one agency text under two addresses, or moves an article, would be fetched
twice; the same title at the same source within a few days is that. Copies at *other* sources are
wanted (they corroborate) and are the business of `pipeline/duplicates.py`.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import stable_id
from models.pages import PageRef

# Shorter titles name series, not articles: "Press release", "Market report", 公告.
MIN_TITLE_WORDS = 4
MIN_TITLE_CHARS = 20
MIN_WIDE_CHARS = 10
_WIDE = frozenset("WF")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTitle:
    """A title that a source has used. `at` is its publication, else when it was seen first."""

    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """One address that discovery saw, as the store keeps it. `copy_of` is None for an original."""

    ref: PageRef
    title_key: str | None
    first_seen_at: datetime
    copy_of: str | None


def title_key(title: str | None) -> str | None:
    """Return the key of a title; None for one that is too short to tell articles apart.

    Letters and digits only, case folded and in compatibility form: quotes, dashes, spaces and
    full-width forms differ between copies. Short means under four words or 20 characters, or under
    10 characters in scripts without spaces.
    """
    if not title:
        return None
    folded = unicodedata.normalize("NFKC", title).casefold()
    words = "".join(char if char.isalnum() else " " for char in folded).split()
    text = " ".join(words)
    wide = sum(unicodedata.east_asian_width(char) in _WIDE for char in text)
    if wide >= MIN_WIDE_CHARS:
        return stable_id("title", "".join(words))  # spaces mean nothing there
    is_long = len(words) >= MIN_TITLE_WORDS and len(text) >= MIN_TITLE_CHARS
    return stable_id("title", text) if is_long else None


def remember(
    refs: Iterable[PageRef],
    known: Mapping[str, SeenTitle],
    *,
    now: datetime,
    duplicate_days: float,
    unfetched: Collection[str] = (),
) -> list[SeenPage]:
    """Return the addresses of one source with what they are copies of, in the given order.

    The first address with a title is the original, unless the source used the title before. A
    page without publication is taken as published now. A page that an earlier run could not fetch
    is nobody's original: its copy is then fetched too.

    Args:
        refs: What discovery found.
        known: Titles of fetched pages by key.
        now: The clock.
        duplicate_days: How far apart two publications of one text may lie; 0 knows no copies.
        unfetched: Addresses that earlier runs wanted and did not get.
    """
    titles = dict(known)
    limit = timedelta(days=duplicate_days)
    pages = []
    for ref in refs:
        key = title_key(ref.title)
        at = ref.published or now
        original = titles.get(key) if key is not None and duplicate_days > 0 else None
        is_copy = (
            original is not None and original.url != ref.url and abs(at - original.at) <= limit
        )
        if key is not None and not is_copy and ref.url not in unfetched:
            titles[key] = SeenTitle(url=ref.url, at=at)
        pages.append(
            SeenPage(
                ref=ref,
                title_key=key,
                first_seen_at=now,
                copy_of=original.url if original is not None and is_copy else None,
            )
        )
    return pages
