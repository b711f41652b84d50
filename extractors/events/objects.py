"""The noun that a policy verb acts on.

Syntax first; where the parse gives no noun of the right class, the nearest one in the same
clause segment on the proper side of the verb is taken.
"""

from spacy.tokens import Token

from extractors.events.clauses import SUBJECTS, left_group
from extractors.events.lexicon import Frame, deverbal_nouns
from extractors.events.nouns import is_transparent, modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from extractors.events.verbs import lemma_of

REGIMES = frozenset(
    {"arrangement", "framework", "mechanism", "procedure", "process", "regime", "scheme", "system"}
)
_INDEFINITE = frozenset({"any", "one", "ones", "theirs"})


WINDOW = 14


_QUANTIFIERS = frozenset(
    {"%", "all", "few", "half", "many", "most", "none", "one", "others", "percent"}
    | {"quarter", "rest", "several", "some", "third"}
)


_STOPPERS = frozenset(
    {"after", "although", "because", "before", "by", "despite", "how", "if", "since"}
    | {"that", "under", "until", "what", "whether", "which", "who", "without"}
)


# Verbs of publication say "it" of a text, not of a control.
_PUBLISHING = frozenset(
    {"announce", "issue", "launch", "make", "order", "place", "publish", "put", "set", "unveil"}
)


_PRONOUNS = frozenset({"it", "them", "they", "these", "those"})


def find_noun(sentence: SentenceReading, token: Token, frame: Frame, passive: bool) -> Token | None:
    """Return the noun of the frame's classes that a verb acts on, None when there is none."""
    found = _by_syntax(sentence, token, frame, passive)
    if found is not None:
        return found
    if passive and frame.objects & {"application", "license"} and token.dep_ != "relcl":
        counted = _counted(sentence, token, frame.objects)
        if counted is not None:
            return counted
    if not passive:
        hidden = _after_object(sentence, token, frame)
        if hidden is not None:
            return hidden
    if not passive and token.dep_ == "relcl" and not _lacks_object(token):
        return None
    if passive and token.dep_ == "acl" and token.head.pos_ in {"NOUN", "PROPN"}:
        return None
    return _nearest(sentence, token, frame, passive)


def _by_syntax(
    sentence: SentenceReading, token: Token, frame: Frame, passive: bool
) -> Token | None:
    wanted = frame.objects
    pronouns = _PRONOUNS | _INDEFINITE if "license" in wanted else _PRONOUNS
    refers = "quota" not in wanted and lemma_of(token) not in _PUBLISHING
    for start in _syntactic_objects(token, frame, passive):
        for noun in _expand(start):
            if sentence.class_of(noun) in wanted:
                return noun
            if frame.id == "grant.act" and token.dep_ == "acl" and is_license_system(noun):
                return noun
            if refers and noun.lower_ in pronouns:
                before = resolve_noun(sentence, noun, wanted)
                if before is not None:
                    return before
    return None


def _after_object(sentence: SentenceReading, token: Token, frame: Frame) -> Token | None:
    """Return a noun that the tagger took for a verb: "broadened its rare earth controls"."""
    for child in token.children:
        if child.dep_ != "dobj" or child.i + 1 >= sentence.sent.end:
            continue
        after = token.doc[child.i + 1]
        if after.tag_ in {"VBZ", "VBP", "NNS"} and sentence.class_of(after) in frame.objects:
            return after
    return None


def _lacks_object(token: Token) -> bool:
    return not any(child.dep_ == "dobj" for child in token.children)


def _counted(sentence: SentenceReading, token: Token, wanted: frozenset[str]) -> Token | None:
    """Return the papers of which "some", "one" or "25%" is the subject."""
    subject = subject_of(token)
    if subject is None or not (subject.lower_ in _QUANTIFIERS or subject.tag_ == "CD"):
        return None
    for index in range(subject.i, max(subject.i - 40, -1), -1):
        name = sentence.reading.noun_class.get(index)
        if name == "application" or (name == "license" and index >= sentence.sent.start):
            return sentence.reading.doc[index] if name in wanted else None
    return None


def _syntactic_objects(token: Token, frame: Frame, passive: bool) -> list[Token]:
    found: list[Token] = []
    for node in _coordinated(token):
        for child in node.children:
            if frame.preposition and child.dep_ == "prep" and child.lower_ == frame.preposition:
                found += [word for word in child.children if word.dep_ == "pobj"]
            elif frame.preposition is None and child.dep_ in {"dobj", "attr", "oprd"}:
                found.append(child)
    if frame.preposition is not None:
        bare = [c for c in token.children if c.lower_ == frame.preposition and not [*c.children]]
        # "the permits they filed for in December"
        return found or ([token.head] if bare and token.dep_ == "relcl" else [])
    if passive and token.dep_ == "amod":
        found.append(token.head)
    if passive:
        subject = subject_of(token)
        if subject is not None:
            found.append(subject)
    return [*found, *_relative_heads(token, passive)]


def _relative_heads(token: Token, passive: bool) -> list[Token]:
    """Return the nouns that a relative or reduced clause may be about."""
    if token.dep_ in {"acl", "relcl"} and (passive or _has_own_subject(token)):
        # "the controls on rare earths and magnets that it shelved": the parser may hang it low.
        heads, node = [token.head], token.head
        while node.dep_ in {"conj", "pobj", "prep"} and len(heads) < 6:
            if node.dep_ == "prep" and node.head.pos_ == "VERB" and node.i:
                # "left the curbs on seven metals imposed in May alone"
                before = node.nbor(-1)
                node = before if before.dep_ == "dobj" else node.head
            else:
                node = node.head
            heads.append(node)
        return heads
    is_bare = token.head.tag_ == "VBZ" and token.head.i < token.i and _has_own_subject(token)
    if token.dep_ == "ccomp" and (
        is_bare or any(child.lower_ == "that" and child.dep_ == "dobj" for child in token.children)
    ):
        # "the controls that Beijing imposed remain", where the parser takes the noun for a verb.
        return [token.head]
    return []


