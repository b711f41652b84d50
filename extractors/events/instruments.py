"""Legal instruments by number: "Announcement No. 61 of 2025", "Decree No. 71", executive orders.

Reads text only. The canonical form is "Announcement No. 61 of 2025" without the issuer.
"""

import re

_NUMBERED = re.compile(
    r"\b(?P<kind>Announcements?|Notices?|Decrees?|Orders?|Circulars?|Proclamations?)\s+"
    r"(?:No|Nos|Number|#)s?\.?\s*(?P<number>\d{1,5}(?:\s?(?:,|and|to|-|–)\s?\d{1,5}){0,6})"
    r"(?:\s+of\s+(?P<year>20\d\d)|\s*[(/,]\s?(?P<slash>20\d\d)\)?)?"
)
_EXECUTIVE = re.compile(r"\b(?:Executive Order|Proclamation|E\.O\.)\s+(?:No\.\s*)?(\d{4,6})\b")
_BARE = re.compile(r"\b(?:No|Nos)\.\s?(\d{1,3})(?:\s+of\s+(20\d\d))?\b")


def find_instrument(text: str, earlier: str = "") -> str | None:
    """Return the first instrument that a sentence names, None when it names none.

    Args:
        text: The sentence.
        earlier: Text before it; lets a bare "No. 57" stand for an announcement named there.
    """
    match = _EXECUTIVE.search(text)
    if match:
        name = "Proclamation" if match.group(0).startswith("Proc") else "Executive Order"
        return f"{name} {match.group(1)}"
    match = _NUMBERED.search(text)
    if match:
        year = match.group("year") or match.group("slash")
        kind = match.group("kind").rstrip("s")
        number = re.sub(r"\s+", " ", match.group("number"))
        return f"{kind} No. {number}" + (f" of {year}" if year else "")
    match = _BARE.search(text)
    if match and "nnouncement" in earlier + text:
        return f"Announcement No. {match.group(1)}" + (
            f" of {match.group(2)}" if match.group(2) else ""
        )
    return None
