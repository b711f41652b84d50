"""Whether "from", "effective" or "as of" before a date opens a period that the date begins.

"From July 1 importers must file" runs on from that day; "up 5% from July" compares, and "as of
July, 30 were pending" is a point. Limits themselves are made in `modifiers.py`.
"""

import re

from extractors.dates.resolve import Site
from extractors.dates.tense import Tense
from extractors.dates.values import Reading

_LOOK_BACK = 60
# Words that always announce a beginning.
_EXPLICIT = re.compile(
    r"\b(?i:with effect from|(?:with )?effective(?: from| as of| as from| on)?|as from"
    r"|in force from|starting from|applicable from|valid from)[ \t\u00a0]+$"
)
# "The rule becomes effective on July 1" names the day of an act, as "takes effect" does.
_PREDICATE = re.compile(
    r"\b(?i:is|are|be|was|were|becomes?|became|made)(?: (?i:also|only|fully))?"
    r" (?i:effective)(?: on)?[ \t\u00a0]+$"
)
_FROM = re.compile(r"\b(?i:from)[ \t\u00a0]+(?:(?i:the|about|around)[ \t\u00a0]+)?$")
_AS_OF = re.compile(r"\b(?i:as of)[ \t\u00a0]+$")
# "rose 5% from", "up from", "a change from", "unchanged from": what is compared, never a beginning.
_COMPARES = re.compile(
    r"(?:%|\b(?i:per ?cent|points?|up(?! to)|down(?! to)|higher|lower|more|less|unchanged"
    r"|differs?|different"
    r"|compared|rebound\w*|recover\w*|carr(?:y|ied)|left ?over|rolled|adapted|dating|dated|data"
    r"|figures?|letter|report|copy|quot\w+"
    r"|(?:ris|fall|drop|jump|climb|surg|slid|slip|declin|increas|decreas|grow|gain|doubl|tripl"
    r"|quadrupl|halv|shr[aiu]nk|plung|tumbl|soar|eas|dipp?|chang|cut)\w*|rose|fell|grew|slid))"
    r"[^.;:]{0,30}$"
)
# A clause opens here: nothing before it, or a mark, or a word that opens a clause.
_CLAUSE_OPENS = re.compile(r"(?:^|[.;:–—(“\"\n]|\b(?i:that|and|but|while|which)|,)[ \t\u00a0]*$")
_REGIME = re.compile(
    r"\b(?i:appl(?:y|ies|ied)|(?:in|into) (?:force|effect)|valid|requir\w+|ban(?:s|ned)?|forbid\w*"
    r"|prohibit\w*|restrict\w*|oblig\w+|must|shall|will|would|phased?)\b[^.;:]{0,50}$"
)
_RANGE_AFTER = re.compile(r",?[ \t\u00a0]*(?i:to|through|until|till|levels?)\b|[-–—]\d")


def is_onset(reading: Reading, site: Site) -> bool:
    """Tell whether the words right before a span make it the first day of an open period."""
    text = site.text
    before = text[max(0, site.start - _LOOK_BACK) : site.start]
    start, today = reading.start, site.anchor
    if start is None or _RANGE_AFTER.match(text, site.end):
        return False
    if _EXPLICIT.search(before):
        return _PREDICATE.search(before) is None
    ahead = today is not None and start >= today
    if _AS_OF.search(before):
        # "in force as of" a day gone by is that day (gold g17); "as of today" is a point.
        return today is not None and start > today
    opening = _FROM.search(before)
    if opening is None:
        return False
    lead = before[: opening.start()]
    if _CLAUSE_OPENS.search(lead):
        # "The older rules, from April, stay": an aside says where they come from.
        is_aside = lead.rstrip().endswith(",") and text[site.end : site.end + 1] == ","
        return ahead or not is_aside
    if _COMPARES.search(lead) and not ahead:
        return False
    under_way = today is not None and reading.end is not None and reading.end > today
    return under_way or bool(_REGIME.search(lead)) or site.get_tense() is Tense.FUTURE
