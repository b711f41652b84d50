"""What an interface answered: entries, and where to ask on. Shared by the API readers; pure.

JSON is read under a size limit; what nests too deeply or is no JSON is an `InputError`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import InputError
from pipeline.feeds import FeedEntry
from pipeline.xml_guard import unpack

MAX_API_BYTES = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """The entries of one answer, and the address of the next one; None where it ends."""

    entries: tuple[FeedEntry, ...]
    next_url: str | None


def read_json(body: bytes, url: str) -> Any:
    """Return the JSON value of an answer.

    Control characters inside strings are taken: some interfaces put titles of pages into strings
    without escaping them.

    Raises:
        InputError: Too large, or no JSON; the message quotes how it starts.
    """
    plain = unpack(body, where=url)
    if len(plain) > MAX_API_BYTES:
        message = f"{url}: expected at most {MAX_API_BYTES:,} bytes of JSON, found {len(plain):,}"
        raise InputError(message)
    try:
        return json.loads(plain.decode("utf-8-sig", errors="replace"), strict=False)
    except (ValueError, RecursionError) as error:
        start = " ".join(plain[:120].decode("utf-8", errors="replace").split())
        message = f"{url}: expected JSON, found {start!r} ({type(error).__name__})"
        raise InputError(message[:300]) from error


def require_object(value: Any, url: str) -> Mapping[str, Any]:
    """Return a JSON object.

    Raises:
        InputError: It is another value, or reports errors.
    """
    if not isinstance(value, dict):
        message = f"{url}: expected a JSON object, found {type(value).__name__}"
        raise InputError(message)
    if value.get("errors"):
        message = f"{url}: expected results, found errors: {value['errors']!r}"
        raise InputError(message[:300])
    return value


def list_of_objects(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a JSON list; an empty list for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
