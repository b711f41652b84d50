"""What stands around a name and makes it a firm: apposition, role nouns, money, verbs, lists.

Every test looks at a bounded window of tokens. Names that are places, bodies or persons must be
filtered before (`extractors/companies/names.py`).
"""

from collections.abc import Sequence

from extractors.companies.deeds import acts_as_firm, holds_permit
from extractors.companies.lexicon import place_words, words
from extractors.companies.names import is_distinctive, is_registered_short
from extractors.companies.runs import Page, Run

_WINDOW = 14
_NP_WINDOW = 12
_LIST_LEADS = (("such", "as"), ("including",), ("like",), ("namely",), ("notably",))
_ROLE_LEAD = 6
_SEAT_WORDS = 4
_NEAR = 25
_PERMIT_STEMS = ("allocation", "allowance", "applica", "clearance", "licen", "permit", "quota")
# fmt: off
_DELIVERS = frozenset({
    "deliver", "delivered", "delivers", "sell", "sells", "ship", "shipped", "ships", "sold",
    "supplied", "supplies", "supply",
})
# fmt: on
# Words that open a noun phrase of one firm: "another large buyer, X".
_SINGULAR = frozenset(
    {"a", "an", "another", "its", "one", "the", "their", "this", "whose", "’s", "'s"}
)
_SAYS = frozenset({"confirmed", "expects", "said", "says", "told", "warned"})
_SPEAKERS = frozenset({"chairman", "chairwoman", "spokesman", "spokesperson", "spokeswoman"})
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})


def context_rule(page: Page, run: Run) -> str | None:
    """Return the rule by which the context of a run makes it a firm, None when it does not."""
    tests = (
        ("company.apposition", _has_apposition),
        ("company.role_noun", _follows_role_noun),
        ("company.role_apposition", _names_role),
        ("company.based", _follows_based),
        ("company.list_lead", _follows_list_lead),
        ("company.money", _gets_money),
        ("company.owner", _is_owned_or_led),
        ("company.possession", _possesses),
        ("company.verb", acts_as_firm),
        ("company.permit_holder", holds_permit),
        ("company.ticker", _has_ticker),
        ("company.award", _is_awarded),
        ("company.short_name", _is_short_name),
        ("company.venture", _joins_venture),
        ("company.delivery", _gets_delivery),
        ("company.seat_and_permit", _holds_permit),
    )
    return next((rule for rule, test in tests if test(page, run)), None)


def _word(page: Page, index: int) -> str:
    return page.lowers[index] if 0 <= index < len(page.lowers) else ""


def _left(page: Page, run: Run) -> int:
    """Return the token before a name, past its country: "a unit of Sweden's X"."""
    index = run.start - 1
    if _word(page, index) in _POSSESSIVES and _word(page, index - 1) in place_words():
        return index - 2
    return index


def _is_role(page: Page, index: int) -> bool:
    """Tell whether a token is a role noun of a firm and not of its people ("company executive")."""
    word = _word(page, index).rsplit("-", 1)[-1]
    if word not in words("role_nouns") or (page.caps[index] and not page.starts[index]):
        return False
    following = _word(page, index + 1)
    return following not in words("person_followers") | _POSSESSIVES


def _has_apposition(page: Page, run: Run) -> bool:
    """Match ", a California-based company", ", the Australian miner", "(a recycler)"."""
    index = run.end
    if _word(page, index) not in {",", "(", "—", "–"}:
        return False
    index += 1
    if _word(page, index) in {"which", "that"}:
        index += 1
        if _word(page, index) != "is":
            return _word(page, index) in words("maker_verbs")
        index += 1
    if _word(page, index) not in {"a", "an", "the", "one", "another", "its"}:
        return False
    for ahead in range(index + 1, min(index + _NP_WINDOW, len(page.words))):
        if _is_role(page, ahead):
            # "Jonas Adeyemi, a trader at Arden Row" is a person.
            return _word(page, ahead + 1) not in {"at", "who", "with", "for"}
        if page.lowers[ahead] in words("phrase_stops"):
            return False
    return False


