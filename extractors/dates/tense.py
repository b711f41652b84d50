"""Past or future: the time that the verb governing an expression speaks of.

Reads the syntax of the sentence where there is one, cue words otherwise. Decides the year of bare
months and weekdays (policy and figures: `date_cases.md`); says nothing about certainty.
"""

import csv
import re
from enum import StrEnum
from importlib.resources import files

from spacy.tokens import Doc, Token


class Tense(StrEnum):
    """Where an event lies from the day of publication."""

    PAST = "past"
    FUTURE = "future"
    UNKNOWN = "unknown"


def _load(role: str) -> frozenset[str]:
    """Return the lemmas of a role in `lexicons/dates_verbs.csv`."""
    source = files("extractors") / "lexicons" / "dates_verbs.csv"
    with source.open(encoding="utf-8") as lines:
        return frozenset(row["lemma"] for row in csv.DictReader(lines) if row["role"] == role)


_MODALS = frozenset({"will", "'ll", "’ll", "wo", "shall", "would", "must", "may", "might", "could"})
_MODALS_WEAK = frozenset({"should", "can", "need", "ought"})
_PLAN_LEMMAS = _load("plan")
# A present tense of these speaks of the time to come when a date stands beside it.
_START_LEMMAS = _load("scheduled")
_FUTURE_WORDS = re.compile(
    r"\b(?:will|shall|would|must|could|might|should|(?-i:may)(?= [a-z])"
    r"|to be|as (?:early|soon) as|(?:is|are|was|were) (?:due"
    r"|set|scheduled|expected|slated|likely)"
    r"|(?:scheduled|expected|slated|set) (?:to|for|in|on|by)"
    r"|due (?:for|in|on|by|to (?![a-z]+s\b|the\b|an?\b))|plans?|expects?|aims?|intends?"
    r"|upcoming|forthcoming|later|no later than|takes? (?:place"
    r"|effect)|opens|begins|starts|expires?|meets?)\b|[’']ll\b",
    re.IGNORECASE,
)
_PAST_WORDS = re.compile(r"\b(?:[a-z]{2,20}ed|was|were|had|fell|rose|said|met|made)\b")
_TO_DO = re.compile(r"[a-z] to (?!the |a |an |its |be\b)[a-z]{3,12} ")
# What somebody is told or has promised to do lies ahead of the telling.
_CALL_LEMMAS = _load("call")
_DAY_PARTS = frozenset({"night", "morning", "afternoon", "evening", "noon", "time"})
_MAX_CLIMB = 12
# "Will show the October figures": a record is of what is over.
_RECORDS = re.compile(
    r" (?:(?:customs|trade|export|import) )?(?:data|figures?|statistics|numbers|results|earnings)\b"
)


# "Its waiver, due to lapse in June": the tagger reads "due to" as a reason.
_DUE = re.compile(
    r"\b(?i:due|slated|scheduled) to (?:be )?[a-z]{2,14}[a-rt-z](?: (?:again|out|up|off))?"
    r" (?:in|on|at|by) (?:early |mid-|late )?$"
)


# "The truce runs out on Nov. 10", "flies to Tokyo on Thursday", "is to reopen on Friday".
_SCHEDULED = re.compile(
    r"\b(?:(?:ends|expires|begins|opens|resumes|lapses|reopens|restarts|concludes|closes|matures"
    r"|arrives|returns|departs|leaves|flies|travels|sails|convenes|reconvenes|meets|visits|heads"
    r"|runs out|takes effect|takes place|takes office|kicks off|(?:comes|goes|enters) into"
    r" (?:force|effect)|falls due|(?:is|are) (?:to|due)(?: be)? [a-z]{3,14}"
    r"|(?<!began )(?<!had )(?<!forced )to (?:leave|sail|depart|arrive|expire|lapse))"
    r"(?: (?!and\b|but\b|that\b|which\b|said\b|after\b|as\b)[A-Za-z0-9%’'-]{1,14}){0,8}"
    r" ?(?:on|in|at|by)"
    r"|(?:is|are) to [a-z]{3,14}(?: again| up| off)?) (?:the |early |late )?$"
)
# "Suspended until 10 November", "the exemption, extended to June 30": the new end lies ahead.
_PUT_OFF = re.compile(
    r"(?<!had been )(?<!had )\b(?:suspended|postponed|deferred|delayed|extended|put off|pushed back"
    r"|put back|paused|waived|renewed|prolonged|valid|on hold|exempt(?:ed)?)\b"
    r"[^.;:]{0,40}\b(?:until|till|to|through)(?: the end of| early| late| mid-?)? ?$"
)


def tense_at(doc: Doc, text: str, start: int, end: int) -> Tense:
    """Return the tense that governs the characters `[start, end)` of a document."""
    if _RECORDS.match(text, end):
        return Tense.PAST
    before = text[max(0, start - 90) : start]
    if _DUE.search(before[-60:]) or _SCHEDULED.search(before) or _PUT_OFF.search(before):
        return Tense.FUTURE
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None or not len(span):
        return Tense.UNKNOWN
    token = span.root if span[0].pos else span[0]
    if token.head.lemma_ in _DAY_PARTS:
        token = token.head
    if not token.pos:
        return _lexical(text, token, start)
    return _climb(token)


def _lexical(text: str, token: Token, start: int) -> Tense:
    sent = token.sent
    low = max(sent.start_char, start - 200)
    clause = re.split(r"[;:—]|, (?:and|but|while)\b", text[low:start])[-1]
    # The verb may follow a date that opens its sentence.
    opening = not clause.strip() or len(clause.split()) <= 2
    scope = text[start : min(sent.end_char, start + 100)] if opening else clause
    if _FUTURE_WORDS.search(scope):
        return Tense.FUTURE
    if _PAST_WORDS.search(scope):
        return Tense.PAST
    # "First cargo to sail in June": a headline's plan.
    return Tense.FUTURE if _TO_DO.search(scope) else Tense.UNKNOWN


