"""What rules allow: quotas and licensed amounts, and goods that leave a country under them.

"May ship at most 900 tonnes", "smelting was capped at 900", "a permit for 40 t". Other flows are
`flows`.
"""

import re

from spacy.tokens import Span

from extractors.quantities.context import TextContext
from extractors.quantities.homes import is_destination
from extractors.quantities.quantity import Quantity
from models.vocabulary import Bound, Flow

_ALLOWED = frozenset({"allowed", "permitted", "entitled", "authorized", "authorised", "free"})
_SHIP = frozenset({"ship", "export", "send", "sell", "deliver"})
# "Miners may dig 900 tonnes": an allowance only where the text speaks of quotas.
_DIG = frozenset(
    {"dig", "mine", "extract", "produce", "process", "smelt", "separate", "refine", "turn"}
)
_LEAVING = frozenset(
    {"went", "goes", "go", "gone", "headed", "sailed", "flowed", "moved", "bound", "destined"}
    | {"sent", "shipped", "left", "dispatched"}
)
# "The 3,000 tonnes permitted in 2031", "of the 400 tons allotted to Ostra".
# "Will let miners export 900 tons", "allowed Ostra to ship 40 t".
_LETS = re.compile(
    r"\b(?:let|lets|letting|allow(?:s|ed|ing)?|permit(?:s|ted|ting)?|authori[sz](?:e|es|ed|ing))"
    r" (?:[A-Za-z-]+ ){1,6}(?:export|ship|sell|send(?: out| off)?|sell abroad)\b[^;:]{0,120}$"
)
_ALLOTTED = re.compile(
    r" (?:of [a-z ]{2,30} )?(?:(?:permitted|allotted|allowed|allocated)"
    r" (?:in|for|to|under|by|during)"
    r"|(?:are|is|were|was|will be|have been) (?:allowed|permitted|reserved|set aside|allotted"
    r"|allocated|earmarked))\b"
)
# "Some 300 kilograms of germanium left Peru in June".
_LEFT = re.compile(
    r"(?: of [a-z ]{2,40})? (?:left|leaves|will leave|have left|had left)"
    r" (?:the country|for abroad|[A-Z][a-z]+)"
)
# What a batch of a quota lets miners dig and smelters make is the quota, no output.
_BATCH = re.compile(
    r"\b(?:first|second|third|new|latest|initial|last|next) (?:batch|tranche|round)\b"
)
# What was made, beside what may be made.
_OUTPUT = re.compile(
    r"\b(?:produced|mined|output|production|turned out|dug|refined|made|smelted|supplied|churned)\b"
    r"(?! (?:quotas?|targets?|control|caps?|ceilings?|limits?))",
    re.IGNORECASE,
)
_OF_BATCH = frozenset({None, Flow.PRODUCTION, Flow.EXPORT, Flow.OTHER})
_LICENSE = re.compile(
    r"\b(?:licen[cs]es?|permits?|permission|clearances?|applications?|applied|entitled"
    r"|asked for)\b",
    re.IGNORECASE,
)
_NO_EXPORT = re.compile(
    r"\b(?:quotas?|import\w*|mining (?:licen|permit)\w*|capacity)\b", re.IGNORECASE
)
_EXPORTS = re.compile(r"\bexport", re.IGNORECASE)
MAX_CHARS = 500
_ALLOWS = re.compile(
    r"\b(?:allow|permit|admit|let)(?:s|ted|ed|ting|ing)?(?: in)? (?:[a-z]+ ){0,2}$"
)
_ENTERS = re.compile(
    r"[^.;,]{0,50}\b(?:to (?:enter|leave|come in|go out|be (?:shipped|exported|imported|sold"
    r"|mined|dug(?: up)?|produced|extracted|smelted|processed|refined))"
    r"|duty[- ]free)\b"
)
_PLANS = frozenset(
    {"plan", "plans", "planned", "planning", "target", "targets", "targeting", "aims", "intends"}
    | {"wants", "hopes"}
    | {"wants", "hopes"}
)


def ruled_flow(context: TextContext, quantity: Quantity) -> Flow | None:
    """Return what a mass counts where rules allow it, or it leaves a country."""
    if _is_permitted(context, quantity):
        return Flow.EXPORT if is_licensed(context, quantity) else Flow.QUOTA
    if _ALLOTTED.match(quantity.text, quantity.measure.end) or _enters_freely(quantity):
        return Flow.QUOTA
    before = quantity.text[quantity.span.sent.start_char : quantity.measure.start][-140:]
    if _RESTRICTS.search(before) and not _has_firm(context, quantity.span):
        return Flow.QUOTA
    leaves = _leaves(context, quantity) or _LEFT.match(quantity.text, quantity.measure.end)
    return Flow.EXPORT if leaves else None


