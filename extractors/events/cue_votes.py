"""Votes of single cues for a modality: verb groups, governors, fixed phrases, subordinators.

Read by `extractors.events.modality`, which weighs them.
"""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import has_subject, is_infinitive, left_group
from extractors.events.lexicon import cues
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of


def group_votes(node: Token, chain: list[Token]) -> set[str]:
    """Read modals, negations and adverbs of one verb; coordination shares them."""
    if node.pos_ not in {"VERB", "AUX"} and not node.tag_.startswith("VB"):
        return set()
    words = {word.lower_ for word in left_group(node)}
    words |= {child.lower_ for child in node.children if child.dep_ in {"aux", "auxpass", "neg"}}
    words |= {
        child.lower_ for child in node.children if child.dep_ == "advmod" and child.i < node.i
    }
    words |= {"no longer"} if "longer" in words and "no" in words else set()
    votes: set[str] = set()
    for name, cue in cues().items():
        if words & (cue.modals | cue.adverbs):
            votes.add(name)
    if votes & {"planned"} and _is_unpromised(chain):
        votes.add("negated")
    if "would" in words:
        is_told = any(word.lemma_ in _SAYING for word in chain[1:])
        votes.add("planned" if is_told else "conditional")
    if {"not", "only"} <= words:
        votes.discard("negated")
    return votes


def _is_unpromised(chain: list[Token]) -> bool:
    """Match "nor is there any promise that", "there is no sign that"."""
    for node in chain[1:]:
        if node.pos_ != "NOUN" or node.lemma_.lower() not in _ASSURANCES:
            continue
        words = {word.lower_ for word in node.sent if word.i < node.i and word.i > node.i - 6}
        if words & {"no", "nor", "not", "without", "neither"}:
            return True
    return False


_FORESEEING = frozenset(
    {"anticipate", "envisage", "expect", "foresee", "plan", "pledge", "promise", "propose"}
)


def governor_votes(node: Token, below: Token) -> set[str]:
    """Read one governing word: "plans to", "due to", "the absence of"."""
    votes: set[str] = set()
    lemma = node.lemma_.lower()
    if below.dep_ in {"dobj", "conj"} and node.pos_ == "VERB" and below.pos_ not in {"NOUN"}:
        return votes
    for name, cue in cues().items():
        if node.pos_ in {"VERB", "AUX"}:
            if lemma in cue.heads and _takes(node, below, name):
                votes.add(name)
        elif node.pos_ in {"ADJ", "ADV", "ADP"}:
            if node.lower_ in cue.adjectives:
                votes.add(name)
        elif lemma in cue.nouns:
            votes.add(name)
    if lemma == "want" and below.dep_ == "ccomp" and has_subject(below):
        # "wants China to issue": what one wants of others is a request.
        votes.add("requested")
    if lemma == "rule" and any(child.lower_ == "out" for child in node.children):
        votes.add("ruled_out")
        votes.discard("negated")
    return votes


def _takes(node: Token, below: Token, name: str) -> bool:
    """Tell whether a governing verb says something about its complement."""
    lemma = node.lemma_.lower()
    if below.pos_ == "NOUN" and below.dep_ == "dobj" and name == "planned":
        # "expects a relaxation of the curbs", "pledged the lifting of"
        return lemma in _FORESEEING
    if lemma in {"announce", "hope", "expect", "mean", "set", "go", "want", "work"}:
        return is_infinitive(below) or below.dep_ == "xcomp"
    if lemma == "stop":
        is_short_of = any(child.lower_ == "short" for child in node.subtree)
        return is_short_of or (below.tag_ == "VBG" and below.dep_ in {"xcomp", "ccomp"})
    if lemma == "use":
        return below.dep_ == "xcomp"
    if name in {"denied", "negated"} and below.dep_ == "ccomp" and below.i < node.i:
        # "40% were granted, 5% rejected": what follows denies nothing.
        return False
    if name == "denied":
        return below.dep_ in {"ccomp", "xcomp", "pcomp"}
    if name == "requested":
        return below.dep_ in {"ccomp", "xcomp", "pcomp", "advcl", "prep", "pobj", "dobj"}
    if lemma == "agree" and "since" in {word.lower_ for word in left_group(node)}:
        return False
    return below.dep_ in {"ccomp", "xcomp", "pcomp", "prep", "pobj", "advcl", "acl", "dep"}


