"""The cheap test before the model: can this sentence hold a fact that needs syntax?

A sentence without a digit, a number word or a word of the license vocabulary yields no quantity
and no event; parsing it would be wasted.
"""

import re

_CANDIDATE = re.compile(
    r"\d|per ?cent|\bpct\b|\btons?\b|\btonnes?\b|\bkilo(?:gram)?s?\b"
    r"|\b(?:third|half|halv|quarter|fifth|tenth|doubl|tripl|trebl|quadrupl|zero|majority|bulk)"
    r"|licen[cs]|permi(?:t|ssion)|approv|authori[sz]|clear(?:ed|ance)|green.?light"
    r"|go-ahead|nod\b|\bban|embargo|curb|restrict|control|quota|exempt|exclu|suspen|halt"
    r"|shelv|paus|lift|eas(?:e|ed|ing)\b|export|shipment|shipping|block(?:ed|s|ing)?\b"
    r"|list(?:ed|ing|s)?\b|blacklist|sanction|tariff|applic|appl(?:y|ied|ies)|refus|reject"
    r"|den(?:y|ied|ies)|revok|withdr[ae]w|renew|extend|delay|prohibit|forbid|outlaw"
    r"|moratorium|impos|introduc|tighten|expand|broaden|reinstat|resum|measure"
    r"|\bfil(?:e|ed|es|ing|ings)\b|\brules?\b|request|\badd(?:ed|s)?\b|\bremov|\bnames?\b"
    r"|bar(?:s|red|ring)?\b|allocat|waiv|carve|scrap|unwound?|roll(?:ed)? back|papers?\b"
    r"|paperwork|ticket|dispensation|whitelist|empty.handed|lifeline|ceiling"
    r"|\bcap(?:s|ped|ping)?\b|wav(?:e[ds]?|ing) through|nod(?:s|ded|ding) through"
    r"|\bspare[ds]?\b|snap(?:s|ped)? back|unw[io]nd|regime|register|check(?:s|ed)?\b"
    r"|\bstop(?:s|ped|ping)?\b|clamp|checks|outbound|cargo|deliver|regulat|prohibition"
    r"|\bsit(?:s|ting)? on|hand(?:s|ed|ing)? (?:out|down)|roster|scheme|dual-use"
    r"|turn(?:s|ed|ing)? (?:down|away)|sent back|cut off|left out|shut out|wait|pending"
    r"|backlog|all.clear|assent|blessing|consent|\bok(?:ay)?(?:s|ed|ing)?\b|sign(?:s|ed|ing)?.off"
    r"|may not|no longer|given leave|thumbs|standstill|approach|turned to|drag(?:s|ging)"
    r"|rubber.stamp|endors|crackdown|chokehold|stranglehold|barrier|\bgrip\b|scrutiny|squeeze"
    r"|constraint|limit|threshold|restraint|annex|catalogue|schedule|reprieve|derogat|exception"
    r"|petition|\bpleas?\b|submi(?:t|ssion)|dossier|abroad|froze|freez|stuck|pil(?:ed|ing) up"
    r"|queue|logjam|eligib|illegal|\bclear(?:s|ing)\b|veto|\bstrip(?:s|ped)?\b|struck|lapse|expir"
    r"|h[eo]ld(?:s|ing)? (?:up|back)|stall|ceas|outflow|\bfreed\b|fast.track|green channel"
    r"|overhaul|\bamong (?:them|these|those)\b|presumption|'s (?:is|covers)\b|’s (?:is|covers)\b"
    r"|notifi|eligible|\bdoors?\b|\btaps?\b|\ballow(?:s|ed|ing)?\b|unanswered|unsuccessful"
    r"|\b(?:can|may|must|to) (?:again |now )?(?:deliver|leave|sell|ship|supply)|rights? to\b"
    r"|with nothing|beneficiar|recipient|at home\b|in the country\b|toughen|\blets?\b"
    r"|withh[eo]ld|forbade|delist|weaponi|leash|\breins\b|screws?\b|hurdle|red tape|limbo"
    r"|examin|conferred|passed over|off the hook|\bnot included|n't included|\bdelet|omitted"
    r"|\breturned\b|\bjoin(?:s|ed)?\b|\bfollowed (?:in|on)\b|\bfaster|accelerat|expedit"
    r"|\bspeed(?:s|ed|ing)? up|ruled? out|\bhold(?:s|ers)?\b|embargo|truce"
    r"|consignment|customs territory",
)


def may_hold_fact(text: str, start: int, end: int) -> bool:
    """Tell whether the sentence `text[start:end]` has a word that a fact could start from."""
    # Lower-casing first is far cheaper than a pattern that ignores case.
    return _CANDIDATE.search(text[start:end].lower()) is not None
