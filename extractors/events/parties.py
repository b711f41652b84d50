"""Parties of a license: surfaces of the text, lists unrolled, possessors resolved.

"large firms including A, B and C" gives A, B, C; "its suppliers" stays, "Ford" is the beneficiary.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from extractors.events.lexicon import party_nouns
from extractors.events.reading import SentenceReading
from extractors.events.subjects import opens_time
from models.facts import CompanyMention

_LIST_OPENERS = frozenset({"including", "like", "namely", "notably", "especially", "particularly"})
# "eleven exporters, among them A and B"
_JOINERS = frozenset({"among", "and", "as", "or", "such", "them"})
_PARTY_PRONOUNS = frozenset({"it", "they", "them", "both", "he", "she"})
# How many tokens back a pronoun may reach.
_BACK = 120
_DETERMINERS = frozenset({"the", "a", "an", "these", "those", "this", "that"})
# "suppliers to X", "firms that deliver to X"
_SUPPLIERS = frozenset({"deliver", "sell", "ship", "supplier", "supply", "vendor"})
_GENERIC = frozenset({"company", "firm", "carmaker", "automaker", "supplier", "group", "maker"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Surfaces of one argument, in order, and the possessor of the phrase."""

    names: tuple[str, ...] = ()
    possessors: tuple[str, ...] = ()
    is_customer: bool = False


def parties_at(sentence: SentenceReading, head: Token | None) -> Parties:
    """Return the parties of the noun phrase of a head token."""
    if head is None:
        return Parties()
    if head.lower_ in _PARTY_PRONOUNS or _is_definite_generic(head):
        return _resolved(sentence, head)
    return _phrase(sentence, head)


def parties_after(sentence: SentenceReading, anchor: Token, words: frozenset[str]) -> Parties:
    """Return the parties after the first of some prepositions behind a token."""
    doc = sentence.reading.doc
    for index in range(anchor.i + 1, min(anchor.i + 24, sentence.sent.end)):
        word = doc[index]
        if doc[index - 1].lower_ == "behalf":
            return Parties()
        if word.lower_ in words and word.pos_ in {"ADP", "SCONJ", "PART", "VERB"}:
            head = _noun_after(sentence, word)
            if head is not None and _is_party_phrase(sentence, head):
                return parties_at(sentence, head)
        if word.text == ";" or (word.tag_ in {"VBD", "VBZ"} and word.dep_ == "ROOT"):
            break
    return Parties()


def _noun_after(sentence: SentenceReading, word: Token) -> Token | None:
    after = sentence.reading.doc[word.i + 1 : min(word.i + 8, sentence.sent.end)]
    nouns = (w for w in after if w.pos_ in {"NOUN", "PROPN"} and w.dep_ != "compound")
    found = next((child for child in word.children if child.dep_ == "pobj"), None)
    return found if found is not None else next(nouns, None)


def _is_party_phrase(sentence: SentenceReading, head: Token) -> bool:
    words = party_nouns()
    if head.i in sentence.reading.company_at:
        return True
    if head.lemma_.lower() in words.holders | words.customers:
        return True
    inner = next(
        (word for child in head.children if child.lower_ == "of" for word in child.children), None
    )
    if head.pos_ in {"ADJ", "DET", "NUM", "PRON"} and inner is not None:
        return _is_party_phrase(sentence, inner)
    return False


def phrase_bounds(sentence: SentenceReading, head: Token) -> tuple[int, int]:
    """Return the token span of a noun phrase with its list, up to the next clause."""
    start = max(head.left_edge.i, sentence.sent.start)
    doc = sentence.reading.doc
    for index in range(head.i - 1, start - 1, -1):
        is_spaced = doc[index].whitespace_ and doc[index - 1].whitespace_
        if is_spaced and doc[index].text in {"-", "–", "—", ":"}:
            start = index + 1
            break
    while start < head.i and (doc[start].is_punct or doc[start].pos_ in {"SCONJ", "CCONJ", "ADP"}):
        start += 1
    end = head.i + 1
    while end < sentence.sent.end and end - head.i < 40:
        token = doc[end]
        is_outside = token.i > head.right_edge.i and token.i not in sentence.reading.company_at
        if is_outside and not _continues_list(sentence, token):
            break
        if token.lower_ in {"which", "who", "that", "while", "but", "said"} or token.text in {
            ";",
            ":",
        }:
            break
        is_verb = token.tag_ in {"VBD", "VBZ", "VBP", "MD"} or token.lower_ == "suspected"
        if (is_verb and end not in sentence.reading.company_at) or opens_time(sentence, token):
            break
        end += 1
    while end > head.i + 1 and (doc[end - 1].is_punct or doc[end - 1].pos_ in {"CCONJ", "ADP"}):
        end -= 1
    return start, end