# "Will restrict output to 900 tonnes", "smelting was capped at 900": a limit of the state.
_RESTRICTS = re.compile(
    r"\b(?:restrict|limit|cap|capp|curtail|confine)(?:s|ed|ing)?\b(?: [a-z0-9-]+){0,10} (?:to|at)"
    r" (?:just |only |about |some )?$"
)


def _has_firm(context: TextContext, span: Span) -> bool:
    """Tell whether a firm is named in the sentence of a mass, up to its end."""
    start = max(span.sent.start, span.start - 60)
    return any(at in context.firms for at in range(start, span.end))


def _is_permitted(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether exporters "may ship at most" a mass: an allowance, not a trade."""
    span, sent = quantity.span, quantity.span.sent
    stretch = [token for token in span.doc[sent.start : span.start] if not token.is_punct]
    for index in range(len(stretch)):
        words = [item.lower_ for item in stretch[index : index + 2]]
        is_modal = words[0] == "may" or (words[0] in _ALLOWED and words[1:] == ["to"])
        verbs = stretch[index + 1 : index + 4]
        sends = any(item.lower_ in _SHIP for item in verbs)
        digs = context.has_quota and any(item.lower_ in _DIG for item in verbs)
        if not is_modal or not (sends or digs):
            continue
        limited = quantity.limits.bound in {Bound.AT_MOST, Bound.UNDER}
        if limited or context.has_quota or words[0] != "may":
            return True
    before = quantity.text[max(sent.start_char, quantity.measure.start - 220) : span.start_char]
    return _LETS.search(before) is not None


def _enters_freely(quantity: Quantity) -> bool:
    """Tell whether rules "allow 9,000 tonnes a year to enter duty-free": a quota."""
    start, end = quantity.measure.start, quantity.measure.end
    before, behind = quantity.text[max(0, start - 40) : start], quantity.text[end : end + 90]
    return _ALLOWS.search(before) is not None and _ENTERS.match(behind) is not None


def is_licensed(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether a mass is what a firm may ship under a license: "a permit for 300 tonnes"."""
    sent = quantity.span.sent
    start = max(sent.start_char, quantity.measure.start - MAX_CHARS)
    words = quantity.text[start : min(sent.end_char, quantity.measure.end + MAX_CHARS)]
    if not _LICENSE.search(words) or _NO_EXPORT.search(words):
        return False
    is_trade = context.lead_flow is Flow.EXPORT or context.flow is Flow.EXPORT
    return (
        is_trade
        or _EXPORTS.search(quantity.text, max(0, start - 2 * MAX_CHARS), start + 1000) is not None
    )


def _leaves(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether a mass "went to Peru", "was bound for Peru": it left the country."""
    span, sent = quantity.span, quantity.span.sent
    for item in context.places_in(span.end, min(span.end + 12, sent.end)):
        between = [token.lower_ for token in span.doc[span.end : item.start]]
        if item.place.name == context.home or not is_destination(span.doc, item):
            continue
        return bool(_LEAVING & set(between[-5:])) and not {",", ";", "and"} & set(between)
    return False


def is_planned(span: Span) -> bool:
    """Tell whether a verb of planning stands right before a mass: "plans to make 40 t"."""
    before = span.doc[max(span.sent.start, span.start - 4) : span.start]
    return any(token.lower_ in _PLANS for token in before)


def is_of_quota(context: TextContext, quantity: Quantity, flow: Flow | None) -> bool:
    """Tell whether a mass is a batch of a quota or a share of it, whatever verb stands by.

    "Ionic clays, which yield the heavy ones, get 900 tonnes" goes on with the quota; what was
    made does not.
    """
    sent = quantity.span.sent
    stop = min(sent.end_char, sent.start_char + MAX_CHARS)
    is_batch = _BATCH.search(quantity.text, sent.start_char, stop) is not None
    if context.has_quota and flow in _OF_BATCH and is_batch:
        return True
    is_quota_text = context.flow is Flow.QUOTA and context.lead_flow is Flow.QUOTA
    if flow is not Flow.PRODUCTION or not is_quota_text or is_planned(quantity.span):
        return False
    return _OUTPUT.search(quantity.text, sent.start_char, stop) is None
