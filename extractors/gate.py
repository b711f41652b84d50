"""The cheap test before the model: can this sentence hold a fact that needs syntax?

A sentence without a digit, a number word or a word of the license vocabulary yields no quantity
and no event; parsing it would be wasted.
"""

import re

_CANDIDATE = re.compile(
    r"\d|per ?cent|\bpct\b|\btons?\b|\btonnes?\b|\bkilo(?:gram)?s?\b"
    r"|\b(?:third|half|halv|quarter|fifth|tenth|doubl|tripl|trebl|quadrupl|zero|majority|bulk)"
    r"|licen[cs]|permi(?:t|ssion)|approv|authori[sz]|clear(?:ed|ance)|green.?light|go-ahead|nod\b"
    r"|\bban|embargo|curb|restrict|control|quota|exempt|exclu|suspen|halt|shelv|paus|lift|eas(?:e|ed|ing)\b"
    r"|export|shipment|shipping|block(?:ed|s|ing)?\b|list(?:ed|ing|s)?\b|blacklist|sanction|tariff"
    r"|applic|appl(?:y|ied|ies)|refus|reject|den(?:y|ied|ies)|revok|withdr[ae]w|renew|extend|delay"
    r"|prohibit|forbid|outlaw|moratorium|impos|introduc|tighten|expand|broaden|reinstat|resum|measure"
    r"|\bfil(?:e|ed|ing)\b|\brules?\b|request"
    r"|turn(?:ed)? down|sent back|cut off|left out|shut out|wait|pending|backlog",
    re.IGNORECASE,
)


def may_hold_fact(sentence: str) -> bool:
    """Tell whether a sentence has a word or digit that a fact could start from."""
    return _CANDIDATE.search(sentence) is not None