def _continues_list(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether a comma, "and" or list opener is followed by another firm."""
    if token.text != "," and token.lower_ not in _JOINERS | _LIST_OPENERS:
        return False
    stop = min(token.i + 4, sentence.sent.end)
    return any(index in sentence.reading.company_at for index in range(token.i + 1, stop))


def _phrase(sentence: SentenceReading, head: Token) -> Parties:
    start, end = phrase_bounds(sentence, head)
    firms = sentence.reading.companies_in(start, end)
    possessors = _possessors(sentence, head)
    clients = _supplied(sentence, start, end)
    possessors = possessors or tuple(clients)
    firms = [
        firm
        for firm in firms
        if not _is_possessor(sentence, firm.end, head) and firm.fact.text not in clients
    ]
    opener = _opener(sentence, head, end)
    names = [firm.fact.text for firm in firms]
    own = _trimmed(sentence, start, min(opener or end, end))
    is_common = head.i not in sentence.reading.company_at and head.pos_ in {"NOUN", "NUM", "PRON"}
    if names and not is_common:
        names += _counted_rest(sentence, head)
    if not names:
        names = _capitalized(sentence, start, end) if head.pos_ == "PROPN" else [own]
    elif is_common and opener is not None and head.lemma_.lower() not in {"firm", "company"}:
        names.insert(0, own)
    elif is_common and not _named_by(sentence, head, end):
        names = [own]
    return Parties(
        names=tuple(dict.fromkeys(name for name in names if name)),
        possessors=possessors,
        is_customer=_is_customer(head, [firm.fact for firm in firms]),
    )


def _counted_rest(sentence: SentenceReading, head: Token) -> list[str]:
    """Return the unnamed rest of a list: "A, B and two other component makers"."""
    words = party_nouns()
    for word in head.subtree:
        is_joined = word.dep_ == "conj" and word.pos_ == "NOUN"
        if is_joined and word.lemma_.lower() in words.holders | words.customers:
            start = max(word.left_edge.i, sentence.sent.start)
            if word.i - start < 6:
                return [_trimmed(sentence, start, word.i + 1)]
    return []


def _supplied(sentence: SentenceReading, start: int, end: int) -> list[str]:
    """Return the firms after "suppliers to/of" inside a phrase: customers, not holders."""
    doc = sentence.reading.doc
    if end < sentence.sent.end and doc[end].lower_ in {"that", "which", "who"}:
        end = min(end + 9, sentence.sent.end)
    for index in range(start, end - 1):
        lemma = doc[index].lemma_.lower()
        if lemma in _SUPPLIERS and doc[index + 1].lower_ in {"to", "of", "for"}:
            return [item.fact.text for item in sentence.reading.companies_in(index + 1, end)]
    return []


def _named_by(sentence: SentenceReading, head: Token, end: int) -> bool:
    """Tell whether the firms in a phrase stand beside its common noun, not inside "of X"."""
    after = sentence.reading.doc[min(head.i + 1, end - 1)]
    return after.lower_ not in {"of", "to", "for"} or after.i <= head.i


def _opener(sentence: SentenceReading, head: Token, end: int) -> int | None:
    doc = sentence.reading.doc
    for index in range(head.i + 1, end):
        if doc[index].lower_ in _LIST_OPENERS:
            return index
        pair = (doc[index].lower_, doc[index + 1].lower_ if index + 1 < end else "")
        if pair in {("such", "as"), ("among", "them")}:
            return index
    return None


def _trimmed(sentence: SentenceReading, start: int, end: int) -> str:
    doc = sentence.reading.doc
    first = [word.lower_ for word in doc[start : start + 3]]
    if first[:3] == ["not", "one", "of"]:
        start += 3
    elif first[:2] in (["none", "of"], ["neither", "of"]):
        start += 2
    while start < end and (doc[start].lower_ in _DETERMINERS or doc[start].is_punct):
        start += 1
    while end > start and (
        doc[end - 1].is_punct or doc[end - 1].is_space or doc[end - 1].tag_ in {"POS", "PRP"}
    ):
        end -= 1
    return str(doc[start:end].text)


def _capitalized(sentence: SentenceReading, start: int, end: int) -> list[str]:
    """Return runs of capitalised words, split at commas and "and": firms nobody registered."""
    names: list[str] = []
    run: list[Token] = []
    for token in [*sentence.reading.doc[start:end], None]:
        if token is not None and (token.text[:1].isupper() or (run and token.text in {"-", "&"})):
            run.append(token)
            continue
        if run and not all(word.i in sentence.reading.actor_at for word in run):
            names.append(str(sentence.reading.doc[run[0].i : run[-1].i + 1].text))
        run = []
    return names


def _possessors(sentence: SentenceReading, head: Token) -> tuple[str, ...]:
    """Return the firms whose suppliers these are: "its", "Ford's", "suppliers of A and B"."""
    for child in head.subtree:
        if child.dep_ != "poss" and child.tag_ != "PRP$":
            continue
        if child.i in sentence.reading.company_at:
            return (sentence.reading.company_at[child.i].fact.text,)
        if child.lower_ in {"its", "their", "his", "her"}:
            name = antecedent_firm(sentence, child)
            return (name,) if name else ()
    doc = sentence.reading.doc
    if head.lemma_.lower() not in {"supplier", "vendor", "maker", "subcontractor"}:
        return ()
    for index in range(head.i + 1, min(head.i + 4, sentence.sent.end)):
        if doc[index].lower_ in {"of", "to"}:
            end = phrase_bounds(sentence, head)[1]
            return tuple(item.fact.text for item in sentence.reading.companies_in(index, end))
    return ()


def _is_possessor(sentence: SentenceReading, end: int, head: Token) -> bool:
    return end <= head.i and sentence.reading.doc[end].text in {"'s", "’s", "'", "’"}


def antecedent_firm(sentence: SentenceReading, token: Token) -> str | None:
    """Return the firm that "it" or "the company" stands for: the last subject, else the last."""
    earlier = [
        item
        for item in sentence.reading.companies_in(token.i - _BACK, token.i)
        if item.end <= token.i
    ]
    if not earlier:
        return None
    doc = sentence.reading.doc
    for item in reversed(earlier):
        head = doc[item.end - 1]
        if head.pos and head.dep_ in {"nsubj", "nsubjpass"}:
            return item.fact.text
    return earlier[-1].fact.text


def _is_definite_generic(head: Token) -> bool:
    if head.lemma_.lower() not in _GENERIC or head.tag_ in {"NNS", "NNPS"}:
        return False
    first = head.left_edge
    return first.lower_ in {"the", "this", "that"} and head.i - first.i <= 2


def _resolved(sentence: SentenceReading, head: Token) -> Parties:
    if head.lower_ in {"they", "them", "both"}:
        names = _last_group(sentence, head)
        return Parties(names=names, is_customer=False)
    name = antecedent_firm(sentence, head)
    if name is None and _is_definite_generic(head) and head.text[:1].isupper():
        # "the Company" of a filing names itself.
        name = head.text
    return Parties(names=(name,) if name else ())


def _last_group(sentence: SentenceReading, head: Token) -> tuple[str, ...]:
    """Return the last list of firms before a plural pronoun."""
    group: list[str] = []
    last: int | None = None
    for item in reversed(sentence.reading.companies_in(head.i - _BACK, head.i)):
        if last is not None and last - item.end > 3:
            break
        group.insert(0, item.fact.text)
        last = item.start
    return tuple(group)


def _is_customer(head: Token, firms: list[CompanyMention]) -> bool:
    words = party_nouns()
    if head.lemma_.lower() in words.customers:
        return True
    if head.lemma_.lower() in words.holders:
        return False
    roles = {firm.role for firm in firms}
    return bool(roles) and roles <= words.customer_roles | {None} and roles != {None}
