"""Who a sentence quotes, and whether that makes the event second-hand (`reported`).

Officials and the firms concerned assert; media, unnamed sources and third parties report.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from extractors.events.actors import is_official_noun
from extractors.events.clauses import SUBJECTS, left_group
from extractors.events.lexicon import speakers
from extractors.events.reading import SentenceReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The words that name a speaker, and whether the claim is second-hand."""

    speaker: str | None
    is_reported: bool


# Verbs that report only with a clause behind them ("added that", not "added five elements").
_ALSO_ACTS = frozenset(
    {"add", "announce", "confirm", "disclose", "point", "reveal", "show", "write"}
)
NONE = Attribution(speaker=None, is_reported=False)


def attribute(sentence: SentenceReading, trigger: Token) -> Attribution:
    """Return the attribution of the event of a trigger."""
    if _is_hearsay(sentence, trigger):
        return Attribution(speaker=None, is_reported=True)
    for token in sentence.sent:
        if token.lower_ == "according" and token.i + 2 < sentence.sent.end:
            return _of_speaker(sentence, _according(token))
    verb = _reporting_verb(sentence, trigger)
    if verb is None:
        return NONE
    subject = next((child for child in verb.children if child.dep_ in SUBJECTS), None)
    if subject is None:
        subject = _nearest_noun(verb)
    return NONE if subject is None else _of_speaker(sentence, subject)


def _is_hearsay(sentence: SentenceReading, trigger: Token) -> bool:
    """Match "reportedly", "is said to", "was reported to have"."""
    for index in range(max(trigger.i - 8, sentence.sent.start), trigger.i):
        word = sentence.reading.doc[index]
        if not sentence.clauses.same_segment(word, trigger):
            continue
        if word.lower_ in speakers().adverbs:
            return True
        if word.lower_ in {"said", "reported", "believed", "thought", "understood"}:
            following = sentence.reading.doc[word.i + 1]
            if following.lower_ == "to" and any(w.lemma_ == "be" for w in left_group(word)):
                return True
    return False


def _according(token: Token) -> Token:
    doc = token.doc
    node = doc[min(token.i + 2, len(doc) - 1)]
    for index in range(token.i + 2, min(token.i + 10, token.sent.end)):
        if doc[index].pos_ in {"NOUN", "PROPN"}:
            node = doc[index]
            break
    while node.dep_ == "compound" and node.head.i > node.i:
        node = node.head
    return node


def _reporting_verb(sentence: SentenceReading, trigger: Token) -> Token | None:
    """Return the reporting verb nearest above the trigger, else one beside it."""
    above: Token | None = None
    beside: Token | None = None
    for token in sentence.sent:
        if token.i == trigger.i or token.lemma_.lower() not in speakers().verbs:
            continue
        if token.pos_ != "VERB" or token.tag_ in {"VBN", "VBG"}:
            continue
        if token.lemma_ in _ALSO_ACTS and not any(c.dep_ == "ccomp" for c in token.children):
            continue
        if token.i < trigger.i:
            governs = token.is_ancestor(trigger) or token.dep_ != "relcl"
            if governs and sentence.clauses.same_segment(token, trigger):
                above = token
        if token.dep_ == "parataxis" or _is_trailing(token):
            beside = token
    return above or beside


def _is_trailing(token: Token) -> bool:
    """Tell whether a reporting verb closes the sentence ("..., the person said")."""
    rest = [word for word in token.sent[token.i - token.sent.start + 1 :] if not word.is_punct]
    if len(rest) <= 4:
        return True
    # "..., the agency reported on Friday, quoting four sources"
    named = next((child for child in token.children if child.dep_ in SUBJECTS), None)
    if named is None or len(rest) > 10 or named.left_edge.i == token.sent.start:
        return False
    closes = not any(word.tag_ in {"MD", "VBD", "VBP", "VBZ"} for word in rest)
    return closes and named.left_edge.nbor(-1).text == ","


def _nearest_noun(verb: Token) -> Token | None:
    for index in range(verb.i - 1, max(verb.i - 6, verb.sent.start - 1), -1):
        if verb.doc[index].pos_ in {"NOUN", "PROPN", "PRON"}:
            return verb.doc[index]
    return None


def _of_speaker(sentence: SentenceReading, head: Token) -> Attribution:
    start = max(head.left_edge.i, head.i - 8, sentence.sent.start)
    end = min(head.right_edge.i + 1, head.i + 16, sentence.sent.end)
    for index in range(head.i + 1, end):
        if sentence.reading.doc[index].tag_ in {"VBD", "VBZ", "VBP"}:
            end = index
            break
    span = sentence.reading.doc[start:end]
    phrase = span.text.split(" - ")[-1].split(", who")[0].strip(' ,;:"“”')
    surface = phrase[4:] if phrase.lower().startswith("the ") else phrase
    return Attribution(speaker=surface or None, is_reported=_is_second_hand(sentence, head, phrase))


def _is_second_hand(sentence: SentenceReading, head: Token, phrase: str) -> bool:
    words = speakers()
    lemma = head.lemma_.lower()
    if any(f" {name} " in f" {phrase} " for name in words.media_names):
        return True
    actor = sentence.reading.actor_at.get(head.i)
    if actor is not None and actor.role == "industry_body":
        return True
    if lemma in words.unnamed | words.media or head.lower_ in words.media:
        return True
    if "press report" in phrase.lower() or "media report" in phrase.lower():
        return True
    if "industry" in phrase.lower() or "familiar with" in phrase.lower():
        return True
    if is_official_noun(head) or head.i in sentence.reading.company_at or actor is not None:
        return False
    return lemma in words.third_party or "Association" in phrase or "Chamber" in phrase


def is_media_lead(found: Attribution) -> bool:
    """Tell whether an attribution is to media or unnamed sources, so that it may carry on."""
    if not found.is_reported or found.speaker is None:
        return False
    words = speakers()
    text = f" {found.speaker} "
    return any(f" {name} " in text for name in words.media_names) or any(
        word in words.unnamed | words.media for word in found.speaker.lower().split()
    )
