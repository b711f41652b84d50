"""What the extractors are given: one text and what is known about it from outside."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from spacy.tokens import Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class TextInput:
    """One text to read. Everything but `text` may be unknown.

    Attributes:
        id: The caller's key; given back unchanged.
        text: What every offset counts in.
        published: Publication day in the publication's own zone; the anchor of relative dates.
    """

    id: str
    text: str
    published: date | None = None
    url: str | None = None
    title: str | None = None
    site: str | None = None


def parse_published(value: str | None) -> date | None:
    """Return the day of an ISO date or datetime, in the zone as written; None when unreadable."""
    if not value:
        return None
    try:
        return datetime.fromisoformat(value.strip().replace("Z", "+00:00")).date()
    except ValueError:
        return None


def set_context(doc: Doc, given: TextInput) -> None:
    """Store the context of a text on its Doc, as plain values that survive `Doc.to_bytes`."""
    doc.user_data["ree_published"] = given.published.isoformat() if given.published else None
    doc.user_data["ree_title"] = given.title
    doc.user_data["ree_site"] = given.site


def published_of(doc: Doc) -> date | None:
    """Return the publication day of a Doc, None when unknown."""
    value: Any = doc.user_data.get("ree_published")
    return date.fromisoformat(value) if value else None


def title_of(doc: Doc) -> str | None:
    """Return the title that came with the text, None when unknown."""
    value: Any = doc.user_data.get("ree_title")
    return str(value) if value else None


def site_of(doc: Doc) -> str | None:
    """Return the site name that came with the text, None when unknown."""
    value: Any = doc.user_data.get("ree_site")
    return str(value) if value else None
