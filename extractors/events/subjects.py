"""Subjects of verbs, and whether a noun can be a party to a license.

Through coordination, relative clauses, infinitives and requests ("urged China to lift").
"""

from spacy.tokens import Token

from extractors.events.clauses import SUBJECTS, is_passive, left_group
from extractors.events.lexicon import cues, party_nouns
from extractors.events.reading import SentenceReading


def of_what(token: Token) -> Token | None:
    """Return the noun of "several of its suppliers", None for other nouns."""
    if token.pos_ not in {"ADJ", "DET", "NUM", "PRON", "NOUN", "ADV"}:
        return None
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if following is None or following.lower_ != "of":
        return None
    return next((word for word in following.children if word.dep_ == "pobj"), None)


def is_party(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether a noun or pronoun can hold, seek or lack a license."""
    words = party_nouns()
    if token.i in sentence.reading.company_at:
        return True
    lemma = token.lemma_.lower()
    if lemma in words.holders or lemma in words.customers:
        return True
    inner = of_what(token)
    if inner is not None:
        return is_party(sentence, inner)
    if token.lower_ in {
        "they",
        "it",
        "we",
        "who",
        "which",
        "that",
        "others",
        "both",
        "some",
        "all",
        "them",
        "these",
        "those",
        "neither",
        "none",
    }:
        return True
    if token.tag_ == "CD" or lemma in {"dozen", "number", "handful", "recipient", "compatriot"}:
        return True
    return token.pos_ == "PROPN" and token.i not in sentence.reading.actor_at


def subject_of(token: Token) -> Token | None:
    """Return the head of a verb's subject, through coordination, relatives and infinitives."""
    node = token
    for _ in range(6):
        # "had, as of mid-March, still not been published": the subject may hang on the auxiliary.
        helpers = [child for child in node.children if child.dep_ in {"aux", "auxpass"}]
        for child in (word for verb in (node, *helpers) for word in verb.children):
            if child.dep_ in SUBJECTS and child.i < node.i + 3:
                return _antecedent(child, node)
        if node.dep_ in {"acl", "relcl"} and node.head.pos_ in {"NOUN", "PROPN", "PRON"}:
            return None if is_passive(node) else node.head
        if (
            node.dep_ in {"acomp", "conj", "xcomp", "advcl", "ccomp", "pcomp", "prep"}
            and node.head != node
        ):
            asked = _asked(node)
            if asked is not None:
                return asked
            node = node.head
            continue
        return None
    return None


def _asked(node: Token) -> Token | None:
    """Return who is asked to act: "called on Beijing to grant", "urged China to lift"."""
    head = node.head
    if node.dep_ not in {"xcomp", "advcl", "ccomp"} or head.lemma_.lower() not in (
        cues()["requested"].heads
    ):
        return None
    for child in head.children:
        if child.dep_ == "dobj" and child.i < node.i:
            return child
        if child.dep_ == "prep" and child.i < node.i:
            return next((word for word in child.children if word.dep_ == "pobj"), None)
    return None


def _antecedent(child: Token, verb: Token) -> Token:
    if child.lower_ in {"which", "who", "that"} and verb.dep_ == "relcl":
        return verb.head
    return child


def firm_before(sentence: SentenceReading, token: Token) -> Token | None:
    """Return the firm right before a verb, where the parser has taken its name apart."""
    group = {word.i for word in left_group(token)}
    for index in range(token.i - 1, max(token.i - 8, sentence.sent.start - 1), -1):
        word = token.doc[index]
        if index in sentence.reading.company_at:
            return word
        if index not in group and not word.is_punct and word.pos_ != "ADV":
            return None
    return None


def agent_of(token: Token) -> Token | None:
    """Return the noun of the by-phrase of a passive."""
    for child in token.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return next((word for word in child.children if word.dep_ == "pobj"), None)
    return None


def opens_time(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether "in March", "since 2024" follows a party."""
    low = token.i + 1
    is_when = token.lower_ in {"by", "during", "in", "on", "since", "until"}
    return is_when and bool(sentence.reading.dates_in(low, low + 1))