def _follows_role_noun(page: Page, run: Run) -> bool:
    """Match "magnet maker X", "the Japanese carmaker X", "subsidiary, X, is"."""
    index = run.start - 1
    if _word(page, index) == "," and _word(page, run.end) == ",":
        return _word(page, index - 1) in {"subsidiary", "affiliate", "unit", "parent"}
    return _is_role(page, index) and not page.starts[run.start]


def _names_role(page: Page, run: Run) -> bool:
    """Match "a third applicant, X, is", "its largest customer, X (", "one supplier, X."."""
    index = run.start - 1
    if _word(page, index) not in {",", "—", "–", ":"}:
        return False
    if _word(page, run.end) not in {",", ".", ";", "(", "—", "–"} or not _is_role(page, index - 1):
        return False
    if _word(page, index - 1).rsplit("-", 1)[-1] in words("personal_roles"):
        return False
    before = page.lowers[max(0, index - _ROLE_LEAD) : index - 1]
    return any(word in _SINGULAR for word in before)


def _follows_based(page: Page, run: Run) -> bool:
    """Match "Texas-based X", "the Perth-headquartered X"."""
    is_seat = _word(page, run.start - 1) in {"based", "headquartered", "listed"}
    return is_seat and _word(page, run.start - 2) == "-"


def _follows_list_lead(page: Page, run: Run) -> bool:
    """Match "firms such as X", "producers (including X", "sellers, including X"."""
    for lead in _LIST_LEADS:
        begin = run.start - len(lead)
        if begin < 1 or page.lowers[begin : run.start] != lead:
            continue
        before = page.lowers[max(0, begin - 9) : begin]
        return any(word.rsplit("-", 1)[-1] in words("role_plurals") for word in before)
    return _follows_plural(page, run)


def _follows_plural(page: Page, run: Run) -> bool:
    """Match "carmakers Ford and BMW", "licensees: X, Y and Z"."""
    index = run.start - 1
    if _word(page, index) == ":":
        index -= 1
    is_plural = _word(page, index).rsplit("-", 1)[-1] in words("role_plurals")
    return is_plural and not page.caps[index] and not page.starts[run.start]


def _gets_money(page: Page, run: Run) -> bool:
    """Match "investing $85 million into X", "awarded X $35 million", "a loan to X"."""
    window = page.lowers[max(0, run.start - _WINDOW) : run.start]
    if _word(page, run.start - 1) in {"to", "into"} and _is_sum_end(page, run.start - 2):
        return True
    if not any(word in words("money_verbs") for word in window):
        return False
    if _word(page, run.end) == "$" or _word(page, run.end + 1) == "$":
        return window[-1] in words("money_verbs")
    if _word(page, run.start - 1) not in {"into", "in", "to", "with", "from"}:
        return False
    has_sum = (
        "$" in window or "€" in window or any(word in {"million", "billion"} for word in window)
    )
    return has_sum and _word(page, run.start - 1) != "from"


def _has_ticker(page: Page, run: Run) -> bool:
    """Match "X (ASX: ABC)" and "X (TSXV: ABC; OTCQX: ABCD)"."""
    if _word(page, run.end) != "(":
        return False
    inside = page.words[run.end + 1 : run.end + 5]
    return inside[:1] != () and inside[0] in words("exchanges") and ":" in inside


def _is_awarded(page: Page, run: Run) -> bool:
    """Match the form of award notices: "X, Dayton, Ohio, has been awarded a contract"."""
    if _word(page, run.end) != "," or not page.starts[run.start]:
        return False
    for index in range(run.end + 1, min(run.end + _NP_WINDOW, len(page.words))):
        if page.lowers[index] == "awarded":
            return page.lowers[index - 1] in {"is", "was", "been"}
        is_seat = page.caps[index] or page.lowers[index] in {",", "is", "was", "has", "been"}
        if not is_seat or page.starts[index]:
            return False
    return False


def _is_short_name(page: Page, run: Run) -> bool:
    """Match a short form of the registry that speaks or owns: "Continental said"."""
    if not is_registered_short(page, run) or page.words[run.start] in page.tails:
        return False
    index = run.end
    if _word(page, index) in _POSSESSIVES:
        owned = words("firm_possessions") | words("firm_possessions_marked")
        return any(word in owned for word in page.words[index + 1 : index + 4])
    return _word(page, index) in _SAYS


