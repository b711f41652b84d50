"""Signals by which a publisher reserves its pages from text and data mining. Pure.

Read: `/.well-known/tdmrep.json`, the `tdm-reservation` header and meta element (TDM Reservation
Protocol, W3C community group), `noai` in X-Robots-Tag and robots meta elements, and `/ai.txt`
(written like a robots.txt). `noimageai` alone reserves pictures, which are never fetched.
"""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

TDMREP_PATH = "/.well-known/tdmrep.json"
AI_TXT_PATH = "/ai.txt"
MAX_RULES = 1000

_HEAD_BYTES = 65_536
_META = re.compile(r"<meta\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,40})\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_USER_AGENT = re.compile(r"^[ \t]{0,9}user-agent[ \t]{0,9}:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedPaths:
    """The part of a site that its tdmrep.json reserves: (path pattern, is reserved)."""

    rules: tuple[tuple[str, bool], ...] = ()

    def is_reserved(self, url: str) -> bool:
        """Return whether the longest pattern that matches the path reserves it; in doubt, yes."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        matching = [(len(p), reserved) for p, reserved in self.rules if _matches(p, path)]
        return max(matching, default=(0, False))[1]


def parse_tdmrep(body: bytes) -> ReservedPaths:
    """Return what a tdmrep.json reserves; nothing when it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ReservedPaths()
    entries = found if isinstance(found, list) else [found]
    return ReservedPaths(
        rules=tuple(
            (entry["location"][:2000], _is_one(entry.get("tdm-reservation")))
            for entry in entries[:MAX_RULES]
            if isinstance(entry, dict) and isinstance(entry.get("location"), str)
        )
    )


def parse_ai_txt(body: bytes) -> Protego | None:
    """Return the rules of an ai.txt; None when it names no robot (other files have that name).

    A rule by file kind (`Disallow: *.jpg`) says nothing about pages; `Disallow: /` says everything.
    """
    text = body.decode("utf-8-sig", errors="replace")
    return Protego.parse(text) if _USER_AGENT.search(text) else None


def header_opt_out(headers: Iterable[tuple[str, str]], *, agent: str) -> str | None:
    """Return the header line by which a response is reserved, None without one."""
    for name, value in headers:
        key = name.lower()
        if key == "tdm-reservation" and _is_one(value.strip()):
            return f"{key}: {value}"
        if key == "x-robots-tag" and _has_noai(value, agent):
            return f"{key}: {value}"[:200]
    return None


def meta_opt_out(body: bytes, *, agent: str) -> str | None:
    """Return the meta element by which a page is reserved, None without one.

    Looks at the first 64 kB, where the head of a page is, and not into comments.
    """
    text = _without_comments(body[:_HEAD_BYTES].replace(b"\0", b"").decode("latin-1"))
    for found in _META.finditer(text):
        pairs = {
            match[1].lower(): html.unescape(match[2].strip("\"'")).strip()
            for match in _ATTRIBUTE.finditer(found[1])
        }
        name, content = pairs.get("name", "").lower(), pairs.get("content", "")
        if name == "tdm-reservation" and _is_one(content):
            return found[0][:200]
        if name in {"robots", agent.lower()} and "noai" in _directives(content):
            return found[0][:200]
    return None


def _without_comments(text: str) -> str:
    """Cut comments out; by searching, because a pattern takes squared time on open ones."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        parts.append(text[at:start])
        end = text.find("-->", start + 4)
        if end < 0:  # a parser reads an open comment up to the end
            return "".join(parts)
        at = end + 3
    return "".join([*parts, text[at:]])


def _has_noai(value: str, agent: str) -> bool:
    """Read an X-Robots-Tag: directives, which may be meant for one robot (`otherbot: noai`)."""
    name, colon, rest = value.partition(":")
    if colon and "," not in name and name.strip().lower() not in {"unavailable_after"}:
        return name.strip().lower() == agent.lower() and "noai" in _directives(rest)
    return "noai" in _directives(value)


def _directives(text: str) -> set[str]:
    return {word.strip().lower() for word in text.split(",")}


def _is_one(value: object) -> bool:
    return value in (1, "1") and value is not True


def _matches(pattern: str, path: str) -> bool:
    """Match a path as robots.txt does: a prefix, with `*` for anything and `$` for the end.

    Without regular expressions: a pattern of many stars must not cost more than its length allows.
    """
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not first.startswith("/") and first:
        first = f"/{first}"
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(rest, 1):
        if is_whole and number == len(rest):
            return path[at:].endswith(part)
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not is_whole or at == len(path)
