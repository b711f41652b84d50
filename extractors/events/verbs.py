"""Verbs as the frames see them: lemma, particles, and verbs that the tagger took for nouns."""

from spacy.tokens import Token

from extractors.events.clauses import left_group
from extractors.events.lexicon import frames_by_verb, regime_verbs

# Participles that the tagger often takes for adjectives, under their verb.
_STATES = {
    "banned": "ban",
    "barred": "bar",
    "blocked": "block",
    "forbidden": "forbid",
    "frozen": "freeze",
    "halted": "halt",
    "suspended": "suspend",
}
_BEING = frozenset({"are", "been", "is", "was", "were"})
_LIT = frozenset({"light", "lighted", "lighting", "lights", "lit"})


def lemma_of(token: Token) -> str:
    """Return the lower-case lemma; a verb that was tagged as a noun loses its final s."""
    lemma, word = token.lemma_.lower(), token.lower_
    if token.tag_ == "JJ" and word in _STATES:
        return _STATES[word]
    if word in _LIT and token.i > 1 and token.nbor(-2).lower_ == "green":
        return "greenlight"
    if token.i > 1 and token.nbor(-1).text == "-":
        # "slow-walking", "rubber-stamped": the tokenizer splits at hyphens.
        joined = f"{token.nbor(-2).lower_}-{lemma}"
        if joined in frames_by_verb():
            return joined
    if lemma in frames_by_verb() or not word.endswith(("ed", "ing")):
        return lemma
    if word.endswith("ing"):
        roots = (word[:-3], f"{word[:-3]}e")
        return next((root for root in roots if root in frames_by_verb()), lemma)
    # The lemmatizer knows "banned" but not "barred".
    stems = (word[:-2], word[:-1], word[:-3])
    return next((stem for stem in stems if stem in frames_by_verb()), lemma)


def is_verbal(token: Token) -> bool:
    """Tell whether a token is a verb, also one that the tagger took for a noun."""
    if token.tag_.startswith("VB") or token.pos_ in {"VERB", "AUX"}:
        # A participle before its noun ("suspended measures") describes, it does not report.
        is_attribute = token.dep_ == "amod" and token.head.i > token.i and token.tag_ != "VB"
        # "having outlawed ore exports"
        is_attribute = is_attribute and not (token.i and token.nbor(-1).lower_ == "having")
        if not is_attribute or any(child.dep_ == "auxpass" for child in token.children):
            return True
        # "were each given permits", where the parser sees given permits
        return token.tag_ == "VBN" and any(word.lower_ in _BEING for word in left_group(token))
    if token.tag_ == "JJ" and token.dep_ == "acomp" and token.lower_ in _STATES:
        return token.head.lemma_ == "be"
    if token.tag_ == "JJ" and any(child.tag_ == "TO" for child in token.children):
        # "undertook to clear licenses", where the tagger sees an adjective
        return lemma_of(token) in frames_by_verb()
    lemma = lemma_of(token)
    if token.i == 0 or (lemma not in frames_by_verb() and lemma not in regime_verbs()):
        return False
    before = token.nbor(-1).lower_
    if token.lower_.endswith("ing") and before in {"from", "of", "without"}:
        # "short of revoking permits", which the tagger takes for a compound
        return token.dep_ == "compound" and token.head.i > token.i
    if token.tag_ == "NN" and before in {"than", "to", "will", "may", "would", "not", "could"}:
        return token.i + 1 < len(token.doc) and token.nbor(1).pos_ in {
            "NOUN",
            "PROPN",
            "ADJ",
            "DET",
        }
    is_plural = token.tag_ in {"NNS", "NNPS"}
    return (
        is_plural
        and token.dep_ in {"ROOT", "conj"}
        and token.head.pos_ in {"VERB", "NOUN"}
        and any(child.dep_ in {"dobj", "nsubj"} for child in token.children)
    )


def particle_of(token: Token) -> set[str]:
    """Return the particles that may belong to a verb, and "" for none."""
    found = {""}
    found.update(child.lower_ for child in token.children if child.dep_ in {"prt", "advmod"})
    for index in range(token.i + 1, min(token.i + 13, token.sent.end)):
        after = token.doc[index]
        if after.pos_ in {"VERB", "AUX"} and after.i > token.i + 1 and after.lower_ != "hold":
            break
        if after.lower_ in {"hold", "ice"} and after.nbor(-1).lower_ == "on":
            found.add(after.lower_)
        if after.lower_ in {"aside", "public"} or after.dep_ == "prt":
            found.add(after.lower_)
        if index <= token.i + 2 and after.pos_ in {"ADP", "ADV", "PART"}:
            found.add(after.lower_)
    return found