def _is_sum_end(page: Page, index: int) -> bool:
    """Tell whether a token ends "$288 million"."""
    return _word(page, index) in {"million", "billion"} and "$" in page.words[index - 4 : index]


def _holds_permit(page: Page, run: Run) -> bool:
    """Match a Chinese firm by its seat, where the sentence speaks of permits: "Anhui X"."""
    size = run.end - run.start
    if not 2 <= size <= _SEAT_WORDS or page.words[run.start] not in words("chinese_places"):
        return False
    if _word(page, run.start - 1) in {"across", "around", "at", "in", "near", "within"}:
        return False
    if not any(is_distinctive(page, index) for index in range(run.start + 1, run.end)):
        return False
    low = next((i for i in range(run.start, max(run.start - _NEAR, 0), -1) if page.starts[i]), 0)
    high = min(run.end + _NEAR, len(page.words))
    high = next((i for i in range(run.end, high) if page.starts[i]), high)
    near = page.lowers[max(low, run.start - _NEAR) : high]
    return any(word.startswith(_PERMIT_STEMS) for word in near)


def _is_owned_or_led(page: Page, run: Run) -> bool:
    """Match "CEO Jane Doe of X", "shares in X", "subsidiary of X", "analyst at X", "run by X"."""
    index = _left(page, run)
    joint, people = _word(page, index), words("person_roles")
    near = page.lowers[max(0, index - 6) : index]
    if joint == "at":
        return bool(people.intersection(near[-4:]))
    if joint == "for":
        return _word(page, index - 1) in people
    if joint == "by":
        is_held = _word(page, index - 1) == "held" and _speaks_of_permits(near)
        return is_held or _word(page, index - 1) in {"owned", "operated", "acquired", "run"}
    if joint == "to" and _word(page, index - 1) in {"issued", "granted", "awarded"}:
        # "Revoked a license that had been issued to X".
        return _speaks_of_permits(page.lowers[max(0, index - _NEAR) : index])
    if joint not in {"of", "in"} or not near:
        return False
    is_led = joint == "of" and bool({"ceo", "chairman", "cfo"}.intersection(near))
    return is_led or near[-1] in {word.lower() for word in words("firm_owners")}


def _speaks_of_permits(near: Sequence[str]) -> bool:
    stems = (*_PERMIT_STEMS, "authorisation", "authorization")
    return any(word.startswith(stems) for word in near)


def _possesses(page: Page, run: Run) -> bool:
    """Match "X shares", "X's CEO", "X spokesperson"."""
    index = run.end
    word = page.words[run.start]
    if run.end - run.start == 1 and word.isupper() and _word(page, index) in _SPEAKERS:
        # Short codes with a spokesman are bodies as often as firms.
        return False
    if _word(page, index) in _POSSESSIVES:
        owned = words("firm_possessions") | words("firm_possessions_marked")
        return any(word in owned for word in page.words[index + 1 : index + 3])
    return index < len(page.words) and page.words[index] in words("firm_possessions")


def _joins_venture(page: Page, run: Run) -> bool:
    """Match "in partnership with X", "a joint venture with X", "a supply deal with miner X"."""
    index = _left(page, run)
    if _word(page, index) != "with":
        return False
    before = page.lowers[max(0, index - 3) : index]
    if bool({"venture", "offtake"} & set(before)) or before[-2:] == ("in", "partnership"):
        return True
    # "A deal with" may have a government; "a supply deal with" has a firm.
    is_deal = before[-1:] in {("agreement",), ("contract",), ("deal",), ("order",)}
    return is_deal and before[-2:-1] in {("purchase",), ("sales",), ("supply",), ("tolling",)}


def _gets_delivery(page: Page, run: Run) -> bool:
    """Match "will ship 40 kits to X in a deal", "supplies oxide to X under a contract"."""
    if _word(page, run.start - 1) != "to" or _word(page, run.end) not in {"in", "under"}:
        return False
    after = page.lowers[run.end + 1 : run.end + 6]
    before = page.lowers[max(0, run.start - _WINDOW) : run.start]
    contracts = {"agreement", "contract", "deal", "order", "pact"}
    is_contract = after[:1] in {("a",), ("an",), ("its",)} and bool(contracts.intersection(after))
    return is_contract and bool(_DELIVERS.intersection(before))