def _climb(token: Token) -> Tense:
    if _names_known_act(token):
        return Tense.PAST
    present = infinitive = False
    attributive = token.dep_ in {"compound", "nmod", "amod"} and token.head.pos_ == "NOUN"
    for _ in range(_MAX_CLIMB):
        if token.pos_ in {"VERB", "AUX"} and not _is_attribute(token):
            found = _will_tense(token) if attributive else _verb_tense(token)
            if found is not Tense.UNKNOWN:
                # "Limits stay until May, an official said": the telling is past, the rule is not.
                return Tense.UNKNOWN if present and found is Tense.PAST else found
            present = present or (not attributive and token.tag_ in {"VBZ", "VBP"})
            infinitive = infinitive or _is_infinitive(token)
        is_ahead = token.lemma_.casefold() in {"due", "slated", "upcoming", "forthcoming"}
        if is_ahead and not _is_reason(token):
            return Tense.FUTURE
        if token.head == token:
            # "First cargo to sail from Mombasa in June": a headline's plan.
            is_plan = infinitive and token.pos_ in {"NOUN", "PROPN"}
            return Tense.FUTURE if is_plan else Tense.UNKNOWN
        present = present or (token.dep_ == "ccomp" and token.pos_ not in {"VERB", "AUX"})
        token = token.head
    return Tense.UNKNOWN


def _is_infinitive(verb: Token) -> bool:
    return any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children)


def _is_reason(token: Token) -> bool:
    """Tell "due to storms" from "due to begin" and "due in June"."""
    after = token.doc[token.i + 1 : token.i + 3]
    return len(after) == 2 and after[0].lower_ == "to" and after[1].pos_ != "VERB"


# Nouns after which "of" gives a part of a period, not an act.
# fmt: off
_PARTS = frozenset({
    "end", "start", "beginning", "middle", "half", "quarter", "week", "month", "day",
    "close", "part", "rest", "course", "most", "third", "year", "remainder",
})
# fmt: on


# "Two of its January requests will wait": what was filed or decreed is over.
# fmt: off
_ACTS = frozenset({
    "application", "request", "filing", "petition", "notice", "announcement", "decree", "decision",
    "ruling", "order", "listing", "ban", "curb", "control", "restriction", "embargo", "truce",
    "statement", "pledge", "agreement", "accord",
})
# fmt: on


def _names_known_act(token: Token) -> bool:
    """Tell "the controls of April", "its April requests": known acts, whatever is said of them."""
    if token.dep_ in {"compound", "nmod", "amod"} and token.head.lemma_.casefold() in _ACTS:
        return True
    noun = token.head.head
    return token.head.lower_ == "of" and noun.pos_ == "NOUN" and noun.lemma_ not in _PARTS


def _will_tense(verb: Token) -> Tense:
    """Return the tense for a date that stands before a noun: only a plain "will" moves it."""
    words = {child.lower_ for child in verb.children if child.dep_ in {"aux", "auxpass"}}
    if words & {"will", "'ll", "’ll", "shall"} or verb.lemma_ in {"expect", "schedule"}:
        return Tense.FUTURE
    return Tense.PAST


def _is_attribute(token: Token) -> bool:
    """Tell whether a participle only qualifies a noun to its right ("required permits")."""
    return token.dep_ == "amod"


def _verb_tense(verb: Token) -> Tense:
    helpers = [child for child in verb.children if child.dep_ in {"aux", "auxpass"}]
    # "May" with a capital is a month or a name, whatever the tagger makes of it.
    words = {child.lower_ for child in helpers if child.text != "May"}
    if "have" in {child.lemma_ for child in helpers} and "will" not in words:
        return Tense.PAST
    if words & _MODALS or words & _MODALS_WEAK:
        return Tense.FUTURE
    finite = [verb, *helpers]
    lemma = verb.lemma_.casefold()
    planned = lemma in _PLAN_LEMMAS or any(
        child.lemma_.casefold() in _PLAN_LEMMAS and child.dep_ in {"acomp", "xcomp"}
        for child in verb.children
    )
    if planned and _speaks_ahead(verb, helpers):
        return Tense.FUTURE
    if any(part.tag_ == "VBD" for part in finite):
        return Tense.PAST
    if verb.tag_ == "VBN" and not helpers:
        return Tense.PAST
    if "to" in words and verb.head.lemma_.casefold() in _CALL_LEMMAS:
        # "Had asked them to report in May" looks back on the whole of it.
        return Tense.PAST if _is_pluperfect(verb.head) else Tense.FUTURE
    if "to" in words and verb.i > 1 and verb.nbor(-2).lower_ in {"due", "slated", "likely"}:
        return Tense.FUTURE
    if _is_infinitive(verb) and verb.head.lemma_ == "be" and verb.head.tag_ in {"VBZ", "VBP"}:
        return Tense.FUTURE
    if any(part.tag_ in {"VBZ", "VBP"} for part in finite):
        return Tense.FUTURE if lemma in _START_LEMMAS else Tense.UNKNOWN
    return Tense.UNKNOWN


def _is_pluperfect(verb: Token) -> bool:
    return any(child.lower_ in {"had", "'d", "’d"} for child in verb.children)


def _speaks_ahead(verb: Token, helpers: list[Token]) -> bool:
    """Tell a plan ("is expected", "plans to") from a past act ("set a record", "set up")."""
    if verb.lemma_ == "set":
        return any(child.dep_ == "xcomp" for child in verb.children) and bool(helpers)
    if verb.lemma_ == "prepare":
        return verb.tag_ != "VBD"
    return True
