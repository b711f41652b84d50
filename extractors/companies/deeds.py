"""What only a firm does: runs plants, raises money, holds a permit, plans to build.

Reads a bounded window behind (and one word before) a name; names that are places, bodies or
persons must be filtered before (`extractors/companies/names.py`).
"""

from extractors.companies.lexicon import words
from extractors.companies.runs import Page, Run

_PERMITS = ("authorisation", "authorization", "clearance", "licen", "permi", "quota")
_REQUESTS = (*_PERMITS, "applica", "approval")
_MAX_HELPERS = 4
_NEAR = 7
# fmt: off
_HELPERS = frozenset({
    "all", "already", "also", "are", "be", "been", "both", "each", "finally", "had", "has", "have",
    "is", "itself", "later", "not", "now", "recently", "since", "still", "then", "was", "were",
})
_PASSIVE = frozenset({"are", "been", "is", "was", "were"})
_INTENDS = frozenset({"agreed", "aims", "expects", "intends", "plans", "pledged", "wants"})
_GETS = frozenset({
    "got", "held", "hold", "holds", "lost", "obtained", "obtains", "received", "receives",
    "secured", "won",
})
_SEEKS = frozenset({"applied", "applies", "awaits", "reapplied", "seeks", "sought"})
_IS_GIVEN = frozenset({"awarded", "denied", "given", "granted", "issued", "refused"})
_IS_LET = frozenset({
    "allowed", "authorised", "authorized", "cleared", "entitled", "licensed", "permitted",
})
_TRADES = frozenset({"export", "import", "sell", "ship", "supply"})
_GIVES = frozenset({
    "award", "awarded", "awards", "denied", "denies", "deny", "gave", "give", "given", "gives",
    "grant", "granted", "granting", "grants", "handed", "issued", "refuse", "refused", "refuses",
})
_GIFT_OPENERS = frozenset({
    "a", "an", "another", "clearance", "general", "individual", "its", "licence", "licences",
    "license", "licenses", "new", "one", "permission", "permits", "the", "three", "two",
})
_SIGNS = frozenset({"closed", "inked", "landed", "secured", "signed", "struck", "won"})
_SALES = frozenset({"purchase", "sales", "supply", "tolling"})
_DEALS = frozenset({"agreement", "agreements", "contract", "contracts", "deal", "deals"})
_STAFF = frozenset({"employees", "people", "staff", "workers"})
# fmt: on


def acts_as_firm(page: Page, run: Run) -> bool:
    """Match "X will invest", "X agreed to purchase", "X halted a line", "X raised $40 million"."""
    index = run.end
    if _word(page, index) in {"also", "now"}:
        index += 1
    if _word(page, index) in _INTENDS:
        return _word(page, index + 1) == "to" and _word(page, index + 2) in words("firm_verbs")
    if _word(page, index) in {"will", "would"}:
        index += 2 if _word(page, index + 1) == "also" else 1
        return _word(page, index) in words("firm_verbs")
    return not _may_be_surname(page, run) and _did_as_firm(page, _verb_at(page, index))


def holds_permit(page: Page, run: Run) -> bool:
    """Match "X had held permits for", "X was refused a license", "X was cleared to ship"."""
    if _may_be_surname(page, run):
        return False
    if _word(page, run.start - 1) in _GIVES and _word(page, run.end) in _GIFT_OPENERS:
        return _speaks_of(page, run.end, _PERMITS)
    index = _verb_at(page, run.end)
    verb, helpers = _word(page, index), page.lowers[run.end : index]
    if verb in _IS_LET and _word(page, index + 1) == "to":
        return bool(_PASSIVE.intersection(helpers)) and _word(page, index + 2) in _TRADES
    if verb in _IS_GIVEN and _PASSIVE.intersection(helpers):
        return _speaks_of(page, index + 1, _PERMITS)
    if verb in _SEEKS:
        return _speaks_of(page, index + 1, _REQUESTS)
    # A body receives applications, a firm receives what it applied for.
    return verb in _GETS and _speaks_of(page, index + 1, _PERMITS)


def _did_as_firm(page: Page, index: int) -> bool:
    """Tell whether the verb at `index` with its object is the deed of a firm."""
    verb, after = _word(page, index), page.lowers[index + 1 : index + 1 + _NEAR]
    if "." in after:
        after = after[: after.index(".")]
    if verb in words("plant_verbs"):
        return bool(words("plant_nouns").intersection(after[:5]))
    if verb in {"raised", "raises"}:
        return bool({"$", "€", "£", "¥"}.intersection(after[:3]))
    if verb in {"reported", "posted", "reports", "posts"}:
        return bool(words("result_nouns").intersection(after[:5]))
    if verb in {"employs", "employed"} or (verb[:1].isdigit() and _word(page, index - 1) == "has"):
        return bool(_STAFF.intersection(after[:4])) or _word(page, index + 1)[:1].isdigit()
    if verb in _SIGNS:
        is_sale = bool(_SALES.intersection(after)) and bool(_DEALS.intersection(after))
        return is_sale or "offtake" in after
    return False


def _verb_at(page: Page, index: int) -> int:
    """Return where the verb stands behind auxiliaries and adverbs."""
    last = index + _MAX_HELPERS
    while index < last and _word(page, index) in _HELPERS:
        index += 1
    return index


def _speaks_of(page: Page, index: int, stems: tuple[str, ...]) -> bool:
    """Tell whether a word of the next few, in the same sentence, begins with a stem."""
    for ahead in range(index, min(index + _NEAR, len(page.words))):
        if page.starts[ahead] or page.lowers[ahead] in {".", ";"}:
            return False
        if page.lowers[ahead].startswith(stems):
            return True
    return False


def _may_be_surname(page: Page, run: Run) -> bool:
    """Tell whether a single word ends a longer name elsewhere in the text ("Petra Brandl")."""
    return run.end - run.start == 1 and page.words[run.start] in page.tails


def _word(page: Page, index: int) -> str:
    return page.lowers[index] if 0 <= index < len(page.lowers) else ""