def _has_own_subject(token: Token) -> bool:
    """Tell whether a relative clause has its own subject ("controls China imposed")."""
    return any(
        child.dep_ in SUBJECTS and child.lower_ not in {"which", "who", "that"}
        for child in token.children
    )


def _coordinated(token: Token) -> list[Token]:
    """Return the verb and those coordinated after it, whose object it may share."""
    found = [token]
    if not any(child.dep_ == "dobj" for child in token.children):
        found += [child for child in token.children if child.dep_ == "conj"]
    return found


def is_license_system(noun: Token) -> bool:
    """Tell whether a noun is a "license system" or the like."""
    return any(word.lower_.startswith(("licens", "licenc", "permit")) for word in modifiers(noun))


def is_regime(noun: Token) -> bool:
    """Tell whether a noun is a licensing system as such: its change is no new control."""
    return noun.lemma_.lower() in REGIMES and is_license_system(noun)


def _expand(noun: Token) -> list[Token]:
    """Return a noun, those coordinated with it and, through "round of", what it is made of."""
    found: list[Token] = []
    queue = [noun]
    while queue and len(found) < 12:
        node = queue.pop(0)
        found.append(node)
        queue += [child for child in node.children if child.dep_ == "conj"]
        if is_transparent(node) or node.pos_ in {"NUM", "ADJ", "DET", "PRON"}:
            for child in node.children:
                if child.dep_ == "prep" and child.lower_ in {"of", "for", "on"}:
                    queue += [word for word in child.children if word.dep_ == "pobj"]
    return found


def _nearest(sentence: SentenceReading, token: Token, frame: Frame, passive: bool) -> Token | None:
    """Return the nearest noun of the class on the object's side, up to another finite verb."""
    step = -1 if passive else 1
    index = token.i + step
    seen_preposition = frame.preposition is None
    group = {word.i for word in left_group(token)}
    while sentence.sent.start <= index < sentence.sent.end and abs(index - token.i) <= WINDOW:
        word = sentence.reading.doc[index]
        if not sentence.clauses.same_segment(word, token):
            return None
        past = _past_aside(sentence, token, index) if index == token.i + 1 else None
        if past is not None:
            index = past
            continue
        if word.lower_ == frame.preposition:
            seen_preposition = True
        if seen_preposition and sentence.class_of(word) in frame.objects:
            return word
        if word.i not in group and _is_finite(word) and not _is_coordinate(token, word):
            return None
        if not passive and word.lemma_.lower() in deverbal_nouns() and word.pos_ == "NOUN":
            return None
        is_own = word.lower_ == frame.preposition or index == token.i + 1
        if not passive and word.lower_ in _STOPPERS and not is_own:
            return None
        index += step
    return None


def _past_aside(sentence: SentenceReading, token: Token, index: int) -> int | None:
    """Return where the clause goes on behind ", until June 1," right after a verb."""
    doc = token.doc
    if doc[index].text != ",":
        return None
    for close in range(index + 2, min(index + 10, sentence.sent.end - 1)):
        if doc[close].text != ",":
            continue
        dated = sentence.reading.dates_in(index + 1, close)
        if dated and dated[0].start <= index + 3 and not dated[-1].end > close:
            return close + 1
    return None


def _is_coordinate(token: Token, word: Token) -> bool:
    """Tell whether only "and" and adverbs stand between two verbs that share an object."""
    between = token.doc[token.i + 1 : word.i]
    return (
        word.i > token.i
        and len(between) > 0
        and all(item.pos_ in {"CCONJ", "ADV"} for item in between)
    )


def _is_finite(word: Token) -> bool:
    is_other = word.tag_ in {"VB", "VBG"} and word.pos_ == "VERB" and word.dep_ != "amod"
    return word.tag_ in {"VBZ", "VBP", "VBD", "MD"} or is_other


def _subject_before(sentence: SentenceReading, pronoun: Token) -> Token | None:
    """Return the classed subject of the sentence before the one that a pronoun opens."""
    if pronoun.i - sentence.sent.start > 2 or sentence.sent.start == 0:
        return None
    before = sentence.reading.doc[sentence.sent.start - 1].sent
    found = [w for w in before if w.dep_ in SUBJECTS and w.head.dep_ == "ROOT"]
    return next((word for word in found if sentence.class_of(word)), None)


def resolve_noun(sentence: SentenceReading, pronoun: Token, wanted: frozenset[str]) -> Token | None:
    """Return the last noun of a wanted class before a pronoun, within about two sentences."""
    doc = sentence.reading.doc
    if pronoun.lower_ in {"that", "which"} and pronoun.dep_ not in SUBJECTS | {"dobj"}:
        return None
    plural = pronoun.lower_ in {"them", "they", "these", "those"}
    if pronoun.lower_ == "it" and pronoun.dep_ in SUBJECTS:
        # The subject of the sentence before is what "it" goes on with.
        topic = _subject_before(sentence, pronoun)
        if topic is not None:
            return topic if sentence.class_of(topic) in wanted else None
    for index in range(pronoun.i - 1, max(pronoun.i - 70, -1), -1):
        name = sentence.reading.noun_class.get(index)
        if pronoun.lower_ in {"one", "ones"} and name == "application" and name not in wanted:
            # "five requests: one was withdrawn" is about a request.
            return None
        if name in wanted:
            noun = doc[index]
            if not plural or noun.lower_.endswith("s") or noun.tag_.endswith("S"):
                return noun
    return None
