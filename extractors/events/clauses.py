"""Clauses of a sentence: which verb owns a token, and where a scope ends.

Syntax proposes (`ccomp`, `relcl`, `advcl` and coordinated verbs with a subject of their own),
punctuation and contrast words decide: the small model errs most in long sentences.
"""

from dataclasses import dataclass

from spacy.tokens import Span, Token

# A verb under one of these labels opens a clause of its own.
_CLAUSAL = frozenset({"advcl", "ccomp", "csubj", "csubjpass", "parataxis", "relcl", "acl"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
_BREAKS = frozenset({";", ":", "—", "but", "whereas", "while", "although", "though"})
_MAX_CLIMB = 40
# Words of the verb group, also the floating quantifiers of "were each given".
_GROUP = frozenset(
    {"all", "are", "be", "been", "being", "both", "each", "has", "have", "is", "was", "were"}
)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clause of each token of one sentence, as (owner verb index, segment number)."""

    start: int
    keys: tuple[tuple[int, int], ...]

    def key(self, token: Token) -> tuple[int, int]:
        """Return the clause key of a token; one of another sentence shares no clause here."""
        place = token.i - self.start
        return self.keys[place] if 0 <= place < len(self.keys) else (-1, -1)

    def same(self, one: Token, other: Token) -> bool:
        """Tell whether two tokens of the sentence stand in one clause."""
        return self.key(one) == self.key(other)

    def same_segment(self, one: Token, other: Token) -> bool:
        """Tell whether no semicolon, dash or contrast word separates two tokens."""
        return self.key(one)[1] == self.key(other)[1]


def has_subject(token: Token) -> bool:
    """Tell whether a verb has a subject of its own."""
    return any(child.dep_ in SUBJECTS for child in token.children)


def opens_clause(token: Token) -> bool:
    """Tell whether a token is the head of a clause."""
    if token.head == token or token.dep_ in _CLAUSAL:
        # An infinitive under a verb shares the clause of that verb ("plans to suspend").
        return not (token.dep_ in {"ccomp", "advcl"} and is_infinitive(token))
    return token.dep_ == "conj" and token.pos_ in {"VERB", "AUX"} and has_subject(token)


def is_infinitive(token: Token) -> bool:
    """Tell whether a verb is a to-infinitive without a subject."""
    return not has_subject(token) and any(
        child.tag_ == "TO" and child.i < token.i for child in token.lefts
    )


def verb_above(token: Token, *, steps: int = 3) -> Token:
    """Return the nearest verb at or above a token, or the last word climbed to."""
    node = token
    for _ in range(steps):
        if node.pos_ in {"VERB", "AUX"} or node.head == node:
            break
        node = node.head
    return node


def split_clauses(sent: Span) -> Clauses:
    """Return the clauses of a parsed sentence."""
    owners: dict[int, int] = {}
    for token in sent:
        path: list[int] = []
        node = token
        for _ in range(_MAX_CLIMB):
            if node.i in owners or opens_clause(node) or node.head == node:
                break
            path.append(node.i)
            node = node.head
        owner = owners.get(node.i, node.i)
        for index in (*path, node.i):
            owners[index] = owner
    segment, keys = 0, []
    for token in sent:
        if token.lower_ in _BREAKS and not _joins(token):
            segment += 1
        keys.append((owners[token.i], segment))
    return Clauses(start=sent.start, keys=tuple(keys))


def _joins(token: Token) -> bool:
    """Tell whether a break word stands inside a phrase ("not only X but Y", "all but one")."""
    if token.lower_ != "but":
        return False
    before = token.doc[max(token.i - 8, 0) : token.i].text.lower()
    return "not only" in before or before.endswith(("all ", "all", "nothing", "none"))


def left_group(token: Token) -> list[Token]:
    """Return the auxiliaries, adverbs and negations right before a verb, nearest first."""
    group: list[Token] = []
    first = token.i - 1
    if token.i - token.sent.start > 2 and token.doc[first].text == "-":
        # "were green-lighted": the tokenizer splits at hyphens.
        first -= 2
    for index in range(first, max(token.sent.start, token.i - 9) - 1, -1):
        before = token.doc[index]
        if (
            before.pos_ in {"AUX", "ADV", "PART"}
            or before.tag_ == "MD"
            or before.dep_ == "neg"
            or before.lower_ in _GROUP
        ):
            group.append(before)
        else:
            break
    return group


def is_passive(token: Token) -> bool:
    """Tell whether a past participle is passive, with or without its auxiliary."""
    if token.tag_ == "JJ" and token.dep_ == "acomp":
        # "had been frozen", where the tagger sees an adjective
        return token.head.lemma_ == "be"
    if token.tag_ not in {"VBN", "VBD"}:
        return False
    group = left_group(token)
    forms_of_be = {
        "be",
        "been",
        "being",
        "was",
        "were",
        "is",
        "are",
        "got",
        "get",
        "gets",
        "getting",
    }
    if any(before.lower_ in forms_of_be for before in group):
        return True
    if any(child.dep_ == "auxpass" for child in token.children):
        return True
    if (
        token.head.lemma_ in {"have", "see"}
        and token.dep_ in {"ccomp", "xcomp"}
        and token.head.i < token.i
    ):
        # "had its application rejected"
        return any(child.dep_ in SUBJECTS for child in token.children)
    has_have = any(before.lemma_ == "have" for before in group)
    reduced = {"acl", "advcl", "amod", "conj", "relcl"}
    has_object = any(child.dep_ == "dobj" for child in token.children)
    # "the request of X, received in May": the tagger takes some for past tenses.
    is_form = token.tag_ == "VBN" or (token.dep_ == "acl" and not has_object)
    return is_form and not has_have and not has_subject(token) and token.dep_ in reduced