def surface_votes(sentence: SentenceReading, trigger: Token) -> set[str]:
    """Read fixed phrases right before the verb, which the parser often attaches wrongly."""
    words: list[str] = []
    for index in range(trigger.i - 1, max(trigger.i - 7, sentence.sent.start - 1), -1):
        word = sentence.reading.doc[index]
        if not sentence.clauses.same_segment(word, trigger) or word.text == ",":
            break
        words.insert(0, word.lower_)
    text = f" {' '.join(words)} "
    votes: set[str] = set()
    for phrase, name in _PHRASES:
        if phrase in text:
            votes.add(name)
    if " since agreed to " in text or " decided to " in text:
        votes = (votes - {"planned"}) | {"transparent"}
    votes |= _noun_before(sentence, trigger)
    votes |= _proviso(sentence, trigger)
    first = trigger.sent[0].lower_
    if first in {"had", "should", "were"} and trigger.i - trigger.sent.start < 12:
        votes.add("conditional")
    if trigger.tag_ == "VBG" and trigger.nbor(-1).lower_ == "on" and trigger.i:
        votes.add("unreal")
    is_opened = first in _NEITHER and trigger.i - trigger.sent.start < 14
    if is_opened or _NEITHER & set(words[-1:]):
        votes.add("negated")
    if text.endswith((" is to ", " are to ", " was to ", " were to ", " is to be ", " are to be ")):
        votes.add("planned")
    return votes


def _proviso(sentence: SentenceReading, trigger: Token) -> set[str]:
    """Read "will be granted provided that ..." behind the verb."""
    high = min(trigger.i + 20, sentence.sent.end)
    after = sentence.reading.doc[trigger.i + 1 : high].text.lower()
    phrases = ("provided that", "on condition that", "only if")
    return {"conditional"} if any(phrase in after for phrase in phrases) else set()


def _noun_before(sentence: SentenceReading, trigger: Token) -> set[str]:
    """Read "an agreement with X to ease", "a pledge by Y to lift": NOUN ... to VERB."""
    doc = sentence.reading.doc
    if trigger.i < 2 or doc[trigger.i - 1].lower_ != "to" or trigger.tag_ != "VB":
        return set()
    if doc[trigger.i - 2].lower_ == "order":
        return {"unreal"}
    for index in range(trigger.i - 2, max(trigger.i - 12, sentence.sent.start - 1), -1):
        word = doc[index]
        if not sentence.clauses.same_segment(word, trigger):
            break
        if word.pos_ == "VERB" and word.dep_ not in {"relcl", "acl"}:
            asked = word.lemma_.lower() in cues()["requested"].heads
            return {"requested"} if asked else set()
        if word.pos_ == "NOUN" and word.lower_ not in {"moves", "steps", "decisions", "orders"}:
            for name in ("transparent", "planned", "requested", "unreal"):
                if word.lemma_.lower() in cues()[name].nouns:
                    return {name}
    return set()


_NEITHER = frozenset({"neither", "nor"})
_PHRASES = (
    (" in case ", "conditional"),
    (" yet to ", "negated"),
    (" short of ", "negated"),
    (" rather than ", "negated"),
    (" instead of ", "negated"),
    (" without ", "negated"),
    (" refrain from ", "negated"),
    (" no plans to ", "negated"),
    (" no plan to ", "negated"),
    (" no intention of ", "negated"),
    (" agreed to ", "planned"),
    (" expected to ", "planned"),
    (" plans to ", "planned"),
    (" set to ", "planned"),
    (" due to be ", "planned"),
    (" likely to ", "possible"),
    (" possibility of ", "possible"),
)


def subordinator_votes(chain: list[Token]) -> set[str]:
    """Read "if", "unless", "until" on the event's clause or on a clause beside it."""
    votes: set[str] = set()
    for node in chain:
        for child in node.children:
            if child.dep_ == "mark" and child.lower_ in _IF:
                votes.add("conditional")
            if child.lower_ in _WHENEVER and child.dep_ in {"mark", "advmod"} and child.i < node.i:
                votes.add("unreal")
            if child.dep_ == "mark" and child.lower_ == "whether":
                votes.add("possible" if is_weighed(node) else "unreal")
            is_when = child.dep_ == "advmod" and child.lower_ == "when" and child.i < node.i
            if is_when and _FUTURE & {word.lower_ for word in left_group(chain[0])}:
                votes.add("unreal")
            if child.dep_ == "advcl" and any(
                word.lower_ in _IF and word.dep_ == "mark" for word in child.children
            ):
                votes.add("conditional")
        if node.dep_ == "advcl" and node is not chain[-1]:
            break
    return votes


def is_weighed(node: Token) -> bool:
    """Tell whether a clause hangs on a verb of weighing: "is considering whether to ban"."""
    return node.head != node and node.head.lemma_.lower() in cues()["possible"].heads


def has_no(candidate: Candidate, trigger: Token) -> bool:
    """Tell whether the subject or the noun acted on is "no", "none of" or "neither"."""
    heads = [candidate.noun, candidate.party, subject_of(trigger)]
    for head in heads:
        if head is None or head.i < trigger.sent.start:
            continue
        if head.lower_ in {"none", "neither", "nobody", "nothing"}:
            return True
        first = head.left_edge
        words = [word for word in trigger.doc[first.i : head.i] if word.i >= head.i - 6]
        if any(word.lower_ in {"no", "neither", "none"} for word in words):
            return True
        if words and words[0].lower_ == "not":
            return True
    return False


def is_untold(chain: list[Token]) -> bool:
    """Tell whether nobody says it: "no firm has said that its request was refused"."""
    for node in chain[1:]:
        if node.lemma_.lower() not in _SAYING:
            continue
        subject = next((child for child in node.children if child.dep_ == "nsubj"), None)
        if subject is not None and subject.left_edge.lower_ in {"no", "nobody", "none", "neither"}:
            return True
    return False


def _is_called_untrue(sentence: SentenceReading, trigger: Token) -> bool:
    """Match "Claims that X had been refused were untrue", "... are not true"."""
    words = [word.lower_ for word in sentence.sent[trigger.i - sentence.sent.start + 1 :]]
    is_false = bool(_FALSE & set(words)) or (
        "not" in words and bool(_TRUE & set(words[words.index("not") : words.index("not") + 3]))
    )
    if not is_false:
        return False
    before = sentence.sent[: trigger.i - sentence.sent.start]
    claims = [word for word in before if word.lemma_.lower() in _CLAIMS]
    return bool(claims) and claims[0].i - sentence.sent.start < 8


def is_denied(sentence: SentenceReading, trigger: Token) -> bool:
    """Tell whether a claim that holds the event is denied in the sentence."""
    if _is_called_untrue(sentence, trigger):
        return True
    cue = cues()["denied"].heads
    claims = False
    for index in range(trigger.i - 1, max(trigger.i - 25, sentence.sent.start - 1), -1):
        word = sentence.reading.doc[index]
        if not sentence.clauses.same_segment(word, trigger):
            return False
        if word.lower_ == "that" or (word.lemma_.lower() in _CLAIMS and word.pos_ == "NOUN"):
            claims = True
        if word.lemma_.lower() in cue and word.pos_ == "VERB":
            following = sentence.reading.doc[min(word.i + 1, len(sentence.reading.doc) - 1)]
            negated = any(before.dep_ == "neg" for before in left_group(word))
            return (claims or following.lower_ == "that" or following.tag_ == "VBG") and not negated
    return False


_ASSURANCES = frozenset(
    {"assurance", "certainty", "evidence", "guarantee", "hint", "indication", "promise", "sign"}
    | {"suggestion", "word"}
)


_IF = frozenset({"if", "unless", "provided"})


_FUTURE = frozenset({"may", "might", "will", "would"})
_WHENEVER = frozenset({"once", "until", "till", "whenever"})


_CLAIMS = frozenset(
    {"accusation", "allegation", "claim", "report", "rumor", "rumour", "suggestion"}
)


_FALSE = frozenset(
    {"baseless", "fabricated", "false", "groundless", "inaccurate", "incorrect", "unfounded"}
    | {"untrue", "wrong"}
)
_TRUE = frozenset({"accurate", "correct", "true"})


_SAYING = frozenset(
    {"announce", "say", "tell", "pledge", "promise", "declare", "state", "add", "confirm"}
)
